"""What learners do with attempts: start, save answers, check one, submit; and what time does to them."""

import hashlib
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from lms.assessment import events, queries, rules
from lms.assessment.drawing import Drawn, draw
from lms.assessment.models import Attempt, AttemptItem, QuestionRevision
from lms.assessment.standing import Place, standing
from lms.base import audit, clock, jobs
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.learning import queries as learning_queries
from lms.learning import service as learning
from lms.questions import TYPES

CLOSE_JOB = "attempt.close"
GRADE = update(AttemptItem).where(AttemptItem.id == bindparam("item")).values(share=bindparam("share"))
# Built once: an answer is saved far more often than anything else is written.
SAVE = update(AttemptItem).where(AttemptItem.id == bindparam("item")).values(
    {column: bindparam(column) for column in ("response", "flagged", "version", "tab", "seq", "saved_at")})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page sends for one question: form fields without prefix, and the state it was made on."""

    fields: Mapping[str, Sequence[str]]
    flagged: bool
    stamp: rules.Stamp


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one answer; `writing` is write, same, stale or final, `response` and `version` what is stored now."""

    position: int
    writing: str
    version: int
    response: Any
    unclear: tuple[str, ...]


def start(person_id: int, place: Place) -> int:
    """Begin an attempt and give its id; an open one is given back instead. Refused as `rules.check_start` says."""
    with transaction():
        progress = _progress(person_id, place.module.id)
        hold(f"attempts:{progress.enrolment_id}:{place.quiz.id}:{place.purpose}")
        for one in queries.attempts(progress.enrolment_id, place.quiz.id, place.purpose):
            if one.state == "open" and not _end_if_late(one):
                return one.id
        earlier = queries.attempts(progress.enrolment_id, place.quiz.id, place.purpose)
        rules.check_start(standing(progress, place, earlier), place.terms, opens=place.quiz.settings.opens, now=clock.now())
        return _begin(person_id, progress.enrolment_id, place, number=len(earlier) + 1)


def _progress(person_id: int, module_id: str) -> learning_queries.Progress:
    found = learning_queries.progress(person_id, module_id)
    if found is None:
        learning.enrol(person_id, module_id)
        found = learning_queries.progress(person_id, module_id)
    if found is None:
        raise NotFound
    return found


def _begin(person_id: int, enrolment_id: int, place: Place, *, number: int) -> int:
    now = clock.now()
    drawn = draw(place.quiz, random.Random(secrets.randbits(128)))  # noqa: S311 - the seed comes from the system
    until = rules.deadline(now, place.terms)
    attempt_id = db.session.execute(
        insert(Attempt).values(
            person_id=person_id, enrolment_id=enrolment_id, module_id=place.module.id, quiz_id=place.quiz.id,
            quiz_revision=place.quiz.revision, purpose=place.purpose, number=number, state="open",
            settings=_frozen(place), started_at=now, deadline=until,
            max_score=sum((one.question.points for one in drawn), Decimal(0)),
        ).returning(Attempt.id)
    ).scalar_one()
    _freeze_questions(place.quiz.id, drawn)
    db.session.execute(insert(AttemptItem), [_item_row(attempt_id, place.quiz.id, one) for one in drawn])
    if until:
        jobs.enqueue(CLOSE_JOB, {"attempt": attempt_id}, key=f"attempt:{attempt_id}", run_at=until + 2 * rules.GRACE)
    return attempt_id


def _frozen(place: Place) -> dict[str, Any]:
    pools = [{"title": pool.title, "intro": pool.intro_html} for pool in place.quiz.pools]
    return {"terms": place.terms.to_json(), "pools": pools}


def _freeze_questions(quiz_id: str, drawn: Sequence[Drawn]) -> None:
    hashes = {revision_hash(quiz_id, one): one for one in drawn}
    known = set(db.session.scalars(select(QuestionRevision.hash).where(QuestionRevision.hash.in_(hashes))))
    hold("question-revisions")
    for code, one in hashes.items():
        if code not in known:
            db.session.merge(QuestionRevision(
                hash=code, quiz_id=quiz_id, question_id=one.question.id, type=one.question.type, title=one.question.title,
                face=one.question.face, key=one.question.key,
            ))
    db.session.flush()


def revision_hash(quiz_id: str, drawn: Drawn) -> str:
    """The name under which a question's revision is kept; equal texts in two quizzes stay two questions."""
    whole = "\0".join((quiz_id, drawn.question.id, drawn.question.revision))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _item_row(attempt_id: int, quiz_id: str, drawn: Drawn) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id, "position": drawn.position, "pool": drawn.pool, "question_id": drawn.question.id,
        "revision_hash": revision_hash(quiz_id, drawn), "points": drawn.question.points, "arrangement": drawn.arrangement,
    }


def save(attempt_id: int, person_id: int, answers: Mapping[int, Answer]) -> tuple[Saved, ...]:
    """Store answers, except those made on an older state; what was stored is durable when this returns.

    Raises NotFound, BadResponse, Refused "unknown-question", Refused "attempt-over" (also when time is up): nothing stored then.
    """
    with transaction():
        rows = queries.for_saving(attempt_id, tuple(answers))
        if (rows[0].person_id if rows else queries.sheet(attempt_id).person_id) != person_id:
            raise NotFound
        if len(rows) != len(answers):
            raise Refused("unknown-question")
        if not rows:
            return ()
        _refuse_ended(rows[0].state, rows[0].deadline)
        saved = tuple(_save_one(row, answers[row.position]) for row in rows)
        if any(one.writing == "write" for one in saved):
            learning.record_work(person_id, rows[0].module_id, what="answer")
        return saved


def _refuse_ended(state: str, deadline: datetime | None) -> None:
    if state != "open" or rules.is_late(deadline, clock.now()):
        raise Refused("attempt-over")


def _save_one(row: Any, answer: Answer) -> Saved:
    kind = TYPES[row.type]
    response = kind.read(row.face, answer.fields)
    unclear = kind.unclear(row.face, response) if response is not None else ()
    changed = response != row.response or answer.flagged != row.flagged
    if row.checked_at and response != row.response:
        return Saved(row.position, "final", row.version, row.response, ())
    stored = rules.Stamp(row.version, row.tab, row.seq)
    writing = rules.decide_write(stored, answer.stamp, changed=changed)
    if writing != "write":
        return Saved(row.position, writing, row.version, row.response, unclear)
    db.session.connection().execute(SAVE, {
        "item": row.id, "response": response, "flagged": answer.flagged, "version": row.version + 1, "tab": answer.stamp.tab,
        "seq": answer.stamp.seq, "saved_at": clock.now(),
    })
    return Saved(row.position, "write", row.version + 1, response, unclear)


def check(attempt_id: int, person_id: int, position: int) -> None:
    """Make one saved answer final and grade it, where feedback is immediate. Refused: attempt-over, not-checkable, no-answer."""
    with transaction():
        sheet = queries.locked_sheet(attempt_id)
        if sheet.person_id != person_id:
            raise NotFound
        _refuse_ended(sheet.state, sheet.deadline)
        if sheet.terms.feedback != "immediate" or sheet.purpose == "pretest":
            raise Refused("not-checkable")
        item = next((one for one in queries.items(attempt_id) if one.position == position), None)
        if item is None:
            raise Refused("unknown-question")
        if item.checked_at is None:
            _check(item)


def _check(item: queries.Item) -> None:
    if item.response is None:
        raise Refused("no-answer")
    share = TYPES[item.type].grade(item.face, item.key, item.response)
    if share is None:
        raise Refused("not-checkable")
    db.session.execute(update(AttemptItem).where(AttemptItem.id == item.id).values(share=share, checked_at=clock.now()))


def submit(attempt_id: int, person_id: int) -> None:
    """End the person's own attempt and grade it; once it has ended, nothing more happens. Raises NotFound."""
    with transaction():
        sheet = queries.locked_sheet(attempt_id)
        if sheet.person_id != person_id:
            raise NotFound
        if sheet.state == "open" and not _end_if_late(sheet):
            _end(sheet, "submitted", at=clock.now())


def close_if_late(attempt_id: int) -> bool:
    """End and grade an open attempt whose time is over; gives whether it was ended now."""
    with transaction():
        return _end_if_late(queries.locked_sheet(attempt_id))


def close_overdue() -> int:
    """End all attempts whose time is over, each in a transaction of its own; gives how many."""
    return sum(close_if_late(attempt_id) for attempt_id in queries.overdue(clock.now()))


def _end_if_late(sheet: queries.Sheet) -> bool:
    if sheet.state != "open" or sheet.deadline is None or not rules.is_late(sheet.deadline, clock.now()):
        return False
    by_close = sheet.terms.closes is not None and sheet.deadline == sheet.terms.closes
    _end(sheet, "closed" if by_close else "expired", at=sheet.deadline)
    return True


def _end(sheet: queries.Sheet, how: str, *, at: datetime) -> None:
    answers = queries.items(sheet.id)
    shares = {item.id: _share(item) for item in answers}
    db.session.connection().execute(GRADE, [{"item": item_id, "share": share} for item_id, share in shares.items()])
    db.session.execute(update(Attempt).where(Attempt.id == sheet.id).values(state="waiting", ended=how, submitted_at=at))
    learning.record_work(sheet.person_id, sheet.module_id, what="quiz")
    audit.record("attempt.end", f"attempt:{sheet.id}", about=sheet.person_id, detail={"how": how, "quiz": sheet.quiz_id})
    settle(sheet.id)


def _share(item: queries.Item) -> Fraction | None:
    if item.share is not None:
        return item.share
    if item.response is None:
        return Fraction(0)
    return TYPES[item.type].grade(item.face, item.key, item.response)


def settle(attempt_id: int) -> None:
    """Give an ended attempt its score, if nothing waits for a mark any more; inside the caller's transaction."""
    answers = queries.items(attempt_id)
    if any(item.share is None for item in answers):
        return
    sheet = queries.sheet(attempt_id)
    earned = rules.total((item.share or Fraction(0), item.points) for item in answers)
    exact = rules.percent(earned, sheet.max_score)
    score = _counted_with(sheet, exact)
    passed = rules.passes(score, sheet.terms.pass_percent) or _passed_before(sheet)
    db.session.execute(
        update(Attempt).where(Attempt.id == attempt_id)
        .values(state="graded", score=rules.shown(earned), percent=rules.shown(exact), exact=exact, passed=passed)
    )
    publish(events.AttemptGraded(attempt_id, sheet.person_id, sheet.quiz_id, passed, rules.shown(exact)))
    if passed and sheet.purpose == "final":
        learning.pass_final_quiz(sheet.enrolment_id, rules.shown(score))


def _counted_with(sheet: queries.Sheet, exact: Fraction) -> Fraction:
    earlier = queries.attempts(sheet.enrolment_id, sheet.quiz_id, sheet.purpose)
    of_each = {one.number: one.exact for one in earlier if one.state == "graded"}
    of_each[sheet.number] = exact
    return rules.counted([of_each[number] or Fraction(0) for number in sorted(of_each)], sheet.terms.counts) or Fraction(0)


def _passed_before(sheet: queries.Sheet) -> bool:
    return any(one.passed for one in queries.attempts(sheet.enrolment_id, sheet.quiz_id, sheet.purpose))
