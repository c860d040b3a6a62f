"""Tables of enrolments, of the lessons done in them, and of the days people studied."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from lms.base.db import Base, UtcDateTime


class Thousandths(TypeDecorator[Decimal]):
    """A Decimal with up to three places, kept as a whole number because SQLite would make it a float."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        return None if value is None else int((Decimal(value) * 1000).to_integral_value(ROUND_HALF_UP))

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 1000


class Enrolment(Base):
    """A person in one round of a module. The module is named by its id: it may leave the catalogue, the row stays."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("person_id", "module_id", "round"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("(completed_at IS NULL) = (hours IS NULL)", name="hours_with_completion"),
        Index("ix_enrolments_module_completed", "module_id", "completed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    module_id: Mapped[str]
    round: Mapped[int]
    revision: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_lesson_id: Mapped[str | None]
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quiz_passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    score: Mapped[Decimal | None] = mapped_column(Thousandths)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_revision: Mapped[str | None]
    hours: Mapped[Decimal | None] = mapped_column(Thousandths)
    valid_until: Mapped[date | None]


class LessonProgress(Base):
    """A lesson opened or done within an enrolment; `hours` is its share of the module's JP when it was done."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"))
    lesson_id: Mapped[str]
    revision: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hours: Mapped[Decimal | None] = mapped_column(Thousandths)


class StudyDay(Base):
    """What a person did for a module on one day of the office's calendar."""

    __tablename__ = "study_days"
    __table_args__ = (Index("ix_study_days_module_day", "module_id", "day"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    module_id: Mapped[str] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(default=0)
    lessons_opened: Mapped[int] = mapped_column(default=0)
    lessons_done: Mapped[int] = mapped_column(default=0)
    answers_saved: Mapped[int] = mapped_column(default=0)
    quizzes_submitted: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
