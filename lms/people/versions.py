"""The history of units: what a unit was called and where it stood from one day to another.

The row of a unit is its present; whoever changes it calls `write` in the same transaction, and the past stays as it was.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, or_, select, update

from lms.base import clock
from lms.base.db import db
from lms.base.errors import Refused
from lms.people.models import Unit, UnitVersion

KEPT = ("name", "code", "kind", "parent_id", "path")
DAY = timedelta(days=1)
FIRST_DAY = date(1900, 1, 1)  # an earlier one was mistyped, and the calendar has no day before its first


def held_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The condition that a version held on a day."""
    return and_(UnitVersion.from_on <= day, or_(UnitVersion.until_on.is_(None), UnitVersion.until_on >= day))


def at_or_below(paths: Collection[str]) -> ColumnElement[bool]:
    """The condition that a version lay at or below the units to which these paths lead today, wherever they stood then."""
    if "/" in paths:
        return UnitVersion.path.startswith("/")
    return or_(UnitVersion.id.is_(None), *(UnitVersion.path.contains(f"/{_last(path)}/", autoescape=True) for path in paths))


def _last(path: str) -> str:
    return path.strip("/").rpartition("/")[2]


def past_day(day: date | None) -> date:
    """A day on which something may be dated, today if none is given. Raises Refused "date-future", or "date-unknown" before 1900."""
    if day is not None and day > clock.today():
        raise Refused("date-future")
    if day is not None and day < FIRST_DAY:
        raise Refused("date-unknown")
    return day or clock.today()


def write(unit_ids: Collection[int] | None = None, *, from_on: date | None = None, basis: str = "") -> int:
    """Let the history of these units (none named: of all) say what their rows say, from a day on, by default today.

    Gives how many differed. Within the caller's transaction. What was written on that very day is written over. Raises Refused
    "date-future" or, for a day before the last change of one of them, "date-early". Up to five statements, however many units.
    """
    day = past_day(from_on)
    db.session.flush()
    open_ = {row.unit_id: row for row in db.session.execute(select(UnitVersion.__table__).where(UnitVersion.until_on.is_(None)))}
    living = select(Unit.id, *(getattr(Unit, name) for name in KEPT)).where(Unit.ended_on.is_(None))
    rows = db.session.execute(living if unit_ids is None else living.where(Unit.id.in_(unit_ids))).all()
    differing = [row for row in rows if row.id not in open_ or any(getattr(row, name) != getattr(open_[row.id], name) for name in KEPT)]
    held = [open_[row.id] for row in differing if row.id in open_]
    earliest = max((row.from_on for row in held), default=day)
    if earliest > day:
        raise Refused("date-early", earliest=earliest)
    table = cast(Table, UnitVersion.__table__)
    over = {row.id: row.from_on == day for row in held}
    _each(delete(table), [row_id for row_id, same_day in over.items() if same_day])
    _each(update(table).values(until_on=day - DAY), [row_id for row_id, same_day in over.items() if not same_day])
    if differing:
        db.session.execute(insert(table), [
            {"unit_id": row.id, **{name: getattr(row, name) for name in KEPT}, "from_on": day, "basis": basis} for row in differing])
    return len(differing)


def close(unit_id: int, last_day: date) -> None:
    """End the history of a unit; one that never stood for a day has none."""
    open_ = and_(UnitVersion.unit_id == unit_id, UnitVersion.until_on.is_(None))
    db.session.execute(delete(UnitVersion).where(open_, UnitVersion.from_on > last_day))
    db.session.execute(update(UnitVersion).where(open_).values(until_on=last_day))


def last_change_of(unit_id: int) -> date | None:
    """The day from which the version of a unit that holds today does so; acts on it cannot be dated before."""
    return db.session.scalar(select(func.max(UnitVersion.from_on)).where(UnitVersion.unit_id == unit_id))


def began(unit_id: int) -> date | None:
    """The first day of a unit."""
    return db.session.scalar(select(func.min(UnitVersion.from_on)).where(UnitVersion.unit_id == unit_id))


def _each(statement: Any, ids: list[int]) -> None:
    if ids:
        db.session.execute(statement.where(UnitVersion.id.in_(ids)), execution_options={"synchronize_session": False})
