"""Child processes that render: bounded in time and memory, both cores, gone when nothing is to do."""

from __future__ import annotations

import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent.parent
# The package's own __init__ opens the web program, which a renderer has no use for: a bare package takes its place.
START = (
    "import sys, types; lms = types.ModuleType('lms'); lms.__path__ = [sys.argv[1]]; sys.modules['lms'] = lms\n"
    "from lms.content.child import main; main()"
)
LONGEST_WAIT = 60.0
TASKS_PER_CHILD = 2000

Task = dict[str, Any]
Answer = dict[str, Any]


class ChildDied(Exception):
    """The child went over its limits or was stopped; the task is lost, nothing else."""


class Child:
    """One rendering process, asked one task at a time."""

    def __init__(self) -> None:
        # Only what Python needs: a renderer of other people's texts must not hold the program's secrets.
        paths = os.pathsep.join(path for path in sys.path if path)
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": paths, "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-c", START, str(PACKAGE)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and text
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0,
        )
        self._left = b""
        self.tasks = 0

    def ask(self, task: Task) -> Answer:
        """The child's answer. Raises ChildDied, and then the child is gone."""
        self.tasks += 1
        try:
            self._send(json.dumps(task).encode() + b"\n")
            return dict(json.loads(self._line(time.monotonic() + LONGEST_WAIT)))
        except (OSError, EOFError, TimeoutError, json.JSONDecodeError) as failure:
            self.stop()
            raise ChildDied from failure

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _send(self, raw: bytes) -> None:
        view = memoryview(raw)
        while view:
            view = view[self._process.stdin.write(view):]  # type: ignore[union-attr]

    def _line(self, deadline: float) -> bytes:
        pipe = self._process.stdout
        chunks = [self._left]
        with selectors.DefaultSelector() as waiting:
            waiting.register(pipe, selectors.EVENT_READ)  # type: ignore[arg-type]
            while b"\n" not in chunks[-1]:
                if not waiting.select(deadline - time.monotonic()):
                    raise TimeoutError
                chunk = os.read(pipe.fileno(), 1 << 16)  # type: ignore[union-attr]
                if not chunk:
                    raise EOFError
                chunks.append(chunk)
        line, _, self._left = b"".join(chunks).partition(b"\n")
        return line


class Pool:
    """As many children as cores. Safe to use from several threads."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or max(1, len(os.sched_getaffinity(0)))
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self.used = time.monotonic()
        for _ in range(self.size):
            self._idle.put(None)
        weakref.finalize(self, _stop_all, self._idle)

    def run(self, task: Task) -> Answer:
        """Have a task done by the next free child. Raises ChildDied."""
        child = self._idle.get()
        kept: Child | None = None
        try:
            child = child or Child()
            answer = child.ask(task)
            kept = child
            return answer
        finally:
            self.used = time.monotonic()
            if kept and kept.tasks >= TASKS_PER_CHILD:
                kept.stop()
                kept = None
            self._idle.put(kept)

    def rest(self, seconds: float = 0.0) -> None:
        """End the idle children when none was used for so long; they start again when they are needed."""
        if time.monotonic() - self.used < seconds:
            return
        with self._lock:
            for _ in range(_stop_all(self._idle)):
                self._idle.put(None)


def _stop_all(idle: queue.LifoQueue[Child | None]) -> int:
    """Stop the children in the queue; how many places there were."""
    places = 0
    while True:
        try:
            child = idle.get_nowait()
        except queue.Empty:
            return places
        places += 1
        if child:
            child.stop()
