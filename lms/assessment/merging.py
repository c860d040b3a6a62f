"""What becomes of two people's attempts when they turn out to be one person."""

from itertools import groupby

from sqlalchemy import func, or_, select, update

from lms.assessment.models import Attempt, ExtraAttempt
from lms.base.db import db, hold
from lms.base.errors import Refused
from lms.people.events import PeopleMerged

ASIDE = 1_000_000  # numbers are set aside there while they get their new ones


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: attempts follow their enrolment. Where two rounds became one, theirs are numbered anew in the order of time.

    Raises Refused "merge-attempts" (quiz=title) if both have an open attempt at one quiz.
    """
    _refuse_two_open(fact)
    for source, target in fact.moved.get("united", []):
        _unite(source, target)
    moved = db.session.execute(update(Attempt).where(Attempt.person_id == fact.gone_id).values(person_id=fact.kept_id))
    fact.moved["attempts"] = moved.rowcount  # type: ignore[attr-defined]


def _refuse_two_open(fact: PeopleMerged) -> None:
    both = (
        select(func.min(Attempt.id)).where(Attempt.person_id.in_((fact.kept_id, fact.gone_id)), Attempt.state == "open")
        .group_by(Attempt.module_id, Attempt.quiz_id, Attempt.purpose).having(func.count(Attempt.person_id.distinct()) > 1).limit(1)
    )
    attempt = db.session.get(Attempt, db.session.scalar(both) or 0)
    if attempt is not None:
        raise Refused("merge-attempts", quiz=attempt.settings["terms"]["title"])


def _unite(source: int, target: int) -> None:
    rows = db.session.scalars(
        select(Attempt).where(or_(Attempt.enrolment_id == source, Attempt.enrolment_id == target))
        .order_by(Attempt.quiz_id, Attempt.purpose, Attempt.started_at, Attempt.id).with_for_update()).all()
    for (quiz_id, purpose), of_quiz in groupby(rows, key=lambda row: (row.quiz_id, row.purpose)):
        hold(f"attempts:{target}:{quiz_id}:{purpose}")
        ordered, passed = list(of_quiz), False
        for number, row in enumerate(ordered, 1):
            row.number = ASIDE + number
        db.session.flush()
        for number, row in enumerate(ordered, 1):
            passed = passed or row.passed
            row.number, row.enrolment_id, row.passed = number, target, passed and row.state == "graded"
        db.session.flush()
    db.session.execute(update(ExtraAttempt).where(ExtraAttempt.enrolment_id == source).values(enrolment_id=target))
