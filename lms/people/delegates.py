"""Standing in: a supervisor lets somebody see her team for a time.

The delegate's grant names the supervisor, so that acts are recorded as done for her. It lies within what the supervisor holds herself,
ends with it at the latest, and gives no right to name others: there is no chain.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from lms.base import clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people import grants
from lms.people.events import AccessChanged, DelegateNamed
from lms.people.models import Grant, Person, Unit
from lms.people.roles import ROLES

MOST_DAYS = 90
NAMING = tuple(name for name, role in ROLES.items() if "delegates.name" in role.permissions and name != "admin")


def led_by(person_id: int) -> Sequence[Any]:
    """Rows (unit_id, unit, path, ends_on) of what a person leads today in her own right; unit_id None for the whole agency. One query."""
    return db.session.execute(
        select(Grant.unit_id, Unit.name.label("unit"), Unit.path, Grant.ends_on).outerjoin(Unit, Unit.id == Grant.unit_id)
        .join(Person, Person.id == Grant.person_id)
        .where(grants.live(clock.today()), Grant.person_id == person_id, Grant.role.in_(NAMING), Person.active.is_(True))
        .order_by(Unit.path)
    ).all()


def name(
    supervisor_id: int, delegate_id: int, *, unit_id: int | None, starts_on: date, ends_on: date, reason: str, by: int,
) -> int:
    """Let somebody stand in for a supervisor; gives the grant's id. `unit_id` None is the whole agency.

    Raises Refused "delegate-self", "delegate-inactive", "delegate-past", "grant-period", "delegate-long" or "delegate-outside".
    """
    with transaction():
        for person_id in sorted({supervisor_id, delegate_id}):
            hold(f"person:{person_id}")
        _check_person(supervisor_id, delegate_id)
        _check_period(starts_on, ends_on)
        _check_reach(supervisor_id, unit_id, ends_on)
        grant = grants.give(delegate_id, "delegate", by=by, unit_id=unit_id, starts_on=starts_on, ends_on=ends_on,
                            behalf_of=supervisor_id, reason=reason)
        publish(DelegateNamed(supervisor_id, delegate_id, unit_id, starts_on, ends_on))
        return grant


def _check_person(supervisor_id: int, delegate_id: int) -> None:
    if supervisor_id == delegate_id:
        raise Refused("delegate-self")
    active = db.session.scalar(select(Person.active).where(Person.id == delegate_id))
    if active is None:
        raise NotFound
    if not active:
        raise Refused("delegate-inactive")


def _check_period(starts_on: date, ends_on: date) -> None:
    if starts_on < clock.today():
        raise Refused("delegate-past")
    if ends_on < starts_on:
        raise Refused("grant-period")
    if ends_on - starts_on >= timedelta(days=MOST_DAYS):
        raise Refused("delegate-long", most=MOST_DAYS)


def _check_reach(supervisor_id: int, unit_id: int | None, ends_on: date) -> None:
    path = db.session.scalar(select(Unit.path).where(Unit.id == unit_id)) if unit_id is not None else None
    if unit_id is not None and path is None:
        raise NotFound
    if not any(_covers(led, path) and (led.ends_on is None or ends_on <= led.ends_on) for led in led_by(supervisor_id)):
        raise Refused("delegate-outside")


def _covers(led: Any, path: str | None) -> bool:
    return led.unit_id is None or (path is not None and path.startswith(led.path))


def end(grant_id: int, supervisor_id: int, *, by: int) -> None:
    """End a delegation of this supervisor's. Raises NotFound."""
    found = db.session.scalar(select(Grant.id).where(Grant.id == grant_id, Grant.role == "delegate", Grant.behalf_of == supervisor_id))
    if found is None:
        raise NotFound
    grants.end(grant_id, by=by)


def on_access_changed(fact: AccessChanged) -> None:
    """Reaction: whoever leads a unit no longer, or is deactivated, is not stood in for there from now on."""
    rows = db.session.execute(
        select(Grant.id, Grant.unit_id, Unit.path).outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(Grant.behalf_of == fact.person_id, Grant.role == "delegate", Grant.ended_at.is_(None))).all()
    led = led_by(fact.person_id) if rows else ()
    for row in rows:
        if not any(_covers(one, row.path) for one in led):
            grants.end(row.id, by=None)


def stood_in_for(person_id: int) -> Sequence[Any]:
    """Rows (name, unit, ends_on) of those for whom a person stands in today. One query."""
    return db.session.execute(
        select(Person.name, Unit.name.label("unit"), Grant.ends_on).join(Person, Person.id == Grant.behalf_of)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(grants.live(clock.today()), Grant.person_id == person_id, Grant.role == "delegate").order_by(Grant.ends_on, Grant.id)
    ).all()
