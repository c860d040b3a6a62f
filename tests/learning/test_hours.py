"""Learning hours of a year."""

from datetime import date
from decimal import Decimal

import pytest

from lms.learning.hours import BusyDay, Completion, Hours, Period, period_for, reckon

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("employment", "start", "on", "expected"),
    [
        ("PNS", date(2024, 5, 1), date(2026, 3, 10), YEAR),
        ("PPPK", None, date(2026, 3, 10), YEAR),
        ("PPPK", date(2024, 5, 1), date(2026, 3, 10), Period(date(2025, 5, 1), date(2026, 4, 30))),
        ("PPPK", date(2024, 5, 1), date(2026, 5, 1), Period(date(2026, 5, 1), date(2027, 4, 30))),
        ("PPPK-PW", date(2025, 10, 1), date(2026, 3, 10), Period(date(2025, 10, 1), date(2026, 9, 30))),
        ("PPPK", date(2026, 5, 1), date(2026, 3, 10), YEAR),
        ("PPPK", date(2024, 2, 29), date(2026, 2, 28), Period(date(2025, 3, 1), date(2026, 2, 28))),
    ],
)
def test_the_year_that_counts(employment: str, start: date | None, on: date, expected: Period) -> None:
    assert period_for(employment, start, on) == expected


def test_a_civil_servant_has_a_target_of_twenty() -> None:
    done = [Completion("sapa", date(2026, 2, 1), Decimal(2)), Completion("dengar", date(2026, 2, 5), Decimal("1.5"))]

    hours = reckon("PNS", YEAR, done)

    assert hours == Hours(YEAR, Decimal("3.5"), Decimal(20), above_notice=False, busy_days=())
    assert hours.missing == Decimal("16.5")


@pytest.mark.parametrize(("total", "expected"), [("24", False), ("24.1", True)])
def test_a_contract_employee_has_no_target_but_a_notice_above_24(total: str, expected: bool) -> None:
    hours = reckon("PPPK", YEAR, [Completion("sapa", date(2026, 2, 1), Decimal(total), ((date(2026, 2, 1), Decimal(1)),))])

    assert hours == Hours(YEAR, Decimal(total), None, above_notice=expected, busy_days=())
    assert hours.missing == 0


def test_a_module_counts_once_a_year_with_its_first_completion() -> None:
    done = [Completion("sapa", date(2026, 11, 1), Decimal(4)), Completion("sapa", date(2026, 2, 1), Decimal(2))]

    assert reckon("PNS", YEAR, done).total == 2


def test_completions_of_other_years_do_not_count() -> None:
    done = [Completion("sapa", date(2025, 12, 31), Decimal(4)), Completion("dengar", date(2027, 1, 1), Decimal(2))]

    assert reckon("PNS", YEAR, done).total == 0


def test_a_day_with_more_than_three_hours_of_lessons_is_reported() -> None:
    busy, calm = date(2026, 2, 1), date(2026, 2, 2)
    done = [
        Completion("sapa", calm, Decimal(4), ((busy, Decimal(2)), (calm, Decimal(2)))),
        Completion("dengar", busy, Decimal("1.1")),
    ]

    assert reckon("PNS", YEAR, done).busy_days == (BusyDay(busy, Decimal("3.1")),)
