"""What counts for a programme, how far somebody is, and when a round is complete. Pure: facts in, a standing out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from lms.content.programmes import Item, Programme, Step

State = Literal["new", "going", "done", "expired"]
ItemState = Literal["done", "going", "open", "lock"]


@dataclass(frozen=True, slots=True)
class Fact:
    """An item that somebody has done; `key` is the item's. `valid_until` None: for good."""

    key: str
    on: date
    hours: Decimal
    title: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """The last round that was completed."""

    round: int
    on: date
    valid_until: date | None = None

    def has_expired(self, today: date) -> bool:
        """Whether the programme may be done again."""
        return self.valid_until is not None and today > self.valid_until


@dataclass(frozen=True, slots=True)
class StepStanding:
    """How far somebody is in one step: the state of each item by its key, `done` of `needed` items."""

    step: Step
    items: Mapping[str, ItemState]
    done: int
    locked: bool

    @property
    def needed(self) -> int:
        """How many items have to be done; 0 where they are only recommended."""
        return self.step.choose

    @property
    def is_complete(self) -> bool:
        """Whether enough of the step is done."""
        return self.done >= self.needed


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. `done` of `needed` items; `next` is the item to do now, `last` the round completed last.

    `state` "done" and "expired" rest on what was recorded; `fulfilled` on the facts alone.
    """

    state: State
    steps: tuple[StepStanding, ...]
    done: int
    needed: int
    next: Item | None
    last: Last | None

    @property
    def fulfilled(self) -> bool:
        """Whether everything that has to be done is done, recorded or not."""
        return self.done >= self.needed


def counting(facts: Iterable[Fact], last: Last | None, today: date) -> Mapping[str, Fact]:
    """The fact that counts for each item: the first one; in a round after an expired one the latest that is newer or still valid.

    While the last round holds, what it rested on still counts.
    """
    found: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda one: one.on):
        if last is None or not last.has_expired(today):
            found.setdefault(fact.key, fact)
        elif fact.on > last.on or fact.valid_until is None or fact.valid_until >= today:
            found[fact.key] = fact
    return found


def standing(
    programme: Programme, facts: Iterable[Fact], going: frozenset[str], last: Last | None, today: date,
) -> Standing:
    """Where somebody stands; `going` are the keys of items she has begun."""
    counted = counting(facts, last, today)
    steps = _steps(programme, counted, going)
    done, needed = sum(min(one.done, one.needed) for one in steps), sum(one.needed for one in steps)
    return Standing(
        _state(counted, going, programme, last, today), steps, done, needed, None if done >= needed else _next(steps), last)


def is_due(programme: Programme, facts: Iterable[Fact], last: Last | None, today: date) -> bool:
    """Whether a round is to be recorded: everything is done and, after an expired round, something of it anew."""
    if last is not None and not last.has_expired(today):
        return False
    counted = counting(facts, last, today)
    fresh = last is None or any(fact.on > last.on for fact in counted.values())
    return fresh and all(sum(item.key in counted for item in step.items) >= step.choose for step in programme.steps)


def achieved(programme: Programme, facts: Iterable[Fact], last: Last | None, today: date) -> tuple[tuple[Item, Fact], ...]:
    """The items that a completed round rests on, in the order of the file: of a choice those done first."""
    counted = counting(facts, last, today)
    found = []
    for step in programme.steps:
        done = [(item, counted[item.key]) for item in step.items if item.key in counted]
        first = sorted(done, key=lambda pair: pair[1].on)[: step.choose]
        found += [pair for pair in done if pair in first]
    return tuple(found)


def span(programme: Programme, hours: Mapping[str, Decimal | None]) -> tuple[Decimal, Decimal, bool]:
    """JP of the whole way, at least and at most, and whether some item's JP are not known yet (it counts 0)."""
    least = most = Decimal(0)
    for step in programme.steps:
        known = sorted(hours.get(item.key) or Decimal(0) for item in step.items)
        least += sum(known[: step.choose], Decimal(0))
        most += sum(known[len(known) - step.choose :], Decimal(0))
    wanted = [item for step in programme.steps if step.choose for item in step.items]
    return least, most, any(hours.get(item.key) is None for item in wanted)


def _steps(programme: Programme, counted: Mapping[str, Fact], going: frozenset[str]) -> tuple[StepStanding, ...]:
    found: list[StepStanding] = []
    locked = False
    for step in programme.steps:
        items = {item.key: _item_state(item, counted, going, locked=locked) for item in step.items}
        one = StepStanding(step, items, sum(item.key in counted for item in step.items), locked)
        found.append(one)
        locked = locked or (programme.order == "sequential" and not one.is_complete)
    return tuple(found)


def _item_state(item: Item, counted: Mapping[str, Fact], going: frozenset[str], *, locked: bool) -> ItemState:
    if item.key in counted:
        return "done"
    if item.key in going:
        return "going"
    return "lock" if locked else "open"


def _next(steps: Iterable[StepStanding]) -> Item | None:
    """What is going on, before what can be begun; nothing of a step of which enough is done."""
    left = [(item, step.items[item.key]) for step in steps if not step.is_complete for item in step.step.items]
    return next((item for wanted in ("going", "open") for item, state in left if state == wanted), None)


def _state(counted: Mapping[str, Fact], going: frozenset[str], programme: Programme, last: Last | None, today: date) -> State:
    if last is not None:
        return "expired" if last.has_expired(today) else "done"
    keys = {item.key for item in programme.items}
    return "going" if keys & (counted.keys() | going) else "new"
