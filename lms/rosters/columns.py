"""Which column of a file means what: our own names, Indonesian ones, and those of BKN's exports (SIASN). Pure.

Names are compared without case, spaces and punctuation: "GOL. RUANG" and "gol_ruang" are one.
Source of the SIASN names: the profile export of SIASN instansi (70 columns, "PNS ID" to "ESELON NAMA") and the older unit lists.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from lms.base.texts import N_
from lms.rosters.faults import Fault, Mistake, at

Kind = Literal["people", "units"]
IGNORED = "-"  # a column that was looked at and is not wanted
ALL_OTHERS = "*"  # in what was chosen: the columns that nobody named


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column can hold: what it is called on pages, and the header names that mean it."""

    label: str
    names: tuple[str, ...]
    needed: bool = False


PEOPLE: Mapping[str, Field] = {
    "nip": Field(N_("NIP"), ("nip baru", "ni pppk", "nip pppk", "nip/ni pppk", "nomor induk pegawai"), needed=True),
    "name": Field(N_("Name"), ("nama", "nama lengkap", "nama pegawai"), needed=True),
    "front_title": Field(N_("Title before the name"), ("gelar depan",)),
    "back_title": Field(N_("Title after the name"), ("gelar belakang",)),
    "unit": Field(N_("Unit"), (
        "unit kerja", "unor nama", "unor", "nama unor", "unit organisasi", "opd", "perangkat daerah", "satuan kerja"), needed=True),
    "unit_above": Field(N_("Unit above the unit"), ("unor induk nama", "unor induk", "unor atasan nama", "unor atasan", "unit induk")),
    "employment": Field(N_("Employment"), ("jenis kepegawaian", "jenis pegawai nama", "jenis pegawai", "status kepegawaian", "jenis asn")),
    "position": Field(N_("Position"), ("jabatan", "jabatan nama", "nama jabatan")),
    "position_kind": Field(N_("Kind of position"), ("jenis jabatan", "jenis jabatan nama", "position kind")),
    "eselon": Field(N_("Eselon (tells the kind of a managerial position)"), ("eselon nama",)),
    "rank": Field(N_("Rank"), ("golongan", "gol akhir nama", "gol ruang", "golongan ruang", "gol ruang akhir", "gol", "pangkat golongan")),
    "supervisor": Field(N_("NIP of the supervisor"), ("nip atasan", "nip atasan langsung", "atasan")),
    "role": Field(N_("Role"), ("peran",)),
    "email": Field(N_("E-mail"), ("surel", "email gov", "email dinas", "surel dinas", "e-mail")),
    "email_other": Field(N_("E-mail, if there is none of the office"), ("email pribadi", "surel pribadi")),
    "contract_start": Field(N_("Start of the agreement"), (
        "mulai perjanjian", "tmt perjanjian", "tmt pppk", "tmt kontrak", "contract start")),
    "appointed_on": Field(N_("Appointed on"), ("tmt cpns", "appointed on", "tanggal pengangkatan")),
    "standing": Field(N_("Legal standing (leaving)"), ("kedudukan hukum nama", "kedudukan hukum")),
    "birth": Field(N_("Date of birth (only compared with the NIP)"), ("tanggal lahir", "tgl lahir")),
    "sex": Field(N_("Sex (only compared with the NIP)"), ("jenis kelamin", "l/p")),
}
UNITS: Mapping[str, Field] = {
    "code": Field(N_("Code"), ("kode", "kode unit", "unor id", "id unor", "unor id siasn"), needed=True),
    "parent": Field(N_("Code of the unit above"), ("induk", "kode induk", "unor induk id", "unor atasan id", "diatasan id", "id atasan",
                                                   "id unor atasan"), needed=True),
    "name": Field(N_("Name"), ("nama", "nama unit", "unor nama", "nama unor", "unit kerja"), needed=True),
    "kind": Field(N_("Kind"), ("jenis", "jenis unit", "jenis unor", "eselon nama", "eselon")),
}
FIELDS: Mapping[Kind, Mapping[str, Field]] = {"people": PEOPLE, "units": UNITS}
LEFT_OUT: Mapping[Kind, tuple[str, ...]] = {  # columns that such files have and that are of no use here, so that nobody is asked about them
    "people": (
        "no", "no urut", "nomor", "pns id", "asn id", "nip lama", "tempat lahir id", "tempat lahir nama", "tempat lahir", "agama id",
        "agama nama", "agama", "jenis kawin id", "jenis kawin nama", "nik", "nomor hp", "no hp", "alamat", "npwp nomor", "npwp", "bpjs",
        "jenis pegawai id", "kedudukan hukum id", "status cpns pns", "kartu asn virtual", "nomor sk cpns", "tanggal sk cpns",
        "nomor sk pns", "tanggal sk pns", "tmt pns", "gol awal id", "gol awal nama", "gol akhir id", "tmt golongan", "tmt golongan akhir",
        "mk tahun", "mk bulan", "jenis jabatan id", "jabatan id", "tmt jabatan", "tingkat pendidikan id", "tingkat pendidikan nama",
        "pendidikan id", "pendidikan nama", "pendidikan terakhir nama", "tahun lulus", "kpkn id", "kpkn nama", "lokasi kerja id",
        "lokasi kerja nama",
        "unor id", "unor induk id", "instansi induk id", "instansi induk nama", "instansi kerja id", "instansi kerja nama",
        "satuan kerja induk id", "satuan kerja induk nama", "satuan kerja kerja id", "satuan kerja kerja nama", "is valid nik",
        "nama sekolah", "flag ikd", "eselon id", "tmt eselon", "pangkat", "kode cepat"),
    "units": ("no", "nomor", "eselon id", "nama jabatan", "unor induk nama", "unor induk", "unor atasan", "unor atasan nama", "instansi id",
              "instansi nama", "hierarki", "aktif", "jenis unor id"),
}
Mapped = Mapping[str, str]  # plain header name: field, or IGNORED


def plain(name: str) -> str:
    """A header name as it is compared."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def known(kind: Kind) -> Mapped:
    """What the names that we know mean."""
    meant = {plain(name): IGNORED for name in LEFT_OUT[kind]}
    for name, field in FIELDS[kind].items():
        meant |= {plain(one): name for one in (name, *field.names)}
    return meant


def is_name(kind: Kind, text: str) -> bool:
    """Whether a cell is the name of a column that we know."""
    return plain(text) in known(kind)


def signature(kind: Kind, header: Sequence[str]) -> str:
    """The same for all files of a kind whose header has the same names in the same order."""
    return hashlib.sha256("\n".join((kind, *map(plain, header))).encode()).hexdigest()


@dataclass(frozen=True)
class Layout:
    """What each column of a file means: by position a field, IGNORED, or "" where nobody knows."""

    kind: Kind
    header: tuple[str, ...]
    meant: tuple[str, ...]
    row: int = 1  # of the header

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each field stands."""
        return {name: position for position, name in enumerate(self.meant) if name not in {"", IGNORED}}

    @property
    def is_clear(self) -> bool:
        """Whether somebody has said of every column what it holds, and nothing that is needed is missing."""
        return "" not in self.meant and not list(mistakes(self))


def layout(kind: Kind, header: Sequence[str], chosen: Mapped, *, row: int = 1) -> Layout:
    """What each column means: as was chosen by hand (plain name: field), else by its name."""
    meant = {**known(kind), **chosen}
    rest = chosen.get(ALL_OTHERS, "")
    found = [meant.get(plain(name), rest) if name else IGNORED for name in header]
    if kind == "people" and not {"email", plain("email")} & {*chosen, *chosen.values()}:
        _prefer_office_address(header, found)
    return Layout(kind, tuple(header), tuple(found), row)


def _prefer_office_address(header: Sequence[str], found: list[str]) -> None:
    """SIASN's EMAIL is a private address where EMAIL GOV stands beside it."""
    private = [position for position, name in enumerate(found) if name == "email" and plain(header[position]) == "email"]
    if found.count("email") > len(private):
        for position in private:
            found[position] = "email_other"


def mistakes(layout: Layout) -> Iterator[Mistake]:
    """What is wrong with the columns as they are understood."""
    for position, (name, meant) in enumerate(zip(layout.header, layout.meant, strict=True)):
        fault = _fault(layout, name, meant)
        if fault:
            yield Mistake(layout.row, name, fault, cell=at(layout.row, position), value=name)
    for name, field in FIELDS[layout.kind].items():
        if field.needed and name not in layout.meant:
            yield Mistake(layout.row, name, Fault(
                N_("The column %(field)s is missing."), N_("Add it to the header, or say under Columns which one it is."),
                (("field", name),)))


def _fault(layout: Layout, name: str, meant: str) -> Fault | None:
    if not meant:
        return Fault(N_("Nobody has said what the column %(column)s holds."), N_("Say it under Columns, or leave the column out."),
                     (("column", name),))
    if meant != IGNORED and layout.meant.count(meant) > 1:
        return Fault(N_("Two columns hold the same: %(field)s."), N_("Say under Columns which one is meant, and leave the other out."),
                     (("field", meant),))
    return None
