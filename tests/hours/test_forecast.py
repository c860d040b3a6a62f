"""Where a year leads: what counts, what is coming, and the own pace of the last ninety days."""

from datetime import date
from decimal import Decimal

import pytest

from lms.hours.forecast import Forecast, Foreseen, forecast, state, window

MARCH = date(2026, 3, 31)
LAST = date(2026, 12, 31)


def test_the_pace_is_that_of_ninety_days_which_on_31_march_is_the_year_so_far() -> None:
    assert window(MARCH) == (date(2026, 1, 1), MARCH)
    assert window(date(2028, 3, 31)) == (date(2028, 1, 2), date(2028, 3, 31))


@pytest.mark.parametrize(("today", "credited", "pace", "due", "own", "total", "missing"), [
    (MARCH, "0", "0", (), "0.0", "0.0", "20.0"),
    (MARCH, "4.5", "4.5", (), "13.7", "18.2", "1.8"),  # 4.5 / 90 x 275 = 13.75
    (MARCH, "5", "5", (), "15.2", "20.2", "0"),
    (MARCH, "4.5", "4.5", (("Seminar", "4", date(2026, 5, 6)),), "13.7", "22.2", "0"),
    (MARCH, "8", "0", (("Seminar", "4", date(2026, 5, 6)), ("Modul", "2", LAST)), "0.0", "14.0", "6.0"),
    (MARCH, "8", "0", (("Seminar", "4", date(2027, 1, 2)),), "0.0", "8.0", "12.0"),  # of the next year
    (date(2026, 1, 1), "0", "6", (), "24.2", "24.2", "0"),  # of last year's last months
    (date(2026, 7, 1), "10", "3", (), "6.1", "16.1", "3.9"),
    (LAST, "19", "9", (), "0.0", "19.0", "1.0"),
    (MARCH, "3", "-1", (), "0.0", "3.0", "17.0"),  # a module taken back
])
def test_the_forecast_is_the_sum_of_three_parts(
    today: date, credited: str, pace: str, due: tuple[tuple[str, str, date], ...], own: str, total: str, missing: str,
) -> None:
    items = [Foreseen(title, Decimal(jp), day) for title, jp, day in due]

    found = forecast(Decimal(credited), today=today, last=LAST, due=items, pace=Decimal(pace))

    assert (str(found.own), str(found.total), str(found.missing(Decimal(20)))) == (own, total, missing)


def test_what_is_due_is_told_in_the_order_of_the_days_and_only_what_gives_hours() -> None:
    late, soon, empty = Foreseen("B", Decimal(2), LAST), Foreseen("A", Decimal(4), MARCH), Foreseen("C", Decimal(0), MARCH)

    assert forecast(Decimal(1), today=MARCH, last=LAST, due=[late, empty, soon]) == Forecast(Decimal(1), (soon, late), Decimal(0), 275)


def test_without_a_target_nothing_is_missing() -> None:
    assert forecast(Decimal(0), today=MARCH, last=LAST).missing(None) == 0


@pytest.mark.parametrize(("credited", "least", "expected"), [
    ("20", "20", "met"), ("20.5", "20", "met"), ("19.999", "20", "on-the-way"), ("0", "20", "nothing"), ("0", None, "no-target"),
    ("30", None, "no-target"),
])
def test_how_far_somebody_has_come(credited: str, least: str | None, expected: str) -> None:
    assert state(Decimal(credited), Decimal(least) if least else None) == expected
