"""Import of people: what a file would change, and the change itself: all of it or nothing, in a few statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.people import codes, signins, tables
from lms.people.models import Person, Unit
from lms.people.roster import COLUMNS, REQUIRED, Entry, Units, Value, check
from lms.people.service import keep_an_admin

WRITTEN = ("name", "unit_id", "employment", "position", "rank", "role", "email", "contract_start")
USUAL: Mapping[str, Value] = {"position": "", "rank": "", "role": "learner", "email": None, "contract_start": None}


@dataclass(frozen=True, slots=True)
class Change:
    """A person whose row differs; `before` and `after` hold the columns that differ."""

    id: int
    nip: str
    name: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do."""

    new: tuple[Entry, ...]
    changed: tuple[Change, ...]
    unchanged: int
    errors: tuple[tables.Mistake, ...]
    warnings: tuple[tables.Mistake, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file did; nothing if the plan has errors. `codes` of the new people, if they were wanted."""

    plan: Plan
    codes: tuple[codes.UnitCodes, ...]


def plan(text: str) -> Plan:
    """What the import of this text would do. Two queries."""
    stored = {row.nip: row for row in db.session.execute(select(Person.id, Person.nip, *(getattr(Person, name) for name in WRITTEN)))}
    units = Units.of((row.id, row.code, row.name) for row in db.session.execute(select(Unit.id, Unit.code, Unit.name)))
    entries, mistakes = check(tables.read(text, COLUMNS, required=REQUIRED), units, known=stored)
    changes = [_change(entry, stored[entry.nip]) for entry in entries if entry.nip in stored]
    changed = tuple(change for change in changes if change.after)
    return Plan(
        new=tuple(entry for entry in entries if entry.nip not in stored), changed=changed, unchanged=len(changes) - len(changed),
        errors=tuple(mistake for mistake in mistakes if mistake.level == "error"),
        warnings=tuple(mistake for mistake in mistakes if mistake.level == "warning"),
    )


def run(text: str, *, with_codes: bool) -> Outcome:
    """Import the text in one transaction; if it has errors nothing is written. Raises Refused "last-admin"."""
    with transaction():
        hold("admins")
        hold("people-import")
        found = plan(text)
        if found.errors:
            return Outcome(found, ())
        ids = _add(found.new)
        _update(found.changed)
        if any(change.after.get("role") and change.before["role"] == "admin" for change in found.changed):
            keep_an_admin()
        audit.record("people.imported", "people", detail={
            "new": len(found.new), "changed": len(found.changed), "unchanged": found.unchanged})
        return Outcome(found, tuple(codes.issue(ids)) if with_codes else ())


def _change(entry: Entry, row: Any) -> Change:
    after = {name: value for name, value in entry.values.items() if value != getattr(row, name)}
    return Change(row.id, entry.nip, str(entry.values["name"]), {name: getattr(row, name) for name in after}, after)


def _add(entries: tuple[Entry, ...]) -> list[int]:
    if not entries:
        return []
    now = clock.now()
    rows = [{**USUAL, **entry.values, "nip": entry.nip, "active": True, "created_at": now} for entry in entries]
    db.session.execute(insert(Person), rows)
    added = {entry.nip for entry in entries}
    return [row.id for row in db.session.execute(select(Person.id, Person.nip)) if row.nip in added]


def _update(changes: tuple[Change, ...]) -> None:
    if changes:
        db.session.execute(update(Person), [{"id": change.id, **change.after} for change in changes])
    for change in changes:
        if "role" in change.after:
            signins.end_all(change.id)
            audit.record("person.changed", f"person:{change.id}", about=change.id,
                         detail={"role": [change.before["role"], change.after["role"]]})
