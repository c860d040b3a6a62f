"""What counts of what was earned: every row of the conversion table, every cap, whatever the order."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from lms.hours.rates import NATIONAL
from lms.hours.rules import FORMS, Counted, Scope, Share, counted, spread

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)


@pytest.mark.parametrize(("form", "amount", "national", "international"), [
    ("degree", 1, "20", "20"), ("degree", 2, "40", "40"),
    ("structural", 40, "40", "48"), ("managerial", 10, "10", "12"), ("technical", 10, "10", "12"), ("functional", 10, "10", "12"),
    ("sociocultural", 10, "10", "12"), ("course", 10, "10", "12"), ("upgrading", 10, "10", "12"), ("guidance", 10, "10", "12"),
    ("distance", 10, "10", "12"), ("outbound", 10, "10", "12"),
    ("seminar", 1, "4", "6"), ("workshop", 1, "5", "7"), ("dissemination", 1, "4", "6"),
    ("coaching", 1, "2", "4"), ("mentoring", 1, "2", "4"), ("e-learning", 2, "2", "2"),
    ("secondment", 1, "20", "24"), ("benchmarking", 1, "10", "20"), ("exchange", 1, "20", "24"), ("internship", 1, "20", "24"),
    ("self-study", 1, "1", "1.2"), ("community", 1, "1", "1.2"),
])
def test_every_row_of_the_conversion_table(form: str, amount: int, national: str, international: str) -> None:
    rate = NATIONAL[form]

    assert (rate.jp("national", Decimal(amount)), rate.jp("international", Decimal(amount))) == (Decimal(national), Decimal(international))


def test_a_form_without_a_row_has_no_rate() -> None:
    assert sorted(FORMS.keys() - NATIONAL.keys()) == ["on-the-job", "other-classical", "other-nonclassical"]


def share(number: int, raw: str, *, day: date = MONDAY, form: str = "e-learning", scope: Scope = "national", **more: object) -> Share:
    values = {"source": f"module:{number}", "on": day, "rate": NATIONAL.get(form), **more}
    return Share(number, day=day, scope=scope, raw=Decimal(raw), **values)  # type: ignore[arg-type]


def credited(*shares: Share) -> list[str]:
    found = counted(shares)
    return [f"{found[one.id].credited:f} {found[one.id].why}".strip() for one in shares]


@pytest.mark.parametrize(("shares", "expected"), [
    ([share(1, "2"), share(2, "2")], ["2", "1 day-cap"]),
    ([share(1, "3"), share(2, "2")], ["3", "0 day-cap"]),
    ([share(1, "5")], ["3 day-cap"]),
    ([share(1, "2"), share(2, "2", day=TUESDAY)], ["2", "2"]),
    ([share(1, "5", scope="international")], ["4 day-cap"]),
    ([share(1, "3", scope="international"), share(2, "3")], ["3", "1 day-cap"]),  # all together 4
    ([share(1, "3", form="self-study")], ["2 day-cap"]),
    ([share(1, "3", form="self-study", scope="international")], ["2.4 day-cap"]),
    ([share(1, "30", form="technical"), share(2, "30", form="technical")], ["30", "30"]),
])
def test_a_day_takes_no_more_than_its_cap(shares: list[Share], expected: list[str]) -> None:
    assert credited(*shares) == expected


def test_coaching_counts_twice_a_month() -> None:
    days = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 31), date(2026, 2, 1)]

    assert credited(*(share(number, "2", day=day, form="coaching") for number, day in enumerate(days))) == ["2", "2", "0 month-limit", "2"]


def test_a_module_counts_once_a_year_and_again_in_the_next() -> None:
    first, again, later = date(2025, 11, 3), date(2025, 12, 30), date(2026, 1, 2)
    shares = [share(number, "2", day=day, subject="sapa") for number, day in enumerate((first, again, later))]

    assert credited(*shares) == ["2", "0 counted-before", "2"]


def test_what_counts_does_not_depend_on_the_order_of_entry() -> None:
    shares = [share(1, "2", subject="sapa"), share(2, "2.5", subject="dengar"), share(3, "1", scope="international"),
              share(4, "2", subject="sapa", on=TUESDAY)]

    assert {tuple(sorted(counted(order).items(), key=lambda pair: pair[0])) for order in permutations(shares)} == {(
        (1, Counted(Decimal("0.5"), "day-cap")), (2, Counted(Decimal("2.5"))), (3, Counted(Decimal(1))), (4, Counted(Decimal(0), "counted-before")))}


@pytest.mark.parametrize(("weights", "expected"), [
    ({}, [(TUESDAY, "4")]),
    ({MONDAY: 0}, [(TUESDAY, "4")]),
    ({MONDAY: 600, TUESDAY: 1800}, [(MONDAY, "1.000"), (TUESDAY, "3.000")]),
    ({MONDAY: 1, date(2026, 3, 7): 1, TUESDAY: 1}, [(date(2026, 3, 7), "1.333"), (MONDAY, "1.333"), (TUESDAY, "1.334")]),
])
def test_hours_are_spread_over_the_days_of_study_and_none_is_lost(weights: dict[date, int], expected: list[tuple[date, str]]) -> None:
    assert [(day, str(part)) for day, part in spread(Decimal(4), weights, last=TUESDAY)] == expected
