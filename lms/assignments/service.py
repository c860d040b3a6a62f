"""Verbs of assignments: make one, find whom it hits, settle how they stand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy import and_, delete, func, insert, or_, select, update

from lms.assignments import evidence, queries, rules, targets
from lms.assignments.models import Assignment, Hit, Tally
from lms.assignments.targets import Aim
from lms.base import audit, clock, jobs
from lms.base.db import db, hold, transaction
from lms.base.errors import Refused
from lms.content.catalog import Module
from lms.content.programmes import Programme
from lms.learning.models import Enrolment
from lms.people.events import AccessChanged
from lms.people.models import Person
from lms.web.content import catalog

AT_ONCE = 500
One = TypeVar("One")
NIGHT_JOB, HOUR_JOB, TELL_JOB = "assignment.settle", "assignment.refresh", "assignment.tell"


class AboutSomebody(Protocol):
    """A fact about one person."""

    @property
    def person_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """An assignment as it is to be made; `unit_id` None: for the whole agency."""

    subject_kind: str
    subject_id: str
    aim: Aim
    terms: rules.Terms
    reason: str
    unit_id: int | None = None
    last_on: date | None = None


def check(draft: Draft) -> Module | Programme:
    """The subject of a draft that may be made.

    Refused "assignment-subject", "assignment-dates", "assignment-recurrence" (the subject cannot be taken again so soon).
    """
    there = catalog()
    found = there.modules.get(draft.subject_id) if draft.subject_kind == "module" else there.programmes.get(draft.subject_id)
    if found is None or not found.published:
        raise Refused("assignment-subject")
    terms = draft.terms
    if (terms.due_on is not None and terms.due_on < max(terms.first_on, clock.today())) or (
            draft.last_on is not None and draft.last_on < max(terms.first_on, terms.due_on or terms.first_on)):
        raise Refused("assignment-dates")
    if terms.every_months is not None and (found.expires_months is None or found.expires_months > terms.every_months):
        raise Refused("assignment-recurrence", title=found.title)
    return found


def make(draft: Draft, *, by: int | None, slip: str, mark: str | None = None) -> int:
    """Make an assignment, and hit whom it concerns if its first day has come; gives its id. Under one slip it is made once.

    Refused as `check`; "assignment-nobody"; "assignment-crowd" if it would hit others than the preview with this mark showed.
    """
    found = check(draft)
    with transaction():
        hold(f"assignment-slip:{slip}")
        made = db.session.scalar(select(Assignment.id).where(Assignment.slip == slip))
        if made is not None:
            return made
        seen = targets.preview(draft.aim, draft.terms.first_on, clock.today(), most=0)
        if seen.count == 0 and draft.aim.newcomer_days is None:
            raise Refused("assignment-nobody")
        if mark is not None and mark != seen.mark:
            raise Refused("assignment-crowd")
        row = _written(draft, found.title, by, slip)
        audit.record("assignment.made", f"assignment:{row.id}", detail={
            "title": row.title, "required": row.required, "people": seen.count, "reason": row.reason,
            "due": row.due_on.isoformat() if row.due_on else row.due_days})
        _refresh(row, clock.today())
        return row.id


def refresh(assignment_id: int, *, settle_all: bool = False) -> None:
    """Hit who has joined, let go who has left, settle whose state time has changed (or everybody's). A second time changes nothing."""
    with transaction():
        row = held(assignment_id)
        if row.ended_on is None:
            _refresh(row, clock.today(), settle_all=settle_all)


def settle_stale() -> None:
    """Settle every hit whose state time has changed since."""
    for assignment_id in db.session.scalars(
        select(Hit.assignment_id).where(Hit.live, Hit.changes_on <= clock.today()).distinct().order_by(Hit.assignment_id)
    ).all():
        with transaction():
            row = held(assignment_id)
            settle(row, [Hit.changes_on <= clock.today()])


def settle_person(person_id: int) -> None:
    """Settle all that is assigned to somebody, within the caller's transaction if there is one."""
    wanted = select(Hit.assignment_id).where(Hit.person_id == person_id, Hit.live).order_by(Hit.assignment_id)
    with transaction():
        for assignment_id in db.session.scalars(wanted).all():
            settle(held(assignment_id), [Hit.person_id == person_id])


def on_learned(fact: AboutSomebody) -> None:
    """Reaction: somebody completed a module or a programme."""
    settle_person(fact.person_id)


def on_access_changed(fact: AccessChanged) -> None:
    """Reaction: who is deactivated is no longer hit."""
    active = db.session.scalar(select(Person.active).where(Person.id == fact.person_id))
    if not active:
        let_go(fact.person_id)


def let_go(person_id: int) -> None:
    """Nothing is assigned to somebody any longer; within the caller's transaction."""
    wanted = select(Hit.assignment_id, Hit.unit_id).where(Hit.person_id == person_id, Hit.live).order_by(Hit.assignment_id)
    for row in db.session.execute(wanted).all():
        held(row.assignment_id)
        gone = update(Hit).where(Hit.assignment_id == row.assignment_id, Hit.person_id == person_id)
        db.session.execute(gone.values(live=False, gone_on=clock.today()))
        count_again(row.assignment_id, {row.unit_id})


def run_hour(_payload: Mapping[str, Any]) -> None:
    """Each hour: who joined and who left, whose state time has changed, who has begun."""
    for assignment_id in _running():
        refresh(assignment_id)


def run_night(_payload: Mapping[str, Any]) -> None:
    """Each day: everything anew, by the same rules as at a request."""
    for assignment_id in _running():
        refresh(assignment_id, settle_all=True)


def held(assignment_id: int) -> Assignment:
    """An assignment, read under its lock; whoever changes it or its hits holds it. Raises NotFound."""
    hold(f"assignment:{assignment_id}")
    row = queries.assignment(assignment_id)
    db.session.refresh(row)
    return row


def settle(row: Assignment, which: Sequence[Any]) -> None:
    """Settle the live hits of an assignment for which these conditions hold; the caller holds it."""
    ids = db.session.scalars(select(Hit.id).where(Hit.assignment_id == row.id, Hit.live, *which).order_by(Hit.id)).all()
    terms, subject, today = queries.terms(row), (row.subject_kind, row.subject_id), clock.today()
    touched: set[int] = set()
    for batch in _batches(ids):
        wanted = select(Hit).where(Hit.id.in_(batch)).execution_options(populate_existing=True)
        hits = db.session.scalars(wanted).all()
        facts = evidence.of([hit.person_id for hit in hits], [subject])
        for hit in hits:
            known = facts.get((hit.person_id, subject), evidence.NOTHING)
            found = rules.standing(terms, hit.hit_on, known, today, extended_to=hit.extended_to, waiver=queries.waiver(hit))
            _write(hit, found, touched)
        db.session.flush()
    count_again(row.id, touched)


def count_again(assignment_id: int, unit_ids: Collection[int]) -> None:
    """Count how many stand how in these units; the caller holds the assignment."""
    for batch in _batches(sorted(unit_ids)):
        db.session.execute(delete(Tally).where(Tally.assignment_id == assignment_id, Tally.unit_id.in_(batch)))
        db.session.execute(insert(Tally).from_select(["assignment_id", "unit_id", "state", "people"], (
            select(Hit.assignment_id, Hit.unit_id, Hit.state, func.count())
            .where(Hit.assignment_id == assignment_id, Hit.unit_id.in_(batch), Hit.live)
            .group_by(Hit.assignment_id, Hit.unit_id, Hit.state))))


def end(row: Assignment, on: date, *, by: int | None, why: str) -> None:
    """Nobody is hit any longer; the caller holds the assignment."""
    row.ended_on, row.ended_by, row.ended_why, row.version = on, by, why, row.version + 1
    db.session.execute(update(Hit).where(Hit.assignment_id == row.id, Hit.live).values(live=False))
    db.session.execute(delete(Tally).where(Tally.assignment_id == row.id))


def _written(draft: Draft, title: str, by: int | None, slip: str) -> Assignment:
    terms = draft.terms
    row = Assignment(
        subject_kind=draft.subject_kind, subject_id=draft.subject_id, title=title, unit_id=draft.unit_id, required=terms.required,
        due_on=terms.due_on, due_days=terms.due_days, every_months=terms.every_months, grace_days=terms.grace_days,
        newcomer_days=draft.aim.newcomer_days, first_on=terms.first_on, last_on=draft.last_on, reason=draft.reason, slip=slip,
        made_by=by, made_at=clock.now())
    db.session.add(row)
    db.session.flush()
    db.session.add_all(targets.rows_of(draft.aim, row.id))
    db.session.flush()
    return row


def _refresh(row: Assignment, today: date, *, settle_all: bool = False) -> None:
    if row.last_on is not None and today > row.last_on:
        end(row, row.last_on, by=None, why="")
        audit.record("assignment.ended", f"assignment:{row.id}", detail={"title": row.title})
    elif today >= row.first_on:
        changed = _hit(row, today)
        which = [] if settle_all else [or_(Hit.changes_on <= today, Hit.id.in_(changed[:AT_ONCE]), _begun(row))]
        settle(row, which)
        for batch in _batches(changed[AT_ONCE:] if not settle_all else []):
            settle(row, [Hit.id.in_(batch)])
        if changed:
            jobs.enqueue(TELL_JOB, {}, key=f"{row.id}:{max(changed)}")


def _hit(row: Assignment, today: date) -> list[int]:
    """Write who is hit now and who no longer is; gives the ids of the hits that are new or came back."""
    columns = (Hit.id, Hit.person_id, Hit.unit_id, Hit.live)
    before = {one.person_id: one for one in db.session.execute(select(*columns).where(Hit.assignment_id == row.id))}
    now = {one.person_id: one for one in targets.fitting(targets.of_assignment(row), row.first_on, today)}
    gone = [one for person_id, one in before.items() if one.live and person_id not in now]
    back = [person_id for person_id, one in before.items() if not one.live and person_id in now]
    moved = [(one, now[one.person_id]) for one in before.values() if one.person_id in now and one.unit_id != now[one.person_id].unit_id]
    new = [one for person_id, one in now.items() if person_id not in before]
    for batch in _batches([one.id for one in gone]):
        db.session.execute(update(Hit).where(Hit.id.in_(batch)).values(live=False, gone_on=today))
    changes = [{"id": one.id, "unit_id": there.unit_id} for one, there in moved]
    changes += [{"id": before[one].id, "live": True, "gone_on": None, "hit_on": max(now[one].hit_on, today), "told": False} for one in back]
    for change in changes:
        db.session.execute(update(Hit).where(Hit.id == change.pop("id")).values(**change))
    for fresh in _batches(new):
        db.session.execute(insert(Hit), [_fresh(row, one) for one in fresh])
    touched = {one.unit_id for one in gone} | {now[one].unit_id for one in back} | {one.unit_id for one in new}
    count_again(row.id, touched | {unit for one, there in moved for unit in (one.unit_id, there.unit_id)})
    ids = select(Hit.id, Hit.person_id).where(Hit.assignment_id == row.id, Hit.live)
    wanted = {one.person_id for one in new} | set(back)
    return [one.id for one in db.session.execute(ids) if one.person_id in wanted] if wanted else []


def _fresh(row: Assignment, one: targets.Fitting) -> dict[str, Any]:
    due = rules.first_due(queries.terms(row), one.hit_on)
    return {"assignment_id": row.id, "person_id": one.person_id, "unit_id": one.unit_id, "hit_on": one.hit_on, "begins_on": one.hit_on,
            "due_on": due, "state": rules.STATES.index("not-started"), "round": 1, "live": True, "told": False, "waived_why": ""}


def _begun(row: Assignment) -> Any:
    """The condition that somebody may have begun what is kept as not started: no event tells of it."""
    waiting = Hit.state == rules.STATES.index("not-started")
    if row.subject_kind == "programme":
        return waiting
    mine = select(Enrolment.id).where(Enrolment.person_id == Hit.person_id, Enrolment.module_id == row.subject_id)
    return and_(waiting, mine.exists())


def _write(hit: Hit, found: rules.Standing, touched: set[int]) -> None:
    state = rules.STATES.index(found.state)
    if hit.state != state:
        touched.add(hit.unit_id)
    hit.state, hit.round, hit.begins_on, hit.due_on = state, found.round, found.begins_on, found.due_on
    hit.completed_on, hit.expires_on, hit.changes_on = found.completed_on, found.expires_on, found.changes_on


def _running() -> Sequence[int]:
    return db.session.scalars(select(Assignment.id).where(Assignment.ended_on.is_(None)).order_by(Assignment.id)).all()


def _batches(many: Sequence[One]) -> Iterator[Sequence[One]]:
    for start in range(0, len(many), AT_ONCE):
        yield many[start:start + AT_ONCE]
