"""What happens in other rooms, and whom it tells."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.assessment import marking
from lms.assessment import notices as assessment_notices
from lms.assessment import queries as sheets
from lms.base import clock
from lms.base.db import db, transaction
from lms.certificates import notices as certificate_notices
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.learning import service as learning
from lms.notifications.models import Mail, Notice
from lms.people import delegates
from tests import build
from tests.assessment import build as quizzes
from tests.certificates.test_service import completed
from tests.notifications.post import reachable

STORY = {"text": ["Warga mengeluh, saya mencatat."]}


def told(kind: str) -> list[tuple[Any, ...]]:
    """Person and values of the notices of a kind, in order."""
    db.session.rollback()
    rows = db.session.execute(select(Notice.person_id, Notice.values).where(Notice.kind == kind).order_by(Notice.id))
    return [tuple(row) for row in rows]


def test_the_holder_is_told_of_a_certificate_with_the_way_to_it(app: Flask) -> None:
    sari = reachable()

    certificate = completed(sari)

    assert told("certificate.issued") == [
        (sari, {"module": certificate.snapshot["module"], "number": certificate.number, "serial": certificate.serial})]
    assert db.session.execute(select(Mail.person_id, Mail.kind)).all() == [(sari, "certificate.issued")]


def test_a_certificate_issued_anew_is_told_as_well(app: Flask) -> None:
    sari = build.person()
    old = completed(sari)

    new = certificates.reissue(old.serial, "Nama keliru")

    assert [values["serial"] for _person, values in told("certificate.issued")] == [old.serial, new]


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    """Sari's certificate, valid until 10 March 2028."""
    return completed(build.person())


def on(day: date) -> int:
    """Remind on a day; gives how many were told."""
    with clock.stopped(clock.office_midnight(day) + timedelta(hours=6)):
        return certificate_notices.remind_expiring()


def test_the_holder_is_reminded_60_30_and_7_days_before_each_once(app: Flask, certificate: Certificate) -> None:
    last = date(2028, 3, 10)

    days = [days for days in range(70, -3, -1) if on(last - timedelta(days=days))]

    assert days == [60, 30, 7]
    assert {values["until"] for _person, values in told("certificate.expiring")} == {"2028-03-10"}


def test_a_day_that_was_missed_is_made_up_for(app: Flask, certificate: Certificate) -> None:
    last = date(2028, 3, 10)

    assert [on(last - timedelta(days=days)) for days in (45, 44, 3, 2)] == [1, 0, 1, 0]


def test_nobody_is_reminded_of_a_revoked_certificate(app: Flask, certificate: Certificate) -> None:
    certificates.revoke(certificate.serial, "Ujian diwakili orang lain")

    assert on(date(2028, 3, 3)) == 0


def test_nobody_is_reminded_of_a_superseded_certificate_but_of_the_one_in_its_place(app: Flask, certificate: Certificate) -> None:
    new = certificates.reissue(certificate.serial, "Nama keliru")

    assert (on(date(2028, 3, 3)), [values["serial"] for _person, values in told("certificate.expiring")]) == (1, [new])


def test_nobody_is_reminded_who_has_a_newer_one_for_the_same_module(app: Flask, certificate: Certificate) -> None:
    person_id = certificate.person_id
    with transaction():  # a module that may be taken again before the last day
        db.session.execute(update(Certificate).values(valid_until=date(2026, 3, 9)))
        db.session.execute(update(learning.Enrolment).values(valid_until=date(2026, 3, 9)))
    enrolment = learning.enrol(person_id, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.finish_lesson(person_id, "sapa", lesson)
    learning.pass_final_quiz(enrolment.id, Decimal(85))

    assert (on(date(2026, 3, 8)), db.session.scalars(select(Certificate.state)).all()) == (0, ["issued", "issued"])


def test_reminders_are_sent_in_the_morning_and_not_at_night(app: Flask, certificate: Certificate) -> None:
    for hour in (0, 5, 6):
        with clock.stopped(clock.office_midnight(date(2028, 3, 3)) + timedelta(hours=hour)):
            certificate_notices.run_job({})
            count = len(told("certificate.expiring"))
            assert count == (1 if hour == 6 else 0)


def essay(app: Flask) -> tuple[int, int, int]:
    """Trainer, learner and item of an essay that waits for its mark."""
    budi = build.person("Budi", role="trainer")
    quizzes.serve(app, quizzes.quiz(quizzes.ESSAY))
    sari = reachable()
    quizzes.studied(sari)
    sheet = quizzes.taken(sari, quizzes.SAPA, STORY)
    return budi, sari, sheets.items(sheet.id)[1].id


@pytest.fixture
def _own_courses(app: Flask) -> Any:
    """The courses of the run are put back afterwards."""
    library = app.extensions["library"]
    before = library.current
    yield
    library.current = before


@pytest.mark.usefixtures("_own_courses")
def test_a_learner_is_told_when_her_essay_is_marked_and_when_the_mark_is_mended(app: Flask) -> None:
    budi, sari, item = essay(app)
    before = told("attempt.marked")
    marking.mark(item, budi, (Decimal(2), Decimal(2)), "")
    marking.mark(item, budi, (Decimal(2), Decimal(2)), "Jelas.")

    marking.mark(item, budi, (Decimal(2), Decimal(4)), "")

    attempt = sheets.attempts(learning.queries.current_enrolment(sari, "modul").id, "kuis", "final")[0].id  # type: ignore[union-attr]
    assert before == []
    assert told("attempt.marked") == [(sari, {"quiz": "Kuis Contoh", "attempt": attempt})] * 2


@pytest.mark.usefixtures("_own_courses")
def test_an_attempt_that_no_person_marks_is_not_told_of(app: Flask) -> None:
    quizzes.serve(app, quizzes.quiz())
    sari = build.person()
    quizzes.studied(sari)

    quizzes.taken(sari, quizzes.SAPA, quizzes.JP)

    assert told("attempt.marked") == []


@pytest.mark.usefixtures("_own_courses")
def test_those_who_have_not_passed_are_reminded_7_days_and_1_day_before_a_quiz_closes(app: Flask) -> None:
    closes = clock.now() + timedelta(days=10)
    quizzes.serve(app, quizzes.quiz(closes=closes))
    sari, budi, gone = build.person("Sari"), build.person("Budi"), build.person("Gone")
    build.person("Not enrolled")
    for person_id in (sari, budi, gone):
        quizzes.studied(person_id)
    quizzes.taken(budi, quizzes.SAPA, quizzes.JP)
    with transaction():
        db.session.execute(update(db.metadatas[None].tables["persons"]).where(
            db.metadatas[None].tables["persons"].c.id == gone).values(active=False))
    days = []
    for left in range(10, -2, -1):
        with clock.stopped(closes - timedelta(days=left, minutes=-1)):
            if assessment_notices.remind_closing():
                days.append(left)

    assert days == [7, 1]
    assert [(person, values["closes"]) for person, values in told("quiz.closing")] == [(sari, closes.isoformat())] * 2


@pytest.mark.usefixtures("_own_courses")
def test_a_closing_day_that_is_put_off_is_told_anew(app: Flask) -> None:
    closes = clock.now() + timedelta(days=5)
    quiz = quizzes.quiz(closes=closes)
    quizzes.serve(app, quiz)
    quizzes.studied(build.person())
    first = assessment_notices.remind_closing()
    quizzes.serve(app, replace(quiz, settings=replace(quiz.settings, closes=closes + timedelta(days=1))))

    assert (first, assessment_notices.remind_closing(), assessment_notices.remind_closing()) == (1, 1, 0)


def test_both_are_told_when_somebody_stands_in(app: Flask) -> None:
    office = build.unit()
    wati = build.person("Wati Simanjuntak", role="supervisor", unit_id=office)
    dewi = build.person("Dewi Lestari", unit_id=office)
    build.person("Rini", unit_id=office)

    delegates.name(wati, dewi, unit_id=office, starts_on=date(2026, 3, 10), ends_on=date(2026, 3, 12), reason="cuti tahunan", by=wati)

    said = {"delegate": "Dewi Lestari", "supervisor": "Wati Simanjuntak", "from": "2026-03-10", "until": "2026-03-12"}
    assert sorted(told("delegate.named"), key=lambda one: one[0]) == [(wati, said), (dewi, said)]
