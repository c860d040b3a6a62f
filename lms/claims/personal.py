"""What the room of claims gives out about a person, and what becomes of it when her data are erased."""

from sqlalchemy import and_, delete, select, update

from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.claims.models import Claim, Evidence, Participant, Training, TrainingList
from lms.people.events import PersonErased

_OFFICE = "the certificate or training is somebody else's; that one acted on it is among one's acts"


def _training(column: object) -> object:
    return select(column).where(Training.id == Participant.training_id).correlate(Participant).scalar_subquery()  # type: ignore[call-overload]


PART = Part("claims", (
    Given("claims", N_("Outside certificates that were handed in"), (
        ("id", Claim.id, N_("Number of the claim")), ("title", Claim.title, N_("Title of the training")),
        ("organiser", Claim.organiser, N_("Organiser")), ("number", Claim.number, N_("Number of the certificate")),
        ("form", Claim.form, N_("Form of training")), ("scope", Claim.scope, N_("National or international")),
        ("from", Claim.from_on, N_("First day")), ("until", Claim.until_on, N_("Last day")), ("jp", Claim.jp, N_("JP on the certificate")),
        ("place", Claim.place, N_("Place")), ("basis", Claim.basis, N_("Basis")), ("state", Claim.state, N_("State")),
        ("answer", Claim.answer, N_("Answer of the officer")), ("made_at", Claim.made_at, N_("When it was begun")),
        ("sent_at", Claim.sent_at, N_("When it was sent")), ("decided_at", Claim.decided_at, N_("When it was decided")),
    ), lambda person: Claim.person_id == person, frozenset({"claims.person_id"}), Claim.id),
    Given("claim_files", N_("Photos and PDFs of outside certificates"), (
        ("id", Evidence.id, N_("Number of the file")), ("kind", Evidence.kind, N_("Kind")), ("size", Evidence.size, N_("Size in bytes")),
        ("issuer", Evidence.issuer, N_("Whose seal was verified")), ("sent_at", Evidence.sent_at, N_("When it was sent")),
    ), lambda person: Evidence.id.in_(select(Claim.evidence_id).where(Claim.person_id == person)),
       frozenset({"evidence.sent_by", "claims.evidence_id"}), Evidence.id),
    Given("training_participants", N_("Trainings that officers entered"), (
        ("id", Participant.id, N_("Number of the entry")), ("title", _training(Training.title), N_("Title of the training")),
        ("organiser", _training(Training.organiser), N_("Organiser")), ("from", _training(Training.from_on), N_("First day")),
        ("until", _training(Training.until_on), N_("Last day")), ("number", Participant.number, N_("Number of the certificate")),
        ("made_at", Participant.made_at, N_("When it was entered")), ("removed_at", Participant.removed_at, N_("When it was taken back")),
        ("reason", Participant.reason, N_("Reason")),
    ), lambda person: Participant.person_id == person,
       frozenset({"training_participants.person_id", "training_participants.training_id"}), Participant.id),
), withheld={
    "claims.checked_by": _OFFICE, "claims.decided_by": _OFFICE, "trainings.made_by": _OFFICE, "training_participants.made_by": _OFFICE,
    "training_participants.removed_by": _OFFICE,
    "trainings.evidence_id": "the file shows a training as a whole and names others",
    "training_lists.person_id": "a list that waits for an hour's work; what it entered is among one's acts",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: photos and PDFs go (their files with the next sweep), so do claims that never counted; what counts stays, bare."""
    mine = Claim.person_id == fact.person_id
    db.session.execute(update(Claim).where(mine).values(evidence_id=None))
    db.session.execute(delete(Claim).where(and_(mine, Claim.state != "accepted")))
    db.session.execute(update(Claim).where(mine).values(number="", number_key="", place="", answer="", slip=Claim.slip))
    db.session.execute(update(Participant).where(Participant.person_id == fact.person_id).values(number="", reason=""))
    db.session.execute(delete(TrainingList).where(TrainingList.person_id == fact.person_id))
    used = select(Claim.evidence_id).where(Claim.evidence_id.is_not(None)).union(
        select(Training.evidence_id).where(Training.evidence_id.is_not(None)))
    db.session.execute(delete(Evidence).where(Evidence.sent_by == fact.person_id, Evidence.id.not_in(used))
                       .execution_options(synchronize_session=False))
