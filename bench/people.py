"""`python -m bench.people` makes 100,000 people and measures the search page beside the floor page, by turns, in one process.

It runs on SQLite, and on the PostgreSQL server that LMS_TEST_DATABASE_URL names; there the server's CPU is counted too.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psutil
from flask.testing import FlaskClient
from sqlalchemy import create_engine, insert, select, text

from bench import floor
from lms import config, create_app
from lms.accounts import signins
from lms.base import schema
from lms.base.db import db, transaction
from lms.content.library import Library
from lms.demo.names import full_name
from lms.people import grants
from lms.people.models import Person, Unit

PEOPLE, UNITS, ROUNDS, TIMES = 100_000, 800, 7, 20
MOST = 4.0  # times the floor page
SEARCHES = {
    "first page, nothing typed": "", "part of a common family name": "amani", "a whole common name": "damanik", "two words": "sri wahyuni",
    "two letters": "sa", "one letter": "s", "a rare name": "bonar tampubolon", "nobody": "xyzzy",
    "birth date in the NIP": "19860926", "middle of the NIP": "2015051", "whole NIP": "",
}


@dataclass
class Line:
    """Milliseconds of CPU a page, one figure a round."""

    title: str
    cpu_ms: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.cpu_ms)


def main() -> None:
    """Measure on each database and print a table; the exit status is 1 if a page is dearer than it may be."""
    dear = False
    with tempfile.TemporaryDirectory(prefix="simpul-people-") as folder:
        for name, url in _databases(Path(folder)):
            with url as address:
                lines = measured(Path(folder), address)
            dear = _print(name, lines) or dear
    sys.exit(dear)


def _databases(folder: Path) -> Iterator[tuple[str, "contextmanager[str]"]]:  # type: ignore[valid-type]
    yield "SQLite", _file(folder)  # type: ignore[misc]
    server = os.environ.get("LMS_TEST_DATABASE_URL")
    if server:
        yield "PostgreSQL", _made_on(server)  # type: ignore[misc]


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'people.db'}"


@contextmanager
def _made_on(server: str) -> Iterator[str]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"simpul_bench_{os.getpid()}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def measured(folder: Path, url: str) -> list[Line]:
    """The floor's line, then one for each search."""
    with ExitStack() as open_:
        client, nip, server = open_.enter_context(_program(folder, url))
        ground = _floor(folder)
        pages = {title: f"/people/?q={nip if title == 'whole NIP' else sought}" for title, sought in SEARCHES.items()}
        lines = [Line("the floor page"), *(Line(title) for title in pages)]
        asked = [(ground, "/1"), *((client, page) for page in pages.values())]
        for _ in range(ROUNDS):
            for line, (browser, page) in zip(lines, asked, strict=True):
                line.cpu_ms.append(_cpu(browser, page, server))
    return lines


def _cpu(browser: FlaskClient, page: str, server: psutil.Process | None) -> float:
    def spent() -> float:
        there = server.cpu_times() if server else None
        return time.process_time() + (there.user + there.system if there else 0)

    browser.get(page)
    before = spent()
    for _ in range(TIMES):
        answer = browser.get(page)
        if answer.status_code != 200:
            raise RuntimeError(f"{page}: {answer.status}")
    return (spent() - before) * 1000 / TIMES


@contextmanager
def _program(folder: Path, url: str) -> Iterator[tuple[FlaskClient, str, psutil.Process | None]]:
    """The program with its people and an administrator's browser, a NIP, and PostgreSQL's process that serves it."""
    content = folder / "content"
    content.mkdir(exist_ok=True)
    settings = config.load({}, instance_dir=folder, content_dir=content, database_url=url, base_url="http://localhost", agency="Kota",
                           unit="BKPSDM", second_factor_for="none")
    schema.upgrade(url)
    library = Library(content, folder / "cache")
    library.load()
    app = create_app(settings, library=library)
    with app.test_request_context():
        nip = _fill()
        token = signins.begin(db.session.scalars(select(Person.id).order_by(Person.id)).first() or 0)
        postgresql = db.engine.dialect.name == "postgresql"
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    client = app.test_client()
    client.set_cookie("signin", token)
    client.get("/people/")
    with app.app_context():
        server = psutil.Process(db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()) if postgresql else None
        db.session.rollback()
    try:
        yield client, nip, server
    finally:
        library.stop()
        with app.app_context():
            db.engine.dispose()


def _fill() -> str:
    """A city of 100,000 people in 800 units; gives one of their NIPs."""
    rng = Random("city")
    now = datetime.now(UTC)
    with transaction():
        db.session.execute(insert(Unit), [
            {"id": number, "parent_id": None if number == 1 else 1, "name": f"Unit {number}", "code": f"u{number}", "kind": "dinas",
             "path": "/1/" if number == 1 else f"/1/{number}/"} for number in range(1, UNITS + 1)])
        rows = [
            {"id": number, "nip": _nip(rng, number), "name": full_name(rng, "2" if number % 2 else "1", "bachelor"), "created_at": now,
             "unit_id": rng.randint(1, UNITS), "position": "Pengelola Layanan"} for number in range(1, PEOPLE + 1)]
        db.session.execute(insert(Person), rows)
        grants.add(1, "admin")
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT setval('units_id_seq', 100000), setval('persons_id_seq', 200000)"))
    return str(rows[4711]["nip"])


def _nip(rng: Random, number: int) -> str:
    """Digits 10 to 12 hold what keeps the numbers apart."""
    born = f"{rng.randint(1969, 1999)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    return f"{born}{rng.randint(1994, 2024)}{rng.randint(1, 12):02}{rng.choice('12')}{number % 999 + 1:03}"[:18]


def _floor(folder: Path) -> FlaskClient:
    os.environ["FLOOR_DATABASE"] = str(folder / "floor.db")
    client = floor.create_app().test_client()
    client.get("/enter")
    return client


def _print(name: str, lines: list[Line]) -> bool:
    """The table; whether a page is too dear."""
    ground = lines[0].median
    out = [
        f"| {name}: 50 rows of {PEOPLE:,} people | CPU ms | ratio to the floor | target ≤ {MOST:g} |", "|---|---|---|---|",
    ]
    for line in lines:
        ratio = line.median / ground
        out.append(f"| {line.title} | {line.median:.2f} | {ratio:.2f} | {'kept' if ratio <= MOST else '**missed**'} |")
    sys.stdout.write("\n".join(out) + "\n\n")
    return any(line.median > MOST * ground for line in lines)


if __name__ == "__main__":
    main()
