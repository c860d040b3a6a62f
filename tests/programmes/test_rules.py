"""What counts, how far somebody is, and when a round is complete."""

from datetime import date
from decimal import Decimal

import pytest

from lms.content.programmes import Step
from lms.programmes import rules
from lms.programmes.rules import Fact, Last
from tests.programmes.build import choice, item, programme

TODAY = date(2026, 3, 10)
EXPIRED, HOLDS, FOR_GOOD = Last(1, date(2024, 1, 10), date(2026, 1, 10)), Last(1, date(2026, 1, 10), date(2028, 1, 10)), Last(1, date(2026, 1, 1))


def fact(key: str, day: int = 1, *, year: int = 2026, hours: int = 2, until: date | None = None) -> Fact:
    return Fact(key, date(year, 2, day), Decimal(hours), valid_until=until)


def states(programme_order: str, steps: tuple[str | Step, ...], done: tuple[str, ...], going: tuple[str, ...] = ()) -> tuple[str, dict[str, str], str | None]:
    found = rules.standing(
        programme(*steps, order=programme_order), [fact(key) for key in done], frozenset(going), None, TODAY)
    return found.state, {key: state for step in found.steps for key, state in step.items.items()}, found.next.key if found.next else None


@pytest.mark.parametrize(("order", "steps", "done", "going", "expected"), [
    ("free", ("a", "b"), (), (), ("new", {"a": "open", "b": "open"}, "a")),
    ("free", ("a", "b"), ("b",), (), ("going", {"a": "open", "b": "done"}, "a")),
    ("free", ("a", "b"), (), ("b",), ("going", {"a": "open", "b": "going"}, "b")),
    ("sequential", ("a", "b", "c"), ("a",), (), ("going", {"a": "done", "b": "open", "c": "lock"}, "b")),
    ("sequential", ("a", "b", "c"), ("a", "c"), (), ("going", {"a": "done", "b": "open", "c": "done"}, "b")),
    ("sequential", ("a", "b"), (), ("b",), ("going", {"a": "open", "b": "going"}, "b")),
    ("sequential", (choice(1, "a", "b"), "c"), ("b",), (), ("going", {"a": "open", "b": "done", "c": "open"}, "c")),
    ("sequential", (choice(0, "a"), "b"), (), (), ("new", {"a": "open", "b": "open"}, "b")),
    ("free", ("a", "seminar:S"), ("a",), (), ("going", {"a": "done", "seminar:S": "open"}, "seminar:S")),
    ("free", ("a", choice(0, "b")), ("a",), (), ("going", {"a": "done", "b": "open"}, None)),
])
def test_where_somebody_stands(order: str, steps: tuple[str | Step, ...], done: tuple[str, ...], going: tuple[str, ...],
                               expected: tuple[str, dict[str, str], str | None]) -> None:
    assert states(order, steps, done, going) == expected


@pytest.mark.parametrize(("last", "state"), [(HOLDS, "done"), (FOR_GOOD, "done"), (EXPIRED, "expired")])
def test_what_was_recorded_decides_whatever_the_file_says_now(last: Last, state: str) -> None:
    assert rules.standing(programme("a", "neu"), [fact("a")], frozenset(), last, TODAY).state == state


def test_a_programme_counts_as_expired_after_its_last_day_only() -> None:
    assert [HOLDS.has_expired(date(2028, 1, day)) for day in (10, 11)] == [False, True]


@pytest.mark.parametrize(("steps", "facts", "last", "due"), [
    (("a", "b"), [fact("a")], None, False),
    (("a", "b"), [fact("a"), fact("b")], None, True),
    (("a", choice(2, "b", "c", "d")), [fact("a"), fact("b")], None, False),
    (("a", choice(2, "b", "c", "d")), [fact("a"), fact("b"), fact("d")], None, True),
    (("a", choice(0, "b")), [fact("a")], None, True),
    (("a",), [fact("a", year=2020, until=date(2021, 1, 1))], None, True),  # the first round takes what was once done
    (("a",), [fact("a"), fact("a", 2)], HOLDS, False),
    (("a",), [fact("a", 2)], FOR_GOOD, False),
    (("a",), [fact("a", year=2023, until=date(2025, 1, 1))], EXPIRED, False),
    (("a",), [fact("a", year=2023)], EXPIRED, False),  # nothing new
    (("a", "b"), [fact("a", year=2023), fact("b")], EXPIRED, True),  # one anew, one for good
    (("a", "b"), [fact("a", year=2023, until=date(2025, 1, 1)), fact("b")], EXPIRED, False),
    (("a", "b"), [fact("a", year=2023, until=date(2026, 3, 10)), fact("b")], EXPIRED, True),
])
def test_when_a_round_is_complete(steps: tuple[str | Step, ...], facts: list[Fact], last: Last | None, due: bool) -> None:
    assert rules.is_due(programme(*steps), facts, last, TODAY) is due


def test_a_completion_rests_on_what_was_needed_in_the_order_of_the_file() -> None:
    made = programme("a", choice(1, "b", "c"), choice(0, "d"))
    facts = [fact("a", 5), fact("b", 9), fact("c", 7), fact("d", 1), fact("a", 8)]

    assert [(one.key, found.on.day) for one, found in rules.achieved(made, facts, None, TODAY)] == [("a", 5), ("c", 7)]


@pytest.mark.parametrize(("steps", "hours", "expected"), [
    (("a", "b"), {"a": 3, "b": 4}, (7, 7, False)),
    (("a", choice(1, "b", "c")), {"a": 3, "b": 4, "c": 1}, (4, 7, False)),
    (("a", choice(2, "b", "c", "d")), {"a": 3, "b": 4, "c": 1, "d": 2}, (6, 9, False)),
    (("a", choice(0, "b")), {"a": 3, "b": None}, (3, 3, False)),
    (("a", "seminar:S"), {"a": 3, "seminar:S": None}, (3, 3, True)),
])
def test_the_jp_of_the_way(steps: tuple[str | Step, ...], hours: dict[str, int | None], expected: tuple[int, int, bool]) -> None:
    assert rules.span(programme(*steps), {key: None if value is None else Decimal(value) for key, value in hours.items()}) == expected


def test_items_are_named_by_kind() -> None:
    assert [item(one).key for one in ("sapa", "seminar:S", "external:A B")] == ["sapa", "seminar:S", "external:A B"]
