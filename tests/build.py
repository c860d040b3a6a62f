"""Makers of rows with visible defaults. Each commits and gives the id."""

from datetime import date
from itertools import count

from flask import Flask

from lms.accounts import passwords, service
from lms.base import clock
from lms.base.db import db, transaction
from lms.people import grants, postings, versions
from lms.people.models import Person, Unit

_numbers = count(1)


def unit(name: str = "Dinas Contoh", *, parent: int | None = None, code: str | None = None, kind: str = "dinas") -> int:
    """A unit below another, or a root."""
    with transaction():
        above = db.session.get(Unit, parent) if parent else None
        row = Unit(parent_id=parent, name=name, code=code or f"u{next(_numbers)}", kind=kind, path="")
        db.session.add(row)
        db.session.flush()
        row.path = f"{above.path if above else '/'}{row.id}/"
        versions.write([row.id])
        return row.id


def person(
    name: str = "Sari Damanik", *, role: str = "learner", unit_id: int | None = None, nip: str | None = None, employment: str = "PNS",
    password: str | None = None, active: bool = True, contract_start: date | None = None, rank: str = "III/a",
    position: str = "Pengelola Layanan",
) -> int:
    """A person; without a unit she gets one of her own.

    A supervisor leads her unit, an admin or auditor has the whole agency, a trainer has no real module yet (see `trains`).
    """
    home = unit_id or unit()
    with transaction():
        row = Person(
            nip=nip or f"199001012015012{next(_numbers) % 999 + 1:03}", name=name, unit_id=home, employment=employment,
            active=active, contract_start=contract_start, rank=rank, position=position, created_at=clock.now(),
            password_hash=passwords.hashed(password) if password else None,
        )
        db.session.add(row)
        db.session.flush()
        postings.write_many(only=Person.id == row.id)
        if role != "learner":
            leads = role in {"supervisor", "delegate", "survey-officer"}
            grants.add(row.id, role, unit_id=home if leads else None, module_id="-" if role in {"trainer", "marker"} else None)
        return row.id


def trains(person_id: int, module_id: str) -> None:
    """Let a person see the results of a module."""
    with transaction():
        grants.add(person_id, "trainer", module_id=module_id)


def signed_in(app: Flask, nip: str, password: str) -> int:
    """The id of the person whose NIP and password these are."""
    with app.test_request_context():
        return service.sign_in(nip, password, address="::1")
