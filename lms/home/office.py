"""What the page Administration says beside its entries: numbers that are cheap to count."""

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import func, select

from lms.base.db import db
from lms.claims import queries as claims
from lms.notifications.models import Mail
from lms.people.models import Person, Unit
from lms.people.queries import within


class Officer(Protocol):
    """Who reads the page."""

    def may(self, permission: str) -> bool: ...
    def paths(self, permission: str) -> tuple[str, ...]: ...


def counts(officer: Officer) -> Mapping[str, int]:
    """Numbers by endpoint: active people in reach, mail that could not be sent, certificates that wait. At most three queries."""
    found: dict[str, int] = {}
    if officer.may("people.see"):
        people = select(func.count()).select_from(Person).join(Unit, Unit.id == Person.unit_id)
        found["people_admin.people"] = db.session.scalar(people.where(Person.active.is_(True), within(officer.paths("people.see")))) or 0
    if officer.may("notices.see"):
        found["notices.outbox"] = db.session.scalar(select(func.count()).where(Mail.state == "dead")) or 0
    if officer.may("training.check"):
        waiting = claims.waiting(officer.paths("training.check"))
        found["claims_office.queue"] = waiting.get("submitted", 0) + (waiting.get("checked", 0) if officer.may("training.manage") else 0)
    return found
