"""What people are told about seminars: a seat, a nomination, a change, and that it comes near."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from lms.base import clock
from lms.base.db import db, transaction
from lms.notifications.rules import stage
from lms.notifications.service import To, notify, notify_many
from lms.seminars import rules
from lms.seminars.models import Registration, Seminar, Session

REMIND_JOB = "seminar.remind"
STAGES = (7, 1)  # days before the first session
MORNING = 6  # the office's hour before which nobody is reminded; the digest follows at seven


def registered(row: Seminar, window: rules.Window, held: Registration) -> None:
    """Tell somebody that she has a seat."""
    notify(held.person_id, "seminar.registered", key=f"{held.id}", **_values(row, window))


def nominated(row: Seminar, window: rules.Window, held: Registration) -> None:
    """Tell somebody that she was nominated."""
    notify(held.person_id, "seminar.nominated", key=f"{held.id}", **_values(row, window))


def moved_up(row: Seminar, window: rules.Window, held: Registration) -> None:
    """Tell somebody that she has moved up."""
    notify(held.person_id, "seminar.moved-up", key=f"{held.id}", **_values(row, window))


def removed(row: Seminar, window: rules.Window, held: Registration) -> None:
    """Tell somebody that her registration was taken away."""
    notify(held.person_id, "seminar.removed", key=f"{held.id}", reason=held.reason, **_values(row, window))


def changed(row: Seminar, window: rules.Window) -> None:
    """Tell all who are registered that day, time or place changed; once for each version of the seminar."""
    notify_many("seminar.changed", [To(one, _values(row, window), f"{row.code}:{row.version}") for one in _registered(row.id)])


def cancelled(row: Seminar, window: rules.Window, people: Iterable[int]) -> None:
    """Tell those who were registered that it does not take place."""
    values = {**_values(row, window), "reason": row.reason}
    notify_many("seminar.cancelled", [To(one, values, row.code) for one in people])


def run_job(_payload: Mapping[str, Any]) -> None:
    """Remind those who have a seat, in the morning."""
    if clock.local(clock.now()).hour >= MORNING:
        with transaction():
            remind()


def remind() -> int:
    """Tell those with a seat 7 days and 1 day before the first session, each once; gives how many were told now.

    A night that was missed is made up for. Nobody is reminded of what has begun, was cancelled or is held.
    """
    first = select(Session.seminar_id, func.min(Session.starts_at).label("first")).group_by(Session.seminar_id).subquery()
    until = clock.office_midnight(clock.today() + timedelta(days=max(STAGES) + 1))
    rows = db.session.execute(
        select(Seminar.code, Seminar.title, first.c.first, Registration.person_id)
        .join(first, first.c.seminar_id == Seminar.id).join(Registration, Registration.seminar_id == Seminar.id)
        .where(Seminar.state.in_(("published", "closed")), Registration.state == "seat", first.c.first > clock.now(),
               first.c.first < until))
    return notify_many("seminar.reminder", [_reminder(row) for row in rows])


def _reminder(row: Any) -> To:
    due = stage((clock.local(row.first).date() - clock.today()).days, STAGES)
    return To(row.person_id, {"title": row.title, "code": row.code, "starts": row.first}, f"{row.code}:{row.first:%Y%m%d}:{due}")


def _values(row: Seminar, window: rules.Window) -> dict[str, Any]:
    return {"title": row.title, "code": row.code, "starts": window.starts_at}


def _registered(seminar_id: int) -> list[int]:
    return list(db.session.scalars(select(Registration.person_id).where(
        Registration.seminar_id == seminar_id, Registration.state.in_(rules.LIVE)).order_by(Registration.person_id)))
