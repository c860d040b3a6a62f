"""The 600 people of the city: who works where, as rows for the table of persons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any, cast

from lms.demo import names, ranks
from lms.demo.named import LED_BY_WATI, MISSPELT, NAMED, SIGN_INS, Named

PEOPLE = 600
WEIGHTS = {"kelurahan": 3, "kecamatan": 5}
USUAL_WEIGHT = 6


@dataclass(frozen=True, slots=True)
class Office:
    """A unit of the city; `path` as in the table of units."""

    id: int
    name: str
    kind: str
    path: str


def roll(offices: Sequence[Office], *, password_hash: str, since: datetime) -> list[dict[str, Any]]:
    """600 rows: the four sign-ins, one for each state, the heads of the units, everybody else."""
    rng = Random("simpul")  # noqa: S311 - a made-up city, no secret
    found = [*_sign_ins(offices), *_named(offices)]
    taken = {str(row["nip"]) for row in found}
    found += _heads(offices, rng, taken)
    weights = [WEIGHTS.get(office.kind, USUAL_WEIGHT) for office in offices]
    homes = rng.choices(offices, weights, k=PEOPLE - len(found))
    found += [_somebody(home, rng, taken) for home in homes]
    return [{**row, "password_hash": password_hash, "created_at": since, "active": True} for row in found]


def subtree(offices: Sequence[Office], name: str) -> list[Office]:
    """The unit of that name, then those below it."""
    root = next(office for office in offices if office.name == name)
    return [root, *(office for office in offices if office.path.startswith(root.path) and office is not root)]


def _sign_ins(offices: Sequence[Office]) -> Iterator[dict[str, Any]]:
    homes: Mapping[str, int] = {office.name: office.id for office in offices}
    for one in SIGN_INS:
        yield _row(one.nip, one.name, homes[one.unit], "PNS", one.role, one.position, one.grade, one.kind)


def _named(offices: Sequence[Office]) -> Iterator[dict[str, Any]]:
    homes = subtree(offices, LED_BY_WATI)
    for number, one in enumerate(NAMED):
        employment = _employment_of(one)
        post = ranks.officer(Random(one.nip), employment)  # noqa: S311
        name = MISSPELT.get(one.nip, one.name)
        yield _row(one.nip, name, homes[number % len(homes)].id, employment, "learner", post.position, post.rank, post.kind)


def _employment_of(one: Named) -> str:
    return "PPPK" if int(one.nip[12:14]) >= 21 else "PNS"


def _heads(offices: Sequence[Office], rng: Random, taken: set[str]) -> Iterator[dict[str, Any]]:
    for office in offices:
        if office.name == LED_BY_WATI:
            continue  # Wati leads it
        sex = cast(names.Sex, rng.choice("12"))
        post = ranks.head(office.kind, office.name)
        nip = _nip(rng, sex, born=(1969, 1980), joined=lambda age: age + rng.randint(23, 28), months=(1, 12), taken=taken)
        yield _row(nip, names.full_name(rng, sex, post.schooling), office.id, "PNS", "supervisor", post.position, post.rank, post.kind)


def _somebody(home: Office, rng: Random, taken: set[str]) -> dict[str, Any]:
    employment = rng.choices(("PNS", "PPPK", "PPPK-PW"), (66, 24, 10))[0]
    sex = cast(names.Sex, rng.choice("1222"))
    post = ranks.officer(rng, employment)
    if employment == "PNS":
        nip = _nip(rng, sex, born=(1969, 1998), joined=lambda year: year + rng.randint(22, 27), months=(1, 12), taken=taken)
    else:
        first = 2025 if employment == "PPPK-PW" else rng.randint(2021, 2024)
        nip = _nip(rng, sex, born=(1975, 1999), joined=lambda _year: first, months=(21, 25), taken=taken)
    return _row(nip, names.full_name(rng, sex, post.schooling), home.id, employment, "learner", post.position, post.rank, post.kind)


def _nip(rng: Random, sex: str, *, born: tuple[int, int], joined: Any, months: tuple[int, int], taken: set[str]) -> str:
    while True:
        year = rng.randint(*born)
        birth = f"{year}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        start = f"{min(joined(year), 2024) if months[0] < 21 else joined(year)}{rng.randint(*months):02}"
        nip = f"{birth}{start}{sex}{rng.randint(1, 30):03}"
        if nip not in taken:
            taken.add(nip)
            return nip


def _row(nip: str, name: str, unit_id: int, employment: str, role: str, position: str, rank: str, kind: str) -> dict[str, Any]:
    contract = None if employment == "PNS" else date(int(nip[8:12]), 3 if employment == "PPPK" else 10, 1)
    return {
        "nip": nip, "name": name, "unit_id": unit_id, "employment": employment, "role": role, "position": position, "rank": rank,
        "position_kind": kind,
        "contract_start": contract,
    }
