"""The dictionary of managerial and sociocultural competencies (PermenPANRB 38/2017): nine, five levels each, with indicators. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from lms.base.texts import N_

FILE = "kamus_kompetensi_38_2017.json"
FAMILIES: Mapping[str, str] = {"manajerial": N_("Managerial"), "sosial-kultural": N_("Sociocultural"), "teknis": N_("Technical")}
LEVEL_NAMES: Mapping[int, str] = {
    1: N_("Understands, still developing"), 2: N_("Basic"), 3: N_("Intermediate"), 4: N_("Proficient"), 5: N_("Expert"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a competency, and what people who hold it are seen to do."""

    number: int
    description: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Competency:
    """One competency; `levels` are 1 to 5 in order. A technical one may have been ended, on `ended_on`."""

    code: str
    family: str
    name: str
    definition: str
    levels: tuple[Level, ...]
    id: int | None = None  # of the agency's own
    ended_on: date | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is written about it."""
        return (self.code, self.name, self.definition,
                *(text for level in self.levels for text in (level.description, *level.indicators)))


@cache
def national() -> tuple[Competency, ...]:
    """The nine competencies of the regulation, in its order."""
    text = resources.files(__package__).joinpath("seeds", FILE).read_text("utf-8")
    return tuple(_competency(one) for one in json.loads(text))


def found(competencies: Iterable[Competency], text: str) -> tuple[Competency, ...]:
    """Those in which every word of the text stands somewhere; all of them without a word."""
    words = text.casefold().split()
    return tuple(one for one in competencies if all(word in " ".join(one.texts).casefold() for word in words))


def _competency(given: Mapping[str, Any]) -> Competency:
    levels = tuple(Level(one["level"], one["deskripsi"], tuple(one["indikator"])) for one in given["level"])
    return Competency(given["kode"], given["jenis"].replace(" ", "-"), given["nama"], given["definisi"], levels)
