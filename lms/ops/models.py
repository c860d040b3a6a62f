"""Table of the checks of the audit log."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime


class AuditCheck(Base):
    """One look at the whole chain; `broken_at` is the first entry that does not fit, None if all do."""

    __tablename__ = "audit_checks"
    __table_args__ = (Index("ix_audit_checks_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entries: Mapped[int]
    head: Mapped[str]
    broken_at: Mapped[int | None]
    fault: Mapped[str | None]
