"""The keys of modules and lessons, typed. A value that is not understood is a warning and its default is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lms.content.catalog import Mistake
from lms.content.frontmatter import Entry
from lms.content.identity import nearest, slug
from lms.content.mistakes import mistake, near_mistake

YES = {"true", "yes", "ya", "on"}
NO = {"false", "no", "tidak", "off", "none", "null", "~"}
CATEGORIES = ("manajerial", "teknis", "sosial-kultural", "fungsional", "umum")
LEVELS = ("dasar", "menengah", "lanjut")
ORDERS = ("sequential", "free")
MONTHS = {"month": 1, "months": 1, "bulan": 1, "year": 12, "years": 12, "tahun": 12}
LONGEST_LINE = 300


class NotUnderstood(ValueError):
    """A value of the wrong kind; the argument says what to write."""


Reader = Callable[[Entry], Any]


def line(entry: Entry) -> str | None:
    """One line of text; None when it is empty."""
    if not isinstance(entry.value, str):
        raise NotUnderstood("one line of text")
    return " ".join(entry.value.split())[:LONGEST_LINE] or None


def lines(entry: Entry) -> tuple[str, ...]:
    """A list of lines; a single line counts as a list of one."""
    items = entry.value if isinstance(entry.value, list) else [entry]
    return tuple(text for item in items if (text := line(item)))


def flag(entry: Entry) -> bool:
    """True or false, also in Indonesian."""
    word = str(line(entry) or "").lower()
    if word in YES or word in NO:
        return word in YES
    raise NotUnderstood("true or false")


def number(entry: Entry) -> Decimal:
    """A number with decimal comma or point, of at most nine digits."""
    text = str(line(entry) or "")
    if not re.fullmatch(r"\d{1,6}(?:[.,]\d{1,3})?", text):
        raise NotUnderstood("a number such as 4 or 4,5")
    return Decimal(text.replace(",", "."))


def percent(entry: Entry) -> Decimal:
    """A number from 0 to 100, with or without a percent sign."""
    text = str(line(entry) or "").removesuffix("%").rstrip()
    value = number(Entry(text, entry.line))
    if value > 100:
        raise NotUnderstood("a percentage from 0 to 100")
    return value


def hours(entry: Entry) -> Decimal:
    """JP in tenths, more than 0."""
    value = number(entry).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if not value:
        raise NotUnderstood("hours above 0, such as 4 or 4,5")
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def minutes(entry: Entry) -> int:
    """Whole minutes, at least 1."""
    text = re.sub(r"\s*(min|minutes|menit)\.?$", "", str(line(entry) or ""))
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        raise NotUnderstood("whole minutes such as 12")
    return int(text)


def months(entry: Entry) -> int | None:
    """`24 months`, `2 tahun`; `false` is no limit."""
    text = str(line(entry) or "").lower()
    if text in NO or text == "never":
        return None
    found = re.fullmatch(r"([1-9]\d{0,2})\s*([a-z]+)", text)
    if not found or found[2] not in MONTHS:
        raise NotUnderstood("a duration such as 24 months or 2 years")
    return int(found[1]) * MONTHS[found[2]]


def levels_by_code(entry: Entry) -> tuple[tuple[str, int], ...]:
    """`{M.5: 2}`: competency codes with the level reached, 1 to 5."""
    if not isinstance(entry.value, dict):
        raise NotUnderstood("codes with levels such as {M.5: 2}")
    found = []
    for code, level in entry.value.items():
        text = str(line(level) or "")
        if text not in {"1", "2", "3", "4", "5"}:
            raise NotUnderstood("a level from 1 to 5 for each code, such as {M.5: 2}")
        found.append((code, int(text)))
    return tuple(found)


def name_or_none(entry: Entry) -> str | None:
    """A name; `false` is none."""
    text = line(entry)
    return None if text is None or text.lower() in NO else text


def one_of(*allowed: str) -> Reader:
    """A reader of one of these words."""
    def read(entry: Entry) -> str:
        word = str(line(entry) or "").lower()
        if word not in allowed:
            raise NotUnderstood(" | ".join(allowed))
        return word
    return read


def language(entry: Entry) -> str:
    """A language tag such as `id` or `en`."""
    text = str(line(entry) or "")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise NotUnderstood("a language such as id or en")
    return text


MODULE: Mapping[str, Reader] = {
    "id": line, "title": line, "summary": line, "objectives": lines, "category": one_of(*CATEGORIES), "level": one_of(*LEVELS),
    "hours": hours, "competencies": levels_by_code, "requires": lines, "authors": lines, "language": language,
    "order": one_of(*ORDERS), "pretest": name_or_none, "quiz": name_or_none, "certificate": name_or_none, "expires": months,
    "published": flag,
}
LESSON: Mapping[str, Reader] = {
    "id": line, "title": line, "minutes": minutes, "part": line, "quiz": name_or_none, "optional": flag,
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The typed values of a file's front matter, the lines they stand on, and what was not understood."""

    values: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()


def read(entries: Mapping[str, Entry], keys: Mapping[str, Reader], file: str) -> Metadata:
    """Type every known key. Keys written without a value count as absent."""
    values: dict[str, Any] = {}
    found: list[Mistake] = []
    for key, entry in entries.items():
        if key not in keys:
            found.append(near_mistake("unknown-key", file, entry.line, key=key, near=nearest(key, keys)))
        elif entry.value != "":
            _read_one(key, entry, keys[key], file, values, found)
    _plain_id(values, entries, file, found)
    return Metadata(values, {key: entry.line for key, entry in entries.items()}, tuple(found))


def _read_one(key: str, entry: Entry, reader: Reader, file: str, values: dict[str, Any], found: list[Mistake]) -> None:
    try:
        values[key] = reader(entry)
    except NotUnderstood as wanted:
        shown = entry.value if isinstance(entry.value, str) else "…"
        found.append(mistake("bad-value", file, entry.line, key=key, value=shown[:60], wanted=str(wanted)))


def _plain_id(values: dict[str, Any], entries: Mapping[str, Entry], file: str, found: list[Mistake]) -> None:
    """An id stands in addresses: lower case letters, digits and `-`."""
    written = values.pop("id", None)
    if not written:
        return
    plain = slug(written)
    if not plain:
        found.append(mistake("bad-value", file, entries["id"].line, key="id", value=written, wanted="letters, digits and -"))
        return
    if plain != written:
        found.append(mistake("bad-id", file, entries["id"].line, id=written, near=plain))
    values["id"] = plain
