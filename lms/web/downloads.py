"""Tables as CSV and XLSX, and many files as one ZIP, streamed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

import xlsxwriter
from flask import Response
from zipstream import ZipStream

from lms.base import clock

Cell = str | int | Decimal | date | datetime | None
FORMULA_STARTS = "=+-@\t\r|＝＋－＠"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{text}" if text[:1] and text[0] in FORMULA_STARTS else text


def plain(cell: Cell) -> str:
    """A cell of a CSV file: decimal comma, ISO dates, the office's clock."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}".replace(".", ",")
    if isinstance(cell, datetime):
        return clock.local(cell).strftime("%Y-%m-%d %H:%M")
    return harmless(cell) if isinstance(cell, str) else str(cell)


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A CSV file with semicolons and a byte order mark, as an Indonesian spreadsheet opens it at a double click."""

    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=";")
        yield "\ufeff"
        for row in chain([header], rows):
            writer.writerow([plain(cell) for cell in row])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    return _attached(Response(lines(), mimetype="text/csv"), name)


def xlsx_response(name: str, sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """An XLSX file of one sheet; text is never read as a formula or a link."""
    buffer = io.BytesIO()
    options = {"constant_memory": True, "in_memory": False, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd", "remove_timezone": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(sheet[:31])
        page.freeze_panes(1, 0)
        page.write_row(0, 0, header, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, [_cell(cell) for cell in row])
    return _attached(Response(buffer.getvalue(), mimetype=XLSX), name)


def zip_response(name: str, files: Iterable[tuple[str, Path]]) -> Response:
    """A ZIP of files, streamed as it is written; its size is known beforehand, so that a browser shows how far it is."""
    archive = ZipStream(sized=True)
    for inner, path in files:
        archive.add_path(path, inner)
    response = Response(iter(archive), mimetype="application/zip")
    response.headers["Content-Length"] = str(len(archive))
    return _attached(response, name)


def _cell(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return clock.local(cell).replace(tzinfo=None)
    return harmless(cell) if isinstance(cell, str) else cell


def _attached(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
