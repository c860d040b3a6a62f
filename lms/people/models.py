"""Tables of people, units, sign-ins and what throttles them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime

ROLES = ("learner", "trainer", "supervisor", "admin")
EMPLOYMENTS = ("PNS", "PPPK", "PPPK-PW")


class Unit(Base):
    """A part of the agency; `path` lists the ids from the root, so that a subtree is a prefix."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    path: Mapped[str] = mapped_column(index=True)


class Person(Base):
    """One who may sign in."""

    __tablename__ = "persons"
    __table_args__ = (
        CheckConstraint("role in ('learner', 'trainer', 'supervisor', 'admin')", name="role"),
        CheckConstraint("employment in ('PNS', 'PPPK', 'PPPK-PW')", name="employment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nip: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    role: Mapped[str] = mapped_column(default="learner")
    employment: Mapped[str] = mapped_column(default="PNS")
    position: Mapped[str] = mapped_column(default="")
    rank: Mapped[str] = mapped_column(default="")
    contract_start: Mapped[date | None]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignIn(Base):
    """A signed-in browser; the cookie holds the secret, the row only its hash."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str | None]
    browser: Mapped[str | None]


class ActivationCode(Base):
    """A one-time code with which an imported person sets a first password."""

    __tablename__ = "activation_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Throttle(Base):
    """Count of tries under one key within a window; in the database, so that it holds across workers and restarts."""

    __tablename__ = "throttles"
    __table_args__ = (Index("ix_throttles_ends", "ends_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ModuleTrainer(Base):
    """A person who sees the participants and results of a module and marks its essays."""

    __tablename__ = "module_trainers"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    module_id: Mapped[str] = mapped_column(primary_key=True)
