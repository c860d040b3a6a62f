"""One clock: UTC inside, the office's zone for people. Tests stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Jakarta")
_stopped: list[datetime] = []


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _stopped[-1] if _stopped else datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the office's clock."""
    return moment.astimezone(OFFICE)


def today() -> date:
    """The date in the office."""
    return local(now()).date()


def office_midnight(day: date) -> datetime:
    """The first moment of a day in the office, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE).astimezone(UTC)


@contextmanager
def stopped(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment; used by tests and by the demo, which writes a past."""
    _stopped.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.pop()


def advance(step: timedelta) -> None:
    """Move a stopped clock on."""
    _stopped[-1] += step
