"""Decisions about order, completion, rounds and study time."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Literal

from lms.content.catalog import Lesson, Module

LONGEST_GAP_SECONDS = 600
FIRST_ACT_SECONDS = 60
WRITE_PLACE_AFTER_SECONDS = 60

LessonState = Literal["done", "now", "open", "lock"]
ModuleState = Literal["new", "reading", "quiz", "done", "lock"]


def lessons_left(module: Module, done: Collection[str]) -> tuple[Lesson, ...]:
    """Lessons that must still be done before the final quiz opens, in order."""
    return tuple(lesson for lesson in module.required if lesson.id not in done)


def is_complete(module: Module, done: Collection[str], *, quiz_passed: bool) -> bool:
    """Whether every lesson that is not optional is done and the final quiz, if there is one, is passed."""
    if lessons_left(module, done):
        return False
    if module.quiz is not None:
        return quiz_passed
    return bool(done)


def blocking_lesson(module: Module, lesson_id: str, done: Collection[str]) -> Lesson | None:
    """The lesson to do first, or None when this one may be opened.

    A lesson that was done once stays open even if the order changed since; optional lessons hold nobody up.
    """
    if module.order == "free" or lesson_id in done:
        return None
    before = module.lessons[: module.position(lesson_id)]
    return next((lesson for lesson in before if not lesson.optional and lesson.id not in done), None)


def may_open(module: Module, lesson_id: str, done: Collection[str]) -> bool:
    """Whether the order of the module lets a learner open this lesson."""
    return blocking_lesson(module, lesson_id, done) is None


def may_take_final_quiz(module: Module, done: Collection[str]) -> bool:
    """Whether the final quiz is open: all lessons that are not optional are done, also when the order is free."""
    return not lessons_left(module, done)


def next_lesson(module: Module, done: Collection[str], last_lesson_id: str | None) -> Lesson | None:
    """Where a learner goes on: the last lesson read if it is not done, else the first undone one; None if all are done."""
    last = module.lesson(last_lesson_id) if last_lesson_id else None
    if last is not None and last.id not in done and may_open(module, last.id, done):
        return last
    undone = [lesson for lesson in module.lessons if lesson.id not in done]
    return next((lesson for lesson in undone if not lesson.optional), undone[0] if undone else None)


def lesson_states(module: Module, done: Collection[str], now: str | None) -> Mapping[str, LessonState]:
    """State of every lesson by id; `now` is the id of the lesson where the learner is."""
    states: dict[str, LessonState] = {}
    blocked = False
    for lesson in module.lessons:
        states[lesson.id] = _lesson_state(lesson.id, done, now, blocked=blocked)
        blocked = blocked or (module.order == "sequential" and not lesson.optional and lesson.id not in done)
    return states


def module_state(module: Module, done: Collection[str] | None, *, completed: bool, missing: Collection[str]) -> ModuleState:
    """Where a learner stands with a module; `done` is None before enrolling, `missing` the required modules not finished."""
    if completed:
        return "done"
    if done is None:
        return "lock" if missing else "new"
    if module.quiz is not None and not lessons_left(module, done):
        return "quiz"
    return "reading"


def missing_modules(module: Module, completed: Collection[str]) -> tuple[str, ...]:
    """Ids of the modules that must be finished before this one, in the author's order."""
    return tuple(module_id for module_id in module.requires if module_id not in completed)


def valid_until(completed_on: date, expires_months: int | None) -> date | None:
    """Last day on which a completion counts as fresh; None = for ever. A missing day of the month becomes its last day."""
    if expires_months is None:
        return None
    year, month = divmod(completed_on.year * 12 + completed_on.month - 1 + expires_months, 12)
    return date(year, month + 1, min(completed_on.day, monthrange(year, month + 1)[1]))


def may_retake(*, completed: bool, expires_on: date | None, today: date) -> bool:
    """Whether a new round may begin: the last one is completed and its certificate's last day has passed."""
    return completed and expires_on is not None and today > expires_on


def worked_seconds(last_at: datetime | None, now: datetime) -> int:
    """Seconds of work that an act stands for: the time since the last act of the day, from 1 second up to 10 minutes."""
    if last_at is None:
        return FIRST_ACT_SECONDS
    return min(max(int((now - last_at).total_seconds()), 1), LONGEST_GAP_SECONDS)


def should_remember(last_lesson_id: str | None, last_seen_at: datetime | None, lesson_id: str, now: datetime) -> bool:
    """Whether reading this lesson is worth a write: another lesson than before, or a minute has passed."""
    if last_lesson_id != lesson_id or last_seen_at is None:
        return True
    return (now - last_seen_at).total_seconds() >= WRITE_PLACE_AFTER_SECONDS


def _lesson_state(lesson_id: str, done: Collection[str], now: str | None, *, blocked: bool) -> LessonState:
    if lesson_id in done:
        return "done"
    if blocked:
        return "lock"
    return "now" if lesson_id == now else "open"
