"""People who left long ago and never earned a certificate: their records are pseudonymised when their time has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from lms.assessment.models import Attempt
from lms.base import audit, clock
from lms.base.db import db
from lms.base.keeping import Due
from lms.certificates.models import Certificate
from lms.people import personal
from lms.people.models import Person
from lms.privacy import erasing


@dataclass(frozen=True, slots=True)
class LeftPeople:
    """Deactivated people without certificate, without a role and without an attempt that still waits, by the day they left."""

    def due(self, before: datetime) -> Due:
        """Those who left before this moment. One query."""
        count, oldest = db.session.execute(select(func.count(), func.min(Person.left_on)).where(*self._gone(before))).one()
        return Due(count, oldest)

    def carry_out(self, before: datetime, most: int) -> int:
        """Erase at most so many, each as an officer would."""
        ids = db.session.scalars(select(Person.id).where(*self._gone(before)).order_by(Person.id).limit(most)).all()
        for person_id in ids:
            erasing.erase(person_id)
            audit.record("erasure.by-age", f"person:{person_id}", about=person_id)
        return len(ids)

    def _gone(self, before: datetime) -> list[ColumnElement[bool]]:
        return [
            Person.active.is_(False), Person.merged_into.is_(None), Person.left_on < clock.local(before).date(), ~personal.erased(),
            ~exists().where(Certificate.person_id == Person.id), ~exists().where(Attempt.person_id == Person.id, Attempt.state != "graded"),
        ]


LEFT = LeftPeople()
