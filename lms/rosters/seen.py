"""What has been met in a file so far, on the disk, so that memory does not grow with the file."""

from collections.abc import Collection, Iterator

import pysqlite3.dbapi2 as sqlite


class Seen:
    """NIPs with their rows, and supervisors who were not found when their row was read. Gone when closed."""

    def __init__(self) -> None:
        self._base = sqlite.connect("")  # a temporary file that nobody else can open
        self._base.isolation_level = None
        for statement in (
            "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF",
            "CREATE TABLE seen (nip TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID",
            "CREATE TABLE waiting (number INTEGER, cell TEXT, column_name TEXT, nip TEXT, supervisor TEXT)", "BEGIN",
        ):
            self._base.execute(statement)

    def first(self, nip: str, number: int) -> int:
        """The first row in which this NIP stood; it is this one if it is new."""
        if self._base.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (nip, number)).rowcount:
            return number
        return int(self._base.execute("SELECT number FROM seen WHERE nip = ?", (nip,)).fetchone()[0])

    def among(self, nips: Collection[str]) -> set[str]:
        """Those of the NIPs that were met; at most a few thousand at once."""
        marks = ", ".join("?" * len(nips))
        found = self._base.execute(f"SELECT nip FROM seen WHERE nip IN ({marks})", tuple(nips))  # noqa: S608 - only question marks
        return {row[0] for row in found}

    def wait(self, number: int, cell: str, column: str, nip: str, supervisor: str) -> None:
        """Remember that a person's supervisor may come further down."""
        self._base.execute("INSERT INTO waiting VALUES (?, ?, ?, ?, ?)", (number, cell, column, nip, supervisor))

    def waiting(self) -> Iterator[tuple[int, str, str, str, str]]:
        """(row, cell, column, NIP, supervisor's NIP) of each that waits."""
        yield from self._base.execute("SELECT number, cell, column_name, nip, supervisor FROM waiting ORDER BY number")

    def close(self) -> None:
        """Forget everything."""
        self._base.close()
