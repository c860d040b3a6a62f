"""Counting tries so that the count holds across workers and restarts: in Redis where LMS_REDIS_URL names one, else in the database.

The counts lie in a storage of the package `limits`; the limits on whole pages (lms.web.limits) count in the same one.
"""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, g, has_request_context
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Index, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from lms.base import clock, security
from lms.base.db import Base, UtcDateTime, db, transaction
from lms.base.errors import Refused

IN_DATABASE = "database://"


class Throttle(Base):
    """Count of tries under one key within a window."""

    __tablename__ = "throttles"
    __table_args__ = (Index("ix_throttles_ends", "ends_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


STANDING = select(Throttle.key, Throttle.count, Throttle.ends_at).where(
    Throttle.key.in_(bindparam("keys", expanding=True)), Throttle.ends_at > bindparam("now", type_=UtcDateTime))


class Unavailable(Exception):
    """Tries cannot be counted now, so what must be counted is not allowed."""


class DatabaseStorage(Storage):
    """The counts of `limits` as rows of our own database; a window begins with the first try in it."""

    STORAGE_SCHEME = ["database"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a database raises that cannot be used."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in one statement and a transaction that is kept; gives the count."""
        now = clock.now()
        over, ends = Throttle.ends_at <= now, now + timedelta(seconds=expiry)
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(Throttle).values(key=key, count=amount, ends_at=ends).on_conflict_do_update(index_elements=["key"], set_={
            "count": case((over, amount), else_=Throttle.count + amount), "ends_at": case((over, ends), else_=Throttle.ends_at),
        })
        with transaction():
            return int(db.session.execute(statement.returning(Throttle.count)).scalar_one())

    def get(self, key: str) -> int:
        """How many tries stand in the present window."""
        return self.standing([key]).get(key, (0, clock.now()))[0]

    def get_expiry(self, key: str) -> float:
        """When the window ends, as a Unix time."""
        return self.standing([key]).get(key, (0, clock.now()))[1].timestamp()

    def standing(self, keys: Sequence[str]) -> Mapping[str, tuple[int, datetime]]:
        """Count and end of the windows that are open. One query."""
        rows = db.session.execute(STANDING, {"keys": list(keys), "now": clock.now()})
        return {key: (count, ends) for key, count, ends in rows}

    def check(self) -> bool:
        """Whether the database answers."""
        return db.session.scalar(select(1)) == 1

    def reset(self) -> int | None:
        """Forget all counts."""
        with transaction():
            return int(db.session.execute(delete(Throttle)).rowcount)  # type: ignore[attr-defined]

    def clear(self, key: str) -> None:
        """Forget one count."""
        with transaction():
            db.session.execute(delete(Throttle).where(Throttle.key == key))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of one kind by one account or address within a window."""

    kind: str
    who: str
    most: int
    window: timedelta

    @property
    def key(self) -> str:
        """The count's key; it does not tell who it is."""
        return f"{self.kind}:{hashlib.sha256(self.who.encode()).hexdigest()[:32]}"


def address_of(redis_url: str) -> tuple[str, dict[str, object]]:
    """Where the counts lie, and how to reach it: a Redis that does not answer within a second is as good as none."""
    if not redis_url:
        return IN_DATABASE, {"wrap_exceptions": True}
    patience = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)}
    return redis_url, {"wrap_exceptions": True, "key_prefix": "simpul", **patience}


def register(app: Flask) -> None:
    """Give the app its storage of counts."""
    uri, options = address_of(app.extensions["settings"].redis_url)
    app.extensions["counts"] = storage_from_string(uri, **options)  # type: ignore[arg-type]


def count_try(kind: str, who: str, *, most: int, window: timedelta) -> None:
    """Count one try; raises Refused "too-many-tries" once more than `most` fell into the window."""
    count_tries(Limit(kind, who, most, window))


def count_tries(*limits: Limit) -> None:
    """Count one try under each limit, kept whatever follows. Raises Refused "too-many-tries" if one is passed, or Unavailable."""
    with _counts() as storage, _together(storage):
        passed = [limit for limit in limits if storage.incr(limit.key, _seconds(limit)) > limit.most]
    if passed:
        raise _too_many(passed)


def is_within(limit: Limit) -> bool:
    """Count one try; whether it is still within the limit."""
    with _counts() as storage:
        return storage.incr(limit.key, _seconds(limit)) <= limit.most


def look(*limits: Limit) -> bool:
    """Whether any try stands against the limits. Raises Refused "too-many-tries" if one of them is used up.

    For what is usually right at the first try: look, then `count_tries` only where it was wrong. What is right costs no write, and
    of tries made at once as many get through in excess as the program has threads.
    """
    db.session.rollback()  # what others counted meanwhile is seen
    counts = _standing(limits)
    full = [limit for limit in limits if counts[limit] >= limit.most]
    if full:
        raise _too_many(full)
    return any(counts.values())


def count_of(limit: Limit) -> int:
    """How many tries stand against a limit."""
    return _standing([limit])[limit]


def counts_of(*limits: Limit) -> tuple[int, ...]:
    """How many tries stand against each limit. One query."""
    counts = _standing(limits)
    return tuple(counts[limit] for limit in limits)


def forget(limit: Limit) -> None:
    """Start again after a success; in the caller's transaction if there is one."""
    with _counts() as storage:
        storage.clear(limit.key)


def sweep() -> None:
    """Drop counts whose window is over; Redis drops its own."""
    with transaction():
        db.session.execute(delete(Throttle).where(Throttle.ends_at < clock.now()))


def _standing(limits: Sequence[Limit]) -> Mapping[Limit, int]:
    with _counts() as storage:
        if isinstance(storage, DatabaseStorage):
            found = storage.standing([limit.key for limit in limits])
            return {limit: found[limit.key][0] if limit.key in found else 0 for limit in limits}
        return {limit: storage.get(limit.key) for limit in limits}


@contextmanager
def _counts() -> Iterator[Storage]:
    try:
        yield current_app.extensions["counts"]
    except StorageError as error:
        security.log.error("tries cannot be counted: %r", error.storage_error)
        raise Unavailable from error


def _together(storage: Storage) -> AbstractContextManager[None]:
    return transaction() if isinstance(storage, DatabaseStorage) else nullcontext()


def _seconds(limit: Limit) -> int:
    return int(limit.window.total_seconds())


def _too_many(limits: Sequence[Limit]) -> Refused:
    with _counts() as storage:
        ends = max(storage.get_expiry(limit.key) for limit in limits)
        now = clock.now().timestamp() if isinstance(storage, DatabaseStorage) else time.time()
    return too_many(ends - now, kind=limits[0].kind)


def too_many(seconds: float, *, kind: str) -> Refused:
    """The refusal of a try, to be raised; the answer will carry the seconds as Retry-After."""
    security.note("tries.refused", kind=kind)
    if has_request_context():
        g.retry_after = max(1, round(seconds))
    return Refused("too-many-tries", minutes=max(1, round(seconds / 60)))
