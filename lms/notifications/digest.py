"""The daily digest: one mail a day with what is new, for kinds that a person wants gathered. Nothing new, no mail."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from lms.base import clock
from lms.base.db import db, hold, transaction
from lms.notifications import rules
from lms.notifications.kinds import DIGEST
from lms.notifications.letters import MOST_SHOWN
from lms.notifications.models import Mail, Notice, Preference
from lms.notifications.service import mail_row, queue
from lms.people.models import Person

PEOPLE = 200  # in one transaction
KEEP = timedelta(days=3)


def run_job(_payload: Mapping[str, Any]) -> None:
    """Make the digests that are due."""
    make_due()


def make_due() -> int:
    """Make the digest of the last digest hour for everybody who waits for one; gives how many mails were written.

    Its key is the day, so that two workers, or one that was started anew, make one. What came in too late for it waits for the next.
    """
    until = rules.digest_until(clock.now(), current_app.extensions["settings"].digest_hour, clock.OFFICE)
    count, after = 0, 0
    while True:
        with transaction():
            hold("digest")
            people = _waiting(until, after)
            count += _make(people, until)
        if len(people) < PEOPLE:
            return count
        after = people[-1]


def _waiting(until: datetime, after: int) -> Sequence[int]:
    wanted = select(Notice.person_id).where(Notice.in_digest.is_(True), Notice.created_at < until, Notice.person_id > after)
    return db.session.scalars(wanted.distinct().order_by(Notice.person_id).limit(PEOPLE)).all()


def _make(people: Sequence[int], until: datetime) -> int:
    day = clock.local(until).date().isoformat()
    rows = db.session.execute(
        select(Notice.id, Notice.person_id, Notice.kind, Notice.values, Notice.read_at, Preference.channel, Person.email, Person.active)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Preference, (Preference.person_id == Notice.person_id) & (Preference.kind == Notice.kind))
        .where(Notice.in_digest.is_(True), Notice.created_at < until, Notice.person_id.in_(people))
        .order_by(Notice.person_id, Notice.id.desc())
    )
    each = {person_id: list(group) for person_id, group in groupby(rows, key=lambda row: row.person_id)}
    told = _told(people, day)
    mails = [mail_row(person_id, DIGEST, _values(new), key=_key(person_id, day), priority=rules.BULK, ends_at=clock.now() + KEEP)
             for person_id, group in each.items() if person_id not in told and (new := [row for row in group if _is_new(row)])]
    done = [row.id for person_id, group in each.items() for row in group if person_id not in told or not _is_new(row)]
    db.session.execute(update(Notice).where(Notice.id.in_(done)).values(in_digest=False))
    return queue(mails)


def _told(people: Sequence[int], day: str) -> set[int]:
    """Who has the digest of this day already."""
    keys = {_key(person_id, day): person_id for person_id in people}
    return {keys[key] for key in db.session.scalars(select(Mail.key).where(Mail.key.in_(keys)))}


def _key(person_id: int, day: str) -> str:
    return f"{person_id}:digest:{day}"


def _is_new(row: Any) -> bool:
    return row.read_at is None and row.channel != "off" and row.active and row.email is not None


def _values(rows: Sequence[Any]) -> dict[str, Any]:
    return {"notices": [{"kind": row.kind, "values": row.values} for row in rows[:MOST_SHOWN]], "more": max(0, len(rows) - MOST_SHOWN)}
