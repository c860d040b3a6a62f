"""Lists of participants: NIPs that were pasted or stand in a table, and what entering them would do."""

import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lms.base.errors import Refused
from lms.base.texts import N_
from lms.claims import queries
from lms.people.rules import Nip, read_nip
from lms.rosters import columns, sheets

Status = Literal["new", "there", "twice", "unknown", "wrong", "outside"]
STATUSES: dict[Status, str] = {
    "new": N_("will be entered"), "there": N_("takes part already, nothing happens"), "twice": N_("stands twice, counts once"),
    "unknown": N_("nobody has this NIP; correct it"), "wrong": N_("this is no NIP; write its 18 digits"),
    "outside": N_("is not of your unit; leave the line out, or ask the training office"),
}
FAULTS: frozenset[Status] = frozenset({"unknown", "wrong", "outside"})
MOST = 5000
LONGEST_NUMBER = 120
NIP_NAMES = frozenset(columns.plain(name) for name in ("nip", *columns.PEOPLE["nip"].names))
NUMBER_NAMES = frozenset(columns.plain(name) for name in (
    "nomor sertifikat", "nomor", "no sertifikat", "nomorSertipikat", "number", "no. sertifikat"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what was written, and what it means."""

    written: str
    number: str
    status: Status
    person_id: int = 0
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list would do; with one fault nothing is entered."""

    lines: tuple[Line, ...]

    def count(self, status: Status) -> int:
        """How many lines have a status."""
        return sum(line.status == status for line in self.lines)

    @property
    def faults(self) -> int:
        """How many lines have to be mended."""
        return sum(line.status in FAULTS for line in self.lines)

    @property
    def new(self) -> tuple[Line, ...]:
        """Those who would be entered."""
        return tuple(line for line in self.lines if line.status == "new")


def pasted(text: str) -> list[tuple[str, str]]:
    """(NIP, number of the certificate) of each line that holds anything; cells lie apart by tab, semicolon or comma.

    Raises Refused "list-long".
    """
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.replace(";", "\t").replace(",", "\t").split("\t")]
        if any(cells):
            found.append((cells[0], cells[1][:LONGEST_NUMBER] if len(cells) > 1 else ""))
    return _not_too_many(found)


def in_table(content: bytes) -> list[tuple[str, str]]:
    """(NIP, number of the certificate) of each row of a CSV or XLSX file. Raises Refused "file-…", "list-no-nip" or "list-long"."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(content)
        with sheets.opened(path, is_name=lambda text: columns.plain(text) in NIP_NAMES | NUMBER_NAMES) as table:
            names = [columns.plain(name) for name in table.header]
            nip = next((position for position, name in enumerate(names) if name in NIP_NAMES), None)
            number = next((position for position, name in enumerate(names) if name in NUMBER_NAMES), None)
            if nip is None:
                raise Refused("list-no-nip")
            wanted = frozenset(position for position in (nip, number) if position is not None)
            found = [(str(row.cells.get(nip, "")), str(row.cells.get(number, ""))[:LONGEST_NUMBER] if number is not None else "")
                     for row in table.rows(wanted)]
    return _not_too_many(found)


def looked_up(lines: Sequence[tuple[str, str]], *, paths: Collection[str], there: Collection[int]) -> Listed:
    """What entering these lines would do; `there` are the ids of those who take part already. One query for each thousand NIPs."""
    read = [(written, number, read_nip(written)) for written, number in lines]
    people = queries.people_by_nip({nip.text for _written, _number, nip in read if isinstance(nip, Nip)}, paths)
    seen: Counter[str] = Counter()
    found = []
    for written, number, nip in read:
        if not isinstance(nip, Nip):
            found.append(Line(written[:60], number, "wrong"))
            continue
        seen[nip.text] += 1
        row = people.get(nip.text)
        if row is None:
            found.append(Line(nip.text, number, "unknown"))
        elif not row.within:
            found.append(Line(nip.text, number, "outside"))
        else:
            status: Status = "twice" if seen[nip.text] > 1 else "there" if row.id in there else "new"
            found.append(Line(nip.text, number, status, row.id, row.name, row.unit))
    return Listed(tuple(found))


def written_out(lines: Iterable[tuple[str, str]]) -> str:
    """The lines as they can be pasted."""
    return "\n".join(f"{nip};{number}" if number else nip for nip, number in lines)


def _not_too_many(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if len(found) > MOST:
        raise Refused("list-long", most=MOST)
    return found
