"""Verbs of the ledger: credit what was earned, take it back, put it right. Each is one transaction, or part of the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from flask_login import current_user
from sqlalchemy import String, and_, cast, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import Refused
from lms.hours import queries, rules, targets
from lms.hours.models import Entry, Source, Target
from lms.learning import queries as learning
from lms.learning.events import ModuleCompleted
from lms.learning.models import Enrolment
from lms.web.content import catalog


@dataclass(frozen=True, slots=True)
class Earned:
    """What a person earned, as the room says it where it was earned.

    `kind` and `key` name it for good ("seminar", "12:345"); `days` are its days with the amount in the unit of the form's rate (JP, days,
    times, activities, semesters). Where the form has no rate the amounts are JP, and `basis` says by which rule an officer states them.
    All of it counts in the year of `on`, by default the last of its days.
    """

    person_id: int
    kind: str
    key: str
    title: str
    form: str
    days: tuple[tuple[date, Decimal], ...]
    scope: rules.Scope = "national"
    subject: str | None = None
    stated: Decimal | None = None
    basis: str = ""
    on: date | None = None


def credit(earned: Earned) -> Decimal:
    """Enter what was earned; gives the JP that count of it. Entered a second time, it changes nothing.

    Raises Refused "hours-no-rate" if the form has no rate on a day and no basis is given, "hours-nothing" without a day or an amount.
    """
    with transaction():
        hold(f"hours:{earned.person_id}")
        there = _latest(earned.kind, earned.key)
        if there is not None and not queries.is_reversed(there.id):
            return queries.credited_of(there.id)
        source = _write_source(earned, there.version + 1 if there is not None else 1)
        _write_credits(source, earned)
        _settle(earned.person_id, earned.form)
        return queries.credited_of(source.id)


def reverse(kind: str, key: str, *, reason: str) -> bool:
    """Take back what counts of something; whether there was anything to take back. What it had kept from counting now counts."""
    with transaction():
        source = _latest(kind, key)
        if source is None:
            return False
        hold(f"hours:{source.person_id}")
        if queries.is_reversed(source.id):
            return False
        for row in queries.days_of(source.id):
            db.session.add(_entry(source, "reversal", row.day, raw=-row.raw, credited=-row.credited, note=reason))
        db.session.flush()
        audit.record("hours.reversed", f"jp_source:{source.id}", about=source.person_id, detail={"name": source.title, "reason": reason})
        _settle(source.person_id, source.form)
        return True


def correct(earned: Earned, *, reason: str) -> Decimal:
    """Put something right: what was entered is taken back and entered anew as the next version. Gives the JP that count."""
    with transaction():
        reverse(earned.kind, earned.key, reason=reason)
        return credit(earned)


def on_completed(fact: ModuleCompleted) -> None:
    """Reaction: a finished module counts as e-learning on the days on which it was really studied."""
    credit(_of_module(db.session.get_one(Enrolment, fact.enrolment_id)))


def enter_missing() -> int:
    """Enter completions that nobody entered, such as those of a process that ran the old program during an upgrade. Gives how many."""
    wanted = (
        select(Enrolment.id)
        .outerjoin(Source, and_(Source.kind == "module", Source.key == cast(Enrolment.id, String)))
        .where(Enrolment.completed_at.is_not(None), Source.id.is_(None)).order_by(Enrolment.completed_at, Enrolment.id))
    found = db.session.scalars(wanted).all()
    for enrolment_id in found:
        with transaction():
            credit(_of_module(db.session.get_one(Enrolment, enrolment_id)))
    return len(found)


def set_target(target: targets.Target) -> None:
    """Set what an employment type should reach from a day on; set for the same day again, it takes the place of what was set.

    Raises Refused "target-basis" without a legal basis, "target-number" for JP beyond 0 to 1000, "target-early" for an earlier year.
    """
    with transaction():
        hold("targets")
        if fault := targets.fault_of(target, today=clock.today()):
            raise Refused(fault)
        row = db.session.scalars(select(Target).where(Target.employment == target.employment, Target.from_on == target.first)).first()
        before = None if row is None else _written(row)
        row = row or Target(employment=target.employment, from_on=target.first)
        row.period, row.least, row.notice, row.basis = target.year, target.least, target.notice, target.basis.strip()
        row.set_by, row.set_at = _actor(), clock.now()
        db.session.add(row)
        db.session.flush()
        audit.record("target.set", f"jp_target:{row.id}", detail={
            "employment": row.employment, "from": row.from_on.isoformat(), "now": _written(row), "before": before})


def _written(row: Target) -> dict[str, str | None]:
    numbers = {"least": row.least, "notice": row.notice}
    return {"year": row.period, "basis": row.basis} | {name: None if value is None else f"{value:f}" for name, value in numbers.items()}


def _of_module(enrolment: Enrolment) -> Earned:
    module = catalog().modules.get(enrolment.module_id)
    last = clock.local(enrolment.completed_at or clock.now()).date()
    first = clock.local(enrolment.started_at).date()
    studied = learning.study_days(enrolment.person_id, first, last)
    weights = {row.day: row.seconds for row in studied if row.module_id == enrolment.module_id}
    hours = enrolment.hours or rules.ZERO
    return Earned(
        enrolment.person_id, "module", str(enrolment.id), module.title if module else enrolment.module_id, "e-learning",
        rules.spread(hours, weights, last=last), subject=enrolment.module_id, stated=hours, on=last,
    )


def _latest(kind: str, key: str) -> Source | None:
    return db.session.scalars(select(Source).where(Source.kind == kind, Source.key == key).order_by(Source.version.desc()).limit(1)).first()


def _write_source(earned: Earned, version: int) -> Source:
    if not earned.days or any(amount <= 0 for _day, amount in earned.days):
        raise Refused("hours-nothing")
    days = [day for day, _amount in earned.days]
    row = Source(
        person_id=earned.person_id, kind=earned.kind, key=earned.key, version=version, title=earned.title, subject=earned.subject,
        form=earned.form, scope=earned.scope, from_on=min(days), until_on=earned.on or max(days), stated=earned.stated, basis=earned.basis,
        made_by=_actor(), made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _write_credits(source: Source, earned: Earned) -> None:
    tables = queries.rate_tables()
    rows, shares = [], []
    for number, (day, same_day) in enumerate(groupby(sorted(earned.days), key=itemgetter(0)), 1):
        amount = sum((amount for _day, amount in same_day), rules.ZERO)
        table = queries.holding(tables, day)
        rate = table.rates.get(earned.form)
        if rate is None and not earned.basis:
            raise Refused("hours-no-rate", day=day)
        raw = rate.jp(earned.scope, amount) if rate else amount
        rows.append(_entry(source, "credit", day, amount=amount, raw=raw, rule=table.rule if rate else "officer"))
        shares.append(rules.Share(-number, _name(source), day, source.until_on, earned.scope, raw, rate, source.subject))
    counts = _counted(source.person_id, source.form, adding=shares)
    for row, share in zip(rows, shares, strict=True):
        row.credited, row.why = counts[share.id].credited, counts[share.id].why
    db.session.add_all(rows)
    db.session.flush()


def _settle(person_id: int, form: str) -> None:
    """Correct whatever of this form no longer counts as it stands in the ledger."""
    held = {row.id: row for row in queries.living(person_id, form)}
    for number, counts in _counted(person_id, form).items():
        row = held[number]
        if counts.credited != row.net:
            source = db.session.get_one(Source, row.source_id)
            db.session.add(_entry(source, "correction", row.day, credited=counts.credited - row.net, why=counts.why))
    db.session.flush()


def _counted(person_id: int, form: str, adding: Sequence[rules.Share] = ()) -> dict[int, rules.Counted]:
    tables = queries.rate_tables()
    shares = [
        rules.Share(row.id, row.source, row.day, row.on_day, row.scope, row.raw,
                    queries.holding(tables, row.day).rates.get(form), row.subject)
        for row in queries.living(person_id, form)
    ]
    return dict(rules.counted([*shares, *adding]))


def _name(source: Source) -> str:
    return f"{source.kind}:{source.key}"


def _entry(source: Source, kind: str, day: date, *, amount: Decimal = rules.ZERO, raw: Decimal = rules.ZERO,
           credited: Decimal = rules.ZERO, why: str = "", note: str = "", rule: str = "") -> Entry:
    return Entry(
        person_id=source.person_id, source_id=source.id, kind=kind, day=day, on_day=source.until_on, amount=amount, raw=raw,
        credited=credited, why=why, note=note, rule=rule, made_by=_actor(), made_at=clock.now())


def _actor() -> int | None:
    return current_user.id if current_user and current_user.is_authenticated else None
