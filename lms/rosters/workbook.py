"""An XLSX file read row by row in constant memory, values only.

Nothing is built as a tree: the parts are read as events by a parser that refuses document types, entities and external references
(defusedxml). Texts that many cells share lie in a temporary file, for they can be larger than all the rest. Formulas are never
calculated; what the spreadsheet stored as their result is taken.
Source: ECMA-376-1, 18.3 (worksheets), 18.4 (shared strings), 18.8.30 (number formats).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from lms.base.errors import Refused
from lms.rosters.cells import Broken, Number
from lms.rosters.shared_texts import SharedTexts

PIECE = 64 * 1024
WORKBOOK, RELATIONS, STYLES, SHARED = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"
LARGEST_TABLE_OF_CONTENTS = 4 * 1024 * 1024
LONGEST_TEXT = 32_767  # of a cell, by Excel's specification
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # number formats that are dates everywhere
LONGEST_TAG = 1024 * 1024
DAMAGE = (SAXException, DefusedXmlException, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OverflowError,
          NotImplementedError)


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet: its name and the entry that holds it."""

    name: str
    entry: str


class Workbook:
    """An open XLSX file. Raises Refused "file-damaged" wherever it turns out to be none."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        try:
            self._read_contents()
            self._texts = SharedTexts(_texts(archive, SHARED) if SHARED in archive.namelist() else ())
        except DAMAGE:
            archive.close()
            raise Refused("file-damaged") from None

    def _read_contents(self) -> None:
        book = _Contents()
        for entry in (RELATIONS, WORKBOOK, STYLES):
            if entry != STYLES or STYLES in self.archive.namelist():
                if self.archive.getinfo(entry).file_size > LARGEST_TABLE_OF_CONTENTS:
                    raise ValueError(entry)
                for _ in _events(self.archive, entry, book):
                    pass
        self.sheets = tuple(Part(name, book.targets[relation]) for name, relation in book.sheets if relation in book.targets)
        if not self.sheets:
            raise ValueError("no sheet")
        self._dates = book.dates()
        self._epoch = date(1904, 1, 1) if book.from_1904 else date(1899, 12, 30)

    def rows(self, part: Part, columns: frozenset[int] | None = None) -> Iterator[tuple[int, dict[int, str]]]:
        """(number, {position: text}) of each row that has cells; of all columns or of those at these positions, from 0."""
        sheet = _Sheet(columns, self._texts, self._dates, self._epoch)
        try:
            for _ in _events(self.archive, part.entry, sheet):
                yield from sheet.taken()
        except DAMAGE:
            raise Refused("file-damaged") from None

    def close(self) -> None:
        """Give back what is open."""
        self._texts.close()
        self.archive.close()


def _events(archive: zipfile.ZipFile, entry: str, handler: ContentHandler) -> Iterator[None]:
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    place: tuple[int | None, int | None] = (0, 0)
    still = 0
    with archive.open(entry) as source:
        while piece := source.read(PIECE):
            parser.feed(piece)
            yield
            now = (parser.getLineNumber(), parser.getColumnNumber())
            place, still = now, still + len(piece) if now == place else 0
            if still > LONGEST_TAG:  # the parser keeps an unfinished tag in memory
                raise ValueError(entry)
    parser.close()
    yield


def _texts(archive: zipfile.ZipFile, entry: str) -> Iterator[str]:
    handler = _Texts()
    for _ in _events(archive, entry, handler):
        yield from handler.found
        handler.found.clear()


class _Contents(ContentHandler):
    """Names of the sheets, where they lie, and which cell styles are dates."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.targets: dict[str, str] = {}
        self.from_1904 = False
        self._formats: dict[str, str] = {}
        self._styles: list[str] = []
        self._in_styles = False

    def startElement(self, name: str, attrs: "AttributesImpl[str]") -> None:
        """Take what this element says."""
        tag = _local(name)
        said = {_local(key): value for key, value in attrs.items()}
        if tag == "sheet":
            relation = next((value for key, value in attrs.items() if key.endswith(":id")), "")
            self.sheets.append((said.get("name", ""), relation))
        elif tag == "Relationship" and said.get("Type", "").endswith("/worksheet") and said.get("TargetMode") != "External":
            target = said.get("Target", "")
            self.targets[said.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        elif tag == "workbookPr":
            self.from_1904 = said.get("date1904") in {"1", "true"}
        elif tag == "numFmt":
            self._formats[said.get("numFmtId", "")] = said.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_styles = True
        elif tag == "xf" and self._in_styles:
            self._styles.append(said.get("numFmtId", "0"))

    def endElement(self, name: str) -> None:
        """Leave the cell styles."""
        if _local(name) == "cellXfs":
            self._in_styles = False

    def dates(self) -> frozenset[str]:
        """Numbers of the cell styles that show a number as a date."""
        return frozenset(str(number) for number, one in enumerate(self._styles) if self._is_date(one))

    def _is_date(self, number: str) -> bool:
        if number not in self._formats:
            return number.isdigit() and int(number) in DATES
        signs = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.', "", self._formats[number])
        return bool(re.search(r"[dmyDMY]", signs)) and "General" not in signs


class _Texts(ContentHandler):
    """The texts that cells share, in their order; readings for Japanese (`rPh`) are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._pieces, self._length = list[str](), 0
        self._open = self._phonetic = False

    def startElement(self, name: str, attrs: "AttributesImpl[str]") -> None:
        """Begin a text."""
        tag = _local(name)
        if tag == "si":
            self._pieces, self._length = [], 0
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t":
            self._open = not self._phonetic

    def endElement(self, name: str) -> None:
        """End it."""
        tag = _local(name)
        if tag == "t":
            self._open = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self.found.append("".join(self._pieces)[:LONGEST_TEXT])

    def characters(self, content: str) -> None:
        """A piece of it."""
        if self._open and self._length < LONGEST_TEXT:
            self._pieces.append(content)
            self._length += len(content)


class _Sheet(ContentHandler):
    """Rows as they end."""

    def __init__(self, columns: frozenset[int] | None, texts: SharedTexts, dates: frozenset[str], epoch: date) -> None:
        super().__init__()
        self._columns, self._texts, self._dates, self._epoch = columns, texts, dates, epoch
        self._rows: list[tuple[int, dict[int, str]]] = []
        self._row, self._position, self._cells = 0, -1, dict[int, str]()
        self._kind, self._style, self._formula = "", "", False
        self._pieces, self._length = list[str](), 0
        self._open = self._wanted = False

    def taken(self) -> list[tuple[int, dict[int, str]]]:
        """The rows that have ended since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def startElement(self, name: str, attrs: "AttributesImpl[str]") -> None:
        """Begin a row, a cell or its value."""
        tag = _local(name)
        if tag == "c":
            self._position = _position(attrs.get("r")) if "r" in attrs else self._position + 1
            self._wanted = self._columns is None or self._position in self._columns
            self._kind, self._style, self._formula = attrs.get("t", "n"), attrs.get("s", "0"), False
            self._pieces, self._length = [], 0
        elif tag in {"v", "t"}:
            self._open = self._wanted
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._row = int(attrs["r"]) if "r" in attrs else self._row + 1
            if not 0 < self._row <= LAST_ROW:
                raise ValueError(self._row)
            self._position, self._cells = -1, {}

    def endElement(self, name: str) -> None:
        """End it."""
        tag = _local(name)
        if tag in {"v", "t"}:
            self._open = False
        elif tag == "c":
            if self._wanted and (text := self._value()):
                self._cells[self._position] = text
        elif tag == "row":
            self._rows.append((self._row, self._cells))

    def characters(self, content: str) -> None:
        """A piece of a value."""
        if self._open and self._length < LONGEST_TEXT:
            self._pieces.append(content)
            self._length += len(content)

    def _value(self) -> str:
        raw = "".join(self._pieces)[:LONGEST_TEXT]
        if self._kind == "s":
            return self._texts[int(raw)] if raw else ""
        if self._kind in {"str", "inlineStr"}:
            return raw
        if self._kind == "e" or (self._formula and not raw):
            return Broken(raw or "=…")
        if self._kind in {"b", "d"}:
            return {"1": "TRUE", "0": "FALSE"}.get(raw, raw[:10] if self._kind == "d" else raw)
        if raw and self._style in self._dates:
            return self._day(raw)
        return _number(raw) if raw else ""

    def _day(self, raw: str) -> str:
        try:
            return (self._epoch + timedelta(days=int(float(raw)))).isoformat()
        except (ValueError, OverflowError):
            return Broken(raw)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _position(reference: str | None) -> int:
    letters = re.match(r"[A-Z]{1,3}", (reference or "").upper())
    if letters is None:
        raise ValueError(reference)
    position = 0
    for letter in letters[0]:
        position = position * 26 + ord(letter) - 64
    if position > LAST_COLUMN:
        raise ValueError(reference)
    return position - 1


def _number(raw: str) -> str:
    """A number as a person would write it: 3 for 3.0; the file's own digits where it has many."""
    value = float(raw)
    if value.is_integer() and abs(value) < 1e15:
        return Number(int(value))
    return Number(raw)
