"""Who gets a seat, who moves up, who may register or leave, what attendance is worth. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Literal

from lms.base.texts import N_
from lms.hours.rules import THOUSANDTH, Per

State = Literal["draft", "published", "closed", "held", "cancelled"]
Standing = Literal["seat", "waiting"]
STATES: Mapping[str, str] = {
    "draft": N_("Draft"), "published": N_("Open"), "closed": N_("Registration closed"), "held": N_("Held"), "cancelled": N_("Cancelled"),
}
STANDINGS: Mapping[str, str] = {
    "seat": N_("Has a seat"), "waiting": N_("Waiting list"), "declined": N_("Declined"), "cancelled": N_("Cancelled by the person"),
    "removed": N_("Removed"),
}
WAYS: Mapping[str, str] = {"self": N_("by oneself"), "nominated": N_("nominated"), "walk-in": N_("walk-in")}
PRESENCE: Mapping[str, str] = {"present": N_("Present"), "late": N_("Late"), "absent": N_("Absent")}
LIVE = ("seat", "waiting")
NEXT: Mapping[str, tuple[str, ...]] = {  # the states that an officer may give
    "draft": ("published", "cancelled"), "published": ("closed", "held", "cancelled"), "closed": ("published", "held", "cancelled"),
    "held": (), "cancelled": (),
}
LESSON_MINUTES = 45  # one JP


@dataclass(frozen=True, slots=True)
class Window:
    """When one may register for a seminar and leave it; `starts_at` and `ends_at` are None as long as it has no session."""

    state: str
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One on the waiting list, in its order; `unit` is the unit whose quota she uses."""

    id: int
    unit: int


@dataclass(frozen=True, slots=True)
class Attended:
    """A session that somebody attended, or not: the day in the office, its minutes."""

    day: date
    minutes: int
    attended: bool


def why_not_register(window: Window, now: datetime, *, in_reach: bool) -> str | None:
    """The code of the refusal of a registration, or None; `in_reach`: whether it is open to the person's unit."""
    if window.state != "published":
        return {"cancelled": "seminar-cancelled", "held": "seminar-over"}.get(window.state, "seminar-closed")
    if now < window.opens_at:
        return "seminar-early"
    if now >= window.closes_at:
        return "seminar-closed"
    return None if in_reach else "seminar-other-units"


def why_not_leave(window: Window, now: datetime, *, standing: str, reason: str) -> str | None:
    """The code of the refusal of a cancellation, or None. Whoever only waits may leave at any time before it begins."""
    if window.state not in {"published", "closed"} or has_begun(window, now):
        return "seminar-begun"
    late = standing == "seat" and window.cancel_until is not None and now > window.cancel_until
    return "seminar-cancel-reason" if late and len(reason) < 3 else None


def has_begun(window: Window, now: datetime) -> bool:
    """Whether the first session has begun."""
    return window.starts_at is not None and now >= window.starts_at


def standing_for(unit: int, *, seats: int, quota: int | None, taken: Mapping[int, int]) -> Standing:
    """What the next one gets. `taken` are the seats by unit.

    Nobody who waits could take the seat that is free: whoever could has moved up when it was freed (see `moving_up`).
    """
    full = sum(taken.values()) >= seats or (quota is not None and taken.get(unit, 0) >= quota)
    return "waiting" if full else "seat"


def moving_up(waiting: Iterable[Waiting], *, seats: int, quota: int | None, taken: Mapping[int, int]) -> tuple[int, ...]:
    """The ids of those who move up, in order: each time the first one whose unit has not used up its quota."""
    held, found = Counter(taken), []
    for one in waiting:
        if held.total() >= seats:
            break
        if quota is None or held[one.unit] < quota:
            held[one.unit] += 1
            found.append(one.id)
    return tuple(found)


def quota_unit(path: str, *, single_root: bool) -> int:
    """The unit whose quota somebody at a path uses: the one right below the agency's root, or the root where there are several."""
    ids = [int(one) for one in path.strip("/").split("/")]
    return ids[1] if single_root and len(ids) > 1 else ids[0]


def overlap(mine: Iterable[tuple[datetime, datetime]], others: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether any two sessions share time; one may begin when another ends."""
    held = list(others)
    return any(start < until and since < end for start, end in mine for since, until in held)


def enough(sessions: Sequence[Attended], least_percent: int) -> bool:
    """Whether the minutes of the attended sessions reach the minimum share, and anything was attended at all."""
    whole, there = sum(one.minutes for one in sessions), sum(one.minutes for one in sessions if one.attended)
    return there > 0 and there * 100 >= whole * least_percent


def earned(per: Per | None, sessions: Sequence[Attended]) -> tuple[tuple[date, Decimal], ...]:
    """What attendance is worth in the unit of the rate: each attended day once, the JP of its sessions (45 minutes each), or the whole
    activity on its last attended day."""
    attended = sorted((one for one in sessions if one.attended), key=lambda one: one.day)
    minutes = {day: sum(one.minutes for one in same) for day, same in groupby(attended, key=lambda one: one.day)}
    if per in {"activity", "semester"}:
        return tuple((day, Decimal(1)) for day in list(minutes)[-1:])
    if per in {"day", "time"}:
        return tuple((day, Decimal(1)) for day in minutes)
    return tuple((day, (Decimal(count) / LESSON_MINUTES).quantize(THOUSANDTH, ROUND_HALF_UP)) for day, count in minutes.items())
