"""Tables of units and people as they are and as they were, and of the roles people hold."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime
from lms.people import names
from lms.people.roles import ROLES

EMPLOYMENTS = ("PNS", "PPPK", "PPPK-PW")


Sought = String().with_variant(String(collation="C"), "postgresql")  # in one order on both databases; LIKE 'x%' uses its index


def _sought(context: Any) -> str:
    return names.sought(str(context.get_current_parameters()["name"]))


class Unit(Base):
    """A part of the agency; `path` lists the ids from the root, so that a subtree is a prefix.

    One that ended keeps its row: `ended_on` is its last day, `successor_id` the unit into which it was merged.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    path: Mapped[str] = mapped_column(index=True)
    ended_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))


class UnitVersion(Base):
    """A unit as it was from one day to another, both included; `until_on` is None for the version that holds.

    The versions of a unit follow one another without a gap; the last one equals the row of the unit.
    """

    __tablename__ = "unit_versions"
    __table_args__ = (
        CheckConstraint("until_on is null or until_on >= from_on", name="period"),
        Index("ix_unit_versions_unit_id_from_on", "unit_id", "from_on", unique=True),
        Index("uq_unit_versions_open", "unit_id", unique=True,
              sqlite_where=text("until_on is null"), postgresql_where=text("until_on is null")),
        Index("ix_unit_versions_path", "path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    name: Mapped[str]
    code: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    path: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="")


class Person(Base):
    """One who may sign in.

    Where she works stands here as it is today, and in her postings as it was. `rank` and `position_kind` as in `careers`; `supervisor_id`
    only where the supervisor is not found by the unit; `appointed_on` from the decree, never read from the NIP; `left_on` her last day.
    `merged_into` is the account that is kept of two; `sought` is what a search looks through, see `names.sought`.
    """

    __tablename__ = "persons"
    __table_args__ = (
        CheckConstraint("employment in ('PNS', 'PPPK', 'PPPK-PW')", name="employment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nip: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    employment: Mapped[str] = mapped_column(default="PNS")
    position: Mapped[str] = mapped_column(default="")
    rank: Mapped[str] = mapped_column(default="")
    contract_start: Mapped[date | None]
    position_kind: Mapped[str] = mapped_column(default="")
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    appointed_on: Mapped[date | None]
    left_on: Mapped[date | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    sought: Mapped[str] = mapped_column(Sought, default=_sought, index=True)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    unread_notices: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # the number at the bell
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@event.listens_for(Person, "before_update")
def _name_changed(_mapper: Any, _connection: Any, person: Person) -> None:
    """Keep `sought` in step; a statement that changes names without loading people gives it itself."""
    person.sought = names.sought(person.name)


class Posting(Base):
    """Where and as what a person worked from one day to another, both included; `until_on` is None where no end is known.

    Her definitive postings never overlap, and the open one equals the row of the person. An acting posting stands beside them; it has
    the grant that lets her see the unit's people, and the person stood in for where there is one. `basis` is the number of the decree.
    """

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("kind in ('definitive', 'acting')", name="kind"),
        CheckConstraint("employment in ('PNS', 'PPPK', 'PPPK-PW')", name="employment"),
        CheckConstraint("until_on is null or until_on >= from_on", name="period"),
        Index("ix_postings_person_id_from_on", "person_id", "from_on"),
        Index("ix_postings_unit_id_from_on", "unit_id", "from_on"),
        Index("uq_postings_open", "person_id", unique=True, sqlite_where=text("until_on is null and kind = 'definitive'"),
              postgresql_where=text("until_on is null and kind = 'definitive'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    position: Mapped[str] = mapped_column(default="")
    position_kind: Mapped[str] = mapped_column(default="")
    rank: Mapped[str] = mapped_column(default="")
    employment: Mapped[str]
    kind: Mapped[str] = mapped_column(default="definitive")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="")
    stands_in_for: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))


class Grant(Base):
    """A role given to a person: for a unit with all below it (none: the whole agency) or a module (none: all modules).

    Grants are ended, never deleted, so that one can say who could see what on a day of the past.
    """

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(f"role in ({', '.join(repr(role) for role in ROLES)})", name="role"),
        CheckConstraint("unit_id is null or role not in ('trainer', 'marker')", name="unit"),
        CheckConstraint("module_id is null or role in ('trainer', 'marker')", name="module"),
        Index("ix_grants_person", "person_id", "ended_at"),
        Index("ix_grants_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    module_id: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    behalf_of: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(default="")
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
