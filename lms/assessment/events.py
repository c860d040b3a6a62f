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


@dataclass(frozen=True, slots=True)
class AttemptMarked:
    """A trainer has marked the last answer of an attempt that waited, or has mended a mark: the attempt has a score, or another one."""

    attempt_id: int
    person_id: int
    module_id: str
    quiz_id: str
    title: str
    percent: Decimal
    passed: bool
