"""What trainers do: mark an essay by its rubric, give an extra attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, update

from lms.assessment import queries
from lms.assessment.events import AttemptMarked
from lms.assessment.models import Attempt, AttemptItem, ExtraAttempt, Mark, QuestionRevision
from lms.assessment.service import settle
from lms.base import audit, clock
from lms.base.db import db, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.learning.models import Enrolment
from lms.people.models import Person
from lms.questions import TYPES


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric; an essay without a rubric has one line with an empty text."""

    html: str
    most: Decimal


@dataclass(frozen=True, slots=True)
class Script:
    """An answer that a person marks."""

    item_id: int
    attempt_id: int
    position: int
    module_id: str
    quiz_id: str
    person_id: int
    person: str
    submitted_at: datetime
    state: str
    type: str
    title: str
    points: Decimal
    face: dict[str, Any]
    key: dict[str, Any]
    arrangement: Any
    response: Any
    given: list[str] | None
    comment: str | None

    @property
    def rubric(self) -> tuple[Criterion, ...]:
        """The lines to give points for."""
        lines = [Criterion(line["html"], Decimal(line["points"])) for line in self.key.get("rubric", ())]
        return tuple(lines) or (Criterion("", self.points),)


def script(item_id: int) -> Script:
    """The answer; raises NotFound unless it belongs to an ended attempt and is of a type that people mark."""
    row: Any = db.session.execute(
        select(
            AttemptItem.id, Attempt.id, AttemptItem.position, Attempt.module_id, Attempt.quiz_id, Attempt.person_id, Person.name,
            Attempt.submitted_at, Attempt.state, QuestionRevision.type, QuestionRevision.title, AttemptItem.points,
            QuestionRevision.face, QuestionRevision.key, AttemptItem.arrangement, AttemptItem.response, Mark.points, Mark.comment,
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id).join(Person, Person.id == Attempt.person_id)
        .join(QuestionRevision, QuestionRevision.hash == AttemptItem.revision_hash)
        .outerjoin(Mark, Mark.item_id == AttemptItem.id)
        .where(AttemptItem.id == item_id, Attempt.state != "open")
    ).first()
    if row is None:
        raise NotFound
    found = Script(*row)
    if found.response is None or TYPES[found.type].grade(found.face, found.key, found.response) is not None:
        raise NotFound
    return found


def mark(item_id: int, marker_id: int, points: Sequence[Decimal], comment: str) -> None:
    """Give points for each line of the rubric; the attempt gets its score when its last answer is marked.

    A mark may be mended later; who has passed stays passed. Raises NotFound, Refused "bad-mark".
    """
    with transaction():
        found = script(item_id)
        queries.locked_sheet(found.attempt_id)
        _check_points(found, points)
        share = Fraction(sum(points, Decimal(0))) / Fraction(sum((line.most for line in found.rubric), Decimal(0)))
        db.session.merge(Mark(
            item_id=item_id, marker_id=marker_id, points=[str(one) for one in points], comment=comment, marked_at=clock.now(),
        ))
        db.session.flush()
        db.session.execute(update(AttemptItem).where(AttemptItem.id == item_id).values(share=share))
        audit.record("answer.mark", f"attempt:{found.attempt_id}", about=found.person_id,
                     detail={"position": found.position, "points": [str(one) for one in points]})
        settle(found.attempt_id)
        _tell(queries.sheet(found.attempt_id))


def _tell(sheet: queries.Sheet) -> None:
    if sheet.state == "graded" and sheet.percent is not None:
        publish(AttemptMarked(
            sheet.id, sheet.person_id, sheet.module_id, sheet.quiz_id, sheet.terms.title, sheet.percent, sheet.passed))


def _check_points(found: Script, points: Sequence[Decimal]) -> None:
    if len(points) != len(found.rubric):
        raise Refused("bad-mark", line=len(found.rubric), most=found.rubric[-1].most)
    for number, (given, line) in enumerate(zip(points, found.rubric, strict=True), start=1):
        if not 0 <= given <= line.most:
            raise Refused("bad-mark", line=number, most=line.most)


def give_extra_attempt(enrolment_id: int, quiz_id: str, *, giver_id: int, reason: str) -> None:
    """Let a person try once more than the quiz allows. Raises NotFound for an enrolment that is not there."""
    with transaction():
        person_id = db.session.scalar(select(Enrolment.person_id).where(Enrolment.id == enrolment_id))
        if person_id is None:
            raise NotFound
        db.session.add(ExtraAttempt(
            enrolment_id=enrolment_id, quiz_id=quiz_id, given_by=giver_id, reason=reason, given_at=clock.now(),
        ))
        audit.record("attempt.extra", f"enrolment:{enrolment_id}", about=person_id,
                     detail={"quiz": quiz_id, "reason": reason})
