"""Ranks and positions of civil servants as the state's personnel system (SIASN) names them. Pure.

Words: rank = golongan, its name = pangkat; kind of position = jenis jabatan. Canonical values, as the tables keep them: a rank is
"III/a" for a PNS and "IX" for a PPPK (full time or part time); a kind of position is a key of POSITION_KINDS.

Sources: ids and names of ranks, ids of eselon: reference tables of SIASN (BKN). Ranks I to XVII of PPPK: Perpres 98/2020 as amended
by Perpres 11/2024; they have no name. Kinds of position, managerial and non-managerial: UU 20/2023; classes of executing positions:
PermenPANRB 45/2022.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lms.base.texts import N_

PANGKAT: Mapping[str, str] = {
    "I/a": "Juru Muda", "I/b": "Juru Muda Tingkat I", "I/c": "Juru", "I/d": "Juru Tingkat I",
    "II/a": "Pengatur Muda", "II/b": "Pengatur Muda Tingkat I", "II/c": "Pengatur", "II/d": "Pengatur Tingkat I",
    "III/a": "Penata Muda", "III/b": "Penata Muda Tingkat I", "III/c": "Penata", "III/d": "Penata Tingkat I",
    "IV/a": "Pembina", "IV/b": "Pembina Tingkat I", "IV/c": "Pembina Utama Muda", "IV/d": "Pembina Utama Madya", "IV/e": "Pembina Utama",
}
"""The 17 ranks of a PNS with their names, from the lowest."""

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII")
"""The 17 ranks of a PPPK, from the lowest."""

SIASN_RANKS: Mapping[str, str] = {
    f"{group}{step}": f"{ROMAN[group - 1]}/{letter}"
    for group in (1, 2, 3, 4) for step, letter in enumerate("abcde", 1) if step < 5 or group == 4
}
"""SIASN's id of each rank of a PNS: "31" is III/a."""

ESELON: Mapping[str, str] = {
    "10": "I", "11": "I.a", "12": "I.b", "21": "II.a", "22": "II.b", "31": "III.a", "32": "III.b", "41": "IV.a", "42": "IV.b",
    "51": "V.a", "52": "V.b", "99": "",
}
"""SIASN's id of each eselon; 99 is none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no rank or no kind of position; `code` is that of a refusal."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PositionKind:
    """A kind of position; `label` is an English msgid, `names` are what lists of offices call it."""

    label: str
    names: tuple[str, ...]
    managerial: bool = False


POSITION_KINDS: Mapping[str, PositionKind] = {
    "jpt-utama": PositionKind(N_("Senior executive, first class"), (
        "jpt utama", "jabatan pimpinan tinggi utama", "pimpinan tinggi utama"), True),
    "jpt-madya": PositionKind(N_("Senior executive, second class"), (
        "jpt madya", "jabatan pimpinan tinggi madya", "pimpinan tinggi madya"), True),
    "jpt-pratama": PositionKind(N_("Senior executive, third class"), (
        "jpt pratama", "jabatan pimpinan tinggi pratama", "pimpinan tinggi pratama", "ii.a", "ii.b"), True),
    "administrator": PositionKind(N_("Administrator (managerial)"), ("administrator", "jabatan administrator", "iii.a", "iii.b"), True),
    "pengawas": PositionKind(N_("Supervisory official"), ("pengawas", "jabatan pengawas", "iv.a", "iv.b"), True),
    "ahli-utama": PositionKind(N_("Functional expert, principal"), ("ahli utama",)),
    "ahli-madya": PositionKind(N_("Functional expert, senior"), ("ahli madya",)),
    "ahli-muda": PositionKind(N_("Functional expert, junior"), ("ahli muda",)),
    "ahli-pertama": PositionKind(N_("Functional expert, first"), ("ahli pertama",)),
    "penyelia": PositionKind(N_("Functional skilled, overseer"), ("penyelia",)),
    "mahir": PositionKind(N_("Functional skilled, advanced"), ("mahir",)),
    "terampil": PositionKind(N_("Functional skilled, skilled"), ("terampil",)),
    "pemula": PositionKind(N_("Functional skilled, beginner"), ("pemula",)),
    "fungsional": PositionKind(N_("Functional, without level"), ("fungsional", "jabatan fungsional", "jabatan fungsional tertentu", "jft")),
    "klerek": PositionKind(N_("Executing, clerk"), ("klerek",)),
    "operator": PositionKind(N_("Executing, operator"), ("operator",)),
    "teknisi": PositionKind(N_("Executing, technician"), ("teknisi",)),
    "pelaksana": PositionKind(N_("Executing, without class"), ("pelaksana", "jabatan pelaksana", "jabatan fungsional umum", "jfu")),
}
"""The kinds of position, managerial ones first; "" in the tables means that it is not recorded."""

OF_ESELON: Mapping[str, str] = {
    "11": "jpt-utama", "12": "jpt-madya", "21": "jpt-pratama", "22": "jpt-pratama", "31": "administrator", "32": "administrator",
    "41": "pengawas", "42": "pengawas",
}
_KINDS = {name: kind for kind, one in POSITION_KINDS.items() for name in (kind, *one.names)}
_WRITTEN = re.compile(r"(?:(?P<name>[^(),]+?)[,\s–-]*)?\(?\b(?P<group>IV|I{1,3})\s*[/.\- ]?\s*(?P<letter>[a-e])\)?", re.IGNORECASE)
_LEVEL = re.compile(r"\b(ahli (?:utama|madya|muda|pertama)|penyelia|mahir|terampil|pemula)$")


def read_rank(text: str, employment: str) -> str | Fault:
    """The canonical rank in a text, "" if it is empty; for a PNS "III/a", "IIIa", "Penata Muda (III/a)", "Penata Muda, III/a",
    "Penata Muda" and SIASN's "31" are the same, for a PPPK "IX" and "9".

    Faults: "rank-unknown" for what is no rank, "rank-not-of-pns" and "rank-not-of-pppk" for one of the other employment.
    """
    plain = " ".join(text.split())
    if not plain:
        return ""
    of_pns, of_pppk = _rank_of_pns(plain), _rank_of_pppk(plain)
    if employment == "PNS":
        return of_pns or Fault("rank-not-of-pns" if of_pppk else "rank-unknown", plain)
    return of_pppk or Fault("rank-not-of-pppk" if of_pns else "rank-unknown", plain)


def shown_rank(rank: str) -> str:
    """A rank as letters print it: "Penata Muda (III/a)", "IX"; a text that is no canonical rank as it is."""
    return f"{PANGKAT[rank]} ({rank})" if rank in PANGKAT else rank


def read_position_kind(text: str) -> str | Fault:
    """The key of the kind of position that a text names, "" if it is empty. Fault "position-kind-unknown"."""
    plain = " ".join(text.casefold().replace("_", " ").replace(" - ", " ").split())
    if not plain:
        return ""
    found = _KINDS.get(plain) or _KINDS.get(plain.replace(" ", "-")) or OF_ESELON.get(plain) or _level(plain)
    return found or Fault("position-kind-unknown", " ".join(text.split()))


def kind_of_position(position: str) -> str:
    """The kind that the name of a functional position tells: "Arsiparis Ahli Muda" is ahli-muda; "" where it tells none."""
    return _level(" ".join(position.casefold().split())) or ""


def _level(plain: str) -> str | None:
    found = _LEVEL.search(plain)
    return found[1].replace(" ", "-") if found else None


def _rank_of_pns(plain: str) -> str | None:
    if plain in SIASN_RANKS:
        return SIASN_RANKS[plain]
    named = _BY_PANGKAT.get(plain.casefold())
    if named:
        return named
    written = _WRITTEN.fullmatch(plain)
    if written is None:
        return None
    rank = f"{written['group'].upper()}/{written['letter'].lower()}"
    name = written["name"]
    if rank not in PANGKAT or (name and _BY_PANGKAT.get(name.strip().casefold(), rank) != rank):
        return None
    return rank if not name or _BY_PANGKAT.get(name.strip().casefold()) or name.strip().casefold() in _PREFIXES else None


_PREFIXES = frozenset({"golongan", "gol", "gol.", "gol. ruang", "golongan ruang"})
_BY_PANGKAT = {
    **{name.casefold(): rank for rank, name in PANGKAT.items()},
    **{name.casefold().replace("tingkat i", "tk. i"): rank for rank, name in PANGKAT.items()},
    **{name.casefold().replace("tingkat i", "tk.i"): rank for rank, name in PANGKAT.items()},
    **{name.casefold().replace("tingkat i", "tk i"): rank for rank, name in PANGKAT.items()},
}


def _rank_of_pppk(plain: str) -> str | None:
    bare = re.sub(r"^(golongan|gol\.?)\s+", "", plain, flags=re.IGNORECASE)
    if bare.isascii() and bare.isdigit() and len(bare) <= 2 and 1 <= int(bare) <= len(ROMAN):
        return ROMAN[int(bare) - 1]
    return bare.upper() if bare.upper() in ROMAN else None
