"""The people a supervisor sees, with their hours, modules and certificates: one query for the page, the exports and the ZIP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.certificates.models import Certificate
from lms.learning.hours import PNS_TARGET
from lms.learning.models import Enrolment
from lms.people.models import Person, Unit

STATES = ("not-started", "studying", "completed", "target-met")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: all optional, all kept in the address."""

    root_path: str
    year: int
    text: str = ""
    unit_id: int | None = None
    module_id: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team in the year asked for. Hours are JP."""

    id: int
    name: str
    nip: str
    position: str
    unit: str
    employment: str
    studying: int
    completed: int
    hours: Decimal
    certificates: int
    last_seen_at: datetime | None

    @property
    def target_met(self) -> bool:
        """Whether 20 JP are reached; said of PNS only, others have no target."""
        return self.employment == "PNS" and self.hours >= PNS_TARGET


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit in the filter, `depth` levels below the reader's own."""

    id: int
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over everybody who is asked for, not only the page."""

    people: int
    pns: int
    target_met: int
    nothing: int
    certificates: int


def first_page(wish: Wish) -> tuple[Summary, Sequence[Member]]:
    """The summary and the page of members that is asked for. Two queries."""
    members = _members(wish).subquery()
    met = and_(members.c.employment == "PNS", members.c.hours >= PNS_TARGET)
    counted = db.session.execute(select(
        func.count(), func.sum(case((members.c.employment == "PNS", 1), else_=0)), func.sum(case((met, 1), else_=0)),
        func.sum(case((and_(members.c.studying == 0, members.c.completed == 0), 1), else_=0)), func.sum(members.c.certificates),
    )).one()
    ordered = select(members).order_by(members.c.name, members.c.id)
    rows = db.session.execute(ordered.limit(PAGE).offset((wish.page - 1) * PAGE))
    return Summary(*(int(value or 0) for value in counted)), [_member(row) for row in rows]  # PostgreSQL sums counts as decimals


def everybody(wish: Wish) -> Iterator[Member]:
    """All members that are asked for, by name. One query."""
    members = _members(wish).subquery()
    for row in db.session.execute(select(members).order_by(members.c.name, members.c.id).execution_options(yield_per=500)):
        yield _member(row)


def certificates(wish: Wish) -> Sequence[Certificate]:
    """The certificates of the year that the filtered people hold and may show. One query."""
    members = _members(replace(wish, page=1)).subquery()
    wanted = select(Certificate).join(members, members.c.id == Certificate.person_id).where(*_issued(wish))
    return db.session.scalars(wanted.order_by(members.c.name, Certificate.issued_at, Certificate.id)).all()


def years(today: date) -> range:
    """The years one may look at: this one and the four before."""
    return range(today.year, today.year - 5, -1)


def units_below(root_path: str) -> list[UnitChoice]:
    """The units of a subtree in the order of the tree. One query."""
    rows = db.session.execute(
        select(Unit.id, Unit.name, Unit.path).where(Unit.path.startswith(root_path, autoescape=True)).order_by(Unit.name)
    ).all()
    places = {row.id: (row.name, row.id) for row in rows}

    def order(row: Any) -> list[tuple[str, int]]:
        return [places[number] for number in map(int, row.path.strip("/").split("/")) if number in places]

    return [UnitChoice(row.id, row.name, len(order(row)) - 1) for row in sorted(rows, key=order)]


def person_below(person_id: int, root_path: str) -> Any:
    """Row (id, name, nip, position, employment, contract_start, unit_name) of a person of the subtree. Raises NotFound. One query."""
    row = db.session.execute(
        select(Person.id, Person.name, Person.nip, Person.position, Person.employment, Person.contract_start, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id == person_id, Unit.path.startswith(root_path, autoescape=True))
    ).first()
    if row is None:
        raise NotFound
    return row


def _member(row: Any) -> Member:
    return Member(**row._mapping)


def _members(wish: Wish) -> Select[*tuple[Any, ...]]:
    learned, held = _learned(wish), _held(wish)
    hours = func.coalesce(learned.c.hours, 0)
    found = (
        select(
            Person.id, Person.name, Person.nip, Person.position, Unit.name.label("unit"), Person.employment,
            func.coalesce(learned.c.studying, 0).label("studying"), func.coalesce(learned.c.completed, 0).label("completed"),
            hours.label("hours"), func.coalesce(held.c.certificates, 0).label("certificates"), learned.c.last_seen_at,
        )
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(learned, learned.c.person_id == Person.id).outerjoin(held, held.c.person_id == Person.id)
        .where(Person.active.is_(True), Unit.path.startswith(wish.root_path, autoescape=True))
    )
    for condition in _conditions(wish, learned, hours):
        found = found.where(condition)
    return found


def _conditions(wish: Wish, learned: Subquery, hours: Any) -> Iterator[ColumnElement[bool]]:
    if wish.text:
        part = "".join(wish.text.split()) if wish.text.replace(" ", "").isdigit() else wish.text
        yield or_(Person.name.icontains(wish.text, autoescape=True), Person.nip.contains(part, autoescape=True))
    if wish.unit_id is not None:
        above = select(Unit.path).where(Unit.id == wish.unit_id).scalar_subquery()
        yield Unit.path.startswith(above)
    studying, completed = func.coalesce(learned.c.studying, 0), func.coalesce(learned.c.completed, 0)
    if wish.state == "not-started":
        yield and_(studying == 0, completed == 0)
    if wish.state == "studying":
        yield studying > 0
    if wish.state == "completed":
        yield completed > 0
    if wish.state == "target-met":
        yield and_(Person.employment == "PNS", hours >= PNS_TARGET)


def _learned(wish: Wish) -> Subquery:
    first, after = _bounds(wish.year)
    within = and_(Enrolment.completed_at >= first, Enrolment.completed_at < after)
    each = (
        select(
            Enrolment.person_id, func.max(case((Enrolment.completed_at.is_(None), 1), else_=0)).label("studying"),
            func.max(case((within, 1), else_=0)).label("completed"),
            func.max(func.coalesce(Enrolment.last_seen_at, Enrolment.started_at)).label("last_seen_at"),
            func.min(case((within, Enrolment.hours))).label("hours"),
        ).group_by(Enrolment.person_id, Enrolment.module_id)
    )
    if wish.module_id:
        each = each.where(Enrolment.module_id == wish.module_id)
    modules = each.subquery()
    return select(
        modules.c.person_id, func.sum(modules.c.studying).label("studying"), func.sum(modules.c.completed).label("completed"),
        func.sum(modules.c.hours).label("hours"), func.max(modules.c.last_seen_at).label("last_seen_at"),
    ).group_by(modules.c.person_id).subquery()


def _held(wish: Wish) -> Subquery:
    counted = select(Certificate.person_id, func.count().label("certificates")).where(*_issued(wish))
    return counted.group_by(Certificate.person_id).subquery()


def _issued(wish: Wish) -> list[ColumnElement[bool]]:
    first, after = _bounds(wish.year)
    found = [Certificate.state == "issued", Certificate.issued_at >= first, Certificate.issued_at < after]
    return [*found, Certificate.module_id == wish.module_id] if wish.module_id else found


def _bounds(year: int) -> tuple[datetime, datetime]:
    return clock.office_midnight(date(year, 1, 1)), clock.office_midnight(date(year, 12, 31) + timedelta(days=1))
