"""The organisation as a table of units: the city's own comes with the program, another may be given.

Source of the city's: Perda Kota Pematangsiantar 1/2017 as amended by Perda 2/2022; codes of territory: Kepmendagri 300.2.2-2430/2025.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from lms.base import audit
from lms.base.db import db, hold, transaction
from lms.base.texts import N_
from lms.people import tables
from lms.people.models import Unit
from lms.people.tables import Fault, Mistake

CITY = Path(__file__).parent / "seeds" / "units.csv"
COLUMNS = {"code": ("kode",), "parent": ("induk",), "name": ("nama",), "kind": ("jenis",)}
FOUNDED = "root"  # the code of the unit that `lms init` makes; the first root of a table takes its place


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the table; `parent` is the code of the unit above, or empty."""

    row: int
    code: str
    parent: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many units are new, changed, as they were; nothing is written if there are mistakes."""

    new: int
    changed: int
    unchanged: int
    mistakes: tuple[Mistake, ...] = ()


def read_units(text: str) -> tuple[list[UnitRow], tuple[Mistake, ...]]:
    """The units in a CSV text, and what is wrong with the table itself."""
    table = tables.read(text, COLUMNS, required=tuple(COLUMNS))
    if table.mistakes:
        return [], table.mistakes
    return [UnitRow(record.row, **record.cells) for record in table.records], ()


def load_units(rows: Iterable[UnitRow]) -> Loaded:
    """Add or change units by their code; the same table twice changes nothing. Units that are not in it stay."""
    given = list(rows)
    with transaction():
        hold("units")
        stored = {unit.code: unit for unit in db.session.scalars(select(Unit))}
        mistakes = tuple(_mistakes(given, stored))
        if mistakes:
            return Loaded(0, 0, 0, mistakes)
        _take_over(given, stored)
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        for row in given:
            counts[_write(row, stored)] += 1
        db.session.flush()
        _place(given, stored)
        audit.record("units.loaded", "units", detail=dict(counts))
        return Loaded(counts["new"], counts["changed"], counts["unchanged"])


def _mistakes(rows: list[UnitRow], stored: Mapping[str, Unit]) -> Iterator[Mistake]:
    above = _above(rows, stored)
    seen = set[str]()
    for row in rows:
        if not row.code or not row.name:
            yield Mistake(row.row, "name" if row.code else "code", Fault(N_("This cell is empty."), N_("Write a value.")))
        if row.code in seen:
            yield Mistake(row.row, "code", Fault(N_("This code stands twice in the table."), N_("Give each unit a code of its own.")))
        seen.add(row.code)
        if row.parent and row.parent not in above:
            yield Mistake(row.row, "parent", Fault(
                N_("There is no unit with the code %(code)s."), N_("Add a row for it, or write another code."), (("code", row.parent),)))
        if _circular(row.code, above):
            yield Mistake(row.row, "parent", Fault(N_("This unit is below itself."), N_("Write the code of the unit above it.")))


def _above(rows: list[UnitRow], stored: Mapping[str, Unit]) -> dict[str, str]:
    codes = {unit.id: unit.code for unit in stored.values()}
    before = {unit.code: codes[unit.parent_id] if unit.parent_id is not None else "" for unit in stored.values()}
    return {**before, **{row.code: row.parent for row in rows}}


def _circular(code: str, above: Mapping[str, str]) -> bool:
    at, passed = above[code], set[str]()
    while at and at != code and at not in passed:
        passed.add(at)
        at = above.get(at, "")
    return bool(code) and at == code


def _take_over(rows: list[UnitRow], stored: dict[str, Unit]) -> None:
    root = next((row for row in rows if not row.parent), None)
    if root and root.code not in stored and FOUNDED in stored:
        unit = stored.pop(FOUNDED)
        unit.code = root.code
        stored[root.code] = unit


def _write(row: UnitRow, stored: dict[str, Unit]) -> str:
    unit = stored.get(row.code)
    if unit is None:
        stored[row.code] = unit = Unit(code=row.code, name=row.name, kind=row.kind, path="")
        db.session.add(unit)
        return "new"
    codes = {one.id: one.code for one in stored.values() if one.id is not None}
    same = (unit.name, unit.kind, codes.get(unit.parent_id or 0, "")) == (row.name, row.kind, row.parent)
    unit.name, unit.kind = row.name, row.kind
    return "unchanged" if same and not db.session.is_modified(unit) else "changed"


def _place(rows: list[UnitRow], stored: Mapping[str, Unit]) -> None:
    for row in rows:
        stored[row.code].parent_id = stored[row.parent].id if row.parent else None
    units = {unit.id: unit for unit in stored.values()}
    for unit in units.values():
        unit.path = _path(unit, units)


def _path(unit: Unit, units: Mapping[int, Unit]) -> str:
    above = units[unit.parent_id] if unit.parent_id is not None else None
    return f"{_path(above, units) if above else '/'}{unit.id}/"
