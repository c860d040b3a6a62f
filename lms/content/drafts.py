"""What a module's folder says, before the other folders are looked at; kept on disk between starts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lms.content import records
from lms.content.cache import digest
from lms.content.catalog import Heading, Lesson, Mistake, Module, Quiz
from lms.content.files import Stamp
from lms.content.identity import readable
from lms.content.labels import default_language

WORDS_PER_MINUTE = 180
MINUTES_PER_QUESTION = 2
MINUTES_PER_HOUR = 45


@dataclass(frozen=True, slots=True)
class LessonDraft:
    """A lesson with `minutes` 0 when nobody stated them."""

    lesson: Lesson
    stated_minutes: int
    quiz_line: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A module's folder: typed metadata, rendered lessons, mistakes, and what it depends on.

    `depends` are files outside the list of Markdown files as they were seen; `outside` pages of other modules.
    """

    folder: str
    file: str
    id: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    title: str
    intro: str
    lead: str
    lessons: tuple[LessonDraft, ...]
    mistakes: tuple[Mistake, ...]
    depends: tuple[tuple[str, Stamp | None], ...]
    outside: tuple[tuple[str, str | None], ...]

    @property
    def pages(self) -> dict[str, str]:
        """Lesson ids by the file's path in the folder; the introduction's is empty."""
        start = len("modules/") + len(self.folder) + 1
        pages = {draft.lesson.file[start:]: draft.lesson.id for draft in self.lessons}
        return {**pages, self.file[start:]: ""} if self.file else pages


def assemble(draft: Draft, quizzes: Mapping[str, Quiz]) -> Module:
    """The module with everything that its file leaves to be worked out."""
    values = draft.values
    lessons = tuple(_timed(one, quizzes) for one in draft.lessons)
    quiz = values.get("quiz", draft.id if draft.id in quizzes else None)
    module = Module(
        id=draft.id, title=draft.title or readable(draft.folder), summary=values.get("summary") or "",
        objectives=values.get("objectives", ()), category=values.get("category"), level=values.get("level"),
        hours=values.get("hours") or _hours(lessons), competencies=values.get("competencies", ()), requires=values.get("requires", ()),
        authors=values.get("authors", ()), language=values.get("language") or default_language(), order=values.get("order", "sequential"),
        pretest=values.get("pretest"), quiz=quiz, certificate=values.get("certificate"), expires_months=values.get("expires"),
        published=values.get("published", True), lessons=lessons, intro=draft.intro, revision="",
    )
    return replace(module, revision=_revision(module))


def _timed(draft: LessonDraft, quizzes: Mapping[str, Quiz]) -> Lesson:
    """The lesson with its minutes: stated, else words at 180 a minute plus two for each question of its quiz."""
    lesson = draft.lesson
    quiz = quizzes.get(lesson.quiz) if lesson.quiz else None
    counted = max(1, math.ceil(lesson.words / WORDS_PER_MINUTE)) + MINUTES_PER_QUESTION * (quiz.drawn if quiz else 0)
    minutes = draft.stated_minutes or counted
    return lesson if lesson.minutes == minutes else replace(lesson, minutes=minutes)


def _hours(lessons: tuple[Lesson, ...]) -> Decimal:
    minutes = sum(lesson.minutes for lesson in lessons if not lesson.optional)
    return max(Decimal(1), (Decimal(minutes) / MINUTES_PER_HOUR).quantize(Decimal(1), ROUND_HALF_UP))


def _revision(module: Module) -> str:
    """A hash of the metadata and of the lessons in their order."""
    metadata = [repr(getattr(module, name)) for name in Module.__slots__ if name not in ("lessons", "revision")]
    lessons = [repr((one.id, one.title, one.minutes, one.part, one.quiz, one.optional, one.revision)) for one in module.lessons]
    return digest(*metadata, *lessons)


def to_json(draft: Draft) -> dict[str, Any]:
    """A draft as JSON."""
    values = {key: str(value) if isinstance(value, Decimal) else value for key, value in draft.values.items()}
    return {
        **{name: getattr(draft, name) for name in ("folder", "file", "id", "title", "intro", "lead", "depends", "outside")},
        "values": values, "lines": dict(draft.lines), "mistakes": [records.mistake_to_json(one) for one in draft.mistakes],
        "lessons": [_lesson_to_json(one) for one in draft.lessons],
    }


def from_json(stored: dict[str, Any]) -> Draft:
    """The draft that was stored."""
    values = {key: _value(key, value) for key, value in stored["values"].items()}
    return Draft(**{
        **stored, "values": values, "mistakes": tuple(records.mistake_from_json(one) for one in stored["mistakes"]),
        "lessons": tuple(_lesson_from_json(one) for one in stored["lessons"]),
        "depends": tuple((file, tuple(seen) if seen else None) for file, seen in stored["depends"]),
        "outside": tuple((file, address) for file, address in stored["outside"]),
    })


def _value(key: str, value: Any) -> Any:
    if key == "hours":
        return Decimal(value)
    if isinstance(value, list):
        return tuple(tuple(one) if isinstance(one, list) else one for one in value)
    return value


def _lesson_to_json(draft: LessonDraft) -> list[Any]:
    values = [getattr(draft.lesson, name) for name in Lesson.__slots__ if name != "headings"]
    return [values, [[one.id, one.title, one.level] for one in draft.lesson.headings], draft.stated_minutes, draft.quiz_line]


def _lesson_from_json(stored: list[Any]) -> LessonDraft:
    values, headings, minutes, line = stored
    fields = dict(zip(_PLAIN, values, strict=True))
    return LessonDraft(Lesson(**fields, headings=tuple(Heading(*one) for one in headings)), minutes, line)


_PLAIN = [name for name in Lesson.__slots__ if name != "headings"]
