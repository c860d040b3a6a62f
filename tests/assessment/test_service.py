"""What learners and time do to attempts, on the database."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.assessment import events, queries, service
from lms.assessment.models import Attempt, AttemptItem, QuestionRevision
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.base.jobs import Job
from lms.learning import queries as learning_queries
from lms.questions import BadResponse
from tests import build
from tests.assessment.build import (
    JP,
    MINTA,
    MINUTES,
    SAPA,
    TWO_QUESTIONS,
    WRONG_JP,
    answer,
    begun,
    lesson,
    module,
    quiz,
    serve,
    studied,
    taken,
)


def test_an_attempt_answered_rightly_passes_the_final_quiz(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    enrolment_id = studied(sari)

    sheet = taken(sari, SAPA, JP)

    assert (sheet.state, sheet.ended, sheet.score, sheet.percent, sheet.passed) == (
        "graded", "submitted", Decimal("2.00"), Decimal("100.00"), True)
    enrolment = learning_queries.current_enrolment(sari, "modul")
    assert enrolment is not None
    assert (enrolment.id, enrolment.score, enrolment.completed_at) == (enrolment_id, Decimal(100), clock.now())


def test_an_attempt_below_the_pass_mark_leaves_the_module_open(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)

    sheet = taken(sari, SAPA, WRONG_JP)

    assert (sheet.state, sheet.percent, sheet.passed) == ("graded", Decimal("50.00"), False)
    enrolment = learning_queries.current_enrolment(sari, "modul")
    assert enrolment is not None
    assert enrolment.completed_at is None


def test_an_unanswered_question_earns_nothing(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)

    sheet = taken(sari, SAPA)

    assert sheet.percent == Decimal("50.00")


def test_the_final_quiz_waits_for_the_lessons(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()

    with pytest.raises(Refused) as refused:
        begun(sari)

    assert (refused.value.code, refused.value.detail) == ("lessons-missing", {"count": 1})
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_a_pretest_is_taken_once_before_the_first_lesson(app: Flask) -> None:
    serve(app, quiz(), modules=(module(pretest="kuis"),))
    sari = build.person()

    attempt_id = begun(sari, purpose="pretest")
    service.submit(attempt_id, sari)

    with pytest.raises(Refused, match="pretest-over"):
        begun(sari, purpose="pretest")
    assert queries.sheet(attempt_id).purpose == "pretest"


def test_a_pretest_is_over_once_a_lesson_is_opened(app: Flask) -> None:
    serve(app, quiz(), modules=(module(pretest="kuis"),))
    sari = build.person()
    studied(sari)

    with pytest.raises(Refused, match="pretest-over"):
        begun(sari, purpose="pretest")


def test_a_passed_pretest_completes_nothing(app: Flask) -> None:
    serve(app, quiz(), modules=(module(pretest="kuis"),))
    sari = build.person()
    attempt_id = begun(sari, purpose="pretest")
    answer(attempt_id, sari, 1, SAPA)
    answer(attempt_id, sari, 2, JP)

    service.submit(attempt_id, sari)

    enrolment = learning_queries.current_enrolment(sari, "modul")
    assert enrolment is not None
    assert enrolment.quiz_passed_at is None


def test_a_practice_quiz_waits_until_its_lesson_may_be_opened(app: Flask) -> None:
    two = module(lessons=(lesson("satu"), lesson("dua", quiz="latihan")))
    serve(app, quiz(), quiz(id="latihan", attempts=0), modules=(two,))
    sari = build.person()

    with pytest.raises(Refused, match="practice-locked"):
        begun(sari, "latihan")
    studied(sari)

    assert queries.sheet(begun(sari, "latihan")).purpose == "practice"


def test_q16_a_second_device_gets_the_same_attempt(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)

    assert begun(sari) == begun(sari)
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_no_attempt_begins_when_none_is_left(app: Flask) -> None:
    serve(app, quiz(attempts=1))
    sari = build.person()
    studied(sari)
    taken(sari, MINTA)

    with pytest.raises(Refused, match="no-attempt-left"):
        begun(sari)


def test_a_wait_between_attempts_is_kept(app: Flask) -> None:
    serve(app, quiz(wait=timedelta(hours=12)))
    sari = build.person()
    studied(sari)
    taken(sari, MINTA)

    with pytest.raises(Refused, match="wait-first"):
        begun(sari)
    clock.advance(timedelta(hours=12))

    assert queries.sheet(begun(sari)).number == 2


def test_who_has_passed_stays_passed(app: Flask) -> None:
    serve(app, quiz(counts="last"))
    sari = build.person()
    studied(sari)
    taken(sari, SAPA, JP)

    second = taken(sari, MINTA, WRONG_JP)

    assert (second.percent, second.passed) == (Decimal("0.00"), True)


def test_the_mean_of_all_attempts_may_be_what_counts(app: Flask) -> None:
    serve(app, quiz(counts="mean", pass_percent=Decimal(75)))
    sari = build.person()
    studied(sari)

    results = [taken(sari, SAPA, WRONG_JP).passed, taken(sari, SAPA, JP).passed]

    assert results == [False, True]


def test_q03_the_order_of_an_attempt_stays(app: Flask) -> None:
    serve(app, quiz(shuffle=True))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    first = [(item.type, item.arrangement) for item in queries.items(attempt_id)]
    db.session.expire_all()

    assert [(item.type, item.arrangement) for item in queries.items(attempt_id)] == first


@pytest.mark.parametrize(
    ("position", "fields", "expected"),
    [(9, SAPA, Refused), (1, {"option": ["jam"]}, BadResponse), (1, {"option": ["sapa", "minta"]}, BadResponse)],
)
def test_q04_q05_what_the_form_cannot_have_sent_is_refused_whole(
    app: Flask, position: int, fields: dict[str, list[str]], expected: type[Exception]
) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    with pytest.raises(expected):
        service.save(attempt_id, sari, {
            2: service.Answer(JP, False, service.rules.Stamp(0)), position: service.Answer(fields, False, service.rules.Stamp(0)),
        })

    assert [item.response for item in queries.items(attempt_id)] == [None, None]


def test_q07_an_answer_after_submitting_changes_nothing(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    sheet = taken(sari, MINTA)

    with pytest.raises(Refused, match="attempt-over"):
        answer(sheet.id, sari, 1, SAPA, version=1)

    assert queries.items(sheet.id)[0].response == {"option": "minta"}


def test_q09_an_answer_within_the_grace_counts_and_a_later_one_does_not(app: Flask) -> None:
    serve(app, quiz(time_limit=10 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    clock.advance(10 * MINUTES + service.rules.GRACE)
    answer(attempt_id, sari, 1, SAPA)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Refused, match="attempt-over"):
        answer(attempt_id, sari, 2, JP)
    service.close_if_late(attempt_id)

    sheet = queries.sheet(attempt_id)
    assert (sheet.state, sheet.ended, sheet.percent) == ("graded", "expired", Decimal("50.00"))


def test_q10_a_job_closes_an_attempt_that_nobody_looks_at(app: Flask) -> None:
    serve(app, quiz(time_limit=10 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)
    due = db.session.execute(select(Job.run_at, Job.payload).where(Job.kind == service.CLOSE_JOB)).one()

    clock.advance(11 * MINUTES)
    closed = service.close_overdue()

    assert (due.run_at <= clock.now(), due.payload) == (True, {"attempt": attempt_id})
    assert (closed, queries.sheet(attempt_id).ended) == (1, "expired")


def test_an_attempt_open_when_the_quiz_closes_ends_and_is_graded(app: Flask) -> None:
    serve(app, quiz(closes=clock.now() + 5 * MINUTES, time_limit=60 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)

    clock.advance(6 * MINUTES)
    service.close_overdue()

    sheet = queries.sheet(attempt_id)
    assert (sheet.state, sheet.ended, sheet.percent) == ("graded", "closed", Decimal("50.00"))


def test_submitting_late_grades_what_was_saved_in_time(app: Flask) -> None:
    serve(app, quiz(time_limit=10 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)

    clock.advance(20 * MINUTES)
    service.submit(attempt_id, sari)

    sheet = queries.sheet(attempt_id)
    assert (sheet.ended, sheet.submitted_at, sheet.percent) == ("expired", sheet.deadline, Decimal("50.00"))


def test_q14_submitting_again_changes_nothing(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    sheet = taken(sari, SAPA, JP)

    clock.advance(MINUTES)
    service.submit(sheet.id, sari)

    assert queries.sheet(sheet.id) == sheet
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "attempt.end")) == 1


def test_q15_a_stale_answer_is_told_what_is_stored(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA, tab="a", seq=1)

    saved = answer(attempt_id, sari, 1, MINTA, tab="b", seq=2)

    assert (saved.writing, saved.version, saved.response) == ("stale", 1, {"option": "sapa"})
    assert queries.items(attempt_id)[0].response == {"option": "sapa"}


def test_q18_q27_an_answer_sent_again_is_stored_once(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    writings = [answer(attempt_id, sari, 1, SAPA, tab="a", seq=1).writing for _ in range(3)]

    assert writings == ["write", "same", "same"]
    assert queries.items(attempt_id)[0].version == 1


def test_q27_a_tab_that_missed_a_reply_is_not_in_conflict_with_itself(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA, tab="a", seq=1)

    saved = answer(attempt_id, sari, 1, MINTA, version=0, tab="a", seq=2)

    assert (saved.writing, queries.items(attempt_id)[0].response) == ("write", {"option": "minta"})


def test_a_flag_is_kept_with_the_answer(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    answer(attempt_id, sari, 1, {}, flagged=True)

    item = queries.items(attempt_id)[0]
    assert (item.flagged, item.response, item.version) == (True, None, 1)


def test_an_answer_can_be_taken_back(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)

    answer(attempt_id, sari, 1, {}, version=1)

    assert queries.items(attempt_id)[0].response is None


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "😀🏽‍♂️ \u202eשלום\u202c ÿ 𝕏 \U0010fffd", "'; drop table attempts; --", "\u0000tengah\u0000"]
)
def test_q25_any_text_is_kept(app: Flask, text: str) -> None:
    serve(app, quiz("## Ceritakan {#cerita type=essay}\n\nCeritakan."))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    answer(attempt_id, sari, 1, {"text": [text]})

    assert queries.items(attempt_id)[0].response == {"text": text.replace("\0", "")}


def test_b07_q21_an_edited_question_leaves_an_attempt_as_it_was(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    before = queries.items(attempt_id)

    serve(app, quiz(TWO_QUESTIONS.replace("[x] Menyapa dengan ramah {#sapa}", "[ ] Menyapa dengan ramah {#sapa}").replace(
        "[ ] Meminta berkas {#minta}", "[x] Meminta berkas {#minta}")))
    answer(attempt_id, sari, 1, SAPA)
    answer(attempt_id, sari, 2, JP)
    service.submit(attempt_id, sari)

    assert [(item.face, item.key) for item in queries.items(attempt_id)] == [(item.face, item.key) for item in before]
    assert queries.sheet(attempt_id).percent == Decimal("100.00")


def test_q22_an_attempt_at_a_quiz_that_was_removed_can_be_finished(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    serve(app, modules=(module("lain", final=None),))
    answer(attempt_id, sari, 1, SAPA)
    answer(attempt_id, sari, 2, JP)
    service.submit(attempt_id, sari)

    assert (queries.sheet(attempt_id).percent, queries.sheet(attempt_id).passed) == (Decimal("100.00"), True)


def test_a_question_drawn_twice_is_frozen_once(app: Flask) -> None:
    serve(app, quiz())
    for name in ("Sari", "Rini"):
        one = build.person(name)
        studied(one)
        begun(one)

    assert db.session.scalar(select(func.count()).select_from(QuestionRevision)) == 2


def test_a_checked_answer_is_final(app: Flask) -> None:
    serve(app, quiz(feedback="immediate"))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, MINTA)

    service.check(attempt_id, sari, 1)
    saved = answer(attempt_id, sari, 1, SAPA, version=1)

    assert saved.writing == "final"
    assert queries.items(attempt_id)[0].response == {"option": "minta"}


@pytest.mark.parametrize("feedback", ["after-pass", "after-attempt", "after-close", "never"])
def test_an_answer_is_checked_only_where_feedback_is_immediate(app: Flask, feedback: str) -> None:
    serve(app, quiz(feedback=feedback))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, MINTA)

    with pytest.raises(Refused, match="not-checkable"):
        service.check(attempt_id, sari, 1)


def test_an_attempt_belongs_to_one_person(app: Flask) -> None:
    serve(app, quiz())
    sari, rini = build.person(), build.person("Rini")
    studied(sari)
    attempt_id = begun(sari)

    for act in (
        lambda: answer(attempt_id, rini, 1, SAPA), lambda: service.submit(attempt_id, rini),
        lambda: service.check(attempt_id, rini, 1), lambda: queries.own_sheet(attempt_id, rini),
    ):
        with pytest.raises(NotFound):
            act()


def test_grading_is_published_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setitem(app.extensions, "reactions", {events.AttemptGraded: (heard.append,)})
    serve(app, quiz())
    sari = build.person()
    studied(sari)

    sheet = taken(sari, SAPA, JP)
    service.submit(sheet.id, sari)

    assert heard == [events.AttemptGraded(sheet.id, sari, "kuis", True, Decimal("100.00"))]


def test_one_answer_costs_few_statements(app: Flask, assert_queries) -> None:  # type: ignore[no-untyped-def]
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)

    with assert_queries(4):  # read and lock, write, the last act of the day, the day
        answer(attempt_id, sari, 1, MINTA, version=1)


def test_the_database_allows_one_open_attempt(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    taken(sari, SAPA)
    second = begun(sari)

    with pytest.raises(Exception, match="(?i)unique"), transaction():
        db.session.execute(update(Attempt).where(Attempt.id != second).values(state="open", submitted_at=None))


def test_items_keep_their_share_for_statistics(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)

    sheet = taken(sari, SAPA, WRONG_JP)

    wanted = select(AttemptItem.share).where(AttemptItem.attempt_id == sheet.id).order_by(AttemptItem.position)
    assert list(db.session.scalars(wanted)) == [1, 0]
