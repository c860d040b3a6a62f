"""What the room of people gives out about a person, and what is left of her once her data are erased."""

from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import aliased

from lms.base import audit, clock
from lms.base.db import db, hold
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.people import grants, names
from lms.people.events import PersonErased
from lms.people.models import Grant, Person, Posting, Unit


def _unit_name(unit_id: Any) -> Any:
    return select(Unit.name).where(Unit.id == unit_id).correlate_except(Unit).scalar_subquery()


def _name(person_id: Any) -> Any:
    other = aliased(Person)
    return select(other.name).where(other.id == person_id).correlate_except(other).scalar_subquery()


PART = Part("people", (
    Given("persons", N_("Record: name, NIP, unit, position"), (
        ("id", Person.id, N_("Number of the record")), ("nip", Person.nip, N_("NIP")), ("name", Person.name, N_("Name")),
        ("email", Person.email, N_("E-mail")), ("unit", _unit_name(Person.unit_id), N_("Unit")),
        ("employment", Person.employment, N_("Employment")), ("position", Person.position, N_("Position")),
        ("position_kind", Person.position_kind, N_("Kind of position")), ("rank", Person.rank, N_("Rank")),
        ("appointed_on", Person.appointed_on, N_("Appointed on")), ("contract_start", Person.contract_start, N_("Start of the agreement")),
        ("supervisor", _name(Person.supervisor_id), N_("Supervisor")), ("left_on", Person.left_on, N_("Last day")),
        ("active", Person.active, N_("Whether signing in is allowed")), ("created_at", Person.created_at, N_("When the record was made")),
    ), lambda person: Person.id == person, frozenset({"persons.id"}), Person.id),
    Given("postings", N_("Where and as what one worked"), (
        ("from_on", Posting.from_on, N_("First day")), ("until_on", Posting.until_on, N_("Last day")),
        ("unit", _unit_name(Posting.unit_id), N_("Unit")), ("position", Posting.position, N_("Position")),
        ("position_kind", Posting.position_kind, N_("Kind of position")), ("rank", Posting.rank, N_("Rank")),
        ("employment", Posting.employment, N_("Employment")), ("kind", Posting.kind, N_("Definitive or acting")),
        ("basis", Posting.basis, N_("Decree")), ("stands_in_for", _name(Posting.stands_in_for), N_("Stands in for")),
    ), lambda person: Posting.person_id == person, frozenset({"postings.person_id"}), Posting.from_on),
    Given("grants", N_("Roles held"), (
        ("role", Grant.role, N_("Role")), ("unit", _unit_name(Grant.unit_id), N_("Unit")), ("module", Grant.module_id, N_("Module")),
        ("starts_on", Grant.starts_on, N_("First day")), ("ends_on", Grant.ends_on, N_("Last day")),
        ("reason", Grant.reason, N_("Reason")), ("granted_at", Grant.granted_at, N_("When it was given")),
        ("ended_at", Grant.ended_at, N_("When it was ended")),
    ), lambda person: Grant.person_id == person, frozenset({"grants.person_id"}), Grant.id),
), withheld={
    "persons.supervisor_id": "the record is that of whom one supervises",
    "persons.merged_into": "the record is that of an account that was merged into this one; what was done under it was moved here",
    "postings.stands_in_for": "the posting is another person's, who stood in",
    "postings.grant_id": "the posting is found by its person",
    "grants.behalf_of": "the role is another person's; that one was stood in for is in the audit log",
    "grants.granted_by": "the role is another person's; that one gave it is in the audit log",
    "grants.ended_by": "the role is another person's; that one ended it is in the audit log",
})


ERASED = "terhapus-"  # no NIP begins so, so nobody can ever sign in with it


def pseudonym(person_id: int) -> tuple[str, str]:
    """Name and NIP of somebody whose data are erased."""
    return f"Pegawai terhapus #{person_id}", f"{ERASED}{person_id}"


def is_erased(nip: str) -> bool:
    """Whether a NIP is a pseudonym."""
    return nip.startswith(ERASED)


def erased() -> ColumnElement[bool]:
    """The condition that a person's data are erased."""
    return Person.nip.startswith(ERASED)


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: empty the record and end the roles; unit and employment stay, because reports of past years count them."""
    for person_id in (fact.person_id, *_merged(fact.person_id)):
        hold(f"person:{person_id}")
        name, nip = pseudonym(person_id)
        db.session.execute(update(Person).where(Person.id == person_id).values(
            name=name, nip=nip, sought=names.sought(name), email=None, position="", position_kind="", rank="", contract_start=None,
            appointed_on=None, supervisor_id=None, password_hash=None, active=False))
        db.session.execute(update(Posting).where(Posting.person_id == person_id).values(position="", position_kind="", rank="", basis=""))
    live = select(Grant).where(grants.live(clock.today()), Grant.person_id == fact.person_id)
    for row in db.session.scalars(live):
        row.ended_at = clock.now()
        audit.record("role.ended", f"grant:{row.id}", about=fact.person_id, detail={"role": row.role})
    db.session.execute(update(Grant).where(Grant.person_id == fact.person_id).values(reason=""))


def _merged(person_id: int) -> list[int]:
    """Accounts that were merged into the person's: they are hers too."""
    return list(db.session.scalars(select(Person.id).where(Person.merged_into == person_id)))
