"""Reads of the audit log, of who read whose data, and of jobs that failed. Pages are cut by number, newest first, never counted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, or_, select, type_coerce, union
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.audit import AuditEntry, AuditHead
from lms.base.db import db
from lms.base.jobs import Job
from lms.base.readings import Reading
from lms.ops.models import AuditCheck
from lms.people.models import Person, Unit

PAGE = 50
BATCH = 1000
MOST_PEOPLE = 50  # who are looked for at once when a part of a name fits many
FORMULA_STARTS = "=+-@\t\r|"
RAW = tuple(column.name for column in AuditEntry.__table__.c)
ACTOR, FOR, ABOUT = aliased(Person), aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which entries or readings are asked for; `before` and `after` are numbers between which a page lies, 0 for the newest."""

    text: str = ""  # part of a name or NIP
    act: str = ""
    subject: str = ""
    detail: str = ""
    since: date | None = None
    until: date | None = None
    before: int = 0
    after: int = 0
    batch: bool = False  # whether everything is wanted, a batch at a time


@dataclass(frozen=True, slots=True)
class Cut:
    """One page of rows, newest first, and whether there are newer and older ones."""

    rows: Sequence[Any]
    newer: bool
    older: bool


def entries(wish: Wish) -> Cut:
    """One page of entries with the names of the people in them. One query, two if a person is looked for."""
    return _cut(_entries(wish, _people(wish)), AuditEntry.seq, AuditEntry.at, wish)


def all_entries(wish: Wish) -> Iterator[Any]:
    """Every entry that is asked for, newest first, in batches."""
    people = _people(wish)
    return _batches(lambda part: _entries(part, people), AuditEntry.seq, AuditEntry.at, wish)


def readings(wish: Wish) -> Cut:
    """One page of readings with the names of the people in them. One query, two if a person is looked for."""
    return _cut(_readings(wish, _people(wish)), Reading.id, Reading.at, wish)


def all_readings(wish: Wish) -> Iterator[Any]:
    """Every reading that is asked for, newest first, in batches."""
    people = _people(wish)
    return _batches(lambda part: _readings(part, people), Reading.id, Reading.at, wish)


def _entries(wish: Wish, people: list[int] | None) -> Select[Any]:
    query = select(
        AuditEntry.seq.label("number"), AuditEntry.at, AuditEntry.act, AuditEntry.subject, AuditEntry.detail, AuditEntry.address,
        AuditEntry.channel, AuditEntry.request, AuditEntry.actor_id, AuditEntry.about_id,
    )
    conditions = [*_wanted(wish), *_period(AuditEntry.at, wish), *_between(AuditEntry.seq, AuditEntry.at, wish)]
    if people is not None:
        conditions = [_of_people((AuditEntry.actor_id, AuditEntry.about_id), people, AuditEntry.seq, AuditEntry.at, conditions, wish)]
    return _with_people(query.where(*conditions), AuditEntry.actor_id, AuditEntry.acting_for, AuditEntry.about_id)


def _wanted(wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.act:  # where people are looked for too, their index serves better, and this keeps SQLite from taking the other
        yield (AuditEntry.act + "" if wish.text else AuditEntry.act) == wish.act
    if wish.subject:
        yield AuditEntry.subject == wish.subject
    if wish.detail:
        text = type_coerce(AuditEntry.detail, String)
        sqlite = db.engine.dialect.name == "sqlite"  # whose LIKE does not mind capitals, and is twice as fast alone
        yield text.contains(wish.detail, autoescape=True) if sqlite else text.icontains(wish.detail, autoescape=True)


def _readings(wish: Wish, people: list[int] | None) -> Select[Any]:
    query = select(Reading.id.label("number"), Reading.at, Reading.what, Reading.scope, Reading.address, Reading.about_id)
    conditions = [*_period(Reading.at, wish), *_between(Reading.id, Reading.at, wish)]
    if people is not None:
        conditions = [_of_people((Reading.reader_id, Reading.about_id), people, Reading.id, Reading.at, conditions, wish)]
    return _with_people(query.where(*conditions), Reading.reader_id, Reading.acting_for, Reading.about_id)


def _with_people(query: Any, actor: Any, acting_for: Any, about: Any) -> Select[Any]:
    return (  # type: ignore[no-any-return]
        query.add_columns(ACTOR.name.label("actor"), ACTOR.nip.label("actor_nip"), FOR.name.label("acting_for"),
                          ABOUT.name.label("about"), ABOUT.nip.label("about_nip"))
        .outerjoin(ACTOR, ACTOR.id == actor).outerjoin(FOR, FOR.id == acting_for).outerjoin(ABOUT, ABOUT.id == about)
    )


def _people(wish: Wish) -> list[int] | None:
    if not wish.text:
        return None
    digits = "".join(wish.text.split())
    part = digits if digits.isdigit() else wish.text
    fits = or_(Person.name.icontains(wish.text, autoescape=True), Person.nip.contains(part, autoescape=True))
    return list(db.session.scalars(select(Person.id).where(fits).order_by(Person.name).limit(MOST_PEOPLE)))


def _of_people(
    columns: Sequence[Any], people: list[int], number: Any, at: Any, conditions: Sequence[ColumnElement[bool]], wish: Wish,
) -> ColumnElement[bool]:
    """The condition that one of these people stands in one of these columns; each has its own index, and no more than a page is taken."""
    parts = [
        select(number).where(column.in_(people), *conditions).order_by(*_order(number, at, wish)).limit(BATCH if wish.batch else PAGE + 1)
        for column in columns
    ]
    return number.in_(union(*(select(part.subquery()) for part in parts)))  # type: ignore[no-any-return]


def _period(at: Any, wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.since:
        yield at >= clock.office_midnight(wish.since)
    if wish.until:
        yield at < clock.office_midnight(wish.until + timedelta(days=1))


def _between(number: Any, at: Any, wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.before:
        then = select(at).where(number == wish.before).scalar_subquery()
        yield and_(at <= then, or_(at < then, number < wish.before))
    if wish.after:
        then = select(at).where(number == wish.after).scalar_subquery()
        yield and_(at >= then, or_(at > then, number > wish.after))


def _order(number: Any, at: Any, wish: Wish) -> tuple[Any, Any]:
    return (at, number) if wish.after else (at.desc(), number.desc())


def _cut(query: Any, number: Any, at: Any, wish: Wish) -> Cut:
    rows = list(db.session.execute(query.order_by(*_order(number, at, wish)).limit(PAGE + 1)))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if wish.after:
        return Cut(rows[::-1], newer=more, older=True)
    return Cut(rows, newer=bool(wish.before), older=more)


def _batches(query: Callable[[Wish], Select[Any]], number: Any, at: Any, wish: Wish) -> Iterator[Any]:
    part = replace(wish, before=0, after=0, batch=True)
    while True:
        rows = db.session.execute(query(part).order_by(*_order(number, at, part)).limit(BATCH)).all()
        yield from rows
        if len(rows) < BATCH:
            return
        part = replace(part, before=rows[-1].number)


def raw_entries(size: int = BATCH) -> Iterator[Any]:
    """Every entry with all its columns, oldest first, in batches."""
    after = 0
    columns = list(AuditEntry.__table__.c)
    while rows := db.session.execute(select(*columns).where(AuditEntry.seq > after).order_by(AuditEntry.seq).limit(size)).all():
        yield from rows
        after = rows[-1].seq
        db.session.rollback()


def names(units: Iterable[int], people: Iterable[int]) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Names of units and of people by id. Two queries."""
    found = [
        {row.id: row.name for row in db.session.execute(select(table.id, table.name).where(table.id.in_(set(ids))))}
        for table, ids in ((Unit, units), (Person, people))
    ]
    return found[0], found[1]


def acts() -> list[str]:
    """The acts that have happened, by name; the index is jumped along, not read."""
    first = select(func.min(AuditEntry.act).label("act")).cte(recursive=True)
    following = select(func.min(AuditEntry.act)).where(AuditEntry.act > first.c.act).scalar_subquery()
    jumped = first.union_all(select(following).where(first.c.act.is_not(None)))
    return [act for act in db.session.scalars(select(jumped.c.act)) if act is not None]


def chain() -> tuple[int, Any]:
    """How many entries the chain has, and the last check of it (None if there was none). One query."""
    count = select(func.coalesce(func.max(AuditHead.seq), 0)).scalar_subquery()
    last = select(AuditCheck.id).order_by(AuditCheck.at.desc(), AuditCheck.id.desc()).limit(1).scalar_subquery()
    one = select(count.label("count")).subquery()
    row = db.session.execute(
        select(one.c.count, AuditCheck.id, AuditCheck.at, AuditCheck.entries, AuditCheck.broken_at, AuditCheck.fault)
        .select_from(one.outerjoin(AuditCheck, AuditCheck.id == last))
    ).one()
    return row[0], row if row.id is not None else None


def failed_jobs(before: int) -> Cut:
    """One page of the jobs that rest after their last try, newest first. One query."""
    query = select(Job.id.label("number"), Job.kind, Job.key, Job.attempts, Job.run_at, Job.error).where(Job.state == "failed")
    return _cut(query.where(*_between(Job.id, Job.run_at, Wish(before=before))), Job.id, Job.run_at, Wish(before=before))
