"""Tables of technical competencies, of what positions require, of evidence, and of files that wait to be imported."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime
from lms.competencies.rules import KINDS

_KINDS = ", ".join(repr(kind) for kind in sorted(KINDS))


class Technical(Base):
    """A technical competency of the agency; the nine of the regulation are a file, see `dictionary`.

    `levels` are five of {"description", "indicators"}. One that ended keeps its row: evidence names it; `ended_on` is the day it was ended.
    """

    __tablename__ = "competencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    definition: Mapped[str]
    levels: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    ended_on: Mapped[date | None]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SetRequirement(Base):
    """A level that a kind of position, or one position, requires from a day on until the next row for the same, see `rules.Override`."""

    __tablename__ = "competency_requirements"
    __table_args__ = (
        UniqueConstraint("code", "position_kind", "position_key", "from_on", name="uq_competency_requirements_once"),
        CheckConstraint("(position_kind = '') <> (position_key = '')", name="scope"),
        CheckConstraint("level between 1 and 5", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    position_kind: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    position_key: Mapped[str] = mapped_column(default="")
    level: Mapped[int | None]
    from_on: Mapped[date]
    basis: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LevelEvidence(Base):
    """What shows that a person holds a level, from `on_day` to `until_on`, see `rules.Evidence`.

    `kind` and `key` name it where it comes from, so that it is entered once. `indicators` are those that a supervisor ticked, as
    [level, text]; `remark` is what the person herself says to it.
    """

    __tablename__ = "competency_evidence"
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint("level between 1 and 5", name="level"),
        CheckConstraint("valid_until >= on_day", name="period"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_for = '')", name="withdrawn"),
        Index("uq_competency_evidence_standing", "person_id", "kind", "key", "code", unique=True,
              sqlite_where=text("withdrawn_at is null"), postgresql_where=text("withdrawn_at is null")),
        Index("ix_competency_evidence_kind_key", "kind", "key"),
        Index("ix_competency_evidence_held", "person_id", "code", "level", "on_day", "until_on",  # all that pages about a unit read
              sqlite_where=text("withdrawn_at is null"), postgresql_where=text("withdrawn_at is null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    code: Mapped[str]
    level: Mapped[int]
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    on_day: Mapped[date]
    valid_until: Mapped[date]
    until_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    indicators: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
    remark: Mapped[str] = mapped_column(default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_for: Mapped[str] = mapped_column(default="")


class CompetencyFile(Base):
    """A table that somebody sent and has not confirmed yet: its rows as they were read, kept for a day, one for each sender and kind."""

    __tablename__ = "competency_files"
    __table_args__ = (
        UniqueConstraint("person_id", "kind"),
        CheckConstraint("kind in ('technical', 'assessment')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
