"""What a file would do, as it is shown before anything is written. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lms.rosters.faults import Mistake, Mistakes, revived

MOST_LINES = 200
MANY_LEAVING = 5  # one in so many


@dataclass(frozen=True, slots=True)
class Line:
    """A person or unit in a plan. `changes` are (field, before, after) as they are shown; `note` says why, where that is not plain."""

    key: str
    name: str
    place: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    note: str = ""


class NotAsPlanned(Exception):
    """Raised within a transaction to take everything back: the file has mistakes, or would do something else than was confirmed."""

    def __init__(self, plan: "Plan") -> None:
        super().__init__(plan)
        self.plan = plan


@dataclass
class Plan:
    """How many are new, changed, ... and the first of each; all mistakes. `mark` is the same for two plans that would do the same."""

    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    mistakes: Mistakes = field(default_factory=Mistakes)
    scope: int = 0  # active people of whom the file says that it lists them all; else of the agency
    mark: str = ""
    _hash: Any = field(default_factory=hashlib.sha256)

    def count(self, kind: str, line: Line | None = None) -> None:
        """One more of a kind; without a line it is nobody who needs to be shown."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if line is None:
            return
        self._hash.update(repr((kind, line)).encode())
        kept = self.lines.setdefault(kind, [])
        if len(kept) < MOST_LINES:
            kept.append(line)

    def close(self, notes: Iterable[Mistake] = ()) -> "Plan":
        """The plan when the last row is read."""
        self.mistakes.add(notes)
        self.mark = self._hash.hexdigest()
        return self

    def of(self, kind: str) -> int:
        """How many there are of a kind."""
        return self.counts.get(kind, 0)

    @property
    def errors(self) -> int:
        """How many mistakes keep the file from being imported."""
        return self.mistakes.errors

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not any(self.of(kind) for kind in ("new", "changed", "returning", "leaving"))

    @property
    def many_leave(self) -> bool:
        """Whether so many leave that somebody must say once more that this is meant."""
        return self.of("leaving") * MANY_LEAVING > self.scope

    def must_be(self, mark: str | None, *, leaving_confirmed: bool = True) -> None:
        """Raises NotAsPlanned unless this has no mistakes, has the mark that is expected (None: any), and may let go whom it lets go."""
        if self.errors or mark not in {None, self.mark} or (self.many_leave and not leaving_confirmed):
            raise NotAsPlanned(self)

    def plain(self) -> dict[str, Any]:
        """As it is kept until it is confirmed."""
        return {
            "counts": self.counts, "scope": self.scope, "mark": self.mark,
            "lines": {kind: [[one.key, one.name, one.place, [list(change) for change in one.changes], one.note] for one in lines]
                      for kind, lines in self.lines.items()},
            "mistakes": [one.plain() for one in self.mistakes], "errors": self.mistakes.errors, "warnings": self.mistakes.warnings,
        }


def revive(kept: dict[str, Any]) -> Plan:
    """A plan out of what was kept."""
    mistakes = Mistakes()
    mistakes.add(revived(kept["mistakes"]))
    mistakes.errors, mistakes.warnings = kept["errors"], kept["warnings"]
    lines = {kind: [Line(key, name, place, tuple((what, before, after) for what, before, after in changes), note)
                    for key, name, place, changes, note in rows] for kind, rows in kept["lines"].items()}
    return Plan(kept["counts"], lines, mistakes, kept["scope"], kept["mark"])
