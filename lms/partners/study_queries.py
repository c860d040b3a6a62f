"""Reads of study programmes and of applications to study; each says how many queries it makes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from lms.base.db import db
from lms.base.errors import NotFound
from lms.partners import studying
from lms.partners.models import Paper, Partner, Programme, Semester, Study
from lms.people.models import Person, Unit
from lms.people.queries import within

PAGE = 50
Adviser, Decider = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which applications are asked for; `within` are the paths of the units the reader sees, `reader` is she herself."""

    within: tuple[str, ...]
    reader: int
    state: str = ""
    text: str = ""
    page: int = 1


def programmes(text: str = "", level: str = "") -> Sequence[Any]:
    """The programmes one may choose, with `partner`, by level and title; the first two hundred that fit. One query."""
    conditions: list[ColumnElement[bool]] = [Programme.ended_on.is_(None), Partner.ended_on.is_(None)]
    if level:
        conditions.append(Programme.level == level)
    if text:
        columns = (Programme.title, Programme.faculty, Programme.competencies, Partner.name)
        conditions.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    return db.session.execute(
        select(*Programme.__table__.c, Partner.name.label("partner")).join(Partner, Partner.id == Programme.partner_id)
        .where(*conditions).order_by(Programme.level, Programme.title, Programme.id).limit(200)).all()


def programmes_for(code: str) -> Sequence[Any]:
    """The programmes mapped to a competency ("M.5"), with `partner`, as `programmes`. One query."""
    return [row for row in programmes(code) if any(one.split()[0] == code for one in row.competencies.split(", ") if one)]


def of_person(person_id: int) -> Sequence[Any]:
    """A person's applications, the latest first: rows of all columns, with `confirmed` semesters. One query."""
    confirmed = select(func.count()).where(
        Semester.study_id == Study.id, Semester.state == "confirmed").correlate(Study).scalar_subquery()
    return db.session.execute(
        select(*Study.__table__.c, confirmed.label("confirmed")).where(Study.person_id == person_id).order_by(Study.id.desc())).all()


def one(study_id: int) -> Any:
    """An application with `person`, `nip`, `position`, `unit`, `unit_path`, and the names `adviser` and `decider`. Raises NotFound.
    One query."""
    row = db.session.execute(_rows().where(Study.id == study_id)).first()
    if row is None:
        raise NotFound
    return row


def find(wish: Wish) -> tuple[int, Sequence[Any]]:
    """How many applications fit, and a page of them: those that wait first, the oldest on top. Never drafts, never one's own.
    Two queries."""
    conditions = [Study.state != "draft", Study.person_id != wish.reader, within(wish.within)]
    if wish.state:
        conditions.append(Study.state == wish.state)
    if wish.text:
        conditions.append(or_(*(column.icontains(wish.text, autoescape=True) for column in (Person.name, Study.title, Study.institution))))
    joined = select(func.count()).select_from(Study).join(Person, Person.id == Study.person_id).join(Unit, Unit.id == Person.unit_id)
    count = db.session.scalar(joined.where(*conditions)) or 0
    order = case((Study.state == "submitted", 0), (Study.state == "advised", 1), (Study.state == "approved", 2), (
        Study.state == "studying", 3), else_=4)
    rows = db.session.execute(
        _rows().where(*conditions).order_by(order, Study.submitted_at, Study.id).limit(PAGE).offset((wish.page - 1) * PAGE)).all()
    return count, rows


def waiting(paths: Collection[str], reader: int, *, manages: bool) -> tuple[int, int, Sequence[Any]]:
    """What waits for a reader: how many applications for an opinion in these units, how many for the decision, and the semesters to
    confirm, as rows (study_id, number, until_on, person, title). Two queries."""
    advises = and_(Study.state == "submitted", within(paths)) if paths else false()
    decides = Study.state == "advised" if manages else false()
    counts = db.session.execute(
        select(func.sum(case((advises, 1), else_=0)), func.sum(case((decides, 1), else_=0))).select_from(Study)
        .join(Person, Person.id == Study.person_id).join(Unit, Unit.id == Person.unit_id).where(Study.person_id != reader)).one()
    semesters = db.session.execute(
        select(Semester.study_id, Semester.number, Semester.until_on, Person.name.label("person"), Study.title)
        .join(Study, Study.id == Semester.study_id).join(Person, Person.id == Study.person_id)
        .where(Semester.state == "reported", Study.person_id != reader).order_by(Semester.reported_at, Semester.id)
        .limit(PAGE)).all() if manages else ()
    return int(counts[0] or 0), int(counts[1] or 0), semesters


def papers_of(study_id: int) -> Sequence[Any]:
    """The documents of an application, oldest first. One query."""
    return db.session.execute(select(Paper.__table__).where(Paper.study_id == study_id).order_by(Paper.id)).all()


def paper(study_id: int, paper_id: int) -> Any:
    """A document of an application, or a transcript of one of its semesters. Raises NotFound. One query."""
    row = db.session.execute(
        select(*Paper.__table__.c, Semester.number.label("semester")).outerjoin(Semester, Semester.id == Paper.semester_id)
        .where(Paper.id == paper_id, or_(Paper.study_id == study_id, Semester.study_id == study_id))).first()
    if row is None:
        raise NotFound
    return row


def semesters_of(study_id: int) -> Sequence[Any]:
    """The semesters of a study in their order, with `paper_id` and `paper_size` of the transcript that was sent last. One query."""
    latest = select(func.max(Paper.id)).where(Paper.semester_id == Semester.id).correlate(Semester).scalar_subquery()
    return db.session.execute(
        select(*Semester.__table__.c, Paper.id.label("paper_id"), Paper.size.label("paper_size"))
        .outerjoin(Paper, Paper.id == latest).where(Semester.study_id == study_id).order_by(Semester.number)).all()


def semester(study_id: int, semester_id: int) -> Any:
    """One semester of a study. Raises NotFound. One query."""
    row = db.session.execute(select(Semester.__table__).where(Semester.id == semester_id, Semester.study_id == study_id)).first()
    if row is None:
        raise NotFound
    return row


def next_number(study_id: int) -> int:
    """The number of the semester to report next, from 1. One query."""
    last = db.session.scalar(select(func.max(Semester.number)).where(Semester.study_id == study_id)) or 0
    return min(last + 1, studying.MOST_SEMESTERS)


def _rows() -> Any:
    return (
        select(*Study.__table__.c, Person.name.label("person"), Person.nip, Person.position, Unit.name.label("unit"),
               Unit.path.label("unit_path"), Adviser.name.label("adviser"), Decider.name.label("decider"))
        .join(Person, Person.id == Study.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Adviser, Adviser.id == Study.opinion_by).outerjoin(Decider, Decider.id == Study.decided_by))
