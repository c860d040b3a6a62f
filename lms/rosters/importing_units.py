"""Import of units: what a table would change of the tree, and the change itself. Units that are not in the table stay.

A unit is known by its code. The tree is small enough to be held in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from lms.base import audit
from lms.base.db import db, hold
from lms.base.texts import N_
from lms.people import versions
from lms.people.models import Unit
from lms.rosters import columns
from lms.rosters.cells import Broken
from lms.rosters.columns import Layout
from lms.rosters.faults import Fault, Mistake, at, shown
from lms.rosters.plans import Line, Plan
from lms.rosters.roster import BROKEN, LONGEST
from lms.rosters.sheets import TOO_WIDE, Table

FOUNDED = "root"  # the code of the unit that `lms init` makes; the first root of a table takes its place
USUAL_KIND = "unit"
MOST_LEVELS = 30  # an agency has six; PostgreSQL's index holds paths of a few hundred
EMPTY = {
    "code": Fault(N_("The code is missing."), N_("Give each unit a code of its own; it never changes.")),
    "name": Fault(N_("The name is missing."), N_("Write the unit's full name.")),
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the table; `parent` is the code of the unit above, or "" for the top; `kind` is "" where the table does not say."""

    row: int
    code: str
    parent: str
    name: str
    kind: str = ""


def plan(table: Table, layout: Layout) -> Plan:
    """What the import of this table would do. One query."""
    rows, mistakes = read(table, layout)
    return _planned(rows, mistakes, _stored(), layout).close(table.notes)


def write(table: Table, layout: Layout, *, expected: str | None = None, wanted: Callable[[UnitRow], bool] = lambda _row: True) -> Plan:
    """Import the table, or those of its rows that are wanted, in the caller's transaction.

    Raises NotAsPlanned if it has mistakes or would not do what is expected (a plan's mark).
    """
    hold("units")
    rows, mistakes = read(table, layout)
    stored = _stored()
    rows = [row for row in _by_code(rows, stored) if wanted(row)]
    found = _planned(rows, mistakes, stored, layout).close(table.notes)
    found.must_be(expected)
    _write(rows, stored)
    audit.record("units.imported", "units", detail={kind: found.of(kind) for kind in ("new", "changed", "unchanged", "missing")})
    return found


def read(table: Table, layout: Layout) -> tuple[list[UnitRow], list[Mistake]]:
    """The units of a table, each once, and what is wrong with its cells."""
    found, mistakes = dict[str, UnitRow](), [*columns.mistakes(layout)] if layout.header else []
    if mistakes:
        return [], mistakes
    for row in table.rows(frozenset(layout.positions.values())):
        cells = {name: row.cells.get(position, "") for name, position in layout.positions.items()}
        wrong = list(_cell_mistakes(row.number, cells, layout))
        if row.too_wide:
            wrong.append(Mistake(row.number, "", TOO_WIDE, cell=at(row.number, len(layout.header))))
        mistakes += wrong
        if wrong:
            continue
        unit = UnitRow(row.number, **{name: text if text != "-" else "" for name, text in cells.items()})
        first = found.setdefault(unit.code, unit)
        if (first.name, first.parent) != (unit.name, unit.parent):
            mistakes.append(_mistake(unit, "code", Fault(
                N_("This code stands in row %(first)s already, for another unit."), N_("Give each unit a code of its own."),
                (("first", str(first.row)),)), layout))
    return list(found.values()), mistakes


def _by_code(rows: Sequence[UnitRow], stored: Mapping[str, Unit]) -> list[UnitRow]:
    """The rows with the code of the unit above where its name was written, if only one unit has that name."""
    codes = {row.code for row in rows} | set(stored)
    named: dict[str, set[str]] = {}
    for code, name in (*((row.code, row.name) for row in rows), *((code, unit.name) for code, unit in stored.items())):
        named.setdefault(name.casefold(), set()).add(code)
    meant = {row: named.get(row.parent.casefold(), set()) for row in rows if row.parent and row.parent not in codes}
    return [replace(row, parent=next(iter(meant[row]))) if len(meant.get(row, ())) == 1 else row for row in rows]


def _cell_mistakes(number: int, cells: Mapping[str, str], layout: Layout) -> Iterator[Mistake]:
    for name, text in cells.items():
        fault = _cell_fault(name, text)
        if fault:
            position = layout.positions[name]
            yield Mistake(number, layout.header[position], fault, cell=at(number, position), value=shown(text))


def _cell_fault(name: str, text: str) -> Fault | None:
    if isinstance(text, Broken):
        return BROKEN
    if not text:
        return EMPTY.get(name)
    if len(text) > LONGEST:
        return Fault(N_("This text is longer than %(most)s signs."), N_("Shorten it."), (("most", str(LONGEST)),))
    return None if text.isprintable() else Fault(N_("This text has signs that cannot be printed."), N_("Type it once more."))


def _mistake(unit: UnitRow, name: str, fault: Fault, layout: Layout, *, level: str = "error") -> Mistake:
    position = layout.positions[name]
    return Mistake(unit.row, layout.header[position], fault, level, cell=at(unit.row, position), value=shown(getattr(unit, name)))


def _stored() -> dict[str, Unit]:
    return {unit.code: unit for unit in db.session.scalars(select(Unit).order_by(Unit.id))}


def _planned(rows: Sequence[UnitRow], mistakes: Iterable[Mistake], stored: Mapping[str, Unit], layout: Layout) -> Plan:
    found, rows = Plan(), _by_code(rows, stored)
    found.mistakes.add(mistakes)
    stored = _with_root_taken_over(rows, stored)
    codes = {unit.id: unit.code for unit in stored.values()}
    before = {code: UnitRow(0, code, codes.get(unit.parent_id or 0, ""), unit.name, unit.kind) for code, unit in stored.items()}
    after = {**before, **{row.code: row for row in rows}}
    found.mistakes.add(_tree_mistakes(rows, stored, after, layout))
    for row in rows:
        was = before.get(row.code)
        changes = tuple(_changes(was, row, before, after)) if was else ()
        place = after[row.parent].name if row.parent in after else ""
        found.count(*(("new", Line(row.code, row.name, place)) if was is None else
                      ("changed", Line(row.code, row.name, place, changes)) if changes else ("unchanged",)))
    given = {row.code for row in rows}
    for code, unit in stored.items():
        if code not in given and unit.ended_on is None:
            found.count("missing", Line(code, unit.name, before[before[code].parent].name if before[code].parent else ""))
    return found


def _changes(was: UnitRow, row: UnitRow, before: Mapping[str, UnitRow], after: Mapping[str, UnitRow]) -> Iterator[tuple[str, str, str]]:
    if was.name != row.name:
        yield "name", was.name, row.name
    if was.parent != row.parent:
        yield "parent", before[was.parent].name if was.parent else "", after[row.parent].name if row.parent in after else ""
    if row.kind and was.kind != row.kind:
        yield "kind", was.kind, row.kind


def _tree_mistakes(rows: Iterable[UnitRow], stored: Mapping[str, Unit], after: Mapping[str, UnitRow], layout: Layout) -> Iterator[Mistake]:
    named: dict[tuple[str, str], str] = {}
    ended = {code for code, unit in stored.items() if unit.ended_on is not None}
    for row in (row for code, row in after.items() if code not in ended):
        named.setdefault((row.parent, row.name.casefold()), row.code)
    for row in rows:
        if row.code in ended:
            yield _mistake(row, "code", Fault(N_("The unit with this code ended."), N_("Give the new unit a code of its own.")), layout)
        if row.parent and row.parent not in after:
            fault = Fault(N_("There is no unit with the code %(code)s."), N_("Add a row for it, or write another code."),
                          (("code", shown(row.parent)),))
            yield _mistake(row, "parent", fault, layout)
        elif row.parent in ended:
            yield _mistake(row, "parent", Fault(N_("The unit above it ended."), N_("Write the code of a unit that stands.")), layout)
        levels = _levels(row.code, after)
        if levels is None:
            yield _mistake(row, "parent", Fault(N_("This unit is below itself."), N_("Write the code of the unit above it.")), layout)
        elif levels > MOST_LEVELS:
            fault = Fault(N_("This unit would have more than %(most)s units above it."), N_("Write the code of a unit further up."),
                          (("most", str(MOST_LEVELS)),))
            yield _mistake(row, "parent", fault, layout)
        if named.get((row.parent, row.name.casefold()), row.code) != row.code:
            fault = Fault(N_("Below the same unit another one has this name."), N_("Check it; if both are meant, leave it."))
            yield _mistake(row, "name", fault, layout, level="warning")


def _levels(code: str, after: Mapping[str, UnitRow]) -> int | None:
    """How many units are above this one, counted no further than to one too many; None if it is itself among them."""
    above, count = after[code].parent, 0
    while above in after and above != code and count <= MOST_LEVELS:
        above, count = after[above].parent, count + 1
    return None if above == code else count


def _with_root_taken_over(rows: Iterable[UnitRow], stored: Mapping[str, Unit]) -> dict[str, Unit]:
    """The units by code, the founded one under the code of the table's first root, which takes its place."""
    root = next((row for row in rows if not row.parent), None)
    if root and root.code not in stored and FOUNDED in stored:
        return {**{code: unit for code, unit in stored.items() if code != FOUNDED}, root.code: stored[FOUNDED]}
    return dict(stored)


def _write(rows: Sequence[UnitRow], stored: dict[str, Unit]) -> None:
    stored = _with_root_taken_over(rows, stored)
    for row in rows:
        unit = stored.get(row.code)
        if unit is None:
            stored[row.code] = unit = Unit(kind=row.kind or USUAL_KIND, path="")
            db.session.add(unit)
        unit.code, unit.name, unit.kind = row.code, row.name, row.kind or unit.kind
    db.session.flush()
    for row in rows:
        stored[row.code].parent_id = stored[row.parent].id if row.parent else None
    units = {unit.id: unit for unit in stored.values()}
    for unit in units.values():
        path = _path(unit, units)
        if unit.path != path:
            unit.path = path
    versions.write()


def _path(unit: Unit, units: Mapping[int, Unit]) -> str:
    ids = [unit.id]
    while unit.parent_id is not None:
        unit = units[unit.parent_id]
        ids.append(unit.id)
    return f"/{'/'.join(map(str, reversed(ids)))}/"
