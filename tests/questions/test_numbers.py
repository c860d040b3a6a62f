"""Numbers and quantities as authors and learners write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.questions.numbers import NotANumber, UnclearNumber, number
from lms.questions.quantities import BadQuantity, Quantity, quantity, typed


@pytest.mark.parametrize(("text", "value"), [
    ("20", 20), ("007", 7), ("+5", 5), ("-5", -5), ("−5", -5), (" 20 ", 20),
    ("3,14", Fraction(157, 50)), ("3.14", Fraction(157, 50)), (",5", Fraction(1, 2)), (".5", Fraction(1, 2)),
    ("0,125", Fraction(1, 8)), ("0.125", Fraction(1, 8)), (",125", Fraction(1, 8)), ("1,5000", Fraction(3, 2)),
    ("1234,567", Fraction(1234567, 1000)),
    ("1.500.000", 1500000), ("1,500,000", 1500000), ("1.234,5", Fraction(2469, 2)), ("1,234.5", Fraction(2469, 2)),
    ("1.234,567", Fraction(1234567, 1000)), ("1.500.000,25", Fraction(6000001, 4)),
    ("1e3", 1000), ("1,5E-2", Fraction(3, 200)), ("1e−2", Fraction(1, 100)),
])
def test_a_number_is_read_exactly(text: str, value: Fraction | int) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["1.500", "1,500", "12.345", "999,999", "-1.500", "00,125", "1.500e3"])
def test_one_separator_before_three_digits_is_unclear(text: str) -> None:
    with pytest.raises(UnclearNumber):
        number(text)


@pytest.mark.parametrize("text", [
    "", "-", "dua", "1..2", "1.5.0", "1.50.000", "1,5,0", "1.234,5,6", "1.2345.678", "1,234.567,8", "20.", "5,", "1 500", "1/2", "0x10",
    "１２",     "nan", "inf", "1e", "e3", "1e101", "1e999", "9" * 61, "1_000", "²",
])
def test_c31_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        number(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-10**9, max_value=10**9))
def test_both_decimal_signs_mean_the_same(value: object) -> None:
    assert number(str(value)) == number(str(value).replace(".", ",")) == Fraction(str(value))


@pytest.mark.parametrize(("text", "low", "high", "unit"), [
    ("20", "20", "20", None), ("3,14 +/- 0,01", "3.13", "3.15", None), ("3.14 ± 0.01", "3.13", "3.15", None),
    ("5±1", "4", "6", None),
    ("19..21", "19", "21", None), ("19 .. 21", "19", "21", None), ("1,5..2,5 JP", "1.5", "2.5", "JP"),
    ("-2..-1", "-2", "-1", None),
    ("1e3 +/- 2%", "980", "1020", None), ("-50 +/- 10%", "-55", "-45", None),
    ("9,8 m/s2", "9.8", "9.8", "m/s2"), ("9,8 m/s2 +/- 0,1", "9.7", "9.9", "m/s2"), ("9,8 +/- 0,1 m/s2", "9.7", "9.9", "m/s2"),
    ("20%", "20", "20", "%"), ("20 %", "20", "20", "%"), ("20% +/- 1", "19", "21", "%"), ("19..21%", "19", "21", "%"),
])
def test_an_accepted_quantity(text: str, low: str, high: str, unit: str | None) -> None:
    read = quantity(text)

    assert (read.low, read.high, read.unit) == (Fraction(low), Fraction(high), unit)
    assert Quantity.from_json(read.to_json()) == read
    assert read.accepts(*typed(read.text))


@pytest.mark.parametrize("text", ["kota", "20 menit lagi", "dua puluh", "PP 11/2017", "", "20+", "± 5", "..5"])
def test_other_text_is_no_quantity(text: str) -> None:
    with pytest.raises(NotANumber):
        quantity(text)


@pytest.mark.parametrize(("text", "code"), [
    ("21..19", "range-reversed"), ("5 +/- -1", "negative-tolerance"), ("5 m +/- 1 cm", "two-units"),
    ("20% +/- 1%", "percent-of-percent"),
])
def test_numbers_that_accept_nothing_together(text: str, code: str) -> None:
    with pytest.raises(BadQuantity) as refused:
        quantity(text)

    assert refused.value.code == code


@pytest.mark.parametrize(("written", "answer", "accepted"), [
    ("3,14 +/- 0,01", "3,13", True), ("3,14 +/- 0,01", "3.15", True), ("3,14 +/- 0,01", "3,1501", False),
    ("3,14 +/- 0,01", "3,1299", False),
    ("9,8 m/s2", "9,8 m/s2", True), ("9,8 m/s2", "9.8m/s²", True), ("9,8 m/s2", "9,8", False), ("9,8 m/s2", "9,8 m/s", False),
    ("20 JP", "20 jp", True), ("20", "20 JP", False), ("20%", "20 %", True), ("20%", "20", False),
    ("0,1 +/- 0,2", "-0,1", True), ("5", "−5", False),
])
def test_a_tolerance_is_inclusive_and_a_unit_is_required(written: str, answer: str, accepted: bool) -> None:
    assert quantity(written).accepts(*typed(answer)) is accepted
