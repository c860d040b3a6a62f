"""Counting tries in the database, so that the count holds across workers and restarts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.base import clock
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.people.models import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of one kind by one account or address within a window."""

    kind: str
    who: str
    most: int
    window: timedelta

    @property
    def key(self) -> str:
        """The row's key; it does not tell who it is."""
        return f"{self.kind}:{hashlib.sha256(self.who.encode()).hexdigest()[:32]}"


def count_try(kind: str, who: str, *, most: int, window: timedelta) -> None:
    """Count one try; raises Refused "too-many-tries" once more than `most` fell into the window."""
    count_tries(Limit(kind, who, most, window))


def count_tries(*limits: Limit) -> None:
    """Count one try under each limit, in one transaction that is kept; then raise Refused "too-many-tries" if one is passed."""
    now = clock.now()
    with transaction():
        ends = [until for limit in limits if (until := _count(limit, now)) is not None]
    if ends:
        raise Refused("too-many-tries", minutes=max(1, round((max(ends) - now).total_seconds() / 60)))


def _count(limit: Limit, now: datetime) -> datetime | None:
    """When the window ends, if the limit is passed with this try."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    over = Throttle.ends_at <= now
    statement = insert(Throttle).values(key=limit.key, count=1, ends_at=now + limit.window)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={
        "count": case((over, 1), else_=Throttle.count + 1),
        "ends_at": case((over, now + limit.window), else_=Throttle.ends_at),
    })
    count, ends = db.session.execute(statement.returning(Throttle.count, Throttle.ends_at)).one()
    return ends if count > limit.most else None


def forget(limit: Limit) -> None:
    """Start again after a success; in the caller's transaction."""
    db.session.execute(delete(Throttle).where(Throttle.key == limit.key))


def take_back(limit: Limit) -> None:
    """Uncount one try that was a success: an office behind one address is not locked out by its own diligence."""
    db.session.execute(update(Throttle).where(Throttle.key == limit.key, Throttle.count > 0).values(count=Throttle.count - 1))


def sweep() -> None:
    """Drop counts whose window is over."""
    with transaction():
        db.session.execute(delete(Throttle).where(Throttle.ends_at < clock.now()))
