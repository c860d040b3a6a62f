"""Where people work: the present stands in the table of persons, the past in their postings, and both are written in one transaction.

Whoever writes many people at once (an import, a merged unit) writes the rows of persons and then calls `write_many`.
"""

from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, case, exists, false, func, insert, literal, or_, select, true, update

from lms.base import audit
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.people import careers, grants, versions
from lms.people.models import Person, Posting, Unit
from lms.people.versions import past_day

PLACE = ("unit_id", "position", "position_kind", "rank", "employment")
DAY = timedelta(days=1)
OPEN = and_(Posting.kind == "definitive", Posting.until_on.is_(None))
POSTINGS, PERSONS = cast(Table, Posting.__table__), cast(Table, Person.__table__)


def held_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The condition that a posting is definitive and held on a day; at most one of each person."""
    return and_(Posting.kind == "definitive", Posting.from_on <= day, or_(Posting.until_on.is_(None), Posting.until_on >= day))


def move(person_id: int, *, from_on: date | None = None, basis: str = "", **values: Any) -> bool:
    """Write what is given of unit_id, position, position_kind, rank, employment, from a day on; gives whether anything differed.

    The day is today by default and may lie as far back as her last change. Raises NotFound, Refused "date-future", "date-early",
    "unit-ended", "unit-not-yet", or the fault of a rank or of a kind of position.
    """
    with transaction():
        hold("units")  # before the person, as whoever merges units does
        hold(f"person:{person_id}")
        person = db.session.get(Person, person_id, populate_existing=True)
        if person is None:
            raise NotFound
        differing = _differing(person, values)
        if not differing:
            return False
        day = past_day(from_on)
        if "unit_id" in differing or from_on is not None:
            _must_stand(differing.get("unit_id", person.unit_id), day)
        before = {name: getattr(person, name) for name in differing}
        for name, value in differing.items():
            setattr(person, name, value)
        write_many(from_on=day, basis=basis, only=Person.id == person_id)
        audit.record("person.moved", f"person:{person_id}", about=person_id, detail={
            **{name: [before[name], value] for name, value in differing.items()}, "from": day.isoformat(), "basis": basis})
        return True


def _differing(person: Person, given: dict[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if values.get("position", person.position) != person.position and "position_kind" not in values:
        values["position_kind"] = careers.kind_of_position(values["position"])
    employment = values.get("employment", person.employment)
    if "rank" in values and values["rank"] != person.rank or employment != person.employment:
        values["rank"] = _read(careers.read_rank(values.get("rank", person.rank), employment))
    if "position_kind" in values:
        values["position_kind"] = _read(careers.read_position_kind(values["position_kind"]))
    return {name: value for name, value in values.items() if getattr(person, name) != value}


def _read(value: str | careers.Fault) -> str:
    if isinstance(value, careers.Fault):
        raise Refused(value.code, text=value.text)
    return value


def _must_stand(unit_id: int, day: date) -> None:
    unit = db.session.execute(select(Unit.name, Unit.ended_on).where(Unit.id == unit_id)).first()
    if unit is None:
        raise NotFound
    if unit.ended_on is not None:
        raise Refused("unit-ended", unit=unit.name)
    began = versions.began(unit_id)
    if began is not None and began > day:
        raise Refused("unit-not-yet", unit=unit.name, began=began)


def set_active(person: Person, active: bool) -> None:
    """Deactivate a person, whose posting ends today, or take her back, which opens one; within the caller's transaction, who audits it."""
    person.active = active
    if active:
        person.unit_id = _successor(person.unit_id)
    write_many(only=Person.id == person.id)
    db.session.expire(person)


def _successor(unit_id: int) -> int:
    """The unit where those of a unit belong today."""
    row = db.session.execute(select(Unit.ended_on, Unit.successor_id, Unit.parent_id).where(Unit.id == unit_id)).one()
    above = row.successor_id or row.parent_id
    return unit_id if row.ended_on is None or above is None else _successor(above)


def write_many(*, from_on: date | None = None, basis: str = "", only: ColumnElement[bool] | None = None) -> int:
    """Let the postings of all people (or those of a condition on Person) say what their rows say, from a day on, by default today.

    For whoever wrote rows of persons, within her transaction: who is new or came back gets a posting, who is elsewhere a new one after the
    old, whose row is not active anymore ends hers with `left_on` (today if empty). What began on that very day is written over. Gives how
    many postings were written. Raises Refused "date-future" or "date-early". A fixed number of statements, however many people.
    """
    day = past_day(from_on)
    chosen = true() if only is None else only
    db.session.flush()
    _keep_order(day, chosen)
    _end_of_those_who_left(day, chosen)
    _reopen(day, chosen)
    mine = and_(Posting.person_id == Person.id, OPEN, Person.active, chosen, _differs())
    over = _run(update(POSTINGS).where(mine, Posting.from_on == day).values({name: PERSONS.c[name] for name in PLACE}))
    _run(update(POSTINGS).where(mine, Posting.from_on < day).values(until_on=day - DAY))
    return over + _run(_openings(day, basis, chosen))


def _differs() -> ColumnElement[bool]:
    return or_(false(), *(POSTINGS.c[name] != PERSONS.c[name] for name in PLACE))


def _keep_order(day: date, chosen: ColumnElement[bool]) -> None:
    latest = db.session.scalar(select(func.max(Posting.from_on)).join(Person, Person.id == Posting.person_id).where(
        OPEN, chosen, Person.active, _differs()))
    if latest is not None and latest > day:
        raise Refused("date-early", earliest=latest)


def _end_of_those_who_left(day: date, chosen: ColumnElement[bool]) -> None:
    gone = and_(Person.active.is_(False), chosen)
    _run(update(PERSONS).where(gone, Person.left_on.is_(None)).values(left_on=day))
    for row in db.session.execute(select(Posting.id).join(Person, Person.id == Posting.person_id).where(
            Posting.kind == "acting", or_(Posting.until_on.is_(None), Posting.until_on > day), gone)).all():
        end_acting(row.id, day, by=None)
    last = case((PERSONS.c.left_on < POSTINGS.c.from_on, POSTINGS.c.from_on), else_=PERSONS.c.left_on)
    _run(update(POSTINGS).where(Posting.person_id == Person.id, OPEN, gone).values(until_on=last))


def _reopen(day: date, chosen: ColumnElement[bool]) -> None:
    """Who left and came back on one day never left."""
    back = and_(Person.active, Person.left_on.is_not(None), chosen)
    _run(update(POSTINGS).where(
        Posting.person_id == Person.id, Posting.kind == "definitive", Posting.until_on >= day, back).values(until_on=None))
    _run(update(PERSONS).where(back).values(left_on=None))


def _openings(day: date, basis: str, chosen: ColumnElement[bool]) -> Any:
    has_one = exists().where(Posting.person_id == Person.id, OPEN)
    rows = select(Person.id, *(PERSONS.c[name] for name in PLACE), literal("definitive"), literal(day), literal(basis)).where(
        Person.active, chosen, ~has_one)
    return insert(POSTINGS).from_select(["person_id", *PLACE, "kind", "from_on", "basis"], rows, include_defaults=False)


def _run(statement: Any) -> int:
    # Of an INSERT the count is kept only on demand; psycopg would say -1.
    return int(db.session.execute(statement, execution_options={"preserve_rowcount": True}).rowcount)  # type: ignore[attr-defined]


def end_acting(posting_id: int, last_day: date, *, by: int | None) -> None:
    """End an acting posting, and the role that came with it; within the caller's transaction. One that never held a day is deleted."""
    row = db.session.get(Posting, posting_id, populate_existing=True)
    if row is None or row.kind != "acting":
        raise NotFound
    if row.until_on is not None and row.until_on <= last_day:
        return
    grant_id = row.grant_id
    audit.record("acting.ended", f"posting:{posting_id}", about=row.person_id, detail={
        "unit": row.unit_id, "position": row.position, "from": row.from_on.isoformat(), "until": last_day.isoformat()})
    if row.from_on > last_day:
        db.session.delete(row)
    else:
        row.until_on = last_day
    db.session.flush()
    if grant_id is not None:
        grants.end(grant_id, by=by)
