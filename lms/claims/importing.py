"""Entering a list of trainings with the columns of SIASN: take it in, show what it would do, confirm. All of it or nothing.

A list is read anew each time: what is confirmed is what was shown (`mark`), or nothing is done.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import Refused
from lms.base.files import write_atomically
from lms.base.texts import N_
from lms.claims import queries, siasn, trainings
from lms.claims.crediting import unit_of
from lms.claims.models import Training, TrainingList
from lms.claims.rules import BY_STATED_JP, plain
from lms.claims.trainings import Facts
from lms.hours import queries as rates
from lms.people.roles import WHOLE
from lms.rosters import sheets
from lms.rosters.faults import Fault, Mistake, Mistakes

KEEP = timedelta(hours=24)
MOST_ROWS = 20_000
LONGEST_NAME = 120
Key = tuple[object, ...]


@dataclass
class Plan:
    """What a list would do: trainings with who would take part, how many rows are recorded already, and its mistakes."""

    kind: str = ""
    rows: int = 0
    there: int = 0
    groups: dict[Key, tuple[Facts, int | None, dict[int, str]]] = field(default_factory=dict)
    mistakes: Mistakes = field(default_factory=Mistakes)
    mark: str = ""

    @property
    def new(self) -> int:
        """How many would be entered as participants."""
        return sum(len(people) for _facts, _number, people in self.groups.values())


def take_in(content: bytes, name: str, *, by: int) -> str:
    """Keep a list for a day, in place of the one that waited before; gives its token. Raises Refused "file-…" for what is no table."""
    token = secrets.token_urlsafe(24)
    write_atomically(_path(token), content, mode=0o600)
    try:
        with sheets.opened(_path(token), is_name=siasn.is_name):
            pass
        shown = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())[-LONGEST_NAME:] or "–"
        with transaction():
            hold(f"training-list:{by}")
            db.session.execute(delete(TrainingList).where(TrainingList.person_id == by))
            db.session.add(TrainingList(token=token, person_id=by, name=shown, size=len(content),
                                        sha256=hashlib.sha256(content).hexdigest(), made_at=clock.now()))
    except BaseException:
        _path(token).unlink(missing_ok=True)
        raise
    return token


def plan(token: str, *, by: int) -> Plan:
    """What a waiting list would do. Raises NotFound or Refused "import-done", "import-gone", "import-torn"."""
    row = queries.list_of(token, by)
    if row.done_at is not None:
        raise Refused("import-done", name=row.name)
    with _opened(row) as table:
        return _planned(table)


def confirm(token: str, *, by: int, mark: str) -> tuple[Plan, bool]:
    """Do what the plan with this mark said; the plan, and whether it was done. Raises as `plan`."""
    with transaction():
        hold("training-lists")
        row = queries.list_of(token, by)
        if row.done_at is not None:
            raise Refused("import-done", name=row.name)
        with _opened(row) as table:
            found = _planned(table)
        if found.mistakes.errors or found.mark != mark:
            return found, False
        _write(found, by)
        db.session.execute(update(TrainingList).where(TrainingList.id == row.id).values(done_at=clock.now()))
        audit.record("trainings.imported", f"training_list:{row.id}", detail={"file": row.name, "rows": found.rows, "people": found.new})
    _path(token).unlink(missing_ok=True)
    return found, True


def cancel(token: str, *, by: int) -> None:
    """Throw a waiting list away. Raises NotFound."""
    row = queries.list_of(token, by)
    with transaction():
        db.session.execute(delete(TrainingList).where(TrainingList.id == row.id))
    _path(token).unlink(missing_ok=True)


def sweep() -> None:
    """Throw away lists that have waited for a day, and files that nobody knows of."""
    limit = clock.now() - KEEP
    with transaction():
        db.session.execute(delete(TrainingList).where(TrainingList.made_at < limit))
    known = set(db.session.scalars(select(TrainingList.token).where(TrainingList.done_at.is_(None))))
    for path in _folder().glob("*.table"):
        if path.stem not in known and path.stat().st_mtime < limit.timestamp():
            path.unlink(missing_ok=True)


def _planned(table: sheets.Table) -> Plan:
    where, found = siasn.columns(table.header), Plan()
    found.kind = where.kind
    entries = list(_entries(table, where, found))
    _look_up(entries, where, found)
    found.mark = hashlib.sha256(repr([
        (key, number, sorted(people)) for key, (_facts, number, people) in found.groups.items()]).encode()).hexdigest()
    return found


def _entries(table: sheets.Table, where: siasn.Columns, found: Plan) -> Iterator[siasn.Reading]:
    for name in where.missing():
        found.mistakes.add([Mistake(table.header_row, name, Fault(
            N_("The column %(field)s is missing."), N_("Add it to the header; the template has all columns."), (("field", name),)))])
    if not where.missing():
        for row in table.rows(frozenset(range(len(table.header)))):
            found.rows += 1
            if found.rows > MOST_ROWS:
                found.mistakes.add([Mistake(row.number, "", Fault(
                    N_("The file has more than %(most)s rows."), N_("Split it into several files."), (("most", str(MOST_ROWS)),)))])
                break
            reading = siasn.Reading(row, where, clock.today())
            found.mistakes.add(reading.mistakes)
            yield reading
    found.mistakes.add(table.notes)


def _look_up(readings: list[siasn.Reading], where: siasn.Columns, found: Plan) -> None:
    """Say who would take part in what; mistakes that only the whole list shows are added."""
    tables = rates.rate_tables()
    entries = [(reading, entry) for reading in readings if (entry := reading.entry())]
    people = queries.people_by_nip({entry.nip for _reading, entry in entries}, (WHOLE,))
    known, taken = _known([entry.facts for _reading, entry in entries])
    first_row: dict[tuple[Key, int], int] = {}
    for reading, entry in entries:
        person, key = people.get(entry.nip), _key(entry.facts)
        fault = _fault(entry, person, tables)
        if fault or person is None:
            found.mistakes.add([reading.mistake(*fault)] if fault else [])
            continue
        there = first_row.setdefault((key, person.id), entry.row)
        number = known.get(key)
        if there != entry.row:
            found.mistakes.add([reading.mistake("nip", Fault(
                N_("This person stands in row %(row)s with the same training."), N_("Leave one of the two rows out."),
                (("row", str(there)),)))])
        elif number is not None and (number, person.id) in taken:
            found.there += 1
        else:
            found.groups.setdefault(key, (entry.facts, number, {}))[2][person.id] = entry.number


def _fault(entry: siasn.Entry, person: Any, tables: Any) -> tuple[str, Fault] | None:
    if person is None:
        return "nip", Fault(N_("Nobody here has this NIP."), N_("Correct it, or record the person first."))
    per = unit_of(entry.facts.form, entry.facts.until_on, tables)
    if per in BY_STATED_JP and not entry.facts.jp:
        return "jp", Fault(N_("The JP are missing."), N_("Write those of the certificate."))
    if per is None and not entry.facts.basis:
        return "form", Fault(N_("This form of training has no conversion rate."), N_("Add a column dasar with the rule that sets the JP."))
    return None


def _known(facts: list[Facts]) -> tuple[dict[Key, int], set[tuple[int, int]]]:
    """Trainings that are entered already, by their key, and (training, person) of who takes part in them."""
    if not facts:
        return {}, set()
    rows = queries.same_trainings(min(one.from_on for one in facts), max(one.from_on for one in facts))
    known: dict[Key, int] = {}
    for row in rows:
        known.setdefault(_key(row), row.id)
    return known, queries.taking_part(known.values())


def _key(one: Any) -> Key:
    jp = None if one.jp is None else str(one.jp.normalize())
    return (plain(one.title), plain(one.organiser), one.form, one.scope, one.from_on.isoformat(), one.until_on.isoformat(), jp)


def _write(found: Plan, by: int) -> None:
    there = {row.id: row for row in db.session.scalars(select(Training).where(
        Training.id.in_([number for _facts, number, _people in found.groups.values() if number is not None])))}
    wanted = [(there[number] if number is not None else Training(**facts.values(), made_by=by, made_at=clock.now()), people)
              for facts, number, people in found.groups.values()]
    db.session.add_all([row for row, _people in wanted])
    db.session.flush()
    trainings.add_many([(row, person_id, number) for row, people in wanted for person_id, number in people.items()], by=by)


def _folder() -> Path:
    path: Path = current_app.extensions["settings"].instance_dir / "uploads" / "trainings"
    return path


def _path(token: str) -> Path:
    return _folder() / f"{token}.table"


@contextmanager
def _opened(row: Any) -> Iterator[sheets.Table]:
    try:
        content = _path(row.token).read_bytes()
    except FileNotFoundError:
        raise Refused("import-gone") from None
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise Refused("import-torn")
    with sheets.opened(_path(row.token), is_name=siasn.is_name) as table:
        yield table
