"""Which unit a text means: a code, a name, or a path of names, from above ("Dinas X / Bidang Y") or from below as SIASN writes it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from lms.base.texts import N_
from lms.rosters.faults import Fault

MOST_GUESSES = 50  # looking for a near name takes milliseconds; a file of nothing but unknown names gets no more
FROM_ABOVE, FROM_BELOW = re.compile(r"\s*(?:/|>|»|›)\s*"), re.compile(r"\s+[-–]\s+")
MISSING = Fault(N_("The unit is missing."), N_("Write the unit's code or its exact name."))


@dataclass
class Units:
    """The units of the agency by code, name and place."""

    codes: dict[str, int] = field(default_factory=dict)
    named: dict[str, list[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)  # names and codes of units that are no more
    _asked: dict[tuple[str, str], int | Fault] = field(default_factory=dict)
    _guesses: int = 0

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, str, str, date | None]]) -> "Units":
        """From (id, code, name, path, last day or None)."""
        units = cls()
        for number, code, name, path, ended in rows:
            units.names[number], units.paths[number] = name, path
            if ended is None:
                units.codes[_plain(code)] = number
                units.named.setdefault(_plain(name), []).append(number)
            else:
                units.ended |= {_plain(code): ended.isoformat(), _plain(name): ended.isoformat()}
        return units

    def find(self, text: str, above: str = "") -> int | Fault:
        """The id of the unit that is meant; `above` is the name of a unit somewhere above it, which may tell two apart."""
        asked = (_plain(text), _plain(above))
        if asked not in self._asked:
            if len(self._asked) > 20_000:
                self._asked.clear()
            self._asked[asked] = self._find(text, asked[0], asked[1])
        return self._asked[asked]

    def label(self, number: int) -> str:
        """A unit's name with the one above it: Bidang Mutasi, BKPSDM."""
        ids = [int(part) for part in self.paths[number].strip("/").split("/")]
        return ", ".join(self.names[one] for one in reversed(ids[-2:] if len(ids) > 2 else ids[-1:]) if one in self.names)

    def _find(self, text: str, wanted: str, above: str) -> int | Fault:
        if not wanted:
            return MISSING
        if wanted in self.codes:
            return self.codes[wanted]
        found = self._below(self.named.get(wanted, []), [above] if above else []) or self._along(text)
        if len(found) == 1:
            return found[0]
        if found:
            return Fault(N_("Several units are named %(unit)s."),
                         N_("Write its code, or its path with the unit above: %(path)s."),
                         (("unit", text), ("path", self._path(found[0]))))
        return self._unknown(text, wanted)

    def _along(self, text: str) -> list[int]:
        """The units that a path of names leads to."""
        for parts in (FROM_ABOVE.split(text), FROM_BELOW.split(text)[::-1]):
            plain = [_plain(part) for part in parts if part.strip()]
            if len(plain) > 1 and (found := self._below(self.named.get(plain[-1], []), plain[:-1])):
                return found
        return []

    def _below(self, found: list[int], above: list[str]) -> list[int]:
        """Those of the units that have units of these names above them. With one unit a name that nobody has is let pass."""
        if not above:
            return found
        fitting = [number for number in found if set(above) <= self._names_above(number)]
        return fitting or (found if len(above) == 1 and len(found) == 1 and above[0] not in self.named else [])

    def _names_above(self, number: int) -> set[str]:
        return {_plain(self.names[int(part)]) for part in self.paths[number].strip("/").split("/")}

    def _path(self, number: int) -> str:
        ids = [int(part) for part in self.paths[number].strip("/").split("/")]
        return " / ".join(self.names[one] for one in ids[-2:])

    def _unknown(self, text: str, wanted: str) -> Fault:
        if wanted in self.ended:
            return Fault(N_("The unit %(unit)s ended on %(day)s."), N_("Write the unit that took its place."),
                         (("unit", text), ("day", self.ended[wanted])))
        self._guesses += 1
        near = get_close_matches(wanted[:100], self.named, n=1, cutoff=0.6) if self._guesses <= MOST_GUESSES else []
        if near:
            return Fault(N_("There is no unit %(unit)s."),
                         N_("Do you mean %(near)s? Write that name or its code. New units come with an import of units."),
                         (("unit", text), ("near", self.names[self.named[near[0]][0]])))
        return Fault(N_("There is no unit %(unit)s."),
                     N_("Write the code or the exact name of a unit. New units come with an import of units."), (("unit", text),))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
