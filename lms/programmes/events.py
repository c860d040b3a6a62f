"""What other rooms may react to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ProgrammeCompleted:
    """A person completed a round of a programme; published once for each, inside the completing transaction."""

    completion_id: int
    person_id: int
    programme_id: str
    round: int
    hours: Decimal
    on: date
    valid_until: date | None
