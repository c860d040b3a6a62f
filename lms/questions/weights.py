"""Part credit before an accepted answer: `50%: kadis`."""

import re
from fractions import Fraction

from lms.questions.numbers import NotANumber, number

_WEIGHT = re.compile(r"([+\-−]?\d[\d.,]*) ?%:\s+(?=\S)")


def split_weight(line: str) -> tuple[Fraction | None, str]:
    """The share (1/2 for `50%:`) or None where none is written, and the rest of the line."""
    mark = _WEIGHT.match(line)
    if mark is None:
        return None, line
    try:
        return number(mark[1]) / 100, line[mark.end() :]
    except NotANumber:
        return None, line
