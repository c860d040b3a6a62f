"""Reads of partners, their agreements, experts, offers and study programmes; each says how many queries it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.partners import rules
from lms.partners.models import Agreement, Contact, Expert, Offer, Paper, Partner, Programme
from lms.partners.rules import AgreementState, PartName
from lms.people import grants
from lms.people.models import Grant, Person
from lms.people.roles import ROLES

PAGE = 50
TABLES: Mapping[PartName, Any] = {
    "agreements": Agreement, "contacts": Contact, "experts": Expert, "offers": Offer, "programmes": Programme,
}
SOUGHT: Mapping[PartName, tuple[Any, ...]] = {  # what a search looks through; contacts are nobody's to find
    "agreements": (Agreement.number, Agreement.subject), "experts": (Expert.name, Expert.field, Expert.competencies),
    "offers": (Offer.title, Offer.remarks), "programmes": (Programme.title, Programme.faculty, Programme.competencies),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which partners are asked for; empty means all. `state` is "agreed", "ending", "uncovered" or "over"."""

    text: str = ""
    kind: str = ""
    state: str = ""
    page: int = 1


def find(wish: Wish) -> tuple[int, Sequence[Any]]:
    """How many partners fit, and a page of them by name: rows (id, name, kind, address, ended_on, until_on, experts, offers, programmes);
    `until_on` is the last day of the agreement that holds longest today, None without one. Two queries."""
    day = clock.today()
    conditions = _conditions(wish, day)
    count = db.session.scalar(select(func.count()).select_from(Partner).where(*conditions)) or 0
    holds = select(func.max(Agreement.until_on)).where(_covering(day), Agreement.partner_id == Partner.id).scalar_subquery()
    counts = [
        select(func.count()).where(table.partner_id == Partner.id, table.ended_on.is_(None)).scalar_subquery().label(name)
        for name, table in (("experts", Expert), ("offers", Offer), ("programmes", Programme))]
    rows = db.session.execute(
        select(Partner.id, Partner.name, Partner.kind, Partner.address, Partner.ended_on, holds.label("until_on"), *counts)
        .where(*conditions).order_by(Partner.ended_on.is_not(None), Partner.name, Partner.id)
        .limit(PAGE).offset((wish.page - 1) * PAGE)).all()
    return count, rows


def found_within(text: str) -> Mapping[PartName, Sequence[Any]]:
    """What fits a text among the living experts, offers, programmes and agreements of partners: rows (id, partner_id, partner, title,
    detail), the first twenty of each by title. Four queries; none without a text."""
    if not text:
        return {}
    found: dict[PartName, Sequence[Any]] = {}
    for part, columns in SOUGHT.items():
        table = TABLES[part]
        rows = db.session.execute(
            select(table.id, table.partner_id, Partner.name.label("partner"), columns[0].label("title"), columns[1].label("detail"))
            .join(Partner, Partner.id == table.partner_id)
            .where(table.ended_on.is_(None), Partner.ended_on.is_(None), _fits(text, columns))
            .order_by(columns[0], table.id).limit(20)).all()
        if rows:
            found[part] = rows
    return found


def partner(partner_id: int) -> Any:
    """A partner's row. Raises NotFound. One query."""
    row = db.session.execute(select(Partner.__table__).where(Partner.id == partner_id)).first()
    if row is None:
        raise NotFound
    return row


def choices(*, ended: bool = False) -> Sequence[Any]:
    """Rows (id, name, kind) of partners by name, for a field to choose from; those that are over only if asked for. One query."""
    wanted = select(Partner.id, Partner.name, Partner.kind).order_by(Partner.name, Partner.id)
    return db.session.execute(wanted if ended else wanted.where(Partner.ended_on.is_(None))).all()


def experts_of(partner_id: int) -> Sequence[Any]:
    """Rows (id, name, field, competencies) of a partner's living experts, by name. One query."""
    return db.session.execute(
        select(Expert.id, Expert.name, Expert.field, Expert.competencies)
        .where(Expert.partner_id == partner_id, Expert.ended_on.is_(None)).order_by(Expert.name, Expert.id)).all()


def agreements_on(day: date) -> Mapping[int, Any]:
    """By partner the agreement that covers a day, the one that lasts longest: rows of all columns. One query."""
    rows = db.session.execute(select(Agreement.__table__).where(_covering(day)).order_by(Agreement.until_on, Agreement.id))
    return {row.partner_id: row for row in rows}


def agreement_on(partner_id: int, day: date) -> Any:
    """The agreement with a partner that covers a day, the one that lasts longest; None if none does: it never began, or has expired.
    One query."""
    return db.session.execute(
        select(Agreement.__table__).where(Agreement.partner_id == partner_id, _covering(day))
        .order_by(Agreement.until_on.desc(), Agreement.id.desc()).limit(1)).first()


def agreements_of(partner_id: int, day: date | None = None) -> list[tuple[Any, AgreementState]]:
    """A partner's agreements, the latest first, each with how it stands on a day (default: today). One query."""
    rows = db.session.execute(
        select(*Agreement.__table__.c, _paper().label("paper_id")).where(Agreement.partner_id == partner_id)
        .order_by(Agreement.until_on.desc(), Agreement.id.desc())).all()
    return [(row, _state(row, day)) for row in rows]


def agreements(state: str, page: int) -> tuple[int, list[tuple[Any, AgreementState]]]:
    """How many agreements stand so ("" for all), and a page: those that need care first, with `partner` its name. Two queries."""
    day = clock.today()
    condition = _standing(state, day)
    count = db.session.scalar(select(func.count()).select_from(Agreement).where(condition)) or 0
    needs_care = case((_standing("ending", day), 0), (_standing("expired", day), 1), else_=2)
    rows = db.session.execute(
        select(*Agreement.__table__.c, Partner.name.label("partner"), _paper().label("paper_id"))
        .join(Partner, Partner.id == Agreement.partner_id).where(condition)
        .order_by(needs_care, Agreement.until_on, Agreement.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    return count, [(row, _state(row)) for row in rows]


def ending(day: date) -> Sequence[Any]:
    """Rows (id, number, until_on, partner_id, partner) of agreements within ninety days of their last day, unless a later one with the
    same partner follows or the partner is over. One query."""
    later = aliased(Agreement)
    followed = exists().where(later.partner_id == Agreement.partner_id, later.kind == Agreement.kind, later.ended_on.is_(None),
                              later.until_on > Agreement.until_on)
    return db.session.execute(
        select(Agreement.id, Agreement.number, Agreement.until_on, Agreement.partner_id, Partner.name.label("partner"))
        .join(Partner, Partner.id == Agreement.partner_id)
        .where(_standing("ending", day), Partner.ended_on.is_(None), ~followed).order_by(Agreement.until_on, Agreement.id)).all()


def parts(partner_id: int, part: PartName) -> Sequence[Any]:
    """All rows of one part of a partner, the ended ones last. One query."""
    table = TABLES[part]
    first: InstrumentedAttribute[str] = table.title if part in {"offers", "programmes"} else table.name
    return db.session.execute(
        select(table.__table__).where(table.partner_id == partner_id).order_by(table.ended_on.is_not(None), first, table.id)).all()


def part(partner_id: int, name: PartName, part_id: int) -> Any:
    """One thing that belongs to a partner. Raises NotFound. One query."""
    table = TABLES[name]
    row = db.session.execute(select(table.__table__).where(table.id == part_id, table.partner_id == partner_id)).first()
    if row is None:
        raise NotFound
    return row


def paper_of(agreement_id: int) -> Any:
    """The signed file of an agreement that was sent last. Raises NotFound without one. One query."""
    row = db.session.execute(
        select(Paper.__table__).where(Paper.agreement_id == agreement_id).order_by(Paper.id.desc()).limit(1)).first()
    if row is None:
        raise NotFound
    return row


def managers() -> Sequence[int]:
    """Ids of the active people who run the training of the agency today. One query."""
    roles = [name for name, role in ROLES.items() if "training.manage" in role.permissions]
    held = (grants.live(clock.today()), Grant.role.in_(roles), Grant.unit_id.is_(None), Person.active.is_(True))
    return db.session.scalars(select(Person.id).distinct().join(Grant, Grant.person_id == Person.id).where(*held).order_by(Person.id)).all()


def _conditions(wish: Wish, day: date) -> list[ColumnElement[bool]]:
    covered = exists().where(Agreement.partner_id == Partner.id, _covering(day))
    found: list[ColumnElement[bool]] = [Partner.ended_on.is_not(None) if wish.state == "over" else Partner.ended_on.is_(None)]
    if wish.state in {"agreed", "uncovered"}:
        found.append(covered if wish.state == "agreed" else ~covered)
    elif wish.state == "ending":
        found.append(exists().where(Agreement.partner_id == Partner.id, _standing("ending", day)))
    elif not wish.state:
        found = []
    if wish.kind:
        found.append(Partner.kind == wish.kind)
    if wish.text:
        within = [exists().where(TABLES[name].partner_id == Partner.id, TABLES[name].ended_on.is_(None), _fits(wish.text, columns))
                  for name, columns in SOUGHT.items()]
        found.append(or_(_fits(wish.text, (Partner.name, Partner.address)), *within))
    return found


def _fits(text: str, columns: tuple[Any, ...]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _covering(day: date) -> ColumnElement[bool]:
    """The condition that `rules.covers` decides, for a query."""
    return and_(Agreement.from_on <= day, Agreement.until_on >= day, or_(Agreement.ended_on.is_(None), Agreement.ended_on >= day))


def _standing(state: str, day: date) -> ColumnElement[bool]:
    soon = day + timedelta(days=max(rules.WARNED))
    over = and_(Agreement.ended_on.is_not(None), Agreement.ended_on < day)
    conditions: dict[str, ColumnElement[bool]] = {
        "ended": over, "coming": and_(~over, Agreement.from_on > day), "expired": and_(~over, Agreement.until_on < day),
        "ending": and_(_covering(day), Agreement.until_on <= soon), "holds": and_(_covering(day), Agreement.until_on > soon),
    }
    return conditions.get(state, Agreement.id > 0)


def _state(row: Any, day: date | None = None) -> AgreementState:
    return rules.agreement_state(row.from_on, row.until_on, row.ended_on, day or clock.today())


def _paper() -> Any:
    return select(func.max(Paper.id)).where(Paper.agreement_id == Agreement.id).correlate(Agreement).scalar_subquery()
