"""Reading what authors write: bounded, inside the content folder only, never half a file."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import stat
from dataclasses import dataclass
from pathlib import Path

from lms.content.catalog import Mistake
from lms.content.mistakes import mistake

TEXT_LIMIT = 1_000_000
MEDIA_LIMIT = 1 << 30
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
MARKDOWN = (".md", ".markdown")

Stamp = tuple[int, int, int]


class Unreadable(Exception):
    """A file that cannot be served; carries the located mistake."""

    def __init__(self, found: Mistake) -> None:
        super().__init__(found.code)
        self.found = found


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text with the name that mistakes show (relative to the content folder)."""

    file: str
    text: str


def stamp(seen: os.stat_result) -> Stamp:
    """What changes when a file is written: time, size, inode."""
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def read_source(root: Path, file: str) -> Source:
    """The text of a Markdown file. Raises Unreadable with the located mistake."""
    descriptor = open_inside(root, file)
    try:
        if os.fstat(descriptor).st_size > TEXT_LIMIT:
            raise Unreadable(mistake("too-large", file, limit="1 MB"))
        if being_written(descriptor):
            raise Unreadable(mistake("still-written", file))
        with os.fdopen(os.dup(descriptor), "rb") as opened:
            raw = opened.read(TEXT_LIMIT + 1)
    finally:
        os.close(descriptor)
    return Source(file, decode(raw, file))


def open_inside(root: Path, file: str) -> int:
    """A descriptor of a plain file that truly lies under `root`, whatever its links say."""
    try:
        descriptor = os.open(root / file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as failure:
        raise Unreadable(mistake("not-readable", file, reason=reason(failure))) from failure
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(mistake("not-readable", file, reason="not a plain file"))
        if not Path(os.path.realpath(f"/proc/self/fd/{descriptor}")).is_relative_to(root.resolve()):
            raise Unreadable(mistake("outside", file, path=file))
    except Unreadable:
        os.close(descriptor)
        raise
    return descriptor


def reason(failure: OSError | ValueError) -> str:
    """What the system says went wrong, without the path."""
    return failure.strerror or "unknown" if isinstance(failure, OSError) else "not a valid name"


def being_written(descriptor: int) -> bool:
    """Whether some program holds the file open for writing.

    Linux grants a read lease only while nobody does. SIGURG, ignored by default, stands in for the signal a
    lease sends to its holder, which would otherwise end the process if a writer came in between.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def decode(raw: bytes, file: str) -> str:
    """UTF-8 text with `\\n` line ends, without a byte order mark and without control characters."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = raw.count(b"\n", 0, failure.start) + 1
        column = failure.start - (raw.rfind(b"\n", 0, failure.start) + 1) + 1
        raise Unreadable(mistake("not-utf8", file, line, column=str(column))) from failure
    return CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
