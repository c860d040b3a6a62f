"""What one person did in one module, written by the services at the hours when it happened."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal

from sqlalchemy import update

from lms.assessment import queries as sheets
from lms.assessment import service as assessment
from lms.assessment.models import AttemptItem
from lms.assessment.standing import Place, place_for
from lms.base import clock
from lms.base.db import db
from lms.content.catalog import Module
from lms.learning import service as learning
from lms.questions import TYPES, choices
from lms.web.content import catalog

TIME_LIMIT = timedelta(minutes=30)
HALF_A_LESSON = timedelta(minutes=9)
THINKING = timedelta(seconds=80)
SITTING = timedelta(minutes=20)  # the same for all: who began first is certified first
JUST_NOW = timedelta(minutes=30)
BREAK = timedelta(minutes=45)
ESSAY = (
    "Pada survei terakhir, 31 dari 108 warga menilai prosedur kami sulit karena harus pindah dari loket 1 ke loket 3.\n\n"
    "Mengapa pindah? Karena surat dicetak di loket 3. Mengapa di sana? Karena pencetak hanya satu. Mengapa satu? Karena pencetak "
    "kedua belum dipasang sejak pindah gedung.\n\n"
    "Rencana: unsur prosedur; memasang pencetak di loket 1; selesai akhir bulan depan; penanggung jawab kasi pelayanan umum; ukuran "
    "berhasil: tidak ada lagi warga yang pindah loket.\n\n"
    "Anda berkata bolak-balik. Kini satu loket cukup."
)
Ending = Literal["submitted", "left open", "out of time"]


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at the final quiz: the share of its points that is earned, in percent, and how it ends."""

    percent: int
    ending: Ending = "submitted"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A person's way through a module.

    It ends on the working day `days_ago` days before the loading and took `span` days. `lessons` are done (None = all); the one
    after them is opened. `essay`: the practice quiz that has an essay is handed in.
    """

    person_id: int
    nip: str
    module_id: str
    days_ago: int
    span: int
    lessons: int | None = None
    tries: tuple[Try, ...] = ()
    essay: bool = False

    @property
    def opened(self) -> int:
        """How many lessons are opened."""
        there = len(catalog().modules[self.module_id].lessons)
        return there if self.lessons is None else min(self.lessons + 1, there)

    def moments(self) -> list[datetime]:
        """When each sitting begins, in order: one for each lesson, one for the essay, one for each try. All lie in the past."""
        count = self.opened + self.essay + len(self.tries)
        rng = self.chance("moments")
        planned = sorted(_working_hour(self.days_ago + _share(self.span, count, number), rng) for number in range(count))
        return _apart(planned, before=clock.now() - JUST_NOW)

    @property
    def ends(self) -> datetime:
        """When the last sitting is over."""
        return self.moments()[-1] + SITTING

    def chance(self, what: str) -> Random:
        """What is left to chance in this chapter, the same in every loading."""
        return Random(f"{self.nip}/{self.module_id}/{what}")  # noqa: S311 - a made-up past, no secret


def write(chapter: Chapter) -> None:
    """Let it happen."""
    module = catalog().modules[chapter.module_id]
    moments = iter(chapter.moments())
    _read(chapter, module, moments)
    if chapter.essay:
        with clock.stopped(next(moments)):
            _hand_in_essay(chapter, module)
    for number, one in enumerate(chapter.tries):
        with clock.stopped(next(moments)):
            _try(chapter, module, one, chapter.chance(f"try {number}"))


def _read(chapter: Chapter, module: Module, moments: Iterator[datetime]) -> None:
    done = len(module.lessons) if chapter.lessons is None else chapter.lessons
    for number, lesson in enumerate(module.lessons[: chapter.opened]):
        with clock.stopped(next(moments)):
            if number == 0:
                learning.enrol(chapter.person_id, module.id)
            learning.open_lesson(chapter.person_id, module.id, lesson.id)
            if number < done:
                _turn_pages(chapter, module)
                learning.finish_lesson(chapter.person_id, module.id, lesson.id)


def _turn_pages(chapter: Chapter, module: Module) -> None:
    clock.advance(HALF_A_LESSON)
    learning.record_work(chapter.person_id, module.id, what=None)
    clock.advance(HALF_A_LESSON)


def _try(chapter: Chapter, module: Module, one: Try, rng: Random) -> None:
    place = place_for(catalog(), str(module.quiz), module_id=module.id, purpose="final")
    if one.ending == "out of time" and place.terms.time_limit is None:
        place = replace(place, quiz=replace(place.quiz, settings=replace(place.quiz.settings, time_limit=TIME_LIMIT)))
    began = clock.now()
    attempt_id = assessment.start(chapter.person_id, place)
    _answer(chapter, attempt_id, one.percent, rng, only_right=one.ending != "submitted")
    if one.ending == "submitted":
        clock.advance(began + SITTING - clock.now())
        assessment.submit(attempt_id, chapter.person_id)
    elif one.ending == "out of time":
        clock.advance(TIME_LIMIT)
        assessment.close_if_late(attempt_id)


def _answer(chapter: Chapter, attempt_id: int, percent: int, rng: Random, *, only_right: bool) -> None:
    """Answers the first questions rightly until the percentage is reached; of the others only those that earn nothing for sure."""
    items = sheets.items(attempt_id)
    wanted = sum((item.points for item in items), Decimal(0)) * percent / 100
    for item in items:
        response: dict[str, Any] | None
        if wanted > 0:
            wanted -= item.points
            response = TYPES[item.type].solution(item.face, item.key)
        else:
            response = None if only_right else _wrong(item, rng)
        if response is not None:
            _save(chapter, item, response)


def _wrong(item: sheets.Item, rng: Random) -> dict[str, Any] | None:
    if item.type != "single":
        return None
    worthless = [option for option in choices.option_ids(item.face) if option not in item.key["weights"]]
    return {"option": rng.choice(worthless)} if worthless else None


def _save(chapter: Chapter, item: sheets.Item, response: Any) -> None:
    clock.advance(THINKING)
    db.session.execute(
        update(AttemptItem).where(AttemptItem.id == item.id).values(response=response, version=1, saved_at=clock.now())
    )
    learning.record_work(chapter.person_id, chapter.module_id, what="answer")


def _hand_in_essay(chapter: Chapter, module: Module) -> None:
    place = _essay_place(module)
    attempt_id = assessment.start(chapter.person_id, place)
    for item in sheets.items(attempt_id):
        kind = TYPES[item.type]
        _save(chapter, item, {"text": ESSAY} if item.type == "essay" else kind.solution(item.face, item.key))
    assessment.submit(attempt_id, chapter.person_id)


def _essay_place(module: Module) -> Place:
    shown = catalog()
    lesson = next(
        lesson for lesson in module.lessons
        if lesson.quiz and any(question.type == "essay" for question in shown.quizzes[lesson.quiz].questions)
    )
    return place_for(shown, str(lesson.quiz), module_id=module.id, purpose="practice", lesson_id=lesson.id)


def _share(span: int, count: int, number: int) -> int:
    return span * (count - 1 - number) // max(1, count - 1)


def _apart(planned: list[datetime], *, before: datetime) -> list[datetime]:
    """The moments pushed apart so that no two sittings overlap, and then back so that none lies after `before`."""
    found: list[datetime] = []
    for moment in planned:
        found.append(max(moment, found[-1] + BREAK) if found else moment)
    return [min(moment, before - BREAK * (len(found) - 1 - number)) for number, moment in enumerate(found)]


def _working_hour(days_ago: int, rng: Random) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    friday = day - timedelta(days=max(0, day.weekday() - 4))
    chosen = friday if friday.year == day.year else day  # hours of a year must not slip into the one before
    return _office_time(chosen, time(rng.randint(8, 15), rng.randrange(60)))


def _office_time(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=clock.OFFICE).astimezone(UTC)
