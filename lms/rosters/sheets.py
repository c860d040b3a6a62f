"""A table that was sent, whatever it is written in: header, rows one after the other, and what kept us from reading on.

What a file is, is told by what it holds and not by its name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from lms.base.errors import Refused
from lms.base.texts import N_
from lms.rosters import archives, delimited
from lms.rosters.cells import Broken, Number
from lms.rosters.delimited import Unreadable
from lms.rosters.faults import Fault, Mistake, at
from lms.rosters.workbook import Part, Workbook
from lms.web.downloads import FORMULA_STARTS

MOST_ROWS = 200_000
MOST_COLUMNS = 300
HEADER_WITHIN = 20
EMPTY = Mistake(1, "", Fault(N_("The file is empty."), N_("Write the header in row 1 and one person or unit in each row below it.")))
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
FOREIGN = {b"%PDF": "file-no-table", b"\x89PNG": "file-no-table", b"\xff\xd8\xff": "file-no-table", b"GIF8": "file-no-table",
           b"\x1f\x8b": "file-no-table", b"Rar!": "file-no-table", b"7z\xbc\xaf": "file-no-table", b"<": "file-web-page"}
TOO_WIDE = Fault(N_("This row has more cells than the header."), N_("Put a value that holds the delimiter between quotation marks."))
Rows = Callable[[frozenset[int] | None], Iterator[tuple[int, dict[int, str]]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the spreadsheet, and its cells by position from 0; empty ones are left out."""

    number: int
    cells: dict[int, str]
    too_wide: bool = False  # whether a CSV file has more in it than the header has columns


@dataclass
class Table:
    """An open table. `notes` are mistakes and warnings about the file as a whole; they grow while the rows are read."""

    kind: str  # csv or xlsx
    sheets: tuple[str, ...]
    sheet: str
    header: tuple[str, ...]
    header_row: int
    read: Rows
    notes: list[Mistake] = field(default_factory=list)

    def rows(self, columns: frozenset[int]) -> Iterator[Row]:
        """The rows below the header that hold anything in these columns. Ends with a note where the file cannot be read on."""
        count = 0
        try:
            for number, cells in self.read(columns):
                found = {position: text for position, cell in cells.items() if (text := _tidy(cell)) and position in columns}
                if number <= self.header_row or not found:
                    continue
                count += 1
                if count > MOST_ROWS:
                    self.notes.append(Mistake(number, "", _fault_of_many(), cell=at(number, 0)))
                    return
                yield Row(number, found, self.kind == "csv" and any(position >= len(self.header) for position in cells))
        except Unreadable as unreadable:
            self.notes.append(unreadable.mistake)

    def samples(self, most: int = 3) -> list[Row]:
        """The first rows, of all columns."""
        return list(islice(self.rows(frozenset(range(len(self.header)))), most))


@contextmanager
def opened(path: Path, *, sheet: str = "", is_name: Callable[[str], bool] = lambda _text: False) -> Iterator[Table]:
    """The table in a file. The header is the first row that holds at least two known names, else the first that holds anything.

    Raises Refused "file-…" or "sheet-unknown" for what is no table at all.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    _must_be_a_table(head, path)
    if head.startswith(ZIP):
        workbook = Workbook(archives.opened(path))
        try:
            part = _chosen(workbook.sheets, sheet)
            names = tuple(one.name for one in workbook.sheets)
            yield _table("xlsx", lambda columns: workbook.rows(part, columns), is_name, names, part.name)
        finally:
            workbook.close()
    else:
        try:
            manner = delimited.manner_of(path)
        except Unreadable as unreadable:
            yield Table("csv", (), "", (), 0, lambda _columns: iter(()), [unreadable.mistake])
            return
        table = _table("csv", lambda columns: _picked(path, manner, columns), is_name, (), "")
        table.notes[:0] = [manner.note] if manner.note else []
        yield table


def _must_be_a_table(head: bytes, path: Path) -> None:
    if head.startswith(OLD_EXCEL):
        with path.open("rb") as file:
            encrypted = any("EncryptedPackage".encode("utf-16-le") in piece for piece in iter(lambda: file.read(1024 * 1024), b""))
        raise Refused("file-encrypted" if encrypted else "file-old-excel")
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if code := next((code for mark, code in FOREIGN.items() if plain.startswith(mark)), None):
        raise Refused(code)
    if head.startswith(ZIP) and b"mimetypeapplication/vnd.oasis" in head[:128]:
        raise Refused("file-open-document")


def _chosen(parts: tuple[Part, ...], name: str) -> Part:
    if not name:
        return parts[0]
    found = next((part for part in parts if part.name == name), None)
    if found is None:
        raise Refused("sheet-unknown", sheet=name, sheets=", ".join(part.name for part in parts))
    return found


def _picked(path: Path, manner: delimited.Manner, columns: frozenset[int] | None) -> Iterator[tuple[int, dict[int, str]]]:
    for number, cells in delimited.rows(path, manner):
        last = max(columns, default=0) if columns else 0
        yield number, {position: cell for position, cell in enumerate(cells)
                       if columns is None or position in columns or (position > last and cell.strip())}


def _table(kind: str, read: Rows, is_name: Callable[[str], bool], sheets: tuple[str, ...], sheet: str) -> Table:
    first, torn = _beginning(read)
    number, cells = next(
        ((number, cells) for number, cells in first if sum(is_name(cell) for cell in cells.values()) > 1),
        next(((number, cells) for number, cells in first if any(cells.values())), (0, {})))
    last = max((position for position, cell in cells.items() if cell), default=-1)
    if last >= MOST_COLUMNS:
        raise Refused("file-too-wide", most=MOST_COLUMNS)
    header = tuple(cells.get(position, "") for position in range(last + 1))
    return Table(kind, sheets, sheet, header, number, read, [] if header else [torn or EMPTY])


def _beginning(read: Rows) -> tuple[list[tuple[int, dict[int, str]]], Mistake | None]:
    """The first rows, and what ended them if they could not be read on."""
    found: list[tuple[int, dict[int, str]]] = []
    try:
        for number, cells in islice(read(None), HEADER_WITHIN):
            found.append((number, {position: _tidy(cell) for position, cell in cells.items()}))
    except Unreadable as unreadable:
        return found, unreadable.mistake
    return found, None


def _tidy(cell: str) -> str:
    """A cell without space around it and without the apostrophe that keeps a spreadsheet from calculating it."""
    if isinstance(cell, Number | Broken):
        return cell
    text = " ".join(cell.split())
    return text[1:] if text[:1] == "'" and text[1:2] and (text[1] in FORMULA_STARTS or text[1].isdigit()) else text


def _fault_of_many() -> Fault:
    return Fault(N_("The file has more than %(most)s rows."), N_("Split it into several files."), (("most", str(MOST_ROWS)),))
