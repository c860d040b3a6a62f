"""Facts about seminars that other rooms may react to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SeminarHeld:
    """A seminar is over and its attendance counts from now on."""

    seminar_id: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class AttendanceConfirmed:
    """A person attended enough of a held seminar; said again whenever what she attended changes. `hours` are the JP that count."""

    seminar_id: int
    code: str
    title: str
    person_id: int
    first: date
    last: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class AttendanceWithdrawn:
    """A person turned out not to have attended enough: what was given for it is to be taken back."""

    seminar_id: int
    code: str
    person_id: int
