"""Decisions about requests, erasure and deadlines. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.base.texts import N_
from lms.people.rules import read_nip

DEADLINE = timedelta(hours=72)  # UU 27/2022 Ps 30-32 and 46: 3 x 24 hours, counted plainly, weekends too
KINDS: Mapping[str, str] = {
    "correction": N_("Correct something in my record"),
    "copy": N_("Send me a copy of my data"),
    "erasure": N_("Erase my data"),
    "restriction": N_("Suspend or limit the use of my data"),
    "objection": N_("Let a person look at an automatic decision about me"),
}
FIELDS: Mapping[str, str] = {
    "name": N_("Name"), "nip": N_("NIP"), "unit": N_("Unit"), "position": N_("Position"),
    "rank": N_("Rank"), "employment": N_("Employment"), "email": N_("E-mail"), "contract_start": N_("Start of the agreement"),
}
WRITTEN = frozenset({"name", "nip", "position", "rank", "employment", "email", "contract_start"})  # the unit is a move, see its page
STATES: Mapping[str, str] = {
    "open": N_("Being looked at"), "accepted": N_("Granted"), "refused": N_("Not granted"), "withdrawn": N_("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the way of erasing a person: each a fact that was looked up."""

    active: bool
    erased: bool
    open_attempt: bool
    open_request: bool
    is_decider: bool


def due_at(made_at: datetime) -> datetime:
    """Until when a request must be answered."""
    return made_at + DEADLINE


def is_overdue(state: str, due: datetime, now: datetime) -> bool:
    """Whether a request waits longer than the law allows."""
    return state == "open" and now > due


def fault_of_wish(field: str, wanted: str, employments: tuple[str, ...]) -> str | None:
    """The code of what is wrong with the value wanted for a field; None if it may stand there."""
    if field == "nip":
        read = read_nip(wanted)
        return read if isinstance(read, str) else None
    if field == "employment" and wanted not in employments:
        return "wish-employment"
    if field == "email" and ("@" not in wanted.strip("@") or any(letter.isspace() for letter in wanted)):
        return "wish-email"
    if field == "contract_start" and _day(wanted) is None:
        return "wish-day"
    return None


def as_written(field: str, wanted: str) -> tuple[str, str | date]:
    """Column and value that an accepted correction writes."""
    if field == "nip":
        return "nip", "".join(wanted.split())
    if field == "contract_start":
        return field, date.fromisoformat(wanted)
    return field, wanted


def obstacle(standing: Standing) -> str | None:
    """The code of what forbids to erase a person; None if nothing does."""
    if standing.erased:
        return "erase-done"
    if standing.is_decider:
        return "erase-self"
    if standing.active:
        return "erase-active"
    if standing.open_attempt:
        return "erase-attempt"
    return "erase-request" if standing.open_request else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
