"""Tables of seminars, their sessions, registrations and attendance, and of private calendar addresses."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime
from lms.hours.rules import FORMS
from lms.partners.models import Expert, Partner

_FORMS = ", ".join(repr(form) for form in sorted(FORMS))
_LIVE = "state in ('seat', 'waiting')"


class Seminar(Base):
    """An event. `version` counts its changes, sessions included; `last_number` is the last place given in the order of registrations."""

    __tablename__ = "seminars"
    __table_args__ = (
        CheckConstraint(f"form in ({_FORMS})", name="form"),
        CheckConstraint("scope in ('national', 'international')", name="scope"),
        CheckConstraint("state in ('draft', 'published', 'closed', 'held', 'cancelled')", name="state"),
        CheckConstraint("seats >= 1 and (unit_quota is null or unit_quota >= 1)", name="seats"),
        CheckConstraint("min_share between 0 and 100", name="min_share"),
        CheckConstraint("closes_at > opens_at", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    form: Mapped[str]
    scope: Mapped[str] = mapped_column(default="national")
    description: Mapped[str] = mapped_column(Text, default="")
    organiser: Mapped[str] = mapped_column(default="")
    partner_id: Mapped[int | None] = mapped_column(ForeignKey(Partner.id, ondelete="RESTRICT"), index=True)
    state: Mapped[str] = mapped_column(default="draft", index=True)
    seats: Mapped[int]
    unit_quota: Mapped[int | None]
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancel_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    min_share: Mapped[int] = mapped_column(default=80)
    public: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    last_number: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was cancelled
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was marked as held or cancelled


class SeminarUnit(Base):
    """A unit, with all below it, whose people may register; a seminar without any is open to everybody."""

    __tablename__ = "seminar_units"

    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminars.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), primary_key=True)


class Session(Base):
    """One stretch of a day of a seminar, at a place, under a link, or both."""

    __tablename__ = "seminar_sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        Index("ix_seminar_sessions_seminar_id_starts_at", "seminar_id", "starts_at"),
        Index("ix_seminar_sessions_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminars.id", ondelete="CASCADE"))
    title: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")


class Speaker(Base):
    """Who speaks in a session, by name and agency; she needs no account. `expert_id` where she is an expert of the seminar's partner."""

    __tablename__ = "seminar_speakers"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("seminar_sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str]
    agency: Mapped[str] = mapped_column(default="")
    expert_id: Mapped[int | None] = mapped_column(ForeignKey(Expert.id, ondelete="SET NULL"), index=True)


class Material(Base):
    """Something to read for a session: a title and its https address."""

    __tablename__ = "seminar_materials"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("seminar_sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str]
    address: Mapped[str]


class Registration(Base):
    """A person's registration. `number` is its place in the order of commits; of those who wait, the lowest is first.

    One that ended stays; whoever registers again gets a new one at the end. `quota_unit_id` is the unit whose quota it uses.
    """

    __tablename__ = "seminar_registrations"
    __table_args__ = (
        UniqueConstraint("seminar_id", "number"),
        CheckConstraint("state in ('seat', 'waiting', 'declined', 'cancelled', 'removed')", name="state"),
        CheckConstraint("how in ('self', 'nominated', 'walk-in')", name="how"),
        CheckConstraint("(state in ('seat', 'waiting')) = (ended_at is null)", name="ended"),
        Index("uq_seminar_registrations_live", "seminar_id", "person_id", unique=True,
              sqlite_where=text(_LIVE), postgresql_where=text(_LIVE)),
        Index("ix_seminar_registrations_seminar_id_state", "seminar_id", "state", "number"),
        Index("ix_seminar_registrations_person_id", "person_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminars.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    number: Mapped[int]
    state: Mapped[str]
    how: Mapped[str] = mapped_column(default="self")
    quota_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    nominated_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text, default="")


class Attendance(Base):
    """Whether a person was at a session, and how that was noted."""

    __tablename__ = "seminar_attendances"
    __table_args__ = (
        CheckConstraint("state in ('present', 'late', 'absent')", name="state"),
        CheckConstraint("how in ('list', 'qr', 'code', 'offline')", name="how"),
        Index("ix_seminar_attendances_person_id", "person_id"),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("seminar_sessions.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"), primary_key=True)
    state: Mapped[str]
    how: Mapped[str] = mapped_column(default="list")
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Feed(Base):
    """The private calendar address of a person; of its token only a fingerprint is kept."""

    __tablename__ = "seminar_feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
