"""What the room of programmes gives out about a person. Completions stay when her data are erased, as the hours in them do."""

from sqlalchemy import delete

from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.people.events import PersonErased
from lms.programmes.models import Completion, Participant

PART = Part("programmes", (
    Given("programme_participants", N_("Programmes that you take part in"), (
        ("programme", Participant.programme_id, N_("Programme")), ("joined_at", Participant.joined_at, N_("Joined")),
    ), lambda person: Participant.person_id == person, frozenset({"programme_participants.person_id"}), Participant.programme_id),
    Given("programme_completions", N_("Programmes completed"), (
        ("id", Completion.id, N_("Number of the completion")), ("programme", Completion.programme_id, N_("Programme")),
        ("title", Completion.title, N_("Title")), ("round", Completion.round, N_("Round")),
        ("completed_on", Completion.completed_on, N_("Completed")), ("hours", Completion.hours, N_("Learning hours (JP)")),
        ("valid_until", Completion.valid_until, N_("Valid until")), ("items", Completion.items, N_("What it rests on")),
    ), lambda person: Completion.person_id == person, frozenset({"programme_completions.person_id"}), Completion.id),
))


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: forget what she took part in; what she completed stays."""
    db.session.execute(delete(Participant).where(Participant.person_id == fact.person_id))
