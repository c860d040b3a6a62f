"""Who looked at whose data: a row for each reader, kind of page and person or part of the agency on each day.

A page that shows personal data of others calls `note(...)` once it knows that the reader may see it. Looking again on the same day costs
one SELECT; the first look writes, on a connection of its own, so that what the page has read so far stays as it is.
"""

from datetime import date, datetime

from flask import g, has_request_context, request
from flask_login import current_user
from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.base import clock
from lms.base.db import Base, UtcDateTime, db

LONGEST_SCOPE = 500


class Reading(Base):
    """One reader saw one kind of page about one person (or one part of the agency) on a day of the office; `at` is the first time."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("reader_id", "day", "what", "scope"),
        Index("ix_readings_about_id_at", "about_id", "at"),
        Index("ix_readings_reader_id_at", "reader_id", "at"),
        Index("ix_readings_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    acting_for: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    what: Mapped[str]
    about_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    scope: Mapped[str]
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str | None]


def note(what: str, *, about: int | None = None, scope: str = "") -> None:
    """Note that the signed-in reader sees data of a person, or of a part of the agency that `scope` names; her own data are not noted."""
    if not has_request_context() or not current_user.is_authenticated or about == current_user.id:
        return
    named = (scope or (f"person:{about}" if about is not None else ""))[:LONGEST_SCOPE]
    key = {"reader_id": current_user.id, "day": clock.today(), "what": what, "scope": named}
    if db.session.scalar(select(Reading.id).filter_by(**key)) is not None:
        return
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {**key, "about_id": about, "acting_for": g.get("acting_for"), "at": clock.now(), "address": request.remote_addr}
    with db.engine.begin() as connection:
        connection.execute(insert(Reading).values(row).on_conflict_do_nothing())
