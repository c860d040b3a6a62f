"""A disk that loses its power: SQLite writes through a recorder, and the files are rebuilt as they may lie on the disk after any moment.

What was synced is there for certain. Of what was written later each piece is kept, dropped or torn at the 512 bytes of a sector.
"""

import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
ANSWERS = 5
TABLES = (
    "CREATE TABLE answers (id INTEGER PRIMARY KEY, attempt INTEGER, question INTEGER, text TEXT)",
    "CREATE TABLE certificates (number INTEGER PRIMARY KEY, attempt INTEGER UNIQUE)",
    "CREATE TABLE counters (series TEXT PRIMARY KEY, value INTEGER)",
    "INSERT INTO counters VALUES ('certificates', 0)",
)


@dataclass(frozen=True, slots=True)
class Act:
    """What happened: write, truncate, sync, delete, or the acknowledgement of a transaction by its number (-1: the tables)."""

    what: str
    file: str = ""
    at: int = 0
    data: bytes = b""


class Recorder(apsw.VFS):
    """SQLite's way to the disk, noted down."""

    def __init__(self, acts: list[Act]) -> None:
        self.acts = acts
        super().__init__("recorder", "")

    def xOpen(self, name: Any, flags: list[int]) -> "RecordedFile":
        """A file whose changes are noted."""
        return RecordedFile(self.acts, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Delete and note it."""
        self.acts.append(Act("delete", Path(filename).name))
        super().xDelete(filename, syncdir)


class RecordedFile(apsw.VFSFile):
    """One file of the recorder."""

    def __init__(self, acts: list[Act], name: Any, flags: list[int]) -> None:
        self.acts = acts
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.name = Path(path).name if path else ""
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write and note it."""
        self.acts.append(Act("write", self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        """Truncate and note it."""
        self.acts.append(Act("truncate", self.name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        """Sync, then note it: only then is the disk sure to have it."""
        super().xSync(flags)
        self.acts.append(Act("sync", self.name))


def recorded(pragmas: Sequence[str], *, transactions: int) -> list[Act]:
    """The acts of a workload: each transaction saves answers, raises the counter and issues a certificate."""
    acts: list[Act] = []
    vfs = Recorder(acts)
    rng = random.Random(7)
    with _folder(None) as folder:
        connection = apsw.Connection(str(folder / "lms.db"), vfs="recorder")
        for pragma in (*pragmas, "wal_autocheckpoint = 60"):
            connection.execute(f"PRAGMA {pragma}")
        for statement in TABLES:
            connection.execute(statement)
        acts.append(Act("acknowledged", at=-1))
        for number in range(transactions):
            _transact(connection, number, rng)
            acts.append(Act("acknowledged", at=number))
        connection.close()
    vfs.unregister()
    return acts


def _transact(connection: apsw.Connection, number: int, rng: random.Random) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for question in range(ANSWERS):
        text = "x" * rng.randint(5, 400)
        connection.execute("INSERT INTO answers (attempt, question, text) VALUES (?, ?, ?)", (number, question, text))
    connection.execute("UPDATE counters SET value = value + 1")
    connection.execute("INSERT INTO certificates SELECT value, ? FROM counters", (number,))
    connection.execute("COMMIT")


def verdicts(acts: Sequence[Act], *, moments: int) -> Counter[str]:
    """How often the database was whole, had lost what was acknowledged, was torn or corrupt, at moments drawn by lot."""
    rng = random.Random(1)
    return Counter(_verdict(*_after(acts[: rng.randrange(len(acts))], rng)) for _ in range(moments))


def _after(acts: Sequence[Act], rng: random.Random) -> tuple[dict[str, bytearray], int]:
    """What lies on the disk, and the number of the last transaction that was acknowledged (-2: not even the tables)."""
    disk: dict[str, bytearray] = {}
    waiting: dict[str, list[Act]] = {}
    acknowledged = -2
    for act in acts:
        if act.what == "acknowledged":
            acknowledged = act.at
        elif act.what == "sync":
            for earlier in waiting.pop(act.file, []):
                _apply(disk.setdefault(act.file, bytearray()), earlier)
        elif act.what == "delete":
            disk.pop(act.file, None)
            waiting.pop(act.file, None)
        else:
            waiting.setdefault(act.file, []).append(act)
    for name, left in waiting.items():
        for act in left:
            _maybe(disk.setdefault(name, bytearray()), act, rng)
    return disk, acknowledged


def _maybe(content: bytearray, act: Act, rng: random.Random) -> None:
    fate = rng.random()
    if act.what == "write" and fate < 0.5:
        for start in range(0, len(act.data), SECTOR):
            if rng.random() < 0.5:
                _apply(content, Act("write", act.file, act.at + start, act.data[start:start + SECTOR]))
    elif fate < 0.75:
        _apply(content, act)


def _apply(content: bytearray, act: Act) -> None:
    if act.what == "truncate":
        del content[act.at:]
        return
    if len(content) < act.at + len(act.data):
        content.extend(b"\0" * (act.at + len(act.data) - len(content)))
    content[act.at:act.at + len(act.data)] = act.data


def _verdict(disk: dict[str, bytearray], acknowledged: int) -> str:
    with _folder("/dev/shm") as folder:
        for name, content in disk.items():
            if not name.endswith("-shm"):
                (folder / name).write_bytes(content)
        connection = sqlite3.connect(folder / "lms.db")
        try:
            return _looked_at(connection, acknowledged)
        except sqlite3.DatabaseError as error:
            return "lost" if "no such table" in str(error) else "corrupt"
        finally:
            connection.close()


def _looked_at(connection: sqlite3.Connection, acknowledged: int) -> str:
    if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        return "corrupt"
    if acknowledged < -1:
        return "whole"
    issued, highest = connection.execute("SELECT count(*), coalesce(max(number), 0) FROM certificates").fetchone()
    answers, counted = connection.execute("SELECT (SELECT count(*) FROM answers), value FROM counters").fetchone()
    if (answers, highest, counted) != (issued * ANSWERS, issued, issued):
        return "torn"
    return "whole" if issued > acknowledged else "lost"


@contextmanager
def _folder(where: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=where))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
