"""Decisions about partners, agreements and what they offer. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from lms.base.texts import N_

AgreementState = Literal["coming", "holds", "ending", "expired", "ended"]
PartName = Literal["agreements", "contacts", "experts", "offers", "programmes"]
WARNED = (90, 30, 7)  # days before an agreement's last day
KINDS: Mapping[str, str] = {
    "university": N_("University"), "agency": N_("Government agency"), "training": N_("Training institution"),
    "association": N_("Professional association"), "company": N_("Company"), "other": N_("Other body"),
}
AGREEMENTS: Mapping[str, str] = {"mou": N_("Memorandum of understanding (MoU)"), "pks": N_("Cooperation agreement (PKS)")}
STATES: Mapping[AgreementState, str] = {
    "coming": N_("Not yet in force"), "holds": N_("In force"), "ending": N_("Ends soon"), "expired": N_("Expired"),
    "ended": N_("Ended early"),
}
OFFERS: Mapping[str, str] = {"course": N_("Course"), "seminar": N_("Seminar"), "study": N_("Degree programme")}
LANGUAGES: Mapping[str, str] = {"id": N_("Indonesian"), "en": N_("English"), "other": N_("Another language")}
LEVELS: Mapping[str, str] = {
    "D3": N_("Diploma (D3)"), "S1": N_("Bachelor (S1)"), "S2": N_("Master (S2)"), "S3": N_("Doctorate (S3)"),
    "profession": N_("Professional programme"),
}
MODES: Mapping[str, str] = {"campus": N_("On campus"), "distance": N_("At a distance"), "blended": N_("Both mixed")}
FUNDS: Mapping[str, str] = {"agency": N_("Paid by the agency"), "self": N_("Paid by oneself"), "either": N_("Either way")}
HIGHEST_LEVEL = 5  # PermenPANRB 38/2017
_CODE = re.compile(r"([A-Z][A-Z0-9]{0,9}(?:\.[A-Z0-9]{1,9}){1,4})\s*[:=( ]\s*([0-9])\)?")


def fingerprint(values: Iterable[object]) -> str:
    """What tells whether the columns that a form edits have changed since it was shown."""
    return hashlib.sha256(repr(list(values)).encode()).hexdigest()[:24]


def agreement_state(from_on: date, until_on: date, ended_on: date | None, day: date) -> AgreementState:
    """How an agreement stands on a day; its last day still belongs to it. One that was ended early holds no more after `ended_on`."""
    if ended_on is not None and day > ended_on:
        return "ended"
    if day < from_on:
        return "coming"
    if day > until_on:
        return "expired"
    return "ending" if until_on - day <= timedelta(days=max(WARNED)) else "holds"


def covers(state: AgreementState) -> bool:
    """Whether an agreement in this state may be relied on."""
    return state in {"holds", "ending"}


def why_uncovered(states: Iterable[AgreementState]) -> Literal["none", "coming", "expired"] | None:
    """Why the agreements of a partner, given by their states on a day, cover nothing on it; None if one does."""
    found = set(states)
    if any(covers(state) for state in found):
        return None
    if found & {"expired", "ended"}:
        return "expired"
    return "coming" if found else "none"


def read_competencies(text: str) -> tuple[tuple[str, int], ...] | None:
    """Codes of competencies with their levels, as typed ("M.5 3, SK.1: 2"), by code; None if that cannot be read."""
    found: dict[str, int] = {}
    for piece in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        read = _CODE.fullmatch(piece.upper())
        if read is None or not 1 <= int(read[2]) <= HIGHEST_LEVEL or read[1] in found:
            return None
        found[read[1]] = int(read[2])
    return tuple(sorted(found.items()))


def written_competencies(found: Iterable[tuple[str, int]]) -> str:
    """Codes with levels in the one form in which they are kept: "M.5 3, SK.1 2"."""
    return ", ".join(f"{code} {level}" for code, level in found)
