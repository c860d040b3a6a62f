"""The lessons of a module in their parts, with addresses; built once for each revision of a module."""

from dataclasses import dataclass
from itertools import groupby

from flask import url_for

from lms.content.catalog import Lesson, Module

KEPT = 2000
NEAR = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson in the outline; `number` counts from 1."""

    lesson: Lesson
    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """Lessons that follow each other under one heading, or under none."""

    title: str | None
    rows: tuple[Row, ...]

    def near(self, number: int) -> tuple[Row, ...]:
        """The rows around a lesson: all of a part of usual size, a window of a very long one."""
        place = number - self.rows[0].number
        first = max(0, min(place - NEAR, len(self.rows) - 2 * NEAR - 1))
        return self.rows[first: first + 2 * NEAR + 1]


@dataclass(frozen=True, slots=True)
class Outline:
    """All parts of a module; `rows` are its lessons in order."""

    address: str
    parts: tuple[Part, ...]
    rows: tuple[Row, ...]

    def part_of(self, number: int) -> Part:
        """The part that holds the lesson of this number."""
        return next(part for part in self.parts if number <= part.rows[-1].number)


_kept: dict[tuple[str, str], Outline] = {}


def outline_of(module: Module) -> Outline:
    """The outline of this revision of a module."""
    key = (module.id, module.revision)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        found = _kept[key] = _build(module)
    return found


def _build(module: Module) -> Outline:
    rows = tuple(
        Row(lesson, number, url_for("learning.lesson", slug=module.id, lesson_id=lesson.id))
        for number, lesson in enumerate(module.lessons, 1)
    )
    parts = tuple(Part(title, tuple(grouped)) for title, grouped in groupby(rows, lambda row: row.lesson.part))
    return Outline(url_for("learning.module", slug=module.id), parts, rows)
