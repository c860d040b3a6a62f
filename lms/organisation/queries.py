"""Questions about units as they are and as they were, and about careers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.people import grants, versions
from lms.people.models import Grant, Person, Posting, Unit, UnitVersion
from lms.people.queries import UnitPlace, within

SHOWN = 50
SEES_TEAM = ("supervisor", "delegate")


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit of the tree with the units below it. `people` work in it, `all_people` in it or below; `open` where it is to be unfolded."""

    id: int
    name: str
    code: str
    kind: str
    people: int
    all_people: int
    below: tuple["Branch", ...]
    open: bool
    found: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A version of a unit in its history: its period, and how it differs from the one before, as (what, before, after).

    What is "name", "code", "kind", "parent" (names), "above" (a unit above was moved) or "begun".
    """

    from_on: date
    until_on: date | None
    basis: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Whom an act on a unit concerns: people and units at and below it, the people directly in it, and who holds a role for it itself."""

    people: int
    units: int
    staff: int
    below: int
    holders: Sequence[Any]


def tree(paths: Collection[str], text: str = "") -> tuple[tuple[Branch, ...], int]:
    """The living units of these subtrees as branches, siblings by name, and how many fit the text (all, without one). With a text only
    what fits and what stands above it. Two queries."""
    rows = db.session.execute(
        select(Unit.id, Unit.name, Unit.code, Unit.kind, Unit.path).where(Unit.ended_on.is_(None), within(paths))
        .order_by(Unit.name, Unit.id)).all()
    counted = select(Person.unit_id, func.count()).where(Person.active).group_by(Person.unit_id)
    people: dict[int, int] = dict(db.session.execute(counted).all())  # type: ignore[arg-type]
    total: dict[int, int] = {}
    for row in rows:
        for above in row.path.strip("/").split("/"):
            total[int(above)] = total.get(int(above), 0) + people.get(row.id, 0)
    wanted = text.casefold()
    fits = {row.id for row in rows if wanted in row.name.casefold() or wanted in row.code.casefold()}
    kept = rows if not wanted else [row for row in rows if any(one.path.startswith(row.path) for one in rows if one.id in fits)]
    return _branches(kept, people, total, fits if wanted else set()), len(fits)


def _branches(rows: Sequence[Any], people: Mapping[int, int], total: Mapping[int, int], fits: Collection[int]) -> tuple[Branch, ...]:
    ids = {row.id for row in rows}
    children: dict[int | None, list[Any]] = {}
    for row in rows:
        above = row.path.strip("/").split("/")[:-1]
        children.setdefault(int(above[-1]) if above and int(above[-1]) in ids else None, []).append(row)

    def grown(row: Any, depth: int) -> Branch:
        below = tuple(grown(one, depth + 1) for one in children.get(row.id, ()))
        return Branch(row.id, row.name, row.code, row.kind, people.get(row.id, 0), total[row.id], below,
                      open=depth == 0 or bool(fits), found=row.id in fits)

    return tuple(grown(row, 0) for row in children.get(None, ()))


def ended(paths: Collection[str]) -> Sequence[Any]:
    """Rows (id, name, code, ended_on, successor_id, successor) of units that ended, the latest first. One query."""
    after = aliased(Unit)
    return db.session.execute(
        select(Unit.id, Unit.name, Unit.code, Unit.ended_on, Unit.successor_id, after.name.label("successor"))
        .outerjoin(after, after.id == Unit.successor_id).where(Unit.ended_on.is_not(None), within(paths))
        .order_by(Unit.ended_on.desc(), Unit.name)).all()


def unit(unit_id: int, paths: Collection[str]) -> Any:
    """Row (id, name, code, kind, parent_id, path, ended_on, successor_id). Raises NotFound, also outside the subtrees at these paths."""
    row = db.session.execute(
        select(Unit.id, Unit.name, Unit.code, Unit.kind, Unit.parent_id, Unit.path, Unit.ended_on, Unit.successor_id)
        .where(Unit.id == unit_id, within(paths))).first()
    if row is None:
        raise NotFound
    return row


def names(unit_ids: Collection[int]) -> Mapping[int, str]:
    """What units are called today. One query."""
    return {row.id: row.name for row in db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids)))}


def staff(unit_id: int) -> tuple[int, Sequence[Any]]:
    """How many people work in a unit itself, and the first of them: rows (id, name, nip, position). Two queries."""
    mine = and_(Person.unit_id == unit_id, Person.active)
    count = db.session.scalar(select(func.count()).where(mine)) or 0
    rows = db.session.execute(
        select(Person.id, Person.name, Person.nip, Person.position).where(mine).order_by(Person.name, Person.id).limit(SHOWN))
    return count, rows.all()


def everybody_in(unit_id: int) -> Sequence[Any]:
    """All people of a unit itself: rows (id, name, nip, position). One query."""
    return db.session.execute(
        select(Person.id, Person.name, Person.nip, Person.position).where(Person.unit_id == unit_id, Person.active)
        .order_by(Person.name, Person.id)).all()


def below(unit_id: int) -> Sequence[Any]:
    """Rows (id, name, kind) of the living units directly below. One query."""
    return db.session.execute(
        select(Unit.id, Unit.name, Unit.kind).where(Unit.parent_id == unit_id, Unit.ended_on.is_(None)).order_by(Unit.name, Unit.id)).all()


def leaders(unit_id: int) -> Sequence[Any]:
    """Who holds the role of supervisor for a unit itself today, the acting last: rows (id, name, position, behalf_of, behalf, ends_on).
    One query."""
    behalf = aliased(Person)
    return db.session.execute(
        select(Person.id, Person.name, Person.position, Grant.behalf_of, behalf.name.label("behalf"), Grant.ends_on)
        .join(Person, Person.id == Grant.person_id).outerjoin(behalf, behalf.id == Grant.behalf_of)
        .where(grants.live(clock.today()), Grant.unit_id == unit_id, Grant.role == "supervisor", Person.active)
        .order_by(Grant.ends_on.is_not(None), Person.name)).all()


def kinds() -> list[str]:
    """The kinds of unit there are, in order. One query."""
    return sorted(kind for kind in db.session.scalars(select(Unit.kind).distinct()) if kind)


def history(unit_id: int) -> list[Step]:
    """The versions of a unit, the latest first, each with what differs from the one before. Two queries."""
    rows = db.session.execute(select(UnitVersion.__table__).where(UnitVersion.unit_id == unit_id).order_by(UnitVersion.from_on)).all()
    called = names({row.parent_id for row in rows if row.parent_id is not None})
    pairs = zip([None, *rows], rows, strict=False)
    return [Step(row.from_on, row.until_on, row.basis, _changes(before, row, called)) for before, row in pairs][::-1]


def _changes(before: Any, row: Any, called: Mapping[int, str]) -> tuple[tuple[str, str, str], ...]:
    if before is None:
        return (("begun", "", row.name),)
    plain = [(name, getattr(before, name), getattr(row, name)) for name in ("name", "code", "kind")]
    parents = ("parent", called.get(before.parent_id, ""), called.get(row.parent_id, ""))
    found = [one for one in plain if one[1] != one[2]] + ([parents] if before.parent_id != row.parent_id else [])
    return tuple(found) or (("above", "", ""),)


def hit(row: Any) -> Hit:
    """Whom an act on a unit concerns. Four queries."""
    path = Unit.path.startswith(row.path, autoescape=True)
    units = db.session.scalar(select(func.count()).where(path, Unit.ended_on.is_(None), Unit.id != row.id)) or 0
    people = db.session.scalar(
        select(func.count()).select_from(Person).join(Unit, Unit.id == Person.unit_id).where(path, Person.active)) or 0
    staff = db.session.scalar(select(func.count()).where(Person.unit_id == row.id, Person.active)) or 0
    below = db.session.scalar(select(func.count()).where(Unit.parent_id == row.id, Unit.ended_on.is_(None))) or 0
    return Hit(people, units, staff, below, holders([row.id]))


def holders(unit_ids: Collection[int], roles: Collection[str] = ()) -> Sequence[Any]:
    """Rows (id, name, role, unit) of those who hold a role today (or later) that was given for one of these units itself. One query."""
    today = clock.today()
    lasting = or_(Grant.ends_on.is_(None), Grant.ends_on >= today)
    wanted = and_(Grant.unit_id.in_(unit_ids), Grant.ended_at.is_(None), lasting, Person.active)
    query = select(Person.id, Person.name, Grant.role, Unit.name.label("unit")).join(Person, Person.id == Grant.person_id).join(
        Unit, Unit.id == Grant.unit_id).where(wanted).order_by(Person.name, Grant.id)
    return db.session.execute(query.where(Grant.role.in_(roles)) if roles else query).all()


def sight(before: str, after: str) -> tuple[Sequence[Any], Sequence[Any]]:
    """Who sees the people below the first path and would not below the second, and the other way round; both are paths of units above."""
    old, new = _ids(before), _ids(after)
    return holders(old - new, SEES_TEAM), holders(new - old, SEES_TEAM)


def _ids(path: str) -> set[int]:
    return {int(one) for one in path.strip("/").split("/") if one}


def career(person_id: int) -> Sequence[Any]:
    """The postings of a person, the latest first: rows with all columns, `unit` as it was called when the entry ended (today, if it
    has not), `behalf` the name of the one stood in for. One query."""
    behalf = aliased(Person)
    asked = func.coalesce(Posting.until_on, clock.today())
    then = and_(UnitVersion.unit_id == Posting.unit_id, UnitVersion.from_on <= asked,
                or_(UnitVersion.until_on.is_(None), UnitVersion.until_on >= asked))
    return db.session.execute(
        select(*Posting.__table__.c, func.coalesce(UnitVersion.name, Unit.name).label("unit"), behalf.name.label("behalf"))
        .join(Unit, Unit.id == Posting.unit_id).outerjoin(UnitVersion, then).outerjoin(behalf, behalf.id == Posting.stands_in_for)
        .where(Posting.person_id == person_id)
        .order_by(Posting.from_on.desc(), Posting.id.desc())).all()


def posting(posting_id: int, person_id: int, paths: Collection[str]) -> Any:
    """One entry of a person's career, with `unit`. Raises NotFound, also if its unit lay outside of those at these paths when it began."""
    then = and_(UnitVersion.unit_id == Posting.unit_id, UnitVersion.from_on <= Posting.from_on,
                or_(UnitVersion.until_on.is_(None), UnitVersion.until_on >= Posting.from_on))
    row = db.session.execute(
        select(*Posting.__table__.c, UnitVersion.name.label("unit")).join(UnitVersion, then)
        .where(Posting.id == posting_id, Posting.person_id == person_id, versions.at_or_below(paths))).first()
    if row is None:
        raise NotFound
    return row


def supervisor(person: Any) -> Any:
    """Row (id, name, position, unit, named) of a person's supervisor, or None: the one named for her, else whoever holds the role of
    supervisor for her unit or the nearest above and is not she herself. One query."""
    named = Person.id == person.supervisor_id if person.supervisor_id is not None else None
    if named is not None:
        row = db.session.execute(
            select(Person.id, Person.name, Person.position, Unit.name.label("unit")).join(Unit, Unit.id == Person.unit_id)
            .where(named, Person.active)).first()
        if row is not None:
            return row
    above = _ids(person.unit_path)
    return db.session.execute(
        select(Person.id, Person.name, Person.position, Unit.name.label("unit"))
        .join(Grant, Grant.person_id == Person.id).join(Unit, Unit.id == Grant.unit_id)
        .where(grants.live(clock.today()), Grant.role == "supervisor", Grant.unit_id.in_(above), Person.id != person.id, Person.active)
        .order_by(func.length(Unit.path).desc(), Grant.behalf_of.is_not(None), Person.name).limit(1)).first()


def person_with(nip: str, paths: Collection[str]) -> int | None:
    """The id of the active person with a NIP, written with or without spaces, within the subtrees at these paths."""
    return db.session.scalar(
        select(Person.id).join(Unit, Unit.id == Person.unit_id)
        .where(Person.nip == "".join(nip.split()), Person.active, within(paths)))


def units_on(day: date, paths: Collection[str]) -> list[UnitPlace]:
    """The units as they were on a day, at or below the units to which these paths lead today, in the order of the tree. One query."""
    rows = db.session.execute(select(UnitVersion.unit_id, UnitVersion.name, UnitVersion.code, UnitVersion.path).where(
        versions.held_on(day), versions.at_or_below(paths))).all()
    called = {row.unit_id: (row.name, row.unit_id) for row in rows}
    places = {row.unit_id: [called[one] for one in map(int, row.path.strip("/").split("/")) if one in called] for row in rows}
    ordered = sorted(rows, key=lambda row: places[row.unit_id])
    return [UnitPlace(row.unit_id, row.name, row.code, len(places[row.unit_id]) - 1) for row in ordered]
