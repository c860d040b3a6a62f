"""Follows the content folders in the background and has the library look at what changed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import watch

if TYPE_CHECKING:
    from lms.content.library import Library

STEP = 50
QUIET = 200
AGAIN = 300
IDLE = 30.0
FOLDERS = ("modules", "quizzes", "certificates")

log = logging.getLogger(__name__)


class Watcher(threading.Thread):
    """A thread that ends with `stop`."""

    def __init__(self, library: Library) -> None:
        super().__init__(name="content-watcher", daemon=True)
        self._library = library
        self._ended = threading.Event()

    def run(self) -> None:
        """Look at what changed until told to stop. A folder that does not exist yet is waited for."""
        while not self._ended.is_set():
            places = [self._library.content_dir / name for name in FOLDERS if (self._library.content_dir / name).is_dir()]
            if not places:
                self._ended.wait(0.5)
                continue
            self._follow(places)

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._ended.set()
        self.join(timeout=10)

    def _follow(self, places: list[Path]) -> None:
        changes = watch(
            *places, watch_filter=None, debounce=QUIET, step=STEP, stop_event=self._ended, rust_timeout=AGAIN, yield_on_timeout=True,
            raise_interrupt=False, recursive=True,
        )
        self._look(None)
        for seen in changes:
            if seen or self._library.unfinished:
                self._look({Path(path) for _, path in seen} or None)
            self._library.rest(IDLE)
            if len(places) < sum((self._library.content_dir / name).is_dir() for name in FOLDERS):
                return

    def _look(self, paths: set[Path] | None) -> None:
        """A disk that is full or a folder that is gone must not end the watching: the next change is a new chance."""
        try:
            self._library.refresh(self._folders(paths) if paths else None)
        except OSError:
            log.exception("content could not be loaded; the last good catalogue stays in service")

    def _folders(self, paths: set[Path]) -> set[str] | None:
        """The module folders that the changes lie in; None when a folder itself may have changed."""
        base = self._library.content_dir / "modules"
        names = set()
        for path in paths:
            if not path.is_relative_to(base):
                continue
            if path == base:
                return None
            names.add(path.relative_to(base).parts[0])
        return names
