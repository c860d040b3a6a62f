"""Verbs about one person's career beside a plain move: acting for another, correcting what was recorded, naming a supervisor."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.people import careers, grants, postings, versions
from lms.people.models import Person, Posting, Unit, UnitVersion

DAY = timedelta(days=1)
LONGEST_ACTING = timedelta(days=366)
TITLES = {"plt": "Plt.", "plh": "Plh."}  # the office is vacant; its holder is away


def set_acting(
    person_id: int, *, unit_id: int, title: str, position: str, from_on: date, until_on: date, basis: str = "",
    stands_in_for: int | None = None, by: int | None = None,
) -> int:
    """Let a person act in an office from one day to another, both included; gives the posting's id.

    `title` is a key of TITLES. She holds the role of supervisor of the unit for that time, on behalf of the one she stands in for; a time
    that has passed is recorded without a role. Raises NotFound, Refused "acting-period", "acting-absent", "acting-self", "acting-held",
    "unit-ended", "unit-not-yet".
    """
    _must_be_sound(person_id, title, from_on, until_on, stands_in_for)
    with transaction():
        hold("units")
        hold(f"person:{person_id}")
        person = _person(person_id)
        _must_stand(unit_id, from_on)
        same = and_(Posting.person_id == person_id, Posting.unit_id == unit_id, Posting.kind == "acting", Posting.from_on <= until_on,
                    or_(Posting.until_on.is_(None), Posting.until_on >= from_on))
        if db.session.scalar(select(Posting.id).where(same).limit(1)) is not None:
            raise Refused("acting-held")
        grant_id = None
        if until_on >= clock.today():
            grant_id = grants.give(person_id, "supervisor", by=by, unit_id=unit_id, starts_on=from_on, ends_on=until_on,
                                   behalf_of=stands_in_for, reason=basis)
        row = Posting(
            person_id=person_id, unit_id=unit_id, kind="acting", position=f"{TITLES[title]} {position}", position_kind="", rank=person.rank,
            employment=person.employment, from_on=from_on, until_on=until_on, basis=basis, stands_in_for=stands_in_for, grant_id=grant_id)
        db.session.add(row)
        db.session.flush()
        audit.record("acting.set", f"posting:{row.id}", about=person_id, detail={
            "unit": unit_id, "position": row.position, "from": from_on.isoformat(), "until": until_on.isoformat(), "basis": basis,
            "stands_in_for": stands_in_for})
        return row.id


def _must_be_sound(person_id: int, title: str, from_on: date, until_on: date, stands_in_for: int | None) -> None:
    if title not in TITLES:
        raise NotFound
    if until_on < from_on or until_on - from_on > LONGEST_ACTING:
        raise Refused("acting-period")
    if title == "plh" and stands_in_for is None:
        raise Refused("acting-absent")
    if stands_in_for == person_id:
        raise Refused("acting-self")


def _must_stand(unit_id: int, day: date) -> None:
    unit = db.session.get(Unit, unit_id, populate_existing=True)
    if unit is None:
        raise NotFound
    if unit.ended_on is not None:
        raise Refused("unit-ended", unit=unit.name)
    began = versions.began(unit_id)
    if began is not None and began > day:
        raise Refused("unit-not-yet", unit=unit.name, began=began)


def end_acting(posting_id: int, *, by: int | None = None) -> None:
    """End an acting posting before its time: yesterday was its last day, and the role that came with it ends. Raises NotFound."""
    with transaction():
        hold("admins")
        person_id = db.session.scalar(select(Posting.person_id).where(Posting.id == posting_id))
        hold(f"person:{person_id}")
        postings.end_acting(posting_id, clock.today() - DAY, by=by)


def correct(posting_id: int, *, from_on: date, **values: Any) -> bool:
    """Mend what was recorded wrongly: unit_id, position, position_kind, rank, employment, basis, and the first day, with which the entry
    before it ends a day earlier or later. Gives whether anything differed.

    Of the entry that holds today the person's own row changes too. An acting entry keeps its unit and its days. Raises NotFound, Refused
    "posting-order", "date-future", "unit-not-yet", or the fault of a rank or of a kind of position.
    """
    with transaction():
        hold("units")
        row = _held_posting(posting_id)
        before = _said(row)
        if row.kind == "acting":
            values, from_on = {name: values[name] for name in ("position", "basis") if name in values}, row.from_on
        _read_values(row, values)
        if from_on != row.from_on:
            _begin(row, from_on)
        for name, value in values.items():
            setattr(row, name, value)
        if not _stood(row.unit_id, row.from_on):
            unit = db.session.get_one(Unit, row.unit_id)
            raise Refused("unit-not-yet", unit=unit.name, began=versions.began(row.unit_id))
        db.session.flush()
        if _said(row) == before:
            return False
        _let_present_follow(row)
        audit.record("posting.corrected", f"posting:{posting_id}", about=row.person_id, detail={"before": before, "after": _said(row)})
        return True


def take_back(posting_id: int) -> None:
    """Delete the latest definitive entry, recorded by mistake; the one before it holds again. Raises NotFound, Refused "posting-first",
    "unit-ended"."""
    with transaction():
        hold("units")
        row = _held_posting(posting_id)
        before = _neighbour(row, later=False)
        if row.kind != "definitive" or _neighbour(row, later=True) is not None:
            raise NotFound
        if before is None:
            raise Refused("posting-first")
        unit = db.session.get_one(Unit, before.unit_id)
        if unit.ended_on is not None and row.until_on is None:
            raise Refused("unit-ended", unit=unit.name)
        said, until_on = _said(row), row.until_on
        db.session.delete(row)
        db.session.flush()
        before.until_on = until_on
        db.session.flush()
        _let_present_follow(before)
        audit.record("posting.taken_back", f"posting:{posting_id}", about=before.person_id, detail={"before": said, "after": _said(before)})


def set_supervisor(person_id: int, supervisor_id: int | None) -> bool:
    """Name a person's supervisor; None: whoever leads her unit or the nearest above. Gives whether it differed. Raises NotFound, Refused
    "supervisor-circle"."""
    with transaction():
        hold("supervisors")
        hold(f"person:{person_id}")
        person = _person(person_id)
        if person.supervisor_id == supervisor_id:
            return False
        if supervisor_id is not None:
            _person(supervisor_id)
            _must_not_circle(person_id, supervisor_id)
        before, person.supervisor_id = person.supervisor_id, supervisor_id
        audit.record("person.supervisor", f"person:{person_id}", about=person_id, detail={"supervisor": [before, supervisor_id]})
        return True


def _must_not_circle(person_id: int, supervisor_id: int) -> None:
    seen: set[int] = set()
    at: int | None = supervisor_id
    while at is not None and at not in seen:
        if at == person_id:
            raise Refused("supervisor-circle")
        seen.add(at)
        at = db.session.scalar(select(Person.supervisor_id).where(Person.id == at))


def _person(person_id: int) -> Person:
    person = db.session.get(Person, person_id, populate_existing=True)
    if person is None:
        raise NotFound
    return person


def _held_posting(posting_id: int) -> Posting:
    person_id = db.session.scalar(select(Posting.person_id).where(Posting.id == posting_id))
    hold(f"person:{person_id}")
    row = db.session.get(Posting, posting_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _read_values(row: Posting, values: dict[str, Any]) -> None:
    if row.kind == "acting":
        return
    employment = values.get("employment", row.employment)
    if values.get("rank", row.rank) != row.rank or employment != row.employment:
        values["rank"] = _read(careers.read_rank(values.get("rank", row.rank), employment))
    if "position_kind" in values:
        values["position_kind"] = _read(careers.read_position_kind(values["position_kind"]))


def _read(value: str | careers.Fault) -> str:
    if isinstance(value, careers.Fault):
        raise Refused(value.code, text=value.text)
    return value


def _begin(row: Posting, from_on: date) -> None:
    """Let an entry begin on another day; the one before it, if it ended the day before, ends the day before."""
    if from_on > clock.today():
        raise Refused("date-future")
    earlier = _neighbour(row, later=False)
    last = row.until_on or clock.today()
    if from_on > last or (earlier is not None and from_on <= earlier.from_on):
        raise Refused("posting-order", after=earlier.from_on if earlier else "-", before=last + DAY)
    if earlier is not None and (earlier.until_on == row.from_on - DAY or (earlier.until_on is not None and earlier.until_on >= from_on)):
        earlier.until_on = from_on - DAY
    row.from_on = from_on


def _neighbour(row: Posting, *, later: bool) -> Posting | None:
    mine = select(Posting).where(Posting.person_id == row.person_id, Posting.kind == "definitive")
    if later:
        return db.session.scalar(mine.where(Posting.from_on > row.from_on).order_by(Posting.from_on).limit(1))
    return db.session.scalar(mine.where(Posting.from_on < row.from_on).order_by(Posting.from_on.desc()).limit(1))


def _stood(unit_id: int, day: date) -> bool:
    found = select(func.count()).select_from(UnitVersion).where(UnitVersion.unit_id == unit_id, versions.held_on(day))
    return bool(db.session.scalar(found))


def _let_present_follow(row: Posting) -> None:
    """The row of a person equals the entry that holds today."""
    if row.kind != "definitive" or row.until_on is not None:
        return
    person = _person(row.person_id)
    for name in postings.PLACE:
        setattr(person, name, getattr(row, name))
    db.session.flush()


def _said(row: Posting) -> dict[str, Any]:
    named = {name: getattr(row, name) for name in (*postings.PLACE, "kind", "basis")}
    return {**named, "from": row.from_on.isoformat(), "until": row.until_on.isoformat() if row.until_on else None}
