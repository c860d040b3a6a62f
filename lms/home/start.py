"""What the start page shows one reader, gathered from the rooms in a fixed number of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from lms.assessment import queries as assessment
from lms.base import clock
from lms.certificates import queries as certificates
from lms.certificates.models import Certificate
from lms.content.catalog import Catalog, Lesson, Module
from lms.hours import forecast, sums, targets
from lms.learning import queries as learning
from lms.learning import rules
from lms.learning.queries import Progress

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Studied:
    """A module of the reader, with how far she is; `next` is the lesson to go on with."""

    module: Module
    progress: Progress
    done: int
    required: int
    next: Lesson | None

    @property
    def completed(self) -> bool:
        """Whether this round is complete."""
        return self.progress.completed_at is not None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A final quiz that closes soon."""

    title: str
    at: datetime
    quiz_id: str


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that has been started and not handed in."""

    title: str
    attempt_id: int
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Start:
    """The start page."""

    going_on: Studied | None
    studied: tuple[Studied, ...]
    hours: targets.Standing
    uncounted: tuple[sums.Line, ...]
    elsewhere: tuple[sums.Line, ...]
    ideal: Decimal | None
    open_attempts: tuple[OpenAttempt, ...]
    closing: tuple[Deadline, ...]
    certificates: tuple[Certificate, ...]


class Someone(Protocol):
    """Whose page it is: the reader, or a member of her team."""

    @property
    def id(self) -> int: ...
    @property
    def employment(self) -> str: ...
    @property
    def contract_start(self) -> date | None: ...


def start(reader: Someone, catalog: Catalog) -> Start:
    """Everything for one reader. Five queries."""
    today = clock.today()
    progress = learning.progress_by_module(reader.id)
    studied = tuple(sorted(_studied(catalog, progress), key=_latest_first))
    hours = sums.of_person(reader.id, reader.employment, reader.contract_start, today)
    return Start(
        going_on=next((one for one in studied if not one.completed), None),
        studied=studied, hours=hours.standing, uncounted=hours.uncounted, elsewhere=hours.elsewhere,
        ideal=ideal_hours(hours.standing, today),
        open_attempts=tuple(_open_attempts(reader.id, catalog)),
        closing=tuple(_closing(catalog, [one.module for one in studied if not one.completed])),
        certificates=tuple(certificates.of_person(reader.id)[:3]),
    )


def ideal_hours(hours: targets.Standing, today: date) -> Decimal | None:
    """Where the reader should be today if she learned evenly through the year; None without a target."""
    if hours.least is None:
        return None
    return forecast.even_pace(hours.least, first=hours.period.first, last=hours.period.last, today=today)


def _studied(catalog: Catalog, progress: Mapping[str, Progress]) -> list[Studied]:
    found = []
    for module_id, mine in progress.items():
        module = catalog.modules.get(module_id)
        if module is not None:
            left = len(rules.lessons_left(module, mine.done))
            total = len(module.required)
            following = rules.next_lesson(module, mine.done, mine.last_lesson_id) if left else None
            found.append(Studied(module, mine, total - left, total, following))
    return found


def _latest_first(one: Studied) -> tuple[bool, float]:
    at = one.progress.last_seen_at or one.progress.started_at
    return one.completed, -at.timestamp()


def _open_attempts(person_id: int, catalog: Catalog) -> list[OpenAttempt]:
    found = []
    for row in assessment.open_attempts(person_id):
        quiz = catalog.quizzes.get(row.quiz_id)
        found.append(OpenAttempt(quiz.title if quiz else row.quiz_id, row.id, row.deadline))
    return found


def _closing(catalog: Catalog, modules: Collection[Module]) -> list[Deadline]:
    now = clock.now()
    quizzes = [catalog.quizzes[module.quiz] for module in modules if module.quiz and module.quiz in catalog.quizzes]
    closing = [quiz for quiz in quizzes if quiz.settings.closes and now < quiz.settings.closes < now + SOON]
    return sorted((Deadline(quiz.title, quiz.settings.closes, quiz.id) for quiz in closing if quiz.settings.closes), key=lambda one: one.at)


def of_person(person: Someone, catalog: Catalog) -> Start:
    """The same for a person of a supervisor's team: modules, hours and all certificates. Five queries."""
    page = start(person, catalog)
    return replace(page, certificates=tuple(certificates.of_person(person.id)))
