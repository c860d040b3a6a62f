"""What the room of competencies gives out about a person. Evidence goes when her data are erased: it served her development only."""

from sqlalchemy import delete

from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.competencies.models import CompetencyFile, LevelEvidence
from lms.people.events import PersonErased

PART = Part("competencies", (
    Given("competency_evidence", N_("Evidence of competency levels"), (
        ("id", LevelEvidence.id, N_("Number of the evidence")), ("code", LevelEvidence.code, N_("Competency")),
        ("level", LevelEvidence.level, N_("Level")), ("kind", LevelEvidence.kind, N_("Kind")),
        ("title", LevelEvidence.title, N_("Title")), ("source", LevelEvidence.source, N_("Issued by")),
        ("day", LevelEvidence.on_day, N_("Day")), ("valid_until", LevelEvidence.valid_until, N_("Valid until")),
        ("counts_until", LevelEvidence.until_on, N_("Counts until")), ("note", LevelEvidence.note, N_("Note")),
        ("indicators", LevelEvidence.indicators, N_("Indicators that were seen")),
        ("remark", LevelEvidence.remark, N_("The person's remark")), ("made_at", LevelEvidence.made_at, N_("When it was entered")),
        ("withdrawn_at", LevelEvidence.withdrawn_at, N_("When it was withdrawn")),
        ("withdrawn_for", LevelEvidence.withdrawn_for, N_("Why it was withdrawn")),
    ), lambda person: LevelEvidence.person_id == person, frozenset({"competency_evidence.person_id"}), LevelEvidence.id),
    Given("competency_files", N_("Tables sent for an import of competencies"), (
        ("name", CompetencyFile.name, N_("File")), ("kind", CompetencyFile.kind, N_("Kind")),
        ("created_at", CompetencyFile.created_at, N_("When it was sent")),
    ), lambda person: CompetencyFile.person_id == person, frozenset({"competency_files.person_id"}), CompetencyFile.id),
), withheld={
    "competency_evidence.made_by": "the evidence is about somebody else; that one entered it is among one's acts",
    "competency_evidence.withdrawn_by": "the evidence is about somebody else; that one withdrew it is among one's acts",
    "competencies.added_by": "an act of office; it is among one's acts",
    "competency_requirements.set_by": "an act of office; it is among one's acts",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: evidence about her goes, and the tables that she sent."""
    db.session.execute(delete(LevelEvidence).where(LevelEvidence.person_id == fact.person_id))
    db.session.execute(delete(CompetencyFile).where(CompetencyFile.person_id == fact.person_id))
