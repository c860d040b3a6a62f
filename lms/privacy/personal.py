"""What this room and the floor below all rooms hold about a person: audit log, readings, requests, erasures."""

from typing import Any

from sqlalchemy import select, update

from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.readings import Reading
from lms.base.texts import N_
from lms.people.events import PersonErased
from lms.people.models import Person
from lms.privacy.models import Erasure, PrivacyRequest


def _name(person_id: Any) -> Any:
    return select(Person.name).where(Person.id == person_id).correlate_except(Person).scalar_subquery()


PART = Part("privacy", (
    Given("acts_about_me", N_("Acts about the person in the audit log"), (
        ("at", AuditEntry.at, N_("When")), ("act", AuditEntry.act, N_("Act")), ("by", _name(AuditEntry.actor_id), N_("Who did it")),
        ("subject", AuditEntry.subject, N_("What it was done to")), ("detail", AuditEntry.detail, N_("Before, after and further facts")),
    ), lambda person: AuditEntry.about_id == person, frozenset({"audit_entries.about_id"}), AuditEntry.seq),
    Given("my_acts", N_("The person's own acts in the audit log"), (
        ("at", AuditEntry.at, N_("When")), ("act", AuditEntry.act, N_("Act")), ("subject", AuditEntry.subject, N_("What it was done to")),
        ("address", AuditEntry.address, N_("Network address")),
    ), lambda person: AuditEntry.actor_id == person, frozenset({"audit_entries.actor_id"}), AuditEntry.seq),
    Given("readings_of_my_data", N_("Who looked at pages about the person"), (
        ("at", Reading.at, N_("When")), ("what", Reading.what, N_("Page")), ("by", _name(Reading.reader_id), N_("Who looked")),
    ), lambda person: Reading.about_id == person, frozenset({"readings.about_id"}), Reading.id),
    Given("my_readings", N_("Pages about others that the person looked at"), (
        ("at", Reading.at, N_("When")), ("what", Reading.what, N_("Page")), ("address", Reading.address, N_("Network address")),
    ), lambda person: Reading.reader_id == person, frozenset({"readings.reader_id"}), Reading.id),
    Given("privacy_requests", N_("Requests about personal data"), (
        ("id", PrivacyRequest.id, N_("Number of the request")), ("kind", PrivacyRequest.kind, N_("Kind of request")),
        ("field", PrivacyRequest.field, N_("What to correct")), ("present", PrivacyRequest.present, N_("What is recorded")),
        ("wanted", PrivacyRequest.wanted, N_("What it should be")), ("reason", PrivacyRequest.reason, N_("Reason")),
        ("note", PrivacyRequest.note, N_("Note")), ("made_at", PrivacyRequest.made_at, N_("When it was made")),
        ("due_at", PrivacyRequest.due_at, N_("Answer due")), ("state", PrivacyRequest.state, N_("State")),
        ("answer", PrivacyRequest.answer, N_("Answer")), ("decided_at", PrivacyRequest.decided_at, N_("When it was decided")),
    ), lambda person: PrivacyRequest.person_id == person, frozenset({"privacy_requests.person_id"}), PrivacyRequest.id),
    Given("erasures", N_("Proposals to erase the data"), (
        ("state", Erasure.state, N_("State")), ("reason", Erasure.reason, N_("Reason")),
        ("proposed_at", Erasure.proposed_at, N_("When it was proposed")), ("decided_at", Erasure.decided_at, N_("When it was decided")),
    ), lambda person: Erasure.person_id == person, frozenset({"erasures.person_id"}), Erasure.id),
), withheld={
    "audit_entries.acting_for": "the act is another person's, who stood in; it stands among the acts about the person concerned",
    "readings.acting_for": "the reading is another person's, who stood in",
    "privacy_requests.decided_by": "the request is somebody else's; that one decided it is among one's acts",
    "erasures.proposed_by": "the erasure is somebody else's; that one proposed it is among one's acts",
    "erasures.decided_by": "the erasure is somebody else's; that one decided it is among one's acts",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: forget what requests said and from where she looked at others; that they were made, decided and read stays."""
    mine = PrivacyRequest.person_id == fact.person_id
    db.session.execute(update(PrivacyRequest).where(mine).values(present="", wanted="", reason="", note="", answer=""))
    db.session.execute(update(Reading).where(Reading.reader_id == fact.person_id).values(address=None))
    db.session.execute(update(Erasure).where(Erasure.person_id == fact.person_id).values(reason=""))
