"""Starting and stopping: database, worker process and server of one installation."""

import fcntl
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pysqlite3.dbapi2
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url

from lms import config, create_app, serving, wiring
from lms.accounts import service as accounts
from lms.base import clock, jobs, schema, security
from lms.base.audit import AuditEntry
from lms.base.errors import Refused
from lms.doctor import port_fault
from lms.ops import service as ops
from lms.people.rules import DEMO_PASSWORD, DEMO_SIGN_INS, Nip, read_nip

SERVING = "serving"  # lies in the instance folder while the server runs
CLOCK_BEHIND = timedelta(hours=1)
SHORT_LIFE, MOST_FALLS = 5, 10  # a server that ten times in a row does not live for five seconds will not at the eleventh


def serve(settings: config.Settings) -> None:
    """Bring the database up to date, start the worker, and serve until Ctrl-C or SIGTERM; requests in flight are finished."""
    if fault := port_fault(settings.host, settings.port):
        raise click.ClickException(fault)
    _export(settings)
    with _alone(settings.instance_dir / "upgrade.lock"):
        schema.upgrade(settings.database_url)
    app = create_app(settings)  # renders what is new once, before two processes ask for it
    with app.app_context():
        ops.note_settings()
    serving.hand_down(app)
    for warning in warnings(settings):
        click.echo(f"Perhatian: {warning}", err=True)
    worker = Worker(settings)
    worker.start()
    _announce(settings)
    (settings.instance_dir / SERVING).touch()
    try:
        _serve_again_and_again(settings)
    finally:
        worker.stop()
        (settings.instance_dir / SERVING).unlink(missing_ok=True)


def warnings(settings: config.Settings) -> Iterator[str]:
    """What looks wrong before serving: a log that vanished with what was in it, a clock that is behind what it wrote."""
    if not settings.database_url.startswith("sqlite"):
        return
    file = Path(make_url(settings.database_url).database or "")
    log = file.with_name(f"{file.name}-wal")
    if (settings.instance_dir / SERVING).exists() and not log.exists():
        yield (f"{log.name} tidak ada, padahal server terakhir berhenti mendadak. Bila tidak ada program lain yang membuka basis data "
               "sejak itu, data terakhir hilang: periksa dengan lms ops audit verify.")
    engine = create_engine(settings.database_url, module=pysqlite3.dbapi2)
    with engine.connect() as connection:
        newest = connection.execute(select(func.max(AuditEntry.at))).scalar()
    engine.dispose()
    if newest is not None and newest > clock.now() + CLOCK_BEHIND:
        yield (f"Jam mesin ini {clock.now():%Y-%m-%d %H:%M} UTC, padahal sudah ada catatan dari {newest:%Y-%m-%d %H:%M} UTC. "
               "Setel jamnya dahulu.")


def _serve_again_and_again(settings: config.Settings) -> None:
    falls, since = 0, time.monotonic()
    while not _serve_until_stopped(settings):
        falls = falls + 1 if time.monotonic() - since < SHORT_LIFE else 1
        if falls >= MOST_FALLS:
            raise click.ClickException("Server selalu segera berhenti. Lihat pesan di atas, lalu jalankan: lms doctor")
        click.echo("Server processes died again and again; starting anew.", err=True)
        time.sleep(1)
        since = time.monotonic()


def _serve_until_stopped(settings: config.Settings) -> bool:
    """Serve; true once a signal asked to stop, false if the server gave up because its processes kept dying."""
    server = Granian(
        "lms.serving:create", factory=True, address=settings.host, port=settings.port, interface=Interfaces.RSGI, websockets=False,
        workers=settings.workers, runtime_threads=1, log_enabled=True, log_level="warning", respawn_failed_workers=True,  # type: ignore[arg-type]
        workers_kill_timeout=20, backpressure=1024,
    )
    with suppress(SystemExit):
        server.serve()
    return bool(server.interrupt_signal)


class Worker:
    """The process that runs jobs, started again should it die.

    It is forked, before the server has threads, from a process that has imported everything: the two share that memory.
    """

    def __init__(self, settings: config.Settings) -> None:
        self._settings = settings
        self._keeper = 0

    def start(self) -> None:
        """Fork the process that keeps a worker running."""
        parent = os.getpid()
        self._keeper = os.fork()
        if self._keeper == 0:
            os._exit(self._keep(parent))

    def stop(self) -> None:
        """Let the worker finish its job and end."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._keeper, signal.SIGTERM)
            os.waitpid(self._keeper, 0)

    def _keep(self, parent: int) -> int:
        stopping = _stop_signal()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while not stopping.is_set() and os.getppid() == parent:
            worker = os.fork()
            if worker == 0:
                os._exit(_work_once(self._settings))
            while os.waitpid(worker, os.WNOHANG) == (0, 0):
                if stopping.wait(0.3) or os.getppid() != parent:
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGTERM)
                    os.waitpid(worker, 0)
                    return 0
        return 0


def _work_once(settings: config.Settings) -> int:
    work(settings)
    return 0


def _stop_signal() -> threading.Event:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    return stopping


def work(settings: config.Settings) -> None:
    """Run jobs until SIGTERM or until the process that started us is gone."""
    stopping = _stop_signal()
    signal.signal(signal.SIGINT, signal.getsignal(signal.SIGTERM))
    parent = os.getppid()
    security.open_log()
    app = serving.forked() or create_app(settings)
    with app.app_context():
        jobs.work(wiring.JOBS, wiring.SCHEDULE, stopping=lambda: stopping.is_set() or os.getppid() != parent)
    app.extensions["library"].stop()


def demo_settings(*, host: str | None = None, port: int | None = None) -> config.Settings:
    """Settings of the demo city, whose instance folder is `demo` within the usual one."""
    folder = Path(os.environ.get("LMS_INSTANCE_DIR") or "instance") / "demo"
    settings = config.load(instance_dir=folder, host=host, port=port, demo=True)
    name = "localhost" if settings.host == "127.0.0.1" else settings.host  # browsers give passkeys to names, not to numbers
    return settings if settings.base_url else replace(settings, base_url=f"http://{name}:{settings.port}")


def load_demo(settings: config.Settings, *, fresh: bool) -> config.Settings:
    """Load the demo city unless it is there already; gives the settings to serve it with: a fresh folder has keys of its own."""
    from lms.demo import city

    if fresh and settings.instance_dir.name == "demo":
        shutil.rmtree(settings.instance_dir)
        settings.instance_dir.mkdir(parents=True)
        settings = demo_settings(host=settings.host, port=settings.port)
    done = settings.instance_dir / "loaded"
    with _alone(settings.instance_dir / "upgrade.lock"):
        schema.upgrade(settings.database_url)
        if done.exists():
            return settings
        click.echo("Memuat kota contoh ...")
        app = create_app(settings)
        with app.test_request_context():
            city.load()
            jobs.run_due(wiring.JOBS, most=40)
        app.extensions["library"].stop()
        done.touch()
    return settings


def initialise(*, agency: str, unit: str, base_url: str, nip: str, name: str, password: str) -> None:
    """Write settings.env and the first administrator. Raises Refused "already-initialised", SettingsError or a password's fault."""
    settings = config.load(agency=agency, unit=unit, base_url=base_url.rstrip("/"))
    read = read_nip(nip)
    with _alone(settings.instance_dir / "upgrade.lock"):
        schema.upgrade(settings.database_url)
        app = create_app(settings)
        with app.test_request_context():
            if not isinstance(read, Nip):
                raise Refused(read)
            accounts.found_agency(unit=unit, nip=read.text, name=name, password=password)
        app.extensions["library"].stop()
        lines = {"LMS_AGENCY": agency, "LMS_UNIT": unit, "LMS_BASE_URL": settings.base_url}
        text = "".join(f"{key}={value}\n" for key, value in lines.items())
        (settings.instance_dir / "settings.env").write_text(text, "utf-8")


def _announce(settings: config.Settings) -> None:
    click.echo(f"\nSimpul Belajar: {settings.base_url if settings.demo else f'http://{settings.host}:{settings.port}'}")
    if settings.demo:
        for name, role, nip in DEMO_SIGN_INS:
            click.echo(f"  {role:<10} {nip}  {name}")
        click.echo(f"  password   {DEMO_PASSWORD}\n")
    if not settings.base_url:
        click.echo("LMS_BASE_URL belum diisi: sertifikat belum dapat diterbitkan. Jalankan: lms init")


def _export(settings: config.Settings) -> None:
    names = ("instance_dir", "content_dir", "database_url", "base_url", "host", "port", "demo", "agency", "unit")
    os.environ.update({f"LMS_{name.upper()}": str(getattr(settings, name)) for name in names})


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
