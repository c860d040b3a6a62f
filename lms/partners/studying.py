"""Decisions about applications to study and about semesters: states, and who may take which step. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from lms.base.texts import N_
from lms.people.roles import Granted, may

Who = Literal["own", "advises", "manages"]
State = Literal["draft", "submitted", "advised", "returned", "approved", "refused", "withdrawn", "studying", "finished", "stopped"]
Step = Literal["change", "submit", "withdraw", "advise", "approve", "refuse", "return", "begin", "finish", "stop", "report"]
STATES: Mapping[State, str] = {
    "draft": N_("Draft"), "submitted": N_("Waits for the supervisor"), "advised": N_("Waits for the decision"),
    "returned": N_("Returned"), "approved": N_("Approved"), "refused": N_("Refused"), "withdrawn": N_("Withdrawn"),
    "studying": N_("In the study"), "finished": N_("Finished"), "stopped": N_("Stopped"),
}
OPEN: tuple[State, ...] = ("submitted", "advised", "approved", "studying")  # a person has at most one of these
FUNDING: Mapping[str, str] = {"agency": N_("Paid by the agency (tugas belajar)"), "self": N_("Paid by myself")}
OPINIONS: Mapping[str, str] = {"yes": N_("In favour"), "no": N_("Against")}
SEMESTERS: Mapping[str, str] = {
    "reported": N_("Waits for confirmation"), "confirmed": N_("Confirmed"), "returned": N_("Returned"),
}
PAPERS: Mapping[str, str] = {
    "letter": N_("Letter of acceptance"), "diploma": N_("Diploma"), "transcript": N_("Transcript"),
    "statement": N_("Statement of the applicant"), "other": N_("Other document"),
}
MOST_PAPERS = 12
MOST_SEMESTERS = 14
MOST_CREDITS = 40
BEST_GPA = Decimal(4)
LONGEST_SEMESTER_DAYS = 366


@dataclass(frozen=True, slots=True)
class Move:
    """A step: from which states, by whom, to which state (None: it stays)."""

    frm: frozenset[State]
    who: frozenset[Who]
    to: State | None


STEPS: Mapping[Step, Move] = {
    "change": Move(frozenset({"draft", "returned"}), frozenset({"own"}), None),
    "submit": Move(frozenset({"draft", "returned"}), frozenset({"own"}), "submitted"),
    "withdraw": Move(frozenset({"draft", "returned", "submitted", "advised"}), frozenset({"own"}), "withdrawn"),
    "advise": Move(frozenset({"submitted"}), frozenset({"advises"}), "advised"),
    "approve": Move(frozenset({"advised"}), frozenset({"manages"}), "approved"),
    "refuse": Move(frozenset({"advised"}), frozenset({"manages"}), "refused"),
    "return": Move(frozenset({"submitted", "advised"}), frozenset({"manages"}), "returned"),
    "begin": Move(frozenset({"approved"}), frozenset({"own", "manages"}), "studying"),
    "report": Move(frozenset({"studying", "finished", "stopped"}), frozenset({"own"}), None),
    "finish": Move(frozenset({"studying"}), frozenset({"manages"}), "finished"),
    "stop": Move(frozenset({"approved", "studying"}), frozenset({"manages"}), "stopped"),
}


def parts_of(grants: Iterable[Granted], *, own: bool, unit_path: str) -> frozenset[Who]:
    """In which parts somebody with these roles meets the application of a person of that unit. In her own she is the applicant alone;
    whoever only reads (auditors) gives no opinion."""
    if own:
        return frozenset({"own"})
    held = tuple(grants)
    acting = [grant for grant in held if grant.role != "auditor"]
    found: set[Who] = set()
    if may(acting, "training.see", unit_path=unit_path):
        found.add("advises")
    if may(held, "training.manage"):
        found.add("manages")
    return frozenset(found)


def allowed(step: Step, state: State, parts: frozenset[Who]) -> bool:
    """Whether a step may be taken from a state by somebody in these parts."""
    return state in STEPS[step].frm and bool(STEPS[step].who & parts)


def offered(state: State, parts: frozenset[Who]) -> frozenset[Step]:
    """The steps that may be taken."""
    return frozenset(step for step in STEPS if allowed(step, state, parts))


def fault_of_semester(
    first: date, last: date, *, today: date, begun: date | None, ended: date | None, others: Iterable[tuple[date, date]],
) -> Literal["semester-period", "semester-future", "semester-early", "semester-late", "semester-overlap"] | None:
    """What is wrong with the days of a semester beside the person's other ones; None if nothing is."""
    if last < first or (last - first).days > LONGEST_SEMESTER_DAYS:
        return "semester-period"
    if last > today:
        return "semester-future"
    if begun is not None and first < begun:
        return "semester-early"
    if ended is not None and first > ended:
        return "semester-late"
    if any(first <= until and since <= last for since, until in others):
        return "semester-overlap"
    return None
