"""Tables of technical competencies and of assessment centres: read with all their mistakes, kept, then written, all or nothing."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal

from sqlalchemy import delete, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import Refused
from lms.base.texts import N_
from lms.competencies import queries, rules, service, standards
from lms.competencies.models import CompetencyFile
from lms.people.models import Person
from lms.people.rules import read_nip
from lms.rosters import sheets
from lms.rosters.columns import plain
from lms.rosters.faults import Fault, Mistake, Mistakes, at, shown
from lms.rosters.sheets import Row, Table

Kind = Literal["technical", "assessment"]
KEEP = timedelta(hours=24)
MOST_ROWS = {"technical": 1_000, "assessment": 100_000}
LONGEST = 1000
SEPARATOR = "|"
_LEVELS: Mapping[str, tuple[str, ...]] = {
    **{f"level_{number}": (f"level {number}", f"deskripsi level {number}", f"deskripsi {number}") for number in rules.LEVELS},
    **{f"indicators_{number}": (f"indikator {number}", f"indikator level {number}") for number in rules.LEVELS},
}
COLUMNS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {  # field: other names it may have in the header
    "technical": {"code": ("kode",), "name": ("nama", "kompetensi"), "definition": ("definisi",), **_LEVELS},
    "assessment": {"nip": ("nip baru",), "code": ("kode", "kode kompetensi", "kompetensi"), "level": ("hasil", "level kompetensi"),
                   "date": ("tanggal", "tanggal asesmen", "tanggal penilaian"), "source": ("sumber", "penyelenggara", "lembaga")},
}
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "technical": ("code", "name", "definition", *(f"level_{number}" for number in rules.LEVELS)),
    "assessment": ("nip", "code", "level", "date", "source"),
}
SAMPLES: Mapping[Kind, tuple[str, ...]] = {
    "technical": ("T.01", "Penyusunan Peraturan Daerah", "Kemampuan menyusun rancangan peraturan daerah.", *(
        text for number in rules.LEVELS for text in (f"Deskripsi level {number}", f"Indikator pertama {SEPARATOR} Indikator kedua"))),
    "assessment": ("198609262015051001", "M.5", "2", "2026-02-17", "UPT Penilaian Kompetensi"),
}
HEADERS: Mapping[Kind, tuple[str, ...]] = {
    "technical": ("code", "name", "definition", *(name for number in rules.LEVELS for name in (f"level_{number}", f"indicators_{number}"))),
    "assessment": NEEDED["assessment"],
}
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,29}")
EMPTY_CELL = Fault(N_("This cell is empty."), N_("Fill it in; without it the row says too little."))


@dataclass
class Read:
    """What a table says, and its mistakes; `rows` are complete only without a mistake."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    mistakes: Mistakes = field(default_factory=Mistakes)


def take_in(content: IO[bytes], name: str, kind: Kind, *, by: int) -> Read:
    """Read a table; without a mistake it is kept for a day, in place of the one that waited before.

    Raises Refused "file-…" for what is no table.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        with path.open("wb") as file:
            while piece := content.read(1024 * 1024):
                file.write(piece)
        found = read(path, kind)
    if not found.mistakes.errors:
        with transaction():
            hold(f"person:{by}")
            db.session.execute(delete(CompetencyFile).where(CompetencyFile.person_id == by, CompetencyFile.kind == kind))
            db.session.execute(delete(CompetencyFile).where(CompetencyFile.created_at < clock.now() - KEEP))
            db.session.add(CompetencyFile(person_id=by, kind=kind, name=_harmless(name), rows=found.rows, created_at=clock.now()))
    return found


def waiting(kind: Kind, by: int) -> CompetencyFile | None:
    """The table of this kind that waits to be confirmed. One query."""
    return db.session.scalars(select(CompetencyFile).where(
        CompetencyFile.person_id == by, CompetencyFile.kind == kind, CompetencyFile.created_at >= clock.now() - KEEP)).first()


def cancel(kind: Kind, *, by: int) -> None:
    """Throw the waiting table away."""
    with transaction():
        db.session.execute(delete(CompetencyFile).where(CompetencyFile.person_id == by, CompetencyFile.kind == kind))


def confirm(kind: Kind, file_id: int, *, by: int) -> int:
    """Write the table that was shown; gives how many rows were new. Raises Refused "competency-file-gone", or
    "competency-file-stale" if what it names has changed meanwhile."""
    with transaction():
        hold(standards.KEY)
        row = waiting(kind, by)
        if row is None or row.id != file_id:
            raise Refused("competency-file-gone")
        known = _Known.now(kind)
        if any(True for one in row.rows for _fault in known.faults(one)):
            raise Refused("competency-file-stale")
        count = len(row.rows)
        if kind == "technical":
            for one in row.rows:
                standards.add_row(one, by=by)
        else:
            count = service.record_many([_result(one, known) for one in row.rows])
        audit.record(f"competency.imported-{kind}", "competencies", detail={"name": row.name, "rows": count})
        db.session.delete(row)
        return count


def read(path: Path, kind: Kind) -> Read:
    """The rows of a table and all its mistakes, each with its cell. Raises Refused "file-…" for what is no table."""
    names = {plain(text): name for name, others in COLUMNS[kind].items() for text in (name, *others)}
    found = Read()
    with sheets.opened(path, is_name=lambda text: plain(text) in names) as table:
        places: dict[str, int] = {}
        for place, text in enumerate(table.header):
            places.setdefault(names.get(plain(text), ""), place)
        places.pop("", None)
        missing = [name for name in NEEDED[kind] if name not in places]
        found.mistakes.add(table.notes)
        found.mistakes.add(_lacking(table, missing) if table.header else ())
        if not missing and table.header:
            _read_rows(table, places, _Known.now(kind), found)
            found.mistakes.add(note for note in table.notes if note not in list(found.mistakes))
    if not found.rows and not found.mistakes.errors:
        found.mistakes.add([Mistake(0, "", Fault(N_("The table has no rows."), N_("Write one entry in each row below the header.")))])
    return found


def _lacking(table: Table, missing: Sequence[str]) -> Iterator[Mistake]:
    for name in missing:
        yield Mistake(table.header_row, name, Fault(
            N_("The column %(column)s is missing."), N_("Add it to the header; its names stand below."), (("column", name),)))


def _read_rows(table: Table, places: Mapping[str, int], known: "_Known", found: Read) -> None:
    seen: dict[Any, int] = {}
    for row in table.rows(frozenset(places.values())):
        if len(found.rows) >= MOST_ROWS[known.kind]:
            found.mistakes.add([Mistake(row.number, "", Fault(
                N_("The file has more than %(most)s rows."), N_("Split it into several files."), (("most", str(MOST_ROWS[known.kind])),)))])
            return
        values, faults = _values(known.kind, row, places)
        if not faults:
            faults = list(known.faults(values))
            mark = known.mark(values)
            if mark in seen:
                faults.append((known.first, Fault(N_("Row %(row)s says the same already."), N_("Leave one of the two out."),
                                                  (("row", str(seen[mark])),))))
            seen.setdefault(mark, row.number)
        found.mistakes.add(
            Mistake(row.number, table.header[places[name]] if name in places else name, fault,
                    cell=at(row.number, places[name]) if name in places else "", value=shown(row.cells.get(places.get(name, -1), "")))
            for name, fault in faults)
        found.rows.append(values)


def _values(kind: Kind, row: Row, places: Mapping[str, int]) -> tuple[dict[str, Any], list[tuple[str, Fault]]]:
    """The row as it will be kept, and the cells that say nothing sensible."""
    cells = {name: str(row.cells.get(place, "")) for name, place in places.items()}
    faults = [(name, EMPTY_CELL) for name in NEEDED[kind] if not cells.get(name)]
    faults += [(name, Fault(N_("This text is too long."), N_("Use at most %(most)s characters."), (("most", str(LONGEST)),)))
               for name, text in cells.items() if len(text) > LONGEST]
    if faults:
        return cells, faults
    return (_technical(cells), []) if kind == "technical" else _assessed(cells)


def _technical(cells: Mapping[str, str]) -> dict[str, Any]:
    return {"code": cells["code"], "name": cells["name"], "definition": cells["definition"], "levels": [
        {"description": cells[f"level_{number}"],
         "indicators": [one.strip() for one in cells.get(f"indicators_{number}", "").split(SEPARATOR) if one.strip()]}
        for number in rules.LEVELS]}


def _assessed(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, Fault]]]:
    faults: list[tuple[str, Fault]] = []
    if isinstance(read_nip(cells["nip"]), str):
        faults.append(("nip", Fault(N_("This is no NIP of 18 digits."), N_("Format the column as text and write the NIP once more."))))
    if cells["level"] not in {str(level) for level in rules.LEVELS}:
        faults.append(("level", Fault(N_("A level is a whole number from 1 to 5."), N_("Write 1, 2, 3, 4 or 5."))))
    day = _day(cells["date"])
    if day is None:
        faults.append(("date", Fault(
            N_("%(day)s is no date."), N_("Write it as 2025-06-01 or 01/06/2025."), (("day", shown(cells["date"])),))))
    elif day > clock.today():
        faults.append(("date", Fault(N_("This day lies in the future."), N_("Write the day of the assessment."))))
    return {**cells, "nip": "".join(cells["nip"].split()), "date": day.isoformat() if day else ""}, faults


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None


@dataclass
class _Known:
    """What stands in the database, against which rows are held."""

    kind: Kind
    codes: set[str]
    people: dict[str, int]

    @classmethod
    def now(cls, kind: Kind) -> "_Known":
        """As it stands now. At most two queries."""
        if kind == "technical":
            return cls(kind, standards.taken(), {})
        rows = db.session.execute(select(Person.nip, Person.id).where(Person.active)).all()
        return cls(kind, {one.code for one in queries.dictionary()}, {row.nip: row.id for row in rows})

    @property
    def first(self) -> str:
        """The column by which a row that stands twice is named."""
        return "code" if self.kind == "technical" else "nip"

    def mark(self, values: Mapping[str, Any]) -> Any:
        """What no two rows may share."""
        return values["code"].casefold() if self.kind == "technical" else (values["nip"], values["code"], values["date"])

    def faults(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
        """What is wrong with a sound row as things stand."""
        return self._technical(values) if self.kind == "technical" else self._assessment(values)

    def _technical(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
        if values["code"] in self.codes:
            yield "code", Fault(
                N_("There is a competency with this code already."), N_("Write another code, or change that one on its page."))
        elif not CODE.fullmatch(values["code"]):
            yield "code", Fault(N_("This is no code."), N_("Use letters, digits, dots and hyphens, at most 30, for example T.01."))

    def _assessment(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
        if values["nip"] not in self.people:
            yield "nip", Fault(N_("There is no active person with this NIP."), N_("Check the NIP, or leave the row out."))
        if values["code"] not in self.codes:
            yield "code", Fault(N_("The dictionary has no competency with this code."), N_("Write a code such as M.5, see the dictionary."))


def _result(one: Mapping[str, Any], known: _Known) -> service.Shown:
    day = date.fromisoformat(one["date"])
    return service.Shown(known.people[one["nip"]], one["code"], int(one["level"]), "assessment", f"{one['source']}:{one['date']}",
                         one["source"], day, source=one["source"])


def _harmless(name: str) -> str:
    return "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())[-120:] or "–"
