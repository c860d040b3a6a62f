"""The tree of units: loaded from a table, read in order, cut into subtrees."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base.db import db
from lms.people import queries, seed, service
from lms.people.models import Unit
from lms.people.seed import Loaded
from tests import build

HEADER = "code,parent,name,kind\n"


def load(text: str) -> Loaded:
    rows, mistakes = seed.read_units(text)
    return Loaded(0, 0, 0, mistakes) if mistakes else seed.load_units(rows)


def tree() -> list[tuple[str, int]]:
    return [(unit.name, unit.depth) for unit in queries.units()]


def test_the_citys_own_units_load_once(app: Flask) -> None:
    text = seed.CITY.read_text("utf-8")

    first, second = load(text), load(text)

    assert (first, second) == (Loaded(89, 0, 0), Loaded(0, 0, 89))
    kinds = db.session.scalars(select(Unit.kind)).all()
    assert (kinds.count("kecamatan"), kinds.count("kelurahan")) == (8, 53)


def test_a_row_may_stand_before_the_unit_above_it(app: Flask) -> None:
    load(HEADER + "b,a,Seksi,seksi\na,,Dinas,dinas\n")

    assert tree() == [("Dinas", 0), ("Seksi", 1)]


def test_a_unit_that_moves_takes_its_subtree_along(app: Flask) -> None:
    load(HEADER + "a,,Kota,kota\nb,a,Dinas B,dinas\nc,a,Dinas C,dinas\nd,b,Seksi D,seksi\ne,d,Regu E,regu\n")

    moved = load(HEADER + "d,c,Seksi D,seksi\n")

    assert moved == Loaded(0, 1, 0)
    assert tree() == [("Kota", 0), ("Dinas B", 1), ("Dinas C", 1), ("Seksi D", 2), ("Regu E", 3)]
    ids = {code: number for number, code in db.session.execute(select(Unit.id, Unit.code))}
    assert queries.subtree(ids["c"]) == sorted([ids["c"], ids["d"], ids["e"]])
    assert queries.subtree(ids["b"]) == [ids["b"]]


def test_the_first_root_takes_the_place_of_the_founded_unit(app: Flask) -> None:
    service.found_agency(unit="BKPSDM", nip="198004042006041004", name="Agus", password="tujuh gajah biru")

    load(HEADER + "1272,,Kota,kota\nb,1272,Dinas B,dinas\n")

    assert tree() == [("Kota", 0), ("Dinas B", 1)]


@pytest.mark.parametrize(("rows", "expected"), [
    ("a,b,A,x\nb,a,B,x\n", [(2, "parent"), (3, "parent")]),
    ("a,a,A,x\n", [(2, "parent")]),
    ("a,nowhere,A,x\n", [(2, "parent")]),
    ("a,,A,x\na,,B,x\n", [(3, "code")]),
    ("a,,,x\n", [(2, "name")]),
])
def test_a_table_with_a_mistake_changes_nothing(app: Flask, rows: str, expected: list[tuple[int, str]]) -> None:
    loaded = load(HEADER + rows)

    assert [(one.row, one.column) for one in loaded.mistakes] == expected
    assert tree() == []


def test_a_subtree_is_not_fooled_by_numbers_that_begin_alike(app: Flask) -> None:
    above = build.unit("Kota")
    first = build.unit("A", parent=above)
    others = [build.unit(f"U{number}", parent=above) for number in range(first + 1, first * 10 + 2)]

    assert queries.subtree(first) == [first]
    assert len(queries.subtree(above)) == len(others) + 2
