"""The decisions and wordings of certificates, as tables of cases."""

from datetime import date
from decimal import Decimal

import pytest

from lms.certificates import rules

TODAY = date(2026, 3, 1)
TOMORROW, YESTERDAY = date(2026, 3, 2), date(2026, 2, 28)


@pytest.mark.parametrize(
    ("valid_until", "revoked", "superseded", "expected"),
    [
        (None, False, False, "valid"),
        (TOMORROW, False, False, "valid"),
        (TODAY, False, False, "valid"),
        (YESTERDAY, False, False, "expired"),
        (None, True, False, "revoked"),
        (YESTERDAY, True, False, "revoked"),
        (None, True, True, "revoked"),
        (None, False, True, "superseded"),
        (YESTERDAY, False, True, "superseded"),
    ],
)
def test_k07_a_certificate_is_worth_what_its_facts_say(
    valid_until: date | None, revoked: bool, superseded: bool, expected: str
) -> None:
    found = rules.status(on=TODAY, valid_until=valid_until, revoked=revoked, superseded=superseded)

    assert found == expected


@pytest.mark.parametrize(
    ("issued_on", "months", "expected"),
    [
        (date(2025, 9, 18), None, None),
        (date(2025, 9, 18), 12, date(2026, 9, 18)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
        (date(2025, 1, 31), 36, date(2028, 1, 31)),
    ],
)
def test_validity_ends_on_the_same_day_of_a_later_month(issued_on: date, months: int | None, expected: date | None) -> None:
    assert rules.validity(issued_on, months) == expected


@pytest.mark.parametrize(
    ("nip", "expected"),
    [
        ("198802142011012003", "•••••••••••••••003"),
        ("12345678901", "••••••••901"),
        ("1234567890", "••••••••••"),
        ("", ""),
    ],
)
def test_a_stranger_sees_at_most_three_digits_of_a_nip(nip: str, expected: str) -> None:
    assert rules.mask_nip(nip) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "nol"),
        ("1", "satu"),
        ("10", "sepuluh"),
        ("11", "sebelas"),
        ("12", "dua belas"),
        ("19", "sembilan belas"),
        ("20", "dua puluh"),
        ("21", "dua puluh satu"),
        ("99", "sembilan puluh sembilan"),
        ("100", "seratus"),
        ("111", "seratus sebelas"),
        ("215", "dua ratus lima belas"),
        ("1000", "seribu"),
        ("1945", "seribu sembilan ratus empat puluh lima"),
        ("17003", "tujuh belas ribu tiga"),
        ("101000", "seratus satu ribu"),
        ("2.5", "dua koma lima"),
        ("4.0", "empat"),
        ("0.25", "nol koma dua lima"),
        ("12.05", "dua belas koma nol lima"),
    ],
)
def test_numbers_are_spelled_as_indonesians_read_them(value: str, expected: str) -> None:
    assert rules.spell_number(Decimal(value)) == expected


@pytest.mark.parametrize("value", ["-1", "1000000"])
def test_numbers_without_words_are_programming_errors(value: str) -> None:
    with pytest.raises(ValueError, match="no words"):
        rules.spell_number(Decimal(value))


def test_months_are_numbered_in_roman() -> None:
    found = [rules.roman_month(month) for month in range(1, 13)]

    assert found == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A" * 34, ""),
        ("A" * 35, "panjang"),
        ("A" * 50, "amat-panjang"),
        ("A" * 75, "terpanjang"),
        ("王" * 17, ""),
        ("王" * 18, "panjang"),
        ("e\u0301" * 34, ""),
    ],
)
def test_a_names_size_follows_its_printed_length(name: str, expected: str) -> None:
    assert rules.name_size(name) == expected
