"""One person's year of learning hours, gathered for her page and for the officer's."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from flask import current_app

from lms.base import clock
from lms.content.catalog import Module
from lms.hours import forecast as foretelling
from lms.hours import ledger, rules, sums, targets
from lms.learning import queries as learning
from lms.learning import shelf
from lms.web.content import catalog

FEWEST, MOST = 3, 8  # modules that are shown to close a gap
Told = Callable[[int, date, date], Sequence[tuple[Any, ...]]]


class Someone(Protocol):
    """Whose year it is."""

    @property
    def id(self) -> int: ...
    @property
    def employment(self) -> str: ...
    @property
    def contract_start(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its ledger. `forecast` and `even` (JP at an even pace) are None for a year that is over, `even` also without a target;
    `paced` are the days by which the own pace is measured."""

    number: int
    years: Sequence[int]
    standing: targets.Standing
    items: Sequence[ledger.Item]
    forecast: foretelling.Forecast | None
    even: Decimal | None
    paced: tuple[date, date]
    offered: Sequence[foretelling.Offered]

    @property
    def state(self) -> foretelling.State:
        """How far she has come."""
        return foretelling.state(self.standing.total, self.standing.least)

    @property
    def given(self) -> Decimal:
        """JP by the rates, before caps, without what was taken back."""
        return sum((item.gave for item in self.items if item.taken_back is None), rules.ZERO)


def of(person: Someone, asked: int | None) -> Year:
    """The year asked for, by the calendar year in which it began; this one if there is no such year. Six queries and those of the rooms
    that foresee or offer something."""
    today = clock.today()
    own = sums.own_targets()
    this = _period(own, person, today)
    begun = ledger.first_year(person.id) or this.first.year
    years = range(this.first.year, min(begun, this.first.year) - 1, -1)
    number = asked if asked is not None and asked in years else this.first.year
    day = today if number == this.first.year else date(number, 12, 31)
    period = _period(own, person, day)
    items = ledger.items(person.id, period.first, period.last)
    total = sum((item.credited for item in items), rules.ZERO)
    standing = targets.Standing(period, total, targets.holding(own, person.employment, day))
    paced = foretelling.window(today)
    coming = None
    if number == this.first.year:
        due = [foretelling.Foreseen(*row) for row in _told("foreseen", person.id, today, period.last)]
        coming = foretelling.forecast(total, today=today, last=period.last, due=due, pace=ledger.pace(person.id, *paced))
    return Year(
        number=number, years=years, standing=standing, items=items, forecast=coming,
        even=_even(standing, today) if coming is not None else None, paced=paced,
        offered=[foretelling.Offered(*row) for row in _told("offered", person.id, period.first, period.last)] if standing.missing else [],
    )


def closing(person_id: int, gap: Decimal) -> Sequence[Module]:
    """Modules not done yet that may be begun now, those in progress first: as many as close the gap, a few at least. One query."""
    cards = shelf.cards_for(catalog().modules.values(), learning.progress_by_module(person_id), drafts=frozenset())
    open_ = [card.module for card in cards if card.state in {"new", "reading", "quiz"} and card.module.hours > 0]
    return _enough(open_, gap)


def _enough(modules: Collection[Module], gap: Decimal) -> list[Module]:
    found: list[Module] = []
    for module in modules:
        if len(found) == MOST or (len(found) >= FEWEST and sum((one.hours for one in found), rules.ZERO) >= gap):
            break
        found.append(module)
    return found


def _period(own: Sequence[targets.Target], person: Someone, day: date) -> targets.Period:
    return targets.period_for(targets.holding(own, person.employment, day).year, person.contract_start, day)


def _even(standing: targets.Standing, today: date) -> Decimal | None:
    if standing.least is None:
        return None
    return foretelling.even_pace(standing.least, first=standing.period.first, last=standing.period.last, today=today)


def _told(what: str, person_id: int, first: date, last: date) -> list[tuple[Any, ...]]:
    """What other rooms say about a person and a period, see wiring."""
    say: Sequence[Told] = current_app.extensions[what]
    return [row for room in say for row in room(person_id, first, last)]
