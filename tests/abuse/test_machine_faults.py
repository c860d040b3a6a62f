"""A machine that misbehaves: no more open files, no memory, content that is gone, a key that changed, a clock that jumps, a disk that rots."""

import os
import resource
import shutil
import sqlite3 as standard_sqlite
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms import config, create_app, running
from lms.assessment import queries, service
from lms.base import audit, clock, jobs, schema, soundness
from lms.base.db import db, transaction
from lms.base.jobs import Job
from lms.certificates import printing
from lms.content.library import Library
from tests import build
from tests.assessment.build import JP, SAPA, answer, begun, quiz, serve, studied
from tests.certificates.test_service import completed
from tests.house.town import SignIn
from tests.inspecting import InspectingClient, words


@contextmanager
def no_free_file() -> Iterator[None]:
    """Every number that an open file may have is taken."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    plugs = [os.open("/dev/null", os.O_RDONLY)]
    while plugs[-1] < highest:
        plugs.append(os.open("/dev/null", os.O_RDONLY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(plugs[-1], highest) + 1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for plug in plugs:
            os.close(plug)


def test_f07_a_download_without_a_free_file_says_come_back_later_and_then_succeeds(app: Flask, sign_in: SignIn) -> None:
    sari = build.person()
    serial = completed(sari).serial
    browser = sign_in(sari)
    browser.get(f"/certificates/{serial}.pdf", buffered=True)
    browser.get("/certificates/")
    with no_free_file():
        full = browser.get(f"/certificates/{serial}.pdf", buffered=True)
    later = browser.get(f"/certificates/{serial}.pdf", buffered=True)

    assert (full.status_code, full.headers.get("Retry-After")) == (503, "5")
    assert later.data.startswith(b"%PDF-")


SYNC_FAILS = textwrap.dedent("""
    import sys
    import pysqlite3.dbapi2 as sqlite3
    from lms.base.db import PRAGMAS
    connection = sqlite3.connect(sys.argv[1], isolation_level=None)
    for pragma in PRAGMAS:
        while True:
            try:
                connection.execute(f"PRAGMA {pragma}")
                break
            except sqlite3.OperationalError:
                continue
    kept = 0
    for number in range(200):
        try:
            connection.execute("INSERT INTO throttles (key, count, ends_at) VALUES (?, 1, '2026-01-01')", (f"f06-{number}",))
            kept += 1
        except sqlite3.OperationalError:
            pass
    print(kept)
""")


@pytest.mark.skipif(shutil.which("fiu-run") is None, reason="fiu-utils is not installed")
@pytest.mark.parametrize("fault", ["posix/io/sync/fsync,probability=0.2,failinfo=5", "posix/io/rw/pwrite,probability=0.05,failinfo=28"])
def test_f06_f05_what_was_acknowledged_is_there_although_the_disk_failed_now_and_then(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "own.db"
    schema.upgrade(f"sqlite:///{file}")

    done = subprocess.run(["fiu-run", "-x", "-c", f"enable_random name={fault}", sys.executable, "-c", SYNC_FAILS, str(file)],
                          capture_output=True, text=True, check=True, timeout=60, cwd=Path(__file__).parents[2])

    with standard_sqlite.connect(file) as connection:
        found = connection.execute("SELECT count(*) FROM throttles").fetchone()[0]
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    acknowledged = int(done.stdout)
    assert (found >= acknowledged, sound) == (True, "ok")
    assert 0 < acknowledged < 200


def test_f11_a_log_that_vanished_while_nobody_served_is_reported_at_the_start(tmp_path: Path) -> None:
    settings = config.load({}, instance_dir=tmp_path)
    schema.upgrade(settings.database_url)
    serving, log = tmp_path / "serving", tmp_path / "lms.db-wal"

    quiet = [*running.warnings(settings)]
    serving.touch()
    open_still = standard_sqlite.connect(tmp_path / "lms.db")
    open_still.execute("SELECT count(*) FROM persons")
    with_log = [*running.warnings(settings)]
    open_still.close()
    log.unlink(missing_ok=True)
    without = [*running.warnings(settings)]

    assert (quiet, with_log) == ([], [])
    assert len(without) == 1
    assert "lms.db-wal" in without[0]


def test_f17_content_that_is_unmounted_leaves_the_last_good_pages_in_service(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "modules/a").mkdir(parents=True)
    (content / "modules/a/10-satu.md").write_text("# Satu\n\nIsi.\n", "utf-8")
    library = Library(content, tmp_path / "cache")
    library.load()

    content.rename(tmp_path / "away")
    library.load()
    left = set(library.current.modules)
    library.stop()

    assert left == {"a"}


def test_f19_a_clock_that_is_a_year_behind_is_reported_at_the_start(tmp_path: Path) -> None:
    settings = config.load({}, instance_dir=tmp_path)
    schema.upgrade(settings.database_url)
    app = create_app(settings, library=Library(tmp_path, tmp_path / "cache"))
    with app.app_context():
        build.trains(build.person(), "sapa")
        with transaction():
            audit.record("test", "test:1")
        db.session.remove()

    now = [*running.warnings(settings)]
    with clock.stopped(clock.now() - timedelta(days=365)):
        behind = [*running.warnings(settings)]

    assert now == []
    assert len(behind) == 1


@pytest.mark.parametrize("seconds", [-120, 120])
def test_f20_a_step_of_the_clock_during_a_quiz_loses_no_answer(app: Flask, seconds: int) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)

    clock.advance(timedelta(seconds=seconds))
    answer(attempt_id, sari, 2, JP)
    service.submit(attempt_id, sari)

    assert queries.sheet(attempt_id).passed is True


def test_f21_a_job_that_runs_out_of_memory_fails_alone(app: Flask) -> None:
    done: list[int] = []

    def greedy(_payload: object) -> None:
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (2**33, before[1]))
        try:
            bytearray(2**36)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    with transaction():
        jobs.enqueue("greedy", {}, key="1")
        jobs.enqueue("modest", {}, key="1")

    jobs.run_due({"greedy": greedy, "modest": lambda _payload: done.append(1)})

    assert done == [1]
    states = {row.kind: row.state for row in db.session.execute(select(Job.kind, Job.state))}
    assert states == {"greedy": "todo", "modest": "done"}
    assert "MemoryError" in str(db.session.scalar(select(Job.error).where(Job.kind == "greedy")))


def test_f31_another_secret_key_ends_form_tokens_but_neither_sign_ins_nor_what_was_typed(
        app: Flask, settings: config.Settings, library: Library, sign_in: SignIn) -> None:
    sari = build.person()
    before = sign_in(sari)
    token = before.token("/login") if before.get("/login").status_code == 200 else before.token("/certificates/")
    other = create_app(replace(settings, secret_key="another key of at least thirty-two letters"), library=library)
    other.test_client_class = InspectingClient
    after = other.test_client()
    for name in ("signin", "form"):
        cookie = before.get_cookie(name)
        if cookie:
            after.set_cookie(name, cookie.value)
    after.set_cookie("lang", "en")

    page = after.get("/certificates/")
    form = after.post("/language", data={"csrf_token": token, "lang": "en", "next": "/certificates/"})

    assert page.status_code == 200
    assert form.status_code == 400
    assert "/certificates/" in form.get_data(as_text=True)
    with other.app_context():
        db.engine.dispose()


def test_f35_a_page_of_the_database_that_rotted_is_found_by_the_nightly_check(
        tmp_path: Path, settings: config.Settings, library: Library) -> None:
    file = tmp_path / "own.db"
    schema.upgrade(f"sqlite:///{file}")
    app = create_app(replace(settings, database_url=f"sqlite:///{file}"), library=library)
    with app.app_context():
        for number in range(60):
            build.person(nip=f"19900101201501{number:04}", name="Sari " * 20)
        soundness.check()
        db.session.remove()
        db.engine.dispose()
    with standard_sqlite.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'persons'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with file.open("r+b") as opened:
        opened.seek((root - 1) * size + 8)
        opened.write(os.urandom(64))

    with app.app_context():
        with pytest.raises(soundness.Unsound):
            soundness.check()
        db.session.remove()
        db.engine.dispose()


def test_c40_no_error_tells_where_the_program_lies(app: Flask, client: InspectingClient) -> None:
    client.set_cookie("lang", "en")
    answers = [client.get(address) for address in ("/nowhere", "/verify/AAAA", "/static/0/app.css", "/modules/")]

    told = [answer.request.path for answer in answers if str(Path(__file__).parents[2]) in answer.get_data(as_text=True)]

    assert told == []
    assert all("Traceback" not in words(answer.get_data(as_text=True)) for answer in answers)


def test_c50_names_of_a_scripts_own_parts_are_fields_like_others(client: InspectingClient) -> None:
    build.person(nip="199001012015012001", password="tujuh gajah biru")
    odd = {"__proto__": "x", "constructor": "y", "prototype[admin]": "1", "__class__": "z", "toString": "w"}

    response = client.send("/login", nip="199001012015012001", password="tujuh gajah biru", **odd)

    assert (response.status_code, response.location) == (303, "/")


def test_f05_the_file_of_a_certificate_is_whole_or_not_there(app: Flask) -> None:
    certificate = completed(build.person())

    path = printing.pdf_of(certificate)

    assert [one.name for one in path.parent.iterdir() if one.suffix != ".pdf"] == []
