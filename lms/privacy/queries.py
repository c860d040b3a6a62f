"""Reads of requests, of erasures, and of who looked at somebody's data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import NotFound
from lms.base.readings import Reading
from lms.certificates.models import Certificate
from lms.people import grants
from lms.people.models import Grant, Person, Unit
from lms.people.roles import ROLES
from lms.privacy.models import Erasure, PrivacyRequest

PAGE = 50
LATELY = 20
Decider, Proposer = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which requests are asked for; empty means all. `state` may also be "overdue"."""

    state: str = ""
    kind: str = ""
    page: int = 1


def of_person(person_id: int) -> Sequence[Any]:
    """A person's requests, the newest first. One query."""
    return db.session.execute(_requests().where(PrivacyRequest.person_id == person_id).order_by(PrivacyRequest.id.desc())).all()


def find(wish: Wish) -> tuple[int, Sequence[Any]]:
    """How many requests fit, and one page of them: open ones first, the most urgent on top. Two queries."""
    conditions = _conditions(wish)
    count = db.session.scalar(select(func.count()).select_from(PrivacyRequest).where(*conditions)) or 0
    waiting = case((PrivacyRequest.state == "open", 0), else_=1)
    ordered = _requests().where(*conditions).order_by(waiting, case((waiting == 0, PrivacyRequest.due_at)), PrivacyRequest.id.desc())
    return count, db.session.execute(ordered.limit(PAGE).offset((wish.page - 1) * PAGE)).all()


def one(request_id: int) -> Any:
    """A request with the person and who decided. Raises NotFound. One query."""
    row = db.session.execute(_requests().where(PrivacyRequest.id == request_id)).first()
    if row is None:
        raise NotFound
    return row


def counts() -> tuple[int, int]:
    """How many requests are open, and how many of them overdue. One query."""
    late = func.sum(case((PrivacyRequest.due_at < clock.now(), 1), else_=0))
    count, overdue = db.session.execute(select(func.count(), late).where(PrivacyRequest.state == "open")).one()
    return count, int(overdue or 0)


def has_open_request(person_id: int) -> bool:
    """Whether a wish of the person, other than to be erased, still waits. One query."""
    found = select(PrivacyRequest.id).where(
        PrivacyRequest.person_id == person_id, PrivacyRequest.state == "open", PrivacyRequest.kind != "erasure")
    return db.session.scalar(found.limit(1)) is not None


def certificates_with_another_name(person_id: int) -> Sequence[Any]:
    """Rows (serial, number, module_id) of issued certificates that do not bear the person's present name. One query."""
    rows = db.session.execute(
        select(Certificate.serial, Certificate.number, Certificate.module_id, Certificate.snapshot, Person.name)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.person_id == person_id, Certificate.state == "issued").order_by(Certificate.issued_at)).all()
    return [row for row in rows if row.snapshot["name"] != row.name]


def proposed(person_id: int) -> Any:
    """The erasure that waits for a second officer; None if there is none. One query."""
    return db.session.execute(_erasures().where(Erasure.person_id == person_id, Erasure.state == "proposed")).first()


def erasures(page: int) -> tuple[int, Sequence[Any]]:
    """How many erasures there are, and one page: those that wait first. Two queries."""
    count = db.session.scalar(select(func.count()).select_from(Erasure)) or 0
    ordered = _erasures().order_by(case((Erasure.state == "proposed", 0), else_=1), Erasure.id.desc())
    return count, db.session.execute(ordered.limit(PAGE).offset((page - 1) * PAGE)).all()


def looked_at(person_id: int, unit_path: str) -> Sequence[Any]:
    """The latest rows (at, what, reader, unit, whole) of who saw data of a person, on her own pages or in a list of her unit. One query."""
    mine = Reading.about_id == person_id
    listed = Reading.about_id.is_(None) & (Reading.scope != "") & literal(unit_path).like(Reading.scope + "%")
    return db.session.execute(
        select(Reading.at, Reading.what, Person.name.label("reader"), Unit.name.label("unit"), Reading.about_id.is_(None).label("listed"))
        .join(Person, Person.id == Reading.reader_id).join(Unit, Unit.id == Person.unit_id)
        .where(or_(mine, listed), Reading.reader_id != person_id).order_by(Reading.at.desc(), Reading.id.desc()).limit(LATELY)).all()


def done_about(person_id: int) -> Sequence[Any]:
    """The latest rows (at, act, actor) of the audit log about a person. One query."""
    return db.session.execute(
        select(AuditEntry.at, AuditEntry.act, Person.name.label("actor"), AuditEntry.actor_id)
        .outerjoin(Person, Person.id == AuditEntry.actor_id).where(AuditEntry.about_id == person_id)
        .order_by(AuditEntry.seq.desc()).limit(LATELY)).all()


def record_of(person_id: int) -> Any:
    """Row of what is recorded of a person, with the names of `rules.FIELDS`. One query."""
    return db.session.execute(
        select(Person.name, Person.nip, Unit.name.label("unit"), Person.position, Person.rank, Person.employment, Person.email,
               Person.contract_start).join(Unit, Unit.id == Person.unit_id).where(Person.id == person_id)).one()


def deciders() -> Sequence[int]:
    """Ids of the active people who may decide on requests. One query."""
    roles = [name for name, role in ROLES.items() if "privacy.decide" in role.permissions]
    held = (grants.live(clock.today()), Grant.role.in_(roles), Grant.unit_id.is_(None), Person.active.is_(True))
    return db.session.scalars(select(Person.id).distinct().join(Grant, Grant.person_id == Person.id).where(*held).order_by(Person.id)).all()


def person_by_nip(nip: str) -> int:
    """The id of the person with a NIP, typed with or without spaces. Raises NotFound. One query."""
    found = db.session.scalar(select(Person.id).where(Person.nip == "".join(nip.split())))
    if found is None:
        raise NotFound
    return found


def _requests() -> Any:
    columns = [column for column in PrivacyRequest.__table__.columns if column.name not in {"decided_by"}]
    return (
        select(*columns, Person.name.label("person"), Person.nip, Person.active, Unit.name.label("unit"), Unit.path.label("unit_path"),
               Decider.name.label("decider"))
        .join(Person, Person.id == PrivacyRequest.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Decider, Decider.id == PrivacyRequest.decided_by))


def _erasures() -> Any:
    return (
        select(Erasure.id, Erasure.person_id, Erasure.reason, Erasure.state, Erasure.proposed_by, Erasure.proposed_at, Erasure.decided_at,
               Person.name.label("person"), Proposer.name.label("proposer"), Decider.name.label("decider"))
        .join(Person, Person.id == Erasure.person_id).join(Proposer, Proposer.id == Erasure.proposed_by)
        .outerjoin(Decider, Decider.id == Erasure.decided_by))


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.state == "overdue":
        found += [PrivacyRequest.state == "open", PrivacyRequest.due_at < clock.now()]
    elif wish.state:
        found.append(PrivacyRequest.state == wish.state)
    return [*found, PrivacyRequest.kind == wish.kind] if wish.kind else found
