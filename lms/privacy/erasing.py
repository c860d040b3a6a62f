"""Erasing one person: one officer proposes, another decides; what law wants kept stays under a pseudonym."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from lms.assessment import personal as assessment
from lms.assessment.models import Attempt
from lms.base import audit, clock
from lms.base.audit import AuditEntry
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.base.texts import N_
from lms.certificates.models import Certificate
from lms.learning.models import Enrolment
from lms.people import grants, personal
from lms.people.events import PersonErased
from lms.people.models import Person
from lms.privacy import packing, queries, rules
from lms.privacy.models import Erasure

KEPT: Mapping[str, str] = {  # table: why it stays
    "postings": N_("When she worked for which unit, for reports of past years; positions, ranks and decrees go."),
    "certificates": N_("Official records (archives law UU 43/2009, PerANRI 22/2017); whoever was shown one can still verify it."),
    "enrolments": N_("Learning hours and completed modules, which the agency has to account for (PP 11/2017 article 203)."),
    "lesson_progress": N_("The lessons by which those hours were earned."),
    "claims": N_("Accepted certificates, by which learning hours were earned; number, photo and PDF go."),
    "training_participants": N_("Trainings by which learning hours were earned; numbers of certificates go."),
    "jp_sources": N_("What learning hours were earned by, which the agency has to account for (PP 11/2017 article 203)."),
    "transcripts": N_("Official statements of learning hours; whoever was shown one can still verify it."),
    "jp_entries": N_("The ledger of learning hours, in which nothing is ever changed."),
    "programme_completions": N_("Programmes completed, which certificates rest on and the agency has to account for."),
    "seminar_registrations": N_("Who had a seat at a seminar, for reports and by which its hours were earned; reasons go."),
    "seminar_attendances": N_("Attendance, by which learning hours were earned."),
    "attempts": N_("Official results of quizzes; essays and comments go."),
    "attempt_items": N_("Chosen options without a name, by which the quality of questions is judged."),
    "marks": N_("Points given by trainers; their comments go."),
    "extra_attempts": N_("That an extra attempt was given; its reason goes."),
    "grants": N_("Who could see what on a day of the past; the reasons go."),
    "acts_about_me": N_("The audit log, an unbroken chain (PP 71/2019); what it says about the person is emptied."),
    "my_acts": N_("The audit log, an unbroken chain (PP 71/2019)."),
    "readings_of_my_data": N_("Who looked at whose data; it says nothing about the person herself."),
    "my_readings": N_("Who looked at whose data; the network address goes."),
    "privacy_requests": N_("That a request was made and decided; its text goes."),
    "erasures": N_("That the erasure was proposed and decided."),
    "studies": N_("What was applied for and decided by decree; reasons and documents go."),
    "study_semesters": N_("The semesters by which learning hours were earned; the transcripts go."),
    "persons": N_("An empty record under a pseudonym, so that the rows above have an owner."),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What erasing would do: tables that stay (label, rows, why), tables that go (label, rows); what stands in the way, if anything."""

    stays: tuple[tuple[str, int, str], ...]
    goes: tuple[tuple[str, int], ...]
    obstacle: str | None


def preview(person_id: int, *, by: int | None) -> Preview:
    """What erasing a person would keep and delete now. Raises NotFound. Writes nothing."""
    found = [(one, part.counts(person_id)[one.table]) for part in packing.parts() for one in part.given]
    return Preview(
        stays=tuple((one.label, count, KEPT[one.table]) for one, count in found if count and one.table in KEPT),
        goes=tuple((one.label, count) for one, count in found if count and one.table not in KEPT),
        obstacle=_obstacle(person_id, by),
    )


def propose(person_id: int, reason: str, *, by: int) -> int:
    """Propose to erase a person; gives the proposal's id. Raises NotFound or Refused, see `rules.obstacle`, or "erase-proposed"."""
    with transaction():
        hold(f"erase:{person_id}")
        if queries.proposed(person_id) is not None:
            raise Refused("erase-proposed")
        _check(person_id, by)
        row = Erasure(person_id=person_id, reason=reason, state="proposed", proposed_by=by, proposed_at=clock.now(), kept={})
        db.session.add(row)
        db.session.flush()
        audit.record("erasure.proposed", f"erasure:{row.id}", about=person_id, actor=by)
        return row.id


def drop(erasure_id: int, *, by: int) -> None:
    """Drop a proposal; whoever made it may do so too. Raises NotFound or Refused "erase-decided"."""
    with transaction():
        row = _proposed(erasure_id)
        row.state, row.decided_by, row.decided_at = "dropped", by, clock.now()
        audit.record("erasure.dropped", f"erasure:{row.id}", about=row.person_id, actor=by)


def carry_out(erasure_id: int, last_digits: str, *, by: int) -> None:
    """Erase the person of a proposal, for good. All rooms react in this transaction.

    Raises NotFound or Refused "erase-decided", "erase-same-officer", "erase-digits", "last-admin", or see `rules.obstacle`.
    """
    with transaction():
        row = _proposed(erasure_id)
        if row.proposed_by == by:
            raise Refused("erase-same-officer")
        nip = db.session.scalar(select(Person.nip).where(Person.id == row.person_id)) or ""
        if not last_digits or last_digits != nip[-4:]:
            raise Refused("erase-digits")
        _check(row.person_id, by)
        row.state, row.decided_by, row.decided_at, row.kept = "done", by, clock.now(), _kept(row.person_id)
        erase(row.person_id)
        audit.record("erasure.done", f"erasure:{row.id}", about=row.person_id, detail=row.kept, actor=by)


def erase(person_id: int) -> None:
    """Let every room forget a person, within the caller's transaction. Raises Refused "last-admin"."""
    hold("admins")
    publish(PersonErased(person_id))
    db.session.flush()
    grants.keep_an_admin()
    audit.forget_detail(person_id)


def person_of(erasure_id: int) -> int:
    """Whom a proposal is about. Raises NotFound. One query."""
    found = db.session.scalar(select(Erasure.person_id).where(Erasure.id == erasure_id))
    if found is None:
        raise NotFound
    return found


def _kept(person_id: int) -> dict[str, int]:
    owners = {"certificates": Certificate.person_id, "enrolments": Enrolment.person_id, "attempts": Attempt.person_id,
              "audit_entries": AuditEntry.about_id}
    return {name: db.session.scalar(select(func.count()).where(column == person_id)) or 0 for name, column in owners.items()}


def _check(person_id: int, by: int | None) -> None:
    code = _obstacle(person_id, by)
    if code is not None:
        raise Refused(code)


def _obstacle(person_id: int, by: int | None) -> str | None:
    person = db.session.execute(select(Person.nip, Person.active).where(Person.id == person_id)).first()
    if person is None:
        raise NotFound
    return rules.obstacle(rules.Standing(
        active=person.active, erased=personal.is_erased(person.nip), open_attempt=assessment.has_open_attempt(person_id),
        open_request=queries.has_open_request(person_id), is_decider=by == person_id))


def _proposed(erasure_id: int) -> Erasure:
    hold(f"erase:{person_of(erasure_id)}")
    row = db.session.get_one(Erasure, erasure_id, populate_existing=True)
    if row.state != "proposed":
        raise Refused("erase-decided")
    return row
