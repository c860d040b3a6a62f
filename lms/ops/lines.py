"""Rows of the audit log and of the readings as people read them: words for acts, names for ids, before and after side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.ops import queries
from lms.ops.acts import ACTS, CHANNELS, FIELDS, LISTS, PERSONS, READINGS, UNITS, VALUES
from lms.people.roles import ROLES


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that an entry says: a label and a value, or a value before and after."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry or a reading with its row, in words. `erased` says that its detail is gone for good."""

    row: Any
    what: str
    parts: tuple[Part, ...]
    channel: str
    erased: bool


def of_entries(rows: Sequence[Any]) -> list[Line]:
    """The entries in words. Two queries, for names of units and people, however many rows."""
    units, people = queries.names(_ids(rows, UNITS), _ids(rows, PERSONS))
    known = {**dict.fromkeys(UNITS, units), **dict.fromkeys(PERSONS, people)}
    return [
        Line(row, what(row.act), _parts(row.detail or {}, known), str(_(CHANNELS[row.channel])) if row.channel in CHANNELS else row.channel,
             row.detail is None)
        for row in rows
    ]


def of_readings(rows: Sequence[Any]) -> list[Line]:
    """The readings in words."""
    return [Line(row, str(_(READINGS[row.what])) if row.what in READINGS else row.what, (), "", False) for row in rows]


def what(act: str) -> str:
    """An act in words; one without words of its own appears under its name."""
    return str(_(ACTS[act])) if act in ACTS else act


def said(parts: Iterable[Part]) -> str:
    """The parts in one line, for a cell of a table."""
    return "; ".join(f"{part.label}: {'' if part.before is None else f'{part.before} → '}{part.after}" for part in parts)


def _parts(detail: Mapping[str, Any], known: Mapping[str, Mapping[int, str]]) -> tuple[Part, ...]:
    return tuple(_part(key, value, known.get(key, {})) for key, value in detail.items())


def _part(key: str, value: Any, names: Mapping[int, str]) -> Part:
    label = str(_(FIELDS[key])) if key in FIELDS else key
    if isinstance(value, list) and len(value) == 2 and key not in LISTS:
        return Part(label, _text(key, value[0], names), _text(key, value[1], names))
    return Part(label, None, _text(key, value, names))


def _text(key: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_text(key, one, names) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(name, one, {})}" for name, one in value.items())
    if key == "role" and value in ROLES:
        return str(_(ROLES[value].label))
    if key in VALUES and value in VALUES[key]:
        return str(_(VALUES[key][value]))
    return names.get(value, str(value)) if isinstance(value, int) else str(value)


def _ids(rows: Sequence[Any], keys: frozenset[str]) -> set[int]:
    values = [value for row in rows for key, value in (row.detail or {}).items() if key in keys]
    flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return {one for one in flat if isinstance(one, int) and not isinstance(one, bool)}
