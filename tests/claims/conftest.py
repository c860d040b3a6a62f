"""A unit with its officer, the training office, and a claim at any stage."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from lms.base.db import transaction
from lms.claims import deciding, queries, service
from lms.claims.rules import Told
from lms.people import grants
from tests import build
from tests.claims.files import photo

BIMTEK = Told(title="Bimtek Arsip Digital", organiser="BPSDM Provinsi", number="123/BIMTEK/2026", form="guidance",
              from_on=date(2026, 2, 2), until_on=date(2026, 2, 3), jp=Decimal(16), place="Medan")


@dataclass(frozen=True)
class Office:
    """Sari hands in; Dewi checks for her unit, Lina elsewhere; Budi runs training for the agency."""

    unit: int
    sari: int
    dewi: int
    lina: int
    budi: int
    rini: int


def officer(name: str, unit: int) -> int:
    """A training officer of one unit."""
    person = build.person(name, unit_id=unit)
    with transaction():
        grants.add(person, "training-officer", unit_id=unit)
    return person


@pytest.fixture
def office(app: Flask) -> Office:
    """People of two units."""
    unit, other = build.unit("Dinas Arsip"), build.unit("Dinas Lain")
    return Office(unit, build.person("Sari Damanik", unit_id=unit), officer("Dewi Purba", unit), officer("Lina Sinaga", other),
                  build.person("Budi Girsang", role="training-officer"), build.person("Rini Saragih", unit_id=other))


Hand = Callable[..., int]


@pytest.fixture
def hand(office: Office) -> Hand:
    """A function that brings a claim to a state and gives its number."""
    numbers = iter(range(1, 1000))

    def bring(state: str = "submitted", *, person: int | None = None, file: bytes | None = None, **changes: object) -> int:
        mine, count = person or office.sari, next(numbers)
        told = replace(BIMTEK, **{"number": f"{count}/X", **changes})  # type: ignore[arg-type]
        claim = service.save(mine, told, slip=f"{count:032}", file=file or photo((count * 29 % 250, count * 53 % 250, count * 97 % 250)))
        if state == "draft":
            return claim
        service.send(claim, mine)
        if state in {"checked", "accepted"}:
            deciding.check(claim, version=version(claim), by=office.dewi)
        if state == "accepted":
            deciding.accept(claim, version=version(claim), by=office.budi)
        if state == "returned":
            deciding.send_back(claim, "Foto kabur.", version=version(claim), by=office.dewi)
        if state == "refused":
            deciding.refuse(claim, "Bukan nama Anda.", version=version(claim), by=office.dewi)
        if state == "withdrawn":
            service.withdraw(claim, mine)
        return claim

    return bring


def version(claim: int) -> int:
    """The version of a claim as it stands."""
    from lms.base.db import db
    from lms.claims.models import Claim

    return db.session.get_one(Claim, claim, populate_existing=True).version


def state(claim: int) -> str:
    """The state of a claim as it stands."""
    from lms.base.db import db
    from lms.claims.models import Claim

    return db.session.get_one(Claim, claim, populate_existing=True).state


def shown(claim: int, person: int) -> object:
    """A claim as its claimant sees it."""
    return queries.own(claim, person)
