"""Verbs about applications to study: written, advised on, decided, begun and ended. Each is one transaction and is recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.partners import notices, papers, rules, studying
from lms.partners.models import Paper, Partner, Programme, Study
from lms.partners.papers import Stored
from lms.partners.studying import State, Step, Who
from lms.people import queries as people
from lms.people.roles import Granted

Values = Mapping[str, Any]
EDITED = ("programme_id", "institution", "title", "level", "funding", "reason", "starts_on")
LONGEST_REASON = 2000
READS = frozenset({"advises", "manages"})


def fingerprint(row: Any) -> str:
    """What tells whether the columns that the form edits have changed since it was shown."""
    return rules.fingerprint(getattr(row, column) for column in EDITED)


def write(person_id: int, values: Values) -> int:
    """A new draft; gives its id. Raises Refused "programme-over" or "programme-funding"."""
    with transaction():
        hold(f"studies:{person_id}")
        row = Study(person_id=person_id, made_at=clock.now(), state="draft", **_named(values))
        db.session.add(row)
        db.session.flush()
        audit.record("study.written", f"study:{row.id}", about=person_id)
        return row.id


def change(study_id: int, person_id: int, values: Values, *, seen: str | None) -> bool:
    """Write what the applicant's form holds; whether anything differed. Raises NotFound, Refused "study-step", "changed-meanwhile"."""
    with transaction():
        row = held(study_id, person_id)
        _must_allow("change", row)
        if seen is not None and seen != fingerprint(row):
            raise Refused("changed-meanwhile")
        differing = {name: value for name, value in _named(values).items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        if differing:
            row.version += 1
        return bool(differing)


def send_paper(study_id: int, person_id: int, kind: str, paper: Stored | None) -> bool:
    """Add a document to one's own application; False if this very file is there already. Raises NotFound, Refused "study-step",
    "paper-missing" or "paper-many"."""
    with transaction():
        row = held(study_id, person_id)
        _must_allow("change", row)
        if paper is None:
            raise Refused("paper-missing")
        there = db.session.scalars(select(Paper.sha256).where(Paper.study_id == study_id)).all()
        if paper.sha256 in there:
            papers.drop_later([paper.stored], key=paper.stored)
            return False
        if len(there) >= studying.MOST_PAPERS:
            raise Refused("paper-many", most=studying.MOST_PAPERS)
        papers.add(paper, kind, study_id=study_id)
        row.version += 1
        return True


def remove_paper(study_id: int, person_id: int, paper_id: int) -> None:
    """Take a document of one's own away, before it is submitted. Raises NotFound or Refused "study-step"."""
    with transaction():
        row = held(study_id, person_id)
        paper = db.session.get(Paper, paper_id)
        if paper is None or paper.study_id != study_id:
            raise NotFound
        _must_allow("change", row)
        papers.drop_later([paper.stored], key=paper.stored)
        db.session.delete(paper)
        row.version += 1


def submit(study_id: int, person_id: int) -> None:
    """Hand the application to the supervisor. Raises NotFound, Refused "study-step", "study-open", "study-no-paper", "programme-over"."""
    with transaction():
        row = held(study_id, person_id)
        _must_allow("submit", row)
        if db.session.scalar(select(func.count()).where(Study.person_id == person_id, Study.state.in_(studying.OPEN))):
            raise Refused("study-open")
        if not db.session.scalar(select(func.count()).where(Paper.study_id == study_id)):
            raise Refused("study-no-paper")
        _named({name: getattr(row, name) for name in EDITED})
        row.opinion, row.opinion_reason, row.opinion_by, row.opinion_at = "", "", None, None
        row.answer, row.decided_by, row.decided_at = "", None, None
        row.submitted_at = clock.now()
        _take("submit", row)
        notices.tell_supervisor(row)


def withdraw(study_id: int, person_id: int) -> None:
    """Take one's own application back. Raises NotFound or Refused "study-step"."""
    with transaction():
        row = held(study_id, person_id)
        _must_allow("withdraw", row)
        _take("withdraw", row)


def advise(study_id: int, opinion: str, reason: str, *, by: int, grants: Sequence[Granted], seen: int) -> None:
    """Give the supervisor's opinion. Raises NotFound, Refused "study-step", "study-changed" or "reason-missing"."""
    with transaction():
        row = _met(study_id, "advise", by=by, grants=grants, seen=seen)
        row.opinion, row.opinion_reason = ("yes" if opinion == "yes" else "no"), _reason(reason)
        row.opinion_by, row.opinion_at = by, clock.now()
        _take("advise", row, opinion=row.opinion)
        notices.tell_advised(row)


def approve(study_id: int, *, decree_number: str, decree_on: date | None, answer: str = "", by: int, grants: Sequence[Granted],
            seen: int) -> None:
    """Approve by decree. Raises NotFound, Refused "study-step", "study-changed", "decree-missing" or "date-future"."""
    with transaction():
        row = _met(study_id, "approve", by=by, grants=grants, seen=seen)
        if not decree_number or decree_on is None:
            raise Refused("decree-missing")
        if decree_on > clock.today():
            raise Refused("date-future")
        row.decree_number, row.decree_on, row.answer = decree_number, decree_on, answer.strip()[:LONGEST_REASON]
        _decide("approve", row, by)


def refuse(study_id: int, reason: str, *, by: int, grants: Sequence[Granted], seen: int) -> None:
    """Refuse with a reason. Raises NotFound, Refused "study-step", "study-changed" or "reason-missing"."""
    with transaction():
        row = _met(study_id, "refuse", by=by, grants=grants, seen=seen)
        row.answer = _reason(reason)
        _decide("refuse", row, by)


def give_back(study_id: int, reason: str, *, by: int, grants: Sequence[Granted], seen: int) -> None:
    """Return to the applicant, who may mend and submit it again. Raises NotFound, Refused "study-step", "study-changed" or
    "reason-missing"."""
    with transaction():
        row = _met(study_id, "return", by=by, grants=grants, seen=seen)
        row.answer = _reason(reason)
        _decide("return", row, by)


def begin(study_id: int, day: date, *, by: int, grants: Sequence[Granted]) -> None:
    """Say that the study has begun. Raises NotFound, Refused "study-step" or "date-future"."""
    with transaction():
        row = _met(study_id, "begin", by=by, grants=grants)
        if day > clock.today():
            raise Refused("date-future")
        row.started_on = day
        _take("begin", row)


def end(study_id: int, step: Step, day: date, reason: str, *, by: int, grants: Sequence[Granted], seen: int) -> None:
    """Finish a study, or stop it with a reason. Raises NotFound, Refused "study-step", "study-changed", "date-future", "study-end-early"
    or "reason-missing"."""
    with transaction():
        row = _met(study_id, "finish" if step == "finish" else "stop", by=by, grants=grants, seen=seen)
        if day > clock.today():
            raise Refused("date-future")
        if row.started_on is not None and day < row.started_on:
            raise Refused("study-end-early", begun=row.started_on)
        row.ended_on, row.end_reason = day, reason.strip()[:LONGEST_REASON] if step == "finish" else _reason(reason)
        _take("finish" if step == "finish" else "stop", row)
        notices.tell_decided(row)


def held(study_id: int, person_id: int) -> Study:
    """One's own application, under the lock. Raises NotFound."""
    row = _row(study_id)
    if row.person_id != person_id:
        raise NotFound
    return row


def parts_in(row: Any, *, by: int, grants: Sequence[Granted]) -> frozenset[Who]:
    """In which parts somebody meets an application; empty if she may not know of it: of a draft nobody else does. One query."""
    path = people.person(row.person_id).unit_path
    found = studying.parts_of(grants, own=row.person_id == by, unit_path=path)
    return frozenset() if row.state == "draft" and "own" not in found else found


def _met(study_id: int, step: Step, *, by: int, grants: Sequence[Granted], seen: int | None = None) -> Study:
    """The row under the lock, if this reader may take the step now, having seen what it holds now."""
    row = _row(study_id)
    parts = parts_in(row, by=by, grants=grants)
    if not parts:
        raise NotFound
    if not studying.allowed(step, row.state, parts):  # type: ignore[arg-type]
        raise Refused("study-step")
    if seen is not None and seen != row.version:
        raise Refused("study-changed")
    return row


def _row(study_id: int) -> Study:
    person_id = db.session.scalar(select(Study.person_id).where(Study.id == study_id))
    if person_id is None:
        raise NotFound
    hold(f"studies:{person_id}")
    return db.session.get_one(Study, study_id, populate_existing=True)


def _must_allow(step: Step, row: Study) -> None:
    if not studying.allowed(step, row.state, frozenset({"own"})):  # type: ignore[arg-type]
        raise Refused("study-step")


def _take(step: Step, row: Study, **detail: str) -> None:
    after: State | None = studying.STEPS[step].to
    row.state, row.version = after or row.state, row.version + 1
    audit.record(f"study.{row.state}", f"study:{row.id}", about=row.person_id, detail={"kind": row.level, **detail})


def _decide(step: Step, row: Study, by: int) -> None:
    row.decided_by, row.decided_at = by, clock.now()
    _take(step, row, **({"number": row.decree_number} if step == "approve" else {}))
    notices.tell_decided(row)


def _reason(text: str) -> str:
    if not 3 <= len(text.strip()) <= LONGEST_REASON:
        raise Refused("reason-missing", most=LONGEST_REASON)
    return text.strip()


def _named(values: Values) -> dict[str, Any]:
    """The columns to write: what a chosen programme is called stands in it, whatever was typed beside it."""
    kept = dict(values)
    if kept.get("programme_id") is None:
        return kept
    found = db.session.execute(
        select(Programme.title, Programme.level, Programme.funding, Programme.ended_on, Partner.name, Partner.ended_on.label("over"))
        .join(Partner, Partner.id == Programme.partner_id).where(Programme.id == kept["programme_id"])).first()
    if found is None or found.ended_on is not None or found.over is not None:
        raise Refused("programme-over")
    if found.funding not in {"either", kept["funding"]}:
        raise Refused("programme-funding")
    return {**kept, "institution": found.name, "title": found.title, "level": found.level}
