"""Reads of learning. Hot paths select columns, not objects; each function says how many queries it makes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from lms.base.db import db
from lms.learning.models import Enrolment, LessonProgress, StudyDay


@dataclass(frozen=True, slots=True)
class Progress:
    """One enrolment with the lessons done and opened in it."""

    enrolment_id: int
    module_id: str
    round: int
    started_at: datetime
    last_lesson_id: str | None
    last_seen_at: datetime | None
    quiz_passed_at: datetime | None
    score: Decimal | None
    completed_at: datetime | None
    valid_until: date | None
    done: frozenset[str]
    opened: frozenset[str]


@dataclass(frozen=True, slots=True)
class StudiedDay:
    """What a person did for a module on one day."""

    day: date
    module_id: str
    seconds: int
    lessons_opened: int
    lessons_done: int
    answers_saved: int
    quizzes_submitted: int


# Tables instead of classes: the lesson page reads this each time, and the object mapper's part of a query costs as much again.
_enrolment, _lesson = Enrolment.__table__.c, LessonProgress.__table__.c
_MINE = (
    select(
        _enrolment.id, _enrolment.module_id, _enrolment.round, _enrolment.started_at, _enrolment.last_lesson_id,
        _enrolment.last_seen_at, _enrolment.quiz_passed_at, _enrolment.score, _enrolment.completed_at, _enrolment.valid_until,
        _lesson.lesson_id, _lesson.done_at,
    )
    .select_from(Enrolment.__table__.outerjoin(LessonProgress.__table__, _lesson.enrolment_id == _enrolment.id))
    .where(_enrolment.person_id == bindparam("person_id")).order_by(_enrolment.module_id, _enrolment.round.desc())
)
_MINE_IN_MODULE = _MINE.where(_enrolment.module_id == bindparam("module_id"))


def current_enrolment(person_id: int, module_id: str) -> Enrolment | None:
    """The enrolment of the highest round. One query."""
    wanted = select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.module_id == module_id)
    return db.session.scalars(wanted.order_by(Enrolment.round.desc()).limit(1)).first()


def progress(person_id: int, module_id: str) -> Progress | None:
    """The highest round of a person in a module with its lessons. One query."""
    rows = db.session.execute(_MINE_IN_MODULE, {"person_id": person_id, "module_id": module_id})
    return _by_module(rows).get(module_id)


def progress_by_module(person_id: int) -> Mapping[str, Progress]:
    """The highest round of every module a person studies or studied, by module id. One query."""
    return _by_module(db.session.execute(_MINE, {"person_id": person_id}))


def completed_modules(person_id: int, module_ids: Collection[str]) -> frozenset[str]:
    """Which of these modules the person has completed in any round. One query, none without ids."""
    if not module_ids:
        return frozenset()
    wanted = select(Enrolment.module_id).where(
        Enrolment.person_id == person_id, Enrolment.module_id.in_(module_ids), Enrolment.completed_at.is_not(None)
    )
    return frozenset(db.session.scalars(wanted))


def done_lessons(enrolment_id: int) -> frozenset[str]:
    """Ids of the lessons done in an enrolment. One query."""
    wanted = select(LessonProgress.lesson_id).where(
        LessonProgress.enrolment_id == enrolment_id, LessonProgress.done_at.is_not(None)
    )
    return frozenset(db.session.scalars(wanted))


def lesson_row(enrolment_id: int, lesson_id: str) -> LessonProgress | None:
    """The row of one lesson in an enrolment, for writing. One query."""
    wanted = select(LessonProgress).where(LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson_id)
    return db.session.scalars(wanted).first()


def study_days(person_id: int, first: date, last: date) -> tuple[StudiedDay, ...]:
    """What a person did from the first to the last day, by day and module. One query."""
    columns = (
        StudyDay.day, StudyDay.module_id, StudyDay.seconds, StudyDay.lessons_opened, StudyDay.lessons_done,
        StudyDay.answers_saved, StudyDay.quizzes_submitted,
    )
    wanted = select(*columns).where(StudyDay.person_id == person_id, StudyDay.day.between(first, last))
    return tuple(StudiedDay(*row) for row in db.session.execute(wanted.order_by(StudyDay.day, StudyDay.module_id)))


def _by_module(rows: Iterable[Any]) -> Mapping[str, Progress]:
    rounds: dict[str, list[Any]] = {}
    for row in rows:
        lessons = rounds.setdefault(row.module_id, [])
        if not lessons or lessons[0].id == row.id:
            lessons.append(row)
    return {module_id: _as_progress(lessons) for module_id, lessons in rounds.items()}


def _as_progress(rows: list[Any]) -> Progress:
    one = rows[0]
    done = frozenset(row.lesson_id for row in rows if row.done_at is not None)
    opened = frozenset(row.lesson_id for row in rows if row.lesson_id is not None)
    return Progress(
        one.id, one.module_id, one.round, one.started_at, one.last_lesson_id, one.last_seen_at,
        one.quiz_passed_at, one.score, one.completed_at, one.valid_until, done, opened,
    )
