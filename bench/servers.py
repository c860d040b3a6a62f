"""Programs under measurement: started as users start them, and what their whole process trees cost."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import psutil  # type: ignore[import-untyped]


class Server:
    """A program that serves on a port of this machine while the block runs."""

    def __init__(self, command: Sequence[str], port: int, environ: Mapping[str, str], log: Path) -> None:
        self.port = port
        self._command, self._log = command, log
        self._environ = {**os.environ, **environ}

    def __enter__(self) -> "Server":
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, env=self._environ, stdout=log, stderr=log, start_new_session=True)
        self._wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def _wait(self) -> None:
        for _ in range(600):
            if self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"{' '.join(self._command)} does not serve:\n{self._log.read_text('utf-8')[-2000:]}")

    def tree(self) -> list[psutil.Process]:
        """The process and all below it."""
        top = psutil.Process(self._process.pid)
        return [top, *top.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of CPU that the tree has used, in steps of nanoseconds."""
        return sum(_seconds(process.pid) for process in self.tree())

    def pss(self) -> float:
        """Megabytes that the tree holds, shared pages divided among their users."""
        return float(sum(process.memory_full_info().pss for process in self.tree())) / 1e6


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _seconds(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
    except FileNotFoundError:  # ended meanwhile
        return 0.0
