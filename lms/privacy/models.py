"""Tables of requests about personal data and of erasures."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime
from lms.privacy.rules import KINDS, STATES


class PrivacyRequest(Base):
    """One wish of a person about her data; `field`, `present` and `wanted` are those of a correction. Rows are kept."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint(f"kind in ({', '.join(map(repr, KINDS))})", name="kind"),
        CheckConstraint(f"state in ({', '.join(map(repr, STATES))})", name="state"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="open_until_decided"),
        Index("ix_privacy_requests_state_due_at", "state", "due_at"),
        Index("uq_privacy_requests_open", "person_id", "kind", "field", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    present: Mapped[str] = mapped_column(Text, default="")
    wanted: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """That one officer proposed to erase a person, and what another decided; `kept` counts what law keeps."""

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint("state in ('proposed', 'done', 'dropped')", name="state"),
        CheckConstraint("decided_by is null or state = 'dropped' or decided_by <> proposed_by", name="two_officers"),
        Index("uq_erasures_proposed", "person_id", unique=True,
              sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'")),
        Index("ix_erasures_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept: Mapped[dict[str, Any]] = mapped_column(Json)
