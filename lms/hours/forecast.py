"""Where a year of learning hours leads, and how far it has come. Pure.

The forecast has three parts, each shown by itself: what counts already, what is registered or assigned until the end of the year, and one's
own pace of the last ninety days, kept up until then. The pace is that of modules, which one takes when one likes: a seminar of last month
does not come again by itself, and one that one is registered for is among the second part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal, NamedTuple

from lms.base.texts import N_

WINDOW = 90  # days, today among them
TENTH = Decimal("0.1")
ZERO = Decimal(0)
State = Literal["met", "on-the-way", "nothing", "no-target"]
How = Literal["offered", "assigned", "refused"]
STATES: dict[State, str] = {
    "met": N_("Target reached"), "on-the-way": N_("On the way"), "nothing": N_("Nothing yet"), "no-target": N_("No target"),
}
HOWS: dict[How, str] = {"offered": N_("Offered"), "assigned": N_("Assigned"), "refused": N_("Refused")}


class Foreseen(NamedTuple):
    """Something a person is registered for or has been assigned, with the JP it will give and the day on which it is due."""

    title: str
    jp: Decimal
    day: date


class Offered(NamedTuple):
    """Something a person was offered, assigned or refused, and when."""

    title: str
    how: How
    day: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """JP by the last day of the year, in its parts; `pace` is what modules gave in the last ninety days."""

    credited: Decimal
    due: tuple[Foreseen, ...]
    pace: Decimal
    days_left: int

    @property
    def foreseen(self) -> Decimal:
        """JP of all that is registered or assigned."""
        return sum((item.jp for item in self.due), ZERO)

    @property
    def own(self) -> Decimal:
        """JP that the own pace gives until the last day, to tenths, rounded down: 4.5 JP in 90 days and 275 days left give 13.7."""
        return (self.pace * self.days_left / WINDOW).quantize(TENTH, ROUND_DOWN)

    @property
    def total(self) -> Decimal:
        """JP by the last day of the year."""
        return self.credited + self.foreseen + self.own

    def missing(self, least: Decimal | None) -> Decimal:
        """JP that would still be missing on the last day; 0 without a target."""
        return ZERO if least is None else max(least - self.total, ZERO)


def forecast(credited: Decimal, *, today: date, last: date, due: Iterable[Foreseen] = (), pace: Decimal = ZERO) -> Forecast:
    """The forecast on a day for the year that ends with `last`; what is due later than that is left out."""
    until = tuple(sorted((item for item in due if item.day <= last and item.jp > 0), key=lambda item: (item.day, item.title)))
    return Forecast(credited, until, max(pace, ZERO), max((last - today).days, 0))


def window(today: date) -> tuple[date, date]:
    """First and last day of those by which the pace is measured."""
    return today - timedelta(days=WINDOW - 1), today


def even_pace(least: Decimal, *, first: date, last: date, today: date) -> Decimal:
    """Where somebody would be today who learned evenly through the year, to tenths."""
    whole = (last - first).days + 1
    passed = min(max((today - first).days + 1, 0), whole)
    return (least * passed / whole).quantize(TENTH)


def state(credited: Decimal, least: Decimal | None) -> State:
    """How far somebody has come; who has no target is never behind."""
    if least is None:
        return "no-target"
    if credited >= least:
        return "met"
    return "on-the-way" if credited > 0 else "nothing"
