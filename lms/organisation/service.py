"""Verbs about units; each is one transaction, has a day and a basis, and is recorded."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from lms.base import audit
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.people import grants, postings, versions
from lms.people.models import Grant, Person, Posting, Unit
from lms.people.versions import past_day

DAY = timedelta(days=1)


def create(*, name: str, code: str, kind: str, parent_id: int | None, from_on: date | None = None, basis: str = "") -> int:
    """A new unit below another, or a root; gives its id. Raises Refused "date-future", "unit-code-taken", "unit-name-taken",
    "unit-ended", "unit-not-yet"."""
    with transaction():
        hold("units")
        day = past_day(from_on)
        unit = _add(name=name, code=code, kind=kind, parent_id=parent_id, day=day, basis=basis)
        audit.record("unit.created", f"unit:{unit.id}", detail=_said(day, basis, name=name, code=code, kind=kind, parent=parent_id))
        return unit.id


def change(unit_id: int, *, name: str, code: str, kind: str, from_on: date | None = None, basis: str = "") -> bool:
    """Another name, code or kind from a day on; gives whether any differed. Raises Refused "date-future", "date-early",
    "unit-ended", "unit-code-taken", "unit-name-taken"."""
    with transaction():
        hold("units")
        unit, day = _living(unit_id), past_day(from_on)
        given = {"name": name, "code": code, "kind": kind}
        differing = {key: [getattr(unit, key), value] for key, value in given.items() if getattr(unit, key) != value}
        if not differing:
            return False
        _must_be_free(name, code, unit.parent_id, but=unit_id)
        for key, (_before, after) in differing.items():
            setattr(unit, key, after)
        versions.write([unit_id], from_on=day, basis=basis)
        audit.record("unit.changed", f"unit:{unit_id}", detail=_said(day, basis, **differing))
        return True


def move(unit_id: int, parent_id: int | None, *, from_on: date | None = None, basis: str = "") -> bool:
    """Let a unit stand below another (None: nowhere) with all below it; gives whether it stood elsewhere. Raises Refused "date-future",
    "date-early", "unit-ended", "unit-not-yet", "unit-below-itself", "unit-name-taken"."""
    with transaction():
        hold("units")
        unit, day = _living(unit_id), past_day(from_on)
        if unit.parent_id == parent_id:
            return False
        before = unit.parent_id
        _must_be_free(unit.name, None, parent_id, but=unit_id)
        _hang([unit], parent_id, day=day, basis=basis)
        audit.record("unit.moved", f"unit:{unit_id}", detail=_said(day, basis, parent=[before, parent_id]))
        return True


def merge(unit_id: int, into_id: int, *, from_on: date | None = None, basis: str = "", by: int | None = None) -> None:
    """End a unit; from a day on its people and the units below it belong to another, and roles that were given for it end.

    Raises Refused "date-future", "date-early", "unit-same", "unit-ended", "unit-not-yet", "unit-below-itself", "unit-name-taken".
    """
    with transaction():
        _hold_all()
        unit, into, day = _living(unit_id), _living(into_id), past_day(from_on)
        if unit_id == into_id:
            raise Refused("unit-same")
        _must_not_lie_before(unit.id, day)
        below = db.session.scalars(select(Unit).where(Unit.parent_id == unit_id, Unit.ended_on.is_(None))).all()
        for one in below:
            _must_be_free(one.name, None, into_id, but=one.id)
        _hang(below, into.id, day=day, basis=basis)
        people = _relocate(Person.unit_id == unit_id, into_id, day=day, basis=basis)
        _end(unit, day - DAY, by=by, successor=into_id)
        audit.record("unit.merged", f"unit:{unit_id}", detail=_said(
            day, basis, into=into_id, people=people, units=[one.id for one in below]))


def split(
    unit_id: int, *, name: str, code: str, kind: str, people: Collection[int], units: Collection[int], parent_id: int | None,
    from_on: date | None = None, basis: str = "",
) -> int:
    """A new unit, to which these people of a unit and these units below it belong from a day on; gives its id.

    Whoever is not of the unit is left out. Raises Refused "split-nothing", "split-all", and what `create` and `move` refuse.
    """
    with transaction():
        hold("units")
        unit, day = _living(unit_id), past_day(from_on)
        staff = set(db.session.scalars(select(Person.id).where(Person.unit_id == unit_id, Person.active)))
        below = {one.id: one for one in db.session.scalars(select(Unit).where(Unit.parent_id == unit_id, Unit.ended_on.is_(None)))}
        going, parts = sorted(staff & set(people)), [one for key, one in sorted(below.items()) if key in set(units)]
        if not going and not parts:
            raise Refused("split-nothing")
        if len(going) == len(staff) and len(parts) == len(below):
            raise Refused("split-all")
        new = _add(name=name, code=code, kind=kind, parent_id=parent_id, day=day, basis=basis)
        _hang(parts, new.id, day=day, basis=basis)
        _relocate(Person.id.in_(going), new.id, day=day, basis=basis)
        audit.record("unit.split", f"unit:{unit.id}", detail=_said(day, basis, new=new.id, people=going, units=[one.id for one in parts]))
        return new.id


def end(unit_id: int, *, last_day: date | None = None, basis: str = "", by: int | None = None) -> None:
    """End a unit in which nobody works and below which nothing stands; roles that were given for it end.

    Raises Refused "date-future", "date-early", "unit-ended", "unit-not-empty".
    """
    with transaction():
        _hold_all()
        unit, day = _living(unit_id), past_day(last_day)
        people = db.session.scalar(select(func.count()).where(Person.unit_id == unit_id, Person.active)) or 0
        units = db.session.scalar(select(func.count()).where(Unit.parent_id == unit_id, Unit.ended_on.is_(None))) or 0
        if people or units:
            raise Refused("unit-not-empty", unit=unit.name, people=people, units=units)
        _must_not_lie_before(unit_id, day + DAY, of_last_day=True)
        _end(unit, day, by=by, successor=None)
        audit.record("unit.ended", f"unit:{unit_id}", detail=_said(day, basis))


def _hold_all() -> None:
    """The locks of an act that ends roles too, in the order in which everybody takes them: units, admins, then people."""
    hold("units")
    hold("admins")


def _living(unit_id: int) -> Unit:
    unit = db.session.get(Unit, unit_id, populate_existing=True)
    if unit is None:
        raise NotFound
    if unit.ended_on is not None:
        raise Refused("unit-ended", unit=unit.name)
    return unit


def _must_be_free(name: str, code: str | None, parent_id: int | None, *, but: int | None = None) -> None:
    other = and_(Unit.id != but, Unit.ended_on.is_(None)) if but is not None else Unit.ended_on.is_(None)
    if code is not None:
        holder = db.session.scalar(select(Unit.name).where(func.lower(Unit.code) == code.lower(), Unit.id != (but or 0)).limit(1))
        if holder is not None:
            raise Refused("unit-code-taken", taken=code, unit=holder)
    siblings = select(Unit.id).where(other, Unit.parent_id.is_not_distinct_from(parent_id), func.lower(Unit.name) == name.lower())
    if db.session.scalar(siblings.limit(1)) is not None:
        raise Refused("unit-name-taken", name=name)


def _add(*, name: str, code: str, kind: str, parent_id: int | None, day: date, basis: str) -> Unit:
    above = _above(parent_id, day)
    _must_be_free(name, code, parent_id)
    unit = Unit(name=name, code=code, kind=kind, parent_id=parent_id, path="")
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{above}{unit.id}/"
    versions.write([unit.id], from_on=day, basis=basis)
    return unit


def _above(parent_id: int | None, day: date) -> str:
    if parent_id is None:
        return "/"
    parent, began = _living(parent_id), versions.began(parent_id)
    if began is not None and began > day:
        raise Refused("unit-not-yet", unit=parent.name, began=began)
    return parent.path


def _hang(units: Sequence[Unit], parent_id: int | None, *, day: date, basis: str) -> None:
    """Let units stand below another; the paths of all below them follow."""
    above = _above(parent_id, day)
    moved: list[int] = []
    for unit in units:
        if above.startswith(unit.path):
            raise Refused("unit-below-itself")
        before, after = unit.path, f"{above}{unit.id}/"
        moved += db.session.scalars(select(Unit.id).where(Unit.path.startswith(before, autoescape=True), Unit.ended_on.is_(None)))
        unit.parent_id = parent_id
        db.session.flush()
        db.session.execute(
            update(Unit).where(Unit.path.startswith(before, autoescape=True))
            .values(path=after + func.substr(Unit.path, len(before) + 1)), execution_options={"synchronize_session": "fetch"})
    if moved:
        versions.write(moved, from_on=day, basis=basis)


def _relocate(who: Any, unit_id: int, *, day: date, basis: str) -> list[int]:
    people = sorted(db.session.scalars(select(Person.id).where(who)))
    for person_id in people:
        hold(f"person:{person_id}")
    db.session.execute(update(Person).where(who).values(unit_id=unit_id), execution_options={"synchronize_session": False})
    postings.write_many(from_on=day, basis=basis, only=Person.unit_id == unit_id)
    db.session.expire_all()
    return people


def _must_not_lie_before(unit_id: int, day: date, *, of_last_day: bool = False) -> None:
    """Refuse a day before the last thing that happened in a unit: to itself, or to those who worked there."""
    mine = Posting.unit_id == unit_id
    came = select(func.max(Posting.from_on)).where(mine)
    moved_on = select(func.max(Posting.until_on)).join(Person, Person.id == Posting.person_id).where(
        mine, Posting.kind == "definitive", Person.active)
    found = [versions.last_change_of(unit_id), db.session.scalar(came)]
    if (last := db.session.scalar(moved_on)) is not None:
        found.append(last + DAY)
    earliest = max((one for one in found if one is not None), default=day)
    if earliest > day:
        raise Refused("date-early", earliest=earliest - DAY if of_last_day else earliest)


def _end(unit: Unit, last_day: date, *, by: int | None, successor: int | None) -> None:
    for posting_id in db.session.scalars(select(Posting.id).where(
            Posting.unit_id == unit.id, Posting.kind == "acting", or_(Posting.until_on.is_(None), Posting.until_on > last_day))).all():
        postings.end_acting(posting_id, last_day, by=by)
    for grant_id in db.session.scalars(select(Grant.id).where(Grant.unit_id == unit.id, Grant.ended_at.is_(None))).all():
        grants.end(grant_id, by=by)
    unit.ended_on, unit.successor_id = last_day, successor
    db.session.flush()
    versions.close(unit.id, last_day)


def _said(day: date, basis: str, **more: Any) -> dict[str, Any]:
    return {**more, "from": day.isoformat(), "basis": basis}
