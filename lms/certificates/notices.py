"""What holders are told: that a certificate is issued, and that its last day comes near."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.certificates.events import CertificateIssued
from lms.certificates.models import Certificate
from lms.notifications.rules import stage
from lms.notifications.service import To, notify, notify_many

STAGES = (60, 30, 7)  # days before the last day of validity
MORNING = 6  # the office's hour before which nobody is reminded; the digest follows at seven


def on_issued(fact: CertificateIssued) -> None:
    """Reaction: tell the holder."""
    notify(fact.person_id, "certificate.issued", key=fact.serial, module=fact.module, number=fact.number, serial=fact.serial)


def run_job(_payload: Mapping[str, Any]) -> None:
    """Remind those whose certificates expire soon, in the morning."""
    if clock.local(clock.now()).hour >= MORNING:
        remind_expiring()


def remind_expiring() -> int:
    """Tell holders 60, 30 and 7 days before the last day, each once; gives how many were told now.

    A night that was missed is made up for. Nobody is reminded of a certificate that was revoked or superseded, or beside which she
    holds one for the same module or programme that is valid longer.
    """
    today = clock.today()
    rows = db.session.execute(_expiring(today)).all()
    return notify_many("certificate.expiring", [_reminder(row, today) for row in rows])


def _expiring(today: date) -> Any:
    later = aliased(Certificate)
    renewed = select(later.id).where(
        later.person_id == Certificate.person_id, later.state == "issued",
        or_(later.module_id == Certificate.module_id, later.programme_id == Certificate.programme_id),
        later.id != Certificate.id, or_(later.valid_until.is_(None), later.valid_until > Certificate.valid_until),
    )
    columns = (Certificate.person_id, Certificate.serial, Certificate.number, Certificate.snapshot, Certificate.valid_until)
    return select(*columns).where(
        Certificate.state == "issued", Certificate.valid_until.between(today, today + timedelta(days=max(STAGES))), ~renewed.exists())


def _reminder(row: Any, today: date) -> To:
    due = stage((row.valid_until - today).days, STAGES)
    values = {"module": row.snapshot["module"], "number": row.number, "serial": row.serial, "until": row.valid_until}
    return To(row.person_id, values, f"{row.serial}:{due}")
