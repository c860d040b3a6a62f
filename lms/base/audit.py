"""The record of consequential acts: who, what, about whom, when. Written in the transaction of the act."""

from datetime import datetime
from typing import Any

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.base import clock
from lms.base.db import Base, Json, UtcDateTime, db


class AuditEntry(Base):
    """One act; rows are only ever added."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), index=True)
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    address: Mapped[str | None]


def record(act: str, subject: str, *, about: int | None = None, detail: dict[str, Any] | None = None) -> None:
    """Add an entry to the current transaction; the actor is the signed-in person, or None for the program itself."""
    signed_in = has_request_context() and current_user and current_user.is_authenticated
    db.session.add(AuditEntry(
        at=clock.now(), actor_id=current_user.id if signed_in else None, about_id=about, act=act, subject=subject,
        detail=detail or {}, address=request.remote_addr if has_request_context() else None,
    ))
