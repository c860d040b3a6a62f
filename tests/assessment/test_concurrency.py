"""Many at once: one result, one open attempt, never more attempts than allowed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from lms.assessment import events, queries, service
from lms.assessment.models import Attempt
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import Refused
from tests import build
from tests.assessment.build import JP, MINTA, SAPA, answer, begun, quiz, serve, studied, taken

AT_ONCE = 10


def together(app: Flask, times: int, act: Callable[[], object]) -> list[object]:
    """Results of an act that many threads do at the same moment; a refusal counts as its code."""
    gate = Barrier(AT_ONCE)

    def one(number: int) -> object:
        with app.app_context():
            if number < AT_ONCE:
                gate.wait()
            try:
                return act()
            except Refused as refused:
                return refused.code
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(times)))


def test_q14_fifty_submits_at_once_give_one_result(app: Flask, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    heard: list[object] = []
    monkeypatch.setitem(app.extensions, "reactions", {events.AttemptGraded: (heard.append,)})
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)
    answer(attempt_id, sari, 2, JP)

    together(app, 50, lambda: service.submit(attempt_id, sari))

    assert len(heard) == 1
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "attempt.end")) == 1
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "module.completed")) == 1
    assert queries.sheet(attempt_id).passed is True


def test_q16_fifty_starts_at_once_give_one_attempt(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)

    ids = together(app, 50, lambda: begun(sari))

    assert len(set(ids)) == 1
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_q17_fifty_tries_at_once_never_exceed_the_limit(app: Flask) -> None:
    serve(app, quiz(attempts=3))
    sari = build.person()
    studied(sari)

    results = together(app, 50, lambda: taken(sari, MINTA).id)

    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 3
    assert "no-attempt-left" in results


def test_q15_tabs_that_save_at_once_lose_no_acknowledged_answer(app: Flask) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)

    saved = together(app, 20, lambda: answer(attempt_id, sari, 1, SAPA, tab="a", seq=1).writing)

    assert (saved.count("write"), set(saved)) == (1, {"write", "same"})


def test_l01_l03_forty_learners_who_answer_and_submit_at_once_each_get_their_result(app: Flask) -> None:
    serve(app, quiz())
    people = [build.person(f"Orang {number}") for number in range(40)]
    for person in people:
        studied(person)
    waiting = iter(people)

    def sit() -> int:
        person = next(waiting)
        attempt_id = begun(person)
        answer(attempt_id, person, 1, SAPA)
        answer(attempt_id, person, 2, JP)
        service.submit(attempt_id, person)
        return person

    done = together(app, len(people), sit)

    assert sorted(done) == sorted(people)  # type: ignore[type-var]
    assert db.session.scalar(select(func.count()).where(Attempt.state == "graded", Attempt.passed.is_(True))) == len(people)
