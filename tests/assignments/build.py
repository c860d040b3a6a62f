"""Assignments for tests, with visible defaults."""

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select

from lms.assignments import service
from lms.assignments.models import Hit
from lms.assignments.rules import STATES, State, Terms
from lms.assignments.targets import Aim
from lms.base.db import db

TODAY = date(2026, 3, 10)
DUE = date(2026, 4, 30)
_slips = count(1)


def draft(aim: Aim | None = None, *, subject: str = "module:sapa", unit_id: int | None = None, last_on: date | None = None,
          **terms: Any) -> service.Draft:
    """A required assignment from today on, due on 30 April."""
    kind, _colon, name = subject.partition(":")
    asked = {"required": True, "first_on": TODAY, **({} if "due_days" in terms else {"due_on": DUE}), **terms}
    return service.Draft(kind, name, aim or Aim(), Terms(**asked), "Perwal 1/2026", unit_id, last_on)


def assigned(aim: Aim | None = None, **changes: Any) -> int:
    """Make it; gives its id."""
    return service.make(draft(aim, **changes), by=None, slip=f"{next(_slips):032}")


def states(assignment_id: int) -> dict[int, State]:
    """How each person stands whom an assignment hits."""
    rows = db.session.execute(select(Hit.person_id, Hit.state).where(Hit.assignment_id == assignment_id, Hit.live))
    found = {row.person_id: STATES[row.state] for row in rows}
    db.session.rollback()
    return found


def hit(assignment_id: int, person_id: int) -> Hit:
    """The hit of one person."""
    db.session.rollback()
    return db.session.scalars(select(Hit).where(Hit.assignment_id == assignment_id, Hit.person_id == person_id)).one()
