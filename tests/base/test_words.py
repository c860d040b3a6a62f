"""Numbers, dates and names as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from lms.base import words


@pytest.mark.parametrize(("value", "digits", "indonesian", "english"), [
    (Decimal("12.50"), 2, "12,5", "12.5"), (2966, 2, "2.966", "2,966"), (Decimal("0.005"), 2, "0,01", "0.01"),
    (Fraction(1, 3), 2, "0,33", "0.33"), (0.1, 1, "0,1", "0.1"), (100, 0, "100", "100"), (Decimal("-1234.5"), 1, "-1.234,5", "-1,234.5"),
])
def test_numbers(value: words.Number, digits: int, indonesian: str, english: str) -> None:
    assert (words.number(value, digits), words.number(value, digits, language="en")) == (indonesian, english)


def test_dates_and_times_are_those_of_the_office() -> None:
    late = datetime(2026, 3, 10, 18, 5, tzinfo=UTC)

    assert words.long_date(late) == "11 Maret 2026"
    assert words.long_date(date(2026, 8, 7), language="en") == "7 August 2026"
    assert words.short_date(date(2026, 8, 7)) == "7 Agu"
    assert (words.clock_time(late), words.clock_time(late, language="en")) == ("01.05", "01:05")
    assert words.moment(late) == "11 Maret 2026 01.05 WIB"


@pytest.mark.parametrize(("count", "expected"), [(1, "1 KB"), (36_400, "36 KB"), (1_440_000, "1,4 MB")])
def test_sizes(count: int, expected: str) -> None:
    assert words.size(count) == expected


@pytest.mark.parametrize(("nip", "expected"), [("198609262015051001", "19860926 201505 1 001"), ("130000001", "130000001")])
def test_a_nip_is_grouped_as_it_is_printed(nip: str, expected: str) -> None:
    assert words.grouped_nip(nip) == expected


@pytest.mark.parametrize(("name", "expected"), [
    ("Sari Damanik", "SD"), ("dr. Sari Br. Damanik, M.Kes.", "SD"), ("Agus", "A"), ("Drs. H. Budi", "B"), ("123", "1"), ("", "?"),
])
def test_initials_leave_titles_out(name: str, expected: str) -> None:
    assert words.initials(name) == expected
