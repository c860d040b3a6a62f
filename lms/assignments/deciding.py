"""Verbs of officers on an assignment that is made: change its terms, end it; give somebody more time or waive it for her."""

from datetime import date

from lms.assignments import queries, service
from lms.assignments.models import Assignment, Hit
from lms.base import audit, clock
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.notifications.service import notify


def change(
    assignment_id: int, version: int, *, due_on: date | None, due_days: int | None, grace_days: int, last_on: date | None, reason: str,
) -> None:
    """Change when an assignment is due, its grace, its last day and its reason, for everybody whom it hits.

    Refused "assignment-stale" if somebody changed it meanwhile, "assignment-over", "assignment-dates".
    """
    with transaction():
        row = _open(assignment_id, version)
        if (due_on is None) == (due_days is None) or (due_on is not None and due_on < row.first_on) or (
                last_on is not None and last_on < max(row.first_on, due_on or row.first_on, clock.today())):
            raise Refused("assignment-dates")
        wanted = {"due_on": due_on, "due_days": due_days, "grace_days": grace_days, "last_on": last_on, "reason": reason}
        changed = {name: [getattr(row, name), value] for name, value in wanted.items() if getattr(row, name) != value}
        if changed:
            for name, (_before, value) in changed.items():
                setattr(row, name, value)
            row.version += 1
            db.session.flush()
            audit.record("assignment.changed", f"assignment:{row.id}", detail={
                "title": row.title, **{name: [_said(one) for one in pair] for name, pair in changed.items()}})
            service.settle(row, [])


def end(assignment_id: int, version: int, *, by: int | None, why: str) -> None:
    """End an assignment today. Refused "assignment-stale" or "assignment-over"."""
    with transaction():
        row = _open(assignment_id, version)
        service.end(row, clock.today(), by=by, why=why)
        audit.record("assignment.ended", f"assignment:{row.id}", detail={"title": row.title, "reason": why})


def extend(assignment_id: int, person_id: int, *, until: date, why: str) -> None:
    """Give one person more time. Raises NotFound; Refused "assignment-over" or "assignment-extension" (no later day than before)."""
    with transaction():
        row, hit = _hit(assignment_id, person_id)
        if until <= hit.due_on or until < clock.today():
            raise Refused("assignment-extension", day=hit.due_on)
        before, hit.extended_to = hit.due_on, until
        db.session.flush()
        audit.record("assignment.extended", f"assignment:{row.id}", about=person_id,
                     detail={"title": row.title, "due": [before.isoformat(), until.isoformat()], "reason": why})
        service.settle(row, [Hit.person_id == person_id])


def waive(assignment_id: int, person_id: int, *, until: date | None, why: str, by: int | None) -> None:
    """Waive an assignment for one person, until a day or for good. Raises NotFound; Refused "assignment-over", "assignment-waiver"."""
    with transaction():
        row, hit = _hit(assignment_id, person_id)
        if until is not None and until < clock.today():
            raise Refused("assignment-waiver")
        hit.waived_at, hit.waived_until, hit.waived_by, hit.waived_why = clock.now(), until, by, why
        db.session.flush()
        audit.record("assignment.waived", f"assignment:{row.id}", about=person_id,
                     detail={"title": row.title, "until": _said(until), "reason": why})
        service.settle(row, [Hit.person_id == person_id])
        notify(person_id, "assignment.waived", title=row.title, reason=why)


def take_waiver_back(assignment_id: int, person_id: int) -> None:
    """The assignment holds for this person again; a second time changes nothing. Raises NotFound; Refused "assignment-over"."""
    with transaction():
        row, hit = _hit(assignment_id, person_id)
        if hit.waived_at is None:
            return
        hit.waived_at, hit.waived_until, hit.waived_by, hit.waived_why = None, None, None, ""
        db.session.flush()
        audit.record("assignment.unwaived", f"assignment:{row.id}", about=person_id, detail={"title": row.title})
        service.settle(row, [Hit.person_id == person_id])


def _said(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _open(assignment_id: int, version: int) -> Assignment:
    row = service.held(assignment_id)
    if row.ended_on is not None:
        raise Refused("assignment-over")
    if row.version != version:
        raise Refused("assignment-stale")
    return row


def _hit(assignment_id: int, person_id: int) -> tuple[Assignment, Hit]:
    row = service.held(assignment_id)
    hit = queries.hits_of(assignment_id, person_id)
    if hit is None or (row.ended_on is None and not hit.live):
        raise NotFound
    db.session.refresh(hit)
    if row.ended_on is not None:
        raise Refused("assignment-over")
    return row, hit
