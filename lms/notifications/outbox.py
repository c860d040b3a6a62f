"""What an administrator does about outgoing mail, why mail rests, and for how long it is kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select, update

from lms.base import audit, clock, jobs
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.base.texts import N_
from lms.notifications import queries
from lms.notifications.digest import KEEP
from lms.notifications.kinds import DIGEST, KINDS
from lms.notifications.models import Mail
from lms.notifications.service import SEND_JOB
from lms.notifications.wording import wiped

KEEP_SENT, KEEP_RESTING = timedelta(days=30), timedelta(days=90)
REASONS: Mapping[str, str] = {
    "refused": N_("The mail server refused this mail for good. Check the address."),
    "too-many-tries": N_("The mail server put it off eight times, for almost a day. Ask who runs the server, then send it again."),
    "not-confirmed": N_("The connection broke twice while it was handed over. It may have arrived; ask before sending it again."),
    "address-odd": N_("The address cannot be used for mail. Correct it on the person's page, then send it again."),
    "broken": N_("The mail could not be written, because its content does not fit this version."),
    "kind-gone": N_("Mail of this kind is no longer sent."),
    "put-off": N_("The mail server asked to try again later."),
    "too-old": N_("It was no longer of use before it could be sent."),
    "no-address": N_("The person has no e-mail address any more."),
    "person-gone": N_("The person is deactivated."),
    "by-hand": N_("An administrator dropped it."),
    "server-away": N_("The mail server cannot be reached."),
    "server-refuses": N_("The mail server takes no mail from us: it refuses our address or the connection."),
    "server-sign-in": N_("The mail server does not accept our name and password."),
    "server-security": N_("The connection to the mail server cannot be protected as the settings ask."),
}
AGAIN = {"state": "todo", "attempts": 0, "doubtful": False, "reason": None, "error": None}


def label(kind: str) -> str:
    """The msgid that names a kind of mail."""
    return N_("Daily digest") if kind == DIGEST else KINDS[kind].label if kind in KINDS else N_("A kind that is no more")


def keeps_secret(kind: str) -> bool:
    """Whether mail of a kind holds a one-time link, which is gone once the mail rests."""
    return kind in KINDS and bool(KINDS[kind].secret)


def send_again(mail_id: int) -> None:
    """Send a dead mail once more. Raises NotFound, or Refused "mail-secret-gone" or "mail-not-dead"."""
    with transaction():
        row = _held(mail_id)
        if row.state != "dead":
            raise Refused("mail-not-dead")
        if keeps_secret(row.kind):
            raise Refused("mail-secret-gone")
        _wake({Mail.id: mail_id}, row.kind)
        audit.record("mail.again", f"mail:{mail_id}", about=row.person_id, detail={"kind": row.kind})


def send_all_again(kind: str) -> int:
    """Send all dead mail once more, of one kind or ("") of all but those that held a one-time link; gives how many."""
    with transaction():
        hold("outbox")
        found = db.session.execute(select(Mail.kind).where(*queries.fitting("dead", kind)).distinct()).scalars().all()
        count = sum(_wake({}, name) for name in found if not keeps_secret(name))
        audit.record("mail.again", "mails", detail={"kind": kind, "count": count})
        return count


def _wake(which: Mapping[Any, int], kind: str) -> int:
    now = clock.now()
    keep = KINDS[kind].keep if kind in KINDS else KEEP
    again = update(Mail).where(*queries.fitting("dead", kind), *(column == value for column, value in which.items()))
    count = int(db.session.execute(again.values(next_at=now, ends_at=now + keep, **AGAIN)).rowcount)  # type: ignore[attr-defined]
    if current_app.extensions["settings"].smtp_host:
        jobs.enqueue(SEND_JOB, {}, key=f"again:{kind}:{now.isoformat()}")
    return count


def drop(mail_id: int) -> None:
    """Give up a mail that waits or is dead. Raises NotFound, or Refused "mail-gone" for one that is sent, being sent, or dropped."""
    with transaction():
        row = _held(mail_id)
        if row.state not in {"todo", "dead"}:
            raise Refused("mail-gone")
        _drop(row)
        audit.record("mail.dropped", f"mail:{mail_id}", about=row.person_id, detail={"kind": row.kind})


def drop_all(state: str, kind: str) -> int:
    """Give up all mail that waits or is dead (`state` as in queries.STATES), of one kind or of all (""); gives how many."""
    with transaction():
        hold("outbox")
        found = db.session.execute(
            select(Mail.id, Mail.kind, Mail.values).where(*queries.fitting(state, kind), Mail.state.in_(("todo", "dead")))).all()
        for row in found:
            _drop(row)
        audit.record("mail.dropped", "mails", detail={"kind": kind, "state": state, "count": len(found)})
        return len(found)


def _drop(row: Any) -> None:
    db.session.execute(update(Mail).where(Mail.id == row.id, Mail.state.in_(("todo", "dead"))).values(
        state="dropped", reason="by-hand", values=wiped(KINDS.get(row.kind), row.values)))


def _held(mail_id: int) -> Any:
    row = db.session.execute(
        select(Mail.id, Mail.state, Mail.kind, Mail.values, Mail.person_id).where(Mail.id == mail_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def sweep() -> None:
    """Forget sent mail after 30 days and resting mail after 90, so that the table does not grow for ever."""
    now = clock.now()
    with transaction():
        db.session.execute(delete(Mail).where(or_(
            (Mail.state == "sent") & (Mail.created_at < now - KEEP_SENT),
            Mail.state.in_(("dropped", "dead")) & (Mail.created_at < now - KEEP_RESTING),
        )))
