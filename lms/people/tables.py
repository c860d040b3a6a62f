"""Tables that offices send as CSV: delimiter, byte order mark and header names are found out, every mistake is located. Pure."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.base.errors import Refused
from lms.base.texts import N_

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell and what to write instead; English msgids with the values they need."""

    message: str
    remedy: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A fault in its place; rows are counted as a spreadsheet does, the header being row 1."""

    row: int
    column: str
    fault: Fault
    level: str = "error"

    def what(self, gettext: Callable[..., str]) -> str:
        """What is wrong, in the reader's language."""
        return str(gettext(self.fault.message, **dict(self.fault.params)))

    def remedy(self, gettext: Callable[..., str]) -> str:
        """What to write instead, in the reader's language."""
        return str(gettext(self.fault.remedy, **dict(self.fault.params)))


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table, by column."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What could be read: the columns that are there, the rows that are not empty."""

    columns: frozenset[str]
    records: tuple[Record, ...]
    mistakes: tuple[Mistake, ...]


def decode(content: bytes) -> str:
    """The text of an uploaded file. Raises Refused "file-not-utf8"."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("file-not-utf8") from None


def read(text: str, columns: Names, *, required: Collection[str]) -> Table:
    """The table in a text. `columns` gives for each column the header names that mean it."""
    rows, broken = _rows(text.removeprefix("\ufeff"))
    if not rows:
        return Table(frozenset(), (), (broken or Mistake(1, "", Fault(
            N_("The file is empty."), N_("Write the header in row 1 and the people below it."))),))
    header = _header(rows[0][1], columns)
    mistakes = [*_header_mistakes(rows[0][1], header, columns, required), *([broken] if broken else [])]
    records = tuple(_record(number, cells, header) for number, cells in rows[1:] if any(cell.strip() for cell in cells))
    mistakes += [_too_wide(number) for number, cells in rows[1:] if len([*filter(str.strip, cells[len(header):])])]
    return Table(frozenset(name for name in header if name), records, tuple(mistakes))


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], Mistake | None]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(reader, 1):
            found.append((number, cells))
    except csv.Error:
        return found, Mistake(len(found) + 1, "", Fault(
            N_("From here on the rows cannot be told apart: a quotation mark is not closed, or a sign is no text."),
            N_("Close the quotation mark, or save the file from the spreadsheet once more as CSV UTF-8.")))
    return found, None


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def _header(cells: Sequence[str], columns: Names) -> list[str]:
    meant = {_plain(name): column for column, names in columns.items() for name in (column, *names)}
    return [meant.get(_plain(cell), "") for cell in cells]


def _header_mistakes(cells: Sequence[str], header: Sequence[str], columns: Names, required: Collection[str]) -> Iterator[Mistake]:
    allowed = ", ".join(columns)
    for cell, column in zip(cells, header, strict=True):
        if not column and cell.strip():
            yield Mistake(1, cell.strip(), Fault(N_("This column is not known."), N_("Use these columns: %(allowed)s."),
                                                 (("allowed", allowed),)))
        elif column and header.count(column) > 1:
            yield Mistake(1, cell.strip(), Fault(N_("This column stands twice in the header."), N_("Keep one of them.")))
    for column in required:
        if column not in header:
            yield Mistake(1, column, Fault(N_("This column is missing."), N_("Add it to the header in row 1.")))


def _record(number: int, cells: Sequence[str], header: Sequence[str]) -> Record:
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return Record(number, {column: " ".join(cell.split()) for column, cell in zip(header, padded, strict=False) if column})


def _too_wide(number: int) -> Mistake:
    return Mistake(number, "", Fault(N_("This row has more cells than the header."),
                                     N_("Put a value that holds the delimiter between quotation marks.")))
