"""Reads of seminars and registrations; each says how many queries it makes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.partners.models import Partner
from lms.people.models import Person, Unit
from lms.seminars import rules
from lms.seminars.models import Attendance, Material, Registration, Seminar, SeminarUnit, Session, Speaker

PAGE = 30


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session with its speakers ((name, agency), …) and materials ((title, address), …)."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    speakers: tuple[tuple[str, str], ...]
    materials: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """My latest registration for a seminar; `position` is the place on the waiting list, from 1, None with a seat."""

    id: int
    state: str
    how: str
    position: int | None
    reason: str
    nominator: str | None


def seminar(code: str, *, drafts: bool = False) -> Seminar:
    """The seminar of a code. Raises NotFound, also for a draft unless asked for. One query."""
    row = db.session.scalars(select(Seminar).where(Seminar.code == code)).first()
    if row is None or (row.state == "draft" and not drafts):
        raise NotFound
    return row


def window(row: Seminar) -> rules.Window:
    """When one may register and leave. One query."""
    first, last = db.session.execute(
        select(func.min(Session.starts_at), func.max(Session.ends_at)).where(Session.seminar_id == row.id)).one()
    return rules.Window(row.state, row.opens_at, row.closes_at, row.cancel_until, first, last)


def sessions_of(seminar_id: int) -> list[SessionShown]:
    """The sessions of a seminar in the order of time. Three queries."""
    rows = db.session.scalars(select(Session).where(Session.seminar_id == seminar_id).order_by(Session.starts_at, Session.id)).all()
    speakers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    materials: dict[int, list[tuple[str, str]]] = defaultdict(list)
    ids = [row.id for row in rows]
    for one in db.session.scalars(select(Speaker).where(Speaker.session_id.in_(ids)).order_by(Speaker.session_id, Speaker.number)):
        speakers[one.session_id].append((one.name, one.agency))
    for each in db.session.scalars(select(Material).where(Material.session_id.in_(ids)).order_by(Material.session_id, Material.number)):
        materials[each.session_id].append((each.title, each.address))
    return [SessionShown(row.id, row.title, row.starts_at, row.ends_at, row.place, row.link, tuple(speakers[row.id]),
                         tuple(materials[row.id])) for row in rows]


def session(seminar_id: int, session_id: int) -> SessionShown:
    """A session of a seminar. Raises NotFound for one of another. Three queries."""
    found = next((one for one in sessions_of(seminar_id) if one.id == session_id), None)
    if found is None:
        raise NotFound
    return found


def taken(seminar_id: int) -> Mapping[int, int]:
    """Seats taken by the unit whose quota they use. One query."""
    rows = db.session.execute(
        select(Registration.quota_unit_id, func.count().label("people"))
        .where(Registration.seminar_id == seminar_id, Registration.state == "seat")
        .group_by(Registration.quota_unit_id))
    return {row.quota_unit_id: row.people for row in rows}


def waiting(seminar_id: int) -> list[rules.Waiting]:
    """The waiting list in its order. One query."""
    rows = db.session.execute(
        select(Registration.id, Registration.quota_unit_id)
        .where(Registration.seminar_id == seminar_id, Registration.state == "waiting").order_by(Registration.number))
    return [rules.Waiting(*row) for row in rows]


def counts(seminar_id: int) -> tuple[int, int]:
    """(seats taken, people who wait). One query."""
    rows = db.session.execute(
        select(Registration.state, func.count().label("people"))
        .where(Registration.seminar_id == seminar_id, Registration.state.in_(rules.LIVE))
        .group_by(Registration.state))
    found = {row.state: row.people for row in rows}
    return found.get("seat", 0), found.get("waiting", 0)


def live(seminar_id: int, person_id: int) -> Registration | None:
    """The registration of a person that stands. One query."""
    return db.session.scalars(select(Registration).where(
        Registration.seminar_id == seminar_id, Registration.person_id == person_id, Registration.state.in_(rules.LIVE))).first()


def position(seminar_id: int, number: int) -> int:
    """The place on the waiting list of whoever holds this number. One query."""
    return db.session.scalar(select(func.count()).select_from(Registration).where(
        Registration.seminar_id == seminar_id, Registration.state == "waiting", Registration.number <= number)) or 0


def mine(seminar_id: int, person_id: int) -> Mine | None:
    """How a person stands with a seminar. One query, two if she waits."""
    nominator = select(Person.name).where(Person.id == Registration.nominated_by).scalar_subquery()
    row = db.session.execute(
        select(Registration.id, Registration.state, Registration.how, Registration.number, Registration.reason,
               nominator.label("nominator"))
        .where(Registration.seminar_id == seminar_id, Registration.person_id == person_id)
        .order_by(Registration.number.desc()).limit(1)).first()
    if row is None:
        return None
    place = position(seminar_id, row.number) if row.state == "waiting" else None
    return Mine(row.id, row.state, row.how, place, row.reason, row.nominator)


def standings(seminar_id: int, person_ids: Collection[int]) -> Mapping[int, str]:
    """How those of these people stand who have a seat or wait. One query."""
    rows = db.session.execute(select(Registration.person_id, Registration.state).where(
        Registration.seminar_id == seminar_id, Registration.person_id.in_(person_ids), Registration.state.in_(rules.LIVE)))
    return {row.person_id: row.state for row in rows}


def partner_of(row: Seminar) -> str | None:
    """The name of the partner of a seminar. One query if it has one."""
    return None if row.partner_id is None else db.session.scalar(select(Partner.name).where(Partner.id == row.partner_id))


def allowed_units(seminar_id: int) -> Sequence[Any]:
    """Rows (id, name, path) of the units to which a seminar is open; none: to everybody. One query."""
    return db.session.execute(
        select(Unit.id, Unit.name, Unit.path).join(SeminarUnit, SeminarUnit.unit_id == Unit.id)
        .where(SeminarUnit.seminar_id == seminar_id).order_by(Unit.path)).all()


def unit_path(unit_id: int) -> str:
    """The path of a unit; one that fits nothing if there is none. One query."""
    return db.session.scalar(select(Unit.path).where(Unit.id == unit_id)) or "-"


def has_single_root() -> bool:
    """Whether all living units stand below one. One query."""
    return db.session.scalar(select(func.count()).select_from(Unit).where(Unit.parent_id.is_(None), Unit.ended_on.is_(None))) == 1


def coming(person_id: int, page: int) -> tuple[int, Sequence[Any]]:
    """How many seminars are to come, and one page of them, soonest first, with the person's own standing. Two queries."""
    bounds = _bounds()
    own = and_(Registration.seminar_id == Seminar.id, Registration.person_id == person_id, Registration.state.in_(rules.LIVE))
    where = (Seminar.state.in_(("published", "closed")), bounds.c.last > clock.now())
    rows = _listed(bounds).add_columns(Registration.state.label("mine")).outerjoin(Registration, own).where(*where)
    return _page(rows.order_by(bounds.c.first, Seminar.id), page)


def public(page: int) -> tuple[int, Sequence[Any]]:
    """How many seminars are announced to everybody, and one page of them, soonest first. Two queries."""
    bounds = _bounds()
    rows = _listed(bounds).where(Seminar.public.is_(True), Seminar.state.in_(("published", "closed")), bounds.c.last > clock.now())
    return _page(rows.order_by(bounds.c.first, Seminar.id), page)


def of_office(text: str, state: str, page: int) -> tuple[int, Sequence[Any]]:
    """How many seminars there are in a state ("": any) and with a text in title or code, and one page, latest first. Two queries."""
    bounds = _bounds()
    found: list[ColumnElement[bool]] = [Seminar.state == state] if state else []
    if text:
        found.append(or_(Seminar.title.icontains(text, autoescape=True), Seminar.code.icontains(text, autoescape=True)))
    rows = _listed(bounds).where(*found).order_by(func.coalesce(bounds.c.first, Seminar.opens_at).desc(), Seminar.id.desc())
    return _page(rows, page)


def of_person(person_id: int) -> Sequence[Any]:
    """Seminars for which a person is or was registered, the latest first, each once, with her standing. One query."""
    bounds = _bounds()
    latest = (select(Registration.seminar_id, func.max(Registration.number).label("number"))
              .where(Registration.person_id == person_id).group_by(Registration.seminar_id).subquery())
    rows = (_listed(bounds).add_columns(Registration.state.label("mine"), Registration.how)
            .join(latest, latest.c.seminar_id == Seminar.id)
            .join(Registration, and_(Registration.seminar_id == Seminar.id, Registration.number == latest.c.number))
            .order_by(bounds.c.first.desc(), Seminar.id.desc()))
    return db.session.execute(rows).all()


def overlapping(person_id: int, seminar_id: int) -> list[Any]:
    """Rows (code, title) of other seminars of a person that share time with this one. One query."""
    here, there = Session.__table__.alias("here"), Session.__table__.alias("there")
    shares = select(1).where(here.c.seminar_id == seminar_id, there.c.seminar_id == Seminar.id,
                             here.c.starts_at < there.c.ends_at, there.c.starts_at < here.c.ends_at)
    return list(db.session.execute(
        select(Seminar.code, Seminar.title).join(Registration, Registration.seminar_id == Seminar.id)
        .where(Registration.person_id == person_id, Registration.state.in_(rules.LIVE), Seminar.id != seminar_id,
               Seminar.state.in_(("published", "closed")), shares.exists()).order_by(Seminar.id)))


def participants(seminar_id: int, *, states: Collection[str] = (), unit_path: str = "", text: str = "") -> Sequence[Any]:
    """Rows about those who registered, in the order of registration, with the place on the waiting list, filtered. One query."""
    rank = func.row_number().over(partition_by=(Registration.seminar_id, Registration.state), order_by=Registration.number)
    ranked = select(Registration.id, rank.label("rank")).where(Registration.seminar_id == seminar_id).subquery()
    wanted = (
        select(Registration.id, Registration.person_id, Registration.number, Registration.state, Registration.how, Registration.made_at,
               Registration.moved_up_at, Registration.ended_at, Registration.reason,
               case((Registration.state == "waiting", ranked.c.rank)).label("position"),
               Person.name, Person.nip, Person.position.label("job"), Person.rank, Unit.name.label("unit"), Unit.path.label("unit_path"))
        .join(ranked, ranked.c.id == Registration.id)
        .join(Person, Person.id == Registration.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(Registration.seminar_id == seminar_id).order_by(Registration.number)
    )
    if states:
        wanted = wanted.where(Registration.state.in_(states))
    if unit_path:
        wanted = wanted.where(Unit.path.startswith(unit_path, autoescape=True))
    if text:
        wanted = wanted.where(or_(Person.name.icontains(text, autoescape=True), Person.nip.startswith(text, autoescape=True)))
    return db.session.execute(wanted).all()


def registration(seminar_id: int, registration_id: int) -> Registration:
    """A registration of a seminar. Raises NotFound. One query."""
    row = db.session.get(Registration, registration_id)
    if row is None or row.seminar_id != seminar_id:
        raise NotFound
    return row


def attendance_of(seminar_id: int) -> Mapping[tuple[int, int], str]:
    """What was noted, by session and person. One query."""
    rows = db.session.execute(
        select(Attendance.session_id, Attendance.person_id, Attendance.state).join(Session, Session.id == Attendance.session_id)
        .where(Session.seminar_id == seminar_id))
    return {(row.session_id, row.person_id): row.state for row in rows}


def _bounds() -> Any:
    return select(Session.seminar_id, func.min(Session.starts_at).label("first"), func.max(Session.ends_at).label("last"),
                  func.count().label("sessions"), func.min(Session.place).label("place")).group_by(Session.seminar_id).subquery()


def _listed(bounds: Any) -> Any:
    """Seminars as lists show them: with first and last moment, and with the seats that are taken."""
    other = aliased(Registration)
    seated, waits = (
        select(func.count()).select_from(other).where(other.seminar_id == Seminar.id, other.state == state)
        .correlate(Seminar).scalar_subquery()
        for state in rules.LIVE)
    return select(
        Seminar.id, Seminar.code, Seminar.title, Seminar.form, Seminar.state, Seminar.seats, Seminar.opens_at, Seminar.closes_at,
        Seminar.organiser, Seminar.public, bounds.c.first, bounds.c.last, bounds.c.sessions, bounds.c.place, seated.label("seated"),
        waits.label("waits"),
    ).outerjoin(bounds, bounds.c.seminar_id == Seminar.id)


def _page(rows: Any, page: int) -> tuple[int, Sequence[Any]]:
    count = db.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    return count, db.session.execute(rows.limit(PAGE).offset((page - 1) * PAGE)).all()
