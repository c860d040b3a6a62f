"""Packages: pinned, recent enough for what we promise, and a database set up the same on every connection."""

import re

import pysqlite3.dbapi2
import pytest
import weasyprint
from flask import Flask

from lms.base.db import db
from tests.house.sources import ROOT, dependencies


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    lines = (line.partition("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split())
    return {plain(name): version for name, _, version in lines}


def test_every_dependency_is_pinned() -> None:
    wanted = [plain(name) for name in dependencies(extras=True)]

    assert [name for name in wanted if not pinned().get(name)] == []


def test_sqlite_is_one_that_does_not_lose_commits() -> None:
    assert pysqlite3.dbapi2.sqlite_version_info >= (3, 51, 3)


def test_weasyprint_is_one_that_tags_its_pdfs() -> None:
    assert int(weasyprint.__version__.split(".")[0]) >= 70


def test_every_new_connection_is_set_up(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PRAGMA is SQLite's")
    db.session.remove()
    db.engine.dispose()
    with db.engine.connect() as first, db.engine.connect() as second:
        found = [
            {pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in ("synchronous", "journal_mode", "foreign_keys")}
            for connection in (first, second)
        ]

    assert found == [{"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}] * 2
