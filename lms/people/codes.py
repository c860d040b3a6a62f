"""One-time activation codes for many people at once, as lists by unit."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound
from lms.people import queries
from lms.people.models import ActivationCode, Person, Unit
from lms.people.service import ALPHABET, CODE_DAYS, code_hash


@dataclass(frozen=True, slots=True)
class Coded:
    """A person with the code to hand over."""

    nip: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class UnitCodes:
    """The codes of one unit's people, by name."""

    unit: str
    people: tuple[Coded, ...]


def issue(person_ids: Iterable[int]) -> list[UnitCodes]:
    """New codes in place of older ones, by unit; in the caller's transaction. They are readable only in what is given back."""
    wanted = set(person_ids)
    rows = [row for row in db.session.execute(
        select(Person.id, Person.nip, Person.name, Unit.name.label("unit"), Unit.id.label("unit_id"))
        .join(Unit, Unit.id == Person.unit_id).order_by(Unit.name, Unit.id, Person.name, Person.id)
    ) if row.id in wanted]
    made = {row.id: _new_code() for row in rows}
    _write(made)
    return [UnitCodes(people[0].unit, tuple(_coded(row, made) for row in people))
            for people in (list(group) for _unit, group in groupby(rows, key=lambda row: row.unit_id))]


def issue_for_unit(unit_id: int) -> list[UnitCodes]:
    """New codes for the active people of a unit and those below it who have never set a password. Raises NotFound."""
    with transaction():
        hold("codes")
        below = queries.subtree(unit_id)
        if not below:
            raise NotFound
        waiting = select(Person.id).where(Person.unit_id.in_(below), Person.active.is_(True), Person.password_hash.is_(None))
        found = issue(db.session.scalars(waiting))
        audit.record("codes.issued", f"unit:{unit_id}", detail={"people": sum(len(one.people) for one in found)})
        return found


def _new_code() -> str:
    code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{code[:5]}-{code[5:]}"


def _write(made: dict[int, str]) -> None:
    if not made:
        return
    now = clock.now()
    old = delete(ActivationCode).where(ActivationCode.person_id == bindparam("old"))
    db.session.connection().execute(old, [{"old": number} for number in made])
    db.session.execute(insert(ActivationCode), [
        {"person_id": number, "code_hash": code_hash(code), "created_at": now, "expires_at": now + timedelta(days=CODE_DAYS)}
        for number, code in made.items()
    ])


def _coded(row: Any, made: dict[int, str]) -> Coded:
    return Coded(row.nip, row.name, made[row.id])
