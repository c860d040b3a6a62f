"""Front matter: short YAML in which every scalar is a string. Mistakes are located, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from lms.content.catalog import Mistake
from lms.content.mistakes import mistake

LONGEST = 64_000
DEEPEST = 50
FENCE = re.compile(r"---[ \t]*\n")
CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
TOML = re.compile(r"\+\+\+[ \t]*\n(?:.*\n)*?\+\+\+[ \t]*(?:\n|$)")
KEY = re.compile(r"[\w\"'-][^\n:]*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with the line it stands on: a string, a list of entries or a mapping of entries."""

    value: str | list[Entry] | dict[str, Entry]
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file in two parts. `first_line` is where the body begins, counted from 1."""

    entries: dict[str, Entry]
    body: str
    first_line: int
    mistakes: tuple[Mistake, ...] = ()


class _Broken(Exception):
    def __init__(self, code: str, line: int, **params: str) -> None:
        super().__init__(code)
        self.code, self.line, self.params = code, line, params


def split(text: str, file: str) -> Document:
    """The front matter and the body. A text without front matter is all body."""
    toml = TOML.match(text)
    if toml:
        body = text[toml.end():]
        return Document({}, body, toml.group().count("\n") + 1, (mistake("toml-front-matter", file),))
    opening = FENCE.match(text)
    if not opening:
        return Document({}, text, 1)
    closing = CLOSE.search(text, opening.end())
    if closing is None:
        return _unclosed(text, file, opening.end())
    raw = text[opening.end():closing.start()]
    return _read(text, file, raw, closing.end() + 1)


def _unclosed(text: str, file: str, start: int) -> Document:
    """A first line `---` is a rule between paragraphs unless keys follow it."""
    found = (mistake("yaml-open", file),) if KEY.match(text, start) else ()
    return Document({}, text, 1, found)


def _read(text: str, file: str, raw: str, end: int) -> Document:
    body, first_line = text[end:], text.count("\n", 0, end) + 1
    try:
        entries = parse(raw, first_line=2)
    except _Broken as broken:
        return Document({}, body, first_line, (mistake(broken.code, file, broken.line, **broken.params),))
    if entries is None:
        return Document({}, text, 1)
    return Document(entries, body, first_line)


def parse(raw: str, *, first_line: int = 1) -> dict[str, Entry] | None:
    """A YAML mapping of strings, lists and mappings; None when the text is a plain sentence and no mapping."""
    if len(raw) > LONGEST:
        raise _Broken("yaml-long", first_line, limit="64 kB")
    try:
        entry = _Reader(raw, first_line).document()
    except yaml.YAMLError as failure:
        raise _located(failure, raw, first_line) from failure
    if entry is None:
        return {}
    if isinstance(entry.value, dict):
        return entry.value
    if isinstance(entry.value, str):
        return None
    raise _Broken("yaml-broken", entry.line, reason="a list where keys are expected")


def _located(failure: yaml.YAMLError, raw: str, first_line: int) -> _Broken:
    mark = getattr(failure, "problem_mark", None)
    line = first_line + (mark.line if mark else 0)
    problem = str(getattr(failure, "problem", None) or "not YAML")
    if "mapping values are not allowed" in problem:
        return _Broken("yaml-colon", line)
    return _Broken("yaml-broken", line, reason=problem)


class _Reader:
    """Builds entries from YAML events, so that depth, aliases and tags are seen before anything is built."""

    def __init__(self, raw: str, first_line: int) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(raw, Loader=yaml.CSafeLoader)
        self._first_line = first_line
        self._depth = 0

    def document(self) -> Entry | None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self._entry(next(self._events))
        return None

    def _entry(self, event: yaml.Event) -> Entry:
        line = self._first_line + (event.start_mark.line if event.start_mark else 0)
        plain = not isinstance(event, yaml.AliasEvent) and not event.anchor and not event.tag  # type: ignore[attr-defined]
        if not plain and getattr(event, "tag", None) != "!":
            raise _Broken("yaml-alias", line)
        if isinstance(event, yaml.ScalarEvent):
            return Entry(event.value, line)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Broken("yaml-deep", line)
        entry = Entry(self._list() if isinstance(event, yaml.SequenceStartEvent) else self._mapping(), line)
        self._depth -= 1
        return entry

    def _list(self) -> list[Entry]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._entry(event))
        return items

    def _mapping(self) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._entry(event)
            if not isinstance(key.value, str):
                raise _Broken("yaml-broken", key.line, reason="a list or mapping as a key")
            if key.value in entries:
                raise _Broken("yaml-duplicate", key.line, key=key.value, first=str(entries[key.value].line))
            entries[key.value] = Entry(self._entry(next(self._events)).value, key.line)
        return entries
