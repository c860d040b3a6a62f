"""Reading of a list of people: what each cell may hold, NIP rules and their warnings, units by code or name. Pure.

NIP: Perka BKN 22/2007. Digits 13-14 are a month for PNS and the number of the agreement (21 and more) for PPPK; sources differ,
so that they only warn.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches

from lms.base.texts import N_
from lms.people.models import EMPLOYMENTS, ROLES
from lms.people.rules import Nip, read_nip
from lms.people.tables import Fault, Mistake, Record, Table

COLUMNS = {
    "nip": ("ni pppk",), "name": ("nama",), "unit": ("unit kerja",), "employment": ("jenis kepegawaian",), "position": ("jabatan",),
    "rank": ("golongan",), "role": ("peran",), "email": ("surel",), "contract_start": ("mulai perjanjian",),
}
REQUIRED = ("nip", "name", "unit")
ROLE_NAMES = {**{role: role for role in ROLES}, "peserta": "learner", "pengajar": "trainer", "fasilitator": "trainer",
              "widyaiswara": "trainer", "atasan": "supervisor", "atasan langsung": "supervisor", "administrator": "admin"}
EMPLOYMENT_NAMES = {**{name.casefold(): name for name in EMPLOYMENTS}, "pppk pw": "PPPK-PW", "pppk paruh waktu": "PPPK-PW"}
LONGEST = 200
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
NIP_FAULTS = {
    "nip-birth": Fault(N_("The first eight digits are no date of birth."), N_("Copy the NIP once more from the decree.")),
    "nip-sex": Fault(N_("The fifteenth digit is neither 1 nor 2."), N_("Copy the NIP once more from the decree.")),
    "nip-serial": Fault(N_("The last three digits are 000."), N_("Copy the NIP once more from the decree.")),
}
Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row without mistakes; `values` holds the columns that are to be written, unit_id instead of unit."""

    row: int
    nip: str
    values: Mapping[str, Value]


@dataclass
class Units:
    """The units by code and by name."""

    codes: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    asked: dict[str, int | Fault] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, str]]) -> "Units":
        """From (id, code, name)."""
        units = cls()
        for number, code, name in rows:
            units.codes[code.casefold()] = number
            units.names.setdefault(name.casefold(), []).append(number)
            units.written[name.casefold()] = name
        return units

    def find(self, text: str) -> int | Fault:
        """The id of the unit that is meant."""
        wanted = text.casefold()
        if wanted not in self.asked:
            self.asked[wanted] = self._find(text, wanted)
        return self.asked[wanted]

    def _find(self, text: str, wanted: str) -> int | Fault:
        if not wanted:
            return Fault(N_("The unit is missing."), N_("Write the unit's code or its exact name."))
        if wanted in self.codes:
            return self.codes[wanted]
        found = self.names.get(wanted, [])
        if len(found) == 1:
            return found[0]
        if found:
            return Fault(N_("Several units are named %(unit)s."), N_("Write the unit's code instead."), (("unit", text),))
        near = get_close_matches(wanted, self.written, n=1, cutoff=0.6)
        if near:
            return Fault(N_("There is no unit %(unit)s."), N_("Do you mean %(near)s? Write that name or its code."),
                         (("unit", text), ("near", self.written[near[0]])))
        return Fault(N_("There is no unit %(unit)s."), N_("Write the code or the exact name of a unit of the list."), (("unit", text),))


def check(table: Table, units: Units, *, known: Iterable[str]) -> tuple[list[Entry], list[Mistake]]:
    """The entries of a table and its mistakes, both in the order of rows. `known` are the NIPs that are in the database."""
    entries: list[Entry] = []
    mistakes = [*table.mistakes]
    if not set(REQUIRED) <= table.columns:
        return entries, mistakes
    present, seen = frozenset(known), dict[str, int]()
    for record in table.records:
        found = _Row(record, units, present)
        mistakes += [*found.mistakes, *_twice(record, found.nip, seen)]
        if found.nip is not None and not any(mistake.level == "error" for mistake in found.mistakes):
            entries.append(Entry(record.row, found.nip.text, found.values))
    return entries, mistakes


def _twice(record: Record, nip: Nip | None, seen: dict[str, int]) -> Iterator[Mistake]:
    if nip is None:
        return
    first = seen.setdefault(nip.text, record.row)
    if first != record.row:
        yield Mistake(record.row, "nip", Fault(N_("This NIP stands in row %(first)s already."), N_("Keep one of the two rows."),
                                               (("first", str(first)),)))


class _Row:
    """One row while it is read."""

    def __init__(self, record: Record, units: Units, known: frozenset[str]) -> None:
        self.row, self.mistakes = record.row, list[Mistake]()
        self.values: dict[str, Value] = {}
        self.nip = self._read_nip(record.cells["nip"])
        self._keep("unit_id", "unit", units.find(record.cells["unit"]))
        for column, reader in READERS.items():
            if column in record.cells:
                self._keep(column, column, reader(record.cells[column]))
        if self.nip is not None:
            self._fill(self.nip, new=self.nip.text not in known)
            self._warn(self.nip)

    def _read_nip(self, cell: str) -> Nip | None:
        read = read_nip(cell.removeprefix("'"))
        if isinstance(read, Nip):
            return read
        self._keep("nip", "nip", NIP_FAULTS.get(read) or _digits_fault(cell))
        return None

    def _keep(self, name: str, column: str, value: "Value | Fault") -> None:
        if isinstance(value, Fault):
            self.mistakes.append(Mistake(self.row, column, value))
        else:
            self.values[name] = value

    def _fill(self, nip: Nip, *, new: bool) -> None:
        """An empty role or employment keeps what is stored; of somebody new it is the usual one."""
        for column in ("role", "employment"):
            if self.values.get(column) == "":
                del self.values[column]
        if new and not any(mistake.column == "employment" for mistake in self.mistakes) and "employment" not in self.values:
            self._keep("employment", "employment", nip.suggests or Fault(
                N_("The NIP does not say whether this is PNS or PPPK."), N_("Write PNS, PPPK or PPPK-PW.")))

    def _warn(self, nip: Nip) -> None:
        employment = self.values.get("employment")
        if employment and nip.suggests and str(employment)[:3] != nip.suggests[:3]:
            self._warning("employment", Fault(
                N_("Digits 13 and 14 of the NIP suggest %(suggests)s, not %(employment)s."), N_("Check it; if it is right, leave it."),
                (("suggests", nip.suggests), ("employment", str(employment)))))
        age = int(nip.text[8:12]) - nip.born.year
        if not 17 <= age <= 60:
            self._warning("nip", Fault(N_("By this NIP the person was appointed at the age of %(age)s."),
                                       N_("Check it; if it is right, leave it."), (("age", str(age)),)))

    def _warning(self, column: str, fault: Fault) -> None:
        self.mistakes.append(Mistake(self.row, column, fault, "warning"))


def _digits_fault(cell: str) -> Fault:
    if re.fullmatch(r"[0-9][.,][0-9]+E\+?[0-9]+", cell.upper()):
        return Fault(N_("The spreadsheet has turned the NIP into the number %(cell)s."),
                     N_("Format the column as text, write the NIPs again and save once more."), (("cell", cell),))
    digits = re.sub(r"\s", "", cell)
    if re.fullmatch(r"[0-9]{9}", digits):
        return Fault(N_("This is an old NIP of nine digits."), N_("Write the NIP of 18 digits."))
    return Fault(N_("A NIP has 18 digits, this has %(count)s signs."), N_("Write the 18 digits; spaces are allowed."),
                 (("count", str(len(digits))),))


def _name(cell: str) -> str | Fault:
    return _text(cell) if cell else Fault(N_("The name is missing."), N_("Write the name with its titles."))


def _text(cell: str) -> str | Fault:
    if len(cell) > LONGEST:
        return Fault(N_("This text is longer than %(most)s signs."), N_("Shorten it."), (("most", str(LONGEST)),))
    if not cell.isprintable():
        return Fault(N_("This text has signs that cannot be printed."), N_("Type it once more."))
    return cell


def _role(cell: str) -> str | Fault:
    return "" if not cell else ROLE_NAMES.get(cell.casefold()) or Fault(
        N_("There is no role %(role)s."), N_("Write learner, trainer, supervisor or admin, or leave it empty."), (("role", cell),))


def _employment(cell: str) -> str | Fault:
    return "" if not cell else EMPLOYMENT_NAMES.get(cell.casefold()) or Fault(
        N_("There is no employment %(employment)s."), N_("Write PNS, PPPK or PPPK-PW."), (("employment", cell),))


def _email(cell: str) -> str | None | Fault:
    if cell and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", cell):
        return Fault(N_("%(email)s is no e-mail address."), N_("Write it as name@office.go.id, or leave it empty."), (("email", cell),))
    return _text(cell) if cell else None


def _day(cell: str) -> date | None | Fault:
    for form in DATES:
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return Fault(N_("%(day)s is no date."), N_("Write it as 2025-06-01 or 01/06/2025."), (("day", cell),)) if cell else None


READERS: Mapping[str, Callable[[str], Value | Fault]] = {
    "name": _name, "employment": _employment, "position": _text, "rank": _text, "role": _role, "email": _email, "contract_start": _day,
}
