"""Tables and archives as they are sent."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from lms.web.downloads import Cell, csv_response, harmless, plain, xlsx_response, zip_response

ROW: list[Cell] = ["Sari; Damanik", "=1+1", 199, Decimal("12.50"), date(2026, 3, 10), datetime(2026, 3, 10, 18, 30, tzinfo=UTC), None]


@pytest.mark.parametrize(("text", "expected"), [
    ("=1+1", "'=1+1"), ("+62811", "'+62811"), ("-5", "'-5"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
    ("＝1", "'＝1"), ("|cmd", "'|cmd"), ("Sari = 1", "Sari = 1"), ("", ""),
])
def test_c28_c30_no_text_is_taken_for_a_formula(text: str, expected: str) -> None:
    assert harmless(text) == expected


@pytest.mark.parametrize(("cell", "expected"), [
    (Decimal("12.50"), "12,5"), (Decimal(1000), "1000"), (Decimal("-0.5"), "-0,5"), (date(2026, 3, 1), "2026-03-01"),
    (datetime(2026, 3, 10, 18, 30, tzinfo=UTC), "2026-03-11 01:30"), (None, ""), (-5, "-5"),
])
def test_cells_are_written_for_an_indonesian_spreadsheet(cell: Cell, expected: str) -> None:
    assert plain(cell) == expected


def test_a_csv_file_has_a_mark_semicolons_and_quotes(app: Flask) -> None:
    response = csv_response("tim.csv", ["Nama", "NIP"], [["Sari; Damanik", "=1+1"], ["Budi", None]])

    assert response.get_data(as_text=True) == "\ufeffNama;NIP\r\n\"Sari; Damanik\";'=1+1\r\nBudi;\r\n"
    assert response.headers["Content-Disposition"] == 'attachment; filename="tim.csv"'


def test_c29_an_xlsx_file_keeps_types_and_holds_no_formula(app: Flask) -> None:
    response = xlsx_response("tim.xlsx", "Tim", list("abcdefg"), [ROW])

    sheet = openpyxl.load_workbook(io.BytesIO(response.get_data()))["Tim"]
    cells = [cell.value for cell in sheet[2]]
    assert cells == ["Sari; Damanik", "'=1+1", 199, 12.5, datetime(2026, 3, 10), datetime(2026, 3, 11, 1, 30), None]  # noqa: DTZ001
    assert [cell.data_type for cell in sheet[2]][:2] == ["s", "s"]


def test_a_zip_says_its_size_beforehand_and_holds_the_files(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"%PDF-1.7 a")

    response = zip_response("sertifikat.zip", [("Sari Damanik.pdf", tmp_path / "a")])

    body = response.get_data()
    assert len(body) == int(response.headers["Content-Length"])
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert {name: archive.read(name) for name in archive.namelist()} == {"Sari Damanik.pdf": b"%PDF-1.7 a"}
