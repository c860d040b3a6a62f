"""Enrolling, finishing lessons, completing, rounds, study days."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import Refused
from lms.learning import queries, service
from lms.learning.events import ModuleCompleted
from lms.learning.models import Enrolment
from lms.learning.queries import StudiedDay
from lms.web.content import catalog
from tests import build

Change = Callable[..., None]


def study(person_id: int, module_id: str = "sapa", score: Decimal = Decimal(80)) -> int:
    """Complete a module; gives the enrolment's id."""
    enrolment_id = service.enrol(person_id, module_id).id
    module = catalog().modules[module_id]
    for lesson in module.required:
        service.finish_lesson(person_id, module_id, lesson.id)
    if module.quiz:
        service.pass_final_quiz(enrolment_id, score)
    return enrolment_id


def test_enrolling_twice_gives_one_enrolment(app: Flask) -> None:
    sari = build.person()

    first = service.enrol(sari, "sapa").id
    second = service.enrol(sari, "sapa").id

    assert second == first
    acts = db.session.execute(select(AuditEntry.act, AuditEntry.subject, AuditEntry.about_id)).all()
    assert [tuple(act) for act in acts] == [("module.enrolled", f"enrolment:{first}", sari)]


@pytest.mark.parametrize(
    ("module_id", "code", "detail"),
    [("gone", "module-gone", {}), ("draf", "module-unpublished", {}), ("dengar", "requires-first", {"module": "Menyapa Warga"})],
)
def test_a_module_that_is_not_open_refuses_to_enrol(app: Flask, module_id: str, code: str, detail: dict[str, str]) -> None:
    sari = build.person()

    with pytest.raises(Refused) as refused:
        service.enrol(sari, module_id)

    assert (refused.value.code, refused.value.detail) == (code, detail)
    assert queries.current_enrolment(sari, module_id) is None


def test_a_finished_module_opens_those_that_require_it(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()

    study(sari)

    assert service.enrol(sari, "dengar").round == 1


def test_a_locked_lesson_cannot_be_finished(app: Flask) -> None:
    sari = build.person()
    service.enrol(sari, "sapa")

    with pytest.raises(Refused) as refused:
        service.finish_lesson(sari, "sapa", "menyimak")

    assert (refused.value.code, refused.value.detail) == ("lesson-locked", {"lesson": "Menyapa"})
    progress = queries.progress(sari, "sapa")
    assert progress is not None
    assert progress.done == frozenset()


@pytest.mark.parametrize("act", [service.finish_lesson, service.open_lesson])
def test_lessons_are_for_those_who_enrolled(app: Flask, act: Callable[[int, str, str], object]) -> None:
    sari = build.person()

    with pytest.raises(Refused, match="not-enrolled"):
        act(sari, "sapa", "menyapa")


def test_the_last_thing_to_do_completes_the_module_once(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()

    enrolment_id = study(sari, score=Decimal("87.5"))
    service.complete_if_due(enrolment_id)
    service.pass_final_quiz(enrolment_id, Decimal(90))

    module = catalog().modules["sapa"]
    assert published == [
        ModuleCompleted(enrolment_id, sari, "sapa", 1, module.revision, Decimal(2), Decimal("87.5"), clock.now())
    ]
    row = queries.current_enrolment(sari, "sapa")
    assert row is not None
    assert (row.hours, row.score, row.valid_until, row.completed_revision) == (
        Decimal(2), Decimal(90), date(2028, 3, 10), module.revision,
    )


def test_passing_the_quiz_before_the_lessons_are_done_completes_nothing(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    enrolment_id = service.enrol(sari, "sapa").id

    assert service.pass_final_quiz(enrolment_id, Decimal(80)) is False
    assert service.finish_lesson(sari, "sapa", "menyapa") is False
    assert published == []

    assert service.finish_lesson(sari, "sapa", "menyimak") is True
    assert [event.enrolment_id for event in published] == [enrolment_id]


def test_an_optional_lesson_is_not_needed(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()

    study(sari)

    progress = queries.progress(sari, "sapa")
    assert progress is not None
    assert (progress.done, progress.completed_at) == (frozenset({"menyapa", "menyimak"}), clock.now())


def test_completion_is_kept_when_the_module_grows(app: Flask, published: list[ModuleCompleted], change: Change) -> None:
    sari = build.person()
    enrolment_id = study(sari, "bebas")
    completed_revision = catalog().modules["bebas"].revision

    change("bebas", lessons=catalog().modules["sapa"].lessons)

    assert service.complete_if_due(enrolment_id) is False
    row = queries.current_enrolment(sari, "bebas")
    assert row is not None
    assert (row.completed_at, row.completed_revision) == (clock.now(), completed_revision)


def test_a_module_taken_away_loses_nothing(app: Flask, change: Change) -> None:
    sari = build.person()
    service.enrol(sari, "sapa")
    service.finish_lesson(sari, "sapa", "menyapa")
    change("sapa", None)

    with pytest.raises(Refused, match="module-gone"):
        service.finish_lesson(sari, "sapa", "menyimak")

    progress = queries.progress(sari, "sapa")
    assert progress is not None
    assert progress.done == frozenset({"menyapa"})


def test_a_reaction_that_fails_takes_the_completion_back(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    service.enrol(sari, "bebas")

    def break_down(event: ModuleCompleted) -> None:
        raise OSError("no number left")

    app.extensions["reactions"] = {ModuleCompleted: (break_down,)}
    with pytest.raises(OSError, match="no number left"):
        service.finish_lesson(sari, "bebas", "satu")

    progress = queries.progress(sari, "bebas")
    assert progress is not None
    assert (progress.done, progress.completed_at) == (frozenset(), None)


def test_fifty_simultaneous_finishes_give_one_completion(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    service.enrol(sari, "bebas")
    db.session.remove()
    start = threading.Barrier(50)

    def finish() -> None:
        with app.app_context():
            start.wait()
            service.finish_lesson(sari, "bebas", "satu")
            db.session.remove()

    threads = [threading.Thread(target=finish) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [event.person_id for event in published] == [sari]
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 1


def test_an_expired_certificate_begins_a_round_of_its_own(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    first = study(sari)

    with clock.stopped(clock.now() + timedelta(days=731)):
        assert service.enrol(sari, "sapa").id == first
    with clock.stopped(clock.now() + timedelta(days=732)):
        second = study(sari)

    assert second != first
    assert [(event.enrolment_id, event.round) for event in published] == [(first, 1), (second, 2)]


def test_work_of_a_day_is_counted_in_minutes_and_acts(app: Flask) -> None:
    sari = build.person()
    service.enrol(sari, "sapa")
    service.open_lesson(sari, "sapa", "menyapa")
    clock.advance(timedelta(minutes=8))
    service.finish_lesson(sari, "sapa", "menyapa")
    clock.advance(timedelta(hours=2))
    service.record_work(sari, "bebas", what="answer")
    clock.advance(timedelta(seconds=30))
    service.record_work(sari, "bebas", what="quiz")

    today = clock.today()
    assert queries.study_days(sari, today, today) == (
        StudiedDay(today, "bebas", 630, 0, 0, answers_saved=1, quizzes_submitted=1),
        StudiedDay(today, "sapa", 60 + 480, lessons_opened=1, lessons_done=1, answers_saved=0, quizzes_submitted=0),
    )


def test_a_new_day_of_the_office_is_a_new_study_day(app: Flask) -> None:
    sari = build.person()
    service.record_work(sari, "sapa", what="answer")
    clock.advance(timedelta(hours=15))
    service.record_work(sari, "sapa", what="answer")

    days = queries.study_days(sari, date(2026, 3, 1), date(2026, 3, 31))

    assert [(one.day, one.seconds) for one in days] == [(date(2026, 3, 10), 60), (date(2026, 3, 11), 60)]
