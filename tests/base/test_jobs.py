"""The job table: claimed once, tried again, taken over from a dead worker."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.base import clock, jobs
from lms.base.db import db, transaction
from lms.base.jobs import Job


def wanted(key: str = "1", **options: Any) -> None:
    with transaction():
        jobs.enqueue("work", {"key": key}, key=key, **options)


def states() -> list[tuple[str, str, int]]:
    return [tuple(row) for row in db.session.execute(select(Job.key, Job.state, Job.attempts).order_by(Job.id))]


def test_a_job_is_run_once_with_its_payload(app: Flask) -> None:
    done: list[Mapping[str, Any]] = []
    wanted()

    first, second = jobs.run_due({"work": done.append}), jobs.run_due({"work": done.append})

    assert (first, second, done, states()) == (1, 0, [{"key": "1"}], [("1", "done", 1)])


def test_asking_twice_is_asking_once(app: Flask) -> None:
    wanted()
    wanted()

    assert states() == [("1", "todo", 0)]


def test_a_job_of_a_transaction_that_fails_never_was(app: Flask) -> None:
    try:
        with transaction():
            jobs.enqueue("work", {}, key="1")
            raise ValueError
    except ValueError:
        pass

    assert states() == []


def test_a_job_waits_for_its_time_and_older_ones_go_first(app: Flask) -> None:
    done: list[str] = []
    wanted("later", run_at=clock.now() + timedelta(minutes=5))
    wanted("now", run_at=clock.now() + timedelta(minutes=1))

    early = jobs.run_due({"work": lambda payload: done.append(payload["key"])})
    clock.advance(timedelta(minutes=6))
    jobs.run_due({"work": lambda payload: done.append(payload["key"])})

    assert (early, done) == (0, ["now", "later"])


def test_f25_a_job_that_fails_is_tried_again_more_and_more_slowly_then_rests(app: Flask) -> None:
    def broken(_payload: Mapping[str, Any]) -> None:
        raise RuntimeError("the printer is out of paper")

    wanted()
    waits = []
    for _ in range(jobs.ATTEMPTS):
        assert jobs.run_due({"work": broken}) == 1
        due = db.session.scalar(select(Job.run_at))
        assert due is not None
        waits.append(int((due - clock.now()).total_seconds()))
        clock.advance(timedelta(hours=1))

    assert waits[:-1] == [5, 20, 80, 320]
    assert states() == [("1", "failed", 5)]
    assert db.session.scalar(select(Job.error)) == "RuntimeError: the printer is out of paper\n"
    assert jobs.run_due({"work": broken}) == 0


def test_what_a_failed_job_wrote_is_taken_back(app: Flask) -> None:
    def half(_payload: Mapping[str, Any]) -> None:
        with transaction():
            jobs.enqueue("work", {}, key="written by the job")
            raise RuntimeError

    wanted()
    jobs.run_due({"work": half}, most=1)

    assert [key for key, _state, _attempts in states()] == ["1"]


def test_f24_the_job_of_a_dead_worker_is_taken_over_when_its_lease_ends(app: Flask) -> None:
    wanted()
    dead = jobs.claim()
    meanwhile = jobs.claim()
    clock.advance(jobs.LEASE + timedelta(seconds=1))

    taken = jobs.claim()

    assert dead is not None
    assert taken is not None
    assert (meanwhile, dead.attempt, taken.id, taken.attempt) == (None, 1, dead.id, 2)


def test_a_worker_thought_dead_cannot_settle_the_job_of_its_heir(app: Flask) -> None:
    wanted()
    slow = jobs.claim()
    clock.advance(jobs.LEASE + timedelta(seconds=1))
    heir = jobs.claim()
    assert slow is not None
    assert heir is not None

    jobs.fail(slow, "too late")
    before = states()
    jobs.finish(heir)

    assert (before, states()) == ([("1", "doing", 2)], [("1", "done", 2)])


def test_a_tick_is_written_once_and_old_ones_are_forgotten(app: Flask) -> None:
    schedule = {"sweep": timedelta(hours=1)}
    jobs.tick(schedule)
    jobs.tick(schedule)
    once = len(states())
    jobs.run_due({"sweep": lambda _payload: None})

    clock.advance(jobs.KEEP_DONE + timedelta(hours=2))
    jobs.tick(schedule)

    assert (once, [state for _key, state, _attempts in states()]) == (1, ["todo"])
