"""Entering what many people earned at once, with the result that `service.credit` would have for each, in few statements."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_login import current_user
from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db, hold, transaction
from lms.base.errors import Refused
from lms.hours import queries, rules
from lms.hours.models import Entry, Source
from lms.hours.service import Earned

AT_ONCE = 400
Place = tuple[int, str]  # a person and a form: caps are kept within


def credit_many(earned: Sequence[Earned]) -> int:
    """Enter what was earned, in one transaction; gives how many were entered now, for what stands in the ledger already is left.

    Raises Refused "hours-no-rate" or "hours-nothing", see `service.credit`; then nothing is entered.
    """
    wanted = list({(one.kind, one.key): one for one in earned}.values())
    with transaction():
        for person_id in sorted({one.person_id for one in wanted}):
            hold(f"hours:{person_id}")
        new = _not_there(wanted)
        sources = _write_sources(new)
        _write_entries(sources)
        return len(new)


def _not_there(wanted: Sequence[Earned]) -> list[tuple[Earned, int]]:
    """What is not in the ledger, each with the version that its source gets."""
    versions: dict[tuple[str, str], tuple[int, bool]] = {}
    gone = exists().where(Entry.source_id == Source.id, Entry.kind == "reversal")
    for some in _batches([(one.kind, one.key) for one in wanted]):
        rows = db.session.execute(select(Source.kind, Source.key, Source.version, gone.label("gone"))
                                  .where(tuple_(Source.kind, Source.key).in_(some)).order_by(Source.version))
        versions |= {(row.kind, row.key): (row.version, row.gone) for row in rows}
    found = []
    for one in wanted:
        version, is_gone = versions.get((one.kind, one.key), (0, True))
        if is_gone:
            found.append((one, version + 1))
    return found


def _write_sources(new: Sequence[tuple[Earned, int]]) -> list[tuple[Earned, Source]]:
    rows = []
    for one, version in new:
        if not one.days or any(amount <= 0 for _day, amount in one.days):
            raise Refused("hours-nothing")
        days = [day for day, _amount in one.days]
        rows.append((one, Source(
            person_id=one.person_id, kind=one.kind, key=one.key, version=version, title=one.title, subject=one.subject, form=one.form,
            scope=one.scope, from_on=min(days), until_on=one.on or max(days), stated=one.stated, basis=one.basis, made_by=_actor(),
            made_at=clock.now())))
    db.session.add_all([row for _one, row in rows])
    db.session.flush()
    return rows


def _write_entries(sources: Sequence[tuple[Earned, Source]]) -> None:
    tables = queries.rate_tables()
    entries: dict[int, Entry] = {}
    shares: dict[Place, list[rules.Share]] = defaultdict(list)
    for one, source in sources:
        for day, amount in _by_day(one):
            table = queries.holding(tables, day)
            rate = table.rates.get(one.form)
            if rate is None and not one.basis:
                raise Refused("hours-no-rate", day=day)
            raw = rate.jp(one.scope, amount) if rate else amount
            number = -len(entries) - 1
            entries[number] = _entry(source, "credit", day, amount=amount, raw=raw, rule=table.rule if rate else "officer")
            shares[one.person_id, one.form].append(rules.Share(
                number, f"{source.kind}:{source.key}", day, source.until_on, one.scope, raw, rate, one.subject))
    held = _held(list(shares), tables)
    for place, mine in shares.items():
        there = held.get(place, [])
        counts = rules.counted([*(share for share, _net in there), *mine])
        for share in mine:
            entries[share.id].credited, entries[share.id].why = counts[share.id].credited, counts[share.id].why
        _correct(there, counts)
    db.session.add_all(entries.values())
    db.session.flush()


def _correct(there: Sequence[tuple[rules.Share, tuple[Decimal, int]]], counts: Mapping[int, rules.Counted]) -> None:
    """Correct what no longer counts as it stands."""
    for share, (net, source_id) in there:
        now = counts[share.id]
        if now.credited != net:
            source = db.session.get_one(Source, source_id)
            db.session.add(_entry(source, "correction", share.day, credited=now.credited - net, why=now.why))


def _held(places: Sequence[Place], tables: Sequence[queries.Table]) -> dict[Place, list[tuple[rules.Share, tuple[Decimal, int]]]]:
    """What stands of these people in these forms: each share with what counts of it and its source. One query for each batch."""
    gone, change = aliased(Entry), aliased(Entry)
    reversed_ = exists().where(gone.source_id == Entry.source_id, gone.kind == "reversal")
    corrected = func.coalesce(select(func.sum(change.credited)).where(
        change.source_id == Entry.source_id, change.day == Entry.day, change.kind == "correction").scalar_subquery(), 0)
    columns = (Entry.id, Entry.source_id, Source.kind, Source.key, Source.form, Source.person_id, Entry.day, Entry.on_day, Source.scope,
               Entry.raw, Entry.credited, corrected.label("corrected"), Source.subject)
    found: dict[Place, list[tuple[rules.Share, tuple[Decimal, int]]]] = defaultdict(list)
    for some in _batches(places):
        rows = db.session.execute(
            select(*columns).join(Source, Source.id == Entry.source_id)
            .where(tuple_(Source.person_id, Source.form).in_(some), Entry.kind == "credit", ~reversed_).order_by(Entry.id))
        for row in rows:
            share = rules.Share(row.id, f"{row.kind}:{row.key}", row.day, row.on_day, row.scope, row.raw,
                                queries.holding(tables, row.day).rates.get(row.form), row.subject)
            found[row.person_id, row.form].append((share, (row.credited + rules.ZERO + row.corrected, row.source_id)))
    return found


def _by_day(one: Earned) -> list[tuple[date, Decimal]]:
    return [(day, sum((amount for _day, amount in same), rules.ZERO)) for day, same in groupby(sorted(one.days), key=itemgetter(0))]


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start:start + AT_ONCE]


def _entry(source: Source, kind: str, day: date, **values: Any) -> Entry:
    plain = {"amount": rules.ZERO, "raw": rules.ZERO, "credited": rules.ZERO, "why": "", "rule": "", "note": "", **values}
    return Entry(person_id=source.person_id, source_id=source.id, kind=kind, day=day, on_day=source.until_on, made_by=_actor(),
                 made_at=clock.now(), **plain)


def _actor() -> int | None:
    return current_user.id if current_user and current_user.is_authenticated else None
