"""The database handle, the one way to write to it, and the column types that both databases share."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

SQLITE_AT_LEAST = (3, 51, 3)  # older ones can lose commits in WAL with several processes (sqlite.org/wal.html#walresetbug)
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of all tables; constraint names are fixed, because SQLite's batch migrations need them."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; kept as UTC, and read back as UTC also where the database has no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

db = SQLAlchemy(model_class=Base)
_depth: ContextVar[int] = ContextVar("transaction depth", default=0)
_last: list[Callable[[], None]] = []


def prepare(engine: Engine) -> None:
    """Set an engine up; only SQLite needs it. Raises RuntimeError for a SQLite that can lose commits."""
    if engine.dialect.name != "sqlite":
        return
    version = tuple(int(part) for part in engine.dialect.dbapi.sqlite_version.split("."))  # type: ignore[union-attr]
    if version < SQLITE_AT_LEAST:
        raise RuntimeError(f"SQLite {version} can lose commits in WAL; 3.51.3 or newer is needed (package pysqlite3)")

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    path = engine.url.database
    if path and path != ":memory:" and not path.startswith("file:"):
        _watch_over(engine, Path(path))

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A read that later turns into a write fails at once under WAL ("database is locked").
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _depth.get() else "BEGIN")


def _watch_over(engine: Engine, path: Path) -> None:
    """Refuse to work once the file is deleted or another one lies in its place: what is written to a lost file is lost."""
    opened: list[int] = []  # never closed: an open file's number is not given to another, and closing would drop SQLite's locks

    @event.listens_for(engine, "do_connect")
    def _before(_dialect: object, _record: object, _args: object, _params: object) -> None:
        _same_file()

    @event.listens_for(engine, "checkout")
    def _after(_connection: Any, _record: object, _proxy: object) -> None:
        if not opened:
            opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        _same_file()

    def _same_file() -> None:
        if not opened:
            return
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise OperationalError(f"{path} is gone", {}, error) from None
        if not os.path.samestat(found, os.fstat(opened[0])):
            raise OperationalError(f"{path} was replaced; start anew", {}, FileNotFoundError(path))


def hold(key: str) -> None:
    """Serialise writers of one thing for the rest of the transaction; SQLite's IMMEDIATE lock already does."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def last_in_transaction(act: Callable[[], None]) -> Callable[[], None]:
    """Have this called at the end of every outermost transaction(), just before it commits."""
    _last.append(act)
    return act


def writing() -> bool:
    """Whether this is inside of transaction()."""
    return bool(_depth.get())


@contextmanager
def transaction() -> Iterator[None]:
    """Commit once, when the outermost block ends; roll all of it back on any error."""
    depth = _depth.get()
    session = db.session
    if depth == 0:
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("unsaved changes from outside transaction()")
        session.rollback()  # leave the read transaction; objects are read again under the lock
        session.info.clear()  # what a transaction that failed left to be done
    token = _depth.set(depth + 1)
    try:
        yield
        if depth == 0:
            for act in _last:
                act()
            session.commit()
    except BaseException:
        if depth == 0:
            session.rollback()
        raise
    finally:
        _depth.reset(token)


def publish(fact: object) -> None:
    """Call every reaction to this event, inside the current transaction."""
    for react in current_app.extensions["reactions"].get(type(fact), ()):
        react(fact)
