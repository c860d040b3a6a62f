"""Everything about one person on one page, gathered from the rooms in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lms.accounts import queries as accounts
from lms.accounts.models import SignIn
from lms.assessment.models import Attempt
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.readings import Reading
from lms.certificates.models import Certificate
from lms.content.catalog import Catalog
from lms.home import start
from lms.hours import sums
from lms.notifications.models import Mail, Notice
from lms.people import grants
from lms.people.models import Person, Posting, Unit

LATEST = 20
YEARS = 4  # before this one


@dataclass(frozen=True, slots=True)
class Account:
    """How a person signs in: when she was last here, and whether a second step is asked of her."""

    last_seen: datetime | None
    second_step: bool
    passkeys: int
    browsers: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """One person as her office knows her. `years` is JP by calendar year, the latest first."""

    supervisor: str | None
    merged: Sequence[Any]
    postings: Sequence[Any]
    roles: Sequence[Any]
    account: Account
    learning: start.Start
    years: Sequence[tuple[int, Decimal]]
    attempts: Sequence[Any]
    certificates: Sequence[Certificate]
    notices: Sequence[Any]
    mails: Sequence[Any]
    acts: Sequence[Any]
    readings: Sequence[Any]


def dossier(person: Any, catalog: Catalog) -> Dossier:
    """Everything about a person, given as a row of `people.queries.person`. Eighteen queries."""
    return Dossier(
        supervisor=_name(person.supervisor_id), merged=_merged(person.id), postings=_postings(person.id), roles=grants.of_person(person.id),
        account=_account(person.id), learning=start.start(person, catalog), years=_years(person.id, clock.today()),
        attempts=_attempts(person.id), certificates=_certificates(person.id), notices=_notices(person.id), mails=_mails(person.id),
        acts=_acts(person.id), readings=_readings(person.id),
    )


def _name(person_id: int | None) -> str | None:
    return db.session.scalar(select(Person.name).where(Person.id == (person_id or 0)))


def _merged(person_id: int) -> Sequence[Any]:
    return db.session.execute(select(Person.name, Person.nip).where(Person.merged_into == person_id).order_by(Person.id)).all()


def _postings(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Posting.kind, Posting.position, Posting.rank, Posting.employment, Posting.from_on, Posting.until_on, Unit.name.label("unit"))
        .join(Unit, Unit.id == Posting.unit_id).where(Posting.person_id == person_id)
        .order_by(Posting.from_on.desc(), Posting.id.desc()).limit(LATEST)).all()


def _account(person_id: int) -> Account:
    """Two queries; the log knows the last time of somebody whose sign-ins have ended."""
    seen = select(func.max(SignIn.seen_at)).where(SignIn.person_id == person_id).scalar_subquery()
    logged = select(func.max(AuditEntry.at)).where(AuditEntry.about_id == person_id, AuditEntry.act == "sign-in.ok").scalar_subquery()
    live = select(func.count()).where(SignIn.person_id == person_id).scalar_subquery()
    row = db.session.execute(select(seen.label("seen"), logged.label("logged"), live.label("live"))).one()
    ways = accounts.factors_of(person_id)
    last = max((moment for moment in (row.seen, row.logged) if moment is not None), default=None)
    return Account(last, ways.app_since is not None or ways.passkeys > 0, ways.passkeys, row.live)


def _years(person_id: int, today: date) -> list[tuple[int, Decimal]]:
    """JP of this calendar year and those before it, as the ledger has them now. One query."""
    found = sums.by_year(person_id, today.year - YEARS, today.year)
    looked_at = range(today.year, today.year - YEARS - 1, -1)
    return [(year, found.get(year, Decimal(0))) for year in looked_at if year == today.year or year in found]


def _attempts(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Attempt.id, Attempt.enrolment_id, Attempt.module_id, Attempt.quiz_id, Attempt.purpose, Attempt.number, Attempt.state,
               Attempt.percent, Attempt.passed, Attempt.started_at, Attempt.submitted_at)
        .where(Attempt.person_id == person_id).order_by(Attempt.started_at.desc(), Attempt.id.desc()).limit(LATEST)).all()


def _certificates(person_id: int) -> Sequence[Certificate]:
    wanted = select(Certificate).where(Certificate.person_id == person_id)
    return db.session.scalars(wanted.order_by(Certificate.issued_at.desc(), Certificate.id.desc())).all()


def _notices(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Notice.kind, Notice.created_at, Notice.read_at).where(Notice.person_id == person_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc()).limit(LATEST)).all()


def _mails(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Mail.kind, Mail.state, Mail.created_at, Mail.sent_at).where(Mail.person_id == person_id)
        .order_by(Mail.created_at.desc(), Mail.id.desc()).limit(LATEST)).all()


def _acts(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(AuditEntry.at, AuditEntry.act, Person.name.label("actor")).outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.about_id == person_id).order_by(AuditEntry.seq.desc()).limit(LATEST)).all()


def _readings(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Reading.at, Reading.what, Person.name.label("reader")).join(Person, Person.id == Reading.reader_id)
        .where(Reading.about_id == person_id).order_by(Reading.at.desc(), Reading.id.desc()).limit(LATEST)).all()
