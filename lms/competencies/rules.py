"""Decisions about levels: what a position requires, what evidence is worth on a day, and the gap between. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lms.base.texts import N_
from lms.learning.rules import valid_until
from lms.people.careers import kind_of_position

LEVELS = (1, 2, 3, 4, 5)
NINE = ("M.1", "M.2", "M.3", "M.4", "M.5", "M.6", "M.7", "M.8", "SK.1")
DAY = timedelta(days=1)
DEFAULTS: Mapping[str, int] = {
    # The usual levels of PermenPANRB 38/2017 by kind of position. Where usage gives a span (JPT madya 4 to 5) or nothing of its own
    # (mahir and penyelia, who stand above terampil) the lower level is taken: a requirement should be decided, not guessed.
    "jpt-utama": 5, "jpt-madya": 4, "jpt-pratama": 4, "administrator": 3, "pengawas": 2,
    "ahli-utama": 5, "ahli-madya": 4, "ahli-muda": 3, "ahli-pertama": 2, "penyelia": 2, "mahir": 2, "terampil": 2, "pemula": 1,
    "klerek": 1, "operator": 1, "teknisi": 1, "pelaksana": 1,
}
"""Level of each of the nine that a kind of position requires; a functional position without level has none."""

Kind = Literal["module", "seminar", "certificate", "confirmation", "assessment"]
KINDS: Mapping[str, str] = {
    "module": N_("Module passed"), "seminar": N_("Seminar"), "certificate": N_("Outside certificate"),
    "confirmation": N_("Confirmed by the supervisor"), "assessment": N_("Assessment centre"),
}
VALID_MONTHS: Mapping[str, int] = {
    "assessment": 36,  # offices use the result of an assessment centre for three years; a result may name its own end
    "confirmation": 24,  # two yearly dialogues between supervisor and staff; then it is time to look again
    "module": 36, "seminar": 36, "certificate": 36,  # as long as an assessment, where they name no end of their own
}
JUDGEMENTS = frozenset({"confirmation", "assessment"})  # of these the latest counts, also if it is lower: it says how it is now


@dataclass(frozen=True, slots=True)
class Override:
    """A requirement that was set: for a kind of position or one exact position, from a day on until the next for the same.

    `level` is None where from that day on the next wider rule holds again.
    """

    code: str
    position_kind: str
    position: str
    level: int | None
    from_on: date
    basis: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """The level that is required, and why: by `scope` and `basis` (empty for the default)."""

    level: int
    scope: Literal["position", "kind", "default"]
    kind: str = ""
    basis: str = ""
    from_on: date | None = None


class Matrix:
    """What every position requires on one day."""

    def __init__(self, overrides: Iterable[Override], on: date) -> None:
        self._set: dict[tuple[str, str, str], Override] = {}
        for one in sorted(overrides, key=lambda one: one.from_on):
            if one.from_on <= on:
                self._set[one.code, one.position_kind, position_key(one.position)] = one

    @property
    def codes(self) -> tuple[str, ...]:
        """The nine, then the technical competencies that some position requires, by code."""
        return (*NINE, *sorted({code for (code, _kind, _position), one in self._set.items() if code not in NINE and one.level}))

    def requirement(self, code: str, position_kind: str, position: str) -> Requirement | None:
        """What is required of a position; the exact position goes before its kind, that before the default. None: nothing is."""
        kind = kind_of(position_kind, position)
        own = self._set.get((code, "", position_key(position))) if position.strip() else None
        if own is not None and own.level is not None:
            return Requirement(own.level, "position", kind, own.basis, own.from_on)
        of_kind = self._set.get((code, kind, "")) if kind else None
        if of_kind is not None and of_kind.level is not None:
            return Requirement(of_kind.level, "kind", kind, of_kind.basis, of_kind.from_on)
        return Requirement(DEFAULTS[kind], "default", kind) if code in NINE and kind in DEFAULTS else None


def kind_of(position_kind: str, position: str) -> str:
    """The kind of a position: as recorded, else as the name of a functional position tells; "" where neither says it."""
    return position_kind or kind_of_position(position)


def position_key(position: str) -> str:
    """The name of a position without differences of case and space."""
    return " ".join(position.casefold().split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that shows a level from `on_day` to `until_on`, both included.

    `valid_until` is its own end; `until_on` lies before it where a later judgement has taken its place.
    """

    id: int
    code: str
    level: int
    kind: str
    title: str
    source: str
    on_day: date
    valid_until: date
    until_on: date
    withdrawn: bool = False

    def holds(self, on: date) -> bool:
        """Whether it counts on a day."""
        return not self.withdrawn and self.on_day <= on <= self.until_on

    @property
    def replaced(self) -> bool:
        """Whether a later judgement has taken its place before its end."""
        return self.until_on < self.valid_until


@dataclass(frozen=True, slots=True)
class Gap:
    """One competency of one person on a day: what she holds (0: nothing), what is required (None: nothing), and both reasons.

    `afterwards` is the level that is left on the day after `evidence` ends, as things stand.
    """

    code: str
    held: int
    required: int | None
    evidence: Evidence | None = None
    requirement: Requirement | None = None
    afterwards: int = 0

    @property
    def gap(self) -> int | None:
        """Held - required; below zero something is missing. None where nothing is required."""
        return None if self.required is None else self.held - self.required

    @property
    def missing(self) -> int:
        """How many levels are missing."""
        return max(0, (self.required or 0) - self.held)


def ends(kind: str, on_day: date) -> date:
    """The last day of evidence that names no end of its own."""
    last = valid_until(on_day, VALID_MONTHS[kind])
    assert last is not None  # a number of months was given
    return last


def held(evidence: Iterable[Evidence], on: date) -> Evidence | None:
    """The highest evidence that holds on a day; of equals the one that holds longest."""
    return max((one for one in evidence if one.holds(on)), key=lambda one: (one.level, one.until_on, one.id), default=None)


def gap(code: str, evidence: Sequence[Evidence], requirement: Requirement | None, on: date) -> Gap:
    """The gap in one competency on a day, out of all evidence for it."""
    best = held(evidence, on)
    after = held(evidence, best.until_on + DAY) if best and best.until_on < date.max else None
    return Gap(code, best.level if best else 0, requirement.level if requirement else None, best, requirement,
               after.level if after else 0)


def settled(judgements: Iterable[tuple[int, date, date]]) -> Mapping[int, date]:
    """Until when each judgement of one kind holds: until its own end, or the day before the next one.

    `judgements` are (id, day, own end). Of two on one day the later entry counts; the other then ends before it begins.
    """
    ordered = sorted(judgements, key=lambda one: (one[1], one[0]))
    following = [one[1] for one in ordered[1:]]
    found = {number: end for number, _day, end in ordered}
    for (number, _day, end), next_day in zip(ordered, following, strict=False):
        found[number] = min(end, next_day - DAY)
    return found


def is_shown(ticked: int, of: int) -> bool:
    """Whether so many of a level's indicators show the level: more than half of them. A level without indicators is judged as it is."""
    return ticked * 2 > of or of == 0
