"""Questions about units and people."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.people import grants
from lms.people.models import Grant, Person, Unit
from lms.people.roles import WHOLE


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in the order of the tree, `depth` levels below a root."""

    id: int
    name: str
    code: str
    depth: int


def subtree(unit_id: int) -> list[int]:
    """Ids of a unit and of all below it; empty if there is no such unit. One query."""
    return list(db.session.scalars(select(Unit.id).where(Unit.path.startswith(_path(unit_id))).order_by(Unit.id)))


def within(paths: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a unit lies in one of the subtrees at these paths."""
    return or_(false(), *(Unit.path.startswith(path, autoescape=True) for path in paths))


def units(paths: Iterable[str] = (WHOLE,)) -> list[UnitPlace]:
    """The units of these subtrees that have not ended, in the order of the tree, siblings by name. One query."""
    rows = db.session.execute(select(Unit.id, Unit.name, Unit.code, Unit.path).where(Unit.ended_on.is_(None), within(paths))).all()
    names = {row.id: (row.name, row.id) for row in rows}
    places = {row.id: [names[number] for number in map(int, row.path.strip("/").split("/")) if number in names] for row in rows}
    ordered = sorted(rows, key=lambda row: places[row.id])
    return [UnitPlace(row.id, row.name, row.code, len(places[row.id]) - 1) for row in ordered]


def _path(unit_id: int) -> Any:
    return select(Unit.path).where(Unit.id == unit_id).scalar_subquery()


def person(person_id: int, paths: Iterable[str] = (WHOLE,)) -> Any:
    """Row with all columns of a person that are shown, and the unit's name and path. Raises NotFound, also for one outside
    the subtrees at `paths`. One query."""
    row = db.session.execute(
        select(Person.id, Person.nip, Person.name, Person.position, Person.rank, Person.employment, Person.email,
               Person.contract_start, Person.active, Person.unit_id, Person.password_hash.is_not(None).label("has_password"),
               Person.position_kind, Person.supervisor_id, Person.appointed_on, Person.left_on, Person.merged_into, Person.created_at,
               Unit.name.label("unit"), Unit.path.label("unit_path"))
        .join(Unit, Unit.id == Person.unit_id).where(Person.id == person_id, within(paths))
    ).first()
    if row is None:
        raise NotFound
    return row


def roles_of(person_ids: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """The roles that each of these people holds today, in the order of their names; nobody without a role. One query."""
    rows = db.session.execute(
        select(Grant.person_id, Grant.role).where(grants.live(clock.today()), Grant.person_id.in_(person_ids))
        .distinct().order_by(Grant.person_id, Grant.role))
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.person_id] = (*found.get(row.person_id, ()), row.role)
    return found


def trained_modules(person_id: int) -> Mapping[str, int]:
    """The modules that a person trains today, with the id of the grant. One query."""
    rows = db.session.execute(
        select(Grant.module_id, Grant.id).where(
            grants.live(clock.today()), Grant.person_id == person_id, Grant.role == "trainer", Grant.module_id.is_not(None)))
    return {row.module_id: row.id for row in rows}
