"""Reads of competencies; each says how many queries it makes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.competencies import rules
from lms.competencies.dictionary import Competency, Level, national
from lms.competencies.models import LevelEvidence, SetRequirement, Technical
from lms.people import postings
from lms.people.models import Person, Posting, Unit
from lms.people.queries import within


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence as it is shown: the fact the rules judge, and what was written to it."""

    fact: rules.Evidence
    note: str
    indicators: Sequence[Sequence[Any]]
    remark: str
    made_by: str | None
    made_by_id: int | None
    withdrawn_for: str


def dictionary(*, ended: bool = False) -> tuple[Competency, ...]:
    """The nine and the agency's technical competencies by code; those that ended only if asked for. One query."""
    rows = db.session.scalars(select(Technical).order_by(Technical.code))
    return (*national(), *(as_competency(row) for row in rows if ended or row.ended_on is None))


def competency(code: str) -> Competency:
    """One competency by its code, also one that ended. Raises NotFound. At most one query."""
    there = next((one for one in national() if one.code == code), None)
    if there is not None:
        return there
    row = db.session.scalars(select(Technical).where(Technical.code == code)).first()
    if row is None:
        raise NotFound
    return as_competency(row)


def as_competency(row: Technical) -> Competency:
    """A row of the agency's own as the dictionary shows it."""
    levels = tuple(Level(number, one["description"], tuple(one["indicators"])) for number, one in enumerate(row.levels, 1))
    return Competency(row.code, "teknis", row.name, row.definition, levels, row.id, row.ended_on)


def overrides() -> list[rules.Override]:
    """All requirements that were set. One query."""
    columns = (SetRequirement.code, SetRequirement.position_kind, SetRequirement.position, SetRequirement.level, SetRequirement.from_on,
               SetRequirement.basis)
    return [rules.Override(*row) for row in db.session.execute(select(*columns).order_by(SetRequirement.id))]


def matrix(on: date | None = None) -> rules.Matrix:
    """What every position requires on a day, today if none is named. One query."""
    return rules.Matrix(overrides(), on or clock.today())


def requirements_set() -> Sequence[Any]:
    """Rows (id, code, position_kind, position, level, from_on, basis, set_at, set_by) of all that was set, the latest first. One query."""
    by = aliased(Person)
    return db.session.execute(
        select(SetRequirement.id, SetRequirement.code, SetRequirement.position_kind, SetRequirement.position, SetRequirement.level,
               SetRequirement.from_on, SetRequirement.basis, SetRequirement.set_at, by.name.label("set_by"))
        .outerjoin(by, by.id == SetRequirement.set_by).order_by(SetRequirement.from_on.desc(), SetRequirement.id.desc())).all()


def positions() -> Sequence[str]:
    """The names of positions that people hold, by name. One query."""
    held = select(Person.position).where(Person.active, Person.position != "").distinct().order_by(Person.position)
    return db.session.scalars(held).all()


def place_on(person_id: int, on: date) -> tuple[str, str]:
    """(kind of position, position) of a person on a day; both empty where nothing is known of that day. One query."""
    if on >= clock.today():
        row = db.session.execute(select(Person.position_kind, Person.position).where(Person.id == person_id)).first()
    else:
        row = db.session.execute(select(Posting.position_kind, Posting.position).where(
            Posting.person_id == person_id, postings.held_on(on))).first()
    return (row.position_kind, row.position) if row else ("", "")


_FACT = (LevelEvidence.id, LevelEvidence.code, LevelEvidence.level, LevelEvidence.kind, LevelEvidence.title, LevelEvidence.source,
         LevelEvidence.on_day, LevelEvidence.valid_until, LevelEvidence.until_on, LevelEvidence.withdrawn_at.is_not(None))


def facts_of(person_id: int) -> Mapping[str, list[rules.Evidence]]:
    """All evidence of a person that was not withdrawn, by code of the competency. One query."""
    found: dict[str, list[rules.Evidence]] = {}
    for row in db.session.execute(select(*_FACT).where(LevelEvidence.person_id == person_id, LevelEvidence.withdrawn_at.is_(None))):
        found.setdefault(row.code, []).append(rules.Evidence(*row))  # type: ignore[call-arg]
    return found


def gaps_of(person_id: int, on: date | None = None) -> tuple[rules.Gap, ...]:
    """The gaps of a person on a day (today): the nine, and every technical competency that is required of her or that she holds.

    On a past day by the position she held then. Three queries.
    """
    day = on or clock.today()
    there, evidence = matrix(day), facts_of(person_id)
    kind, position = place_on(person_id, day)
    codes = [*there.codes, *sorted(set(evidence) - set(there.codes))]
    found = [rules.gap(code, evidence.get(code, ()), there.requirement(code, kind, position), day) for code in codes]
    return tuple(one for one in found if one.code in rules.NINE or one.required is not None or one.held)


def evidence_of(person_id: int, code: str | None = None) -> list[Found]:
    """All evidence of a person, also what was withdrawn, the latest first. One query."""
    by = aliased(Person)
    wanted = (select(*_FACT, LevelEvidence.note, LevelEvidence.indicators, LevelEvidence.remark, by.name.label("by"), LevelEvidence.made_by,
                     LevelEvidence.withdrawn_for)
              .outerjoin(by, by.id == LevelEvidence.made_by).where(LevelEvidence.person_id == person_id)
              .order_by(LevelEvidence.on_day.desc(), LevelEvidence.id.desc()))
    rows = db.session.execute(wanted.where(LevelEvidence.code == code) if code else wanted)
    return [Found(rules.Evidence(*row[:10]), *row[10:]) for row in rows]  # type: ignore[call-arg]


def owner_of(evidence_id: int, paths: Collection[str]) -> Any:
    """Row (person_id, made_by, kind, unit_path) of a piece of evidence about somebody in these subtrees. Raises NotFound. One query."""
    row = db.session.execute(
        select(LevelEvidence.person_id, LevelEvidence.made_by, LevelEvidence.kind, Unit.path.label("unit_path"))
        .join(Person, Person.id == LevelEvidence.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(LevelEvidence.id == evidence_id, within(paths))).first()
    if row is None:
        raise NotFound
    return row
