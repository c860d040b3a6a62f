"""Where somebody stands with an assignment on a day. Pure: terms, completions and a day in, a standing out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lms.learning.rules import valid_until as after_months

State = Literal["non-compliant", "grace", "not-started", "in-progress", "expiring", "compliant", "waived"]
STATES: tuple[State, ...] = ("non-compliant", "grace", "not-started", "in-progress", "expiring", "compliant", "waived")
"""All states, in the order in which they want to be looked at; a hit keeps the number of its state in this order."""
OPEN = frozenset({"non-compliant", "grace", "not-started", "in-progress"})
OVERDUE = frozenset({"non-compliant", "grace"})
SOON = 60  # days before a completion expires
JOINED_LATE = 30  # days that somebody has at least who is hit after the first day
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked: either `due_on` or `due_days` after becoming hit. `every_months` None: once."""

    required: bool
    first_on: date
    due_on: date | None = None
    due_days: int | None = None
    every_months: int | None = None
    grace_days: int = 0

    @property
    def days(self) -> int:
        """How long a round gives from its first day until it is due."""
        if self.due_days is not None:
            return self.due_days
        return max(((self.due_on or self.first_on) - self.first_on).days, 0)


@dataclass(frozen=True, slots=True)
class Done:
    """A completion: its day, and the last day on which it is valid (None: for good)."""

    on: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody has done of the subject. `going`: something is begun and not done; `last_on`: the last day some part was done."""

    done: tuple[Done, ...] = ()
    going: bool = False
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver, until a day (that day included) or for good."""

    until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. `changes_on` is the first day on which time alone changes the state; None: never."""

    state: State
    round: int
    begins_on: date
    due_on: date
    completed_on: date | None
    expires_on: date | None
    changes_on: date | None


def first_due(terms: Terms, hit_on: date) -> date:
    """The day on which the first round is due for somebody who is hit from this day on."""
    if terms.due_on is None:
        return hit_on + terms.days * DAY
    return max(terms.due_on, hit_on + JOINED_LATE * DAY) if hit_on > terms.first_on else terms.due_on


def standing(
    terms: Terms, hit_on: date, facts: Facts, today: date, *, extended_to: date | None = None, waiver: Waiver | None = None,
) -> Standing:
    """The one function that says how somebody stands, for pages and jobs alike.

    Precedence: waived, compliant or expiring, in grace, non-compliant, in progress, not started.
    """
    number, begins, completed, expires = _round(terms, hit_on, facts.done, today)
    due = first_due(terms, hit_on) if number == 1 else begins + terms.days * DAY
    if extended_to is not None and extended_to >= begins:
        due = max(due, extended_to)
    state = _state(terms, facts, today, begins=begins, due=due, completed=completed, expires=expires)
    if waiver is not None and (waiver.until is None or today <= waiver.until):
        state = "waived"
    turns = [due + DAY, due + (terms.grace_days + 1) * DAY] if completed is None and terms.required else []
    turns += [expires - SOON * DAY, expires + DAY] if expires is not None else []
    turns += [waiver.until + DAY] if waiver is not None and waiver.until is not None else []
    return Standing(state, number, begins, due, completed, expires, min((day for day in turns if day > today), default=None))


def _state(
    terms: Terms, facts: Facts, today: date, *, begins: date, due: date, completed: date | None, expires: date | None,
) -> State:
    if completed is not None:
        return "expiring" if expires is not None and today >= expires - SOON * DAY else "compliant"
    if terms.required and today > due:
        return "grace" if today <= due + terms.grace_days * DAY else "non-compliant"
    begun = facts.going or (facts.last_on is not None and facts.last_on >= begins)
    return "in-progress" if begun else "not-started"


def _round(terms: Terms, hit_on: date, done: Iterable[Done], today: date) -> tuple[int, date, date | None, date | None]:
    """The round that runs today: its number and first day, when it was completed, and the last day that counts (None: for good).

    A completion from before the first round counts if it is still valid then. A completion that comes before the last one expires
    carries the round on; after that a new round begins.
    """
    begins, number = hit_on, 1
    completed = expires = None
    for one in sorted(done, key=lambda one: one.on):
        last = _expiry(terms, one)
        if one.on > today or (one.on < begins and completed is None and not _still_valid(one, last, begins)):
            continue
        if completed is not None and expires is not None and one.on > expires:
            number, begins = number + 1, expires + DAY
            completed = None
        if completed is None or (expires is not None and (last is None or last > expires)):
            completed, expires = one.on, last
    if completed is not None and expires is not None and today > expires:
        return number + 1, expires + DAY, None, None
    return number, begins, completed, expires


def _expiry(terms: Terms, done: Done) -> date | None:
    """The last day on which a completion counts for the assignment: once done it is done, unless the assignment recurs."""
    if terms.every_months is None:
        return None
    days = [day for day in (after_months(done.on, terms.every_months), done.valid_until) if day is not None]
    return min(days)


def _still_valid(done: Done, expires: date | None, begins: date) -> bool:
    return all(day is None or day >= begins for day in (done.valid_until, expires))
