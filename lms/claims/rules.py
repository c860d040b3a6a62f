"""Decisions about claims: what may follow upon what, what is missing, what a training gives day by day. Pure."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lms.base.texts import N_
from lms.hours.rules import FORMS, Per, Rate, spread

STATES: Mapping[str, str] = {
    "draft": N_("Draft"), "submitted": N_("Waits for the check"), "checked": N_("Checked, waits for acceptance"),
    "accepted": N_("Accepted"), "returned": N_("Returned to be mended"), "refused": N_("Not accepted"), "withdrawn": N_("Withdrawn"),
}
OPEN = frozenset({"draft", "submitted", "checked", "returned"})  # its claimant may still change it
WAITING = frozenset({"submitted", "checked"})
LIVING = frozenset({"submitted", "checked", "accepted", "returned"})  # a second one like it is a duplicate
SEEN = frozenset({"submitted", "checked", "accepted", "returned", "refused"})  # by officers; a draft is private
FOLLOWS: Mapping[str, frozenset[str]] = {  # act: the states from which it may be done
    "send": frozenset({"draft", "returned"}), "change": OPEN, "withdraw": OPEN, "check": frozenset({"submitted"}),
    "accept": frozenset({"checked"}), "return": WAITING, "refuse": WAITING, "revoke": frozenset({"accepted"}),
}
LONGEST_PERIOD = timedelta(days=366)
EARLIEST = date(1990, 1, 1)
MOST_JP = Decimal(2000)
LONGEST_REASON = 500
SAMPLE_SHARE, SMALLEST_SAMPLE = 10, 2  # one in ten of a batch, at least two
BY_STATED_JP: frozenset[Per | None] = frozenset({"jp", None})
MISSING: Mapping[str, str] = {
    "title": N_("Write the title of the training."), "organiser": N_("Write who held it."),
    "number": N_("Write the number of the certificate, or a dash if it has none."), "form": N_("Choose the form of training."),
    "from_on": N_("Choose the first day."), "until_on": N_("Choose the last day."),
    "jp": N_("Write the JP that stand on the certificate."), "evidence": N_("Add a photo or PDF of the certificate."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says about a training; None and "" where she has not said it yet. `jp` are those on the certificate."""

    title: str = ""
    organiser: str = ""
    number: str = ""
    form: str = ""
    scope: str = "national"
    from_on: date | None = None
    until_on: date | None = None
    jp: Decimal | None = None
    place: str = ""


def may(act: str, state: str) -> bool:
    """Whether an act may be done to a claim in a state."""
    return state in FOLLOWS[act]


def missing(told: Told, *, has_evidence: bool, per: Per | None) -> tuple[str, ...]:
    """Keys of `MISSING` that keep a claim from being sent, in the order of the form; `per` is the unit of the form's rate, if any."""
    found = [name for name in ("title", "organiser", "number", "form", "from_on", "until_on") if not getattr(told, name)]
    if told.form and per in BY_STATED_JP and not told.jp:
        found.append("jp")
    return tuple(found if has_evidence else [*found, "evidence"])


def fault_of_days(from_on: date | None, until_on: date | None, today: date) -> str | None:
    """The code of what is wrong with a period; None if nothing is, or if it is not complete."""
    if any(day is not None and day > today for day in (from_on, until_on)):
        return "training-future"
    if any(day is not None and day < EARLIEST for day in (from_on, until_on)):
        return "training-early"
    if from_on is None or until_on is None:
        return None
    if until_on < from_on:
        return "training-order"
    return "training-long" if until_on - from_on > LONGEST_PERIOD else None


def plain(text: str) -> str:
    """A number or an organiser as they are compared: without case, spaces and punctuation; a dash alone is no number."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def amounts(per: Per | None, from_on: date, until_on: date, jp: Decimal | None) -> tuple[tuple[date, Decimal], ...]:
    """(day, amount in the unit of the rate) of a training.

    Stated JP are spread evenly over its days, also where the form has no rate; a form by the day counts each day; all others count
    once, on the last day.
    """
    days = [from_on + timedelta(days=number) for number in range((until_on - from_on).days + 1)]
    if per in BY_STATED_JP:
        return spread(jp or Decimal(0), dict.fromkeys(days, 1), last=until_on) if jp else ()
    return tuple((day, Decimal(1)) for day in days) if per == "day" else ((until_on, Decimal(1)),)


def per_of(rates: Mapping[str, Rate], form: str) -> Per | None:
    """The unit of a form's rate; None if it has none, so that an officer has to name the basis."""
    rate = rates.get(form)
    return rate.per if rate else None


def sample(marks: Iterable[tuple[int, str]]) -> frozenset[int]:
    """Which claims of a batch have to be looked at before all are accepted: ids out of (id, mark), the same whoever asks.

    `mark` is something that the claimant cannot choose, so that she cannot know beforehand.
    """
    ordered = sorted(marks, key=lambda one: hashlib.sha256(f"{one[0]}:{one[1]}".encode()).hexdigest())
    count = min(len(ordered), max(SMALLEST_SAMPLE, -(-len(ordered) // SAMPLE_SHARE)))
    return frozenset(number for number, _mark in ordered[:count])


def form_of_siasn(code: int) -> str | None:
    """The form of training with this jenisDiklat; None if there is none."""
    return next((name for name, form in FORMS.items() if form.siasn == code), None)
