"""Sharing hours, neighbours, uses."""

from decimal import Decimal

import pytest

from lms.content.catalog import Catalog, Lesson, Module, Use, share_hours


def lesson(id: str, minutes: int = 10, *, optional: bool = False, quiz: str | None = None) -> Lesson:
    return Lesson(id, id.title(), f"{id}.md", minutes, None, quiz, optional, (), 100, "r" + id)


def module(*lessons: Lesson, hours: str = "4", quiz: str | None = None, pretest: str | None = None) -> Module:
    return Module(
        "m", "M", "", (), None, None, Decimal(hours), (), (), (), "id", "sequential", pretest, quiz, None, None, True, lessons, "i", "r",
    )


@pytest.mark.parametrize(
    ("hours", "weights", "shares"),
    [
        ("4", [10, 10, 10], ["1.4", "1.3", "1.3"]), ("4.5", [1, 1], ["2.3", "2.2"]), ("1", [1] * 11, ["0.1"] * 10 + ["0"]),
        ("3", [23, 23, 25, 0], ["1", "1", "1", "0"]), ("2", [0, 0], ["0", "0"]), ("2", [], []),
    ],
)
def test_hours_are_shared_in_tenths_by_the_largest_remainder(hours: str, weights: list[int], shares: list[str]) -> None:
    assert share_hours(Decimal(hours), weights) == tuple(Decimal(share) for share in shares)


@pytest.mark.parametrize("hours", ["1", "2.7", "4", "10.1"])
@pytest.mark.parametrize("weights", [[7, 11, 13], [1, 100], [5] * 9])
def test_shared_hours_sum_to_the_whole(hours: str, weights: list[int]) -> None:
    assert sum(share_hours(Decimal(hours), weights)) == Decimal(hours)


def test_an_optional_lesson_has_no_hours() -> None:
    shared = module(lesson("a", 10), lesson("b", 99, optional=True), lesson("c", 10)).lesson_hours()

    assert shared == (Decimal(2), Decimal(0), Decimal(2))


def test_a_lesson_knows_its_place_and_neighbours() -> None:
    a, b, c = lesson("a"), lesson("b", optional=True), lesson("c")
    course = module(a, b, c)

    assert (course.position("b"), course.neighbours("a"), course.neighbours("b"), course.neighbours("c")) == (1, (None, b), (a, c), (b, None))
    assert (course.required, course.lesson("c"), course.lesson("x")) == ((a, c), c, None)
    with pytest.raises(KeyError):
        course.position("x")


def test_a_catalogue_says_where_a_quiz_is_used() -> None:
    course = module(lesson("a", quiz="latihan"), quiz="akhir", pretest="prates")
    catalog = Catalog({"m": course}, {}, frozenset(), (), 1)

    uses = [catalog.uses(quiz) for quiz in ("prates", "latihan", "akhir", "lain")]

    assert uses == [(Use("m", "pretest"),), (Use("m", "practice", "a"),), (Use("m", "final"),), ()]
