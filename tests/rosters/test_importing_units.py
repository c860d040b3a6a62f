"""The tree of units: loaded from a table, read in order, cut into subtrees."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import service as accounts
from lms.base.db import db, transaction
from lms.people import queries
from lms.people.models import Unit, UnitVersion
from lms.rosters import seed, service
from tests import build
from tests.rosters.files import kept, xlsx

HEADER = "code,parent,name,kind\n"
Do = Callable[..., service.Outcome]


@pytest.fixture
def do(app: Flask, tmp_path: Path) -> Do:
    """Import a text, or the bytes of a workbook."""

    def run(content: str | bytes, **options: Any) -> service.Outcome:
        outcome = service.run(kept(tmp_path, content), "units", **options)
        db.session.rollback()
        return outcome

    return run


def counts(outcome: service.Outcome) -> dict[str, int]:
    return {kind: number for kind, number in outcome.plan.counts.items() if number}


def tree() -> list[tuple[str, int]]:
    return [(unit.name, unit.depth) for unit in queries.units()]


def told(outcome: service.Outcome) -> list[tuple[str, str, str]]:
    return [(one.cell, one.level, one.fault.message) for one in outcome.plan.mistakes]


def test_the_citys_own_units_load_once(app: Flask) -> None:
    first, second = service.run(seed.CITY, "units"), service.run(seed.CITY, "units")

    assert (counts(first), counts(second)) == ({"new": 89}, {"unchanged": 89})
    kinds = db.session.scalars(select(Unit.kind)).all()
    assert (kinds.count("kecamatan"), kinds.count("kelurahan")) == (8, 53)


def test_a_row_may_stand_before_the_unit_above_it(do: Do) -> None:
    do(HEADER + "b,a,Seksi,seksi\na,,Dinas,dinas\n")

    assert tree() == [("Dinas", 0), ("Seksi", 1)]


def test_a_unit_that_moves_takes_its_subtree_along_and_leaves_its_past(do: Do) -> None:
    do(HEADER + "a,,Kota,kota\nb,a,Dinas B,dinas\nc,a,Dinas C,dinas\nd,b,Seksi D,seksi\ne,d,Regu E,regu\n")

    moved = do(HEADER + "d,c,Seksi Dua,seksi\n")

    assert (counts(moved), moved.plan.lines["changed"][0].changes) == (
        {"changed": 1, "missing": 4}, (("name", "Seksi D", "Seksi Dua"), ("parent", "Dinas B", "Dinas C")))
    assert tree() == [("Kota", 0), ("Dinas B", 1), ("Dinas C", 1), ("Seksi Dua", 2), ("Regu E", 3)]
    ids = {code: number for number, code in db.session.execute(select(Unit.id, Unit.code))}
    assert queries.subtree(ids["c"]) == sorted([ids["c"], ids["d"], ids["e"]])
    assert queries.subtree(ids["b"]) == [ids["b"]]
    versions = {row.unit_id: row.path for row in db.session.scalars(select(UnitVersion).where(UnitVersion.until_on.is_(None)))}
    assert versions[ids["e"]] == f"/{ids['a']}/{ids['c']}/{ids['d']}/{ids['e']}/"


def test_the_first_root_takes_the_place_of_the_founded_unit(do: Do) -> None:
    accounts.found_agency(unit="BKPSDM", nip="198004042006041004", name="Agus", password="tujuh gajah biru muda")

    outcome = do(HEADER + "1272,,Kota,kota\nb,1272,Dinas B,dinas\n")

    assert (counts(outcome), tree()) == ({"changed": 1, "new": 1}, [("Kota", 0), ("Dinas B", 1)])


@pytest.mark.parametrize(("rows", "expected"), [
    ("a,b,A,x\nb,a,B,x\n", ["B2", "B3"]), ("a,a,A,x\n", ["B2"]), ("a,nowhere,A,x\n", ["B2"]), ("a,,A,x\na,,B,x\n", ["A3"]),
    ("a,,,x\n", ["C2"]), (",,A,x\n", ["A2"]), ("a,,A,x,y\n", ["E2"]), ("old,,A,x\n", ["A2"]), ("a,old,A,x\n", ["B2"]), (f"a,,{'x' * 201},x\n", ["C2"]),
])
def test_a_table_with_a_mistake_changes_nothing(do: Do, rows: str, expected: list[str]) -> None:
    ended = build.unit("Lama", code="old")
    with transaction():
        db.session.get_one(Unit, ended).ended_on = date(2026, 1, 1)

    outcome = do(HEADER + rows)

    assert ([one.cell for one in outcome.plan.mistakes if one.level == "error"], outcome.done) == (expected, False)
    assert db.session.scalars(select(Unit.name)).all() == ["Lama"]


def test_two_units_of_one_name_below_one_unit_are_worth_a_look(do: Do) -> None:
    outcome = do(HEADER + "a,,Kota,kota\nb,a,Seksi,seksi\nc,a,seksi,seksi\n")

    assert (told(outcome), outcome.done) == ([("C4", "warning", "Below the same unit another one has this name.")], True)


def test_units_that_are_not_in_the_file_are_shown_and_stay(do: Do) -> None:
    do(HEADER + "a,,Kota,kota\nb,a,Dinas,dinas\n")

    outcome = do(HEADER + "a,,Kota,\n")

    assert (counts(outcome), [line.name for line in outcome.plan.lines["missing"]]) == ({"unchanged": 1, "missing": 1}, ["Dinas"])
    assert tree() == [("Kota", 0), ("Dinas", 1)]


def test_siasns_unit_list_and_the_name_of_the_unit_above_are_understood(do: Do) -> None:
    siasn = xlsx([["ID UNOR", "NAMA UNOR", "ID ATASAN", "ESELON ID"], ["A1", "Dinas", None, "22"], ["A2", "Seksi", "A1", "41"]])

    by_id, by_name = do(siasn), do("kode;induk;nama\nA3;Seksi;Regu\n")

    assert (counts(by_id), counts(by_name), tree()) == (
        {"new": 2}, {"new": 1, "missing": 2}, [("Dinas", 0), ("Seksi", 1), ("Regu", 2)])


def test_a_tree_as_deep_as_a_well_is_refused(do: Do) -> None:
    rows = ["a,,Unit,x\n", *(f"{'a' * number},{'a' * (number - 1)},Unit {number},x\n" for number in range(2, 33))]

    well, shallower = do(HEADER + "".join(rows)), do(HEADER + "".join(rows[:31]))

    assert [(one.cell, one.fault.message) for one in well.plan.mistakes] == [("B33", "This unit would have more than %(most)s units above it.")]
    assert counts(shallower) == {"new": 31}


def test_a_subtree_is_not_fooled_by_numbers_that_begin_alike(app: Flask) -> None:
    above = build.unit("Kota")
    first = build.unit("A", parent=above)
    alike = first * 10 + 1
    with transaction():
        db.session.add(Unit(id=alike, parent_id=above, name="B", code="b", kind="x", path=f"/{above}/{alike}/"))

    assert (queries.subtree(first), queries.subtree(above)) == ([first], sorted([above, first, alike]))
