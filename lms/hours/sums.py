"""What the ledger adds up to, for one person with its lines and for many at once; each says how many queries it makes.

Every page, list and export that shows JP of a year takes them from here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, extract, func, select

from lms.base.db import db
from lms.hours import rules, targets
from lms.hours.models import Entry, Source, Target

_entry, _source, _target = Entry.__table__.c, Source.__table__.c, Target.__table__.c


@dataclass(frozen=True, slots=True)
class Line:
    """One day of something earned: its JP by the rate (`raw`), what counts of it by now, and why not all. It counts in the year of
    `on_day`; `kind` and `key` name it in the room it comes from."""

    source_id: int
    kind: str
    key: str
    title: str
    form: str
    day: date
    on_day: date
    raw: Decimal
    credited: Decimal
    why: rules.Why


@dataclass(frozen=True, slots=True)
class Hours:
    """JP of a person in the year that counts, and the lines that they are the sum of."""

    standing: targets.Standing
    lines: tuple[Line, ...]

    @property
    def uncounted(self) -> tuple[Line, ...]:
        """The lines of which not all counts."""
        return tuple(line for line in self.lines if line.credited != line.raw)

    @property
    def elsewhere(self) -> tuple[Line, ...]:
        """The lines of what was not earned by a module."""
        return tuple(line for line in self.lines if line.kind != "module")


def lines(person_id: int, first: date, last: date, *, made_before: datetime | None = None) -> list[Line]:
    """What a person earned that counts in a period, by day, without what was taken back; as it stood before a moment. One query."""
    wanted = (
        select(_entry.source_id, _entry.kind.label("entry"), _entry.day, _entry.on_day, _entry.raw, _entry.credited, _entry.why,
               _source.kind, _source.key, _source.title, _source.form)
        .join(Source.__table__, _source.id == _entry.source_id)
        .where(_entry.person_id == person_id, _entry.on_day.between(first, last)).order_by(_entry.id))
    if made_before is not None:
        wanted = wanted.where(_entry.made_at < made_before)
    return sorted(_net(db.session.execute(wanted)), key=lambda line: (line.day, line.source_id))


def of_person(person_id: int, employment: str, contract_start: date | None, on: date) -> Hours:
    """JP of the year that counts for a person on a day. Two queries."""
    target = targets.holding(own_targets(), employment, on)
    period = targets.period_for(target.year, contract_start, on)
    held = lines(person_id, period.first, period.last)
    return Hours(targets.Standing(period, sum((line.credited for line in held), rules.ZERO), target), tuple(held))


def by_person(person_ids: Collection[int], first: date, last: date) -> Mapping[int, Decimal]:
    """JP of many people that count in a period, by person; who never had any is missing. One query."""
    summed = select(_entry.person_id, func.sum(_entry.credited)).where(
        _entry.person_id.in_(person_ids), _entry.on_day.between(first, last)).group_by(_entry.person_id)
    return {row[0]: row[1] for row in db.session.execute(summed)}


def by_year(person_id: int, first: int, last: int) -> Mapping[int, Decimal]:
    """JP of a person by calendar year, from the first to the last; a year without an entry is missing. One query."""
    year = extract("year", _entry.on_day)
    summed = select(year, func.sum(_entry.credited)).where(
        _entry.person_id == person_id, _entry.on_day.between(date(first, 1, 1), date(last, 12, 31))).group_by(year)
    return {int(number): total for number, total in db.session.execute(summed)}


def own_targets(*, set_before: datetime | None = None) -> list[targets.Target]:
    """The targets that the agency set (before a moment), in the order of time. One query."""
    wanted = select(_target.employment, _target.from_on, _target.period, _target.least, _target.notice, _target.basis)
    if set_before is not None:
        wanted = wanted.where(_target.set_at < set_before)
    return [targets.Target(*row) for row in db.session.execute(wanted.order_by(_target.from_on, _target.employment))]


def of_each(person: ColumnElement[int], first: Any, last: Any, *, made_before: Any = None, module: Any = None) -> ColumnElement[Decimal]:
    """For larger statements: the JP of each person in a column that count in a period, of entries made before a moment, of one module.

    The parameters are values or bound parameters. A look into the index for each person asked for is quicker than grouping the ledger.
    """
    summed = select(func.coalesce(func.sum(_entry.credited), 0)).where(_entry.person_id == person, _entry.on_day.between(first, last))
    if made_before is not None:
        summed = summed.where(_entry.made_at < made_before)
    if module is not None:
        earned = and_(_source.id == _entry.source_id, _source.kind == "module", _source.subject == module)
        summed = summed.join(Source.__table__, earned)
    return summed.correlate(person.table).scalar_subquery()  # type: ignore[attr-defined]


def least_of_calendar_year(employment: ColumnElement[str], day: Any, *, set_before: Any = None) -> ColumnElement[Decimal]:
    """For larger statements: the least JP of the calendar year for an employment column on a day; null for whom there is none, or whose
    year is the agreement's."""
    return case(*((employment == one.employment, _least(one, day, set_before)) for one in targets.NATIONAL))


def _least(national: targets.Target, day: Any, set_before: Any) -> ColumnElement[Any]:
    held = [_target.employment == national.employment, _target.from_on <= day]
    if set_before is not None:
        held.append(_target.set_at < set_before)
    latest = select(case((_target.period == "calendar", _target.least))).where(*held).order_by(_target.from_on.desc()).limit(1)
    otherwise = bindparam(None, national.least if national.year == "calendar" else None, type_=_target.least.type)
    return case((exists().where(*held), latest.scalar_subquery()), else_=otherwise)


def _net(rows: Iterable[Any]) -> Iterable[Line]:
    """The days of sources, each with the sum of its entries and the reason that the last of them gives; none that was taken back."""
    found: dict[tuple[int, date], list[Any]] = {}
    for row in rows:
        found.setdefault((row.source_id, row.day), []).append(row)
    for entries in found.values():
        if not any(row.entry == "reversal" for row in entries):
            one, raw, credited = entries[0], rules.ZERO, rules.ZERO
            for row in entries:
                raw, credited = raw + row.raw, credited + row.credited
            yield Line(one.source_id, one.kind, one.key, one.title, one.form, one.day, one.on_day, raw, credited,
                       entries[-1].why if credited != raw else "")
