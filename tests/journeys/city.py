"""The program as `lms serve` starts it, with its people, on a content folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pysqlite3.dbapi2 as sqlite3
from flask import Flask
from sqlalchemy import select

from lms import config, create_app
from lms.accounts import links
from lms.accounts.events import LinkMade
from lms.base import clock, schema
from lms.base.db import db, transaction
from lms.base.jobs import Job
from lms.hours import transcripts
from lms.hours.models import Source
from lms.people.models import Person
from tests import build, training
from tests.journeys.caller import Caller

REPOSITORY = Path(__file__).parents[2]
CONTENT = ("modules", "quizzes", "certificates")
MODULES = ("pelayanan-prima", "keamanan-informasi", "kinerja-umpan-balik", "komunikasi-efektif", "nilai-berakhlak", "survei-kepuasan")
PASSWORD = "belajar-bersama"
START_SECONDS = 90


@dataclass(frozen=True)
class Resident:
    """One who can sign in."""

    name: str
    nip: str
    id: int = 0


SARI = Resident("Sari Damanik", "199001012015012001")
DEWI = Resident("Dewi Lestari br. Sitorus", "199102022016022002")
EKA = Resident("Eka Purba", "199203032017031003")
BUDI = Resident("Budi Santoso", "198502022010011002")
WATI = Resident("Wati Simanjuntak", "197803032005012003")
AGUS = Resident("Agus Salim", "198004042006041004")
RINI = Resident("Rini Hutagalung", "199405052019032005")
TONO = Resident("Tono Nainggolan", "199506062020121006")
YANTI = Resident("Yanti Rumahorbo", "199707072024032007")  # has never signed in


@dataclass
class City:
    """A running program, its folders and its people by first name."""

    folder: Path
    port: int
    people: Mapping[str, Resident] = field(default_factory=lambda: MappingProxyType({}))
    plan: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))  # what the training plan's addresses need
    routes: tuple[str, ...] = ()
    link: str = ""  # the address of Yanti's link for a first password, as it would stand in a mail
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://localhost:{self.port}"  # browsers give passkeys to names, not to numbers

    @property
    def content(self) -> Path:
        """Its copy of modules, quizzes and certificates."""
        return self.folder / "content"

    @property
    def instance(self) -> Path:
        """What the program makes."""
        return self.folder / "instance"

    @property
    def log(self) -> str:
        """What the program wrote so far."""
        return (self.folder / "log").read_text("utf-8")

    def caller(self, resident: Resident) -> Caller:
        """A plain HTTP client in which a resident is signed in."""
        caller = Caller(self.url)
        caller.post("/login", {"nip": resident.nip, "password": PASSWORD})
        return caller

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the program's database, read from outside."""
        connection = sqlite3.connect(f"file:{self.instance / 'lms.db'}?mode=ro", uri=True, timeout=10)
        try:
            return list(connection.execute(query, values))
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Process ids of the server's workers, not of the one that runs jobs."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children if b"work" not in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")]


def founded(folder: Path) -> City:
    """A city whose content is copied and whose people have moved in; not yet started."""
    city = City(folder, _free_port())
    for name in CONTENT:
        shutil.copytree(REPOSITORY / name, city.content / name)
    _populate(city)
    return city


def start(city: City) -> None:
    """Start the program and wait until it answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment.update(LMS_INSTANCE_DIR=str(city.instance), LMS_CONTENT_DIR=str(city.content), LMS_BASE_URL=city.url, LMS_SECOND_FACTOR_FOR="none")
    with (city.folder / "log").open("ab") as log:
        city.process = subprocess.Popen(
            [sys.executable, "-m", "lms", "serve", "--port", str(city.port)],
            cwd=REPOSITORY, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )
    ends = time.monotonic() + START_SECONDS
    while not _answers(city):
        if city.process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"the program did not start:\n{city.log}")
        time.sleep(0.2)


def stop(city: City) -> int:
    """End the program as an operator does; gives its exit status."""
    assert city.process
    city.process.send_signal(signal.SIGTERM)
    try:
        return city.process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(city.process.pid, signal.SIGKILL)
        raise


def _populate(city: City) -> None:
    settings = config.load({}, instance_dir=city.instance, content_dir=city.content, base_url=city.url, second_factor_for="none")
    schema.upgrade(settings.database_url)
    app = create_app(settings)
    try:
        with app.test_request_context():
            with clock.stopped(datetime(2026, 3, 10, 2, tzinfo=UTC)):
                city.people = MappingProxyType(_move_in())
                city.plan = MappingProxyType(_plan(city.people))
            city.plan = MappingProxyType({**city.plan, "list_token": training.waiting_list(city.people["Agus"].id)})
            city.link = _link_of(city.people["Yanti"], app)
            _leave_failed_job()
    finally:
        app.extensions["library"].stop()
        with app.app_context():
            db.engine.dispose()
    city.routes = tuple(rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))


def _move_in() -> dict[str, Resident]:
    city = build.unit("Pemerintah Kota Contoh", kind="instansi", code="kota")
    office = build.unit("Dinas Kependudukan dan Pencatatan Sipil", parent=city, code="disdukcapil")
    desk = build.unit("Bidang Pelayanan Pendaftaran Penduduk", parent=office, code="dafduk", kind="bidang")
    elsewhere = build.unit("Dinas Perhubungan", parent=city, code="dishub")
    homes = ((SARI, "learner", desk), (DEWI, "learner", desk), (EKA, "learner", desk), (BUDI, "trainer", office),
             (WATI, "supervisor", office), (AGUS, "admin", city), (RINI, "learner", elsewhere),
             (TONO, "learner", elsewhere))
    people = {
        one.name.split()[0]: Resident(
            one.name, one.nip, build.person(one.name, nip=one.nip, role=role, unit_id=unit, password=PASSWORD))
        for one, role, unit in homes
    }
    people["Yanti"] = Resident(YANTI.name, YANTI.nip, build.person(YANTI.name, nip=YANTI.nip, unit_id=elsewhere))
    for module in MODULES:
        build.trains(people["Budi"].id, module)
    return people


def _plan(people: Mapping[str, Resident]) -> dict[str, object]:
    """Dewi's part in the training plan, which Agus looks after."""
    roles = {"learner": people["Dewi"].id, "supervisor": people["Wati"].id, "training-officer": people["Agus"].id}
    home = db.session.scalars(select(Person.unit_id).where(Person.id == roles["learner"])).one()
    found = training.planned(roles, home, "nilai-berakhlak")
    source = db.session.scalars(select(Source.id).where(Source.person_id == roles["learner"]).order_by(Source.id)).first()
    return {**found, "source_id": source, "transcript": transcripts.issue(roles["learner"], date(2026, 1, 1), clock.today())}


def _link_of(resident: Resident, app: Flask) -> str:
    sent: list[LinkMade] = []
    app.extensions["reactions"] = {LinkMade: (sent.append,)}
    with transaction():
        links.make(resident.id, "activation")
    return sent[0].address.removeprefix(app.extensions["settings"].base_url)


def _leave_failed_job() -> None:
    with transaction():
        db.session.add(Job(kind="example", key="1", payload={}, state="failed", attempts=5, run_at=clock.now(), error="OSError: no room"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(city: City) -> bool:
    try:
        with urllib.request.urlopen(f"{city.url}/healthz", timeout=2) as reply:
            return bool(json.load(reply)["modules"])
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
