"""The readers of tables against anything: a table, mistakes, or a refusal with a sentence; never an exception."""

import contextlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.base.errors import Refused
from lms.people.rules import Nip, read_nip
from lms.rosters import columns, sheets
from lms.rosters.faults import Mistake, Mistakes, at, revived, shown
from lms.rosters.placing import Units
from lms.rosters.roster import Reading
from lms.rosters.sheets import Row
from lms.web.downloads import csv_response, xlsx_response
from lms.web.refusals import SENTENCES
from tests.rosters.files import rezipped, xlsx

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
UNITS = Units.of([(1, "dinkes", "Dinas Kesehatan", "/1/", None), (2, "umum", "Seksi Umum", "/1/2/", None), (3, "old", "Lama", "/3/", date(2026, 1, 1))])
WORKBOOK = xlsx([["nip", "name", "unit"], ["198609262015051001", "Sari", "dinkes"], [1.5, None, "=1+1"]])
# Signs that a cell can hold and that reading leaves as they are: no space at the ends, no control signs.
CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), max_size=20)


def readings(path: Path) -> int:
    """Read a file to its end, each row as one of a person; gives how many rows there were."""
    count = 0
    with sheets.opened(path, is_name=lambda text: columns.is_name("people", text)) as table:
        layout = columns.layout("people", table.header, {}, row=table.header_row)
        list(columns.mistakes(layout))
        for row in table.rows(frozenset(range(len(table.header)))):
            count += 1
            reading = Reading(row, layout, UNITS, None)
            reading.entry()
        for note in table.notes:
            assert all((note.what(_filled), note.remedy(_filled)))
    return count


def _filled(message: str, **values: str) -> str:
    return message % values if values else message


def tried(folder: Path, content: bytes) -> None:
    path = folder / "table"
    path.write_bytes(content)
    with contextlib.suppress(Refused):
        try:
            readings(path)
        except Refused as refused:
            if not SENTENCES[refused.code] % refused.detail:
                raise AssertionError(refused.code) from refused
            raise


@given(content=st.binary(max_size=2000))
@MANY
def test_any_bytes_are_a_table_or_mistakes(tmp_path: Path, content: bytes) -> None:
    tried(tmp_path, content)


@given(text=st.text(max_size=500), header=st.sampled_from(["", "nip,name,unit\n", "NIP;NAMA;UNOR NAMA;TMT CPNS;ROLE;EMAIL;GOL AKHIR NAMA\n"]))
@MANY
def test_any_text_is_a_table_or_mistakes(tmp_path: Path, text: str, header: str) -> None:
    tried(tmp_path, (header + text).encode("utf-8", "surrogatepass"))


@given(data=st.data())
@MANY
def test_a_workbook_with_any_bytes_changed_is_a_table_or_a_refusal(tmp_path: Path, data: Any) -> None:
    content = bytearray(WORKBOOK)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        content[place] = data.draw(st.integers(0, 255))

    tried(tmp_path, bytes(content))


@given(part=st.sampled_from(["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"]),
       content=st.binary(max_size=300) | st.from_regex(
           r'<(worksheet|sst|workbook)>(<(row|c|v|t|si|f|sheet|xf|numFmt)( (r|t|s|name|numFmtId|formatCode)="[A-Z0-9a-z.]{0,9}")*/?>[0-9e.]{0,5}){0,9}',
           fullmatch=True).map(str.encode))
@MANY
def test_a_workbook_with_any_part_is_a_table_or_a_refusal(tmp_path: Path, part: str, content: bytes) -> None:
    tried(tmp_path, rezipped(WORKBOOK, {part: content}))


@given(cells=st.dictionaries(st.sampled_from(list(columns.PEOPLE)), st.text(max_size=60), min_size=1))
@MANY
def test_any_row_gives_an_entry_or_mistakes_with_remedies(cells: dict[str, str]) -> None:
    header = tuple(columns.PEOPLE)
    layout = columns.layout("people", header, {})
    row = Row(7, {header.index(name): text for name, text in cells.items() if text})

    reading = Reading(row, layout, UNITS, None)

    entry = reading.entry()
    assert (entry is None) == any(one.level == "error" for one in reading.mistakes) or reading.nip is None
    for one in reading.mistakes:
        assert (bool(one.what(_filled)), bool(one.remedy(_filled)), "\0" in one.value) == (True, True, False)


@given(text=st.text(max_size=40))
@MANY
def test_any_text_is_a_unit_or_a_fault(text: str) -> None:
    found = UNITS.find(text)

    assert found in {1, 2} or bool(_filled(found.message, **dict(found.params)))  # type: ignore[union-attr]


@given(text=st.text(max_size=30))
@MANY
def test_any_text_is_a_nip_or_the_code_of_what_is_wrong(text: str) -> None:
    read = read_nip(text)

    assert isinstance(read, Nip) or read in {"nip-digits", "nip-birth", "nip-sex", "nip-serial"}


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), max_size=5))
@MANY
def test_c28_what_we_export_we_read_back(app: Flask, tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    kept = [row for row in rows if not any(cell.startswith("'") for cell in row)]
    expected = [(number, {position: cell for position, cell in enumerate(row) if cell}) for number, row in enumerate(kept, 2)]
    header = ("nip", "name", "unit")

    for response in (csv_response("a.csv", header, kept), xlsx_response("a.xlsx", "a", header, kept)):
        path = tmp_path / "table"
        path.write_bytes(response.get_data())
        with sheets.opened(path, is_name=header.__contains__) as table:
            assert [(row.number, row.cells) for row in table.rows(frozenset({0, 1, 2}))] == expected


@pytest.mark.parametrize(("position", "name"), [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")])
def test_cells_are_named_as_in_a_spreadsheet(position: int, name: str) -> None:
    assert at(7, position) == name


def test_mistakes_are_counted_all_and_kept_up_to_a_number() -> None:
    found = Mistakes()

    found.add([Reading(Row(2, {0: "1"}), columns.layout("people", ("nip",), {}), UNITS, None).mistakes[0]] * 600)

    assert (found.errors, len(list(found))) == (600, 500)
    assert list(revived([one.plain() for one in found]))[0] == next(iter(found))
    assert isinstance(next(iter(found)), Mistake)
    assert shown("a\0b\u202e" + "x" * 100) == "a\ufffdb\ufffd" + "x" * 76 + "…"

