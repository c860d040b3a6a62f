"""Tables of attempts: frozen questions, attempts with their items, trainers' marks and extra attempts."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from lms.base.db import Base, Json, UtcDateTime

Given = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")  # no answer is NULL, not a JSON null


class Exact(TypeDecorator[Fraction]):
    """A fraction, written as "1/3": shares and scores are compared exactly."""

    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else Fraction(value)


class QuestionRevision(Base):
    """A question as it was when somebody drew it; never changed, shared by all attempts that have it."""

    __tablename__ = "question_revisions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    quiz_id: Mapped[str] = mapped_column(String(200), index=True)
    question_id: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    face: Mapped[dict[str, Any]] = mapped_column(Json)
    key: Mapped[dict[str, Any]] = mapped_column(Json)


class Attempt(Base):
    """One person's try at a quiz in one round of its module.

    `exact` is the percentage as a fraction, `percent` the same cut to two decimals; `passed` says whether the quiz counts as
    passed with this attempt and those before it; `settings` are the frozen `rules.Terms` and the pools' texts.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("state in ('open', 'waiting', 'graded')", name="state"),
        CheckConstraint("purpose in ('final', 'practice', 'pretest')", name="purpose"),
        CheckConstraint("ended in ('submitted', 'expired', 'closed')", name="ended"),
        CheckConstraint("(state = 'open') = (submitted_at is null)", name="open_until_submitted"),
        UniqueConstraint("enrolment_id", "quiz_id", "purpose", "number"),
        Index(
            "uq_attempts_open", "enrolment_id", "quiz_id", "purpose", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("ix_attempts_person_id_state", "person_id", "state"),
        Index("ix_attempts_quiz_id_state", "quiz_id", "state"),
        Index("ix_attempts_state_deadline", "state", "deadline"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="RESTRICT"))
    module_id: Mapped[str] = mapped_column(String(200), index=True)
    quiz_id: Mapped[str] = mapped_column(String(200))
    quiz_revision: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="open")
    ended: Mapped[str | None] = mapped_column(String(10))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    max_score: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    score: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    exact: Mapped[Fraction | None] = mapped_column(Exact)
    passed: Mapped[bool] = mapped_column(default=False)


class AttemptItem(Base):
    """One question of an attempt with the answer given; `tab` and `seq` tell a lost reply from a conflict."""

    __tablename__ = "attempt_items"
    __table_args__ = (UniqueConstraint("attempt_id", "position"), Index("ix_attempt_items_revision_hash", "revision_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="RESTRICT"))
    position: Mapped[int]
    pool: Mapped[int] = mapped_column(default=0)
    question_id: Mapped[str] = mapped_column(String(200))
    revision_hash: Mapped[str] = mapped_column(ForeignKey("question_revisions.hash", ondelete="RESTRICT"))
    points: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    arrangement: Mapped[dict[str, Any]] = mapped_column(Json)
    response: Mapped[dict[str, Any] | None] = mapped_column(Given)
    flagged: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    tab: Mapped[str] = mapped_column(String(40), default="")
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    share: Mapped[Fraction | None] = mapped_column(Exact)


class Mark(Base):
    """What a trainer gave for one item: points for each line of the rubric, in its order, and a comment."""

    __tablename__ = "marks"

    item_id: Mapped[int] = mapped_column(ForeignKey("attempt_items.id", ondelete="RESTRICT"), primary_key=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    points: Mapped[list[str]] = mapped_column(Json)
    comment: Mapped[str] = mapped_column(Text)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExtraAttempt(Base):
    """One more attempt than the quiz allows, given by a trainer with a reason."""

    __tablename__ = "extra_attempts"
    __table_args__ = (Index("ix_extra_attempts_enrolment_id_quiz_id", "enrolment_id", "quiz_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="RESTRICT"))
    quiz_id: Mapped[str] = mapped_column(String(200))
    given_by: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
