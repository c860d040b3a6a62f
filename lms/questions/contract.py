"""What each question type is: a module with these names."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from lms.questions.question import Arrangement, Face, Key, Response
from lms.questions.source import Source


class QuestionType(Protocol):
    """A module of this package that is listed in TYPES.

    NAME: what `type=` calls it and the name of its template. KEYS: the keys of the heading that this type reads.
    EXAMPLE: Markdown of one question, heading included.
    """

    NAME: str
    KEYS: tuple[str, ...]
    EXAMPLE: str

    def parse(self, source: Source) -> tuple[Face, Key]:
        """Face and key of a question; mistakes are reported to `source.problems`."""

    def arrange(self, face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
        """The order in which an attempt shows what the question holds, as ids."""

    def read(self, face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
        """The response in the form's fields (names without prefix), None if nothing was given.

        BadResponse for what the form cannot have sent.
        """

    def unclear(self, face: Face, response: Response | None) -> tuple[str, ...]:
        """Names of the fields whose number cannot be read and will earn nothing as it stands."""

    def grade(self, face: Face, key: Key, response: Response | None) -> Fraction | None:
        """Share of the points from -1 to 1; None if a person must mark it."""

    def solution(self, face: Face, key: Key) -> Response:
        """A response that earns the whole share."""
