"""Whether the database is sound: a nightly look through its pages, so that rot is found before the last good backup is overwritten."""

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lms.base.db import db


class Unsound(Exception):
    """The database is damaged; the message is what SQLite says about it."""


def check() -> None:
    """Read every page of a SQLite database. Raises Unsound. PostgreSQL watches over its pages itself (data checksums)."""
    if db.engine.dialect.name != "sqlite":
        return
    try:
        said = [str(line) for line in db.session.scalars(text("PRAGMA quick_check(20)"))]
    except DatabaseError as error:
        raise Unsound(str(error.orig)) from error
    if said != ["ok"]:
        raise Unsound("; ".join(said))
