"""What happened in assessment that other rooms may react to."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AttemptGraded:
    """An attempt has its final score; `passed` says whether the quiz counts as passed from now on."""

    attempt_id: int
    person_id: int
    quiz_id: str
    passed: bool
    percent: Decimal
