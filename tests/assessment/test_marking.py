"""Marking by trainers, extra attempts, results and preview."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessment import marking, queries, results
from lms.assessment.models import Attempt, AttemptItem, Mark
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.learning import queries as learning_queries
from tests import build
from tests.assessment.build import ESSAY, JP, MINTA, SAPA, WRONG_JP, begun, module, quiz, serve, studied, taken
from tests.inspecting import InspectingClient, words

Browser = Callable[[int], InspectingClient]
STORY = {"text": ["Warga mengeluh, saya mencatat."]}


@pytest.fixture
def budi(app: Flask) -> int:
    """The trainer of the module in service."""
    person_id = build.person("Budi Saragih", role="trainer")
    build.trains(person_id, "modul")
    return person_id


def waiting(app: Flask) -> tuple[int, int, int]:
    """Person, attempt and item of an essay that waits for its mark."""
    serve(app, quiz(ESSAY))
    sari = build.person()
    studied(sari)
    sheet = taken(sari, SAPA, STORY)
    return sari, sheet.id, queries.items(sheet.id)[1].id


def test_a_marked_essay_completes_the_module(app: Flask, budi: int) -> None:
    sari, attempt_id, item_id = waiting(app)

    marking.mark(item_id, budi, (Decimal(2), Decimal("2.5")), "Jelas.")

    sheet = queries.sheet(attempt_id)
    enrolment = learning_queries.current_enrolment(sari, "modul")
    assert enrolment is not None
    assert (sheet.state, sheet.score, sheet.percent, sheet.passed) == ("graded", Decimal("5.50"), Decimal("78.57"), True)
    assert enrolment.completed_at is not None


def test_an_essay_left_empty_needs_no_mark(app: Flask) -> None:
    serve(app, quiz(ESSAY))
    sari = build.person()
    studied(sari)

    assert taken(sari, SAPA).state == "graded"


def test_a_mark_can_be_mended_and_who_passed_stays_passed(app: Flask, budi: int) -> None:
    _sari, attempt_id, item_id = waiting(app)
    marking.mark(item_id, budi, (Decimal(2), Decimal(4)), "")

    marking.mark(item_id, budi, (Decimal(0), Decimal(0)), "Salin tempel.")

    sheet = queries.sheet(attempt_id)
    assert (sheet.percent, sheet.passed) == (Decimal("14.28"), True)
    assert db.session.execute(select(Mark.points, Mark.comment)).all() == [(["0", "0"], "Salin tempel.")]


@pytest.mark.parametrize("points", [(Decimal(3), Decimal(0)), (Decimal(-1), Decimal(0)), (Decimal(1),)])
def test_a_mark_outside_the_rubric_is_refused(app: Flask, budi: int, points: tuple[Decimal, ...]) -> None:
    _sari, attempt_id, item_id = waiting(app)

    with pytest.raises(Refused, match="bad-mark"):
        marking.mark(item_id, budi, points, "")

    assert queries.sheet(attempt_id).state == "waiting"


def test_only_what_a_person_marks_can_be_marked(app: Flask, budi: int) -> None:
    _sari, attempt_id, _item_id = waiting(app)

    with pytest.raises(NotFound):
        marking.mark(queries.items(attempt_id)[0].id, budi, (Decimal(1),), "")


def test_no_new_attempt_begins_while_a_mark_is_awaited(app: Flask) -> None:
    sari, _attempt_id, _item_id = waiting(app)

    with pytest.raises(Refused, match="mark-awaited"):
        begun(sari)


def test_a_trainer_marks_through_the_pages(app: Flask, budi: int, sign_in: Browser) -> None:
    _sari, attempt_id, item_id = waiting(app)
    browser = sign_in(budi)

    listed = browser.get("/marking/").get_data(as_text=True)
    wrong = browser.send(f"/marking/{item_id}/", **{"points-0": "2", "points-1": "lima", "comment": "Jelas."})
    right = browser.send(f"/marking/{item_id}/", **{"points-0": "2", "points-1": "2,5", "comment": "Jelas."})

    assert f"/marking/{item_id}/" in listed
    assert (wrong.status_code, "Jelas." in wrong.get_data(as_text=True)) == (422, True)
    assert (right.status_code, queries.sheet(attempt_id).percent) == (303, Decimal("78.57"))
    assert f"/marking/{item_id}/" not in browser.get("/marking/").get_data(as_text=True)


def test_a_learner_reads_the_comment(app: Flask, budi: int, sign_in: Browser) -> None:
    sari, attempt_id, item_id = waiting(app)
    marking.mark(item_id, budi, (Decimal(2), Decimal(4)), "Sangat <b>jelas</b>.")

    page = sign_in(sari).get(f"/attempts/{attempt_id}/review/").get_data(as_text=True)

    assert "Sangat &lt;b&gt;jelas&lt;/b&gt;." in page


def test_a_trainer_of_another_module_marks_nothing_here(app: Flask, sign_in: Browser) -> None:
    _sari, _attempt_id, item_id = waiting(app)
    other = build.person("Lain", role="trainer")
    browser = sign_in(other)

    assert "Sari" not in browser.get("/marking/").get_data(as_text=True).split("</header>")[1]
    assert browser.get(f"/marking/{item_id}/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/marking/", "/modules/modul/results/", "/modules/modul/results/questions/", "/quizzes/kuis/preview/"]
)
@pytest.mark.parametrize(("role", "expected"), [("learner", 403), ("supervisor", 403), ("admin", 200)])
def test_results_are_for_trainers_and_admins(app: Flask, sign_in: Browser, path: str, role: str, expected: int) -> None:
    serve(app, quiz())

    assert sign_in(build.person(role=role)).get(path).status_code == expected


@pytest.mark.parametrize("path", ["/modules/modul/results/", "/modules/modul/results/questions/", "/quizzes/kuis/preview/"])
def test_b08_a_trainer_sees_only_her_modules(app: Flask, budi: int, sign_in: Browser, path: str) -> None:
    serve(app, quiz())
    other = build.person("Lain", role="trainer")

    assert (sign_in(budi).get(path).status_code, sign_in(other).get(path).status_code) == (200, 404)


def test_q11_an_extra_attempt_is_given_with_a_reason_and_recorded(app: Flask, budi: int, sign_in: Browser) -> None:
    serve(app, quiz(attempts=1))
    sari = build.person()
    enrolment_id = studied(sari)
    taken(sari, MINTA)
    page = f"/modules/modul/results/{enrolment_id}/"
    browser = sign_in(budi)

    without = browser.send(page, page + "extra/", reason=" ")
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "attempt.extra")) == 0
    given = browser.send(page, page + "extra/", reason="Listrik padam.")

    assert (without.status_code, given.status_code) == (303, 303)
    assert queries.sheet(begun(sari)).number == 2
    assert db.session.execute(select(AuditEntry.about_id, AuditEntry.detail).where(AuditEntry.act == "attempt.extra")).all() == [
        (sari, {"quiz": "kuis", "reason": "Listrik padam."})]
    assert "Listrik padam." in browser.get(page).get_data(as_text=True)


def test_an_extra_attempt_cannot_be_given_by_a_trainer_of_another_module(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(attempts=1))
    enrolment_id = studied(build.person())
    browser = sign_in(build.person("Lain", role="trainer"))

    reply = browser.send("/marking/", f"/modules/modul/results/{enrolment_id}/extra/", reason="Listrik padam.")

    assert reply.status_code in {400, 404}
    assert queries.extra_attempts(enrolment_id, "kuis") == 0


def test_questions_show_facility_and_how_often_each_option_was_chosen(app: Flask) -> None:
    serve(app, quiz())
    for name, answers in (("A", (SAPA, JP)), ("B", (MINTA, JP)), ("C", (MINTA, WRONG_JP)), ("D", ({}, {}))):
        person_id = build.person(name)
        studied(person_id)
        taken(person_id, *answers)

    first, second = results.questions("modul", "kuis", "final")

    assert (first.title, first.count, first.empty, first.facility) == ("Apa langkah pertama?", 4, 1, Decimal("25.0"))
    assert [(option.html, option.count, option.right) for option in first.options] == [
        ("Menyapa dengan ramah", 1, True), ("Meminta berkas", 2, False)]
    assert (second.facility, second.texts) == (Decimal("50.0"), (("20", 2), ("12", 1)))


def test_participants_are_counted_with_their_attempts(app: Flask) -> None:
    serve(app, quiz())
    sari, rini = build.person("Sari"), build.person("Rini")
    studied(sari)
    studied(rini)
    taken(sari, SAPA, WRONG_JP)
    taken(sari, SAPA, JP)
    begun(rini)

    shown, total = results.participants("modul", page=1)

    assert total == 2
    assert [(one.name, one.attempts, one.best, one.open, one.completed_at is not None) for one in shown] == [
        ("Rini", 1, None, 1, False), ("Sari", 2, Decimal("100.00"), 0, True)]


@pytest.mark.parametrize("people", [1, 3])
def test_the_results_page_costs_the_same_for_more_people(
    app: Flask, people: int, sign_in: Browser, assert_queries: Callable[[int], object]
) -> None:
    serve(app, quiz())
    agus = build.person("Agus", role="admin")
    for number in range(people):
        person_id = build.person(f"Peserta {number}")
        studied(person_id)
        taken(person_id, SAPA)
    browser = sign_in(agus)
    browser.get("/modules/modul/results/")
    db.session.remove()

    with assert_queries(4):  # type: ignore[attr-defined]  # the reader, that she looked, a page of participants, their number
        browser.get("/modules/modul/results/")


def test_results_pages_show_participants_and_questions(app: Flask, budi: int, sign_in: Browser) -> None:
    serve(app, quiz(), modules=(replace(module(), pretest="kuis"),))
    sari = build.person()
    studied(sari)
    taken(sari, SAPA, JP)
    browser = sign_in(budi)

    people = words(browser.get("/modules/modul/results/").get_data(as_text=True))
    asked = words(browser.get("/modules/modul/results/questions/").get_data(as_text=True))

    assert "Sari Damanik" in people
    assert "Apa langkah pertama?" in asked


def test_a_preview_is_graded_and_stored_nowhere(app: Flask, budi: int, sign_in: Browser) -> None:
    serve(app, quiz())
    browser = sign_in(budi)

    shown = browser.get("/quizzes/kuis/preview/?seed=5")
    graded = browser.send("/quizzes/kuis/preview/?seed=5", "/quizzes/kuis/preview/", seed="5",
                          **{"q1-version": "0", "q1-option": "sapa", "q2-version": "0", "q2-number": "12"})

    assert "Sapaan membuka percakapan" not in shown.get_data(as_text=True)
    assert "50" in words(graded.get_data(as_text=True))
    assert "Sapaan membuka percakapan" in graded.get_data(as_text=True)
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Attempt, AttemptItem)] == [0, 0]
