"""Lists of trainings with the columns of SIASN (`kursus/save` and `diklat/save`), row by row.

Beside the columns of the interface there is `nip`, for `pnsOrangId` is not known to offices; a list of courses names its trainings
(`namaKursus`) and their form (`jenisDiklatId`), a list of structural training its `latihanStrukturalNama`. Dates are d-m-Y.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lms.base.texts import N_
from lms.claims.rules import MOST_JP, fault_of_days, form_of_siasn
from lms.claims.trainings import Facts
from lms.people.rules import Nip, read_nip
from lms.rosters.cells import Broken, Number
from lms.rosters.columns import plain
from lms.rosters.faults import Fault, Mistake, at, shown
from lms.rosters.sheets import Row

LONGEST = 200
LOST_DIGITS = 15
DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y")
NIP = ("nip", "nip baru", "nipBaru", "nip/ni pppk", "ni pppk")
COURSE: Mapping[str, tuple[str, ...]] = {
    "nip": NIP, "title": ("namaKursus", "nama kursus"), "organiser": ("institusiPenyelenggara", "penyelenggara"),
    "form": ("jenisDiklatId", "jenisDiklat", "jenis diklat id"), "jp": ("jumlahJam", "jumlah jam"),
    "number": ("nomorSertipikat", "nomor sertifikat", "nomorSertifikat"), "year": ("tahunKursus",),
    "from_on": ("tanggalKursus",), "until_on": ("tanggalSelesaiKursus",), "scope": ("lingkup",), "place": ("tempat",), "basis": ("dasar",),
}
STRUCTURAL: Mapping[str, tuple[str, ...]] = {
    "nip": NIP, "title": ("latihanStrukturalNama", "namaDiklat", "nama diklat"), "title_code": ("latihanStrukturalId",),
    "organiser": ("institusiPenyelenggara", "penyelenggara"), "jp": ("jumlahJam", "jumlah jam"), "number": ("nomor",), "year": ("tahun",),
    "from_on": ("tanggal",), "until_on": ("tanggalSelesai",), "scope": ("lingkup",), "place": ("tempat",), "basis": ("dasar",),
}
TEMPLATES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # header and a row that shows what to write
    "kursus": (
        ("nip", "instansiId", "institusiPenyelenggara", "jenisDiklatId", "jenisKursus", "jenisKursusSertipikat", "jumlahJam", "lokasiId",
         "namaKursus", "nomorSertipikat", "pnsOrangId", "tahunKursus", "tanggalKursus", "tanggalSelesaiKursus"),
        ("198609262015051001", "", "BPSDM Provinsi Sumatera Utara", "8", "", "T", "16", "", "Bimtek Pengelolaan Arsip Digital",
         "123/BIMTEK/2025", "", "2025", "04-08-2025", "05-08-2025")),
    "diklat": (
        ("nip", "bobot", "id", "institusiPenyelenggara", "jenisKompetensi", "jumlahJam", "latihanStrukturalId", "latihanStrukturalNama",
         "nomor", "pnsOrangId", "tahun", "tanggal", "tanggalSelesai"),
        ("198609262015051001", "", "", "Lembaga Administrasi Negara", "", "900", "", "Pelatihan Kepemimpinan Pengawas",
         "456/PKP/2025", "", "2025", "03-02-2025", "13-06-2025")),
}
NEEDED = ("nip", "title", "organiser", "from_on", "until_on")
SCOPES = {"": "national", "nasional": "national", "national": "national", "internasional": "international",
          "international": "international"}
DAY_FAULTS = {
    "training-early": Fault(N_("This day lies before 1990."), N_("Check the year.")),
    "training-future": Fault(N_("This day lies in the future."), N_("Enter a training once it is over.")),
    "training-order": Fault(N_("The last day lies before the first."), N_("Write a later last day.")),
    "training-long": Fault(N_("The training would last more than a year."), N_("Check both days.")),
}
LOST = Fault(N_("This NIP is stored as a number, of which a spreadsheet keeps 15 digits only; the last ones are lost."),
             N_("Format the column as text, copy the NIPs once more from their source and save."))
BROKEN = Fault(N_("This cell holds a formula without a result, or an error."), N_("Write the value itself into the cell."))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row without mistakes: who took part in what."""

    row: int
    nip: str
    facts: Facts
    number: str


@dataclass(frozen=True)
class Columns:
    """Where each field stands in a list, and what the list is: "kursus" or "diklat"."""

    kind: str
    header: tuple[str, ...]
    positions: Mapping[str, int]

    def missing(self) -> list[str]:
        """The columns that are needed and are not there, by the first of their names."""
        names = COURSE if self.kind == "kursus" else STRUCTURAL
        there = {*self.positions, *(["title"] if "title_code" in self.positions else [])}
        found = [names[field][0] for field in NEEDED if field not in there]
        return found if self.kind == "diklat" or "form" in self.positions else [*found, names["form"][0]]


def columns(header: tuple[str, ...]) -> Columns:
    """What a header means. A list with `tanggalKursus` or `namaKursus` is one of courses, else it is one of structural training."""
    there = [plain(name) for name in header]
    kind = "kursus" if {plain("namaKursus"), plain("tanggalKursus"), plain("jenisDiklatId")} & set(there) else "diklat"
    fields = COURSE if kind == "kursus" else STRUCTURAL
    found = {}
    for field, names in fields.items():
        position = next((there.index(plain(name)) for name in names if plain(name) in there), None)
        if position is not None:
            found[field] = position
    return Columns(kind, header, found)


def is_name(text: str) -> bool:
    """Whether a cell is the name of a column that we know."""
    return plain(text) in _NAMES


_NAMES = frozenset(plain(name) for header, _row in TEMPLATES.values() for name in header) | frozenset(
    plain(name) for fields in (COURSE, STRUCTURAL) for names in fields.values() for name in names)


class Reading:
    """One row as it is understood: an entry, or its mistakes."""

    def __init__(self, row: Row, where: Columns, today: date) -> None:
        self.row, self.mistakes = row.number, list[Mistake]()
        self._cells = {name: row.cells.get(position, "") for name, position in where.positions.items()}
        self._where, self._today = where, today
        for name, cell in self._cells.items():
            if isinstance(cell, Broken):
                self._wrong(name, BROKEN)
        self.nip = self._read_nip()
        self._facts = self._read()

    def entry(self) -> Entry | None:
        """What the row says; None if something is wrong."""
        if self.mistakes or self._facts is None:
            return None
        return Entry(self.row, self.nip, self._facts, self._text("number"))

    def mistake(self, name: str, fault: Fault) -> Mistake:
        """A mistake in one of the row's cells."""
        position = self._where.positions.get(name)
        column = self._where.header[position] if position is not None else name
        return Mistake(self.row, column, fault, cell=at(self.row, position) if position is not None else "",
                       value=shown(str(self._cells.get(name, ""))))

    def _read(self) -> Facts | None:
        title, organiser = self._read_title(), self._needed("organiser")
        form, jp, scope = self._read_form(), self._read_jp(), self._read_scope()
        first, last = self._read_day("from_on"), self._read_day("until_on")
        if first and last:
            self._compare_days(first, last)
        self._compare_year(first)
        if self.mistakes or not first or not last:
            return None
        return Facts(title, organiser, form, first, last, scope=scope, jp=jp, place=self._text("place"), basis=self._text("basis"))

    def _read_nip(self) -> str:
        cell = self._cells.get("nip", "")
        digits = re.sub(r"\s", "", cell)
        if (isinstance(cell, Number) and len(digits) > LOST_DIGITS) or re.fullmatch(r"[0-9][.,][0-9]+E\+?[0-9]+", digits.upper()):
            self._wrong("nip", LOST)
            return ""
        found = read_nip(cell)
        if isinstance(found, Nip):
            return found.text
        self._wrong("nip", Fault(N_("This is no NIP."), N_("Write its 18 digits; spaces are allowed.")))
        return ""

    def _read_title(self) -> str:
        if not self._text("title") and self._text("title_code"):
            return f"Pelatihan struktural (kode {self._text('title_code')})"
        return self._needed("title")

    def _read_form(self) -> str:
        if self._where.kind == "diklat":
            return "structural"
        cell = self._cells.get("form", "")
        found = form_of_siasn(int(cell)) if cell.isascii() and cell.isdecimal() and len(cell) < 4 else None
        if found is None:
            self._wrong("form", Fault(
                N_("There is no jenisDiklat %(code)s."), N_("Write a number from 1 to 25, for example 8 for a bimtek."),
                (("code", shown(str(cell)) or "–"),)))
        return found or ""

    def _read_jp(self) -> Decimal | None:
        cell = self._cells.get("jp", "").replace(",", ".")
        if not cell:
            return None
        try:
            jp = Decimal(cell)
        except InvalidOperation:
            jp = Decimal(-1)
        if not jp.is_finite() or not 0 < jp <= MOST_JP:
            self._wrong("jp", Fault(
                N_("%(jp)s is no number of JP."), N_("Write a number above 0, for example 16."), (("jp", shown(cell)),)))
            return None
        return jp

    def _read_scope(self) -> str:
        cell = self._text("scope").casefold()
        if cell not in SCOPES:
            self._wrong("scope", Fault(N_("%(scope)s is neither nasional nor internasional."), N_("Write one of the two, or nothing."),
                                       (("scope", shown(cell)),)))
        return SCOPES.get(cell, "national")

    def _read_day(self, name: str) -> date | None:
        cell = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", self._cells.get(name, ""))
        for form in DATES:
            try:
                return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day, not a moment
            except ValueError:
                continue
        self._wrong(name, Fault(N_("%(day)s is no date."), N_("Write it as 04-08-2025."), (("day", shown(cell) or "–"),)))
        return None

    def _compare_days(self, first: date, last: date) -> None:
        fault = fault_of_days(first, None, self._today)
        if fault:
            self._wrong("from_on", DAY_FAULTS[fault])
        elif (fault := fault_of_days(first, last, self._today)) is not None:
            self._wrong("until_on", DAY_FAULTS[fault])

    def _compare_year(self, first: date | None) -> None:
        year = self._text("year")
        if year and first and year != str(first.year):
            self._wrong("year", Fault(N_("The year is not that of the first day."), N_("Write %(year)s, or mend the day."),
                                      (("year", str(first.year)),)))

    def _needed(self, name: str) -> str:
        text = self._text(name)
        if not text:
            self._wrong(name, Fault(N_("This cell is empty."), N_("It is needed; fill it in.")))
        return text

    def _text(self, name: str) -> str:
        text = str(self._cells.get(name, ""))
        if len(text) > LONGEST or not text.isprintable():
            self._wrong(name, Fault(N_("This text is too long or has signs that cannot be printed."),
                                    N_("Use at most %(most)s plain signs."), (("most", str(LONGEST)),)))
            return ""
        return text

    def _wrong(self, name: str, fault: Fault) -> None:
        found = self.mistake(name, fault)
        if not any(one.column == found.column for one in self.mistakes):
            self.mistakes.append(found)
