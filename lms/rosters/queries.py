"""Reads of files that wait to be imported and of remembered columns."""

from typing import Any

from sqlalchemy import select

from lms.base.db import db
from lms.base.errors import Refused
from lms.people.models import Unit
from lms.people.roles import WHOLE
from lms.rosters.columns import Kind, Mapped
from lms.rosters.models import ColumnMapping, ImportFile


def waiting_of(person_id: int) -> Any:
    """The row (token, name, kind, created_at) of the file that a person has not confirmed yet; None if there is none. One query."""
    return db.session.execute(
        select(ImportFile.token, ImportFile.name, ImportFile.kind, ImportFile.created_at)
        .where(ImportFile.person_id == person_id, ImportFile.done_at.is_(None)).order_by(ImportFile.created_at.desc()).limit(1)).first()


def file_of(token: str, person_id: int) -> Any:
    """The row of a file that a person has sent. Raises Refused "import-gone" or, if it has been imported, "import-done". One query."""
    row = db.session.execute(
        select(*ImportFile.__table__.c).where(ImportFile.token == token, ImportFile.person_id == person_id)).first()
    if row is None:
        raise Refused("import-gone")
    if row.done_at is not None:
        raise Refused("import-done", name=row.name)
    return row


def remembered(kind: Kind, signature: str) -> Mapped:
    """What was said of the columns of files with this header; empty if nobody ever said anything. One query."""
    found = db.session.scalar(select(ColumnMapping.meant).where(ColumnMapping.kind == kind, ColumnMapping.signature == signature))
    return found or {}


def scope_name(path: str) -> str:
    """The name of the unit at a path, "" for the whole agency or nobody. One query at most."""
    if path in {"", WHOLE}:
        return ""
    return db.session.scalar(select(Unit.name).where(Unit.path == path)) or ""


def unit_path(unit_id: int) -> str:
    """The path of a unit, "" if there is none. One query."""
    return db.session.scalar(select(Unit.path).where(Unit.id == unit_id)) or ""
