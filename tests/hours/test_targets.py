"""What people should reach: the nation's targets, the agency's own from their day on, and who is never behind."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import Refused
from lms.hours import service, sums
from lms.hours.models import Target as Row
from lms.hours.targets import NATIONAL, Period, Standing, Target, Year, holding, period_for

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
PNS, PPPK, PART_TIME = NATIONAL
OWN = Target("PPPK", date(2026, 3, 1), "calendar", Decimal(10), Decimal(30), "Perwal 5/2026")


@pytest.mark.parametrize(
    ("year", "start", "on", "expected"),
    [
        ("calendar", date(2024, 5, 1), date(2026, 3, 10), YEAR),
        ("agreement", None, date(2026, 3, 10), YEAR),
        ("agreement", date(2024, 5, 1), date(2026, 3, 10), Period(date(2025, 5, 1), date(2026, 4, 30))),
        ("agreement", date(2024, 5, 1), date(2026, 5, 1), Period(date(2026, 5, 1), date(2027, 4, 30))),
        ("agreement", date(2025, 10, 1), date(2026, 3, 10), Period(date(2025, 10, 1), date(2026, 9, 30))),
        ("agreement", date(2026, 5, 1), date(2026, 3, 10), YEAR),
        ("agreement", date(2024, 2, 29), date(2026, 2, 28), Period(date(2025, 3, 1), date(2026, 2, 28))),
    ],
)
def test_the_year_that_counts(year: Year, start: date | None, on: date, expected: Period) -> None:
    assert period_for(year, start, on) == expected


def test_a_period_holds_its_first_and_last_day() -> None:
    assert [day in YEAR for day in (date(2025, 12, 31), YEAR.first, YEAR.last, date(2027, 1, 1))] == [False, True, True, False]


@pytest.mark.parametrize(("employment", "least", "notice", "year"), [
    ("PNS", Decimal(20), None, "calendar"), ("PPPK", None, Decimal(24), "agreement"), ("PPPK-PW", None, Decimal(24), "agreement"),
])
def test_the_nations_targets(employment: str, least: Decimal | None, notice: Decimal | None, year: str) -> None:
    found = holding([], employment, date(2026, 3, 10))

    assert (found.least, found.notice, found.year, found.own) == (least, notice, year, False)


def test_the_agencys_own_target_holds_from_its_day_until_its_next() -> None:
    later = replace(OWN, first=date(2027, 1, 1), least=None)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 12, 31), date(2027, 1, 1)]

    assert [holding([later, OWN], "PPPK", day) for day in days] == [PPPK, OWN, OWN, later]
    assert holding([OWN], "PPPK-PW", days[3]) == PART_TIME


@pytest.mark.parametrize(("target", "total", "missing", "above_notice"), [
    (PNS, "3.5", "16.5", False), (PNS, "20", "0", False), (PNS, "40", "0", False),
    (PPPK, "0", "0", False), (PPPK, "24", "0", False), (PPPK, "24.1", "0", True),
    (OWN, "4", "6", False), (OWN, "31", "0", True),
])
def test_where_somebody_stands(target: Target, total: str, missing: str, above_notice: bool) -> None:
    standing = Standing(YEAR, Decimal(total), target)

    assert (standing.missing, standing.above_notice) == (Decimal(missing), above_notice)


def test_a_target_is_set_with_its_basis_and_recorded(app: Flask) -> None:
    service.set_target(OWN)
    service.set_target(replace(OWN, least=Decimal("12.5"), basis=" Perwal 6/2026 "))

    assert sums.own_targets() == [replace(OWN, least=Decimal("12.5"), basis="Perwal 6/2026")]
    details = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.act == "target.set").order_by(AuditEntry.seq)).all()
    first = {"year": "calendar", "basis": "Perwal 5/2026", "least": "10", "notice": "30"}
    assert details == [
        {"employment": "PPPK", "from": "2026-03-01", "now": first, "before": None},
        {"employment": "PPPK", "from": "2026-03-01", "now": {**first, "basis": "Perwal 6/2026", "least": "12.5"}, "before": first}]


@pytest.mark.parametrize(("changes", "code"), [
    ({"employment": "TNI"}, "target-kind"), ({"year": "moon"}, "target-kind"), ({"basis": "  "}, "target-basis"),
    ({"least": Decimal(0)}, "target-number"), ({"notice": Decimal(-1)}, "target-number"), ({"least": Decimal(1001)}, "target-number"),
    ({"first": date(2025, 12, 31)}, "target-early"),
])
def test_a_target_that_may_not_stand_is_refused(app: Flask, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        service.set_target(replace(OWN, **changes))

    assert (refused.value.code, db.session.scalars(select(Row)).all()) == (code, [])


def test_targets_of_then_are_those_that_had_been_set(app: Flask) -> None:
    service.set_target(OWN)

    assert (sums.own_targets(set_before=clock.now()), len(sums.own_targets())) == ([], 1)
