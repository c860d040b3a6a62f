"""Tables of issued certificates and of the counters that number them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime


class Counter(Base):
    """The last number given in a series; read and raised in the transaction that uses the number."""

    __tablename__ = "counters"

    series: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Certificate(Base):
    """One certificate; `snapshot` is all it says (see pdf.py), `sha256` that of its PDF once that is made.

    It rests on an enrolment in a module, or on the completion of a programme. That room lies above: no foreign key leads there.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("state in ('issued', 'revoked', 'superseded')", name="state"),
        CheckConstraint("(enrolment_id IS NULL) = (module_id IS NULL)", name="module"),
        CheckConstraint("(completion_id IS NULL) = (programme_id IS NULL)", name="programme"),
        CheckConstraint("(enrolment_id IS NULL) <> (completion_id IS NULL)", name="grounds"),
        UniqueConstraint("series", "seq"),
        Index("uq_certificates_live", "enrolment_id", unique=True,
              sqlite_where=text("state <> 'superseded'"), postgresql_where=text("state <> 'superseded'")),
        Index("uq_certificates_live_completion", "completion_id", unique=True,
              sqlite_where=text("state <> 'superseded'"), postgresql_where=text("state <> 'superseded'")),
        Index("ix_certificates_module_issued", "module_id", "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    series: Mapped[str]
    seq: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id", ondelete="RESTRICT"))
    module_id: Mapped[str | None]
    completion_id: Mapped[int | None]
    programme_id: Mapped[str | None]
    revision: Mapped[str]
    design: Mapped[str]
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="issued")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None]
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("certificates.id", ondelete="RESTRICT"))
    sha256: Mapped[str | None]
    size: Mapped[int | None]

    @property
    def subject_id(self) -> str:
        """The id of the module or programme."""
        return self.module_id or self.programme_id or ""
