"""Ranks and positions that fit together (PNS: I/a to IV/e; PPPK: I to XVII)."""

from dataclasses import dataclass
from random import Random

from lms.people.careers import kind_of_position

EXECUTING = {"Klerek": "klerek", "Pengadministrasi Perkantoran": "klerek", "Operator Layanan Operasional": "operator"}


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is in the office; `schooling` as `names.full_name` takes it."""

    position: str
    rank: str
    schooling: str
    kind: str = ""


OFFICER = (
    ("Klerek", ("II/a", "II/b", "II/c"), "none"),
    ("Operator Layanan Operasional", ("II/b", "II/c", "II/d"), "diploma"),
    ("Pengelola Layanan Operasional", ("II/c", "II/d", "III/a"), "diploma"),
    ("Penelaah Teknis Kebijakan", ("III/a", "III/b"), "bachelor"),
    ("Penata Layanan Operasional", ("III/a", "III/b", "III/c"), "bachelor"),
    ("Arsiparis Terampil", ("II/c", "II/d"), "diploma"),
    ("Pranata Komputer Ahli Pertama", ("III/a", "III/b"), "bachelor"),
    ("Analis Kebijakan Ahli Muda", ("III/c", "III/d"), "master"),
    ("Kepala Seksi Pelayanan Umum", ("III/c", "III/d"), "bachelor"),
)
CONTRACT = (
    ("Pengadministrasi Perkantoran", "V", "none"),
    ("Operator Layanan Operasional", "V", "none"),
    ("Pengelola Layanan Operasional", "VII", "diploma"),
    ("Penata Layanan Operasional", "IX", "bachelor"),
    ("Pranata Komputer Ahli Pertama", "IX", "bachelor"),
)
HEADS = {
    "kelurahan": ("Lurah", "III/d", "pengawas"), "kecamatan": ("Camat", "IV/a", "administrator"),
    "pemerintah": ("Sekretaris Daerah", "IV/d", "jpt-pratama"),
}


def officer(rng: Random, employment: str) -> Post:
    """The post of somebody who heads nothing."""
    if employment == "PNS":
        position, grades, schooling = rng.choice(OFFICER)
        return Post(position, rng.choice(grades), schooling, kind_of(position))
    position, grade, schooling = rng.choice(CONTRACT)
    return Post(position, grade, schooling, kind_of(position))


def head(kind: str, unit: str) -> Post:
    """The post of who heads a unit of this kind and name."""
    title, grade, level = HEADS.get(kind, ("Kepala", "IV/b", "jpt-pratama"))
    place = unit.removeprefix("Kecamatan ").removeprefix("Kelurahan ")
    name = title if kind == "pemerintah" else f"{title} {place}"
    return Post(name, grade, "master", level)


def kind_of(position: str) -> str:
    """The kind of a position that heads no unit: its level if it is functional, else that of those who execute."""
    if position.startswith("Kepala Seksi"):
        return "pengawas"
    return kind_of_position(position) or EXECUTING.get(position, "pelaksana")
