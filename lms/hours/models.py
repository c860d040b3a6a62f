"""Tables of the conversion rates, of what people earned, and of the ledger."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime
from lms.hours.rules import FORMS
from lms.learning.models import Thousandths

_FORMS = ", ".join(repr(form) for form in sorted(FORMS))


class RateTable(Base):
    """The agency's own rates from a day on, until its next table's; `basis` is the regulation. Before its first one the national rates
    hold, see `rates.NATIONAL`."""

    __tablename__ = "rate_tables"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(unique=True)
    basis: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    adopted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    adopted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RateRow(Base):
    """One form's rate in a table, as in `rules.Rate`; a form without a row has no rate: an officer states its JP with the basis."""

    __tablename__ = "rates"
    __table_args__ = (
        CheckConstraint(f"form in ({_FORMS})", name="form"),
        CheckConstraint("per in ('jp', 'day', 'time', 'activity', 'semester')", name="per"),
        CheckConstraint("national >= 0 and international >= 0", name="not_negative"),
    )

    table_id: Mapped[int] = mapped_column(ForeignKey("rate_tables.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    per: Mapped[str]
    national: Mapped[Decimal] = mapped_column(Thousandths)
    international: Mapped[Decimal] = mapped_column(Thousandths)
    day_cap: Mapped[Decimal | None] = mapped_column(Thousandths)
    day_cap_international: Mapped[Decimal | None] = mapped_column(Thousandths)
    month_limit: Mapped[int | None]


class Source(Base):
    """Something a person earned JP by: a module, a seminar, a training elsewhere. Never edited: put right, it gets the next version.

    `kind` and `key` name it in the room it comes from; `subject` is what counts once a year; `stated` the JP its certificate prints.
    """

    __tablename__ = "jp_sources"
    __table_args__ = (
        UniqueConstraint("kind", "key", "version"),
        CheckConstraint(f"form in ({_FORMS})", name="form"),
        CheckConstraint("scope in ('national', 'international')", name="scope"),
        CheckConstraint("kind in ('module', 'seminar', 'claim', 'event', 'semester')", name="kind"),
        CheckConstraint("until_on >= from_on", name="period"),
        Index("ix_jp_sources_person_id_form", "person_id", "form"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    key: Mapped[str]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    title: Mapped[str]
    subject: Mapped[str | None]
    form: Mapped[str]
    scope: Mapped[str] = mapped_column(default="national")
    from_on: Mapped[date]
    until_on: Mapped[date]
    stated: Mapped[Decimal | None] = mapped_column(Thousandths)
    basis: Mapped[str] = mapped_column(default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Entry(Base):
    """One line of the ledger. Lines are only ever added; a trigger of the database refuses to change one.

    A `credit` is one day of a source: its `amount` in the unit of the rate, `raw` JP by the rate, `credited` what counts of it, `why` not
    all of it. A `correction` adds to or takes from what counts of that day, a `reversal` takes back all that is left. The JP count in the
    year of `on_day`, the last day of the source; caps are kept on `day`. `rule` names the rates: "national:1",
    "table:<id>", or "officer" where the form has none.
    """

    __tablename__ = "jp_entries"
    __table_args__ = (
        CheckConstraint("kind in ('credit', 'correction', 'reversal')", name="kind"),
        CheckConstraint("why in ('', 'day-cap', 'month-limit', 'counted-before')", name="why"),
        CheckConstraint("kind <> 'credit' or (raw >= 0 and credited >= 0 and credited <= raw)", name="credit"),
        Index("ix_jp_entries_sum", "person_id", "on_day", "credited"),
        Index("ix_jp_entries_source_id", "source_id"),
        Index("uq_jp_entries_credit", "source_id", "day", unique=True,
              sqlite_where=text("kind = 'credit'"), postgresql_where=text("kind = 'credit'")),
        Index("uq_jp_entries_reversal", "source_id", "day", unique=True,
              sqlite_where=text("kind = 'reversal'"), postgresql_where=text("kind = 'reversal'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    source_id: Mapped[int] = mapped_column(ForeignKey("jp_sources.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    day: Mapped[date]
    on_day: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Thousandths)
    raw: Mapped[Decimal] = mapped_column(Thousandths)
    credited: Mapped[Decimal] = mapped_column(Thousandths)
    why: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Target(Base):
    """JP that people of an employment type should reach, from a day on until the next one for it; before the first as in `targets`.

    `least` is None where the law sets no target; above `notice` the page says so. `period` is the calendar year or the agreement's.
    """

    __tablename__ = "jp_targets"
    __table_args__ = (
        UniqueConstraint("employment", "from_on"),
        CheckConstraint("employment in ('PNS', 'PPPK', 'PPPK-PW')", name="employment"),
        CheckConstraint("period in ('calendar', 'agreement')", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employment: Mapped[str]
    from_on: Mapped[date]
    period: Mapped[str]
    least: Mapped[Decimal | None] = mapped_column(Thousandths)
    notice: Mapped[Decimal | None] = mapped_column(Thousandths)
    basis: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Transcript(Base):
    """A statement of somebody's JP in a period, as the ledger said it on the day of issue; `snapshot` is all it prints.

    `content` is the SHA-256 of what it says besides its serial and day: asked for again, the same one is given. `sha256` and `size` are
    those of its PDF once that is made.
    """

    __tablename__ = "transcripts"
    __table_args__ = (
        UniqueConstraint("person_id", "content"),
        CheckConstraint("last_on >= first_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    content: Mapped[str]
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sha256: Mapped[str | None]
    size: Mapped[int | None]
