"""What a catalogue of courses is made of: frozen values without behaviour of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lms.content.programmes import Programme
    from lms.questions import Question

Level = Literal["error", "warning"]
Order = Literal["sequential", "free"]
Purpose = Literal["final", "practice", "pretest"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 or 3 of a lesson; `id` is the anchor as it stands in the html (`mc-…`)."""

    id: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. `revision` finds its html in the library; `lead` is an excerpt of its first paragraph."""

    id: str
    title: str
    file: str
    minutes: int
    part: str | None
    quiz: str | None
    optional: bool
    headings: tuple[Heading, ...]
    words: int
    revision: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One course. `intro` is the revision of the introduction's html; `hours` are JP of 45 minutes."""

    id: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    category: str | None
    level: str | None
    hours: Decimal
    competencies: tuple[tuple[str, int], ...]
    requires: tuple[str, ...]
    authors: tuple[str, ...]
    language: str
    order: Order
    pretest: str | None
    quiz: str | None
    certificate: str | None
    expires_months: int | None
    published: bool
    lessons: tuple[Lesson, ...]
    intro: str
    revision: str

    def lesson(self, id: str) -> Lesson | None:
        """The lesson with this id, or None."""
        return next((lesson for lesson in self.lessons if lesson.id == id), None)

    @property
    def required(self) -> tuple[Lesson, ...]:
        """The lessons that must be done to complete the module, in order."""
        return tuple(lesson for lesson in self.lessons if not lesson.optional)

    def position(self, id: str) -> int:
        """The lesson's place, counted from 0; KeyError if the module has no such lesson."""
        for place, lesson in enumerate(self.lessons):
            if lesson.id == id:
                return place
        raise KeyError(id)

    def neighbours(self, id: str) -> tuple[Lesson | None, Lesson | None]:
        """The lessons before and after this one; None at either end."""
        place = self.position(id)
        before = self.lessons[place - 1] if place else None
        after = self.lessons[place + 1] if place + 1 < len(self.lessons) else None
        return before, after

    def lesson_hours(self) -> tuple[Decimal, ...]:
        """The module's hours shared over its lessons by minutes, in tenths; they sum to `hours`.

        Largest remainder, the earlier lesson first among equals. Optional lessons get 0.
        Example: 4 hours over 10, 10 and 10 minutes are 1.4, 1.3 and 1.3.
        """
        weights = [0 if lesson.optional else lesson.minutes for lesson in self.lessons]
        return share_hours(self.hours, weights)


def share_hours(hours: Decimal, weights: list[int]) -> tuple[Decimal, ...]:
    """Hours in tenths shared by weight with the largest-remainder method (Hare quota)."""
    total = sum(weights)
    if not total:
        return tuple(Decimal(0) for _ in weights)
    exact = [hours * 10 * weight / total for weight in weights]
    tenths = [math.floor(share) for share in exact]
    missing = int(hours * 10) - sum(tenths)
    by_remainder = sorted(range(len(exact)), key=lambda place: (tenths[place] - exact[place], place))
    for place in by_remainder[:missing]:
        tenths[place] += 1
    return tuple(Decimal(share) / 10 for share in tenths)


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """How a quiz is taken. Attempts 0 = no limit; times are aware UTC; percent is 0 to 100."""

    preset: str
    pass_percent: Decimal
    attempts: int
    counts: str
    wait: timedelta
    time_limit: timedelta | None
    shuffle: bool
    feedback: str
    show_score: bool
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of which `draw` are drawn at random for an attempt; all when draw is None."""

    title: str | None
    intro_html: str
    draw: int | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Quiz:
    """One quiz file."""

    id: str
    title: str
    intro_html: str
    settings: QuizSettings
    pools: tuple[Pool, ...]
    revision: str

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of all pools, in the order of the file."""
        return tuple(question for pool in self.pools for question in pool.questions)

    @property
    def drawn(self) -> int:
        """How many questions an attempt has."""
        return sum(len(pool.questions) if pool.draw is None else pool.draw for pool in self.pools)

    def question(self, id: str) -> Question | None:
        """The question with this id, or None."""
        return next((question for question in self.questions if question.id == id), None)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a file and what to write instead. Message and remedy are English msgids with %(name)s."""

    file: str
    line: int
    level: Level
    code: str
    message: str
    params: tuple[tuple[str, str], ...]
    remedy: str
    subject: str | None

    def text(self, gettext: Callable[[str], str]) -> str:
        """`file:line: what is wrong - what to write instead`, in the language of `gettext`."""
        values = dict(self.params)
        wrong = gettext(self.message) % values
        remedy = gettext(self.remedy) % values if self.remedy else ""
        return f"{self.file}:{self.line}: {wrong}" + (f" - {remedy}" if remedy else "")


@dataclass(frozen=True, slots=True)
class Use:
    """Where a quiz is used; `lesson_id` is set for a practice quiz."""

    module_id: str
    purpose: Purpose
    lesson_id: str | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything in service at one moment. `generation` grows by one with every change."""

    modules: Mapping[str, Module]
    quizzes: Mapping[str, Quiz]
    designs: frozenset[str]
    mistakes: tuple[Mistake, ...]
    generation: int
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    _uses: Mapping[str, tuple[Use, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_uses", _uses_by_quiz(self.modules))

    def uses(self, quiz_id: str) -> tuple[Use, ...]:
        """Where this quiz is used, in the order of the modules."""
        return self._uses.get(quiz_id, ())


def _uses_by_quiz(modules: Mapping[str, Module]) -> dict[str, tuple[Use, ...]]:
    uses: dict[str, list[Use]] = {}
    for module in modules.values():
        if module.pretest:
            uses.setdefault(module.pretest, []).append(Use(module.id, "pretest"))
        for lesson in module.lessons:
            if lesson.quiz:
                uses.setdefault(lesson.quiz, []).append(Use(module.id, "practice", lesson.id))
        if module.quiz:
            uses.setdefault(module.quiz, []).append(Use(module.id, "final"))
    return {quiz: tuple(places) for quiz, places in uses.items()}
