"""What trainers see of a module: who takes part, how each question did, what waits for a mark. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, select

from lms.assessment.models import Attempt, AttemptItem, ExtraAttempt, QuestionRevision
from lms.base.db import db
from lms.base.errors import NotFound
from lms.learning.models import Enrolment
from lms.people.models import Person, Unit

PAGE = 50


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in one round of a module, with her final attempts."""

    enrolment_id: int
    name: str
    nip: str
    unit: str
    round: int
    started_at: datetime
    completed_at: datetime | None
    score: Decimal | None
    attempts: int
    best: Decimal | None
    open: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits for a mark."""

    item_id: int
    person: str
    module_id: str
    quiz_id: str
    title: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice and how often it was chosen."""

    html: str
    count: int
    right: bool


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How one revision of a question did in graded attempts: facility 0 to 100, answers given with counts, most frequent first."""

    type: str
    title: str
    face: Mapping[str, Any]
    key: Mapping[str, Any]
    count: int
    empty: int
    facility: Decimal
    answers: tuple[tuple[Any, int], ...]

    @property
    def options(self) -> tuple[Option, ...]:
        """How often each option of a choice was chosen, as written; empty for other types."""
        key = self.key.get("right")
        right = {key} if isinstance(key, str) else set(key or ())
        return tuple(Option(one["html"], self._chosen(one["id"]), one["id"] in right) for one in self.face.get("options", ()))

    @property
    def texts(self) -> tuple[tuple[str, int], ...]:
        """The ten most frequent texts of a short or numeric question, with their counts."""
        if self.type not in ("short", "numeric"):
            return ()
        return tuple((answer["text"], times) for answer, times in self.answers[:10])

    def _chosen(self, option: str) -> int:
        return sum(times for answer, times in self.answers if option in (answer.get("option"), *answer.get("options", ())))


def participants(module_id: str, *, page: int) -> tuple[tuple[Participant, ...], int]:
    """One page of 50 participants by name, and how many there are in all."""
    tried = (
        select(
            Attempt.enrolment_id, func.count().label("attempts"), func.max(Attempt.percent).label("best"),
            func.sum(case((Attempt.state == "open", 1), else_=0)).label("open"),
            func.sum(case((Attempt.state == "waiting", 1), else_=0)).label("waiting"),
        )
        .where(Attempt.module_id == module_id, Attempt.purpose == "final").group_by(Attempt.enrolment_id).subquery()
    )
    rows = db.session.execute(
        select(
            Enrolment.id, Person.name, Person.nip, Unit.name, Enrolment.round, Enrolment.started_at, Enrolment.completed_at,
            Enrolment.score, func.coalesce(tried.c.attempts, 0), tried.c.best, func.coalesce(tried.c.open, 0),
            func.coalesce(tried.c.waiting, 0),
        )
        .join(Person, Person.id == Enrolment.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(tried, tried.c.enrolment_id == Enrolment.id)
        .where(Enrolment.module_id == module_id).order_by(Person.name, Enrolment.id)
        .limit(PAGE).offset((page - 1) * PAGE)
    )
    total = db.session.scalar(select(func.count()).where(Enrolment.module_id == module_id)) or 0
    return tuple(Participant(*row) for row in rows), total


@dataclass(frozen=True, slots=True)
class Taker:
    """One participant's page: who, and the extra attempts given as (quiz id, reason, when, by whom)."""

    enrolment_id: int
    person_id: int
    name: str
    module_id: str
    round: int
    attempts: tuple[Any, ...]
    extras: tuple[Any, ...]


def taker(enrolment_id: int) -> Taker:
    """A participant with all attempts in this round; raises NotFound."""
    row = db.session.execute(
        select(Enrolment.person_id, Person.name, Enrolment.module_id, Enrolment.round)
        .join(Person, Person.id == Enrolment.person_id).where(Enrolment.id == enrolment_id)
    ).first()
    if row is None:
        raise NotFound
    tried = db.session.execute(
        select(Attempt.id, Attempt.quiz_id, Attempt.purpose, Attempt.number, Attempt.state, Attempt.ended, Attempt.started_at,
               Attempt.submitted_at, Attempt.percent, Attempt.passed)
        .where(Attempt.enrolment_id == enrolment_id).order_by(Attempt.started_at, Attempt.id)
    )
    extras = db.session.execute(
        select(ExtraAttempt.quiz_id, ExtraAttempt.reason, ExtraAttempt.given_at, Person.name)
        .join(Person, Person.id == ExtraAttempt.given_by).where(ExtraAttempt.enrolment_id == enrolment_id)
        .order_by(ExtraAttempt.id)
    )
    return Taker(enrolment_id, *row, attempts=tuple(tried), extras=tuple(extras))


def to_mark(module_ids: Collection[str] | None) -> tuple[Waiting, ...]:
    """At most 200 answers of these modules (None: of all) that wait for a mark, the oldest first."""
    wanted: Any = (
        select(AttemptItem.id, Person.name, Attempt.module_id, Attempt.quiz_id, QuestionRevision.title, Attempt.submitted_at)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id).join(Person, Person.id == Attempt.person_id)
        .join(QuestionRevision, QuestionRevision.hash == AttemptItem.revision_hash)
        .where(Attempt.state == "waiting", AttemptItem.share.is_(None))
        .order_by(Attempt.submitted_at, AttemptItem.id).limit(200)
    )
    if module_ids is not None:
        wanted = wanted.where(Attempt.module_id.in_(module_ids))
    return tuple(Waiting(*row) for row in db.session.execute(wanted))


def questions(module_id: str, quiz_id: str, purpose: str) -> tuple[QuestionResult, ...]:
    """Every question revision drawn in graded attempts of this module's quiz, by title: two queries, grouped by the database."""
    shares = _grouped(module_id, quiz_id, purpose, AttemptItem.share)
    answers = _grouped(module_id, quiz_id, purpose, AttemptItem.response)
    known = db.session.execute(
        select(QuestionRevision.hash, QuestionRevision.type, QuestionRevision.title, QuestionRevision.face, QuestionRevision.key)
        .where(QuestionRevision.hash.in_(shares)).order_by(QuestionRevision.title, QuestionRevision.hash)
    )
    return tuple(
        _result(row.type, row.title, row.face, row.key, shares=shares[row.hash], answers=answers[row.hash]) for row in known
    )


def _grouped(module_id: str, quiz_id: str, purpose: str, column: Any) -> dict[str, list[tuple[Any, int]]]:
    rows = db.session.execute(
        select(AttemptItem.revision_hash, column, func.count())
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.module_id == module_id, Attempt.quiz_id == quiz_id, Attempt.purpose == purpose, Attempt.state == "graded")
        .group_by(AttemptItem.revision_hash, column)
    )
    groups: dict[str, list[tuple[Any, int]]] = {}
    for hash_, value, count in rows:
        groups.setdefault(hash_, []).append((value, count))
    return groups


def _result(kind: str, title: str, face: Mapping[str, Any], key: Mapping[str, Any], *, shares: Sequence[tuple[Fraction, int]],
            answers: Sequence[tuple[Any, int]]) -> QuestionResult:
    count = sum(times for _share, times in shares)
    earned = sum((share * times for share, times in shares), Fraction(0))
    given = sorted(((answer, times) for answer, times in answers if answer is not None), key=lambda one: -one[1])
    empty = sum(times for answer, times in answers if answer is None)
    return QuestionResult(kind, title, face, key, count, empty, _percent(earned, count), tuple(given))


def _percent(earned: Fraction, count: int) -> Decimal:
    exact = 100 * earned / count if count else Fraction(0)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.1"))
