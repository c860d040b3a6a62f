"""Learning hours (JP) of a year against the target of the law. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

PNS_TARGET = Decimal(20)
"""JP a year that every PNS must reach (PP 11/2017, article 203 (4))."""

PPPK_NOTICE = Decimal(24)
"""JP in a year of agreement above which the page says so (PP 49/2018, article 40)."""

DAILY_LIMIT = Decimal(3)
"""JP of e-learning that the national conversion table recognises for one day."""


@dataclass(frozen=True, slots=True)
class Period:
    """The year that counts for a person, both days included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Completion:
    """One completed enrolment: its JP and how they fall on days (day, JP)."""

    module_id: str
    on: date
    hours: Decimal
    shares: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class BusyDay:
    """A day with more JP of e-learning than the conversion table recognises."""

    day: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Hours:
    """JP of a person in the year that counts; `target` is None where the law sets none."""

    period: Period
    total: Decimal
    target: Decimal | None
    above_notice: bool
    busy_days: tuple[BusyDay, ...]

    @property
    def missing(self) -> Decimal:
        """JP still missing from the target; 0 without one."""
        return max(self.target - self.total, Decimal(0)) if self.target is not None else Decimal(0)


def period_for(employment: str, contract_start: date | None, on: date) -> Period:
    """The calendar year for PNS; for PPPK (part-time too) the year of the agreement, if its start is known."""
    if employment == "PNS" or contract_start is None or contract_start > on:
        return Period(date(on.year, 1, 1), date(on.year, 12, 31))
    first = _anniversary(contract_start, on.year)
    if first > on:
        first = _anniversary(contract_start, on.year - 1)
    return Period(first, _anniversary(contract_start, first.year + 1) - timedelta(days=1))


def reckon(employment: str, period: Period, completions: Iterable[Completion]) -> Hours:
    """JP of the period; a module counts once in it, with its first completion."""
    counted = _first_of_each_module(sorted((item for item in completions if item.on in period), key=lambda item: item.on))
    total = sum((item.hours for item in counted.values()), Decimal(0))
    is_pns = employment == "PNS"
    return Hours(
        period=period,
        total=total,
        target=PNS_TARGET if is_pns else None,
        above_notice=not is_pns and total > PPPK_NOTICE,
        busy_days=_busy_days(counted.values(), period),
    )


def _first_of_each_module(completions: Iterable[Completion]) -> Mapping[str, Completion]:
    first: dict[str, Completion] = {}
    for item in completions:
        first.setdefault(item.module_id, item)
    return first


def _busy_days(completions: Iterable[Completion], period: Period) -> tuple[BusyDay, ...]:
    days: dict[date, Decimal] = {}
    for item in completions:
        for day, hours in item.shares or ((item.on, item.hours),):
            days[day] = days.get(day, Decimal(0)) + hours
    return tuple(BusyDay(day, hours) for day, hours in sorted(days.items()) if hours > DAILY_LIMIT and day in period)


def _anniversary(start: date, year: int) -> date:
    try:
        return start.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
