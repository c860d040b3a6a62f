"""Reads of assignments; each says how many queries it makes. Numbers, list and export of a page rest on the same hits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from lms.assignments import evidence, rules
from lms.assignments.models import Assignment, Hit, Tally
from lms.assignments.rules import STATES, Standing, State
from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.people.models import Person, Unit
from lms.people.queries import within
from lms.people.roles import WHOLE
from lms.web.content import catalog

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; `within` are the paths of the units that the reader may see."""

    within: tuple[str, ...]
    unit_id: int | None = None
    assignment_id: int | None = None
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people stand how in one assignment."""

    id: int
    title: str
    required: bool
    states: Mapping[State, int]

    @property
    def people(self) -> int:
        """Whom it hits."""
        return sum(self.states.values())

    @property
    def fulfilled(self) -> int:
        """Who has done it."""
        return self.states["compliant"] + self.states["expiring"]


@dataclass(frozen=True, slots=True)
class Member:
    """One person with how she stands in one assignment."""

    id: int
    person_id: int
    name: str
    nip: str
    position: str
    unit: str
    assignment_id: int
    title: str
    required: bool
    number: int
    due_on: date
    completed_on: date | None
    expires_on: date | None

    @property
    def state(self) -> State:
        """How she stands."""
        return STATES[self.number]


@dataclass(frozen=True, slots=True)
class Mine:
    """Something that is assigned to somebody, with how she stands today."""

    hit: Hit
    assignment: Assignment
    standing: Standing


def assignment(assignment_id: int) -> Assignment:
    """One assignment. Raises NotFound. One query."""
    row = db.session.get(Assignment, assignment_id)
    if row is None:
        raise NotFound
    return row


def terms(row: Assignment) -> rules.Terms:
    """What an assignment asks."""
    return rules.Terms(row.required, row.first_on, row.due_on, row.due_days, row.every_months, row.grace_days)


def waiver(hit: Hit) -> rules.Waiver | None:
    """The waiver that was given to somebody, over or not."""
    return rules.Waiver(hit.waived_until) if hit.waived_at is not None else None


def path_of(row: Assignment) -> str:
    """The path of the unit for which it was made. One query or none."""
    if row.unit_id is None:
        return WHOLE
    return db.session.scalars(select(Unit.path).where(Unit.id == row.unit_id)).one()


def open_of(person_id: int) -> Sequence[tuple[Hit, Assignment]]:
    """What somebody still has to do, as it was settled last, the most urgent first. One query."""
    closed = [STATES.index(one) for one in STATES if one not in rules.OPEN]
    rows = db.session.execute(_of_person(person_id).where(Hit.state.not_in(closed)).order_by(Hit.due_on, Hit.id))
    return [(hit, row) for hit, row in rows]


def mine(person_id: int) -> Sequence[Mine]:
    """All that is assigned to somebody, with how she stands at this moment, the most urgent first. Three queries; more with programmes."""
    rows = db.session.execute(_of_person(person_id)).all()
    facts = evidence.of([person_id], {(row.subject_kind, row.subject_id) for _hit, row in rows})
    found = [
        Mine(hit, row, rules.standing(
            terms(row), hit.hit_on, facts.get((person_id, (row.subject_kind, row.subject_id)), evidence.NOTHING), clock.today(),
            extended_to=hit.extended_to, waiver=waiver(hit)))
        for hit, row in rows
    ]
    return sorted(found, key=lambda one: (STATES.index(one.standing.state), one.standing.due_on, one.hit.id))


def _of_person(person_id: int) -> Select[Hit, Assignment]:
    return select(Hit, Assignment).join(Assignment, Assignment.id == Hit.assignment_id).where(Hit.person_id == person_id, Hit.live)


def counts(wish: Wish) -> Sequence[Counted]:
    """How many stand how in each assignment, by title; with regard to unit and assignment asked for, not to the state. One query."""
    summed = select(Tally.assignment_id, Tally.state, func.sum(Tally.people).label("people")).where(_in_unit(Tally.unit_id, wish))
    if wish.assignment_id is not None:
        summed = summed.where(Tally.assignment_id == wish.assignment_id)
    found = summed.group_by(Tally.assignment_id, Tally.state).subquery()
    rows = db.session.execute(
        select(found, Assignment.title, Assignment.required).join(Assignment, Assignment.id == found.c.assignment_id)
        .order_by(Assignment.title, Assignment.id))
    by_id: dict[int, tuple[Any, dict[State, int]]] = {}
    for row in rows:
        by_id.setdefault(row.assignment_id, (row, dict.fromkeys(STATES, 0)))[1][STATES[row.state]] = int(row.people)
    return [Counted(number, row.title, row.required, states) for number, (row, states) in by_id.items()]


def page(wish: Wish) -> Sequence[Member]:
    """The people of the page asked for, those in trouble first. One query."""
    return [Member(*row) for row in db.session.execute(_members(wish, wish.page))]


def everybody(wish: Wish) -> Iterator[Member]:
    """All people asked for, those in trouble first. One query."""
    for row in db.session.execute(_members(wish), execution_options={"yield_per": 500}):
        yield Member(*row)


def _members(wish: Wish, number: int | None = None) -> Select[*tuple[Any, ...]]:
    """The hits asked for, or those of one page: they are chosen and put in order before anything is joined to them."""
    chosen = select(Hit.id).where(Hit.live, _in_unit(Hit.unit_id, wish)).order_by(Hit.state, Hit.due_on, Hit.id)
    if wish.assignment_id is not None:
        chosen = chosen.where(Hit.assignment_id == wish.assignment_id)
    if wish.state in STATES:
        chosen = chosen.where(Hit.state == STATES.index(wish.state))
    if number is not None:
        chosen = chosen.limit(PAGE).offset((number - 1) * PAGE)
    return select(
        Hit.id, Person.id.label("person_id"), Person.name, Person.nip, Person.position, Unit.name.label("unit"), Hit.assignment_id,
        Assignment.title, Assignment.required, Hit.state, Hit.due_on, Hit.completed_on, Hit.expires_on,
    ).join_from(Hit, Person, Person.id == Hit.person_id).join(Assignment, Assignment.id == Hit.assignment_id).join(
        Unit, Unit.id == Hit.unit_id).where(Hit.id.in_(select(chosen.subquery().c.id))).order_by(Hit.state, Hit.due_on, Hit.id)


def _in_unit(column: Any, wish: Wish) -> ColumnElement[bool]:
    if wish.unit_id is None and WHOLE in wish.within:
        return true()
    units = select(Unit.id).where(within(wish.within))
    if wish.unit_id is not None:
        units = units.where(Unit.path.like(f"%/{wish.unit_id}/%"))
    return column.in_(units)  # type: ignore[no-any-return]


def hits_of(assignment_id: int, person_id: int) -> Hit | None:
    """The hit of one person, live or not. One query."""
    return db.session.scalars(select(Hit).where(Hit.assignment_id == assignment_id, Hit.person_id == person_id)).first()


def managed(paths: Sequence[str], *, over: bool) -> Sequence[Assignment]:
    """Assignments made for these units or for units below them, the latest first; those that are over, or the others. One query."""
    mine = true() if WHOLE in paths else Assignment.unit_id.in_(select(Unit.id).where(within(paths)))
    ended = Assignment.ended_on.is_not(None) if over else Assignment.ended_on.is_(None)
    return db.session.scalars(select(Assignment).where(mine, ended).order_by(Assignment.id.desc()).limit(200)).all()


def concerns(assignment_id: int, paths: Sequence[str]) -> bool:
    """Whether it hits somebody in these units. One query."""
    wanted = select(Hit.id).where(Hit.assignment_id == assignment_id, _in_unit(Hit.unit_id, Wish(tuple(paths)))).limit(1)
    return db.session.scalar(wanted) is not None


def stale(today: date) -> bool:
    """Whether time has changed the state of some hit since it was settled. One query."""
    return db.session.scalar(select(Hit.id).where(Hit.live, Hit.changes_on <= today).limit(1)) is not None


def foreseen(person_id: int, first: date, last: date) -> list[tuple[str, Decimal, date]]:
    """(title, JP, day due) of the modules that somebody has to do in a period and has not done. One query."""
    open_states = [STATES.index(one) for one in STATES if one in rules.OPEN]
    rows = db.session.execute(
        select(Assignment.subject_id, func.min(Hit.due_on).label("due_on")).join(Hit, Hit.assignment_id == Assignment.id)
        .where(Hit.person_id == person_id, Hit.live, Hit.state.in_(open_states), Hit.due_on.between(first, last), Assignment.required,
               Assignment.subject_kind == "module")
        .group_by(Assignment.subject_id).order_by(Assignment.subject_id))
    modules = catalog().modules
    return [(modules[row.subject_id].title, modules[row.subject_id].hours, row.due_on) for row in rows if row.subject_id in modules]
