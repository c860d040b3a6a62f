"""Verbs about the semesters of a study: reported by the person, confirmed by the training office, and taken back if that was wrong."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.hours import service as hours
from lms.partners import notices, papers, rules, studies, studying
from lms.partners.models import Paper, Semester, Study
from lms.partners.papers import Stored
from lms.people.roles import Granted

Values = Mapping[str, Any]
EDITED = ("number", "from_on", "until_on", "credits", "gpa")


def fingerprint(row: Any) -> str:
    """What tells whether the columns that the form edits have changed since it was shown."""
    return rules.fingerprint(getattr(row, column) for column in EDITED)


def key_of(study_id: int, number: int) -> str:
    """Under which key a semester stands in the ledger of learning hours."""
    return f"{study_id}:{number}"


def report(study_id: int, person_id: int, values: Values, paper: Stored | None) -> int:
    """Report a semester that is over, with its transcript; gives its id.

    Raises NotFound, Refused "study-step", "semester-there", "paper-missing", or see `studying.fault_of_semester`.
    """
    with transaction():
        study = _studied(study_id, person_id)
        _check(study, values)
        if paper is None:
            raise Refused("paper-missing")
        row = Semester(study_id=study_id, reported_at=clock.now(), state="reported", **values)
        db.session.add(row)
        db.session.flush()
        papers.add(paper, "transcript", semester_id=row.id)
        _told("semester.reported", study, row)
        notices.tell_reported(study, row.number)
        return row.id


def change(study_id: int, semester_id: int, person_id: int, values: Values, paper: Stored | None, *, seen: str | None) -> None:
    """Mend a report that is not confirmed. Raises as `report`, and Refused "semester-step" or "changed-meanwhile"."""
    with transaction():
        study = _studied(study_id, person_id)
        row = _row(study, semester_id)
        if row.state == "confirmed":
            raise Refused("semester-step")
        if seen is not None and seen != fingerprint(row):
            raise Refused("changed-meanwhile")
        _check(study, values, but=semester_id)
        for name, value in values.items():
            setattr(row, name, value)
        if paper is not None:
            papers.add(paper, "transcript", semester_id=row.id)
        row.state, row.answer, row.reported_at = "reported", "", clock.now()
        _told("semester.reported", study, row)
        notices.tell_reported(study, row.number)


def confirm(study_id: int, semester_id: int, *, by: int, grants: Sequence[Granted], seen: str) -> Decimal:
    """Confirm a report; gives the JP that count for it. Raises NotFound, Refused "semester-step" or "study-changed"."""
    with transaction():
        study, row = _managed(study_id, semester_id, by=by, grants=grants, seen=seen)
        if row.state != "reported":
            raise Refused("semester-step")
        row.state, row.answer, row.decided_by, row.decided_at = "confirmed", "", by, clock.now()
        counted = hours.credit(hours.Earned(
            study.person_id, "semester", key_of(study.id, row.number), f"{study.title}, {study.institution}", "degree",
            ((row.until_on, Decimal(1)),), basis=study.decree_number))
        _told("semester.confirmed", study, row)
        notices.tell_semester(study, row.number)
        return counted


def give_back(study_id: int, semester_id: int, reason: str, *, by: int, grants: Sequence[Granted], seen: str) -> None:
    """Return a report to be mended; one that was confirmed no longer counts. Raises NotFound, Refused "semester-step", "study-changed" or
    "reason-missing"."""
    with transaction():
        study, row = _managed(study_id, semester_id, by=by, grants=grants, seen=seen)
        if row.state == "returned":
            raise Refused("semester-step")
        if not 3 <= len(reason.strip()) <= studies.LONGEST_REASON:
            raise Refused("reason-missing", most=studies.LONGEST_REASON)
        was_confirmed = row.state == "confirmed"
        row.state, row.answer, row.decided_by, row.decided_at = "returned", reason.strip(), by, clock.now()
        if was_confirmed:
            hours.reverse("semester", key_of(study.id, row.number), reason=row.answer)
        _told("semester.returned", study, row)
        notices.tell_semester(study, row.number)


def _studied(study_id: int, person_id: int) -> Study:
    study = studies.held(study_id, person_id)
    if not studying.allowed("report", study.state, frozenset({"own"})):  # type: ignore[arg-type]
        raise Refused("study-step")
    return study


def _managed(study_id: int, semester_id: int, *, by: int, grants: Sequence[Granted], seen: str) -> tuple[Study, Semester]:
    person_id = db.session.scalar(select(Study.person_id).where(Study.id == study_id))
    if person_id is None:
        raise NotFound
    study = studies.held(study_id, person_id)
    if "manages" not in studies.parts_in(study, by=by, grants=grants):
        raise NotFound
    row = _row(study, semester_id)
    if seen != fingerprint(row):
        raise Refused("study-changed")
    return study, row


def _row(study: Study, semester_id: int) -> Semester:
    row = db.session.get(Semester, semester_id, populate_existing=True)
    if row is None or row.study_id != study.id:
        raise NotFound
    return row


def _check(study: Study, values: Values, *, but: int | None = None) -> None:
    others = db.session.execute(
        select(Semester.id, Semester.number, Semester.from_on, Semester.until_on).join(Study, Study.id == Semester.study_id)
        .where(Study.person_id == study.person_id, Semester.id != (but or 0))).all()
    same = select(Semester.id).where(Semester.study_id == study.id, Semester.number == values["number"], Semester.id != (but or 0))
    if db.session.scalar(same) is not None:
        raise Refused("semester-there", number=values["number"])
    fault = studying.fault_of_semester(
        values["from_on"], values["until_on"], today=clock.today(), begun=study.started_on, ended=study.ended_on,
        others=[(row.from_on, row.until_on) for row in others])
    if fault is not None:
        raise Refused(fault, begun=study.started_on, ended=study.ended_on, days=studying.LONGEST_SEMESTER_DAYS)


def latest_paper(semester_id: int) -> Any:
    """The transcript that was sent last. Raises NotFound. One query."""
    row = db.session.execute(
        select(Paper.__table__).where(Paper.semester_id == semester_id).order_by(Paper.id.desc()).limit(1)).first()
    if row is None:
        raise NotFound
    return row


def _told(act: str, study: Study, row: Semester) -> None:
    audit.record(act, f"study:{study.id}", about=study.person_id, detail={"semester": row.number, "until": row.until_on.isoformat()})
