"""Slow work as rows of one lease table, written in the transaction that wants it, run by one worker.

A job is claimed for LEASE; a worker that dies lets the lease run out and the job is taken again, so its work must bear being
done twice. After ATTEMPTS failures a job rests as "failed" with its last error. Scheduled jobs are rows too, one a tick.
"""

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Index, UniqueConstraint, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.base import asking, clock
from lms.base.db import Base, Json, UtcDateTime, db, transaction

LEASE = timedelta(seconds=120)
ATTEMPTS = 5
KEEP_DONE = timedelta(days=7)
Handler = Callable[[Mapping[str, Any]], None]
log = logging.getLogger(__name__)


class Job(Base):
    """One piece of work; `key` makes asking for it twice the same as asking once."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_jobs_due", "state", "run_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(default="todo")  # todo, doing, done, failed
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in this worker's hands."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int


def enqueue(kind: str, payload: dict[str, Any], *, key: str, run_at: datetime | None = None) -> None:
    """Add a job to the current transaction, unless one of this kind and key is there already."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"kind": kind, "key": key, "payload": payload, "state": "todo", "attempts": 0, "run_at": run_at or clock.now()}
    db.session.execute(insert(Job).values(values).on_conflict_do_nothing(index_elements=["kind", "key"]))


def claim() -> Claimed | None:
    """Take the oldest job that is due or whose worker has died; None if there is none."""
    now = clock.now()
    due = or_(
        and_(Job.state == "todo", Job.run_at <= now),
        and_(Job.state == "doing", Job.lease_until < now),
    )
    with transaction():
        row = db.session.execute(
            select(Job.id, Job.kind, Job.payload, Job.attempts).where(due).order_by(Job.run_at, Job.id).limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        db.session.execute(
            update(Job).where(Job.id == row.id).values(state="doing", attempts=row.attempts + 1, lease_until=now + LEASE)
        )
        return Claimed(row.id, row.kind, row.payload, row.attempts + 1)


def finish(job: Claimed) -> None:
    """Mark a job as done, if it is still this worker's."""
    _settle(job, {"state": "done", "error": None})


def fail(job: Claimed, error: str) -> None:
    """Put a job back for later, waiting longer each time, or to rest after the last attempt."""
    if job.attempt >= ATTEMPTS:
        _settle(job, {"state": "failed", "error": error})
    else:
        _settle(job, {"state": "todo", "error": error, "run_at": clock.now() + timedelta(seconds=5 * 4 ** (job.attempt - 1))})


def _settle(job: Claimed, values: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(
            update(Job).where(Job.id == job.id, Job.attempts == job.attempt, Job.state == "doing").values(**values)
        )


def tick(schedule: Mapping[str, timedelta]) -> None:
    """Write the row of the present tick of each scheduled kind, and forget ticks and jobs done long ago."""
    now = clock.now()
    with transaction():
        for kind, every in schedule.items():
            number = int(now.timestamp() // every.total_seconds())
            at = datetime.fromtimestamp(number * every.total_seconds(), UTC)
            enqueue(kind, {}, key=f"tick:{number}", run_at=at)
        db.session.execute(delete(Job).where(Job.state == "done", Job.run_at < now - KEEP_DONE))


def run_due(handlers: Mapping[str, Handler], *, most: int = 1000) -> int:
    """Run what is due until nothing is left, at most `most` jobs; gives how many were run."""
    for count in range(most):
        job = claim()
        if job is None:
            return count
        run(job, handlers)
    return most


def run(job: Claimed, handlers: Mapping[str, Handler]) -> None:
    """Run one job; whatever it raises is kept on its row and logged."""
    try:
        with asking.through("job"):
            handlers[job.kind](job.payload)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the worker loop must outlive any job; WeasyPrint's fetch errors are BaseExceptions
        db.session.rollback()
        log.exception("job %s %s failed", job.kind, job.id)
        fail(job, "".join(traceback.format_exception_only(error))[:2000])
    else:
        finish(job)


def work(handlers: Mapping[str, Handler], schedule: Mapping[str, timedelta], *, stopping: Callable[[], bool]) -> None:
    """The worker's loop, until `stopping()` is true."""
    ticked = 0.0
    while not stopping():
        if time.monotonic() - ticked > 10:
            tick(schedule)
            ticked = time.monotonic()
        if not run_due(handlers, most=1):
            db.session.remove()
            time.sleep(0.25)
