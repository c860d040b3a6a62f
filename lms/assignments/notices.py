"""What people are told: that something is assigned to them, that it is due, and what is overdue in the unit they lead."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from lms.assignments import service
from lms.assignments.models import Assignment, Hit
from lms.assignments.rules import OVERDUE, STATES
from lms.base import clock
from lms.base.db import db, transaction
from lms.notifications.rules import stage
from lms.notifications.service import To, notify_many
from lms.people import grants
from lms.people.models import Grant, Unit
from lms.people.roles import WHOLE

STAGES = (14, 7, 1, 0)  # days before a due date
MORNING = 6  # the office's hour before which nobody is reminded; the digest follows at seven
AT_ONCE = 500
REMIND_JOB = "assignment.remind"
TO_DO = [STATES.index(one) for one in ("non-compliant", "grace", "not-started", "in-progress")]


def run_tell(_payload: Mapping[str, Any]) -> None:
    """Tell whom something has been assigned to."""
    while tell_new():
        pass


def run_job(_payload: Mapping[str, Any]) -> None:
    """In the morning: reminders, and once a week what is overdue in a unit."""
    if clock.local(clock.now()).hour >= MORNING:
        service.settle_stale()
        remind(clock.today())
        tell_supervisors(clock.today())


def tell_new() -> int:
    """Tell the next few hundred whom something has been assigned to and who were not told; gives how many they were."""
    wanted = (
        select(Hit.id, Hit.person_id, Hit.hit_on, Hit.state, Hit.due_on, Assignment.title)
        .join(Assignment, Assignment.id == Hit.assignment_id).where(Hit.live, Hit.told.is_(False)).order_by(Hit.id).limit(AT_ONCE))
    with transaction():
        rows = db.session.execute(wanted).all()
        notify_many("assignment.made", [
            To(row.person_id, {"title": row.title, "due": row.due_on}, f"{row.id}:{row.hit_on.isoformat()}")
            for row in rows if row.state in TO_DO])
        db.session.execute(update(Hit).where(Hit.id.in_([row.id for row in rows])).values(told=True))
    return len(rows)


def remind(today: date) -> int:
    """Remind 14, 7 and 1 days before, on the day, and weekly once it is overdue, each once; gives how many were told now.

    A night that was missed is made up for. Nobody is reminded of what is done or waived; what is recommended is never overdue.
    """
    wanted = (
        select(Hit.id, Hit.person_id, Hit.due_on, Hit.state, Assignment.title).join(Assignment, Assignment.id == Hit.assignment_id)
        .where(Hit.live, Hit.state.in_(TO_DO), Hit.due_on <= today + timedelta(days=max(STAGES))))
    soon, late = [], []
    for row in db.session.execute(wanted):
        values, left = {"title": row.title, "due": row.due_on}, (row.due_on - today).days
        if left >= 0:
            soon.append(To(row.person_id, values, f"{row.id}:{row.due_on.isoformat()}:{stage(left, STAGES)}"))
        elif STATES[row.state] in OVERDUE:
            late.append(To(row.person_id, values, f"{row.id}:{row.due_on.isoformat()}:week{(-left - 1) // 7}"))
    return notify_many("assignment.reminder", soon) + notify_many("assignment.overdue", late)


def tell_supervisors(today: date) -> int:
    """Tell those who lead a unit, once a week, how many of its assignments are overdue; gives how many were told now."""
    overdue = db.session.execute(
        select(Unit.path, func.count().label("people")).join(Hit, Hit.unit_id == Unit.id)
        .where(Hit.live, Hit.state.in_([STATES.index(one) for one in STATES if one in OVERDUE])).group_by(Unit.path)).all()
    if not overdue:
        return 0
    leads = db.session.execute(
        select(Grant.person_id, Unit.path).outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(Grant.role == "supervisor", grants.live(today)).order_by(Grant.person_id)).all()
    year, week, _day = today.isocalendar()
    counts: dict[int, int] = {}
    for lead in leads:
        counts[lead.person_id] = counts.get(lead.person_id, 0) + sum(
            row.people for row in overdue if row.path.startswith(lead.path or WHOLE))
    return notify_many("assignment.team", [
        To(person_id, {"count": count}, f"{year}-{week}") for person_id, count in counts.items() if count])
