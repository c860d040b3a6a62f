"""Decisions about attempts: may one begin, is an answer late, what does a score count, may a key be shown."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from lms.base.errors import Refused

Purpose = Literal["final", "practice", "pretest"]
Writing = Literal["write", "same", "stale"]

# Answers travel for a moment; one that left in time is still accepted.
GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Terms:
    """The quiz settings an attempt is held under; frozen with the attempt."""

    title: str
    pass_percent: Decimal
    attempts: int
    counts: str
    wait: timedelta
    time_limit: timedelta | None
    feedback: str
    show_score: bool
    closes: datetime | None

    def to_json(self) -> dict[str, Any]:
        """The terms as plain JSON values; durations in seconds, moments in ISO 8601."""
        return {
            "title": self.title,
            "pass_percent": str(self.pass_percent),
            "attempts": self.attempts,
            "counts": self.counts,
            "wait": self.wait.total_seconds(),
            "time_limit": self.time_limit.total_seconds() if self.time_limit else None,
            "feedback": self.feedback,
            "show_score": self.show_score,
            "closes": self.closes.isoformat() if self.closes else None,
        }

    @staticmethod
    def from_json(stored: dict[str, Any]) -> "Terms":
        """The terms that `to_json` wrote."""
        return Terms(
            title=stored["title"],
            pass_percent=Decimal(stored["pass_percent"]),
            attempts=stored["attempts"],
            counts=stored["counts"],
            wait=timedelta(seconds=stored["wait"]),
            time_limit=timedelta(seconds=stored["time_limit"]) if stored["time_limit"] else None,
            feedback=stored["feedback"],
            show_score=stored["show_score"],
            closes=datetime.fromisoformat(stored["closes"]) if stored["closes"] else None,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with a quiz in one round of its module."""

    purpose: Purpose
    used: int = 0
    extra: int = 0
    last_ended_at: datetime | None = None
    waiting: bool = False
    passed: bool = False
    lessons_missing: int = 0
    lesson_locked: bool = False
    lesson_opened: bool = False


def allowed_attempts(purpose: Purpose, attempts: int, extra: int) -> int | None:
    """How many attempts a person has in all; None = no limit. A pretest has one, whatever the file says."""
    if purpose == "pretest":
        return 1
    return attempts + extra if attempts else None


def attempts_left(purpose: Purpose, attempts: int, *, extra: int, used: int) -> int | None:
    """How many attempts are left; None = no limit."""
    allowed = allowed_attempts(purpose, attempts, extra)
    return None if allowed is None else max(0, allowed - used)


def check_start(standing: Standing, terms: Terms, *, opens: datetime | None, now: datetime) -> None:
    """Refuse a new attempt with the first reason that holds; returns nothing when it may begin.

    Refused: quiz-not-open-yet (opens), quiz-closed (closes), lessons-missing (count), practice-locked, pretest-over,
    mark-awaited, no-attempt-left (attempts), wait-first (until).
    """
    if opens and now < opens:
        raise Refused("quiz-not-open-yet", opens=opens)
    if terms.closes and now >= terms.closes:
        raise Refused("quiz-closed", closes=terms.closes)
    _check_place(standing)
    _check_count(standing, terms, now)


def _check_place(standing: Standing) -> None:
    if standing.purpose == "final" and standing.lessons_missing:
        raise Refused("lessons-missing", count=standing.lessons_missing)
    if standing.purpose == "practice" and standing.lesson_locked:
        raise Refused("practice-locked")
    if standing.purpose == "pretest" and (standing.lesson_opened or standing.used):
        raise Refused("pretest-over")


def _check_count(standing: Standing, terms: Terms, now: datetime) -> None:
    if standing.waiting:
        raise Refused("mark-awaited")
    if attempts_left(standing.purpose, terms.attempts, extra=standing.extra, used=standing.used) == 0:
        raise Refused("no-attempt-left", attempts=standing.used)
    if standing.last_ended_at and now < standing.last_ended_at + terms.wait:
        raise Refused("wait-first", until=standing.last_ended_at + terms.wait)


def deadline(started_at: datetime, terms: Terms) -> datetime | None:
    """When an attempt ends by itself: its time limit or the quiz's close, whichever is sooner; None = never."""
    ends = [moment for moment in (terms.time_limit and started_at + terms.time_limit, terms.closes) if moment]
    return min(ends, default=None)


def is_late(until: datetime | None, now: datetime) -> bool:
    """Whether the server no longer accepts answers at `now`; the moment of deadline + grace still counts."""
    return until is not None and now > until + GRACE


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who wrote an answer last: its version, the browser tab (empty without script) and that tab's own counter."""

    version: int
    tab: str = ""
    seq: int = 0


def decide_write(stored: Stamp, sent: Stamp, *, changed: bool) -> Writing:
    """Whether an answer is stored, already there, or made on an older state than somebody else's newer one.

    A tab may overwrite its own answer although it has not heard of the acknowledgement: a lost reply is not a conflict.
    """
    if not changed:
        return "same"
    if sent.version == stored.version:
        return "write"
    own = sent.tab != "" and sent.tab == stored.tab and sent.seq > stored.seq
    return "write" if own else "stale"


def total(shares: Iterable[tuple[Fraction, Decimal]]) -> Fraction:
    """Points earned by (share, points) pairs; never below 0."""
    return max(Fraction(0), sum((share * Fraction(points) for share, points in shares), Fraction(0)))


def percent(earned: Fraction, out_of: Decimal) -> Fraction:
    """Exact percentage, 0 to 100; 0 when the attempt has no points to earn."""
    return 100 * earned / Fraction(out_of) if out_of else Fraction(0)


def counted(percents: Sequence[Fraction], counts: str) -> Fraction | None:
    """The score that decides, from the graded attempts in order; None when there are none."""
    if not percents:
        return None
    if counts == "mean":
        return sum(percents, Fraction(0)) / len(percents)
    return {"best": max(percents), "last": percents[-1], "first": percents[0]}[counts]


def passes(score: Fraction | None, pass_percent: Decimal) -> bool:
    """Whether an exact score reaches the pass mark; nothing is rounded."""
    return score is not None and score >= Fraction(pass_percent)


def shown(value: Fraction, places: int = 2) -> Decimal:
    """A score as it is printed: cut, not rounded, so that a failed 69.999 never reads 70."""
    return Decimal(math.floor(value * 10**places)).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Showing:
    """What the feedback policy looks at."""

    purpose: Purpose
    feedback: str
    ended: bool
    checked: bool
    passed: bool
    no_attempt_left: bool
    closes: datetime | None


def may_show_key(facts: Showing, now: datetime) -> bool:
    """Whether key, feedback, explanation and the share of one question may reach the learner."""
    if facts.purpose == "pretest" or facts.feedback == "never":
        return False
    if facts.feedback == "immediate" and facts.checked:
        return True
    if not facts.ended:
        return False
    if facts.feedback == "after-close" and facts.closes:
        return now >= facts.closes
    if facts.feedback in ("after-close", "after-pass"):
        return facts.passed or facts.no_attempt_left
    return True
