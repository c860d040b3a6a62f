"""Names as one meets them in the offices of Pematangsiantar: Simalungun, Toba, Karo, Mandailing, Javanese, Minang, Malay, Nias."""

from collections.abc import Sequence
from random import Random
from typing import Literal

Sex = Literal["1", "2"]  # as in the fifteenth digit of a NIP: 1 man, 2 woman

GIVEN: dict[str, dict[Sex, Sequence[str]]] = {
    "batak": {
        "1": (
            "Binsar", "Togar", "Poltak", "Parulian", "Hotman", "Jonson", "Maruli", "Sahat", "Tumpal", "Mangasi", "Rikardo", "Herbert",
            "Pardamean", "Saut", "Jefri", "Ramses", "Edison", "Marihot", "Daniel", "Lamhot", "Bonar", "Robinson", "Andi", "Rudi",
        ),
        "2": (
            "Rosmaida", "Tiurma", "Lamria", "Romauli", "Nurmala", "Hotmaida", "Risma", "Dameria", "Erlina", "Marsaulina", "Sondang",
            "Tiarma", "Rotua", "Meliana", "Juliana", "Friska", "Debora", "Elfrida", "Ruth", "Yohana", "Lasmaria", "Roslina", "Ester",
        ),
    },
    "java": {
        "1": (
            "Slamet", "Sugeng", "Eko", "Joko", "Bambang", "Agung", "Wahyu", "Dwi", "Hendra", "Suyatno", "Rahmat", "Yudi", "Tri", "Supri",
        ),
        "2": (
            "Sri", "Endang", "Dewi", "Siti", "Ningsih", "Retno", "Wulan", "Yuni", "Tuti", "Rini", "Indah", "Lestari", "Ratna", "Puji",
        ),
    },
    "other": {
        "1": ("Zulkifli", "Fauzan", "Ridwan", "Syahrul", "Ilham", "Arifin", "Taufik", "Irwan", "Faisal", "Yusuf", "Yarman", "Sokhi"),
        "2": ("Nurhayati", "Fitriani", "Yusnita", "Rahmawati", "Halimah", "Maisarah", "Nurul", "Desi", "Yanti", "Mutia", "Rika", "Ama"),
    },
}
FAMILY: dict[str, dict[Sex, Sequence[str]]] = {
    "batak": dict.fromkeys(("1", "2"), (
        "Damanik", "Purba", "Saragih", "Sinaga", "Sitorus", "Siahaan", "Simanjuntak", "Hutagalung", "Nainggolan", "Pasaribu", "Silalahi",
        "Sihombing", "Manurung", "Situmorang", "Tarigan", "Ginting", "Sembiring", "Girsang", "Panjaitan", "Marpaung", "Tampubolon",
    )),
    "java": {
        "1": ("Santoso", "Prasetyo", "Wibowo", "Nugroho", "Susanto", "Haryanto", "Widodo", "Setiawan", "Hidayat", "Purnomo"),
        "2": ("Wahyuni", "Lestari", "Rahayu", "Handayani", "Astuti", "Kusuma", "Utami", "Wulandari", "Puspita", "Anggraini"),
    },
    "other": dict.fromkeys(("1", "2"), (
        "Lubis", "Nasution", "Harahap", "Siregar", "Batubara", "Chaniago", "Piliang", "Zebua", "Telaumbanua", "Tanjung", "Daulay",
    )),
}
PEOPLES = ("batak",) * 11 + ("java",) * 5 + ("other",) * 4
TITLES = {
    "bachelor": ("S.Sos.", "S.E.", "S.H.", "S.Kom.", "S.AP.", "S.Pd.", "S.T.", "S.KM.", "S.IP."),
    "diploma": ("A.Md.", "A.Md.Kom.", "A.Md."),
    "master": ("S.Sos., M.Si.", "S.H., M.H.", "S.E., M.M.", "S.STP., M.AP.", "S.T., M.T.", "S.Pd., M.Pd."),
    "none": ("",),
}


def full_name(rng: Random, sex: Sex, schooling: str) -> str:
    """A name with its titles; `schooling` is none, diploma, bachelor or master."""
    people = rng.choice(PEOPLES)
    given = rng.choice(GIVEN[people][sex])
    second = rng.choice(GIVEN[people][sex]) if rng.random() < 0.3 else ""
    middle = second if second != given else ""
    plain = " ".join(part for part in (given, middle, rng.choice(FAMILY[people][sex])) if part)
    title = rng.choice(TITLES[schooling])
    return f"{plain}, {title}" if title else plain
