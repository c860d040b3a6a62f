"""Loads the demo city into an empty database, all of it or nothing."""

from datetime import timedelta

from sqlalchemy import insert, select

from lms.accounts import passwords
from lms.base import clock
from lms.base.db import db, transaction
from lms.demo import changes, notices, offices, past
from lms.demo.named import BUDI
from lms.demo.roll import roll
from lms.people import grants, postings
from lms.people.models import Person
from lms.people.rules import DEMO_PASSWORD
from lms.web.content import catalog


def load() -> None:
    """Write units, people and their past in one transaction. The clock is stopped meanwhile, so that "today" is one day."""
    kept = passwords.hashed(DEMO_PASSWORD)
    with clock.stopped(clock.now()), transaction():
        supervisors = _people(kept)
        _let_budi_train()
        ids = {row.nip: row.id for row in db.session.execute(select(Person.nip, Person.id).order_by(Person.id))}
        for event in sorted([*past.events(ids, supervisors), *changes.events(ids)], key=lambda one: one.at):
            event.happen()
            db.session.flush()
            db.session.expunge_all()  # else every flush looks through all that was written before
        notices.write()


def _people(password_hash: str) -> list[str]:
    since = clock.now() - timedelta(days=past.OPENED_DAYS_AGO)
    with clock.stopped(since):
        rows = roll(offices.found(), password_hash=password_hash, since=since)
        roles = {row["nip"]: row.pop("role") for row in rows}
        db.session.execute(insert(Person), rows)
        postings.write_many()
        changes.begin()
    people = {row.nip: row for row in db.session.execute(select(Person.nip, Person.id, Person.unit_id))}
    for nip, role in roles.items():
        if role in {"supervisor", "admin"}:
            grants.add(people[nip].id, role, unit_id=people[nip].unit_id if role == "supervisor" else None, starts_on=since.date())
    return [nip for nip, role in roles.items() if role == "supervisor"]


def _let_budi_train() -> None:
    budi = db.session.scalars(select(Person.id).where(Person.nip == BUDI.nip)).one()
    for module_id in catalog().modules:
        grants.add(budi, "trainer", module_id=module_id)
