"""One-time activation codes for many people at once, as lists by unit."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from lms.accounts.events import AccountChanged
from lms.accounts.models import ActivationCode
from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people import grants, queries
from lms.people.models import Person, Unit
from lms.people.roles import Granted

CODE_DAYS = 7
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Coded:
    """A person with the code to hand over."""

    nip: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class UnitCodes:
    """The codes of one unit's people, by name, and the last day on which they surely work."""

    unit: str
    people: tuple[Coded, ...]
    until: date


def issue(person_ids: Iterable[int]) -> list[UnitCodes]:
    """New codes in place of older ones, by unit; in the caller's transaction. They are readable only in what is given back."""
    wanted = set(person_ids)
    rows = [row for row in db.session.execute(
        select(Person.id, Person.nip, Person.name, Unit.name.label("unit"), Unit.id.label("unit_id"))
        .join(Unit, Unit.id == Person.unit_id).order_by(Unit.name, Unit.id, Person.name, Person.id)
    ) if row.id in wanted]
    made = {row.id: _new_code() for row in rows}
    _write(made)
    until = clock.local(clock.now() + timedelta(days=CODE_DAYS)).date()
    return [UnitCodes(people[0].unit, tuple(_coded(row, made) for row in people), until)
            for people in (list(group) for _unit, group in groupby(rows, key=lambda row: row.unit_id))]


def issue_for_unit(unit_id: int, *, by: Sequence[Granted] | None = None) -> list[UnitCodes]:
    """New codes for those who wait for one in a unit and below it, see `waiting`. Raises NotFound."""
    with transaction():
        hold("codes")
        found = issue(waiting(unit_id, by))
        audit.record("codes.issued", f"unit:{unit_id}", detail={"people": sum(len(one.people) for one in found)})
        return found


def waiting(unit_id: int, by: Sequence[Granted] | None) -> dict[int, bool]:
    """The active people of a unit and those below it who have never set a password, and whether each has a mail address.

    Whoever may do more than `by` allow is left out: a code is the key to her account. None is the program itself. Raises NotFound.
    """
    below = queries.subtree(unit_id)
    if not below:
        raise NotFound
    rows = db.session.execute(select(Person.id, Person.email.is_not(None).label("mail")).where(
        Person.unit_id.in_(below), Person.active.is_(True), Person.password_hash.is_(None)))
    found = {row.id: bool(row.mail) for row in rows}
    return {person_id: found[person_id] for person_id in sorted(found.keys() - grants.above(by, Person.unit_id.in_(below)))}


def counts(by: Sequence[Granted] | None) -> dict[int, int]:
    """How many people `waiting` would give for each unit, itself and all below it; units without anybody are left out. Two queries."""
    rows = db.session.execute(select(Person.id, Unit.path).join(Unit, Unit.id == Person.unit_id).where(
        Person.active.is_(True), Person.password_hash.is_(None)))
    above = grants.above(by, Person.active.is_(True))
    found = Counter(row.path for row in rows if row.id not in above)
    counted: Counter[int] = Counter()
    for path, people in found.items():
        counted.update(dict.fromkeys(map(int, path.strip("/").split("/")), people))
    return dict(counted)


def issue_for_person(person_id: int, *, by: Sequence[Granted] | None = None) -> str:
    """A new code for one person in place of an older one; it is shown once, and sets a first password or another one.

    Raises NotFound, Refused "person-inactive", or "code-above-you" if she may do more than `by` allow.
    """
    with transaction():
        hold(f"person:{person_id}")
        person = db.session.execute(select(Person.active, Person.password_hash.is_not(None).label("has_password")).where(
            Person.id == person_id)).first()
        if person is None:
            raise NotFound
        if not person.active:
            raise Refused("person-inactive")
        grants.must_be_within(person_id, by)
        audit.record("code.issued", f"person:{person_id}", about=person_id)
        code = _new_code()
        _write({person_id: code})
        if person.has_password:
            publish(AccountChanged(person_id, "code-made"))
        return code


def code_hash(code: str) -> str:
    """The hash of a code, typed with or without its dash, in either case; 50 random bits under a throttle need no slow hash."""
    return hashlib.sha256("".join(code.upper().split()).replace("-", "").encode()).hexdigest()


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
