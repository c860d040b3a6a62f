"""What the room of partners gives out about a person: her applications to study, semesters and documents. Outsiders have no account."""

from sqlalchemy import delete, or_, select, update

from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.partners import papers
from lms.partners.models import Paper, Semester, Study
from lms.people.events import PersonErased


def _studies(person: int) -> object:
    return select(Study.id).where(Study.person_id == person)


def _semesters(person: int) -> object:
    return select(Semester.id).join(Study, Study.id == Semester.study_id).where(Study.person_id == person)


PART = Part("partners", (
    Given("studies", N_("Applications to study"), (
        ("id", Study.id, N_("Number of the application")), ("level", Study.level, N_("Degree")),
        ("title", Study.title, N_("Degree programme")),
        ("institution", Study.institution, N_("University")), ("funding", Study.funding, N_("Who pays")),
        ("reason", Study.reason, N_("Reasons")), ("starts_on", Study.starts_on, N_("Planned first day")),
        ("state", Study.state, N_("State")),
        ("submitted_at", Study.submitted_at, N_("When it was submitted")), ("opinion", Study.opinion, N_("Opinion of the supervisor")),
        ("opinion_reason", Study.opinion_reason, N_("Reasons of the supervisor")), ("answer", Study.answer, N_("Answer")),
        ("decree_number", Study.decree_number, N_("Number of the decree")), ("decree_on", Study.decree_on, N_("Date of the decree")),
        ("decided_at", Study.decided_at, N_("When it was decided")), ("started_on", Study.started_on, N_("First day of the study")),
        ("ended_on", Study.ended_on, N_("Last day of the study")), ("end_reason", Study.end_reason, N_("Why it was stopped")),
    ), lambda person: Study.person_id == person, frozenset({"studies.person_id"}), Study.id),
    Given("study_semesters", N_("Semesters of a study"), (
        ("study", Semester.study_id, N_("Number of the application")), ("number", Semester.number, N_("Semester number")),
        ("from", Semester.from_on, N_("First day")), ("until", Semester.until_on, N_("Last day")),
        ("credits", Semester.credits, N_("Credits (SKS)")),
        ("gpa", Semester.gpa, N_("Grade point average (IPK)")), ("state", Semester.state, N_("State")),
        ("answer", Semester.answer, N_("Answer")),
        ("reported_at", Semester.reported_at, N_("When it was reported")),
    ), lambda person: Semester.id.in_(_semesters(person)), frozenset({"study_semesters.study_id"}), Semester.id),  # type: ignore[arg-type]
    Given("partner_papers", N_("Documents sent for a study"), (
        ("kind", Paper.kind, N_("Kind")), ("name", Paper.name, N_("File")), ("size", Paper.size, N_("Size in bytes")),
        ("sent_at", Paper.sent_at, N_("When it was sent")),
    ), lambda person: or_(Paper.study_id.in_(_studies(person)), Paper.semester_id.in_(_semesters(person))),  # type: ignore[arg-type]
          frozenset({"partner_papers.study_id", "partner_papers.semester_id"}), Paper.id),
), withheld={
    "studies.opinion_by": "the application is somebody else's; that one gave an opinion is among one's acts",
    "studies.decided_by": "the application is somebody else's; that one decided it is among one's acts",
    "study_semesters.decided_by": "the semester is somebody else's; that one decided on it is among one's acts",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: documents and texts go; what was applied for, decided and studied stays, because the ledger of hours rests on it."""
    hers = or_(Paper.study_id.in_(_studies(fact.person_id)), Paper.semester_id.in_(_semesters(fact.person_id)))  # type: ignore[arg-type]
    papers.drop_later(db.session.scalars(select(Paper.stored).where(hers)).all(), key=f"person:{fact.person_id}")
    db.session.execute(delete(Paper).where(hers).execution_options(synchronize_session=False))
    mine = Study.person_id == fact.person_id
    db.session.execute(update(Semester).where(Semester.id.in_(_semesters(fact.person_id))).values(answer="")  # type: ignore[arg-type]
                       .execution_options(synchronize_session=False))
    db.session.execute(update(Study).where(mine).values(reason="", opinion_reason="", answer="", end_reason=""))
