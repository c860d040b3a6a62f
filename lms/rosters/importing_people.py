"""Import of people: what a file would change, and the change itself, in one pass over the file each.

The file is read in chunks of CHUNK rows and nothing of it is kept in memory. The change is one transaction: it does what the plan
said or nothing.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Self

from sqlalchemy import ColumnElement, func, insert, or_, select, true, update

from lms.accounts import codes
from lms.accounts.events import AccountChanged
from lms.base import audit, clock
from lms.base.db import db, hold, publish
from lms.base.texts import N_
from lms.people import grants, names, postings
from lms.people.events import AccessChanged
from lms.people.models import Grant, Person, Unit
from lms.rosters import columns
from lms.rosters.columns import Layout
from lms.rosters.faults import Fault, Mistake, at
from lms.rosters.placing import Units
from lms.rosters.plans import Line, Plan
from lms.rosters.roster import Entry, Reading, Value, nip_in
from lms.rosters.seen import Seen
from lms.rosters.sheets import Row, Table

CHUNK = 1000
WRITTEN = ("name", "unit_id", "employment", "position", "position_kind", "rank", "email", "contract_start", "appointed_on", "supervisor_id")
USUAL: Mapping[str, Value] = {
    "position": "", "position_kind": "", "rank": "", "email": None, "contract_start": None, "appointed_on": None, "supervisor_id": None,
}
NOT_LISTED = N_("not in the file")


@dataclass(frozen=True, slots=True)
class Scope:
    """Of whom the file says that it lists them all: those of a unit and below it, by its path; "/" is the whole agency, "" nobody."""

    path: str = ""

    def people(self) -> ColumnElement[bool]:
        """The condition that a person belongs to it."""
        return true() if self.path in {"", "/"} else Unit.path.startswith(self.path, autoescape=True)


def plan(table: Table, layout: Layout, scope: Scope, *, by: int | None = None) -> Plan:
    """What the import of this table would do. `by` is who imports. Some queries for each thousand rows."""
    with _Pass(table, layout, scope, by) as found:
        return found.go()


def write(
    table: Table, layout: Layout, scope: Scope, *, by: int | None = None, expected: str | None = None, leaving_confirmed: bool = False,
    with_codes: bool = True,
) -> tuple[Plan, tuple[codes.UnitCodes, ...]]:
    """Import the table in the caller's transaction; gives what was done, and codes for those who have no password, if they are wanted.

    Raises NotAsPlanned if it has mistakes, would not do what is expected (a plan's mark), or if many leave and that is not confirmed.
    """
    for key in ("people-import", "admins"):
        hold(key)
    with _Writing(table, layout, scope, by) as writing:
        found = writing.go()
    found.must_be(expected, leaving_confirmed=leaving_confirmed)
    audit.record("people.imported", "people", detail={
        "scope": scope.path, **{kind: found.of(kind) for kind in ("new", "changed", "returning", "leaving", "unchanged")}})
    return found, tuple(codes.issue(writing.waiting_for_codes)) if with_codes else ()


@dataclass
class _Pass:
    """One reading of a table from the first row to the last."""

    table: Table
    layout: Layout
    scope: Scope
    by: int | None
    plan: Plan = field(default_factory=Plan)
    leaving_ids: set[int] = field(default_factory=set)  # only of administrators and of the importer herself

    def __enter__(self) -> Self:
        self.seen = Seen()
        self.units = _units()
        self.admins = _admins()
        self.last_id = db.session.scalar(select(func.max(Person.id))) or 0
        return self

    def __exit__(self, *_error: object) -> None:
        self.seen.close()

    def go(self) -> Plan:
        """The plan when all is read."""
        self.plan.mistakes.add(columns.mistakes(self.layout) if self.layout.header else ())
        self.plan.scope = _count_active(self.scope)
        if self.layout.header and not self.plan.errors:
            rows = self.table.rows(frozenset(self.layout.positions.values()))
            while chunk := list(islice(rows, CHUNK)):
                self._take(chunk)
            self._place_supervisors()
            if self.scope.path:
                self._let_go_who_is_not_listed()
            self.plan.mistakes.add(self._unless_somebody_stays())
        return self.plan.close(self.table.notes)

    def _take(self, chunk: Sequence[Row]) -> None:
        nips = [nip_in(row, self.layout, "nip") for row in chunk]
        stored = _stored({*nips} - {""})
        self._meet_supervisors({nip_in(row, self.layout, "supervisor") for row in chunk} - {""}, stored.values())
        led = _led_units([row.id for row in stored.values()]) if "role" in self.layout.positions else {}
        doing = _Doing()
        for row, nip in zip(chunk, nips, strict=True):
            reading = Reading(row, self.layout, self.units, stored.get(nip))
            self.plan.mistakes.add(reading.mistakes)
            if reading.nip is None:
                continue
            first = self.seen.first(nip, row.number)
            if first != row.number:
                self.plan.mistakes.add([reading.mistake("nip", Fault(
                    N_("This NIP stands in row %(first)s already."), N_("Keep one of the two rows."), (("first", str(first)),)))])
            elif stored.get(nip) is not None and stored[nip].merged_into is not None:
                self.plan.mistakes.add([reading.mistake("nip", Fault(
                    N_("The account of this NIP was merged into another one of the same person."),
                    N_("Write the NIP that she has now.")))])
            elif (entry := reading.entry()) is not None:
                self._decide(entry, stored.get(nip), led, doing)
        self._do(doing)

    def _meet_supervisors(self, nips: set[str], stored: Iterable[Any]) -> None:
        """Find the supervisors of a chunk who were here before this import, and the names of those who lead its people now."""
        ids = {row.supervisor_id for row in stored} - {None}
        rows = db.session.execute(select(Person.id, Person.nip, Person.name).where(
            or_(Person.nip.in_(nips), Person.id.in_(ids)), Person.id <= self.last_id)).all() if nips or ids else ()
        self.supervisors = {row.nip: row.id for row in rows}
        self.leaders = {row.id: row.name for row in rows}

    def _decide(self, entry: Entry, row: Any, led: Mapping[int, tuple[tuple[int, int], ...]], doing: "_Doing") -> None:
        values = dict(entry.values)
        if entry.supervisor in self.supervisors:
            values["supervisor_id"] = self.supervisors[entry.supervisor]
        elif entry.supervisor:
            position = self.layout.positions["supervisor"]
            self.seen.wait(entry.row, at(entry.row, position), self.layout.header[position], entry.nip, entry.supervisor)
        if entry.left:
            self._decide_of_one_who_left(entry, row, doing)
        elif row is None:
            role = (("role", "", entry.role),) if entry.role == "supervisor" else ()
            self.plan.count("new", Line(entry.nip, str(values["name"]), self.units.label(int(str(values["unit_id"]))), role))
            doing.new.append((entry, values))
        else:
            self._compare(entry, row, values, led.get(row.id, ()), doing)

    def _decide_of_one_who_left(self, entry: Entry, row: Any, doing: "_Doing") -> None:
        if row is None or not row.active:
            self.plan.count("gone")
        else:
            self._let_go(row, entry.left, doing)

    def _let_go(self, row: Any, reason: str, doing: "_Doing") -> None:
        self.plan.count("leaving", Line(row.nip, row.name, self.units.label(row.unit_id), note=reason))
        if row.id in self.admins or row.id == self.by:
            self.leaving_ids.add(row.id)
        doing.leaving.append(row)

    def _compare(self, entry: Entry, row: Any, values: dict[str, Value], led: Sequence[tuple[int, int]], doing: "_Doing") -> None:
        after = {name: value for name, value in values.items() if value != getattr(row, name)}
        ends, begins = _role_change(entry.role, int(str(values.get("unit_id", row.unit_id))), row.unit_id, led)
        changes = [(name, self._told(name, getattr(row, name)), self._told(name, value)) for name, value in after.items()]
        if entry.supervisor and "supervisor_id" not in values:
            changes.append(("supervisor_id", self._told("supervisor_id", row.supervisor_id), entry.supervisor))
        if ends or begins:
            changes.append(("role", "supervisor" if ends else "learner", "supervisor" if begins else "learner"))
        line = Line(entry.nip, str(values["name"]), self.units.label(int(str(values.get("unit_id", row.unit_id)))), tuple(changes))
        if not row.active:
            self.plan.count("returning", line)
            doing.returning.append(row)
        elif changes:
            self.plan.count("changed", line)
        else:
            self.plan.count("unchanged")
        if after:
            doing.changed.append((row, after))
        doing.grants_ended += [(row.id, grant) for grant in ends]
        doing.grants_begun += [(row.id, unit) for unit in begins]

    def _told(self, name: str, value: Value) -> str:
        if name == "unit_id" and value is not None:
            return self.units.label(int(str(value)))
        if name == "supervisor_id" and value is not None:
            return str(self.leaders.get(int(str(value)), ""))
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def _place_supervisors(self) -> None:
        """Supervisors who were not in the database when their row was read must stand somewhere in the file."""
        for chunk in _chunks(self.seen.waiting()):
            listed = self.seen.among({supervisor for *_rest, supervisor in chunk})
            self.plan.mistakes.add(
                Mistake(number, column, Fault(
                    N_("Nobody has the NIP %(nip)s, neither here nor in the file."), N_("Write another NIP, or leave the cell empty."),
                    (("nip", supervisor),)), cell=cell, value=supervisor)
                for number, cell, column, _nip, supervisor in chunk if supervisor not in listed)
            self._appoint([(nip, supervisor) for *_rest, nip, supervisor in chunk if supervisor in listed])

    def _let_go_who_is_not_listed(self) -> None:
        last = 0
        while rows := db.session.execute(
                select(Person.id, Person.nip, Person.name, Person.unit_id, Person.email).join(Unit, Unit.id == Person.unit_id)
                .where(self.scope.people(), Person.active.is_(True), Person.id > last).order_by(Person.id).limit(CHUNK)).all():
            doing, listed, last = _Doing(), self.seen.among({row.nip for row in rows}), rows[-1].id
            for row in rows:
                if row.nip not in listed:
                    self._let_go(row, NOT_LISTED, doing)
            self._do(doing)

    def _unless_somebody_stays(self) -> Iterator[Mistake]:
        if self.by in self.leaving_ids:
            yield Mistake(0, "", Fault(
                N_("By this file you would deactivate yourself."),
                N_("Add a row for yourself, say that the file lists only a part of the agency, or let another administrator import it.")))
        elif self.admins and self.admins <= self.leaving_ids:
            yield Mistake(0, "", Fault(
                N_("By this file no administrator would be left."),
                N_("Add a row for one of them, or make somebody else administrator first.")))

    def _do(self, doing: "_Doing") -> None:
        """Nothing: this is a plan."""

    def _appoint(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Nothing: this is a plan."""


@dataclass
class _Doing:
    """What a chunk of rows leads to."""

    new: list[tuple[Entry, dict[str, Value]]] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, Value]]] = field(default_factory=list)
    returning: list[Any] = field(default_factory=list)
    leaving: list[Any] = field(default_factory=list)
    grants_ended: list[tuple[int, int]] = field(default_factory=list)
    grants_begun: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Writing(_Pass):
    """A reading that writes as it goes, within the caller's transaction."""

    waiting_for_codes: "array[int]" = field(default_factory=lambda: array("q"))

    def go(self) -> Plan:
        """The plan of what was written."""
        found = super().go()
        if not found.errors:
            postings.write_many()
        return found

    def _do(self, doing: _Doing) -> None:
        self._add(doing.new)
        self._update(doing.changed)
        self._activate(doing.returning)
        self._deactivate(doing.leaving)
        for _person, grant in doing.grants_ended:
            grants.end(grant, by=self.by)
        for person, unit in doing.grants_begun:
            grants.give(person, "supervisor", unit_id=unit, by=self.by)

    def _add(self, new: Sequence[tuple[Entry, dict[str, Value]]]) -> None:
        if not new:
            return
        now = clock.now()
        db.session.execute(insert(Person), [
            {**USUAL, **values, "nip": entry.nip, "sought": names.sought(str(values["name"])), "active": True, "created_at": now}
            for entry, values in new])
        ids = _ids_of({entry.nip for entry, _values in new})
        self.waiting_for_codes.extend(ids[entry.nip] for entry, _values in new)
        for entry, values in new:
            if entry.role == "supervisor":
                grants.give(ids[entry.nip], "supervisor", unit_id=int(str(values["unit_id"])), by=self.by)

    def _update(self, changed: Sequence[tuple[Any, dict[str, Value]]]) -> None:
        rows = [{"id": row.id, **after} for row, after in changed]
        for one in rows:
            if "name" in one:
                one["sought"] = names.sought(str(one["name"]))
        if rows:
            db.session.execute(update(Person), sorted(rows, key=lambda row: sorted(row)))  # rows of the same columns go out together
        for row, after in changed:
            if row.email and "email" in after:
                audit.record("person.changed", f"person:{row.id}", about=row.id, detail={"email": [row.email, after["email"]]})
                publish(AccountChanged(row.id, "email", to=row.email))

    def _activate(self, returning: Sequence[Any]) -> None:
        self._set_active(returning, active=True)
        self.waiting_for_codes.extend(row.id for row in returning if not row.has_password)

    def _deactivate(self, leaving: Sequence[Any]) -> None:
        self._set_active(leaving, active=False)
        for row in leaving:
            publish(AccessChanged(row.id))

    def _set_active(self, rows: Sequence[Any], *, active: bool) -> None:
        if rows:
            db.session.execute(update(Person), [{"id": row.id, "active": active} for row in rows])
        for row in rows:
            audit.record("person.activated" if active else "person.deactivated", f"person:{row.id}", about=row.id)

    def _appoint(self, pairs: Sequence[tuple[str, str]]) -> None:
        ids = _ids_of({nip for pair in pairs for nip in pair})
        rows = [{"id": ids[nip], "supervisor_id": ids[supervisor]} for nip, supervisor in pairs if {nip, supervisor} <= set(ids)]
        if rows:
            db.session.execute(update(Person), rows)


def _role_change(role: str, unit: int, before: int, led: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """The grants to end and the units to lead: who leads a unit leads the one of the row, and no longer the one she came from."""
    if not role:
        return [], []
    wanted = unit if role == "supervisor" else None
    ends = [grant for grant, led_unit in led if led_unit != wanted and led_unit in {unit, before}]
    begins = [wanted] if wanted is not None and wanted not in {led_unit for _grant, led_unit in led} else []
    return ends, begins


def _chunks(found: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _stored(nips: set[str]) -> dict[str, Any]:
    wanted = (Person.id, Person.nip, Person.active, Person.merged_into, Person.password_hash.is_not(None).label("has_password"),
              *(getattr(Person, name) for name in WRITTEN))
    return {row.nip: row for row in db.session.execute(select(*wanted).where(Person.nip.in_(nips)))} if nips else {}


def _ids_of(nips: set[str]) -> dict[str, int]:
    return {row.nip: row.id for row in db.session.execute(select(Person.id, Person.nip).where(Person.nip.in_(nips)))}


def _led_units(people: Sequence[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """(grant, unit) of the units that each of these people leads without an end."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    rows = db.session.execute(select(Grant.person_id, Grant.id, Grant.unit_id).where(
        grants.live(clock.today()), Grant.role == "supervisor", Grant.ends_on.is_(None), Grant.unit_id.is_not(None),
        Grant.person_id.in_(people)).order_by(Grant.id))
    for row in rows:
        found[row.person_id] = (*found.get(row.person_id, ()), (row.id, row.unit_id))
    return found


def _units() -> Units:
    rows = db.session.execute(select(Unit.id, Unit.code, Unit.name, Unit.path, Unit.ended_on).order_by(Unit.id))
    return Units.of((row.id, row.code, row.name, row.path, row.ended_on) for row in rows)


def _admins() -> set[int]:
    """Those who administer the whole agency without an end."""
    return set(db.session.scalars(
        select(Grant.person_id).join(Person, Person.id == Grant.person_id).where(
            grants.live(clock.today()), Grant.role == "admin", Grant.unit_id.is_(None), Grant.ends_on.is_(None), Person.active.is_(True))))


def _count_active(scope: Scope) -> int:
    return db.session.scalar(select(func.count()).select_from(Person).join(Unit, Unit.id == Person.unit_id).where(
        scope.people(), Person.active.is_(True))) or 0
