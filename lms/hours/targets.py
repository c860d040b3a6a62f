"""What people of an employment type should reach in their year, and what somebody's JP say against it. Pure.

JP are a right and an opportunity (PP 11/2017 article 203): nobody is behind who has no target. PPPK have none unless the agency entered a
least with its legal basis; above 24 JP in a year of agreement the page says so (PP 49/2018 article 40), and nothing else follows from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Year = Literal["calendar", "agreement"]
EMPLOYMENTS = ("PNS", "PPPK", "PPPK-PW")
YEARS: tuple[Year, ...] = ("calendar", "agreement")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Target:
    """What holds for an employment type from its `first` day on: the least JP of a year, None without a target; the JP above which the
    page says so; whether the calendar year counts or the agreement's; the legal basis."""

    employment: str
    first: date
    year: Year
    least: Decimal | None
    notice: Decimal | None
    basis: str

    @property
    def own(self) -> bool:
        """Whether the agency set it; else it is the nation's."""
        return self.first != date.min


NATIONAL: tuple[Target, ...] = (
    Target("PNS", date.min, "calendar", Decimal(20), None, "PP 11/2017 pasal 203 ayat (4)"),
    Target("PPPK", date.min, "agreement", None, Decimal(24), "PP 49/2018 pasal 40 ayat (1)"),
    Target("PPPK-PW", date.min, "agreement", None, Decimal(24), "PP 49/2018 pasal 40 ayat (1)"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """The year that counts for a person, both days included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Standing:
    """JP of a person in the year that counts, against the target that holds."""

    period: Period
    total: Decimal
    target: Target

    @property
    def least(self) -> Decimal | None:
        """JP that should be reached; None without a target."""
        return self.target.least

    @property
    def missing(self) -> Decimal:
        """JP still missing; 0 without a target."""
        return max(self.target.least - self.total, ZERO) if self.target.least is not None else ZERO

    @property
    def above_notice(self) -> bool:
        """Whether there is something to say about how many they are."""
        return self.target.notice is not None and self.total > self.target.notice


def holding(targets: Sequence[Target], employment: str, day: date) -> Target:
    """The target that holds for an employment type on a day: the agency's latest by then, else the nation's."""
    fitting = [one for one in (*NATIONAL, *targets) if one.employment == employment and one.first <= day]
    return max(fitting, key=lambda one: one.first)


def period_for(year: Year, contract_start: date | None, on: date) -> Period:
    """The calendar year of a day, or the year of the agreement around it if its start is known and past."""
    if year == "calendar" or contract_start is None or contract_start > on:
        return Period(date(on.year, 1, 1), date(on.year, 12, 31))
    first = _anniversary(contract_start, on.year)
    if first > on:
        first = _anniversary(contract_start, on.year - 1)
    return Period(first, _anniversary(contract_start, first.year + 1) - timedelta(days=1))


def fault_of(target: Target, *, today: date) -> str | None:
    """The code of what is wrong with a target that the agency wants to set; None if it may stand.

    It holds from a day of this calendar year or later, because pages of years that are over stay as they were.
    """
    if target.employment not in EMPLOYMENTS or target.year not in YEARS:
        return "target-kind"
    if not target.basis.strip():
        return "target-basis"
    if any(number is not None and not 0 < number <= 1000 for number in (target.least, target.notice)):
        return "target-number"
    return "target-early" if target.first < date(today.year, 1, 1) else None


def _anniversary(start: date, year: int) -> date:
    try:
        return start.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
