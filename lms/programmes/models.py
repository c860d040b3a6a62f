"""Tables of who takes part in a programme and of who completed it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime
from lms.learning.models import Thousandths


class Participant(Base):
    """Somebody who joined a programme. It is named by its id: its file may go, the row stays."""

    __tablename__ = "programme_participants"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), primary_key=True)
    programme_id: Mapped[str] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Completion(Base):
    """A round of a programme that somebody completed, as it was on that day: `items` are [{kind, code, title, on, hours}]."""

    __tablename__ = "programme_completions"
    __table_args__ = (
        UniqueConstraint("person_id", "programme_id", "round"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("hours >= 0", name="hours"),
        Index("ix_programme_completions_programme_id_completed_on", "programme_id", "completed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    programme_id: Mapped[str]
    round: Mapped[int]
    revision: Mapped[str]
    title: Mapped[str]
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    hours: Mapped[Decimal] = mapped_column(Thousandths)
    completed_on: Mapped[date]
    valid_until: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
