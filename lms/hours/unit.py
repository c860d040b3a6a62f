"""JP of the people of a unit in a year, against the target that each of them has: one select for sums, page and export.

People are those who work there today; of an earlier year it is told what they earned in it, wherever they were. For whom the year of the
agreement counts (PPPK), it is the one around today, or the one that began in the earlier year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, extract, func, or_, select

from lms.base import audit, clock
from lms.base.db import db, transaction
from lms.hours import forecast, rules, sums, targets
from lms.hours.models import Entry
from lms.learning.models import Thousandths
from lms.people.models import Person, Unit
from lms.people.queries import within

PAGE = 50
STEPS = (0, 5, 10, 15, 20)  # JP at which a column of the chart begins, after the one of those with nothing
_person, _unit, _entry = Person.__table__.c, Unit.__table__.c, Entry.__table__.c


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; `within` are the paths of the units that the reader may see."""

    within: tuple[str, ...]
    year: int
    unit_id: int | None = None
    employment: str = ""
    state: str = ""
    page: int = 1

    @property
    def day(self) -> date:
        """The day whose targets and years of agreement count: today, or the last day of an earlier year."""
        today = clock.today()
        return today if self.year >= today.year else date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Member:
    """One person with her JP; `least` and `notice` are those of her target, None without one."""

    id: int
    name: str
    nip: str
    position: str
    unit: str
    employment: str
    hours: Decimal
    least: Decimal | None
    notice: Decimal | None

    @property
    def state(self) -> forecast.State:
        """How far she has come."""
        return forecast.state(self.hours, self.least)

    @property
    def above_notice(self) -> bool:
        """Whether there is something to say about how many they are."""
        return self.notice is not None and self.hours > self.notice


@dataclass(frozen=True, slots=True)
class Column:
    """How many people have at least `first` JP and fewer than `before`; `first` is None for those with nothing."""

    first: int | None
    before: int | None
    people: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers over everybody who is asked for, not only the page."""

    people: int
    hours: Decimal
    states: dict[forecast.State, int]
    columns: tuple[Column, ...]

    @property
    def average(self) -> Decimal:
        """JP a head."""
        return self.hours / self.people if self.people else rules.ZERO

    @property
    def with_target(self) -> int:
        """How many have a target."""
        return self.people - self.states["no-target"]

    @property
    def tallest(self) -> int:
        """The people of the longest bar, at least 1."""
        return max(1, *(column.people for column in self.columns))


def summary(wish: Wish) -> Summary:
    """Counts, sum and distribution. Two queries."""
    members = _members(wish).subquery()
    counted = [func.count().filter(_in_state(members, state)).label(f"state{number}") for number, state in enumerate(forecast.STATES)]
    bounds = list(zip((None, *STEPS), (*STEPS, None), strict=True))
    columns = [func.count().filter(_between(members.c.hours, first, before)).label(f"column{number}")
               for number, (first, before) in enumerate(bounds)]
    row = db.session.execute(select(func.count(), func.sum(members.c.hours), *counted, *columns).select_from(members)).one()
    states = dict(zip(forecast.STATES, row[2:2 + len(counted)], strict=True))
    found = tuple(Column(first, before, people) for (first, before), people in zip(bounds, row[2 + len(counted):], strict=True))
    return Summary(row[0], row[1] or rules.ZERO, states, found)


def page(wish: Wish) -> Sequence[Member]:
    """The members of the page asked for, by name. Two queries."""
    return [Member(*row) for row in db.session.execute(_ordered(wish).limit(PAGE).offset((wish.page - 1) * PAGE))]


def everybody(wish: Wish) -> Iterator[Member]:
    """All members asked for, by name. Two queries."""
    for row in db.session.execute(_ordered(wish), execution_options={"yield_per": 500}):
        yield Member(*row)


def record_export(kind: str, asked: dict[str, Any]) -> None:
    """Record that the hours of a unit were exported, as what kind of file and with which filters."""
    with transaction():
        audit.record("hours.exported", "hours", detail={"file": kind, "filter": asked})


def years(today: date) -> range:
    """The years one may look at: this one and the four before."""
    return range(today.year, today.year - 5, -1)


def _ordered(wish: Wish) -> Select[*tuple[Any, ...]]:
    members = _members(wish).subquery()
    return select(members).order_by(members.c.name, members.c.id)


def _members(wish: Wish) -> Select[*tuple[Any, ...]]:
    held = [targets.holding(sums.own_targets(), employment, wish.day) for employment in targets.EMPLOYMENTS]
    summed = _summed(wish, held)
    hours = func.coalesce(summed.c.hours, 0, type_=Thousandths())
    found = select(
        _person.id, _person.name, _person.nip, _person.position, _unit.name.label("unit"), _person.employment, hours.label("hours"),
        _of_target([(one.employment, one.least) for one in held]).label("least"),
        _of_target([(one.employment, one.notice) for one in held]).label("notice"),
    ).join_from(Person.__table__, Unit.__table__, _unit.id == _person.unit_id).outerjoin(summed, summed.c.person_id == _person.id)
    found = found.where(_person.active.is_(True), within(wish.within))
    if wish.unit_id is not None:
        found = found.where(_unit.path.like(f"%/{wish.unit_id}/%"))
    if wish.employment:
        found = found.where(_person.employment == wish.employment)
    if wish.state in forecast.STATES:
        inner = found.subquery()
        found = select(inner).where(_in_state(inner, wish.state))  # type: ignore[arg-type]
    return found


def _of_target(numbers: Sequence[tuple[str, Decimal | None]]) -> ColumnElement[Decimal | None]:
    return case(*((_person.employment == employment, bindparam(None, number, type_=Thousandths())) for employment, number in numbers))


def _summed(wish: Wish, held: Sequence[targets.Target]) -> Subquery:
    """JP of each person in the year that counts for her."""
    by_agreement = [one.employment for one in held if one.year == "agreement"]
    around = and_(_person.employment.in_(by_agreement), _person.contract_start.is_not(None), _person.contract_start <= wish.day)
    calendar = _entry.on_day.between(date(wish.year, 1, 1), date(wish.year, 12, 31))
    in_agreement = _year_of_agreement(extract("year", _entry.on_day), _month_day(_entry.on_day)) == _year_of_agreement(
        wish.day.year, wish.day.month * 100 + wish.day.day)
    return (
        select(_entry.person_id, func.sum(_entry.credited).label("hours"))
        .join_from(Entry.__table__, Person.__table__, _person.id == _entry.person_id)
        .where(_entry.on_day.between(date(wish.year - 1, 1, 1), date(wish.year + 1, 12, 31)))
        .where(or_(and_(around, in_agreement), and_(~around, calendar)))
        .group_by(_entry.person_id).subquery("summed"))


def _month_day(day: Any) -> ColumnElement[int]:
    return extract("month", day) * 100 + extract("day", day)


def _year_of_agreement(year: Any, month_day: Any) -> ColumnElement[int]:
    """The calendar year in which the year of the agreement began that a day lies in."""
    found: ColumnElement[int] = year - case((month_day < _month_day(_person.contract_start), 1), else_=0)
    return found


def _between(hours: Any, first: int | None, before: int | None) -> ColumnElement[bool]:
    bound = hours.type
    if first is None:
        return hours == bindparam(None, 0, type_=bound)  # type: ignore[no-any-return]
    above = hours > bindparam(None, 0, type_=bound) if first == 0 else hours >= bindparam(None, first, type_=bound)
    return above if before is None else and_(above, hours < bindparam(None, before, type_=bound))


def _in_state(members: Any, state: forecast.State) -> ColumnElement[bool]:
    hours, least = members.c.hours, members.c.least
    nothing = bindparam(None, 0, type_=hours.type)
    conditions: dict[forecast.State, ColumnElement[bool]] = {
        "met": hours >= least, "on-the-way": and_(hours < least, hours > nothing), "nothing": and_(least.is_not(None), hours <= nothing),
        "no-target": least.is_(None),
    }
    return conditions[state]
