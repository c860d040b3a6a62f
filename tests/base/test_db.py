"""Transactions and the types that both databases share."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from lms.base import audit, clock
from lms.base.audit import AuditEntry
from lms.base.db import db, hold, transaction
from lms.base.throttle import Throttle
from tests import build


def count() -> int:
    """How many entries another connection sees."""
    with db.engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(AuditEntry)) or 0)


def seen_elsewhere() -> int:
    """The same from another thread, whose reads do not wait for our lock."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.Context().run, count_in, current_app._get_current_object()).result()  # type: ignore[attr-defined]


def count_in(app: Flask) -> int:
    """The count in an app context of its own."""
    with app.app_context():
        return count()


def test_a_block_that_ends_well_is_kept(app: Flask) -> None:
    with transaction():
        audit.record("one", "test")

    assert count() == 1


def test_an_error_takes_the_whole_block_back(app: Flask) -> None:
    def broken() -> None:
        with transaction():
            audit.record("one", "test")
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert count() == 0


def test_only_the_outermost_block_commits(app: Flask) -> None:
    with transaction():
        with transaction():
            audit.record("inner", "test")
        between = seen_elsewhere()
        audit.record("outer", "test")

    assert (between, count()) == (0, 2)


def test_an_error_outside_takes_the_inner_block_back_too(app: Flask) -> None:
    def broken() -> None:
        with transaction():
            with transaction():
                audit.record("inner", "test")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert count() == 0


def test_changes_made_outside_a_block_are_a_programming_error(app: Flask) -> None:
    db.session.add(Throttle(key="lost", count=1, ends_at=clock.now()))

    with pytest.raises(RuntimeError, match="outside transaction"), transaction():
        pass


def test_holding_a_key_is_possible_on_either_database(app: Flask) -> None:
    with transaction():
        hold("admins")
        audit.record("held", "test")

    assert count() == 1


def test_a_moment_comes_back_in_utc(app: Flask) -> None:
    office = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=7)))
    with transaction():
        db.session.add(Throttle(key="k", count=1, ends_at=office))

    assert db.session.scalar(select(Throttle.ends_at)) == datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    assert str(db.session.scalar(select(Throttle.ends_at))) == "2026-03-10 02:00:00+00:00"


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(Exception, match="without a zone"):
        db.session.execute(select(Throttle).where(Throttle.ends_at < datetime(2026, 3, 10)))  # noqa: DTZ001


def test_foreign_keys_are_enforced(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        build.person(unit_id=999_999)


def test_f04_d07_sqlite_runs_as_the_program_needs_it(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only")
    pragmas = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_entry_of_the_audit_says_when(app: Flask) -> None:
    with transaction():
        audit.record("one", "test", detail={"n": 1})

    row = db.session.execute(select(AuditEntry.at, AuditEntry.actor_id, AuditEntry.act, AuditEntry.detail)).one()
    assert tuple(row) == (clock.now(), None, "one", {"n": 1})
