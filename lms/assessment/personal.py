"""What the room of quizzes gives out about a person, and what goes when her data are erased or grow old.

Results (score, points, passed) stay: they are official. A key of a question, and whether a single answer was right, is not given out:
the question is still asked. Essays and trainers' comments go with the person, because they are free text that can tell who wrote it;
chosen options stay, because the quality of a question is judged by them and they say nothing about somebody without a name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from sqlalchemy import ColumnElement, func, null, select, update

from lms.assessment.models import Attempt, AttemptItem, ExtraAttempt, Mark, QuestionRevision
from lms.base.db import db
from lms.base.keeping import Due
from lms.base.personal import Given, Part, Row
from lms.base.texts import N_
from lms.learning.models import Enrolment
from lms.people.events import PersonErased

FREE_TEXT = ("essay",)


def _readable(row: Row) -> Row:
    """The answer with the words of the options in place of their ids."""
    words = dict(_options(row.pop("face")))
    return {**row, "answer": _worded(row["answer"], words)}


def _options(face: Any) -> Iterator[tuple[str, str]]:
    if isinstance(face, dict):
        if isinstance(face.get("id"), str) and isinstance(face.get("html"), str):
            yield face["id"], _plain(face["html"])
        for inner in face.values():
            yield from _options(inner)
    elif isinstance(face, list):
        for inner in face:
            yield from _options(inner)


def _plain(html: str) -> str:
    inside, text = False, []
    for letter in html:
        inside = letter == "<" or (inside and letter != ">")
        text.append("" if inside or letter == ">" else letter)
    return unescape("".join(text)).strip()


def _worded(answer: Any, words: dict[str, str]) -> Any:
    if isinstance(answer, dict):
        return {words.get(key, key): _worded(value, words) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_worded(one, words) for one in answer]
    return words.get(answer, answer) if isinstance(answer, str) else answer


def _title() -> Any:
    return select(QuestionRevision.title).where(QuestionRevision.hash == AttemptItem.revision_hash).scalar_subquery()


def _face() -> Any:
    return select(QuestionRevision.face).where(QuestionRevision.hash == AttemptItem.revision_hash).scalar_subquery()


def _items(person: int) -> ColumnElement[bool]:
    return AttemptItem.attempt_id.in_(select(Attempt.id).where(Attempt.person_id == person))


PART = Part("assessment", (
    Given("attempts", N_("Attempts at quizzes, with their results"), (
        ("id", Attempt.id, N_("Number of the attempt")), ("enrolment", Attempt.enrolment_id, N_("Number of the enrolment")),
        ("module", Attempt.module_id, N_("Module")), ("quiz", Attempt.quiz_id, N_("Quiz")),
        ("purpose", Attempt.purpose, N_("Purpose: final, practice or pretest")), ("number", Attempt.number, N_("Number of the try")),
        ("state", Attempt.state, N_("State: open, waiting or graded")), ("ended", Attempt.ended, N_("How it ended")),
        ("started_at", Attempt.started_at, N_("Started")), ("submitted_at", Attempt.submitted_at, N_("Submitted")),
        ("max_score", Attempt.max_score, N_("Points possible")), ("score", Attempt.score, N_("Points earned")),
        ("percent", Attempt.percent, N_("Score in percent")), ("passed", Attempt.passed, N_("Whether it counts as passed")),
    ), lambda person: Attempt.person_id == person, frozenset({"attempts.person_id", "attempts.enrolment_id"}), Attempt.id),
    Given("attempt_items", N_("Answers in quizzes"), (
        ("attempt", AttemptItem.attempt_id, N_("Number of the attempt")), ("position", AttemptItem.position, N_("Number of the question")),
        ("question", _title(), N_("Question")), ("answer", AttemptItem.response, N_("Answer given")),
        ("saved_at", AttemptItem.saved_at, N_("When it was saved")), ("face", _face(), N_("Question")),
    ), _items, frozenset({"attempt_items.attempt_id"}), AttemptItem.id, _readable),
    Given("marks", N_("Trainers' marks for essays"), (
        ("attempt", select(AttemptItem.attempt_id).where(AttemptItem.id == Mark.item_id).scalar_subquery(), N_("Number of the attempt")),
        ("position", select(AttemptItem.position).where(AttemptItem.id == Mark.item_id).scalar_subquery(), N_("Number of the question")),
        ("points", Mark.points, N_("Points for each line of the rubric")), ("comment", Mark.comment, N_("The trainer's comment")),
        ("marked_at", Mark.marked_at, N_("When it was marked")),
    ), lambda person: Mark.item_id.in_(select(AttemptItem.id).where(_items(person))), frozenset({"marks.item_id"}), Mark.item_id),
    Given("extra_attempts", N_("Extra attempts"), (
        ("enrolment", ExtraAttempt.enrolment_id, N_("Number of the enrolment")), ("quiz", ExtraAttempt.quiz_id, N_("Quiz")),
        ("reason", ExtraAttempt.reason, N_("Reason")), ("given_at", ExtraAttempt.given_at, N_("When it was given")),
    ), lambda person: ExtraAttempt.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id == person)),
        frozenset({"extra_attempts.enrolment_id"}), ExtraAttempt.id),
), withheld={
    "marks.marker_id": "the mark is about somebody else's essay; that one gave it is in the audit log",
    "extra_attempts.given_by": "the attempt is somebody else's; that one gave it is in the audit log",
})


@dataclass(frozen=True, slots=True)
class OldAnswers:
    """Answers of attempts graded long ago: the answers and comments go, the results stay."""

    def due(self, before: datetime) -> Due:
        """Answers of attempts submitted before this moment. One query."""
        count, oldest = db.session.execute(
            select(func.count(), func.min(Attempt.submitted_at)).select_from(AttemptItem)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id).where(*self._old(before))).one()
        return Due(count, oldest)

    def carry_out(self, before: datetime, most: int) -> int:
        """Empty at most so many."""
        old = select(AttemptItem.id).join(Attempt, Attempt.id == AttemptItem.attempt_id).where(*self._old(before))
        ids = db.session.scalars(old.order_by(AttemptItem.id).limit(most)).all()
        _empty(list(ids))
        return len(ids)

    def _old(self, before: datetime) -> list[ColumnElement[bool]]:
        return [Attempt.state == "graded", Attempt.submitted_at < before, AttemptItem.response.is_not(None)]


OLD_ANSWERS = OldAnswers()


def has_open_attempt(person_id: int) -> bool:
    """Whether an attempt is being written or waits for a mark."""
    found = select(Attempt.id).where(Attempt.person_id == person_id, Attempt.state != "graded")
    return db.session.scalar(found.limit(1)) is not None


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: forget essays, trainers' comments and the reasons of extra attempts; results and chosen options stay."""
    texts = select(AttemptItem.id).join(QuestionRevision, QuestionRevision.hash == AttemptItem.revision_hash).where(
        _items(fact.person_id), QuestionRevision.type.in_(FREE_TEXT))
    _empty(list(db.session.scalars(texts)))
    mine = select(AttemptItem.id).where(_items(fact.person_id))
    db.session.execute(update(Mark).where(Mark.item_id.in_(mine)).values(comment=""))
    enrolments = select(Enrolment.id).where(Enrolment.person_id == fact.person_id)
    db.session.execute(update(ExtraAttempt).where(ExtraAttempt.enrolment_id.in_(enrolments)).values(reason=""))


def _empty(item_ids: list[int]) -> None:
    for first in range(0, len(item_ids), 500):
        some = item_ids[first:first + 500]
        db.session.execute(update(AttemptItem).where(AttemptItem.id.in_(some)).values(response=null(), tab=""))
        db.session.execute(update(Mark).where(Mark.item_id.in_(some)).values(comment=""))
