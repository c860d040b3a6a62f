"""What all tests share: one app for each worker, a clean database for each test, a client that inspects every page."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, event, select, text

from lms import config, create_app
from lms.base import clock, schema
from lms.base.db import Base, db
from lms.content.library import Library
from lms.people.models import Person
from lms.people.names import sought
from tests.inspecting import InspectingClient

SAMPLE = Path(__file__).parent / "sample"
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # Tuesday 09.00 in the office


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this worker alone: a file, or a database made on the PostgreSQL server that is named."""
    server = os.environ.get("LMS_TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"
        return
    name = f"simpul_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The sample courses, rendered once for all workers of the run."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    library = Library(SAMPLE, shared / "content-cache")
    library.load()
    yield library
    library.stop()


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    """Settings of an installation with an address, so that certificates may be issued."""
    return config.load(
        {}, instance_dir=tmp_path_factory.mktemp("instance"), content_dir=SAMPLE, database_url=database_url,
        base_url="http://localhost", agency="Pemerintah Kota Contoh", unit="BKPSDM Kota Contoh",
        second_factor_for="none",
    )


@pytest.fixture(scope="session")
def the_app(settings: config.Settings, library: Library) -> Iterator[Flask]:
    """The program, with its tables."""
    schema.upgrade(settings.database_url)
    app = create_app(settings, library=library)
    app.test_client_class = InspectingClient
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(the_app: Flask) -> Iterator[Flask]:
    """The program with an empty database, in an app context, at a stopped clock."""
    with clock.stopped(NOW), the_app.app_context():
        yield the_app
        db.session.rollback()
        db.session.remove()
    with the_app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        stale = [row.name for row in connection.execute(select(Person.name, Person.sought)) if row.sought != sought(row.name)]
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    assert stale == [], "whoever writes a name without loading the person writes `sought` too"


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    """A browser that nobody is signed in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def sign_in(app: Flask) -> Callable[[int], InspectingClient]:
    """A function that gives a browser in which a person, by id, is signed in."""
    from lms.accounts import signins

    def browser(person_id: int) -> InspectingClient:
        with app.test_request_context():
            token = signins.begin(person_id)
        client = app.test_client()
        client.set_cookie("signin", token)
        return client  # type: ignore[return-value]

    return browser


@pytest.fixture
def assert_queries(app: Flask) -> Callable[[int], object]:
    """`with assert_queries(3): ...` fails unless exactly that many statements reach the database."""

    @contextmanager
    def counted(expected: int) -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "SELECT pg_advisory")):  # what only one of the databases needs
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert len(statements) == expected, "\n".join(statements)

    return counted


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for each file of tests; they belong to the xdist group "journeys".

    Not for the whole run: Playwright keeps an event loop in this thread, under which pyHanko cannot sign.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


@pytest.fixture
def without_address(app: Flask, settings: config.Settings) -> Iterator[None]:
    """An installation whose public address is not set."""
    app.extensions["settings"] = replace(settings, base_url="")
    yield
    app.extensions["settings"] = settings
