"""From where the program is asked to act: a browser, the shell or the worker; with the number of the request."""

import os
import pwd
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import g, has_request_context, request

_channel: ContextVar[str] = ContextVar("channel", default="")


@contextmanager
def through(channel: str) -> Iterator[None]:
    """Say that what happens inside was asked through "shell" or "job"."""
    token = _channel.set(channel)
    try:
        yield
    finally:
        _channel.reset(token)


def channel() -> str:
    """How the program was asked: "web", "shell" or "job"; a command has a request of its own making, which comes from nowhere."""
    return _channel.get() or ("web" if has_request_context() and request.remote_addr else "shell")


def address() -> str | None:
    """From where: the browser's address, or the account on this machine that runs the command; None for the worker."""
    if channel() == "shell":
        return f"os:{_account()}"
    return request.remote_addr if has_request_context() else None


def request_id() -> str | None:
    """The number of this request, by which the audit log, the security log and an error page can be found together; None outside of one."""
    if channel() != "web":
        return None
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    number: str = g.request_id
    return number


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a user without a name
        return str(os.getuid())
