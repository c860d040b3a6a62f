"""Reading of a list of people: what each cell may hold, and what a row as a whole says. Pure.

NIP: Perka BKN 22/2007. Digits 13-14 are a month for PNS and the number of the agreement (21 and more) for PPPK; sources differ,
so that they only warn. An empty cell, or one with a dash alone, changes nothing.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lms.base.texts import N_
from lms.people import careers, names
from lms.people.models import EMPLOYMENTS
from lms.people.rules import Nip, read_nip
from lms.rosters.cells import Broken, Number
from lms.rosters.columns import Layout
from lms.rosters.faults import Fault, Mistake, at, shown
from lms.rosters.placing import Units
from lms.rosters.sheets import TOO_WIDE, Row

Value = str | int | date | None
LONGEST = 200
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
LOST_DIGITS = 15  # a spreadsheet keeps no more of a number
EMPLOYMENT_NAMES = {**{name.casefold(): name for name in EMPLOYMENTS}, "pppk pw": "PPPK-PW"}
LEFT = re.compile(r"\b(pensiun|(di)?berhenti|pemberhentian|meninggal|wafat|tewas|pindah instansi|mutasi keluar)")
STILL_HERE = re.compile(r"persiapan pensiun|\bmpp\b|sementara")
ROLES = {
    "": "", "supervisor": "supervisor", "atasan": "supervisor", "atasan langsung": "supervisor", "learner": "learner", "peserta": "learner",
}
SEXES = {
    **dict.fromkeys(("1", "m", "l", "pria", "laki-laki", "laki laki"), "1"),
    **dict.fromkeys(("2", "f", "p", "w", "wanita", "perempuan"), "2"),
}
COPY_AGAIN = N_("Copy the NIP once more from the decree.")
NIP_FAULTS = {
    "nip-birth": Fault(N_("The first eight digits are no date of birth."), COPY_AGAIN),
    "nip-sex": Fault(N_("The fifteenth digit is neither 1 nor 2."), COPY_AGAIN),
    "nip-serial": Fault(N_("The last three digits are 000."), COPY_AGAIN),
}
NAME_FAULTS = {
    "name-missing": Fault(N_("The name is missing."), N_("Write the name with its titles.")),
    "name-long": Fault(N_("This text is longer than %(most)s signs."), N_("Shorten it."), (("most", str(LONGEST)),)),
    "name-signs": Fault(N_("This text has signs that cannot be printed."), N_("Type it once more.")),
    "name-marks": Fault(N_("This name has more accents on one letter than any language needs."), N_("Type it once more.")),
}
RANK_FAULTS = {
    "rank-unknown": N_("There is no rank %(rank)s."), "rank-not-of-pns": N_("%(rank)s is a rank of PPPK, and this person is PNS."),
    "rank-not-of-pppk": N_("%(rank)s is a rank of PNS, and this person is PPPK."),
}
LOST = Fault(N_("This NIP is stored as a number, of which a spreadsheet keeps 15 digits only; the last ones are lost."),
             N_("Format the column as text, copy the NIPs once more from their source and save."))
BROKEN = Fault(N_("This cell holds a formula without a result, or an error."), N_("Write the value itself into the cell."))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row without mistakes. `values` holds the columns of a person to be written, unit_id instead of unit.

    `role` is "", "supervisor" or "learner"; `supervisor` the NIP of who leads her; `left` what the row says of why she is gone.
    """

    row: int
    nip: str
    values: Mapping[str, Value]
    role: str = ""
    supervisor: str = ""
    left: str = ""


def nip_in(row: Row, layout: Layout, field: str) -> str:
    """The NIP in a field of a row, "" if it is none."""
    position = layout.positions.get(field)
    found = read_nip(row.cells.get(position, "")) if position is not None else ""
    return found.text if isinstance(found, Nip) else ""


class Reading:
    """One row as it is understood: its mistakes, its NIP, and an entry if there is no mistake."""

    def __init__(self, row: Row, layout: Layout, units: Units, stored: Any | None) -> None:
        """`stored` is the person's row in the database, if there is one."""
        self.row, self.mistakes = row.number, list[Mistake]()
        self._cells = {name: text for name, position in layout.positions.items() if (text := _filled(row.cells.get(position, "")))}
        self._layout, self._stored = layout, stored
        self._values: dict[str, Value] = {}
        self._role = self._supervisor = ""
        for name, text in self._cells.items():
            if isinstance(text, Broken):
                self._wrong(name, BROKEN)
        if row.too_wide:
            self.mistakes.append(Mistake(row.number, "", TOO_WIDE, cell=at(row.number, len(layout.header))))
        self.nip = self._read_nip()
        self._read(units, self.nip)

    def entry(self) -> Entry | None:
        """What is to be done; None if something is wrong."""
        if self.nip is None or any(one.level == "error" for one in self.mistakes):
            return None
        return Entry(self.row, self.nip.text, self._values, self._role, self._supervisor, self.left)

    @property
    def left(self) -> str:
        """What the row says of why the person is gone, "" if she is not."""
        standing = self._cells.get("standing", "")
        plain = standing.casefold()
        return shown(standing) if LEFT.search(plain) and not STILL_HERE.search(plain) else ""

    def _read(self, units: Units, nip: Nip | None) -> None:
        self._role, self._supervisor = self._read_role(), self._read_supervisor(nip)
        if nip is not None:
            self._compare(nip)
        if self.left:
            return  # of somebody who is gone nothing else is taken
        self._read_name()
        self._keep("unit_id", "unit", units.find(self._cells.get("unit", ""), self._cells.get("unit_above", "")))
        self._read_employment(nip)
        self._read_position()
        self._read_rank()
        self._read_email()
        for name in ("contract_start", "appointed_on"):
            if name in self._cells:
                self._keep(name, name, _day(self._cells[name]))

    def _compare(self, nip: Nip) -> None:
        self._compare_birth(nip)
        self._compare_sex(nip)
        if not self.left:
            self._warn_of_age(nip)

    def _read_nip(self) -> Nip | None:
        cell = self._cells.get("nip", "")
        if not cell:
            self._wrong("nip", Fault(N_("The NIP is missing."), N_("Write the 18 digits; spaces are allowed.")))
            return None
        found = _nip(cell)
        if isinstance(found, Fault):
            self._wrong("nip", found)
            return None
        return found

    def _read_name(self) -> None:
        name, before, after = (self._cells.get(one, "") for one in ("name", "front_title", "back_title"))
        whole = names.tidy(f"{before} {name}" + (f", {after}" if after else "")) if name else ""
        code = names.fault(whole)
        self._keep("name", "name", NAME_FAULTS[code] if code else whole)
        if not code and names.mixes_scripts(whole):
            self._warn("name", Fault(N_("This name mixes letters of two scripts that look alike."),
                                     N_("Type it once more if you doubt it.")))

    def _read_employment(self, nip: Nip | None) -> None:
        cell = self._cells.get("employment", "")
        found: Value | Fault = _employment(cell) if cell else ""
        if not cell and self._stored is None and nip is not None:
            found = nip.suggests or Fault(
                N_("The NIP does not say whether this is PNS or PPPK."), N_("Write PNS, PPPK or PPPK-PW."))
        if found:
            self._keep("employment", "employment", found)
        employment = str(self._values.get("employment", ""))
        if employment and nip is not None and nip.suggests and employment[:3] != nip.suggests[:3]:
            self._warn("employment", Fault(
                N_("Digits 13 and 14 of the NIP suggest %(suggests)s, not %(employment)s."), N_("Check it; if it is right, leave it."),
                (("suggests", nip.suggests), ("employment", employment))))

    def _read_position(self) -> None:
        position, kind = self._cells.get("position", ""), self._cells.get("position_kind", "")
        if position:
            self._keep("position", "position", _text(position))
        told = careers.kind_of_position(position)
        if not kind:
            if position and (self._stored is None or position != self._stored.position):
                self._values["position_kind"] = told
            return
        found = _position_kind(kind, self._cells.get("eselon", ""))
        self._keep("position_kind", "position_kind", told if found == "fungsional" and told else found)

    def _read_rank(self) -> None:
        cell = self._cells.get("rank", "")
        employment = str(self._values.get("employment") or getattr(self._stored, "employment", ""))
        if not cell or not employment:
            return
        found = careers.read_rank(cell, employment)
        self._keep("rank", "rank", found if isinstance(found, str) else Fault(
            RANK_FAULTS[found.code], N_("Write for example III/a for PNS or IX for PPPK."), (("rank", shown(cell)),)))

    def _read_email(self) -> None:
        name = next((one for one in ("email", "email_other") if one in self._cells), None)
        if name:
            self._keep("email", name, _email(self._cells[name]))

    def _read_role(self) -> str:
        cell = self._cells.get("role", "").casefold()
        if cell in ROLES:
            return ROLES[cell]
        self._wrong("role", Fault(
            N_("A list gives no other role than supervisor; %(role)s is not one of them."),
            N_("Write supervisor or learner, or leave the cell empty. Other roles are given on the page Roles."), (("role", shown(cell)),)))
        return ""

    def _read_supervisor(self, nip: Nip | None) -> str:
        cell = self._cells.get("supervisor", "")
        found = _nip(cell) if cell else ""
        if isinstance(found, Nip) and nip is not None and found.text == nip.text:
            found = Fault(N_("This person would be her own supervisor."), N_("Write another NIP, or leave the cell empty."))
        if isinstance(found, Fault):
            self._wrong("supervisor", found)
        return found.text if isinstance(found, Nip) else ""

    def _compare_birth(self, nip: Nip) -> None:
        born = _day(self._cells["birth"]) if "birth" in self._cells else None
        if isinstance(born, date) and born != nip.born:
            self._warn("birth", Fault(N_("The NIP says that this person was born on %(born)s."), N_("Check it; if it is right, leave it."),
                                      (("born", nip.born.isoformat()),)))

    def _compare_sex(self, nip: Nip) -> None:
        told = SEXES.get(self._cells.get("sex", "").casefold())
        if told and told != nip.text[14]:
            self._warn("sex", Fault(N_("The fifteenth digit of the NIP says otherwise (1 man, 2 woman)."),
                                    N_("Check it; if it is right, leave it.")))

    def _warn_of_age(self, nip: Nip) -> None:
        age = int(nip.text[8:12]) - nip.born.year
        if not 17 <= age <= 60:
            self._warn("nip", Fault(N_("By this NIP the person was appointed at the age of %(age)s."),
                                    N_("Check it; if it is right, leave it."), (("age", str(age)),)))

    def _keep(self, column: str, name: str, value: "Value | Fault") -> None:
        if isinstance(value, Fault):
            self._wrong(name, value)
        else:
            self._values[column] = value

    def _wrong(self, name: str, fault: Fault) -> None:
        if not any(one.column == self._named(name) for one in self.mistakes):
            self.mistakes.append(self.mistake(name, fault))

    def _warn(self, name: str, fault: Fault) -> None:
        self.mistakes.append(self.mistake(name, fault, level="warning"))

    def mistake(self, name: str, fault: Fault, *, level: str = "error") -> Mistake:
        """A mistake in one of the row's cells."""
        position = self._layout.positions.get(name)
        return Mistake(self.row, self._named(name), fault, level, cell=at(self.row, position) if position is not None else "",
                       value=shown(self._cells.get(name, "")))

    def _named(self, name: str) -> str:
        position = self._layout.positions.get(name)
        return self._layout.header[position] if position is not None else name


def _filled(cell: str) -> str:
    return "" if cell in {"-", "–", "--"} else cell


def _nip(cell: str) -> Nip | Fault:
    digits = re.sub(r"\s", "", cell)
    if (isinstance(cell, Number) and len(digits) > LOST_DIGITS) or re.fullmatch(r"[0-9][.,][0-9]+E\+?[0-9]+", digits.upper()):
        return LOST
    found = read_nip(cell)
    if isinstance(found, Nip):
        return found
    if found in NIP_FAULTS:
        return NIP_FAULTS[found]
    if re.fullmatch(r"[0-9]{9}", digits):
        return Fault(N_("This is an old NIP of nine digits."), N_("Write the NIP of 18 digits."))
    return Fault(N_("A NIP has 18 digits, this has %(count)s signs."), N_("Write the 18 digits; spaces are allowed."),
                 (("count", str(len(digits))),))


def _text(cell: str) -> str | Fault:
    text = unicodedata.normalize("NFC", cell)
    if len(text) > LONGEST:
        return NAME_FAULTS["name-long"]
    return text if text.isprintable() else NAME_FAULTS["name-signs"]


def _employment(cell: str) -> str | Fault:
    """PNS, PPPK or PPPK-PW; SIASN writes "PNS Daerah Kab./Kota" and "PPPK Paruh Waktu"."""
    plain = cell.casefold()
    if plain in EMPLOYMENT_NAMES:
        return EMPLOYMENT_NAMES[plain]
    if re.match(r"(pppk|p3k)\b", plain):
        return "PPPK-PW" if "paruh" in plain else "PPPK"
    if re.match(r"c?pns\b", plain):
        return "PNS"
    return Fault(N_("There is no employment %(employment)s."), N_("Write PNS, PPPK or PPPK-PW."), (("employment", shown(cell)),))


def _position_kind(cell: str, eselon: str) -> str | Fault:
    """SIASN writes "Jabatan Struktural" and leaves it to the eselon which one."""
    told = careers.read_position_kind(eselon) if eselon else ""
    if "struktural" in cell.casefold():
        return told if isinstance(told, str) else ""
    found = careers.read_position_kind(cell)
    return found if isinstance(found, str) else Fault(
        N_("There is no kind of position %(kind)s."),
        N_("Write for example administrator, pengawas, ahli muda, terampil or pelaksana, or leave the cell empty."),
        (("kind", shown(cell)),))


def _email(cell: str) -> str | Fault:
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+", cell):
        return Fault(N_("%(email)s is no e-mail address."), N_("Write it as name@office.go.id, or leave it empty."),
                     (("email", shown(cell)),))
    return _text(cell)


def _day(cell: str) -> date | Fault:
    day = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", cell)
    for form in DATES:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return Fault(N_("%(day)s is no date."), N_("Write it as 2025-06-01 or 01/06/2025."), (("day", shown(cell)),))

