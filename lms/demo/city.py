"""Loads the demo city into an empty database, all of it or nothing."""

from datetime import timedelta

from sqlalchemy import insert, select

from lms.base import clock
from lms.base.db import db, transaction
from lms.demo import offices, past
from lms.demo.named import BUDI
from lms.demo.roll import roll
from lms.people import passwords
from lms.people.models import ModuleTrainer, Person
from lms.people.rules import DEMO_PASSWORD
from lms.web.content import catalog


def load() -> None:
    """Write units, people and their past in one transaction. The clock is stopped meanwhile, so that "today" is one day."""
    kept = passwords.hashed(DEMO_PASSWORD)
    with clock.stopped(clock.now()), transaction():
        supervisors = _people(kept)
        _let_budi_train()
        rows = db.session.execute(select(Person.nip, Person.id).order_by(Person.id))
        for event in past.events({row.nip: row.id for row in rows}, supervisors):
            event.happen()
            db.session.flush()
            db.session.expunge_all()  # else every flush looks through all that was written before


def _people(password_hash: str) -> list[str]:
    since = clock.now() - timedelta(days=past.OPENED_DAYS_AGO)
    rows = roll(offices.found(), password_hash=password_hash, since=since)
    db.session.execute(insert(Person), rows)
    return [row["nip"] for row in rows if row["role"] == "supervisor"]


def _let_budi_train() -> None:
    budi = db.session.scalars(select(Person.id).where(Person.nip == BUDI.nip)).one()
    db.session.add_all(ModuleTrainer(person_id=budi, module_id=module_id) for module_id in catalog().modules)
