"""The mistakes found while one text is rendered, with lines counted in its file."""

from __future__ import annotations

from typing import NoReturn

from lms.content.catalog import Mistake
from lms.content.files import Unreadable
from lms.content.mistakes import mistake, near_mistake


class Problems:
    """Collects mistakes. Lines are given from 0 in the text and kept from 1 in the file."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.found: list[Mistake] = []

    def note(self, code: str, line: int, **params: str) -> None:
        """Add a mistake from the table of mistakes."""
        self.found.append(mistake(code, self.file, self.first_line + line, **params))

    def note_near(self, code: str, line: int, *, near: str | None, **params: str) -> None:
        """Add one with "did you mean"."""
        self.found.append(near_mistake(code, self.file, self.first_line + line, near=near, **params))

    def stop(self, code: str, line: int, **params: str) -> NoReturn:
        """Give the text up: raises Unreadable."""
        raise Unreadable(mistake(code, self.file, self.first_line + line, **params))
