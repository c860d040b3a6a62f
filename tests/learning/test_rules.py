"""Order, completion, rounds and study time."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lms.learning import rules
from tests.learning.courses import lesson, module

MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiz", "done", "quiz_passed", "expected"),
    [
        ("kuis", ["satu", "dua"], True, True),
        ("kuis", ["satu", "dua"], False, False),
        ("kuis", ["satu"], True, False),
        (None, ["satu", "dua"], False, True),
        (None, ["satu", "ekstra"], False, False),
        (None, [], False, False),
    ],
)
def test_a_module_is_complete_when_lessons_are_done_and_the_quiz_is_passed(
    quiz: str | None, done: Collection[str], quiz_passed: bool, expected: bool
) -> None:
    course = module(lessons=(lesson("satu"), lesson("ekstra", optional=True), lesson("dua")), quiz=quiz)

    assert rules.is_complete(course, done, quiz_passed=quiz_passed) is expected


def test_a_module_of_optional_lessons_is_not_complete_before_anything_is_done() -> None:
    course = module(lessons=(lesson("ekstra", optional=True),))

    assert rules.is_complete(course, [], quiz_passed=False) is False
    assert rules.is_complete(course, ["ekstra"], quiz_passed=False) is True


@pytest.mark.parametrize(
    ("order", "done", "expected"),
    [
        ("sequential", [], ["satu"]),
        ("sequential", ["satu"], ["satu", "ekstra", "dua"]),
        ("sequential", ["satu", "dua"], ["satu", "ekstra", "dua", "tiga"]),
        ("sequential", ["tiga"], ["satu", "tiga"]),
        ("free", [], ["satu", "ekstra", "dua", "tiga"]),
    ],
)
def test_a_lesson_opens_when_the_required_ones_before_it_are_done(order: str, done: Collection[str], expected: list[str]) -> None:
    course = module(lessons=(lesson("satu"), lesson("ekstra", optional=True), lesson("dua"), lesson("tiga")), order=order)

    assert [one.id for one in course.lessons if rules.may_open(course, one.id, done)] == expected


def test_states_say_what_is_done_where_one_is_and_what_is_locked() -> None:
    course = module(lessons=(lesson("satu"), lesson("dua"), lesson("tiga")))

    assert rules.lesson_states(course, {"satu"}, "dua") == {"satu": "done", "dua": "now", "tiga": "lock"}


def test_states_agree_with_what_may_be_opened() -> None:
    course = module(lessons=(lesson("satu"), lesson("ekstra", optional=True), lesson("dua"), lesson("tiga")))

    for done in ([], ["satu"], ["ekstra"], ["satu", "dua"], ["tiga"]):
        states = rules.lesson_states(course, done, None)
        opened = {one.id: rules.may_open(course, one.id, done) for one in course.lessons}

        assert {lesson_id: state != "lock" for lesson_id, state in states.items()} == opened


@pytest.mark.parametrize(
    ("done", "last", "expected"),
    [
        ([], None, "satu"),
        (["satu"], "satu", "dua"),
        (["satu"], "ekstra", "ekstra"),
        (["satu"], "gone", "dua"),
        (["satu", "dua"], "dua", "ekstra"),
        (["satu", "dua", "ekstra"], "dua", None),
    ],
)
def test_a_learner_goes_on_where_she_stopped(done: list[str], last: str | None, expected: str | None) -> None:
    course = module(lessons=(lesson("satu"), lesson("ekstra", optional=True), lesson("dua")))

    following = rules.next_lesson(course, done, last)

    assert (following.id if following else None) == expected


@pytest.mark.parametrize(
    ("done", "completed", "missing", "expected"),
    [
        (None, False, (), "new"),
        (None, False, ("dasar",), "lock"),
        ([], False, ("dasar",), "reading"),
        (["satu"], False, (), "quiz"),
        (["satu"], True, (), "done"),
    ],
)
def test_the_state_of_a_module(done: list[str] | None, completed: bool, missing: tuple[str, ...], expected: str) -> None:
    course = module(lessons=(lesson("satu"),), quiz="kuis")

    assert rules.module_state(course, done, completed=completed, missing=missing) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 10), 24, date(2028, 3, 10)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 10), None, None),
    ],
)
def test_validity_is_counted_in_months(day: date, months: int | None, expected: date | None) -> None:
    assert rules.valid_until(day, months) == expected


@pytest.mark.parametrize(
    ("completed", "expires_on", "today", "expected"),
    [
        (True, date(2026, 3, 9), date(2026, 3, 10), True),
        (True, date(2026, 3, 10), date(2026, 3, 10), False),
        (True, None, date(2040, 1, 1), False),
        (False, None, date(2026, 3, 10), False),
    ],
)
def test_a_new_round_begins_the_day_after_the_certificate_expires(
    completed: bool, expires_on: date | None, today: date, expected: bool
) -> None:
    assert rules.may_retake(completed=completed, expires_on=expires_on, today=today) is expected


@pytest.mark.parametrize(("gap", "expected"), [(None, 60), (0, 1), (45, 45), (600, 600), (7200, 600), (-5, 1)])
def test_work_is_the_time_since_the_last_act_up_to_ten_minutes(gap: int | None, expected: int) -> None:
    last_at = None if gap is None else MORNING - timedelta(seconds=gap)

    assert rules.worked_seconds(last_at, MORNING) == expected


@pytest.mark.parametrize(
    ("last_lesson", "seconds_ago", "expected"), [("satu", 59, False), ("satu", 60, True), ("dua", 1, True), (None, None, True)]
)
def test_the_place_is_written_when_it_changed_or_a_minute_passed(
    last_lesson: str | None, seconds_ago: int | None, expected: bool
) -> None:
    seen = None if seconds_ago is None else MORNING - timedelta(seconds=seconds_ago)

    assert rules.should_remember(last_lesson, seen, "satu", MORNING) is expected


def test_the_hours_of_the_lessons_sum_to_those_of_the_module() -> None:
    course = module(lessons=(lesson("satu", minutes=10), lesson("dua", minutes=10), lesson("tiga", minutes=10)), hours=Decimal(4))

    assert course.lesson_hours() == (Decimal("1.4"), Decimal("1.3"), Decimal("1.3"))
