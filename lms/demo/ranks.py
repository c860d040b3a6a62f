"""Ranks and positions that fit together, as SIASN writes them (PNS: golongan with pangkat; PPPK: golongan I to XVII alone)."""

from dataclasses import dataclass
from random import Random

PANGKAT = {
    "II/a": "Pengatur Muda", "II/b": "Pengatur Muda Tingkat I", "II/c": "Pengatur", "II/d": "Pengatur Tingkat I",
    "III/a": "Penata Muda", "III/b": "Penata Muda Tingkat I", "III/c": "Penata", "III/d": "Penata Tingkat I",
    "IV/a": "Pembina", "IV/b": "Pembina Tingkat I", "IV/c": "Pembina Utama Muda", "IV/d": "Pembina Utama Madya",
}


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is in the office; `schooling` as `names.full_name` takes it."""

    position: str
    rank: str
    schooling: str


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
    "kelurahan": ("Lurah", "III/d"), "kecamatan": ("Camat", "IV/a"), "pemerintah": ("Sekretaris Daerah", "IV/d"),
}


def officer(rng: Random, employment: str) -> Post:
    """The post of somebody who heads nothing."""
    if employment == "PNS":
        position, grades, schooling = rng.choice(OFFICER)
        return Post(position, with_pangkat(rng.choice(grades)), schooling)
    position, grade, schooling = rng.choice(CONTRACT)
    return Post(position, grade, schooling)


def head(kind: str, unit: str) -> Post:
    """The post of who heads a unit of this kind and name."""
    title, grade = HEADS.get(kind, ("Kepala", "IV/b"))
    place = unit.removeprefix("Kecamatan ").removeprefix("Kelurahan ")
    name = title if kind == "pemerintah" else f"{title} {place}"
    return Post(name, with_pangkat(grade), "master")


def with_pangkat(grade: str) -> str:
    """The rank as letters print it: "Penata Muda, III/a"."""
    return f"{PANGKAT[grade]}, {grade}"
