"""Whom an assignment is for, and who fits on a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from lms.assignments.models import Assignment, AssignmentTarget
from lms.base.db import db
from lms.people.models import Person, Unit
from lms.people.roles import WHOLE

EMPLOYMENTS = ("PNS", "PPPK", "PPPK-PW")


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom an assignment is for. People who are named are hit in any case; of the rest everything that is stated has to fit.

    `within` is the path of the unit for which the assignment is made; `newcomer_days` finds those appointed at most so many days before
    the first day, or later.
    """

    within: str = WHOLE
    people: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    position_kinds: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()
    employments: frozenset[str] = frozenset()
    newcomer_days: int | None = None

    @property
    def only_named(self) -> bool:
        """Whether nobody is hit but the people who are named."""
        stated = self.units or self.position_kinds or self.positions or self.employments
        return bool(self.people) and not stated and self.newcomer_days is None


@dataclass(frozen=True, slots=True)
class Fitting:
    """Somebody who fits; `hit_on` is the day from which she is hit, if today is the first time."""

    person_id: int
    unit_id: int
    hit_on: date


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody whom one might expect among those who are hit, and why she is not ("left", "inactive", "elsewhere", "no-appointment")."""

    name: str
    nip: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom an aim would hit on a day: how many, the first of them, and who is left out."""

    count: int
    people: Sequence[Any]
    left_out: Sequence[LeftOut]
    left_out_count: int
    mark: str = field(default="")


def fitting(aim: Aim, first_on: date, today: date) -> Sequence[Fitting]:
    """Everybody who fits today, in the order of their ids. One query."""
    rows = db.session.execute(_people(aim, first_on, today, Person.id, Person.unit_id, Person.appointed_on).order_by(Person.id))
    return [Fitting(row.id, row.unit_id, _hit_on(aim, row.id, row.appointed_on, first_on, today)) for row in rows]


def preview(aim: Aim, first_on: date, today: date, most: int = 50) -> Preview:
    """What making the assignment would do. Five queries at most."""
    rows = db.session.execute(
        _people(aim, first_on, today, Person.id, Person.name, Person.nip, Person.position, Unit.name.label("unit"), Person.appointed_on)
        .order_by(Person.name, Person.id)).all()
    out = [*_named_but_out(aim, today), *_without_appointment(aim, today)]
    shown = [(row, _hit_on(aim, row.id, row.appointed_on, first_on, today)) for row in rows[:most]]
    return Preview(len(rows), shown, out[:most], len(out), f"{len(rows)}-{sum(row.id for row in rows)}")


def of_assignment(row: Assignment) -> Aim:
    """The aim of an assignment as it was made. Two queries."""
    targets = db.session.execute(
        select(AssignmentTarget.kind, AssignmentTarget.person_id, AssignmentTarget.unit_id, AssignmentTarget.value)
        .where(AssignmentTarget.assignment_id == row.id)).all()
    within = db.session.scalar(select(Unit.path).where(Unit.id == row.unit_id)) if row.unit_id is not None else WHOLE
    of: Mapping[str, frozenset[str]] = {
        kind: frozenset(one.value for one in targets if one.kind == kind) for kind in ("position-kind", "position", "employment")}
    return Aim(
        within or WHOLE, frozenset(one.person_id for one in targets if one.person_id is not None),
        frozenset(one.unit_id for one in targets if one.unit_id is not None), of["position-kind"], of["position"], of["employment"],
        row.newcomer_days)


def rows_of(aim: Aim, assignment_id: int) -> list[AssignmentTarget]:
    """The aim as rows of an assignment."""
    plain = (("position-kind", aim.position_kinds), ("position", aim.positions), ("employment", aim.employments))
    return [
        *(AssignmentTarget(assignment_id=assignment_id, kind="person", person_id=one) for one in sorted(aim.people)),
        *(AssignmentTarget(assignment_id=assignment_id, kind="unit", unit_id=one) for one in sorted(aim.units)),
        *(AssignmentTarget(assignment_id=assignment_id, kind=kind, value=one) for kind, values in plain for one in sorted(values)),
    ]


def people_by_nip(nips: Collection[str]) -> Mapping[str, int]:
    """Ids of the people with these NIPs. One query."""
    return {row.nip: row.id for row in db.session.execute(select(Person.nip, Person.id).where(Person.nip.in_(nips)))}


def _people(aim: Aim, first_on: date, today: date, *columns: Any) -> Select[*tuple[Any, ...]]:
    found = select(*columns).join_from(Person, Unit, Unit.id == Person.unit_id).where(_there(today), _inside(aim.within))
    return found.where(or_(Person.id.in_(aim.people), false() if aim.only_named else _fits(aim, first_on, today)))


def _fits(aim: Aim, first_on: date, today: date) -> ColumnElement[bool]:
    stated: list[ColumnElement[bool]] = []
    if aim.units:
        above = Unit.__table__.alias("above")
        stated.append(select(above.c.id).where(above.c.id.in_(aim.units), Unit.path.startswith(above.c.path)).exists())
    if aim.position_kinds:
        stated.append(Person.position_kind.in_(aim.position_kinds))
    if aim.positions:
        stated.append(func.lower(Person.position).in_({one.lower() for one in aim.positions}))
    if aim.employments:
        stated.append(Person.employment.in_(aim.employments))
    if aim.newcomer_days is not None:
        stated.append(Person.appointed_on.between(first_on - timedelta(days=aim.newcomer_days), today))
    return and_(Person.id.is_not(None), *stated)


def _there(today: date) -> ColumnElement[bool]:
    return and_(Person.active, Person.merged_into.is_(None), or_(Person.left_on.is_(None), Person.left_on >= today))


def _inside(path: str) -> ColumnElement[bool]:
    return Unit.path.startswith(path, autoescape=True)


def _hit_on(aim: Aim, person_id: int, appointed_on: date | None, first_on: date, today: date) -> date:
    """Newcomers are hit from the day of their appointment, others from today; nobody before the first day."""
    if aim.newcomer_days is None or appointed_on is None or person_id in aim.people:
        return max(first_on, today)
    return max(first_on, appointed_on)


def _named_but_out(aim: Aim, today: date) -> list[LeftOut]:
    rows = db.session.execute(
        select(Person.name, Person.nip, Person.active, Person.left_on, Person.merged_into, Unit.path)
        .join(Unit, Unit.id == Person.unit_id).where(Person.id.in_(aim.people)).order_by(Person.name, Person.id))
    found = []
    for row in rows:
        if row.merged_into is not None or not row.active:
            found.append(LeftOut(row.name, row.nip, "inactive"))
        elif row.left_on is not None and row.left_on < today:
            found.append(LeftOut(row.name, row.nip, "left"))
        elif not row.path.startswith(aim.within):
            found.append(LeftOut(row.name, row.nip, "elsewhere"))
    return found


def _without_appointment(aim: Aim, today: date) -> list[LeftOut]:
    """Those who would fit but for a date of appointment, which is not recorded."""
    if aim.newcomer_days is None:
        return []
    others = Aim(aim.within, frozenset(), aim.units, aim.position_kinds, aim.positions, aim.employments)
    rows = db.session.execute(
        _people(others, today, today, Person.name, Person.nip)
        .where(Person.appointed_on.is_(None), Person.id.not_in(aim.people)).order_by(Person.name, Person.id))
    return [LeftOut(row.name, row.nip, "no-appointment") for row in rows]
