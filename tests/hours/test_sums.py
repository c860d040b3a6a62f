"""What the ledger adds up to, for one and for many, now and as it stood once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.base import clock
from lms.base.db import db, transaction
from lms.hours import service, sums
from lms.hours.models import Entry, Source
from lms.hours.targets import Period
from lms.learning.models import Enrolment, StudyDay
from tests import build
from tests.hours.test_service import MONDAY, TUESDAY, earned
from tests.learning.test_service import study

Counted = Callable[[int], AbstractContextManager[None]]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner."""
    return build.person()


def short(lines: object) -> list[tuple[str, date, str, str, str]]:
    """Lines as (title, day, raw, credited, why)."""
    return [(line.title, line.day, f"{line.raw:f}", f"{line.credited:f}", line.why) for line in lines]  # type: ignore[attr-defined]


def test_the_lines_say_what_counts_and_why_not_all(sari: int) -> None:
    service.credit(earned(sari, "1", "1"))
    service.credit(earned(sari, "2", "2.5", days=((MONDAY, Decimal("2.5")), (TUESDAY, Decimal(1)))))
    service.credit(earned(sari, "3", "1"))
    service.reverse("module", "3", reason="salah orang")

    hours = sums.of_person(sari, "PNS", None, MONDAY)

    assert short(hours.lines) == [
        ("Modul 1", MONDAY, "1", "0.5", "day-cap"), ("Modul 2", MONDAY, "2.5", "2.5", ""), ("Modul 2", TUESDAY, "1", "1", "")]
    assert short(hours.uncounted) == [("Modul 1", MONDAY, "1", "0.5", "day-cap")]
    assert (hours.standing.total, hours.standing.missing, hours.standing.period) == (4, 16, Period(*YEAR))


def test_what_was_displaced_and_counts_again_gives_no_reason(sari: int) -> None:
    service.credit(earned(sari, "1", "2"))
    service.credit(earned(sari, "2", "3"))
    service.reverse("module", "2", reason="salah orang")

    assert short(sums.lines(sari, *YEAR)) == [("Modul 1", MONDAY, "2", "2", "")]


def test_pppk_count_in_their_year_of_agreement_and_have_no_target(app: Flask) -> None:
    togar = build.person("Togar", employment="PPPK")
    for key, day in (("1", date(2025, 4, 30)), ("2", date(2025, 5, 1)), ("3", MONDAY)):
        service.credit(earned(togar, key, day=day))

    standing = sums.of_person(togar, "PPPK", date(2024, 5, 1), MONDAY).standing

    assert (standing.total, standing.least, standing.missing) == (4, None, 0)
    assert standing.period == Period(date(2025, 5, 1), date(2026, 4, 30))


def test_an_own_target_of_the_agency_measures_them(app: Flask) -> None:
    togar = build.person("Togar", employment="PPPK")
    own = replace(sums.targets.NATIONAL[1], first=date(2026, 1, 1), year="calendar", least=Decimal(10), basis="Perwal 5/2026")
    service.set_target(own)

    standing = sums.of_person(togar, "PPPK", date(2024, 5, 1), MONDAY).standing

    assert (standing.target, standing.missing, standing.period) == (own, 10, Period(*YEAR))


@pytest.mark.parametrize("people", [1, 3])
def test_sums_take_the_same_queries_for_one_and_many(app: Flask, assert_queries: Counted, people: int) -> None:
    ids = [build.person() for _ in range(people)]
    for person_id in ids:
        service.credit(earned(person_id, f"{person_id}"))
        service.credit(earned(person_id, f"{person_id}-old", day=date(2025, 12, 31)))

    with assert_queries(1):
        found = sums.by_person(ids, *YEAR)
    with assert_queries(1):
        years = sums.by_year(ids[0], 2022, 2026)
    with assert_queries(2):
        sums.of_person(ids[0], "PNS", None, MONDAY)

    assert found == dict.fromkeys(ids, Decimal(2))
    assert years == {2025: 2, 2026: 2}


def test_what_was_entered_later_is_left_out_of_what_stood_then(sari: int) -> None:
    service.credit(earned(sari, "1"))
    clock.advance(timedelta(days=1))
    service.credit(earned(sari, "2", "3"))

    assert short(sums.lines(sari, *YEAR, made_before=clock.now())) == [("Modul 1", MONDAY, "2", "2", "")]
    assert sums.by_person([sari], *YEAR) == {sari: 3}


def test_a_module_counts_in_the_year_of_its_completion_on_the_days_of_its_study(sari: int) -> None:
    clock.advance(clock.office_midnight(date(2026, 12, 30)) - clock.now())
    study_in_two_years(sari)

    held = sums.lines(sari, date(2027, 1, 1), date(2027, 12, 31))

    assert [(line.day, line.on_day, f"{line.credited.normalize():f}") for line in held] == [
        (date(2026, 12, 30), date(2027, 1, 1), "1.5"), (date(2026, 12, 31), date(2027, 1, 1), "0.5")]


def study_in_two_years(person_id: int) -> None:
    """The module sapa, studied on the last days of a year and completed in the next."""
    began = clock.now()
    clock.advance(clock.office_midnight(date(2027, 1, 1)) - clock.now())
    with transaction():
        row = Enrolment(person_id=person_id, module_id="sapa", round=1, revision="r", started_at=began, completed_at=clock.now(), hours=Decimal(2))
        db.session.add(row)
        for day, seconds in ((date(2026, 12, 30), 2700), (date(2026, 12, 31), 900)):
            db.session.add(StudyDay(person_id=person_id, module_id="sapa", day=day, seconds=seconds, last_at=clock.now()))
    service.enter_missing()


def test_a_year_ends_at_the_offices_midnight(sari: int) -> None:
    clock.advance(clock.office_midnight(date(2027, 1, 1)) - clock.now() - timedelta(seconds=1))
    study(sari, "bebas")
    clock.advance(timedelta(seconds=1))
    study(sari, "sapa")

    assert sums.by_year(sari, 2026, 2027) == {2026: 1, 2027: 2}


def test_completions_that_nobody_entered_are_entered_once_and_none_that_was_taken_back(sari: int) -> None:
    number, second = study(sari, "sapa"), study(sari, "bebas")
    service.reverse("module", str(second), reason="salah orang")
    with transaction():
        db.session.execute(delete(Entry).where(Entry.source_id.in_(select(Source.id).where(Source.key == str(number)))))
        db.session.execute(delete(Source).where(Source.key == str(number)))

    entered = [service.enter_missing(), service.enter_missing()]

    assert entered == [1, 0]
    assert short(sums.lines(sari, *YEAR)) == [("Menyapa Warga", date(2026, 3, 10), "2", "2", "")]


def test_lines_belong_to_one_person(sari: int) -> None:
    rini = build.person("Rini")
    service.credit(earned(sari, "1"))

    assert (sums.lines(rini, *YEAR), sums.by_person([rini], *YEAR)) == ([], {})
