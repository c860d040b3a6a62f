"""Counting tries in the database, so that the count holds across workers and restarts."""

import hashlib
from datetime import timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from lms.base import clock
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.people.models import Throttle


def count_try(kind: str, who: str, *, most: int, window: timedelta) -> None:
    """Count one try; raises Refused "too-many-tries" once more than `most` fell into the window."""
    key = f"{kind}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    now = clock.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    over = Throttle.ends_at <= now
    statement = insert(Throttle).values(key=key, count=1, ends_at=now + window)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={
        "count": case((over, 1), else_=Throttle.count + 1),
        "ends_at": case((over, now + window), else_=Throttle.ends_at),
    })
    with transaction():
        db.session.execute(statement)
        count, ends = db.session.execute(select(Throttle.count, Throttle.ends_at).where(Throttle.key == key)).one()
    if count > most:
        raise Refused("too-many-tries", minutes=max(1, round((ends - now).total_seconds() / 60)))


def forget(kind: str, who: str) -> None:
    """Start again after a success."""
    with transaction():
        db.session.execute(delete(Throttle).where(Throttle.key == f"{kind}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"))


def sweep() -> None:
    """Drop counts whose window is over."""
    with transaction():
        db.session.execute(delete(Throttle).where(Throttle.ends_at < clock.now()))
