"""What becomes of two people's learning when they turn out to be one person: nothing is lost, nothing counts twice.

Rounds of one module are numbered anew in the order of time; a completion that still holds comes last, so that the module stays completed.
Of two rounds that were going on, the later one takes over the lessons done in the other. What counts of them is reckoned anew
by the ledger of learning hours (`hours/merging.py`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import delete, func, select, update

from lms.base import clock
from lms.base.db import db, hold
from lms.learning import service
from lms.learning.models import Enrolment, LessonProgress, StudyDay
from lms.people.events import PeopleMerged

ASIDE = 1_000_000  # rounds are set aside there while they get their new numbers


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: enrolments and days of study of the account that ends are those of the kept one.

    `moved["enrolments"]` are those that changed hands; `moved["united"]` are pairs (emptied, continued) of rounds of one module.
    """
    rows = _held(fact)
    fact.moved["enrolments"] = [row.id for row in rows if row.person_id == fact.gone_id]
    fact.moved["united"] = []
    modules = {row.module_id for row in rows if row.person_id == fact.gone_id}
    for module_id, of_module in groupby(rows, key=lambda row: row.module_id):
        if module_id in modules:
            ordered = sorted(of_module, key=_by_time)
            _renumber(ordered, fact.kept_id)
            fact.moved["united"] += _unite(ordered)
    fact.moved["study_days"] = _join_days(fact)


def _held(fact: PeopleMerged) -> Sequence[Enrolment]:
    wanted = select(Enrolment).where(Enrolment.person_id.in_((fact.kept_id, fact.gone_id)))
    modules = sorted(set(db.session.scalars(select(Enrolment.module_id).where(Enrolment.person_id.in_((fact.kept_id, fact.gone_id))))))
    for person_id in sorted((fact.kept_id, fact.gone_id)):
        for module_id in modules:
            hold(f"learning:{person_id}:{module_id}")
    return db.session.scalars(wanted.order_by(Enrolment.module_id, Enrolment.id).execution_options(populate_existing=True)).all()


def _by_time(row: Enrolment) -> tuple[bool, datetime, int]:
    holds = row.completed_at is not None and (row.valid_until is None or row.valid_until >= clock.today())
    return holds, row.completed_at or row.started_at, row.id


def _renumber(ordered: Sequence[Enrolment], kept_id: int) -> None:
    for number, row in enumerate(ordered, 1):
        row.round = ASIDE + number
    db.session.flush()
    for number, row in enumerate(ordered, 1):
        row.round, row.person_id = number, kept_id
    db.session.flush()


def _unite(ordered: Sequence[Enrolment]) -> list[list[int]]:
    """Put what was done in the earlier of the rounds that go on into the last one; pairs of ids."""
    going_on = [row for row in ordered if row.completed_at is None]
    if len(going_on) < 2:
        return []
    last = going_on[-1]
    for row in going_on[:-1]:
        _take_lessons(row, last)
        last.started_at = min(last.started_at, row.started_at)
        last.quiz_passed_at = _first(last.quiz_passed_at, row.quiz_passed_at)
        last.score = max((score for score in (last.score, row.score) if score is not None), default=None)
    db.session.flush()
    if ordered[-1] is last:
        service.complete_if_due(last.id)
    return [[row.id, last.id] for row in going_on[:-1]]


def _take_lessons(source: Enrolment, target: Enrolment) -> None:
    both = {row.id: {one.lesson_id: one for one in db.session.scalars(select(LessonProgress).where(LessonProgress.enrolment_id == row.id))}
            for row in (source, target)}
    there = both[target.id]
    for lesson_id, row in both[source.id].items():
        if lesson_id not in there:
            row.enrolment_id = target.id
        elif row.done_at is not None and there[lesson_id].done_at is None:
            there[lesson_id].done_at, there[lesson_id].hours, there[lesson_id].revision = row.done_at, row.hours, row.revision


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _join_days(fact: PeopleMerged) -> int:
    """Sum the days on which both studied a module, hand over the others; gives how many rows the account that ends had."""
    gone = db.session.execute(select(*StudyDay.__table__.c).where(StudyDay.person_id == fact.gone_id)).all()
    there: set[tuple[date, str]] = {
        (row.day, row.module_id)
        for row in db.session.execute(select(StudyDay.day, StudyDay.module_id).where(StudyDay.person_id == fact.kept_id))}
    counted = ("seconds", "lessons_opened", "lessons_done", "answers_saved", "quizzes_submitted")
    for row in gone:
        same = (StudyDay.day == row.day, StudyDay.module_id == row.module_id)
        if (row.day, row.module_id) not in there:
            db.session.execute(update(StudyDay).where(StudyDay.person_id == fact.gone_id, *same).values(person_id=fact.kept_id))
            continue
        latest = func.max if db.engine.dialect.name == "sqlite" else func.greatest
        sums = {name: getattr(StudyDay, name) + getattr(row, name) for name in counted}
        db.session.execute(update(StudyDay).where(StudyDay.person_id == fact.kept_id, *same).values(
            **sums, last_at=latest(StudyDay.last_at, row.last_at)))
        db.session.execute(delete(StudyDay).where(StudyDay.person_id == fact.gone_id, *same))
    return len(gone)
