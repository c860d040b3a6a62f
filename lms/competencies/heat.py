"""The levels of many people beside what is required of them: page, export, positions and the sum of a unit, one query for the data each.

Levels are picked out by the database; what a position requires is looked up in the matrix (one more query, of a short table).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all

from lms.base import clock
from lms.base.db import db
from lms.competencies import queries, rules
from lms.competencies.models import LevelEvidence
from lms.people.models import Person, Unit
from lms.people.queries import within

PAGE = 50
_person, _unit, _evidence = Person.__table__.c, Unit.__table__.c, LevelEvidence.__table__.c


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom one asks for: `paths` are the subtrees that the reader may see, `unit_id` one unit with all below it."""

    paths: tuple[str, ...]
    unit_id: int | None = None
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person holds of one competency, and what is required of her; None: nothing is."""

    code: str
    held: int
    required: int | None

    @property
    def state(self) -> str:
        """How it looks: "none" (nothing required), "met", "one" level missing or "two" and more."""
        if self.required is None:
            return "none"
        missing = self.required - self.held
        return "met" if missing <= 0 else "one" if missing == 1 else "two"


@dataclass(frozen=True, slots=True)
class Member:
    """One person with a cell for each of the nine."""

    id: int
    name: str
    nip: str
    position: str
    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Of how many people a competency is required at all, how many hold less, and how many levels they miss together."""

    code: str
    required_of: int
    below: int
    missing: int

    @property
    def percent(self) -> float:
        """Share of those who hold less, 0 to 100."""
        return 100 * self.below / self.required_of if self.required_of else 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """People of one position with a share for each of the nine."""

    position: str
    kind: str
    people: int
    shares: tuple[Share, ...]


def page(wish: Wish) -> tuple[int, Sequence[Member]]:
    """How many people there are, and the page of them that is asked for, by name. Two queries."""
    there, today = queries.matrix(), clock.today()
    people = (_people(wish, func.count().over().label("people")).order_by(_person.name, _person.id)
              .limit(PAGE).offset((wish.page - 1) * PAGE).subquery())
    rows = db.session.execute(_with_levels(people, today, rules.NINE).order_by(people.c.name, people.c.id)).all()
    return (rows[0].people if rows else 0), [_member(row, there) for row in rows]


def everybody(wish: Wish) -> Iterator[Member]:
    """All of them, by name. Two queries."""
    there = queries.matrix()
    people = _people(wish).subquery()
    levels = _with_levels(people, clock.today(), rules.NINE).order_by(people.c.name, people.c.id)
    for row in db.session.execute(levels, execution_options={"yield_per": 500}):
        yield _member(row, there)


def positions(wish: Wish) -> list[Position]:
    """The positions of these people, those with most missing levels first. Two queries."""
    there = queries.matrix()
    found = []
    for group in _counted(wish):
        shares = tuple(group.share(code, _level(there, code, group)) for code in rules.NINE)
        found.append(Position(group.position, rules.kind_of(group.position_kind, group.position), group.people, shares))
    return sorted(found, key=lambda one: (-sum(share.missing for share in one.shares), one.position))


def gaps_of_unit(paths: Collection[str], unit_id: int | None = None) -> tuple[Share, ...]:
    """What the people of these subtrees miss today, the largest gap first: the nine, and technical competencies that are required of
    somebody. Two queries, however many people."""
    there = queries.matrix()
    groups = _counted(Wish(tuple(paths), unit_id))
    found = []
    for code in there.codes:
        shares = [group.share(code, _level(there, code, group)) for group in groups]
        found.append(Share(code, *(sum(getattr(one, name) for one in shares) for name in ("required_of", "below", "missing"))))
    return tuple(sorted((one for one in found if one.required_of or one.code in rules.NINE), key=lambda one: (-one.missing, one.code)))


def _people(wish: Wish, *more: Any) -> Select[*tuple[Any, ...]]:
    return (select(_person.id, _person.name, _person.nip, _person.position, _person.position_kind, _unit.name.label("unit"), *more)
            .select_from(Person.__table__.join(Unit.__table__, _unit.id == _person.unit_id)).where(*_asked(wish)))


def _asked(wish: Wish) -> Iterator[ColumnElement[bool]]:
    yield _person.active.is_(True)
    yield within(wish.paths)
    if wish.unit_id is not None:
        yield _unit.path.contains(f"/{wish.unit_id}/", autoescape=True)
    if wish.text:
        digits = "".join(wish.text.split())
        yield or_(func.lower(_person.name).contains(wish.text.lower(), autoescape=True),
                  _person.nip.contains(digits if digits.isdigit() else wish.text, autoescape=True))


def _standing(on: date) -> ColumnElement[bool]:
    return and_(_evidence.withdrawn_at.is_(None), _evidence.on_day <= on, _evidence.until_on >= on)


def _levels(codes: Sequence[str]) -> list[Any]:
    """The highest level of each competency, as a column for each."""
    return [func.max(case((_evidence.code == code, _evidence.level), else_=0)).label(f"level{place}") for place, code in enumerate(codes)]


def _with_levels(people: Any, on: date, codes: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return (select(people, *_levels(codes))
            .select_from(people.outerjoin(LevelEvidence.__table__, and_(_evidence.person_id == people.c.id, _standing(on))))
            .group_by(*people.c))


@dataclass(slots=True)
class _Group:
    """The people of one position; `reached` counts by (code, level) how many hold exactly that."""

    position_kind: str
    position: str
    people: int = 0
    reached: dict[tuple[str, int], int] = field(default_factory=dict)

    def share(self, code: str, required: int | None) -> Share:
        """How many of them hold less than what is required of their position."""
        if required is None:
            return Share(code, 0, 0, 0)
        above = [sum(self.reached.get((code, level), 0) for level in range(step, 6)) for step in range(1, required + 1)]
        return Share(code, self.people, self.people - above[-1], sum(self.people - count for count in above))


def _counted(wish: Wish) -> list[_Group]:
    """For each position its people, and how many hold which level of which competency. One query."""
    place, source = (_person.position_kind, _person.position), Person.__table__.join(Unit.__table__, _unit.id == _person.unit_id)
    best = (select(_evidence.person_id, _evidence.code, func.max(_evidence.level).label("level")).where(_standing(clock.today()))
            .group_by(_evidence.person_id, _evidence.code).subquery())
    held = (select(*place, best.c.code, best.c.level, func.count().label("people"))
            .select_from(source.join(best, best.c.person_id == _person.id)).where(*_asked(wish))
            .group_by(*place, best.c.code, best.c.level))
    there = select(*place, literal(""), literal(0), func.count()).select_from(source).where(*_asked(wish)).group_by(*place)
    found: dict[tuple[str, str], _Group] = {}
    for row in db.session.execute(union_all(held, there)):
        group = found.setdefault((row.position_kind, row.position), _Group(row.position_kind, row.position))
        if row.code:
            group.reached[row.code, row.level] = row.people
        else:
            group.people = row.people
    return list(found.values())


def _member(row: Any, there: rules.Matrix) -> Member:
    cells = tuple(Cell(code, int(getattr(row, f"level{place}")), _level(there, code, row)) for place, code in enumerate(rules.NINE))
    return Member(row.id, row.name, row.nip, row.position, row.unit, cells)


def _level(there: rules.Matrix, code: str, row: Any) -> int | None:
    required = there.requirement(code, row.position_kind, row.position)
    return required.level if required else None
