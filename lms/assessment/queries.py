"""What pages and services read about attempts; nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from lms.assessment import rules
from lms.assessment.models import Attempt, AttemptItem, ExtraAttempt, Mark, QuestionRevision
from lms.base.db import db
from lms.base.errors import NotFound


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attempt without its questions."""

    id: int
    person_id: int
    enrolment_id: int
    module_id: str
    quiz_id: str
    purpose: rules.Purpose
    number: int
    state: str
    ended: str | None
    terms: rules.Terms
    pools: tuple[dict[str, str | None], ...]
    started_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    max_score: Decimal
    score: Decimal | None
    percent: Decimal | None
    exact: Fraction | None
    passed: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One question of an attempt with what was answered."""

    id: int
    position: int
    pool: int
    type: str
    title: str
    points: Decimal
    face: dict[str, Any]
    key: dict[str, Any]
    arrangement: Any
    response: Any
    flagged: bool
    version: int
    tab: str
    seq: int
    saved_at: datetime | None
    checked_at: datetime | None
    share: Fraction | None
    comment: str | None


def sheet(attempt_id: int) -> Sheet:
    """The attempt; raises NotFound."""
    row = db.session.execute(select(*_SHEET).where(Attempt.id == attempt_id)).first()
    if row is None:
        raise NotFound
    return _sheet(row)


def locked_sheet(attempt_id: int) -> Sheet:
    """The attempt, kept from other writers until the transaction ends; raises NotFound."""
    row = db.session.execute(select(*_SHEET).where(Attempt.id == attempt_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return _sheet(row)


def own_sheet(attempt_id: int, person_id: int) -> Sheet:
    """The attempt, if it is this person's; raises NotFound for anybody else's."""
    found = sheet(attempt_id)
    if found.person_id != person_id:
        raise NotFound
    return found


def items(attempt_id: int) -> tuple[Item, ...]:
    """The attempt's questions in order, in one query, with key and answer: for grading and review on the server."""
    return tuple(Item(*row) for row in db.session.execute(_ITEMS, {"attempt": attempt_id}))


def for_saving(attempt_id: int, positions: Sequence[int]) -> Sequence[Row[Any]]:
    """State, deadline and owner of the attempt beside each asked item, in one query; nobody else writes them meanwhile."""
    return db.session.execute(_FOR_SAVING, {"attempt": attempt_id, "positions": list(positions)}).all()


_FOR_SAVING = (
    select(
        Attempt.person_id, Attempt.module_id, Attempt.state, Attempt.deadline, AttemptItem.id, AttemptItem.position,
        AttemptItem.response, AttemptItem.flagged, AttemptItem.version, AttemptItem.tab, AttemptItem.seq,
        AttemptItem.checked_at, QuestionRevision.type, QuestionRevision.face,
    )
    .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
    .join(QuestionRevision, QuestionRevision.hash == AttemptItem.revision_hash)
    .where(Attempt.id == bindparam("attempt"), AttemptItem.position.in_(bindparam("positions", expanding=True)))
    .order_by(AttemptItem.position)
    .with_for_update(of=(Attempt, AttemptItem))
)


def attempts(enrolment_id: int, quiz_id: str, purpose: str) -> tuple[Sheet, ...]:
    """A person's attempts at a quiz in one round, the first one first."""
    rows = db.session.execute(
        select(*_SHEET)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.quiz_id == quiz_id, Attempt.purpose == purpose)
        .order_by(Attempt.number)
    )
    return tuple(_sheet(row) for row in rows)


def extra_attempts(enrolment_id: int, quiz_id: str) -> int:
    """How many attempts trainers have added."""
    wanted = select(func.count()).where(ExtraAttempt.enrolment_id == enrolment_id, ExtraAttempt.quiz_id == quiz_id)
    return db.session.scalar(wanted) or 0


def open_attempts(person_id: int) -> tuple[Sheet, ...]:
    """A person's open attempts, the one that ends first in front: for the start page."""
    rows = db.session.execute(
        select(*_SHEET).where(Attempt.person_id == person_id, Attempt.state == "open")
        .order_by(Attempt.deadline.is_(None), Attempt.deadline, Attempt.id)
    )
    return tuple(_sheet(row) for row in rows)


def overdue(now: datetime) -> tuple[int, ...]:
    """Ids of open attempts whose time is over, at most 500."""
    late = select(Attempt.id).where(Attempt.state == "open", Attempt.deadline < now - rules.GRACE)
    return tuple(db.session.scalars(late.order_by(Attempt.deadline).limit(500)))


_SHEET = (
    Attempt.id, Attempt.person_id, Attempt.enrolment_id, Attempt.module_id, Attempt.quiz_id, Attempt.purpose, Attempt.number,
    Attempt.state, Attempt.ended, Attempt.settings, Attempt.started_at, Attempt.deadline, Attempt.submitted_at,
    Attempt.max_score, Attempt.score, Attempt.percent, Attempt.exact, Attempt.passed,
)
_ITEM = (
    AttemptItem.id, AttemptItem.position, AttemptItem.pool, QuestionRevision.type, QuestionRevision.title, AttemptItem.points,
    QuestionRevision.face, QuestionRevision.key, AttemptItem.arrangement, AttemptItem.response, AttemptItem.flagged,
    AttemptItem.version, AttemptItem.tab, AttemptItem.seq, AttemptItem.saved_at, AttemptItem.checked_at, AttemptItem.share,
    Mark.comment,
)
_ITEMS = (
    select(*_ITEM).join(QuestionRevision, QuestionRevision.hash == AttemptItem.revision_hash)
    .outerjoin(Mark, Mark.item_id == AttemptItem.id)
    .where(AttemptItem.attempt_id == bindparam("attempt")).order_by(AttemptItem.position)
)


def _sheet(row: Row[Any]) -> Sheet:
    values = dict(row._mapping)
    settings = values.pop("settings")
    return Sheet(terms=rules.Terms.from_json(settings["terms"]), pools=tuple(settings["pools"]), **values)
