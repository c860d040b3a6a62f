"""Roles in people's hands: giving and ending them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people.events import AccessChanged
from lms.people.models import Grant, Person, Unit
from lms.people.roles import ROLES, WHOLE, Granted, covers

PAGE = 50


def live(today: Any) -> ColumnElement[bool]:
    """The condition that a grant holds on a day."""
    return and_(Grant.ended_at.is_(None), Grant.starts_on <= today, or_(Grant.ends_on.is_(None), Grant.ends_on >= today))


def add(
    person_id: int, role: str, *, unit_id: int | None = None, module_id: str | None = None, starts_on: date | None = None,
    ends_on: date | None = None, behalf_of: int | None = None, reason: str = "", granted_by: int | None = None,
) -> Grant:
    """A grant as a new row of the caller's transaction; who may give what is for the caller to decide."""
    row = Grant(
        person_id=person_id, role=role, unit_id=unit_id, module_id=module_id, starts_on=starts_on or clock.today(), ends_on=ends_on,
        behalf_of=behalf_of, reason=reason, granted_by=granted_by, granted_at=clock.now(),
    )
    db.session.add(row)
    return row


def give(
    person_id: int, role: str, *, by: int | None, unit_id: int | None = None, module_id: str | None = None, starts_on: date | None = None,
    ends_on: date | None = None, behalf_of: int | None = None, reason: str = "",
) -> int:
    """Give a role; gives the grant's id. The person signs in again.

    Raises NotFound, or Refused "grant-held", "grant-period", "grant-self" or "grant-inactive".
    """
    with transaction():
        hold(f"person:{person_id}")
        if by == person_id:
            raise Refused("grant-self")
        _must_be_active(person_id)
        starts = starts_on or clock.today()
        if ends_on is not None and ends_on < starts:
            raise Refused("grant-period")
        if role not in ROLES:
            raise NotFound
        same = select(Grant.id).where(
            live(starts), Grant.person_id == person_id, Grant.role == role, Grant.unit_id.is_not_distinct_from(unit_id),
            Grant.module_id.is_not_distinct_from(module_id), Grant.ends_on.is_not_distinct_from(ends_on))
        if db.session.scalar(same) is not None:
            raise Refused("grant-held")
        row = add(person_id, role, unit_id=unit_id, module_id=module_id, starts_on=starts, ends_on=ends_on, behalf_of=behalf_of,
                  reason=reason, granted_by=by)
        db.session.flush()
        audit.record("role.given", f"grant:{row.id}", about=person_id, detail=_said(row))
        publish(AccessChanged(person_id))
        return row.id


def end(grant_id: int, *, by: int | None) -> None:
    """End a grant; the person signs in again. One that has ended stays as it is. Raises NotFound or Refused "last-admin"."""
    with transaction():
        hold("admins")
        row = db.session.get(Grant, grant_id)
        if row is None:
            raise NotFound
        if row.ended_at is not None:
            return
        row.ended_at, row.ended_by = clock.now(), by
        db.session.flush()
        if row.role == "admin":
            keep_an_admin()
        audit.record("role.ended", f"grant:{row.id}", about=row.person_id, detail=_said(row))
        publish(AccessChanged(row.person_id))


def of_person(person_id: int) -> Sequence[Any]:
    """Rows of all grants of a person, those that hold first, then the newest: (id, role, module_id, starts_on, ends_on, reason, granted_at,
    ended_at, unit, behalf_of, behalf, giver, ender, state); state is holds, coming, over or ended. One query."""
    return _rows(Grant.person_id == person_id)


def one(grant_id: int, person_id: int) -> Any:
    """One grant of a person, as of `of_person`. Raises NotFound. One query."""
    found = _rows(Grant.person_id == person_id, Grant.id == grant_id)
    if not found:
        raise NotFound
    return found[0]


def delegations_of(person_id: int) -> Sequence[Any]:
    """The grants with which others stand in for a person, as of `of_person`, with holder and holder_id. One query."""
    return _rows(Grant.behalf_of == person_id, Grant.role == "delegate")


def _rows(*conditions: ColumnElement[bool]) -> Sequence[Any]:
    people = {name: aliased(Person) for name in ("holder", "behalf", "giver", "ender")}
    today = clock.today()
    over, coming = Grant.ends_on < today, Grant.starts_on > today
    state = case((Grant.ended_at.is_not(None), "ended"), (coming, "coming"), (over, "over"), else_="holds")
    return db.session.execute(
        select(
            Grant.id, Grant.role, Grant.unit_id, Grant.module_id, Grant.starts_on, Grant.ends_on, Grant.reason, Grant.granted_at,
            Grant.ended_at, Grant.behalf_of, Unit.name.label("unit"), people["holder"].id.label("holder_id"), state.label("state"),
            *(person.name.label(name) for name, person in people.items()),
        )
        .outerjoin(Unit, Unit.id == Grant.unit_id).join(people["holder"], people["holder"].id == Grant.person_id)
        .outerjoin(people["behalf"], people["behalf"].id == Grant.behalf_of)
        .outerjoin(people["giver"], people["giver"].id == Grant.granted_by)
        .outerjoin(people["ender"], people["ender"].id == Grant.ended_by)
        .where(*conditions).order_by(state.in_(("holds", "coming")).desc(), Grant.granted_at.desc(), Grant.id.desc()).limit(200)
    ).all()


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Which grants are asked for: those of a role ("" for all), those for the units of a subtree (None for all)."""

    role: str = ""
    unit_id: int | None = None
    page: int = 1


def holders(wish: HeldBy) -> tuple[int, Sequence[Any]]:
    """How many grants hold today, and a page of them: rows (person_id, name, nip, role, unit, module_id, ends_on, behalf). Two queries."""
    wanted = _holders(wish)
    count = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    return count, db.session.execute(wanted.limit(PAGE).offset((wish.page - 1) * PAGE)).all()


def all_holders(wish: HeldBy) -> Sequence[Any]:
    """The same without pages, for a file. One query."""
    return db.session.execute(_holders(wish)).all()


def _holders(wish: HeldBy) -> Any:
    behalf = aliased(Person)
    wanted: Any = (
        select(Grant.person_id, Person.name, Person.nip, Grant.role, Unit.name.label("unit"), Grant.module_id, Grant.starts_on,
               Grant.ends_on, behalf.name.label("behalf"))
        .join(Person, Person.id == Grant.person_id).outerjoin(Unit, Unit.id == Grant.unit_id)
        .outerjoin(behalf, behalf.id == Grant.behalf_of)
        .where(live(clock.today()), Person.active.is_(True)).order_by(Person.sought, Person.id, Grant.role, Grant.id)
    )
    if wish.role:
        wanted = wanted.where(Grant.role == wish.role)
    if wish.unit_id is not None:
        above = select(Unit.path).where(Unit.id == wish.unit_id).scalar_subquery()
        wanted = wanted.where(Unit.path.startswith(above))
    return wanted


def counts() -> Mapping[str, int]:
    """How many active people hold each role today. One query."""
    counted = select(Grant.role, func.count(Grant.person_id.distinct()).label("people")).join(Person, Person.id == Grant.person_id)
    rows = db.session.execute(counted.where(live(clock.today()), Person.active.is_(True)).group_by(Grant.role)).all()
    return {row.role: row.people for row in rows}


def must_be_within(person_id: int, by: Sequence[Granted] | None) -> None:
    """Refuse "code-above-you" if a person may do more than `by` allow: with her code, link or address one could sign in as her."""
    if person_id in above(by, Person.id == person_id):
        raise Refused("code-above-you")


def above(by: Sequence[Granted] | None, whom: ColumnElement[bool]) -> set[int]:
    """Those of the people asked for who hold, or will hold, a role that goes beyond `by`. One query, none if `by` is None."""
    if by is None:
        return set()
    rows = db.session.execute(
        select(Grant.person_id, Grant.role, Grant.module_id, Unit.path).join(Person, Person.id == Grant.person_id)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(whom, Grant.ended_at.is_(None), or_(Grant.ends_on.is_(None), Grant.ends_on >= clock.today())))
    return {row.person_id for row in rows if not covers(by, [Granted(row.role, row.path or WHOLE, row.module_id)])}


def keep_an_admin() -> None:
    """Refuse a change after which nobody could administer. The caller holds "admins" from before the change. Raises "last-admin"."""
    left = (
        select(Grant.id).join(Person, Person.id == Grant.person_id)
        .where(live(clock.today()), Grant.role == "admin", Grant.unit_id.is_(None), Grant.ends_on.is_(None), Person.active.is_(True))
    )
    if not db.session.scalar(left.limit(1)):
        raise Refused("last-admin")


def _must_be_active(person_id: int) -> None:
    active = db.session.scalar(select(Person.active).where(Person.id == person_id))
    if active is None:
        raise NotFound
    if not active:
        raise Refused("grant-inactive")


def _said(row: Grant) -> dict[str, Any]:
    return {
        "role": row.role, "unit": row.unit_id, "module": row.module_id, "from": row.starts_on.isoformat(),
        "until": row.ends_on.isoformat() if row.ends_on else None, "behalf_of": row.behalf_of, "reason": row.reason,
    }
