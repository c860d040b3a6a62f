"""One person's ledger as her page tells it: what was earned, what counts of it, and why not all. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from lms.base.db import db
from lms.hours import queries, rules
from lms.hours.models import Entry, Source
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class Booked:
    """One entry as it stands in the ledger."""

    kind: str
    day: date
    amount: Decimal
    raw: Decimal
    credited: Decimal
    why: str
    note: str
    made_at: datetime
    made_by: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something does not count in full; `limit` is the cap in JP, or the times a month."""

    why: str
    limit: Decimal | int | None


@dataclass(slots=True)
class Item:
    """Something earned, with its entries; `raw` and `credited` are what is left of it by now, `gave` what its rate gave."""

    id: int
    kind: str
    key: str
    version: int
    title: str
    form: str
    scope: rules.Scope
    first: date
    last: date
    stated: Decimal | None
    basis: str
    entries: list[Booked] = field(default_factory=list)
    reasons: tuple[Reason, ...] = ()

    @property
    def taken_back(self) -> Booked | None:
        """The entry that took it back, if one did."""
        return next((one for one in self.entries if one.kind == "reversal"), None)

    @property
    def gave(self) -> Decimal:
        """JP by the rate, before caps."""
        return sum((one.raw for one in self.entries if one.kind == "credit"), rules.ZERO)

    @property
    def credited(self) -> Decimal:
        """JP that count."""
        return sum((one.credited for one in self.entries), rules.ZERO)

    @property
    def corrected(self) -> bool:
        """Whether something else changed later what counts of it."""
        return any(one.kind == "correction" for one in self.entries)


def items(person_id: int, first: date, last: date) -> list[Item]:
    """All that was earned in a period, the latest first, with what was taken back among it. Two queries."""
    maker = aliased(Person)
    rows: Iterable[Any] = db.session.execute(
        select(Source.id, Source.kind, Source.key, Source.version, Source.title, Source.form, Source.scope, Source.from_on, Source.until_on,
               Source.stated, Source.basis, Entry.kind.label("entry_kind"), Entry.day, Entry.amount, Entry.raw, Entry.credited, Entry.why,
               Entry.note, Entry.made_at, maker.name.label("made_by"))
        .join(Source, Source.id == Entry.source_id).outerjoin(maker, maker.id == Entry.made_by)
        .where(Entry.person_id == person_id, Entry.on_day.between(first, last))
        .order_by(Source.until_on.desc(), Source.id.desc(), Entry.id))
    found: dict[int, Item] = {}
    for row in rows:
        item = found.setdefault(row.id, Item(*row[:11]))
        item.entries.append(Booked(*row[11:]))
    tables = queries.rate_tables()
    for item in found.values():
        item.reasons = () if item.taken_back else _reasons(item, tables)
    return list(found.values())


def _reasons(item: Item, tables: Sequence[queries.Table]) -> tuple[Reason, ...]:
    """Each reason once, in the order of the days."""
    latest: dict[date, str] = {one.day: one.why for one in item.entries if one.kind != "reversal"}
    found: dict[Reason, None] = {}
    for day, why in sorted(latest.items()):
        if why:
            found[Reason(why, _limit(why, item, queries.holding(tables, day).rates))] = None
    return tuple(found)


def _limit(why: str, item: Item, rates: Mapping[str, rules.Rate]) -> Decimal | int | None:
    rate = rates.get(item.form)
    if rate is None or why == "counted-before":
        return None
    if why == "month-limit":
        return rate.month_limit
    return rate.day_cap_international or rate.day_cap if item.scope == "international" else rate.day_cap


def first_year(person_id: int) -> int | None:
    """The year of the first entry. One query."""
    day = db.session.scalar(select(func.min(Entry.on_day)).where(Entry.person_id == person_id))
    return day.year if day is not None else None


def pace(person_id: int, first: date, last: date) -> Decimal:
    """JP that count of modules studied in these days. One query."""
    return db.session.scalar(
        select(func.sum(Entry.credited)).join(Source, Source.id == Entry.source_id)
        .where(Entry.person_id == person_id, Source.kind == "module", Entry.on_day.between(first, last))) or rules.ZERO


def counted_modules(person_id: int, first: date, last: date) -> frozenset[str]:
    """The modules that count in a period. One query."""
    gone = exists().where(Entry.source_id == Source.id, Entry.kind == "reversal")
    return frozenset(db.session.scalars(
        select(Source.subject).where(Source.person_id == person_id, Source.kind == "module", Source.subject.is_not(None),
                                     Source.until_on.between(first, last), ~gone)))


def source(source_id: int) -> Any:
    """A source by its number, or None. One query."""
    return db.session.get(Source, source_id)
