"""The people a supervisor sees, with their hours, modules and certificates: one query for the page, the exports and the ZIP.

This year shows people as they are today. A past year shows what the page showed on the evening of its last day: who was posted where on
31 December, in units as they were called and stood then, and what had been begun, completed and certified by then, with the JP entered in
the ledger and the targets set by then. Whoever moved or left since still counts where she was; whoever left before that day, or came later,
does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, func, or_, select, true

from lms.base import audit, clock
from lms.base.db import db, transaction
from lms.base.errors import NotFound
from lms.certificates.models import Certificate
from lms.hours import sums, targets
from lms.hours.models import Entry
from lms.learning.models import Enrolment, StudyDay
from lms.organisation.queries import units_on
from lms.people import postings, versions
from lms.people.models import Person, Posting, Unit, UnitVersion
from lms.people.queries import UnitPlace, units, within
from lms.people.roles import WHOLE

STATES = ("not-started", "studying", "completed", "target-met")
PAGE = 50
# Tables instead of classes: the object mapper's part of a query costs as much again.
_person, _unit, _posting, _version = Person.__table__.c, Unit.__table__.c, Posting.__table__.c, UnitVersion.__table__.c
_enrolment, _certificate, _studied, _entry = Enrolment.__table__.c, Certificate.__table__.c, StudyDay.__table__.c, Entry.__table__.c


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: all optional, all kept in the address; `within` are the paths of the units that the reader may see."""

    within: tuple[str, ...]
    year: int
    text: str = ""
    unit_id: int | None = None
    module_id: str = ""
    state: str = ""
    page: int = 1

    @property
    def past(self) -> bool:
        """Whether the year is over, by the office's clock."""
        return self.year < clock.today().year

    @property
    def last_day(self) -> date:
        """31 December of the year."""
        return date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team in the year asked for. Hours are JP; `least` is the target of the calendar year, if she has one."""

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
    least: Decimal | None

    @property
    def target_met(self) -> bool:
        """Whether the target is reached; never said of those without one."""
        return self.least is not None and self.hours >= self.least

    @property
    def bar(self) -> float:
        """How long the bar of her hours is, on a scale that ends at 30 JP."""
        return min(float(self.hours), 30.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over everybody who is asked for, not only the page; `measured` are those with a target."""

    people: int
    measured: int
    target_met: int
    nothing: int
    certificates: int


@dataclass(frozen=True, slots=True)
class Year:
    """A past year of a person: JP that counted and the least of then (None without a target), the modules (module_id, completed_at, hours,
    score; None for those begun and not completed by its end), what was earned by day, the certificates issued that still stand."""

    hours: Decimal
    least: Decimal | None
    modules: Sequence[Any]
    earned: Sequence[sums.Line]
    certificates: Sequence[Certificate]

    @property
    def uncounted(self) -> list[sums.Line]:
        """What of the earned does not count in full."""
        return [line for line in self.earned if line.credited != line.raw]

    @property
    def elsewhere(self) -> list[sums.Line]:
        """What was not earned by a module."""
        return [line for line in self.earned if line.kind != "module"]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes one statement differ from another; the rest are its parameters."""

    past: bool
    paths: int  # 0: the whole agency
    text: bool
    unit: bool
    module: bool
    state: str


def first_page(wish: Wish) -> tuple[Summary, Sequence[Member]]:
    """The summary and the page of members that is asked for. One query."""
    asked = {**_values(wish), "most": PAGE, "skipped": (wish.page - 1) * PAGE}
    rows = db.session.execute(_page_statement(_shape(wish)), asked).all()
    summary = Summary(*(int(value or 0) for value in rows[0][:5]))  # PostgreSQL sums counts as decimals
    return summary, [Member(*row[5:]) for row in rows if row.id is not None]


def everybody(wish: Wish) -> Iterator[Member]:
    """All members that are asked for, by name. One query."""
    for row in db.session.execute(_list_statement(_shape(wish)), _values(wish), execution_options={"yield_per": 500}):
        yield Member(*row)


def certificates(wish: Wish) -> Sequence[Certificate]:
    """The certificates of the year that the filtered people hold and may show. One query."""
    return db.session.scalars(_certificates_statement(_shape(wish)), _values(wish)).all()


def record_export(kind: str, asked: dict[str, Any]) -> None:
    """Record that the team was exported, as what kind of file and with which filters."""
    with transaction():
        audit.record("team.exported", "team", detail={"file": kind, "filter": asked})


def years(today: date) -> range:
    """The years one may look at: this one and the four before."""
    return range(today.year, today.year - 5, -1)


def units_of(wish: Wish) -> list[UnitPlace]:
    """The units to choose from, as they were in the year asked for. One query."""
    return units_on(wish.last_day, wish.within) if wish.past else units(wish.within)


def person_below(person_id: int, paths: tuple[str, ...], year: int) -> Any:
    """Row (id, name, nip, position, employment, contract_start, unit_name) of a person of these subtrees, as she was in that year.
    Raises NotFound. One query."""
    then = Wish(paths, year)
    if then.past:
        query = select(Person.id, Person.name, Person.nip, Posting.position, Posting.employment, Person.contract_start,
                       UnitVersion.name.label("unit_name")).join(Posting, Posting.person_id == Person.id).join(
            UnitVersion, UnitVersion.unit_id == Posting.unit_id).where(
            postings.held_on(then.last_day), versions.held_on(then.last_day), versions.at_or_below(paths))
    else:
        query = select(Person.id, Person.name, Person.nip, Person.position, Person.employment, Person.contract_start,
                       Unit.name.label("unit_name")).join(Unit, Unit.id == Person.unit_id).where(within(paths))
    row = db.session.execute(query.where(Person.id == person_id)).first()
    if row is None:
        raise NotFound
    return row


def year_of(person_id: int, employment: str, year: int) -> Year:
    """What a person did in a past year, in which she was so employed, as it stood on its last evening. Four queries."""
    first, after = _bounds(year)
    day = date(year, 12, 31)
    earned = sums.lines(person_id, date(year, 1, 1), day, made_before=after)
    target = targets.holding(sums.own_targets(set_before=after), employment, day)
    held = db.session.scalars(select(Certificate).where(
        Certificate.person_id == person_id, Certificate.state == "issued", Certificate.issued_at >= first, Certificate.issued_at < after)
        .order_by(Certificate.issued_at, Certificate.id)).all()
    return Year(
        sum((line.credited for line in earned), Decimal(0)), target.least if target.year == "calendar" else None,
        _modules_of(person_id, first, after), earned, held)


def _modules_of(person_id: int, first: datetime, after: datetime) -> list[Any]:
    rows = db.session.execute(
        select(Enrolment.module_id, Enrolment.completed_at, Enrolment.hours, Enrolment.score).where(
            Enrolment.person_id == person_id, Enrolment.started_at < after,
            or_(Enrolment.completed_at.is_(None), Enrolment.completed_at >= first))
        .order_by(Enrolment.completed_at, Enrolment.module_id)).all()
    done: dict[str, Any] = {}
    going = []
    for row in rows:
        if row.completed_at is not None and row.completed_at < after:
            if row.module_id not in done or row.hours < done[row.module_id].hours:
                done[row.module_id] = row
        else:
            going.append((row.module_id, None, None, None))
    return [*(tuple(row) for row in done.values()), *going]


def _shape(wish: Wish) -> _Shape:
    paths = 0 if WHOLE in wish.within else len(wish.within)
    return _Shape(wish.past, paths, bool(wish.text), wish.unit_id is not None, bool(wish.module_id), wish.state)


def _values(wish: Wish) -> dict[str, Any]:
    first, after = _bounds(wish.year)
    found: dict[str, Any] = {
        "first": first, "after": after, "first_day": date(wish.year, 1, 1), "last_day": wish.last_day,
        "day": wish.last_day if wish.past else clock.today()}
    if WHOLE not in wish.within:
        # A past path may have begun elsewhere, but it led through the unit in which today's ends.
        found |= {f"path{number}": f"%/{path.strip('/').rpartition('/')[2]}/%" if wish.past else f"{path}%"
                  for number, path in enumerate(wish.within)}
    if wish.text:
        digits = "".join(wish.text.split())
        found |= {"text": f"%{_escaped(wish.text)}%", "nip": f"%{_escaped(digits if digits.isdigit() else wish.text)}%"}
    if wish.unit_id is not None:
        found["unit"] = f"%/{wish.unit_id}/%"
    return {**found, "module": wish.module_id} if wish.module_id else found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _bounds(year: int) -> tuple[datetime, datetime]:
    return clock.office_midnight(date(year, 1, 1)), clock.office_midnight(date(year, 12, 31) + timedelta(days=1))


@lru_cache(maxsize=256)
def _page_statement(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """Summary and page in one, so that the members are reckoned once."""
    members = _members(shape).cte("members").prefix_with("MATERIALIZED")
    counted = select(
        func.count().label("people"), func.count(members.c.least).label("measured"),
        func.sum(case((members.c.hours >= members.c.least, 1), else_=0)).label("met"),
        func.sum(case((and_(members.c.studying == 0, members.c.completed == 0), 1), else_=0)).label("untouched"),
        func.sum(members.c.certificates).label("held"),
    ).select_from(members).subquery("counted")
    page = select(members).order_by(members.c.name, members.c.id).limit(bindparam("most")).offset(bindparam("skipped")).subquery("page")
    return select(counted, page).select_from(counted.outerjoin(page, true())).order_by(page.c.name, page.c.id)


@lru_cache(maxsize=256)
def _list_statement(shape: _Shape) -> Select[*tuple[Any, ...]]:
    members = _members(shape).subquery()
    return select(members).order_by(members.c.name, members.c.id)


@lru_cache(maxsize=256)
def _certificates_statement(shape: _Shape) -> Select[*tuple[Any, ...]]:
    members = _members(shape).subquery()
    wanted = select(Certificate).join(members, members.c.id == Certificate.person_id).where(*_issued(shape))
    return wanted.order_by(members.c.name, Certificate.issued_at, Certificate.id)


def _members(shape: _Shape) -> Select[*tuple[Any, ...]]:
    learned, held = _learned(shape), _held(shape)
    tables, place, path = _base(shape)
    source = tables.outerjoin(learned, learned.c.person_id == _person.id).outerjoin(held, held.c.person_id == _person.id)
    last_seen = learned.c.last_seen_at
    if shape.past:
        seen = _seen()
        source, last_seen = source.outerjoin(seen, seen.c.person_id == _person.id), seen.c.last_at
    hours, least = _hours(shape), _least(shape, place[2])
    found = select(
        _person.id, _person.name, _person.nip, *place, func.coalesce(learned.c.studying, 0).label("studying"),
        func.coalesce(learned.c.completed, 0).label("completed"), hours.label("hours"),
        func.coalesce(held.c.certificates, 0).label("certificates"), last_seen.label("last_seen_at"),
        least.label("least"),
    ).select_from(source)
    met = hours >= least
    return found.where(*_conditions(shape, path), *_in_state(shape, learned, met))


def _base(shape: _Shape) -> tuple[Any, tuple[Any, Any, Any], Any]:
    """Where people are, as they are or as they were: the tables, the columns position, unit and employment, and the unit's path."""
    if not shape.past:
        tables = Person.__table__.join(Unit.__table__, _unit.id == _person.unit_id)
        return tables, (_person.position, _unit.name.label("unit"), _person.employment), _unit.path
    tables = Posting.__table__.join(Person.__table__, _person.id == _posting.person_id).join(
        UnitVersion.__table__, _version.unit_id == _posting.unit_id)
    return tables, (_posting.position, _version.name.label("unit"), _posting.employment), _version.path


def _conditions(shape: _Shape, path: Any) -> Iterator[ColumnElement[bool]]:
    if shape.past:
        day = bindparam("day", type_=_posting.from_on.type)
        yield postings.held_on(day)
        yield versions.held_on(day)
    else:
        yield _person.active.is_(True)
    if shape.paths:
        yield or_(*(path.like(bindparam(f"path{number}")) for number in range(shape.paths)))
    if shape.text:
        yield or_(func.lower(_person.name).like(func.lower(bindparam("text")), escape="\\"),
                  _person.nip.like(bindparam("nip"), escape="\\"))
    if shape.unit:
        yield path.like(bindparam("unit"))


def _in_state(shape: _Shape, learned: Subquery, met: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
    studying, completed = func.coalesce(learned.c.studying, 0), func.coalesce(learned.c.completed, 0)
    if shape.state == "not-started":
        yield and_(studying == 0, completed == 0)
    if shape.state == "studying":
        yield studying > 0
    if shape.state == "completed":
        yield completed > 0
    if shape.state == "target-met":
        yield met


def _learned(shape: _Shape) -> Subquery:
    first, after = bindparam("first", type_=_enrolment.completed_at.type), bindparam("after", type_=_enrolment.completed_at.type)
    inside = and_(_enrolment.completed_at >= first, _enrolment.completed_at < after)
    going = or_(_enrolment.completed_at.is_(None), _enrolment.completed_at >= after) if shape.past else _enrolment.completed_at.is_(None)
    each = (
        select(
            _enrolment.person_id, func.max(case((going, 1), else_=0)).label("studying"),
            func.max(case((inside, 1), else_=0)).label("completed"),
            func.max(func.coalesce(_enrolment.last_seen_at, _enrolment.started_at)).label("last_seen_at"),
        ).group_by(_enrolment.person_id, _enrolment.module_id)
    )
    if shape.past:
        each = each.where(_enrolment.started_at < after)
    if shape.module:
        each = each.where(_enrolment.module_id == bindparam("module"))
    modules = each.subquery()
    return select(
        modules.c.person_id, func.sum(modules.c.studying).label("studying"), func.sum(modules.c.completed).label("completed"),
        func.max(modules.c.last_seen_at).label("last_seen_at"),
    ).group_by(modules.c.person_id).subquery()


def _hours(shape: _Shape) -> ColumnElement[Any]:
    """JP that count in the year; of a past year those that had been entered when it was over."""
    days = (bindparam(name, type_=_entry.on_day.type) for name in ("first_day", "last_day"))
    after = bindparam("after", type_=_entry.made_at.type) if shape.past else None
    return sums.of_each(_person.id, *days, made_before=after, module=bindparam("module") if shape.module else None)


def _least(shape: _Shape, employment: Any) -> ColumnElement[Any]:
    after = bindparam("after", type_=_entry.made_at.type) if shape.past else None
    return sums.least_of_calendar_year(employment, bindparam("day", type_=_entry.on_day.type), set_before=after)


def _seen() -> Subquery:
    """When people last studied before a past year was over."""
    found = select(_studied.person_id, func.max(_studied.last_at).label("last_at")).where(_studied.day <= bindparam("day"))
    return found.group_by(_studied.person_id).subquery()


def _held(shape: _Shape) -> Subquery:
    counted = select(_certificate.person_id, func.count().label("certificates")).where(*_issued(shape))
    return counted.group_by(_certificate.person_id).subquery()


def _issued(shape: _Shape) -> list[ColumnElement[bool]]:
    moment = _certificate.issued_at.type
    found = [_certificate.state == "issued", _certificate.issued_at >= bindparam("first", type_=moment),
             _certificate.issued_at < bindparam("after", type_=moment)]
    return [*found, _certificate.module_id == bindparam("module")] if shape.module else found
