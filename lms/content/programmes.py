"""Programmes: ways through several modules, seminars and certificates from outside, and how their files say them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from lms.content.catalog import Mistake
from lms.content.frontmatter import Entry
from lms.content.identity import nearest, slug
from lms.content.mistakes import mistake, near_mistake
from lms.content.schema import (
    LONGEST_LINE,
    NotUnderstood,
    Reader,
    flag,
    hours,
    language,
    line,
    lines,
    months,
    name_or_none,
    one_of,
)

ItemKind = Literal["module", "seminar", "external"]
KINDS = ("manajerial", "teknis", "fungsional", "sosial-kultural", "struktural", "umum")
ORDERS = ("free", "sequential")
OUTSIDE = ("seminar", "external")
CODE = re.compile(r"(?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*")  # as the room of seminars has it
WHOLE = re.compile(r"\d{1,3}")
MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. `code` is a module's id, a seminar's code, or the name of what is learnt elsewhere.

    `hours` are the JP that the file states; never for a module, whose own hours count.
    """

    kind: ItemKind
    code: str
    hours: Decimal | None = None

    @property
    def key(self) -> str:
        """What names it among all items: a module's id, else with its kind in front."""
        return self.code if self.kind == "module" else f"{self.kind}:{self.code}"


@dataclass(frozen=True, slots=True)
class Step:
    """One item, or several of which `choose` have to be done; with 0 they are only recommended."""

    items: tuple[Item, ...]
    choose: int
    title: str | None = None

    @property
    def is_choice(self) -> bool:
        """Whether the file offers something to choose."""
        return self.choose < len(self.items)


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme. `intro` is the revision of its text's html; `places` are the lines of its items by their keys."""

    id: str
    title: str
    summary: str
    kind: str | None
    objectives: tuple[str, ...]
    authors: tuple[str, ...]
    language: str
    order: str
    certificate: str | None
    expires_months: int | None
    published: bool
    steps: tuple[Step, ...]
    intro: str
    file: str
    places: tuple[tuple[str, int], ...]
    revision: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of all steps, in the order of the file."""
        return tuple(item for step in self.steps for item in step.items)

    @property
    def module_ids(self) -> frozenset[str]:
        """The modules among the items."""
        return frozenset(item.code for item in self.items if item.kind == "module")


@dataclass(slots=True)
class Way:
    """The steps of a file, the lines on which their items stand, and what was wrong."""

    steps: list[Step] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def as_it_is(entry: Entry) -> Entry:
    """The entry itself, for keys that need their lines."""
    return entry


KEYS: Mapping[str, Reader] = {
    "id": line, "title": line, "summary": line, "kind": one_of(*KINDS), "objectives": lines, "authors": lines, "language": language,
    "order": one_of(*ORDERS), "items": as_it_is, "certificate": name_or_none, "expires": months, "published": flag,
}
CHOICE_KEYS = ("choose", "from", "title")
ITEM_KEYS = ("item", "hours")


def way(entry: Entry | None, file: str, at: int) -> Way:
    """The steps under `items:`, which stands on the line `at`."""
    found = Way()
    for one in entry.value if entry is not None and isinstance(entry.value, list) else [entry] if entry is not None else []:
        _step(one, file, found)
    if not found.steps and not found.mistakes:
        found.mistakes.append(mistake("programme-empty", file, at))
    if found.steps and not any(step.choose for step in found.steps):
        found.mistakes.append(mistake("programme-nothing", file, at))
    if len(found.places) > MOST_ITEMS:
        found.mistakes.append(mistake("programme-long", file, at, limit=str(MOST_ITEMS)))
    return found


def review(
    steps: Collection[Step], places: Mapping[str, int], file: str, subject: str, *, known: Collection[str], published: Collection[str],
) -> Iterator[Mistake]:
    """What is wrong with the modules that a programme names, given those there are."""
    for item in (item for step in steps for item in step.items if item.kind == "module"):
        place = places.get(item.key, 1)
        if item.code not in known:
            yield near_mistake("programme-module", file, place, near=nearest(item.code, known), subject=subject, id=item.code)
        elif item.code not in published:
            yield mistake("programme-draft", file, place, subject=subject, id=item.code)


def _step(entry: Entry, file: str, found: Way) -> None:
    value = entry.value
    if isinstance(value, dict) and ("choose" in value or "from" in value):
        _choice(value, entry.line, file, found)
        return
    item = _item(entry, file, found)
    if item is not None:
        found.steps.append(Step((item,), 1))


def _choice(value: Mapping[str, Entry], at: int, file: str, found: Way) -> None:
    _unknown(value, CHOICE_KEYS, file, found)
    offered = value["from"].value if "from" in value else []
    entries = offered if isinstance(offered, list) else []
    items = tuple(item for one in entries if (item := _item(one, file, found)))
    if len(items) < len(entries):
        return
    if not items:
        found.mistakes.append(mistake("programme-from", file, value["from"].line if "from" in value else at))
        return
    choose = _number(value.get("choose"), len(items))
    if choose is None:
        place = value["choose"].line if "choose" in value else at
        found.mistakes.append(mistake("programme-choose", file, place, count=str(len(items))))
        return
    title = value["title"].value if "title" in value else None
    found.steps.append(Step(items, choose, " ".join(title.split())[:LONGEST_LINE] if isinstance(title, str) else None))


def _number(entry: Entry | None, most: int) -> int | None:
    """`all` or a number from 0 to `most`; None for anything else."""
    text = str(entry.value).strip().lower() if entry is not None and isinstance(entry.value, str) else ""
    if text in {"all", "semua"}:
        return most
    return int(text) if WHOLE.fullmatch(text) and int(text) <= most else None


def _item(entry: Entry, file: str, found: Way) -> Item | None:
    written, stated = _written(entry, file, found)
    item = _read(written, stated)
    if item is None:
        found.mistakes.append(mistake("programme-item", file, entry.line, item=written[:60]))
        return None
    if item.key in found.places:
        found.mistakes.append(mistake("programme-twice", file, entry.line, item=item.key[:60], first=str(found.places[item.key])))
        return None
    if stated is not None and item.kind == "module":
        found.mistakes.append(mistake("programme-hours", file, entry.line, id=item.code))
    found.places[item.key] = entry.line
    return item


def _written(entry: Entry, file: str, found: Way) -> tuple[str, Decimal | None]:
    """The item's text and the hours stated with it; `seminar: X` with a space, which YAML reads as a key, is meant as it looks."""
    value = entry.value
    if isinstance(value, str):
        return " ".join(value.split()), None
    if not isinstance(value, dict):
        return "…", None
    for kind in OUTSIDE:
        if kind in value and isinstance(value[kind].value, str):
            _unknown(value, (kind, "hours"), file, found)
            return f"{kind}:{' '.join(str(value[kind].value).split())}", _hours(value, file, found)
    _unknown(value, ITEM_KEYS, file, found)
    named = value["item"].value if "item" in value else ""
    return " ".join(named.split()) if isinstance(named, str) else "…", _hours(value, file, found)


def _hours(value: Mapping[str, Entry], file: str, found: Way) -> Decimal | None:
    if "hours" not in value:
        return None
    entry = value["hours"]
    try:
        return Decimal(hours(entry))
    except NotUnderstood as wanted:
        shown = entry.value if isinstance(entry.value, str) else "…"
        found.mistakes.append(mistake("bad-value", file, entry.line, key="hours", value=shown[:60], wanted=str(wanted)))
        return None


def _read(written: str, stated: Decimal | None) -> Item | None:
    kind, colon, rest = written.partition(":")
    code = rest.strip()
    if not colon:
        return Item("module", written) if written and slug(written) == written else None
    if kind == "seminar":
        return Item("seminar", code, stated) if CODE.fullmatch(code) else None
    return Item("external", code[:LONGEST_LINE], stated) if kind == "external" and code else None


def _unknown(value: Mapping[str, Entry], keys: Collection[str], file: str, found: Way) -> None:
    for key, entry in value.items():
        if key not in keys:
            found.mistakes.append(near_mistake("unknown-key", file, entry.line, key=key, near=nearest(key, keys)))


def steps_to_json(steps: Collection[Step]) -> list[Any]:
    """Steps as JSON."""
    return [[[[item.kind, item.code, None if item.hours is None else str(item.hours)] for item in step.items], step.choose, step.title]
            for step in steps]


def steps_from_json(stored: list[Any]) -> tuple[Step, ...]:
    """The steps that were stored."""
    return tuple(
        Step(tuple(Item(kind, code, None if stated is None else Decimal(stated)) for kind, code, stated in items), choose, title)
        for items, choose, title in stored
    )
