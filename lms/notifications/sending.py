"""Sending what waits: each mail is claimed for a time, handed over, and settled; the whole queue rests while the server fails.

A worker that dies leaves its mail claimed; it is taken again when the claim runs out. It may have reached the server, so it is
sent once more and no oftener: a mail whose fate is unknown a second time rests as dead. So nobody gets it more than twice.
"""

import logging
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.base import clock, jobs
from lms.base.db import db, transaction
from lms.config import Settings
from lms.notifications import letters, rules
from lms.notifications.kinds import KINDS
from lms.notifications.models import Mail, MailLanguage, MailServer
from lms.notifications.service import SEND_JOB
from lms.notifications.smtp import Connection, Outcome, ServerFails
from lms.notifications.wording import Values, wiped
from lms.people.models import Person

LEASE = timedelta(minutes=5)  # longer than a conversation in which every step takes its whole time
SLICE = 20.0  # seconds after which other jobs get their turn
MINUTE = timedelta(minutes=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail in this worker's hands."""

    id: int
    attempt: int
    doubtful: bool
    kind: str
    values: Values
    envelope: letters.Envelope | None  # None if there is nobody to send it to any more
    missing: str  # then the reason


def run_job(_payload: Mapping[str, Any]) -> None:
    """Send what is due."""
    send_due()


def send_due(*, seconds: float = SLICE) -> int:
    """Send what is due for so many seconds; gives how many mails were settled. What is left is another job's."""
    settings: Settings = current_app.extensions["settings"]
    _drop_old()
    if not settings.smtp_host or _rests():
        return 0
    connection, ends, count, claimed = Connection(settings), time.monotonic() + seconds, 0, _claim(settings)
    try:
        while claimed is not None:
            outcome = _deliver(connection, claimed)
            with transaction():
                if count == 0:
                    db.session.execute(delete(MailServer))
                _settle(claimed, outcome)
                in_time = time.monotonic() < ends
                claimed = _claim(settings) if in_time else None
                if not in_time:
                    _leave_rest()
            count += 1
    except ServerFails as fails:
        log.warning("mail server: %s %s", fails.reason, fails.error)
        _rest(claimed, fails)
    finally:
        connection.close()
    return count


def _drop_old() -> None:
    """What is no longer worth sending is dropped, with its secrets."""
    with transaction():
        old = select(Mail.id, Mail.kind, Mail.values).where(Mail.state == "todo", Mail.ends_at <= clock.now()).limit(500)
        for row in db.session.execute(old).all():
            db.session.execute(update(Mail).where(Mail.id == row.id, Mail.state == "todo").values(
                state="dropped", reason="too-old", values=wiped(KINDS.get(row.kind), row.values)))


def _rests() -> bool:
    return db.session.scalar(select(MailServer.id).where(MailServer.retry_at > clock.now())) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(and_(Mail.state == "todo", Mail.next_at <= now, Mail.ends_at > now), and_(Mail.state == "sending", Mail.lease_until < now))


def _claim(settings: Settings) -> Claimed | None:
    """Take the most urgent mail that is due or whose worker has died; None if there is none, or no more may be sent in this minute."""
    now = clock.now()
    with transaction():
        if not _room(settings, now):
            return None
        row = db.session.execute(_NEXT.where(_due(now))).first()
        if row is None:
            return None
        address = row.only_to or row.email
        db.session.execute(update(Mail).where(Mail.id == row.id).values(
            state="sending", attempts=row.attempts + 1, lease_until=now + LEASE, tried_at=now, address=address,
            doubtful=row.doubtful or row.state == "sending",
        ))
        missing = "not-confirmed" if row.state == "sending" and row.doubtful else "person-gone" if not row.active else (
            "" if address else "no-address")
        envelope = letters.Envelope(
            row.kind, row.values, row.key, row.message_id, row.name, address, row.language or settings.language) if not missing else None
        return Claimed(row.id, row.attempts + 1, row.doubtful or row.state == "sending", row.kind, row.values, envelope, missing)


_NEXT = (
    select(Mail.id, Mail.kind, Mail.values, Mail.key, Mail.state, Mail.attempts, Mail.doubtful, Mail.message_id,
           Mail.only_to,           Person.name, Person.email, Person.active, MailLanguage.language)
    .join(Person, Person.id == Mail.person_id).outerjoin(MailLanguage, MailLanguage.person_id == Mail.person_id)
    .order_by(Mail.priority, Mail.next_at, Mail.id).limit(1).with_for_update(of=Mail, skip_locked=True)
)


def _room(settings: Settings, now: datetime) -> bool:
    """Whether one more may be sent in this minute; if not, the next job begins as soon as one may."""
    if not settings.mail_per_minute:
        return True
    count, oldest = db.session.execute(select(func.count(), func.min(Mail.tried_at)).where(Mail.tried_at > now - MINUTE)).one()
    if count < settings.mail_per_minute or oldest is None:
        return True
    jobs.enqueue(SEND_JOB, {}, key=f"room:{oldest.isoformat()}", run_at=oldest + MINUTE)
    return False


def _leave_rest() -> None:
    """If something is still due, have another job go on with it."""
    if db.session.scalar(select(Mail.id).where(Mail.state == "todo", Mail.next_at <= clock.now()).limit(1)) is not None:
        jobs.enqueue(SEND_JOB, {}, key=f"rest:{secrets.token_hex(8)}")


def _deliver(connection: Connection, claimed: Claimed) -> Outcome:
    """Write and hand over one mail. Raises ServerFails."""
    if claimed.envelope is None:
        return Outcome("never", claimed.missing)
    try:
        message = letters.message(claimed.envelope)
    except letters.Unsendable as error:
        log.exception("mail %s cannot be written", claimed.id)
        return Outcome("never", str(error))
    return connection.send(claimed.envelope.address, message.as_bytes())


def _settle(claimed: Claimed, outcome: Outcome) -> None:
    """Write down what became of a mail, if it is still this worker's."""
    values = _settled(claimed, outcome)
    if values["state"] != "todo":
        values["values"] = wiped(KINDS.get(claimed.kind), claimed.values)
    db.session.execute(
        update(Mail).where(Mail.id == claimed.id, Mail.attempts == claimed.attempt, Mail.state == "sending")
        .values(lease_until=None, **values)
    )


def _settled(claimed: Claimed, outcome: Outcome) -> dict[str, Any]:
    now = clock.now()
    if outcome.what == "sent":
        return {"state": "sent", "sent_at": now, "reason": None, "error": None}
    if outcome.what == "never":
        return _never(claimed, outcome.reply)
    if outcome.what == "unsure" and claimed.doubtful:
        return {"state": "dead", "reason": "not-confirmed", "error": outcome.reply}
    doubtful = claimed.doubtful or outcome.what == "unsure"
    wait = rules.next_try(claimed.attempt, random.random())  # noqa: S311 - spreads tries, no secret
    if wait is None:
        return {"state": "dead", "reason": "too-many-tries", "error": outcome.reply, "doubtful": doubtful}
    return {"state": "todo", "next_at": now + wait, "reason": "put-off", "error": outcome.reply, "doubtful": doubtful}


def _never(claimed: Claimed, reply: str) -> dict[str, Any]:
    if claimed.missing in {"person-gone", "no-address"}:
        return {"state": "dropped", "reason": claimed.missing, "error": None}
    own = reply in {"address-odd", "kind-gone", "broken", "not-confirmed"}
    return {"state": "dead", "reason": reply if own else "refused", "error": None if own else reply}


def _rest(claimed: Claimed | None, fails: ServerFails) -> None:
    """Put the mail back as if it had not been tried, and let the whole queue wait."""
    now = clock.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    with transaction():
        if claimed is not None:
            db.session.execute(
                update(Mail).where(Mail.id == claimed.id, Mail.attempts == claimed.attempt, Mail.state == "sending")
                .values(state="todo", attempts=claimed.attempt - 1, lease_until=None, doubtful=claimed.doubtful))
        before = db.session.scalar(select(MailServer.failures)) or 0
        values = {"failures": before + 1, "retry_at": now + rules.server_wait(before + 1), "reason": fails.reason, "error": fails.error}
        db.session.execute(insert(MailServer).values(id=1, failing_since=now, **values)
                           .on_conflict_do_update(index_elements=["id"], set_=values))


def send_test(address: str) -> str:
    """Send a test mail at once, past the queue; gives the server's answer. Raises ServerFails or letters.Unsendable."""
    settings: Settings = current_app.extensions["settings"]
    connection = Connection(settings)
    try:
        outcome = connection.send(address, letters.test_message(address).as_bytes())
    finally:
        connection.close()
    if outcome.what != "sent":
        raise ServerFails("refused", outcome.reply)
    return outcome.reply
