"""Reads of the ledger; each says how many queries it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from lms.base.db import db
from lms.hours import rules
from lms.hours.models import Entry, RateRow, RateTable, Source
from lms.hours.rates import NATIONAL, NATIONAL_VERSION


@dataclass(frozen=True, slots=True)
class Table:
    """Rates that hold from a day on; `rule` is the name under which the ledger remembers them."""

    rule: str
    first: date
    rates: Mapping[str, rules.Rate]



@dataclass(frozen=True, slots=True)
class Line:
    """A credit that still stands; `net` is what counts of it by now."""

    id: int
    source_id: int
    source: str
    day: date
    on_day: date
    scope: rules.Scope
    raw: Decimal
    net: Decimal
    subject: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a source: its raw JP and what counts by now."""

    day: date
    raw: Decimal
    credited: Decimal


def rate_tables() -> list[Table]:
    """The national rates and the agency's own tables, in the order of time. One query."""
    rows = db.session.execute(
        select(RateTable.id, RateTable.from_on, RateRow.form, RateRow.per, RateRow.national, RateRow.international, RateRow.day_cap,
               RateRow.day_cap_international, RateRow.month_limit)
        .outerjoin(RateRow, RateRow.table_id == RateTable.id).order_by(RateTable.from_on))
    found: dict[int, tuple[date, dict[str, rules.Rate]]] = {}
    for row in rows:
        _first, rates = found.setdefault(row.id, (row.from_on, {}))
        if row.form is not None:
            rates[row.form] = rules.Rate(*row[2:])  # type: ignore[arg-type]
    return [Table(f"national:{NATIONAL_VERSION}", date.min, NATIONAL),
            *(Table(f"table:{number}", first, rates) for number, (first, rates) in found.items())]


def holding(tables: Sequence[Table], day: date) -> Table:
    """The table that holds on a day; `tables` as `rate_tables` gives them."""
    return next(table for table in reversed(tables) if table.first <= day)


def living(person_id: int, form: str) -> list[Line]:
    """The credits of a person in one form that were not taken back. One query."""
    gone, change = aliased(Entry), aliased(Entry)
    reversed_ = exists().where(gone.source_id == Entry.source_id, gone.kind == "reversal")
    corrected = func.coalesce(
        select(func.sum(change.credited)).where(and_(
            change.source_id == Entry.source_id, change.day == Entry.day, change.kind == "correction")).scalar_subquery(), 0)
    rows = db.session.execute(
        select(Entry.id, Entry.source_id, Source.kind, Source.key, Entry.day, Entry.on_day, Source.scope, Entry.raw, Entry.credited,
               corrected.label("corrected"), Source.subject)
        .join(Source, Source.id == Entry.source_id)
        .where(Source.person_id == person_id, Source.form == form, Entry.kind == "credit", ~reversed_).order_by(Entry.id))
    return [Line(row.id, row.source_id, f"{row.kind}:{row.key}", row.day, row.on_day, row.scope, row.raw,
                 row.credited + rules.ZERO + row.corrected, row.subject) for row in rows]


def days_of(source_id: int) -> list[Day]:
    """The days of a source with what counts of each. One query."""
    rows = db.session.execute(select(Entry.day, func.sum(Entry.raw), func.sum(Entry.credited)).where(Entry.source_id == source_id)
                              .group_by(Entry.day).order_by(Entry.day))
    return [Day(*row) for row in rows]


def is_reversed(source_id: int) -> bool:
    """Whether a source was taken back. One query."""
    return bool(db.session.scalar(select(exists().where(Entry.source_id == source_id, Entry.kind == "reversal"))))


def credited_of(source_id: int) -> Decimal:
    """What counts of a source. One query."""
    return sum((day.credited for day in days_of(source_id)), rules.ZERO)


def total(person_id: int, first: date, last: date) -> Decimal:
    """JP of a person that count in a period, both days included. One query."""
    return db.session.scalar(select(func.sum(Entry.credited)).where(
        Entry.person_id == person_id, Entry.on_day.between(first, last))) or rules.ZERO


def standing(person_id: int) -> list[Source]:
    """What a person earned that was not taken back, oldest first. One query."""
    gone = exists().where(Entry.source_id == Source.id, Entry.kind == "reversal")
    return list(db.session.scalars(select(Source).where(Source.person_id == person_id, ~gone).order_by(Source.id)))


def amounts_of(source_id: int) -> tuple[tuple[date, Decimal], ...]:
    """(day, amount in the unit of the rate) as they were entered. One query."""
    credits_ = select(Entry.day, Entry.amount).where(Entry.source_id == source_id, Entry.kind == "credit")
    return tuple((row.day, row.amount) for row in db.session.execute(credits_.order_by(Entry.day)))
