"""A database that is locked, gone, replaced, read-only, damaged, newer or out of reach: a clear answer, and nothing half-written."""

import contextlib
import contextvars
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite3
import pytest
from alembic import command
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from lms import config, create_app
from lms.base import schema
from lms.base.db import db, hold, transaction
from lms.content.library import Library
from lms.people.models import Person
from tests import build
from tests.inspecting import InspectingClient

NIP, PASSWORD = "199001012015012001", "tujuh gajah biru"
Opened = Callable[[str], Flask]


@pytest.fixture
def opened(settings: config.Settings, library: Library) -> Iterator[Opened]:
    """A function that opens the program on a database of its own."""
    made: list[Flask] = []

    def on(url: str) -> Flask:
        app = create_app(replace(settings, database_url=url), library=library)
        app.test_client_class = InspectingClient
        made.append(app)
        return app

    yield on
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database file with its tables."""
    path = tmp_path / "own.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def own(opened: Opened, file: Path) -> Flask:
    """The program on that file, with one person."""
    app = opened(f"sqlite:///{file}")
    with app.app_context():
        build.person(nip=NIP, password=PASSWORD)
        db.session.remove()
    return app


def enter(app: Flask) -> TestResponse:
    client = app.test_client()
    response: TestResponse = client.send("/login", nip=NIP, password=PASSWORD)  # type: ignore[attr-defined]
    return response


def sign_ins(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        return int(connection.execute("SELECT count(*) FROM sign_ins").fetchone()[0])


def test_f08_a_short_lock_is_waited_for_and_a_long_one_is_answered_with_come_back_later(
        own: Flask, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.4, lambda: other.execute("ROLLBACK"))
    release.start()
    waited = enter(own)
    release.join()
    monkeypatch.setattr("lms.base.db.PRAGMAS", ("journal_mode = WAL", "busy_timeout = 50"))
    with own.app_context():
        db.engine.dispose()
    before = sign_ins(file)
    other.execute("BEGIN IMMEDIATE")
    refused = enter(own)
    other.execute("ROLLBACK")
    other.close()

    assert waited.status_code == 303
    assert (refused.status_code, refused.headers.get("Retry-After"), sign_ins(file)) == (503, "5", before)


def test_f09_a_database_that_cannot_be_written_is_read_and_says_so_on_writing(own: Flask, opened: Opened, file: Path) -> None:
    assert enter(own).status_code == 303
    with own.app_context():
        db.engine.dispose()
    reading = opened(f"sqlite:///file:{file}?mode=ro&uri=true")

    page, written = reading.test_client().get("/login"), enter(reading)

    assert (page.status_code, written.status_code, written.headers.get("Retry-After")) == (200, 503, "5")


@pytest.mark.parametrize("act", ["deleted", "replaced"])
def test_f10_a_database_that_was_deleted_or_replaced_is_refused_and_not_made_anew(own: Flask, file: Path, act: str) -> None:
    assert enter(own).status_code == 303
    copy = file.with_name("copy.db")
    shutil.copy(file, copy)
    file.unlink()
    if act == "replaced":
        copy.rename(file)

    answers = [enter(own).status_code, own.test_client().get("/healthz").status_code]

    assert answers == [503, 503]
    assert file.exists() is (act == "replaced")


def test_f32_a_migration_that_dies_half_way_is_completed_at_the_next_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'half.db'}"

    def half(settings: Any) -> None:
        command.upgrade(settings, "0001")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schema._on(url, half)
    schema.upgrade(url)
    schema.upgrade(url)

    with sqlite3.connect(tmp_path / "half.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"persons", "grants", "alembic_version"} <= tables


def test_f32_an_older_program_refuses_a_newer_database_in_words(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(config.SettingsError, match="versi Simpul yang lebih baru"):
        schema.upgrade(f"sqlite:///{file}")


def test_l09_a_long_reading_transaction_stops_no_writer(own: Flask, file: Path) -> None:
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM persons").fetchone()[0]

    with own.app_context():
        for number in range(40):
            build.person(nip=f"19900101201501{number:04}", unit_id=1)
        after = db.session.scalar(text("SELECT count(*) FROM persons"))
    still = reader.execute("SELECT count(*) FROM persons").fetchone()[0]
    reader.close()

    assert (before, still, after) == (1, 1, 41)


class Wire:
    """A line to PostgreSQL that a test can cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target, self._open = (host, port), list[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.cut = int(self._listener.getsockname()[1]), False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            if self.cut:
                near.close()
                continue
            far = socket.create_connection(self._target)
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()

    def fail(self) -> None:
        """Cut all lines and let no new one through."""
        self.cut = True
        while self._open:
            end = self._open.pop()
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        """Let lines through again."""
        self.cut = False

    def close(self) -> None:
        """End it."""
        self.fail()
        self._listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


@pytest.fixture
def wire(database_url: str) -> Iterator[tuple[Wire, str]]:
    """The test's PostgreSQL behind a line that can be cut, and its address."""
    url = make_url(database_url)
    if not url.drivername.startswith("postgresql"):
        pytest.skip("this needs PostgreSQL")
    wire = Wire(url.host or "127.0.0.1", url.port or 5432)
    yield wire, url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
    wire.close()


def test_f12_f37_postgresql_that_was_away_is_used_again_without_a_restart(app: Flask, opened: Opened, wire: tuple[Wire, str]) -> None:
    build.person(nip=NIP, password=PASSWORD)
    line, address = wire
    behind = opened(address)
    assert enter(behind).status_code == 303

    line.fail()
    away = behind.test_client().get("/healthz")
    line.mend()

    assert (away.status_code, away.headers.get("Retry-After")) == (503, "5")
    assert (behind.test_client().get("/healthz").status_code, enter(behind).status_code) == (200, 303)


def test_f13_a_connection_that_dies_before_its_commit_leaves_nothing_and_the_act_can_be_sent_again(
        app: Flask, opened: Opened, wire: tuple[Wire, str]) -> None:
    unit = build.unit()
    line, address = wire
    behind = opened(address)

    def add(*, cut: bool) -> None:
        with behind.app_context(), transaction():
            db.session.add(Person(nip=NIP, name="Sari", unit_id=unit, created_at=build.clock.now()))
            db.session.flush()
            if cut:
                line.fail()

    with pytest.raises(Exception, match="closed|terminat|connection"):
        add(cut=True)
    line.mend()
    add(cut=False)

    assert db.session.scalars(select(Person.nip)).all() == [NIP]


def test_f14_a_server_without_free_connections_is_answered_with_come_back_later(app: Flask, opened: Opened, database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("this needs PostgreSQL")
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP ROLE IF EXISTS simpul_few"))
        connection.execute(text("CREATE ROLE simpul_few LOGIN CONNECTION LIMIT 0"))
        try:
            full = opened(make_url(database_url).set(username="simpul_few").render_as_string(hide_password=False))
            response = full.test_client().get("/healthz")
        finally:
            connection.execute(text("DROP ROLE simpul_few"))
    engine.dispose()

    assert (response.status_code, response.headers.get("Retry-After")) == (503, "5")


def test_f15_two_who_stand_in_each_others_way_both_get_through(app: Flask, database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite lets one writer in at a time, so that nobody stands in another's way")
    barrier = threading.Barrier(2)
    statuses: list[int] = []

    def crossing(first: str, second: str) -> dict[str, str]:
        with transaction():
            hold(first)
            with contextlib.suppress(threading.BrokenBarrierError):  # the second try finds nobody waiting
                barrier.wait(3)
            hold(second)
        return {"got": "through"}

    one_way, other_way = (lambda: crossing("left", "right")), (lambda: crossing("right", "left"))
    kept = app.view_functions["accounts.login"], app.view_functions["certificates.verify_form"]
    app.view_functions["accounts.login"], app.view_functions["certificates.verify_form"] = one_way, other_way
    try:
        def go(address: str) -> None:
            statuses.append(app.test_client().open(address, headers={"Accept": "text/html"}).status_code)

        threads = [threading.Thread(target=contextvars.Context().run, args=(go, address)) for address in ("/login", "/verify/")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    finally:
        app.view_functions["accounts.login"], app.view_functions["certificates.verify_form"] = kept

    assert statuses == [200, 200]
