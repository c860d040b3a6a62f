"""Verbs of importing: taking a file in, saying what its columns hold, confirming it, throwing it away.

Nothing is believed that was not read from the file itself: a confirmation names the plan that was shown, and the file is read once more
under the lock; if it would do anything else by now, nothing is done and the new plan is shown.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.accounts.codes import UnitCodes
from lms.base import clock
from lms.base.db import db, hold, transaction
from lms.base.errors import Refused
from lms.rosters import columns, importing_people, importing_units, queries, sheets
from lms.rosters.columns import Kind, Layout, Mapped
from lms.rosters.importing_people import Scope
from lms.rosters.models import ColumnMapping, ImportFile
from lms.rosters.plans import NotAsPlanned, Plan
from lms.rosters.sheets import Table

KEEP = timedelta(hours=24)
PIECE = 1024 * 1024
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file; if `done` is false nothing was written."""

    plan: Plan
    codes: tuple[UnitCodes, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A file's columns as they are understood, with some values of each; `sheets` of an XLSX file."""

    layout: Layout
    samples: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...]
    sheet: str


def folder() -> Path:
    """Where files wait."""
    path: Path = current_app.extensions["settings"].instance_dir / "uploads" / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(token: str) -> Path:
    """The file of a token that was made here."""
    return folder() / f"{token}.table"


def take_in(content: IO[bytes], name: str, *, by: int, kind: Kind, scope: str = "") -> str:
    """Keep a file for a day, in place of the one that waited before, and plan what it would do; gives its token.

    Raises Refused "file-…" for what is no table.
    """
    token = secrets.token_urlsafe(24)
    path = path_of(token)
    try:
        size, sha256 = _store(path, content)
        with sheets.opened(path, is_name=_is_name(kind)):
            pass
        with transaction():
            hold(f"person:{by}")
            for old in db.session.scalars(select(ImportFile.token).where(ImportFile.person_id == by)):
                path_of(old).unlink(missing_ok=True)
            db.session.execute(delete(ImportFile).where(ImportFile.person_id == by))
            db.session.add(ImportFile(
                token=token, person_id=by, kind=kind, name=_harmless_name(name), sha256=sha256, size=size, scope=scope,
                created_at=clock.now()))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _plan_again(token, by)
    return token


def look(token: str, *, by: int) -> Look:
    """The columns of a waiting file. Raises Refused "import-gone", "import-done" or "file-…"."""
    row = queries.file_of(token, by)
    with _opened(row) as (table, layout):
        rows = table.samples()
        values = tuple(tuple(text for one in rows if (text := str(one.cells.get(position, "")))) for position in range(len(table.header)))
        return Look(layout, values, table.sheets, table.sheet)


def say_columns(token: str, said: Mapping[int, str], *, by: int) -> Plan:
    """Keep what columns hold, for this and all later files of the same header: by position a field, or "-" to leave it out.

    Gives the new plan. Raises Refused "import-gone" or "import-done".
    """
    row = queries.file_of(token, by)
    with _opened(row) as (table, _layout):
        allowed = {*columns.FIELDS[row.kind], columns.IGNORED}
        meant = {columns.plain(name): said[position] for position, name in enumerate(table.header)
                 if columns.plain(name) and said.get(position) in allowed}
        remember(row.kind, columns.signature(row.kind, table.header), meant, by=by)
    return _plan_again(token, by)


def choose_sheet(token: str, sheet: str, *, by: int) -> Plan:
    """Take another sheet of the file; gives the new plan. Raises Refused "import-gone", "import-done" or "sheet-unknown"."""
    row = queries.file_of(token, by)
    with opened(path_of(token), row.kind, sheet=sheet), transaction():
        db.session.execute(update(ImportFile).where(ImportFile.id == row.id).values(sheet=sheet))
    return _plan_again(token, by)


def remember(kind: Kind, signature: str, meant: Mapped, *, by: int | None) -> None:
    """Keep what the columns of files with this header hold."""
    place = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"meant": dict(meant), "saved_by": by, "saved_at": clock.now()}
    with transaction():
        db.session.execute(place(ColumnMapping).values(kind=kind, signature=signature, **values).on_conflict_do_update(
            index_elements=["kind", "signature"], set_=values))


def confirm(token: str, *, by: int, mark: str, leaving_confirmed: bool = False) -> Outcome:
    """Do what the plan with this mark said; else the plan as it is now. Raises Refused "import-gone", "import-done" or "import-torn"."""
    row = queries.file_of(token, by)
    if _hash(path_of(token)) != row.sha256:
        raise Refused("import-torn")
    try:
        with transaction():
            hold(f"import:{token}")
            queries.file_of(token, by)  # a second click waited here, and learns what the first one did
            with _opened(row) as (table, layout):
                plan, made = _write(table, layout, row.kind, row.scope, by=by, expected=mark, leaving_confirmed=leaving_confirmed)
            db.session.execute(update(ImportFile).where(ImportFile.id == row.id).values(done_at=clock.now(), plan=None))
    except NotAsPlanned as differs:
        _keep_plan(row.id, differs.plan)
        return Outcome(differs.plan)
    path_of(token).unlink(missing_ok=True)
    return Outcome(plan, made, done=True)


def run(
    path: Path, kind: Kind, *, sheet: str = "", said: Mapped | None = None, scope: str = "", leaving_confirmed: bool = False,
    with_codes: bool = False,
) -> Outcome:
    """Import a file on this machine at once, on the program's own behalf; what was said of its columns is remembered."""
    try:
        with transaction(), opened(path, kind, sheet=sheet, said=said) as (table, layout):
            if said:
                remember(kind, columns.signature(kind, table.header), said, by=None)
            plan, made = _write(table, layout, kind, scope, by=None, leaving_confirmed=leaving_confirmed, with_codes=with_codes)
            return Outcome(plan, made, done=True)
    except NotAsPlanned as differs:
        return Outcome(differs.plan)


def preview(path: Path, kind: Kind, *, sheet: str = "", said: Mapped | None = None, scope: str = "") -> Plan:
    """What the import of a file on this machine would do."""
    with opened(path, kind, sheet=sheet, said=said) as (table, layout):
        return _plan(table, layout, kind, scope)


def cancel(token: str, *, by: int) -> None:
    """Throw a waiting file away. Raises Refused "import-gone" or "import-done"."""
    row = queries.file_of(token, by)
    with transaction():
        db.session.execute(delete(ImportFile).where(ImportFile.id == row.id))
    path_of(token).unlink(missing_ok=True)


def sweep() -> None:
    """Throw away what has waited for a day, and files that nobody knows of."""
    limit = clock.now() - KEEP
    with transaction():
        db.session.execute(delete(ImportFile).where(ImportFile.created_at < limit))
    known = set(db.session.scalars(select(ImportFile.token).where(ImportFile.done_at.is_(None))))
    for path in folder().glob("*.table"):
        if path.stem not in known and path.stat().st_mtime < limit.timestamp():
            path.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, kind: Kind, *, sheet: str = "", said: Mapped | None = None) -> Iterator[tuple[Table, Layout]]:
    """A table with its columns as they are understood: as said now, as was said of files with this header, or by their names."""
    with sheets.opened(path, sheet=sheet, is_name=_is_name(kind)) as table:
        chosen = {**queries.remembered(kind, columns.signature(kind, table.header)), **(said or {})}
        yield table, columns.layout(kind, table.header, chosen, row=table.header_row)


def _opened(row: Any) -> Any:
    return opened(path_of(row.token), row.kind, sheet=row.sheet)


def _is_name(kind: Kind) -> Any:
    known = columns.known(kind)
    return lambda text: columns.plain(text) in known


def _write(table: Table, layout: Layout, kind: Kind, scope: str, **options: Any) -> tuple[Plan, tuple[UnitCodes, ...]]:
    if kind == "units":
        return importing_units.write(table, layout, expected=options.get("expected")), ()
    return importing_people.write(table, layout, Scope(scope), **options)


def _plan(table: Table, layout: Layout, kind: Kind, scope: str, by: int | None = None) -> Plan:
    return importing_units.plan(table, layout) if kind == "units" else importing_people.plan(table, layout, Scope(scope), by=by)


def _plan_again(token: str, by: int) -> Plan:
    row = queries.file_of(token, by)
    with _opened(row) as (table, layout):
        made = _plan(table, layout, row.kind, row.scope, by)
    _keep_plan(row.id, made)
    return made


def _keep_plan(row_id: int, plan: Plan) -> None:
    with transaction():
        db.session.execute(update(ImportFile).where(ImportFile.id == row_id).values(plan=plan.plain()))


def _store(path: Path, content: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(PIECE):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise Refused("import-gone") from None


def _harmless_name(name: str) -> str:
    """The name a file was sent with, only to be shown: without folders and without signs that cannot be seen."""
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return plain[-LONGEST_NAME:] or "–"
