"""Reads: what they give, and that their number does not grow with the rows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from lms.base import clock
from lms.learning import queries, service
from lms.learning.events import ModuleCompleted
from lms.learning.hours import BusyDay, Hours, Period
from tests import build
from tests.learning.test_service import study

Counted = Callable[[int], AbstractContextManager[None]]


@pytest.mark.parametrize("modules", [["sapa"], ["sapa", "bebas", "dengar"]])
def test_one_query_reads_all_progress_of_a_person(
    app: Flask, assert_queries: Counted, published: list[ModuleCompleted], modules: list[str]
) -> None:
    sari = build.person()
    for module_id in modules:
        study(sari, module_id)

    with assert_queries(1):
        found = queries.progress_by_module(sari)

    assert sorted(found) == sorted(modules)


@pytest.mark.parametrize("people", [1, 3])
def test_one_query_sums_the_hours_of_many(
    app: Flask, assert_queries: Counted, published: list[ModuleCompleted], people: int
) -> None:
    ids = [build.person() for _ in range(people)]
    for person_id in ids:
        study(person_id, "sapa")
        study(person_id, "bebas")

    with assert_queries(1):
        found = queries.hours_by_person(ids, date(2026, 1, 1), date(2026, 12, 31))

    assert found == dict.fromkeys(ids, Decimal(3))


def test_progress_is_that_of_the_last_round(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    study(sari)
    clock.advance(timedelta(days=800))
    service.enrol(sari, "sapa")

    progress = queries.progress(sari, "sapa")

    assert progress is not None
    assert (progress.round, progress.done, progress.completed_at) == (2, frozenset(), None)
    assert queries.completed_modules(sari, ["sapa", "bebas"]) == {"sapa"}


def test_nobody_elses_progress_is_read(app: Flask, published: list[ModuleCompleted]) -> None:
    sari, rini = build.person(), build.person("Rini")
    study(sari)

    assert queries.progress_by_module(rini) == {}
    assert queries.hours_this_year(rini, "PNS", None, clock.today()).total == 0


def test_the_hours_of_the_year_know_the_days_of_the_lessons(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    study(sari, "sapa")
    study(sari, "bebas")
    service.enrol(sari, "dengar")
    service.finish_lesson(sari, "dengar", "telinga")
    clock.advance(timedelta(days=1))
    service.finish_lesson(sari, "dengar", "hati")

    hours = queries.hours_this_year(sari, "PNS", None, clock.today())

    assert hours == Hours(
        Period(date(2026, 1, 1), date(2026, 12, 31)), Decimal(6), Decimal(20), above_notice=False,
        busy_days=(BusyDay(date(2026, 3, 10), Decimal(4)),),
    )


def test_a_year_ends_at_the_offices_midnight(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    clock.advance(clock.office_midnight(date(2027, 1, 1)) - clock.now() - timedelta(seconds=1))
    study(sari, "bebas")
    clock.advance(timedelta(seconds=1))
    study(sari, "sapa")

    totals = [queries.hours_this_year(sari, "PNS", None, date(year, 6, 1)).total for year in (2026, 2027)]

    assert totals == [Decimal(1), Decimal(2)]
