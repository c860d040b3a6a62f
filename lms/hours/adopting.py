"""Adopting a table of conversion rates, withdrawing one that does not hold yet, and reckoning anew what an older day now gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.base import audit, clock, jobs
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.hours import queries, rules, service
from lms.hours.models import Entry, RateRow, RateTable, Source

JOB = "hours.readopt"
BATCH = 100
LONGEST = 300


@dataclass(frozen=True, slots=True)
class New:
    """A table to be adopted."""

    first: date
    rates: Mapping[str, rules.Rate]


@dataclass(frozen=True, slots=True)
class Held:
    """A table as the page shows it; `number` is None for the national one, `last` for the latest."""

    number: int | None
    first: date | None
    last: date | None
    basis: str
    note: str
    rates: Mapping[str, rules.Rate]


def adopt(new: Sequence[New], *, basis: str, note: str = "") -> list[int]:
    """Adopt tables, the earliest first; gives their numbers. What was earned since the first day of one is reckoned anew by a job.

    Raises Refused "rates-basis", "rates-empty", "rates-before" (day) if another table begins then or later, "rates-form-used" (form, day)
    if a form would lose its rate, or get one in another unit, on days for which hours are entered.
    """
    if not 3 <= len(basis.strip()) <= LONGEST or len(note) > LONGEST:
        raise Refused("rates-basis", most=LONGEST)
    with transaction():
        hold("rates")
        made = [_write(one, basis.strip(), note.strip()) for one in sorted(new, key=lambda one: one.first)]
        if any(one.first <= clock.today() for one in new):
            jobs.enqueue(JOB, {"after": 0}, key=f"table:{made[-1]}")
        return made


def withdraw(number: int) -> None:
    """Take back a table that does not hold yet. Raises NotFound, or Refused "rates-in-force"."""
    with transaction():
        hold("rates")
        row = db.session.get(RateTable, number)
        if row is None:
            raise NotFound
        if row.from_on <= clock.today() or db.session.scalar(select(exists().where(Entry.rule == f"table:{number}"))):
            raise Refused("rates-in-force")
        audit.record("rates.withdrawn", f"rate_table:{number}", detail={"from": row.from_on.isoformat(), "basis": row.basis})
        for rate in db.session.scalars(select(RateRow).where(RateRow.table_id == number)):
            db.session.delete(rate)
        db.session.delete(row)


def tables() -> list[Held]:
    """All tables, the latest first. Two queries."""
    rows = {row.id: row for row in db.session.scalars(select(RateTable))}
    found, last = [], None
    for table in reversed(queries.rate_tables()):
        row = rows.get(int(table.rule.partition(":")[2])) if table.rule.startswith("table:") else None
        found.append(Held(row.id if row else None, row.from_on if row else None, last, row.basis if row else "", row.note if row else "",
                          table.rates))
        last = table.first - timedelta(days=1) if row else None
    return found


def run_job(payload: Mapping[str, Any]) -> None:
    """Reckon anew a batch of what was entered by rates that have changed since, and ask for the next one. May run twice."""
    after = int(payload.get("after", 0))
    batch = list(_outdated(after))
    for source_id in batch:
        _renew(source_id)
    if len(batch) == BATCH:
        with transaction():
            jobs.enqueue(JOB, {"after": batch[-1]}, key=f"{clock.now().isoformat()}:{batch[-1]}")


def _write(new: New, basis: str, note: str) -> int:
    if not new.rates:
        raise Refused("rates-empty")
    latest = db.session.scalar(select(func.max(RateTable.from_on)))
    if latest is not None and new.first <= latest:
        raise Refused("rates-before", day=latest)
    _refuse_lost_forms(new)
    row = RateTable(from_on=new.first, basis=basis, note=note, adopted_by=_actor(), adopted_at=clock.now())
    db.session.add(row)
    db.session.flush()
    db.session.add_all(RateRow(
        table_id=row.id, form=rate.form, per=rate.per, national=rate.national, international=rate.international, day_cap=rate.day_cap,
        day_cap_international=rate.day_cap_international, month_limit=rate.month_limit) for rate in new.rates.values())
    db.session.flush()
    audit.record("rates.adopted", f"rate_table:{row.id}", detail={"from": new.first.isoformat(), "basis": basis})
    return row.id


def _refuse_lost_forms(new: New) -> None:
    """What is entered already can only be reckoned anew where the form keeps a rate in the same unit."""
    units = {table.rule: table.rates for table in queries.rate_tables()}
    rows = db.session.execute(
        select(Source.form, Entry.rule, func.min(Entry.day).label("day")).join(Source, Source.id == Entry.source_id)
        .where(Entry.kind == "credit", Entry.rule != "officer", Entry.day >= new.first, ~_taken_back())
        .group_by(Source.form, Entry.rule).order_by(Source.form))
    for row in rows:
        kept, former = new.rates.get(row.form), units.get(row.rule, {}).get(row.form)
        if kept is None or (former is not None and former.per != kept.per):
            raise Refused("rates-form-used", form=rules.FORMS[row.form].label, day=row.day)


def _outdated(after: int) -> Iterator[int]:
    """The next sources, by number, of which a day was entered by a rate that is not the one of that day any more. Two queries."""
    conditions = list(_changed(queries.rate_tables()))
    if conditions:
        found = (
            select(Source.id).join(Entry, Entry.source_id == Source.id)
            .where(Source.id > after, Entry.kind == "credit", or_(*conditions), ~_taken_back()).distinct().order_by(Source.id).limit(BATCH))
        yield from db.session.scalars(found).all()


def _changed(held: Sequence[queries.Table]) -> Iterator[ColumnElement[bool]]:
    """For each table and each other one: entries of its days made by the other, in the forms whose rate differs."""
    for number, table in enumerate(held):
        until = held[number + 1].first if number + 1 < len(held) else date.max
        for other in held:
            forms = [form for form, rate in table.rates.items() if form in other.rates and other.rates[form] != rate]
            if forms and other is not table:
                yield and_(Entry.day >= table.first, Entry.day < until, Entry.rule == other.rule, Source.form.in_(forms))


def _renew(source_id: int) -> None:
    with transaction():
        source = db.session.get_one(Source, source_id)
        hold(f"hours:{source.person_id}")
        if queries.is_reversed(source_id):
            return
        table = queries.holding(queries.rate_tables(), source.until_on)
        earned = service.Earned(
            source.person_id, source.kind, source.key, source.title, source.form, queries.amounts_of(source_id),
            scope=source.scope, subject=source.subject, stated=source.stated, basis=source.basis)  # type: ignore[arg-type]
        service.correct(earned, reason=f"Tabel konversi JP sejak {table.first:%d-%m-%Y}")


def _taken_back() -> ColumnElement[bool]:
    gone = aliased(Entry)
    return exists().where(gone.source_id == Source.id, gone.kind == "reversal")


def _actor() -> int | None:
    return current_user.id if current_user and current_user.is_authenticated else None
