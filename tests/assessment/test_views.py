"""The pages of quizzes and attempts, through a browser without scripts."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessment import queries, service
from lms.assessment.models import Attempt, AttemptItem
from lms.base import clock
from lms.base.db import db
from tests import build
from tests.assessment.build import ESSAY, JP, MINTA, MINUTES, SAPA, answer, begun, module, quiz, serve, studied, taken
from tests.inspecting import InspectingClient, words

Browser = Callable[[int], InspectingClient]
JSON = {"Accept": "application/json"}
RIGHT = {"q1-version": "0", "q1-option": "sapa", "q2-version": "0", "q2-number": "20"}
# What must not leave the server before it may: keys, feedback, explanations of the sample quiz.
SECRETS = ("Berkas diminta sesudah menyapa", "Sapaan membuka percakapan", "Dua puluh jam", '"right"', "weights", "feedback")


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner who has done the lessons of the module in service."""
    serve(app, quiz())
    person_id = build.person()
    studied(person_id)
    return person_id


def test_a_learner_starts_answers_submits_and_reads_the_result(app: Flask, sari: int, sign_in: Browser) -> None:
    browser = sign_in(sari)

    started = browser.send("/quizzes/kuis/")
    saved = browser.send(started.location, f"{started.location}answers/", **RIGHT, go="summary")
    submitted = browser.send(saved.location, started.location + "submit/")
    result = browser.get(submitted.location)

    assert (started.status_code, saved.status_code, submitted.status_code) == (303, 303, 303)
    assert "100 " in words(result.get_data(as_text=True))
    assert queries.sheet(int(started.location.split("/")[2])).passed is True


def test_the_start_page_says_what_an_attempt_is_held_under(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(time_limit=30 * MINUTES, closes=clock.now() + 60 * MINUTES))
    sari = build.person()
    studied(sari)

    page = words(sign_in(sari).get("/quizzes/kuis/").get_data(as_text=True))

    assert re.search(r"\b30\b.*\b3\b.*\b70%", page)
    assert "10.00 WIB" in page


def test_q20_looking_at_a_quiz_does_not_begin_it(sari: int, sign_in: Browser) -> None:
    browser = sign_in(sari)

    browser.get("/quizzes/kuis/")
    browser.head("/quizzes/kuis/")

    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_a_start_that_is_refused_says_why(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz())
    browser = sign_in(build.person())

    page = browser.get("/quizzes/kuis/")

    assert b"<form method=\"post\" class=\"stack" not in page.data
    assert 'id="why"' in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "summary/", "review/"])
def test_b06_somebody_elses_attempt_is_not_there(sari: int, sign_in: Browser, path: str) -> None:
    attempt_id = begun(sari)
    rini = sign_in(build.person("Rini"))

    assert rini.get(f"/attempts/{attempt_id}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["answers/", "submit/"])
def test_b06_somebody_elses_attempt_cannot_be_changed(sari: int, sign_in: Browser, path: str) -> None:
    attempt_id = begun(sari)
    rini = sign_in(build.person("Rini"))

    reply = rini.send("/quizzes/kuis/", f"/attempts/{attempt_id}/{path}", **RIGHT)

    assert reply.status_code == 404
    assert queries.sheet(attempt_id).state == "open"


def test_a_trainer_reads_the_review_of_her_module_only(sari: int, sign_in: Browser) -> None:
    sheet = taken(sari, MINTA)
    budi, other = build.person("Budi", role="trainer"), build.person("Lain", role="trainer")
    build.trains(budi, "modul")

    assert sign_in(budi).get(f"/attempts/{sheet.id}/review/").status_code == 200
    assert sign_in(other).get(f"/attempts/{sheet.id}/review/").status_code == 404


@pytest.mark.parametrize("path", ["/quizzes/kuis/", "/attempts/{}/", "/attempts/{}/summary/"])
def test_q01_no_page_before_submitting_holds_a_key(sari: int, sign_in: Browser, path: str) -> None:
    attempt_id = begun(sari)

    reply = sign_in(sari).get(path.format(attempt_id))
    page = reply.get_data(as_text=True)

    assert reply.status_code == 200

    assert [secret for secret in SECRETS if secret in page] == []


def test_q01_the_reply_to_an_answer_holds_no_key(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    browser = sign_in(sari)
    token = browser.token(f"/attempts/{attempt_id}/")

    reply = browser.post(f"/attempts/{attempt_id}/answers/", headers=JSON,
                         data={"csrf_token": token, "q1-version": "0", "q1-option": "minta"})

    assert reply.get_json() == {
        "time": "09.00",
        "answers": [
            {"position": 1, "writing": "write", "version": 1, "response": {"option": "minta"}, "answered": True, "unclear": []},
        ],
    }


def test_q01_a_failed_attempt_shows_no_key_while_another_is_left(sari: int, sign_in: Browser) -> None:
    sheet = taken(sari, MINTA)

    page = sign_in(sari).get(f"/attempts/{sheet.id}/review/").get_data(as_text=True)

    assert [secret for secret in SECRETS if secret in page] == []
    assert 'class="right"' not in page
    assert 'class="wrong"' not in page


def test_q01_no_key_is_shown_while_the_last_attempt_is_open(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(attempts=2))
    sari = build.person()
    studied(sari)
    first = taken(sari, MINTA)
    browser = sign_in(sari)
    last = begun(sari)

    during = browser.get(f"/attempts/{first.id}/review/").get_data(as_text=True)
    service.submit(last, sari)
    after = browser.get(f"/attempts/{first.id}/review/").get_data(as_text=True)

    assert ("Sapaan membuka percakapan" in during, "Sapaan membuka percakapan" in after) == (False, True)


@pytest.mark.parametrize("path", ["/attempts/99999999999999999999/", "/marking/99999999999999999999/"])
def test_a_number_beyond_all_rows_is_not_there(app: Flask, sign_in: Browser, path: str) -> None:
    assert sign_in(build.person(role="admin")).get(path).status_code == 404


def test_a_passed_attempt_shows_key_and_explanation(sari: int, sign_in: Browser) -> None:
    sheet = taken(sari, SAPA, JP)

    page = words(sign_in(sari).get(f"/attempts/{sheet.id}/review/").get_data(as_text=True))

    assert "Sapaan membuka percakapan" in page


def test_a_checked_practice_answer_shows_its_feedback_at_once(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(feedback="immediate"))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)

    browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **{**RIGHT, "q1-option": "minta"}, check="1")
    page = words(browser.get(f"/attempts/{attempt_id}/").get_data(as_text=True))

    assert "Berkas diminta sesudah menyapa" in page
    assert "Dua puluh jam" not in page


def test_an_attempt_whose_answers_are_all_checked_can_be_submitted(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(feedback="immediate"))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)
    answer(attempt_id, sari, 2, JP)
    service.check(attempt_id, sari, 1)
    service.check(attempt_id, sari, 2)

    reply = sign_in(sari).send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", go="summary")

    assert (reply.status_code, reply.location) == (303, f"/attempts/{attempt_id}/summary/")


def test_a_hidden_score_stays_hidden(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(show_score=False, feedback="never"))
    sari = build.person()
    studied(sari)
    sheet = taken(sari, SAPA, JP)
    browser = sign_in(sari)

    pages = words(browser.get(f"/attempts/{sheet.id}/review/").get_data(as_text=True)) + words(
        browser.get("/quizzes/kuis/").get_data(as_text=True))

    assert "100" not in pages


@pytest.mark.parametrize(
    "fields",
    [
        {"q9-version": "0", "q9-option": "sapa"},
        {"q1-option": "sapa"},
        {"q1-version": "x", "q1-option": "sapa"},
        {"q1-version": "0", "q1-option": "jam"},
        {"q1-version": ["0", "1"], "q1-option": "sapa"},
        {"q1-version": "0", "q1-option": ["sapa", "minta"]},
        {"q1-version": "-1", "q1-option": "sapa"},
        {"q1-version": "0.5", "q1-option": "sapa"},
    ],
)
def test_q04_q05_a_form_that_cannot_be_ours_stores_nothing(sari: int, sign_in: Browser, fields: dict[str, object]) -> None:
    attempt_id = begun(sari)

    reply = sign_in(sari).send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **fields)

    assert reply.status_code == 400
    assert db.session.scalar(select(func.sum(AttemptItem.version))) == 0


def test_q06_a_score_sent_by_the_browser_is_ignored(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    browser = sign_in(sari)

    claims = {"score": "100", "percent": "100", "passed": "true", "elapsed": "1"}

    browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/submit/", **claims)

    assert (queries.sheet(attempt_id).percent, queries.sheet(attempt_id).passed) == (Decimal("0.00"), False)


def test_q07_an_answer_after_submitting_is_refused_with_a_page(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    browser = sign_in(sari)
    token = browser.token(f"/attempts/{attempt_id}/")
    service.submit(attempt_id, sari)

    reply = browser.post(f"/attempts/{attempt_id}/answers/", data={"csrf_token": token, **RIGHT})

    assert reply.status_code == 409
    assert f"/attempts/{attempt_id}/review/" in reply.get_data(as_text=True)
    assert queries.sheet(attempt_id).percent == Decimal("0.00")


def test_q09_a_late_answer_ends_the_attempt_with_what_was_saved(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(time_limit=10 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)
    browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **{"q1-version": "0", "q1-option": "sapa"})
    token = browser.token(f"/attempts/{attempt_id}/")

    clock.advance(11 * MINUTES)
    reply = browser.post(f"/attempts/{attempt_id}/answers/", data={"csrf_token": token, **RIGHT, "q1-version": "1"}, headers=JSON)

    assert (reply.status_code, reply.get_json()["error"]) == (409, "attempt-over")
    assert (queries.sheet(attempt_id).ended, queries.sheet(attempt_id).percent) == ("expired", Decimal("50.00"))


def test_an_overdue_attempt_that_is_looked_at_shows_its_result(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(time_limit=10 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)
    clock.advance(11 * MINUTES)

    reply = browser.get(f"/attempts/{attempt_id}/")

    assert (reply.status_code, reply.location) == (303, f"/attempts/{attempt_id}/review/")


def test_q15_a_stale_form_shows_what_is_stored(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)

    reply = sign_in(sari).send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/",
                               **{"q1-version": "0", "q1-option": "minta", "q2-version": "0", "q2-number": "20"})

    assert reply.status_code == 409
    assert 'role="alert"' in reply.get_data(as_text=True)
    assert [item.response for item in queries.items(attempt_id)] == [{"option": "sapa"}, {"text": "20"}]


def test_q15_a_stale_answer_of_a_script_gets_the_stored_one(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)
    browser = sign_in(sari)
    token = browser.token(f"/attempts/{attempt_id}/")

    reply = browser.post(f"/attempts/{attempt_id}/answers/", headers=JSON,
                         data={"csrf_token": token, "q1-version": "0", "q1-option": "minta"})

    assert (reply.status_code, reply.get_json()["answers"][0]["response"]) == (409, {"option": "sapa"})


def test_q19_the_result_follows_a_redirect_and_is_not_kept_by_the_browser(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    browser = sign_in(sari)
    token = browser.token(f"/attempts/{attempt_id}/summary/")

    replies = [browser.post(f"/attempts/{attempt_id}/submit/", data={"csrf_token": token}) for _ in range(2)]
    result = browser.get(f"/attempts/{attempt_id}/review/")

    assert [(reply.status_code, reply.location) for reply in replies] == [(303, f"/attempts/{attempt_id}/review/")] * 2
    assert result.headers["Cache-Control"] == "no-store"


def test_an_unclear_number_is_pointed_out_and_in_the_summary(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    browser = sign_in(sari)

    browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **{"q2-version": "0", "q2-number": "1.500"})
    page = browser.get(f"/attempts/{attempt_id}/").get_data(as_text=True)
    summary = browser.get(f"/attempts/{attempt_id}/summary/").get_data(as_text=True)

    assert len(re.findall(r"data-unclear>", page)) == 1
    assert 'class="badge bad"' in summary


def test_a_flag_is_shown_where_it_was_set(sari: int, sign_in: Browser) -> None:
    attempt_id = begun(sari)
    browser = sign_in(sari)

    browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **{"q1-version": "0", "q1-flag": "1"})

    page = browser.get(f"/attempts/{attempt_id}/").get_data(as_text=True)
    assert re.search(r'name="q1-flag" value="1" checked', page)
    assert not re.search(r'name="q2-flag" value="1" checked', page)


def test_an_attempt_with_an_essay_waits_for_its_mark(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(ESSAY))
    sari = build.person()
    studied(sari)
    sheet = taken(sari, SAPA, {"text": ["Warga mengeluh."]})

    page = sign_in(sari).get(f"/attempts/{sheet.id}/review/")

    assert (page.status_code, sheet.state, sheet.percent) == (200, "waiting", None)


def test_a_quiz_that_no_published_module_uses_is_not_there(app: Flask, sign_in: Browser) -> None:
    serve(app, quiz(), modules=(module(published=False),))

    assert sign_in(build.person()).get("/quizzes/kuis/").status_code == 404


def test_the_attempt_page_costs_the_same_for_three_questions_as_for_one(
    app: Flask, sign_in: Browser, assert_queries: Callable[[int], object]
) -> None:
    one = "## Satu {#satu}\n\n- [x] a\n- [ ] b\n"
    serve(app, quiz(one, id="pendek", attempts=0), quiz(one + one.replace("atu", "ua") + one.replace("atu", "iga"), id="panjang"),
          modules=(module("a", final="pendek"), module("b", final="panjang")))
    sari = build.person()
    studied(sari, "a")
    studied(sari, "b")
    short, long = begun(sari, "pendek"), begun(sari, "panjang")
    browser = sign_in(sari)
    browser.get(f"/attempts/{short}/")

    for attempt_id in (short, long):
        db.session.remove()
        with assert_queries(3):  # type: ignore[attr-defined]  # the reader, the attempt, its items
            browser.get(f"/attempts/{attempt_id}/")
