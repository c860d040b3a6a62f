"""A CSV file read row by row: encoding and delimiter are found out, and where it cannot be read on is said with its place."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from lms.base.texts import N_
from lms.rosters.faults import Fault, Mistake

PIECE = 1024 * 1024
LONGEST_LINE = 1024 * 1024
DELIMITERS = (";", ",", "\t", "|")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NOT_UTF8 = Fault(
    N_("The file is not UTF-8 (line %(line)s, sign %(column)s); it was read as Windows-1252."),
    N_("Look at names with accents. To be sure, save the file from the spreadsheet once more as CSV UTF-8."))
NO_TEXT = Fault(
    N_("From line %(line)s, sign %(column)s on the file is no text."),
    N_("Save it from the spreadsheet once more, as XLSX or as CSV UTF-8."))
TORN = Fault(
    N_("From here on the rows cannot be told apart: a quotation mark is not closed, or a sign is no text."),
    N_("Close the quotation mark, or save the file from the spreadsheet once more as CSV UTF-8."))


class Unreadable(Exception):
    """The table cannot be read on; the mistake says where and what to do."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake)
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is written; `note` is a warning about it."""

    encoding: str
    delimiter: str
    note: Mistake | None = None


def manner_of(path: Path) -> Manner:
    """Found out by reading the file once. Raises Unreadable."""
    with path.open("rb") as file:
        head = file.read(4)
    encoding = next((name for mark, name in MARKS if head.startswith(mark)), "utf-8")
    note = None
    place = _first_fault(path, encoding)
    if place is not None and encoding == "utf-8":
        encoding, note, place = "cp1252", Mistake(1, "", _placed(NOT_UTF8, place), "warning"), _first_fault(path, "cp1252")
    if place is not None:
        raise Unreadable(Mistake(place[0], "", _placed(NO_TEXT, place)))
    with path.open(encoding=encoding, newline="") as file_:
        return Manner(encoding, _delimiter(file_.readline(LONGEST_LINE)), note)


def rows(path: Path, manner: Manner) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row; the number is that of a spreadsheet. Raises Unreadable."""
    number = 0
    with path.open(encoding=manner.encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=manner.delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                yield number, cells
        except (csv.Error, _TooLong):
            raise Unreadable(Mistake(number + 1, "", TORN)) from None


class _TooLong(Exception):
    pass


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise _TooLong
        yield line


def _delimiter(header: str) -> str:
    """The sign that stands most often in the header outside of quotation marks; a comma if none does."""
    outside = "".join(header.split('"')[::2])
    counts = {sign: outside.count(sign) for sign in DELIMITERS}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else ","


def _first_fault(path: Path, encoding: str) -> tuple[int, int] | None:
    """(line, sign), both from 1, of the first byte that is no text in this encoding, or of the first NUL; None if all is text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, column = 1, 0
    with path.open("rb") as file:
        while True:
            piece = file.read(PIECE)
            try:
                text, broken = decoder.decode(piece, final=not piece), False
            except UnicodeDecodeError as error:
                text, broken = _before(error, encoding), True
            if "\0" in text:
                text, broken = text[:text.index("\0")], True
            line, column = _moved(line, column, text)
            if broken:
                return line, column + 1
            if not piece:
                return None


def _before(error: UnicodeDecodeError, encoding: str) -> str:
    sound = error.object[:error.start]
    return bytes(sound).decode("utf-8" if encoding == "utf-8-sig" else encoding, "replace")


def _moved(line: int, column: int, text: str) -> tuple[int, int]:
    ends = text.count("\n")
    return line + ends, len(text) - text.rindex("\n") - 1 if ends else column + len(text)


def _placed(fault: Fault, place: tuple[int, int]) -> Fault:
    return Fault(fault.message, fault.remedy, (("line", str(place[0])), ("column", str(place[1]))))
