"""Tables of evidence, of claims, of trainings with their participants, and of lists that wait to be entered."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime
from lms.hours.rules import FORMS
from lms.learning.models import Thousandths

_FORMS = ", ".join(repr(form) for form in sorted(FORMS))
_KINDS = "kind in ('image', 'pdf', 'badge')"


class Evidence(Base):
    """A file that shows a training: `name` is its random name in the instance folder.

    `sent_sha256` is of what was sent, `kept_sha256` of what is kept (a photo is encoded anew, so that the same picture with other details
    in its header is found too). `issuer` names who sealed it, if that could be verified; `proof` says by what.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"), CheckConstraint("proof in ('', 'seal', 'badge')", name="proof"),
        Index("ix_evidence_sent_sha256", "sent_sha256"), Index("ix_evidence_kept_sha256", "kept_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    size: Mapped[int]
    sent_sha256: Mapped[str]
    kept_sha256: Mapped[str]
    proof: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str] = mapped_column(default="")
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Claim(Base):
    """A certificate from elsewhere that a person hands in; `jp` are those it states.

    `version` grows with every change, so that nobody decides on what she has not seen. `number_key` and `organiser_key` are as
    `rules.plain` gives them. `slip` is the mark of the form it was first sent with: sent twice, it is one claim. `answer` is what the
    officer wrote last; `basis` the rule by which she states JP for a form without a rate.
    """

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'submitted', 'checked', 'accepted', 'returned', 'refused', 'withdrawn')", name="state"),
        CheckConstraint(f"form = '' or form in ({_FORMS})", name="form"),
        CheckConstraint("scope in ('national', 'international')", name="scope"),
        CheckConstraint("until_on is null or from_on is null or until_on >= from_on", name="period"),
        UniqueConstraint("person_id", "slip"),
        Index("ix_claims_person_id", "person_id", "made_at"),
        Index("ix_claims_state_sent_at", "state", "sent_at"),
        Index("ix_claims_number_key", "number_key", sqlite_where=text("number_key <> ''"), postgresql_where=text("number_key <> ''")),
        Index("ix_claims_evidence_id", "evidence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    slip: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(default="")
    organiser: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    number_key: Mapped[str] = mapped_column(default="")
    organiser_key: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="national")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    jp: Mapped[Decimal | None] = mapped_column(Thousandths)
    place: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"))
    answer: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Training(Base):
    """A training elsewhere or earlier that an officer enters once, with all who took part. `jp` as on the certificate."""

    __tablename__ = "trainings"
    __table_args__ = (
        CheckConstraint(f"form in ({_FORMS})", name="form"),
        CheckConstraint("scope in ('national', 'international')", name="scope"),
        CheckConstraint("until_on >= from_on", name="period"),
        Index("ix_trainings_made_by", "made_by"),
        Index("ix_trainings_from_on", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    organiser: Mapped[str]
    form: Mapped[str]
    scope: Mapped[str] = mapped_column(default="national")
    from_on: Mapped[date]
    until_on: Mapped[date]
    jp: Mapped[Decimal | None] = mapped_column(Thousandths)
    place: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Participant(Base):
    """One who took part in a training. `mark` names the training in her ledger for good; whoever is removed keeps the row."""

    __tablename__ = "training_participants"
    __table_args__ = (
        Index("uq_training_participants_standing", "training_id", "person_id", unique=True,
              sqlite_where=text("removed_at is null"), postgresql_where=text("removed_at is null")),
        Index("ix_training_participants_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    mark: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")


class TrainingList(Base):
    """A list of trainings with the columns of SIASN that somebody sent and has not confirmed yet; kept for a day, like its file."""

    __tablename__ = "training_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
