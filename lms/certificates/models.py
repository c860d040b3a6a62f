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
    """One certificate; `snapshot` is all it says (see pdf.py), `hashes` the SHA-256 of its PDF once that is made."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("state in ('issued', 'revoked', 'superseded')", name="state"),
        UniqueConstraint("series", "seq"),
        Index("uq_certificates_live", "enrolment_id", unique=True,
              sqlite_where=text("state <> 'superseded'"), postgresql_where=text("state <> 'superseded'")),
        Index("ix_certificates_module_issued", "module_id", "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    series: Mapped[str]
    seq: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="RESTRICT"))
    module_id: Mapped[str]
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
