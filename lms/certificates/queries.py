"""Reads of certificates; no relationship is loaded, the snapshot says it all."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Row, select

from lms.base.db import db
from lms.certificates import rules
from lms.certificates.models import Certificate
from lms.learning.models import Enrolment
from lms.people.models import Person, Unit


def by_serial(serial: str) -> Certificate | None:
    """The certificate of a serial, typed with or without dashes, in either case."""
    return db.session.scalar(select(Certificate).where(Certificate.serial == rules.read_serial(serial)))


def of_person(person_id: int) -> Sequence[Certificate]:
    """A person's certificates, the newest first; superseded ones are left out."""
    wanted = select(Certificate).where(Certificate.person_id == person_id, Certificate.state != "superseded")
    return db.session.scalars(wanted.order_by(Certificate.issued_at.desc(), Certificate.id.desc())).all()


def holder(certificate: Certificate) -> Row[int, str, str]:
    """Row (unit_id, unit_path, name) of the person as she is now."""
    return db.session.execute(
        select(Person.unit_id, Unit.path.label("unit_path"), Person.name).join(Unit).where(Person.id == certificate.person_id)
    ).one()


def successor(certificate: Certificate) -> Certificate | None:
    """The certificate that took this one's place."""
    return db.session.get(Certificate, certificate.superseded_by) if certificate.superseded_by else None


def live_of(enrolment_ids: Collection[int]) -> Mapping[int, Certificate]:
    """The live certificate of each of the enrolments that has one."""
    wanted = select(Certificate).where(Certificate.enrolment_id.in_(enrolment_ids), Certificate.state != "superseded")
    return {row.enrolment_id: row for row in db.session.scalars(wanted) if row.enrolment_id is not None}


def live_of_completions(completion_ids: Collection[int]) -> Mapping[int, Certificate]:
    """The live certificate of each of these completions of a programme that has one."""
    wanted = select(Certificate).where(Certificate.completion_id.in_(completion_ids), Certificate.state != "superseded")
    return {row.completion_id: row for row in db.session.scalars(wanted) if row.completion_id is not None}


def without_certificate(most: int = 200) -> Sequence[int]:
    """Completed enrolments, the oldest first, that have no certificate; whether their module gives one is for the caller to see."""
    none = ~select(Certificate.id).where(Certificate.enrolment_id == Enrolment.id).exists()
    wanted = select(Enrolment.id).where(Enrolment.completed_at.is_not(None), none).order_by(Enrolment.completed_at, Enrolment.id)
    return db.session.scalars(wanted.limit(most)).all()
