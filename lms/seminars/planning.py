"""Verbs of the training office: plan a seminar, change it, copy it, open and close it, cancel it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.partners import queries as partners
from lms.seminars import notices, queries, rules, service
from lms.seminars.models import Attendance, Material, Registration, Seminar, SeminarUnit, Session, Speaker

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TAKEN = frozenset({"new", "mine", "public"})  # words that addresses use
MOST_SESSIONS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What an officer says of a seminar; `unit_ids` are the units to which it is open, none: everybody."""

    title: str
    form: str
    scope: str
    description: str
    organiser: str
    partner_id: int | None
    seats: int
    unit_quota: int | None
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime | None
    min_share: int
    public: bool
    unit_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """What an officer says of a session; speakers are (name, agency), materials (title, https address)."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    speakers: tuple[tuple[str, str], ...] = ()
    materials: tuple[tuple[str, str], ...] = ()


COLUMNS = tuple(one.name for one in fields(Plan) if one.name != "unit_ids")


def create(code: str, plan: Plan, *, by: int | None) -> int:
    """A new seminar as a draft; gives its id. Raises Refused "seminar-code", "seminar-code-taken" or "seminar-dates"."""
    with transaction():
        _check_code(code)
        _check(plan, None)
        row = Seminar(code=code, made_by=by, made_at=clock.now(), **{name: getattr(plan, name) for name in COLUMNS})
        db.session.add(row)
        db.session.flush()
        _open_to(row.id, plan.unit_ids)
        audit.record("seminar.planned", f"seminar:{code}", detail={"title": plan.title})
        return row.id


def change(seminar_id: int, plan: Plan, *, seen: int) -> None:
    """Write what was changed of a seminar; more seats let those move up who wait.

    Raises Refused "changed-meanwhile" unless `seen` is its version, "seminar-over", "seminar-dates", or "seminar-seats-taken".
    """
    with transaction():
        row = _changeable(seminar_id, seen)
        window = queries.window(row)
        _check(plan, window)
        count, _waits = queries.counts(row.id)
        if plan.seats < min(count, row.seats):
            raise Refused("seminar-seats-taken", count=count)
        different = {name: (getattr(row, name), getattr(plan, name)) for name in COLUMNS if getattr(row, name) != getattr(plan, name)}
        for name, (_before, after) in different.items():
            setattr(row, name, after)
        units = [unit.id for unit in queries.allowed_units(row.id)]
        if set(units) != set(plan.unit_ids):
            different["unit_ids"] = (sorted(units), sorted(plan.unit_ids))
            _open_to(row.id, plan.unit_ids)
        if different:
            _turn(row)
            shown = {name: [_plain(one) for one in pair] for name, pair in different.items() if name != "description"}
            audit.record("seminar.changed", f"seminar:{row.code}", detail=shown)
            service.move_up(row, queries.window(row))


def put_session(seminar_id: int, session_id: int | None, slot: Slot, *, seen: int) -> int:
    """Add a session, or write what was changed of one; gives its id. Another time or place is told to all who are registered.

    Raises NotFound, or Refused "changed-meanwhile", "seminar-over", "seminar-session-period", "seminar-sessions-many".
    """
    with transaction():
        row = _changeable(seminar_id, seen)
        if slot.ends_at <= slot.starts_at or clock.local(slot.starts_at).date() != clock.local(slot.ends_at).date():
            raise Refused("seminar-session-period")
        kept = _session(seminar_id, session_id) if session_id is not None else None
        if kept is None and len(queries.sessions_of(seminar_id)) >= MOST_SESSIONS:
            raise Refused("seminar-sessions-many", most=MOST_SESSIONS)
        before = (kept.starts_at, kept.ends_at, kept.place, kept.link) if kept is not None else None
        session = kept or Session(seminar_id=seminar_id)
        session.title, session.starts_at, session.ends_at = slot.title, slot.starts_at, slot.ends_at
        session.place, session.link = slot.place, slot.link
        db.session.add(session)
        db.session.flush()
        _put_speakers(session.id, slot.speakers, row.partner_id)
        _put_materials(session.id, slot.materials)
        _turn(row)
        moved = before != (slot.starts_at, slot.ends_at, slot.place, slot.link)
        audit.record("seminar.session-put", f"seminar:{row.code}",
                     detail={"title": slot.title, "day": clock.local(slot.starts_at).isoformat()})
        if moved and row.state != "draft":
            notices.changed(row, queries.window(row))
        return session.id


def drop_session(seminar_id: int, session_id: int, *, seen: int) -> None:
    """Take a session away. Raises NotFound, or Refused "changed-meanwhile", "seminar-over", "seminar-session-last" or "-attended"."""
    with transaction():
        row = _changeable(seminar_id, seen)
        session = _session(seminar_id, session_id)
        if row.state != "draft" and len(queries.sessions_of(seminar_id)) == 1:
            raise Refused("seminar-session-last")
        if db.session.scalar(select(exists().where(Attendance.session_id == session_id))):
            raise Refused("seminar-session-attended")
        audit.record("seminar.session-dropped", f"seminar:{row.code}", detail={"title": session.title})
        db.session.delete(session)
        _turn(row)
        if row.state != "draft":
            notices.changed(row, queries.window(row))


def publish(seminar_id: int) -> None:
    """Open a draft for registration, or open a closed one again. Raises Refused "seminar-no-session", "seminar-dates" or "seminar-step"."""
    with transaction():
        row = service.lock(seminar_id)
        if row.state == "published":
            return
        window = queries.window(row)
        if window.starts_at is None:
            raise Refused("seminar-no-session")
        if row.closes_at > window.starts_at or (row.cancel_until is not None and row.cancel_until > window.starts_at):
            raise Refused("seminar-dates")
        row.published_at = row.published_at or clock.now()
        step(row, "published")


def close(seminar_id: int) -> None:
    """End registration before its time; whoever waits still moves up. Raises Refused "seminar-step"."""
    with transaction():
        row = service.lock(seminar_id)
        if row.state != "closed":
            step(row, "closed")


def cancel(seminar_id: int, *, reason: str) -> None:
    """Say that it does not take place; all who are registered are told why. Raises Refused "seminar-step" or "seminar-reason"."""
    with transaction():
        row = service.lock(seminar_id)
        if row.state == "cancelled":
            return
        if len(reason.strip()) < 3:
            raise Refused("seminar-reason")
        row.reason, row.ended_at = reason.strip(), clock.now()
        told = db.session.scalars(select(Registration.person_id).where(
            Registration.seminar_id == seminar_id, Registration.state.in_(rules.LIVE)).order_by(Registration.person_id)).all()
        step(row, "cancelled")
        notices.cancelled(row, queries.window(row), told)


def copy(seminar_id: int, code: str, first_day: date, *, by: int | None) -> int:
    """The same seminar once more as a draft, moved so that it begins on a day; gives its id. Raises Refused as `create` does."""
    with transaction():
        row = service.lock(seminar_id)
        sessions = queries.sessions_of(seminar_id)
        begins = clock.local(sessions[0].starts_at).date() if sessions else clock.local(row.closes_at).date()
        by_days = timedelta(days=(first_day - begins).days)
        units = tuple(unit.id for unit in queries.allowed_units(seminar_id))
        kept = {name: getattr(row, name) for name in COLUMNS}
        moved = {name: kept[name] + by_days for name in ("opens_at", "closes_at", "cancel_until") if kept[name] is not None}
        made = create(code, Plan(**{**kept, **moved}, unit_ids=units), by=by)
        for one in sessions:
            session = Session(seminar_id=made, title=one.title, starts_at=one.starts_at + by_days, ends_at=one.ends_at + by_days,
                              place=one.place, link=one.link)
            db.session.add(session)
            db.session.flush()
            _put_speakers(session.id, one.speakers, row.partner_id)
            _put_materials(session.id, one.materials)
        return made


def step(row: Seminar, state: str) -> None:
    """Go to another state; in the caller's transaction. Raises Refused "seminar-step" where `rules.NEXT` has no such step."""
    if state not in rules.NEXT[row.state]:
        raise Refused("seminar-step")
    before, row.state = row.state, state
    _turn(row)
    detail: dict[str, Any] = {"state": [before, state]}
    audit.record(f"seminar.{state}", f"seminar:{row.code}", detail={**detail, "reason": row.reason} if row.reason else detail)
    db.session.flush()


def _turn(row: Seminar) -> None:
    row.version += 1
    db.session.flush()


def _changeable(seminar_id: int, seen: int) -> Seminar:
    row = service.lock(seminar_id)
    if row.state in {"held", "cancelled"}:
        raise Refused("seminar-over")
    if row.version != seen:
        raise Refused("changed-meanwhile")
    return row


def _session(seminar_id: int, session_id: int) -> Session:
    row = db.session.get(Session, session_id)
    if row is None or row.seminar_id != seminar_id:
        raise NotFound
    return row


def _check_code(code: str) -> None:
    hold("seminar-code")
    if len(code) > 60 or not CODE.fullmatch(code) or code in TAKEN:
        raise Refused("seminar-code")
    if db.session.scalar(select(Seminar.id).where(Seminar.code == code)) is not None:
        raise Refused("seminar-code-taken")


def _check(plan: Plan, window: rules.Window | None) -> None:
    starts = window.starts_at if window is not None and window.state != "draft" else None
    late = starts is not None and (plan.closes_at > starts or (plan.cancel_until is not None and plan.cancel_until > starts))
    if plan.closes_at <= plan.opens_at or late:
        raise Refused("seminar-dates")


def _open_to(seminar_id: int, unit_ids: Sequence[int]) -> None:
    db.session.execute(delete(SeminarUnit).where(SeminarUnit.seminar_id == seminar_id))
    db.session.add_all(SeminarUnit(seminar_id=seminar_id, unit_id=one) for one in sorted(set(unit_ids)))
    db.session.flush()


def _put_speakers(session_id: int, speakers: Sequence[tuple[str, str]], partner_id: int | None) -> None:
    """The speakers of a session; one who stays keeps her row. Who has the name of an expert of the partner is that expert."""
    experts = {row.name: row.id for row in partners.experts_of(partner_id)} if partner_id is not None else {}
    held = {(row.name, row.agency): row for row in db.session.scalars(select(Speaker).where(Speaker.session_id == session_id))}
    for row in held.values():
        if (row.name, row.agency) not in speakers:
            db.session.delete(row)
        else:
            row.number = -row.id  # out of the way of the numbers given now
    db.session.flush()
    for number, (name, agency) in enumerate(dict.fromkeys(speakers), 1):
        if (name, agency) in held:
            held[name, agency].number = number
        else:
            held[name, agency] = Speaker(session_id=session_id, number=number, name=name, agency=agency)
            db.session.add(held[name, agency])
        held[name, agency].expert_id = experts.get(name)
    db.session.flush()


def _put_materials(session_id: int, materials: Sequence[tuple[str, str]]) -> None:
    db.session.execute(delete(Material).where(Material.session_id == session_id))
    db.session.add_all(Material(session_id=session_id, number=number, title=title, address=address)
                       for number, (title, address) in enumerate(materials, 1))
    db.session.flush()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
