"""What a page shows of an attempt's questions; a key is in a card only when the feedback policy lets it out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lms.assessment import queries, rules
from lms.assessment.drawing import draw
from lms.content.catalog import Quiz
from lms.questions import TYPES


@dataclass(frozen=True, slots=True)
class Card:
    """One question for the templates of lms.questions and the frame around it."""

    position: int
    pool: int
    type: str
    title: str
    points: Decimal
    face: dict[str, Any]
    arrangement: Any
    response: Any
    prefix: str
    disabled: bool
    flagged: bool = False
    version: int = 0
    checked: bool = False
    unclear: tuple[str, ...] = ()
    key: dict[str, Any] | None = None
    share: Fraction | None = None
    comment: str | None = None

    @property
    def answered(self) -> bool:
        """Whether something was given."""
        return self.response is not None

    @property
    def earned(self) -> Decimal | None:
        """Points earned, cut to two decimals; None when they may not be shown or are not known."""
        return None if self.share is None else rules.shown(self.share * Fraction(self.points))

    @property
    def verdict(self) -> str:
        """right, part, wrong, empty or unknown."""
        if self.share is None:
            return "unknown"
        if not self.answered:
            return "empty"
        return "right" if self.share == 1 else "part" if self.share > 0 else "wrong"


def of_open_attempt(sheet: queries.Sheet, items: Sequence[queries.Item], now: datetime) -> tuple[Card, ...]:
    """Cards to answer; those already checked are closed and show their feedback."""
    return tuple(_card(item, disabled=item.checked_at is not None, shown=_may_show(sheet, item, False, now)) for item in items)


def of_ended_attempt(sheet: queries.Sheet, items: Sequence[queries.Item], now: datetime, *, no_attempt_left: bool,
                     passed: bool) -> tuple[Card, ...]:
    """Cards to review by the learner, with keys where the policy allows it."""
    return tuple(
        _card(item, disabled=True, shown=_may_show(sheet, item, no_attempt_left, now, passed=passed)) for item in items
    )


def for_trainer(items: Sequence[queries.Item]) -> tuple[Card, ...]:
    """Cards with everything."""
    return tuple(_card(item, disabled=True, shown=True) for item in items)


def _may_show(sheet: queries.Sheet, item: queries.Item, no_attempt_left: bool, now: datetime, *, passed: bool = False) -> bool:
    facts = rules.Showing(
        purpose=sheet.purpose, feedback=sheet.terms.feedback, ended=sheet.state != "open", checked=item.checked_at is not None,
        passed=passed, no_attempt_left=no_attempt_left, closes=sheet.terms.closes,
    )
    return rules.may_show_key(facts, now)


def _card(item: queries.Item, *, disabled: bool, shown: bool) -> Card:
    return Card(
        position=item.position, pool=item.pool, type=item.type, title=item.title, points=item.points, face=item.face,
        arrangement=item.arrangement, response=item.response, prefix=f"q{item.position}-", disabled=disabled,
        flagged=item.flagged, version=item.version, checked=item.checked_at is not None, unclear=_unclear(item),
        key=item.key if shown else None, share=item.share if shown else None, comment=item.comment,
    )


def _unclear(item: queries.Item) -> tuple[str, ...]:
    return TYPES[item.type].unclear(item.face, item.response) if item.response is not None else ()


def preview(quiz: Quiz, seed: int) -> tuple[Card, ...]:
    """The questions a learner might get, unanswered; the same seed gives the same ones."""
    return tuple(
        Card(
            position=one.position, pool=one.pool, type=one.question.type, title=one.question.title, points=one.question.points,
            face=one.question.face, arrangement=one.arrangement, response=None, prefix=f"q{one.position}-", disabled=False,
        )
        for one in draw(quiz, random.Random(seed))  # noqa: S311 - a preview is no secret
    )


def graded_preview(quiz: Quiz, seed: int, fields: dict[int, Any]) -> tuple[Card, ...]:
    """The preview's questions with the given answers, keys and shares; nothing is stored."""
    return tuple(_graded(one, fields.get(one.position, {})) for one in draw(quiz, random.Random(seed)))  # noqa: S311


def _graded(one: Any, fields: Any) -> Card:
    question = one.question
    response = TYPES[question.type].read(question.face, fields)
    share = TYPES[question.type].grade(question.face, question.key, response) if response is not None else Fraction(0)
    return Card(
        position=one.position, pool=one.pool, type=question.type, title=question.title, points=question.points,
        face=question.face, arrangement=one.arrangement, response=response, prefix=f"q{one.position}-", disabled=True,
        key=question.key, share=share,
    )
