"""What is recorded of sign-ins in the audit log.

Nothing that was typed is kept: one types a password into the wrong field one day. A NIP that belongs to nobody leaves a keyed
hash, by which tries at the same one are known as such. Of failures one a minute is written for each account and address, so that
a flood of them stays a flood of requests; each leaves its line in the security log.
"""

import hmac
import logging
from datetime import timedelta

from flask import request
from sqlalchemy import select

from lms.base import audit, security, throttle
from lms.base.db import db, transaction
from lms.people.models import Person
from lms.people.rules import Nip, read_nip

ONCE = timedelta(minutes=1)


def signed_in(person_id: int, *, how: str) -> None:
    """Record a sign-in; in the caller's transaction. `how` says by what she showed who she is."""
    audit.record("sign-in.ok", f"person:{person_id}", about=person_id, actor=person_id, detail={"how": how})


def signed_out(person_id: int) -> None:
    """Record a sign-out; in the caller's transaction."""
    audit.record("sign-out", f"person:{person_id}", about=person_id, actor=person_id)


def refused(typed: str, code: str, *, how: str = "password") -> None:
    """Record a sign-in that was refused, for a NIP as it was typed and the code of the refusal. A transaction of its own."""
    nip = read_nip(typed)
    account = nip.text if isinstance(nip, Nip) else typed
    person_id = db.session.scalar(select(Person.id).where(Person.nip == account[:40]))
    act = "sign-in.locked" if code == "too-many-tries" else "sign-in.failed"
    subject = f"person:{person_id}" if person_id else f"unknown:{_mark(account)}"
    security.note("sign-in.refused", level=logging.WARNING, subject=subject, reason=code, how=how)
    if throttle.is_within(throttle.Limit(act, f"{subject}@{request.remote_addr}", 1, ONCE)):
        with transaction():
            audit.record(act, subject, about=person_id, detail={"how": how})


def _mark(account: str) -> str:
    return hmac.digest(audit.audit_key(), f"account:{account}".encode(), "sha256").hex()[:16]
