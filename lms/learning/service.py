"""The verbs of learning. Writers of one enrolment queue up behind `hold`, so that completion happens once."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import update

from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import Refused
from lms.content.catalog import Lesson, Module
from lms.learning import queries, rules, workdays
from lms.learning.events import ModuleCompleted
from lms.learning.models import Enrolment, LessonProgress
from lms.web.content import catalog


def enrol(person_id: int, module_id: str) -> Enrolment:
    """The person's open enrolment: the current one, else the first or, when the certificate has expired, a new round.

    Refused "module-gone", "module-unpublished" or "requires-first" (module=title of the first one missing).
    """
    module = _module(module_id)
    with transaction():
        hold(_key(person_id, module_id))
        current = queries.current_enrolment(person_id, module_id)
        if current is not None and not _may_retake(current):
            return current
        _check_entry(person_id, module)
        return _begin_round(person_id, module, current.round + 1 if current else 1)


def open_lesson(person_id: int, module_id: str, lesson_id: str) -> None:
    """Remember this lesson as the place where the person goes on, and the minutes since the last act.

    Refused as `finish_lesson`.
    """
    module, lesson = _lesson(module_id, lesson_id)
    with transaction():
        hold(_key(person_id, module_id))
        enrolment = _enrolled(person_id, module)
        _check_order(module, lesson, queries.done_lessons(enrolment.id))
        is_new = _row(enrolment, lesson) is None
        moved = enrolment.last_lesson_id != lesson.id
        _touch(enrolment, lesson)
        if is_new:
            db.session.add(_opened(enrolment, lesson))
        workdays.record(person_id, module_id, what="opened" if moved else None)


def finish_lesson(person_id: int, module_id: str, lesson_id: str) -> bool:
    """Mark a lesson as done; a second time changes nothing. Gives whether this completed the module.

    Refused "module-gone", "lesson-gone", "not-enrolled" or "lesson-locked" (lesson=title of the one to do first).
    """
    module, lesson = _lesson(module_id, lesson_id)
    with transaction():
        hold(_key(person_id, module_id))
        enrolment = _enrolled(person_id, module)
        _check_order(module, lesson, queries.done_lessons(enrolment.id))
        if not _mark_done(enrolment, module, lesson):
            return False
        workdays.record(person_id, module_id, what="done")
        return _complete_if_due(enrolment)


def pass_final_quiz(enrolment_id: int, score: Decimal) -> bool:
    """Record that the final quiz is passed (score in percent; the best stays). Gives whether this completed the module."""
    with transaction():
        enrolment = _held(enrolment_id)
        if enrolment.quiz_passed_at is None:
            enrolment.quiz_passed_at = clock.now()
        if enrolment.score is None or score > enrolment.score:
            enrolment.score = score
        return _complete_if_due(enrolment)


def complete_if_due(enrolment_id: int, *, score: Decimal | None = None) -> bool:
    """Complete the enrolment if `rules.is_complete` says so and it is not completed yet; publishes ModuleCompleted once."""
    with transaction():
        enrolment = _held(enrolment_id)
        if score is not None and (enrolment.score is None or score > enrolment.score):
            enrolment.score = score
        return _complete_if_due(enrolment)


def record_work(person_id: int, module_id: str, *, what: workdays.Act | None) -> None:
    """Count an act of study today and the time since the last one; `what` None counts the time only."""
    with transaction():
        workdays.record(person_id, module_id, what=what)


def _key(person_id: int, module_id: str) -> str:
    return f"learning:{person_id}:{module_id}"


def _module(module_id: str) -> Module:
    module = catalog().modules.get(module_id)
    if module is None:
        raise Refused("module-gone")
    return module


def _lesson(module_id: str, lesson_id: str) -> tuple[Module, Lesson]:
    module = _module(module_id)
    lesson = module.lesson(lesson_id)
    if lesson is None:
        raise Refused("lesson-gone", module=module.title)
    return module, lesson


def _enrolled(person_id: int, module: Module) -> Enrolment:
    enrolment = queries.current_enrolment(person_id, module.id)
    if enrolment is None:
        raise Refused("not-enrolled", module=module.title)
    return enrolment


def _held(enrolment_id: int) -> Enrolment:
    enrolment = db.session.get_one(Enrolment, enrolment_id)
    hold(_key(enrolment.person_id, enrolment.module_id))
    db.session.refresh(enrolment)
    return enrolment


def _check_entry(person_id: int, module: Module) -> None:
    if not module.published:
        raise Refused("module-unpublished")
    missing = rules.missing_modules(module, queries.completed_modules(person_id, module.requires))
    if missing:
        required = catalog().modules.get(missing[0])
        raise Refused("requires-first", module=required.title if required else missing[0])


def _check_order(module: Module, lesson: Lesson, done: frozenset[str]) -> None:
    first = rules.blocking_lesson(module, lesson.id, done)
    if first is not None:
        raise Refused("lesson-locked", lesson=first.title)


def _may_retake(enrolment: Enrolment) -> bool:
    completed = enrolment.completed_at is not None
    return rules.may_retake(completed=completed, expires_on=enrolment.valid_until, today=clock.today())


def _begin_round(person_id: int, module: Module, number: int) -> Enrolment:
    enrolment = Enrolment(
        person_id=person_id, module_id=module.id, round=number, revision=module.revision, started_at=clock.now()
    )
    db.session.add(enrolment)
    db.session.flush()
    audit.record("module.enrolled", f"enrolment:{enrolment.id}", about=person_id, detail={"module": module.id, "round": number})
    return enrolment


def _row(enrolment: Enrolment, lesson: Lesson) -> LessonProgress | None:
    return queries.lesson_row(enrolment.id, lesson.id)


def _opened(enrolment: Enrolment, lesson: Lesson) -> LessonProgress:
    return LessonProgress(enrolment_id=enrolment.id, lesson_id=lesson.id, revision=lesson.revision, opened_at=clock.now())


def _touch(enrolment: Enrolment, lesson: Lesson) -> None:
    db.session.execute(
        update(Enrolment).where(Enrolment.id == enrolment.id).values(last_lesson_id=lesson.id, last_seen_at=clock.now())
    )


def _mark_done(enrolment: Enrolment, module: Module, lesson: Lesson) -> bool:
    row = _row(enrolment, lesson) or _opened(enrolment, lesson)
    if row.done_at is not None:
        return False
    row.done_at = clock.now()
    row.revision = lesson.revision
    row.hours = module.lesson_hours()[module.position(lesson.id)]
    db.session.add(row)
    db.session.flush()
    return True


def _complete_if_due(enrolment: Enrolment) -> bool:
    module = catalog().modules.get(enrolment.module_id)
    if module is None or enrolment.completed_at is not None:
        return False
    done = queries.done_lessons(enrolment.id)
    if not rules.is_complete(module, done, quiz_passed=enrolment.quiz_passed_at is not None):
        return False
    _complete(enrolment, module, clock.now())
    return True


def _complete(enrolment: Enrolment, module: Module, now: datetime) -> None:
    enrolment.completed_at = now
    enrolment.completed_revision = module.revision
    enrolment.hours = module.hours
    enrolment.valid_until = rules.valid_until(clock.local(now).date(), module.expires_months)
    db.session.flush()
    audit.record("module.completed", f"enrolment:{enrolment.id}", about=enrolment.person_id, detail={"module": module.id})
    publish(ModuleCompleted(
        enrolment_id=enrolment.id, person_id=enrolment.person_id, module_id=module.id, round=enrolment.round,
        revision=module.revision, hours=module.hours, score=enrolment.score, at=now,
    ))
