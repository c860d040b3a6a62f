"""Mistakes in tables that offices send: where, what, and what to do instead. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

MOST_SHOWN = 500
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell and what to write instead; English msgids with the values they need."""

    message: str
    remedy: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A fault in its place. `cell` is named as a spreadsheet does, the header being row 1; it is "" for the file as a whole."""

    row: int
    column: str  # as it stands in the file's header
    fault: Fault
    level: str = "error"
    cell: str = ""
    value: str = ""

    def what(self, gettext: Callable[..., str]) -> str:
        """What is wrong, in the reader's language."""
        return str(gettext(self.fault.message, **dict(self.fault.params)))

    def remedy(self, gettext: Callable[..., str]) -> str:
        """What to write instead, in the reader's language."""
        return str(gettext(self.fault.remedy, **dict(self.fault.params)))

    def plain(self) -> dict[str, Any]:
        """As it is kept until somebody reads it."""
        return {
            "row": self.row, "column": self.column, "level": self.level, "cell": self.cell, "value": self.value,
            "message": self.fault.message, "remedy": self.fault.remedy, "params": [list(pair) for pair in self.fault.params],
        }


def revived(kept: Iterable[dict[str, Any]]) -> tuple[Mistake, ...]:
    """Mistakes out of what was kept."""
    return tuple(
        Mistake(one["row"], one["column"], Fault(one["message"], one["remedy"], tuple((name, value) for name, value in one["params"])),
                one["level"], one["cell"], one["value"])
        for one in kept)


def at(row: int, position: int) -> str:
    """The name of a cell, `position` counting columns from 0: C17."""
    letters, left = "", position + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row}"


def shown(text: str) -> str:
    """A cell's text as it can be shown and kept: printable and not long."""
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[: LONGEST_SHOWN + 1])
    return plain if len(plain) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"


@dataclass
class Mistakes:
    """All mistakes of a file are counted, the first of each level kept."""

    errors: int = 0
    warnings: int = 0
    kept: dict[str, list[Mistake]] = field(default_factory=lambda: {"error": [], "warning": []})

    def add(self, found: Iterable[Mistake]) -> None:
        """Take in more of them."""
        for one in found:
            if one.level == "error":
                self.errors += 1
            else:
                self.warnings += 1
            if len(self.kept[one.level]) < MOST_SHOWN:
                self.kept[one.level].append(one)

    def __iter__(self) -> Iterator[Mistake]:
        return iter((*self.kept["error"], *self.kept["warning"]))
