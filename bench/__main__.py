"""`python -m bench` starts the program and the floor, measures both by turns, and writes down what it found."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench import city, inprocess, load, pages, results
from bench.servers import Server, free_port
from lms import running
from lms.config import Settings

CONNECTIONS = (1, 8, 32)
REQUESTS = {1: 150, 8: 400, 32: 800}
JSON = Path(os.environ.get("LMS_INSTANCE_DIR") or "instance") / "bench.json"


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory(prefix="simpul-bench-") as folder, ExitStack() as open_:
        settings = _demo(Path(folder))
        command = [sys.executable, "-m", "lms", "serve"]
        server = open_.enter_context(Server(command, settings.port, _environ(settings), Path(folder) / "log"))
        floor = open_.enter_context(_floor(Path(folder)))
        open_.enter_context(city.inside(settings))
        city.settle()
        idle = _idle(server)
        found = _measured(server, floor, pages.all_pages(server.port))
        whole = {**idle, "loaded_mb": server.pss(), "floor_mb": floor.pss()}
        found["sign_in"].less = inprocess.password_hash()
        certificate = inprocess.certificate(city.a_certificate(city.demo_browser("Sari")[0]))
    markdown = results.as_markdown(found, certificate, whole)
    JSON.parent.mkdir(parents=True, exist_ok=True)
    JSON.write_text(results.as_json(found, certificate, whole), "utf-8")
    results.write(markdown)
    sys.stdout.write(markdown + "\n")


def _demo(folder: Path) -> Settings:
    """The demo city in a folder of its own."""
    os.environ["LMS_INSTANCE_DIR"] = str(folder)
    subprocess.run([sys.executable, "-m", "lms", "demo", "--no-serve"], check=True, timeout=600)
    return running.demo_settings(port=free_port())


def _environ(settings: Settings) -> Mapping[str, str]:
    return {
        "LMS_INSTANCE_DIR": str(settings.instance_dir), "LMS_PORT": str(settings.port), "LMS_DEMO": "1", "LMS_BASE_URL": settings.base_url,
    }


def _floor(folder: Path) -> Server:
    port = free_port()
    environ = {"FLOOR_PORT": str(port), "FLOOR_DATABASE": str(folder / "floor.db")}
    return Server([sys.executable, "-m", "bench.floor"], port, environ, folder / "floor.log")


def _idle(server: Server) -> dict[str, float]:
    """Memory and CPU of the program when nobody asks for anything."""
    time.sleep(5)
    before, began = server.cpu(), time.perf_counter()
    time.sleep(5)
    spent = (server.cpu() - before) * 1000 / (time.perf_counter() - began)
    return {"idle_mb": server.pss(), "idle_ms_per_second": spent}


def _measured(server: Server, floor: Server, todo: list[pages.Page]) -> dict[str, results.Figures]:
    cookie = city.with_cookie(floor.port, "/enter")
    ground = load.same(load.get("/1", cookie))
    bottom = pages.Page("floor", "The floor", 1, lambda: len(load.run(floor.port, [ground], 200)), (ground,) * max(CONNECTIONS))
    found = {one.key: results.Figures(one.title, one.most) for one in (bottom, *todo)}
    for page, where in ((bottom, floor), *((one, server) for one in todo)):
        _warm(page, where)
    for _ in range(pages.ROUNDS):
        for page, where in ((bottom, floor), *((one, server) for one in todo)):
            before = where.cpu()
            units = page.batch()
            found[page.key].cpu_ms.append((where.cpu() - before) * 1000 / units)
    for page, where in ((bottom, floor), *((one, server) for one in todo)):
        for connections in CONNECTIONS if page.makers else ():
            found[page.key].at[connections] = _hurried(page, where, connections)
    return found


def _warm(page: pages.Page, where: Server) -> None:
    if page.makers:
        load.run(where.port, page.makers[:4], 60)


def _hurried(page: pages.Page, where: Server, connections: int) -> tuple[float, float, float]:
    began = time.perf_counter()
    took = load.run(where.port, page.makers[:connections], REQUESTS[connections])
    return results.percentiles(took, time.perf_counter() - began)


if __name__ == "__main__":
    main()
