"""What other rooms may react to."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ModuleCompleted:
    """A person completed a module; published once per enrolment, inside the completing transaction."""

    enrolment_id: int
    person_id: int
    module_id: str
    round: int
    revision: str
    hours: Decimal
    score: Decimal | None
    at: datetime
