"""Makers of seminars with visible defaults. Each commits."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from lms.base import clock
from lms.seminars import planning, queries
from lms.seminars.planning import Plan, Slot

DAY = date(2026, 3, 24)  # two weeks after the day on which the tests stand


def at(hour: int, minute: int = 0, *, day: date = DAY) -> datetime:
    """A moment on the office's clock."""
    return datetime.combine(day, time(hour, minute), tzinfo=clock.OFFICE)


def plan(**changes: object) -> Plan:
    """What an officer says of a seminar: open from yesterday until the day before it."""
    usual = Plan(
        title="Keamanan Data Kepegawaian", form="seminar", scope="national", description="Bawa *laptop*.", organiser="BKPSDM Kota Contoh",
        partner_id=None, seats=2, unit_quota=None, opens_at=clock.now() - timedelta(days=1), closes_at=at(16, day=DAY - timedelta(days=1)),
        cancel_until=at(8, day=DAY - timedelta(days=3)), min_share=80, public=True)
    return replace(usual, **changes)  # type: ignore[arg-type]


def slot(begins: int = 8, ends: int = 12, *, day: date = DAY, **changes: object) -> Slot:
    """What an officer says of a session."""
    usual = Slot("", at(begins, day=day), at(ends, day=day), "Aula BKPSDM", "", (("Dr. Ratna Purba", "Universitas Contoh"),), ())
    return replace(usual, **changes)  # type: ignore[arg-type]


def seminar(code: str = "keamanan-data", *slots: Slot, published: bool = True, **changes: object) -> int:
    """A seminar of one session, open for registration; gives its id."""
    made = planning.create(code, plan(**changes), by=None)
    for one in slots or (slot(),):
        planning.put_session(made, None, one, seen=queries.seminar(code, drafts=True).version)
    if published:
        planning.publish(made)
    return made


def sessions(code: str = "keamanan-data") -> list[int]:
    """The ids of a seminar's sessions, in the order of time."""
    return [one.id for one in queries.sessions_of(queries.seminar(code, drafts=True).id)]


def standing(seminar_id: int) -> list[tuple[str, str, int | None]]:
    """(name, state, place on the waiting list) of those who are registered, in the order of registration."""
    return [(one.name, one.state, one.position) for one in queries.participants(seminar_id, states=("seat", "waiting"))]
