"""What the room of assignments gives out about a person. It goes when her data are erased: what she completed stands elsewhere."""

from sqlalchemy import delete, select

from lms.assignments import service
from lms.assignments.models import Assignment, AssignmentTarget, Hit
from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.people.events import PersonErased


def _title(column: object) -> object:
    return select(Assignment.title).where(Assignment.id == column).correlate_except(Assignment).scalar_subquery()


PART = Part("assignments", (
    Given("assignment_hits", N_("What was assigned to you"), (
        ("title", _title(Hit.assignment_id), N_("Title")), ("from", Hit.hit_on, N_("Assigned on")),
        ("until", Hit.gone_on, N_("No longer since")),
        ("due", Hit.due_on, N_("Due on")), ("extended_to", Hit.extended_to, N_("More time until")), ("round", Hit.round, N_("Round")),
        ("completed_on", Hit.completed_on, N_("Completed")), ("expires_on", Hit.expires_on, N_("Counts until")),
        ("waived_at", Hit.waived_at, N_("Waived on")), ("waived_until", Hit.waived_until, N_("Waived until")),
        ("waived_why", Hit.waived_why, N_("Reason")),
    ), lambda person: Hit.person_id == person, frozenset({"assignment_hits.person_id"}), Hit.id),
    Given("assignment_targets", N_("Assignments that name you"), (
        ("title", _title(AssignmentTarget.assignment_id), N_("Title")),
    ), lambda person: AssignmentTarget.person_id == person, frozenset({"assignment_targets.person_id"}), AssignmentTarget.id),
), withheld={
    "assignments.made_by": "an act of office; it is among one's acts",
    "assignments.ended_by": "an act of office; it is among one's acts",
    "assignment_hits.waived_by": "the assignment is somebody else's; that one waived it is among one's acts",
    "assignment_targets.assignment_id": "what an assignment asks is nobody's; that it names one is given out",
    "assignment_tallies.assignment_id": "numbers of a unit; they name nobody",
    "assignment_hits.assignment_id": "what an assignment asks is nobody's; that it hits one is given out",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: forget what was assigned to her."""
    service.let_go(fact.person_id)
    db.session.execute(delete(Hit).where(Hit.person_id == fact.person_id))
    db.session.execute(delete(AssignmentTarget).where(AssignmentTarget.person_id == fact.person_id))
