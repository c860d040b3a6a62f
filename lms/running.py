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
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from lms import config, create_app, wiring
from lms.base import jobs, schema
from lms.base.errors import Refused
from lms.people import service as people
from lms.people.rules import DEMO_PASSWORD, DEMO_SIGN_INS, Nip, read_nip


def serve(settings: config.Settings) -> None:
    """Bring the database up to date, start the worker, and serve until Ctrl-C or SIGTERM; requests in flight are finished."""
    _export(settings)
    with _alone(settings.instance_dir / "upgrade.lock"):
        schema.upgrade(settings.database_url)
    create_app(settings).extensions["library"].stop()  # renders what is new once, before two processes ask for it
    worker = Worker(settings)
    worker.start()
    _announce(settings)
    try:
        while not _serve_until_stopped(settings):
            click.echo("Server processes died again and again; starting anew.", err=True)
            time.sleep(1)
    finally:
        worker.stop()


def _serve_until_stopped(settings: config.Settings) -> bool:
    """Serve; true once a signal asked to stop, false if the server gave up because its processes kept dying."""
    server = Granian(
        "lms:create_app", factory=True, address=settings.host, port=settings.port, interface=Interfaces.WSGI,
        workers=settings.workers, blocking_threads=1, log_enabled=True, log_level="warning", respawn_failed_workers=True,  # type: ignore[arg-type]
        workers_kill_timeout=20, backpressure=64,
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
    app = create_app(settings)
    with app.app_context():
        jobs.work(wiring.JOBS, wiring.SCHEDULE, stopping=lambda: stopping.is_set() or os.getppid() != parent)
    app.extensions["library"].stop()


def demo_settings(*, host: str | None = None, port: int | None = None) -> config.Settings:
    """Settings of the demo city, whose instance folder is `demo` within the usual one."""
    folder = Path(os.environ.get("LMS_INSTANCE_DIR") or "instance") / "demo"
    settings = config.load(instance_dir=folder, host=host, port=port, demo=True)
    return settings if settings.base_url else replace(settings, base_url=f"http://{settings.host}:{settings.port}")


def load_demo(settings: config.Settings, *, fresh: bool) -> None:
    """Load the demo city unless it is there already."""
    from lms.demo import city

    if fresh and settings.instance_dir.name == "demo":
        shutil.rmtree(settings.instance_dir)
        settings.instance_dir.mkdir(parents=True)
        settings = demo_settings(host=settings.host, port=settings.port)
    done = settings.instance_dir / "loaded"
    with _alone(settings.instance_dir / "upgrade.lock"):
        schema.upgrade(settings.database_url)
        if done.exists():
            return
        click.echo("Memuat kota contoh ...")
        app = create_app(settings)
        with app.test_request_context():
            city.load()
            jobs.run_due(wiring.JOBS, most=40)
        app.extensions["library"].stop()
        done.touch()


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
            people.found_agency(unit=unit, nip=read.text, name=name, password=password)
        app.extensions["library"].stop()
        lines = {"LMS_AGENCY": agency, "LMS_UNIT": unit, "LMS_BASE_URL": settings.base_url}
        text = "".join(f"{key}={value}\n" for key, value in lines.items())
        (settings.instance_dir / "settings.env").write_text(text, "utf-8")


def _announce(settings: config.Settings) -> None:
    click.echo(f"\nSimpul Belajar: http://{settings.host}:{settings.port}")
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
