"""Tables of assignments, of their targets, of whom they hit, and of how many stand how in each unit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime

LIVE, LIVE_1 = text("live"), text("live = 1")  # as each database reads a condition on it


class Assignment(Base):
    """Something that people are to do. `unit_id` is the unit (with those below it) for which it was made; None: the whole agency.

    `version` grows with each change, so that a form that was opened before is noticed. `slip` makes sending a form twice harmless.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("subject_kind in ('module', 'programme')", name="subject_kind"),
        CheckConstraint("(due_on is null) <> (due_days is null)", name="due"),
        CheckConstraint("due_days >= 0 and grace_days >= 0 and every_months >= 1 and newcomer_days >= 0", name="numbers"),
        CheckConstraint("last_on is null or last_on >= first_on", name="period"),
        Index("ix_assignments_subject_kind_subject_id", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    title: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    required: Mapped[bool]
    due_on: Mapped[date | None]
    due_days: Mapped[int | None]
    every_months: Mapped[int | None]
    grace_days: Mapped[int] = mapped_column(default=0)
    newcomer_days: Mapped[int | None]
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    reason: Mapped[str]
    slip: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    ended_why: Mapped[str] = mapped_column(default="")


class AssignmentTarget(Base):
    """Whom an assignment is for: a person, or one of several values of a kind; of different kinds all have to fit."""

    __tablename__ = "assignment_targets"
    __table_args__ = (
        CheckConstraint("kind in ('person', 'unit', 'position-kind', 'position', 'employment')", name="kind"),
        CheckConstraint("(kind = 'person') = (person_id is not null) and (kind = 'unit') = (unit_id is not null)", name="named"),
        Index("ix_assignment_targets_assignment_id", "assignment_id"),
        Index("ix_assignment_targets_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    value: Mapped[str] = mapped_column(default="")


class Hit(Base):
    """Somebody whom an assignment concerns, with how she stands. `state` is a place in `rules.STATES`; it and the days beside it are
    what `rules.standing` said last, to be asked again on `changes_on`. `live` as long as the assignment and her fitting it last."""

    __tablename__ = "assignment_hits"
    __table_args__ = (
        UniqueConstraint("person_id", "assignment_id"),
        CheckConstraint("state between 0 and 6", name="state"),
        CheckConstraint("waived_at is not null or (waived_until is null and waived_by is null)", name="waiver"),
        Index("ix_assignment_hits_tally", "assignment_id", "unit_id", "state", sqlite_where=LIVE_1, postgresql_where=LIVE),
        Index("ix_assignment_hits_unit", "unit_id", "state", "due_on", "id", sqlite_where=LIVE_1, postgresql_where=LIVE),
        Index("ix_assignment_hits_assignment", "assignment_id", "state", "due_on", "id", sqlite_where=LIVE_1, postgresql_where=LIVE),
        Index("ix_assignment_hits_order", "state", "due_on", "id", sqlite_where=LIVE_1, postgresql_where=LIVE),
        Index("ix_assignment_hits_changes_on", "changes_on", sqlite_where=LIVE_1, postgresql_where=LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    live: Mapped[bool] = mapped_column(default=True)
    hit_on: Mapped[date]
    gone_on: Mapped[date | None]
    told: Mapped[bool] = mapped_column(default=False)
    extended_to: Mapped[date | None]
    waived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waived_until: Mapped[date | None]
    waived_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    waived_why: Mapped[str] = mapped_column(default="")
    state: Mapped[int] = mapped_column(SmallInteger, default=2)
    round: Mapped[int] = mapped_column(default=1)
    begins_on: Mapped[date]
    due_on: Mapped[date]
    completed_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    changes_on: Mapped[date | None]


class Tally(Base):
    """How many live hits of an assignment stand how in a unit; written in the transaction that changes the hits."""

    __tablename__ = "assignment_tallies"
    __table_args__ = (Index("ix_assignment_tallies_sums", "assignment_id", "state", "unit_id", "people"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="RESTRICT"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), primary_key=True)
    state: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    people: Mapped[int]
