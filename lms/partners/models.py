"""Tables of partners with all that belongs to them, of applications to study, and of the files of both."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime
from lms.hours.rules import FORMS
from lms.learning.models import Thousandths
from lms.partners import rules, studying

_OPEN = f"state in ({', '.join(map(repr, studying.OPEN))})"


def _among(column: str, values: object) -> CheckConstraint:
    return CheckConstraint(f"{column} in ({', '.join(map(repr, sorted(values)))})", name=column)  # type: ignore[call-overload]


class Partner(Base):
    """A body that trains with the agency; one with which this is over keeps its row."""

    __tablename__ = "partners"
    __table_args__ = (_among("kind", rules.KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Contact(Base):
    """Whom to ask at a partner: an outsider, shown to the training office alone."""

    __tablename__ = "partner_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]


class Agreement(Base):
    """What was signed with a partner, from one day to another, both included; `ended_on` if it was ended before its time."""

    __tablename__ = "partner_agreements"
    __table_args__ = (
        _among("kind", rules.AGREEMENTS),
        CheckConstraint("until_on >= from_on", name="period"),
        Index("ix_partner_agreements_until_on", "until_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str]
    number: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date]
    ended_on: Mapped[date | None]


class Expert(Base):
    """Somebody a partner sends to speak or teach; `competencies` in codes or words, as the office writes them."""

    __tablename__ = "partner_experts"

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    field: Mapped[str]
    competencies: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]


class Offer(Base):
    """A course, seminar or study that a partner offers; `cost` in rupiah for each participant, `jp` as the partner states it."""

    __tablename__ = "partner_offers"
    __table_args__ = (
        _among("kind", rules.OFFERS), _among("form", FORMS), _among("language", rules.LANGUAGES),
        CheckConstraint("cost is null or cost >= 0", name="cost"),
        CheckConstraint("jp is null or jp > 0", name="jp"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    form: Mapped[str]
    jp: Mapped[Decimal | None] = mapped_column(Thousandths)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(default="id")
    remarks: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]


class Programme(Base):
    """A study programme of a partner; `competencies` as in `rules.written_competencies`, `cost` in rupiah a semester."""

    __tablename__ = "study_programmes"
    __table_args__ = (
        _among("level", rules.LEVELS), _among("mode", rules.MODES), _among("funding", rules.FUNDS),
        CheckConstraint("semesters between 1 and 14", name="semesters"),
        CheckConstraint("cost is null or cost >= 0", name="cost"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="RESTRICT"), index=True)
    level: Mapped[str]
    title: Mapped[str]
    faculty: Mapped[str] = mapped_column(default="")
    competencies: Mapped[str] = mapped_column(Text, default="")
    semesters: Mapped[int]
    mode: Mapped[str] = mapped_column(default="campus")
    cost: Mapped[int | None] = mapped_column(BigInteger)
    funding: Mapped[str] = mapped_column(default="either")
    ended_on: Mapped[date | None]


class Study(Base):
    """A person's application to study, and what became of it. Of the programme it keeps what it was called when she applied.

    `version` grows with every step, so that nobody decides on what she has not seen. `started_on` and `ended_on` are the days of the study
    itself, `starts_on` the day on which it is planned to begin.
    """

    __tablename__ = "studies"
    __table_args__ = (
        _among("state", studying.STATES), _among("funding", studying.FUNDING), _among("level", rules.LEVELS),
        CheckConstraint("opinion in ('', 'yes', 'no')", name="opinion"),
        CheckConstraint("state not in ('approved', 'studying', 'finished') or decree_number <> ''", name="decree"),
        Index("ix_studies_state", "state"), Index("ix_studies_person_id", "person_id"),
        Index("uq_studies_open", "person_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("study_programmes.id", ondelete="RESTRICT"))
    institution: Mapped[str]
    title: Mapped[str]
    level: Mapped[str]
    funding: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opinion: Mapped[str] = mapped_column(default="")
    opinion_reason: Mapped[str] = mapped_column(Text, default="")
    opinion_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    opinion_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    decree_number: Mapped[str] = mapped_column(default="")
    decree_on: Mapped[date | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")


class Semester(Base):
    """One semester of a study as its person reports it; `gpa` from 0 to 4. It counts in the ledger while it is confirmed."""

    __tablename__ = "study_semesters"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        _among("state", studying.SEMESTERS),
        CheckConstraint("until_on >= from_on", name="period"),
        CheckConstraint("number between 1 and 14", name="number"),
        CheckConstraint("credits between 0 and 40", name="credits"),
        CheckConstraint("gpa between 0 and 4000", name="gpa"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    number: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date]
    credits: Mapped[int]
    gpa: Mapped[Decimal] = mapped_column(Thousandths)
    state: Mapped[str] = mapped_column(default="reported")
    answer: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Paper(Base):
    """A file that was sent: of an agreement, of an application or of a semester. `stored` names it below the instance folder; `name` is
    what it was called where it came from and is only shown. Of several for one agreement or semester the last counts."""

    __tablename__ = "partner_papers"
    __table_args__ = (
        CheckConstraint("(case when agreement_id is null then 0 else 1 end) + (case when study_id is null then 0 else 1 end)"
                        " + (case when semester_id is null then 0 else 1 end) = 1", name="one_owner"),
        Index("ix_partner_papers_agreement_id", "agreement_id"), Index("ix_partner_papers_study_id", "study_id"),
        Index("ix_partner_papers_semester_id", "semester_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("partner_agreements.id", ondelete="RESTRICT"))
    study_id: Mapped[int | None] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    semester_id: Mapped[int | None] = mapped_column(ForeignKey("study_semesters.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    name: Mapped[str]
    stored: Mapped[str] = mapped_column(unique=True)
    mime: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
