"""Rules of claims as tables."""

from datetime import date
from decimal import Decimal

import pytest

from lms.claims import rules
from lms.claims.rules import Told
from lms.hours.rules import FORMS, Per

TODAY = date(2026, 3, 10)
MONDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 4)


@pytest.mark.parametrize(("per", "jp", "days"), [
    ("jp", Decimal(20), [("2", "6.667"), ("3", "6.667"), ("4", "6.666")]), ("jp", None, []), (None, Decimal(3), [("2", "1"), ("3", "1"), ("4", "1")]),
    ("day", Decimal(99), [("2", "1"), ("3", "1"), ("4", "1")]), ("day", None, [("2", "1"), ("3", "1"), ("4", "1")]),
    ("time", None, [("4", "1")]), ("activity", Decimal(40), [("4", "1")]), ("semester", None, [("4", "1")]),
])
def test_what_a_training_gives_day_by_day(per: Per | None, jp: Decimal | None, days: list[tuple[str, str]]) -> None:
    found = rules.amounts(per, MONDAY, WEDNESDAY, jp)

    assert [(str(day.day), f"{amount.normalize():f}") for day, amount in found] == days


@pytest.mark.parametrize(("first", "last", "fault"), [
    (MONDAY, WEDNESDAY, None), (None, None, None), (MONDAY, None, None), (TODAY, TODAY, None), (MONDAY, date(2026, 3, 11), "training-future"),
    (date(2026, 3, 11), None, "training-future"), (date(1989, 12, 31), None, "training-early"), (WEDNESDAY, MONDAY, "training-order"),
    (date(2025, 3, 9), TODAY, None), (date(2025, 3, 8), TODAY, "training-long"),
])
def test_days_that_cannot_be_are_told(first: date | None, last: date | None, fault: str | None) -> None:
    assert rules.fault_of_days(first, last, TODAY) == fault


@pytest.mark.parametrize(("one", "other", "same"), [
    ("123/BIMTEK/2026", " 123 / bimtek / 2026 ", True), ("No. 12-A", "no12a", True), ("１２３", "123", True), ("12/1", "1/22", False), ("-", "–", True),
])
def test_numbers_are_compared_without_case_and_punctuation(one: str, other: str, same: bool) -> None:
    assert (rules.plain(one) == rules.plain(other)) == same


def test_a_dash_is_no_number_that_another_could_have() -> None:
    assert rules.plain(" – ") == ""


@pytest.mark.parametrize(("told", "per", "has_evidence", "missing"), [
    (Told(), "jp", False, ("title", "organiser", "number", "form", "from_on", "until_on", "evidence")),
    (Told("a", "b", "-", "guidance", from_on=MONDAY, until_on=MONDAY), "jp", True, ("jp",)),
    (Told("a", "b", "-", "on-the-job", from_on=MONDAY, until_on=MONDAY), None, True, ("jp",)),
    (Told("a", "b", "-", "seminar", from_on=MONDAY, until_on=MONDAY), "day", True, ()),
])
def test_what_is_missing_is_named_in_the_order_of_the_form(told: Told, per: Per | None, has_evidence: bool, missing: tuple[str, ...]) -> None:
    assert rules.missing(told, has_evidence=has_evidence, per=per) == missing


@pytest.mark.parametrize(("count", "drawn"), [(0, 0), (1, 1), (2, 2), (5, 2), (20, 2), (21, 3), (100, 10)])
def test_one_in_ten_is_looked_at_and_at_least_two(count: int, drawn: int) -> None:
    marks = [(number, "m") for number in range(count)]

    assert len(rules.sample(marks)) == drawn
    assert rules.sample(marks) == rules.sample(list(reversed(marks)))


def test_every_form_is_found_by_its_code_of_siasn() -> None:
    assert {rules.form_of_siasn(form.siasn) for form in FORMS.values() if form.siasn} == set(FORMS) - {"degree"}
    assert rules.form_of_siasn(26) is None


def test_every_state_and_what_is_missing_has_words() -> None:
    assert set().union(*rules.FOLLOWS.values()) <= set(rules.STATES)
    assert set(rules.MISSING) == {"title", "organiser", "number", "form", "from_on", "until_on", "jp", "evidence"}
