"""The security log: one line of JSON for each act that is audited, and for what is refused; on standard error, for whoever collects it.

It is a copy of the audit log outside of the database, without details. What somebody typed appears escaped, so that a line break in a
name cannot forge a line. Secrets and passwords never appear here.
"""

import json
import logging

from lms.base import asking, clock

log = logging.getLogger("lms.security")


def open_log() -> None:
    """Let the lines go to standard error, also those that are no warnings; for the processes that serve and work."""
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
    log.propagate = False


def note(event: str, *, level: int = logging.INFO, **values: object) -> None:
    """Write a line about an event; `values` are small and plain."""
    if not log.isEnabledFor(level):
        return
    line = {
        "at": clock.now().isoformat(timespec="seconds"), "level": logging.getLevelName(level), "event": event,
        "channel": asking.channel(), "address": asking.address(), "request": asking.request_id(), **values,
    }
    log.log(level, "%s", json.dumps(line, default=str, sort_keys=True))
