"""Attendance: who was at which session, walk-ins, and the learning hours that come of it, kept right when attendance changes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.hours import queries as ledger
from lms.hours import service as hours
from lms.hours.models import Source
from lms.people.models import Person
from lms.seminars import planning, queries, rules, service
from lms.seminars.events import AttendanceConfirmed, AttendanceWithdrawn, SeminarHeld
from lms.seminars.models import Attendance, Registration, Seminar, Session

KIND = "seminar"  # of the ledger's sources
REASON = "Kehadiran dikoreksi"


def note(seminar_id: int, session_id: int, marks: Mapping[int, str], *, by: int | None, how: str = "list") -> int:
    """Write who was at a session, by person: "present", "late", "absent", or "" for not noted; gives how many marks changed.

    Once the seminar is held this corrects the ledger. Raises NotFound for a session or a person who does not belong to it, Refused
    "seminar-not-begun" before the day of the session, "seminar-cancelled" or "seminar-not-open".
    """
    with transaction():
        row = service.lock(seminar_id)
        _check_day(row, session_id)
        seated = set(db.session.scalars(select(Registration.person_id).where(
            Registration.seminar_id == seminar_id, Registration.state == "seat", Registration.person_id.in_(marks))))
        if set(marks) - seated or set(marks.values()) - {*rules.PRESENCE, ""}:
            raise NotFound
        there = {one.person_id: one for one in db.session.scalars(select(Attendance).where(
            Attendance.session_id == session_id, Attendance.person_id.in_(marks)))}
        changed = [person for person, state in marks.items() if _put(there.get(person), session_id, person, state, how=how, by=by)]
        db.session.flush()
        for person_id in sorted(changed):
            audit.record("seminar.attendance", f"seminar:{row.code}", about=person_id,
                         detail={"session": session_id, "state": marks[person_id]})
            if row.state == "held":
                settle(row, person_id)
        return len(changed)


def walk_in(seminar_id: int, session_id: int, nip: str, *, by: int) -> str:
    """Note somebody as present who came without a seat; gives her name.

    Raises NotFound for a session of another seminar, or Refused as `note` and "seminar-nip-unknown" for an unknown or deactivated person.
    """
    with transaction():
        row = service.lock(seminar_id)
        _check_day(row, session_id)
        digits = "".join(letter for letter in nip if letter.isdigit())
        person = db.session.execute(select(Person.id, Person.name).where(Person.nip == digits, Person.active.is_(True))).first()
        if person is None:
            raise Refused("seminar-nip-unknown")
        before = queries.live(seminar_id, person.id)
        if before is None or before.state == "waiting":
            service.add_walk_in(row, person.id, by=by)
            audit.record("seminar.walk-in", f"seminar:{row.code}", about=person.id)
        note(seminar_id, session_id, {person.id: "present"}, by=by)
        return str(person.name)


def held(seminar_id: int) -> int:
    """Say that the seminar is over, and enter the hours of those who attended enough; gives how many they are.

    Raises Refused "seminar-not-over" before the last session has ended, "seminar-step", or "hours-no-rate" (see hours.service.credit).
    """
    with transaction():
        row = service.lock(seminar_id)
        if row.state == "held":
            return 0
        window = queries.window(row)
        if window.ends_at is None or clock.now() < window.ends_at:
            raise Refused("seminar-not-over")
        row.ended_at = clock.now()
        planning.step(row, "held")
        people = db.session.scalars(
            select(Attendance.person_id).join(Session, Session.id == Attendance.session_id)
            .where(Session.seminar_id == seminar_id).distinct().order_by(Attendance.person_id)).all()
        publish(SeminarHeld(row.id, row.code, row.title))
        return sum(settle(row, person_id) for person_id in people)


def settle(row: Seminar, person_id: int) -> bool:
    """Make the ledger say what a person attended of a held seminar; whether that is enough. In the caller's transaction."""
    sessions, key = attended(row.id, person_id), f"{row.id}:{person_id}"
    standing = _standing(key)
    if not rules.enough(sessions, row.min_share):
        if standing is not None:
            hours.reverse(KIND, key, reason=REASON)
            publish(AttendanceWithdrawn(row.id, row.code, person_id))
        return False
    last = max(one.day for one in sessions if one.attended)
    rate = ledger.holding(ledger.rate_tables(), last).rates.get(row.form)
    days = rules.earned(rate.per if rate else None, sessions)
    if standing == days:
        return True
    earned = hours.Earned(person_id, KIND, key, row.title, row.form, days, scope=row.scope)  # type: ignore[arg-type]
    credited = hours.credit(earned) if standing is None else hours.correct(earned, reason=REASON)
    publish(AttendanceConfirmed(row.id, row.code, row.title, person_id, days[0][0], days[-1][0], credited))
    return True


def attended(seminar_id: int, person_id: int) -> list[rules.Attended]:
    """The sessions of a seminar with whether a person attended, in the order of time. One query."""
    rows = db.session.execute(
        select(Session.starts_at, Session.ends_at, Attendance.state)
        .outerjoin(Attendance, (Attendance.session_id == Session.id) & (Attendance.person_id == person_id))
        .where(Session.seminar_id == seminar_id).order_by(Session.starts_at, Session.id))
    return [rules.Attended(clock.local(one.starts_at).date(), int((one.ends_at - one.starts_at).total_seconds() // 60),
                           one.state in {"present", "late"}) for one in rows]


def _standing(key: str) -> tuple[tuple[Any, Decimal], ...] | None:
    """The days and amounts that the ledger holds under a key; None if nothing stands there."""
    latest = select(Source).where(Source.kind == KIND, Source.key == key).order_by(Source.version.desc()).limit(1)
    source = db.session.scalars(latest).first()
    return None if source is None or ledger.is_reversed(source.id) else ledger.amounts_of(source.id)


def _check_day(row: Seminar, session_id: int) -> None:
    session = db.session.get(Session, session_id)
    if session is None or session.seminar_id != row.id:
        raise NotFound
    if row.state == "cancelled":
        raise Refused("seminar-cancelled")
    if row.state == "draft":
        raise Refused("seminar-not-open")
    if clock.now() < clock.office_midnight(clock.local(session.starts_at).date()):
        raise Refused("seminar-not-begun")


def _put(there: Attendance | None, session_id: int, person_id: int, state: str, *, how: str, by: int | None) -> bool:
    """Write one mark; whether it is another than before."""
    if (there.state if there is not None else "") == state:
        return False
    if there is None:
        db.session.add(Attendance(session_id=session_id, person_id=person_id, state=state, how=how, noted_by=by, noted_at=clock.now()))
    elif state == "":
        db.session.delete(there)
    else:
        there.state, there.how, there.noted_by, there.noted_at = state, how, by, clock.now()
    return True
