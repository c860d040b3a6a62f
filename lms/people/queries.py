"""Questions about units and people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from lms.base.db import db
from lms.base.errors import NotFound
from lms.people.models import ActivationCode, ModuleTrainer, Person, Unit

PAGE = 50


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in the order of the tree, `depth` levels below a root."""

    id: int
    name: str
    code: str
    depth: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Which people are asked for; all optional. `active` is "yes", "no" or "" for both."""

    text: str = ""
    unit_id: int | None = None
    role: str = ""
    active: str = ""
    page: int = 1


def subtree(unit_id: int) -> list[int]:
    """Ids of a unit and of all below it; empty if there is no such unit. One query."""
    return list(db.session.scalars(select(Unit.id).where(Unit.path.startswith(_path(unit_id))).order_by(Unit.id)))


def units() -> list[UnitPlace]:
    """All units in the order of the tree, siblings by name. One query."""
    rows = db.session.execute(select(Unit.id, Unit.name, Unit.code, Unit.path)).all()
    names = {row.id: (row.name, row.id) for row in rows}
    places = {row.id: [names[int(number)] for number in row.path.strip("/").split("/")] for row in rows}
    ordered = sorted(rows, key=lambda row: places[row.id])
    return [UnitPlace(row.id, row.name, row.code, len(places[row.id]) - 1) for row in ordered]


def find_people(wish: Wish) -> tuple[int, Sequence[Any]]:
    """How many people fit, and one page of rows (id, nip, name, position, role, active, has_password, unit). Two queries."""
    conditions = [*_conditions(wish)]
    count = db.session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
    rows = db.session.execute(
        select(Person.id, Person.nip, Person.name, Person.position, Person.role, Person.active,
               Person.password_hash.is_not(None).label("has_password"), Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id).where(*conditions)
        .order_by(Person.name, Person.id).limit(PAGE).offset((wish.page - 1) * PAGE)
    ).all()
    return count, rows


def _conditions(wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.text:
        digits = "".join(wish.text.split())
        part = digits if digits.isdigit() else wish.text
        yield or_(Person.name.icontains(wish.text, autoescape=True), Person.nip.contains(part, autoescape=True))
    if wish.unit_id is not None:
        yield Person.unit_id.in_(select(Unit.id).where(Unit.path.startswith(_path(wish.unit_id))))
    if wish.role:
        yield Person.role == wish.role
    if wish.active:
        yield Person.active.is_(wish.active == "yes")


def _path(unit_id: int) -> Any:
    return select(Unit.path).where(Unit.id == unit_id).scalar_subquery()


def person(person_id: int) -> Any:
    """Row with all columns of a person that are shown, the unit's name, and until when a code holds. Raises NotFound. One query."""
    row = db.session.execute(
        select(Person.id, Person.nip, Person.name, Person.position, Person.rank, Person.employment, Person.role, Person.email,
               Person.contract_start, Person.active, Person.unit_id, Person.password_hash.is_not(None).label("has_password"),
               Unit.name.label("unit"), ActivationCode.expires_at.label("code_until"))
        .join(Unit, Unit.id == Person.unit_id).outerjoin(ActivationCode, ActivationCode.person_id == Person.id)
        .where(Person.id == person_id)
    ).first()
    if row is None:
        raise NotFound
    return row


def trains(person_id: int, role: str, module_id: str) -> bool:
    """Whether a person sees the participants and results of a module: its trainers and admins."""
    if role == "admin":
        return True
    wanted = select(ModuleTrainer.module_id).where(ModuleTrainer.person_id == person_id, ModuleTrainer.module_id == module_id)
    return role == "trainer" and db.session.scalar(wanted) is not None


def trained_modules(person_id: int) -> frozenset[str]:
    """Ids of the modules whose results a person sees."""
    return frozenset(db.session.scalars(select(ModuleTrainer.module_id).where(ModuleTrainer.person_id == person_id)))
