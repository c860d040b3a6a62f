"""A longer text that a trainer marks with a rubric."""

import random
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from lms.questions.fields import TEXT_LIMIT, written
from lms.questions.numbers import NotANumber, number
from lms.questions.question import Arrangement, Face, Key, Response
from lms.questions.source import N_, Line, Source

NAME = "essay"
KEYS = ("words",)
EXAMPLE = """\
## Keluhan di loket {type=essay words=100-300}

Ceritakan satu keluhan yang pernah Anda terima dan bagaimana Anda menanganinya.

- (2) Menceritakan keluhan dengan jelas
- (4) Menyebut langkah menyimak, mencatat, dan menindaklanjuti
- (4) Menyebut dasar hukumnya

> Jawaban yang baik menyebut siapa, kapan, dan tindak lanjutnya.
"""
_MARK = re.compile(r"\(([\d.,]+)\)\s*")
_WORDS = re.compile(r"(?:(\d{1,5}) ?[-–] ?)?(\d{1,5})")


def is_rubric_line(text: str) -> bool:
    """Whether a list item begins with its points in brackets."""
    return _MARK.match(text) is not None


def parse(source: Source) -> tuple[Face, Key]:
    """Face {prompt, words: [least, most] or null} and key {rubric: [{points, html}], worth: sum of the points or null}."""
    rubric = [(points, text) for line in source.items for points, text in [_rubric_line(line, source)]]
    face: Face = {"prompt": source.block(source.prompt), "words": _words(source)}
    worth = str(sum((points for points, _ in rubric), Decimal(0))) if rubric else None
    return face, {"rubric": [{"points": str(points), "html": source.block(text)} for points, text in rubric], "worth": worth}


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """Nothing to arrange."""
    return {}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{text} from the field `text`, as it was typed, lines ending in \\n."""
    text = written(fields, "text", limit=TEXT_LIMIT)
    return None if text is None else {"text": text}


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """Nothing: the answer is text."""
    return ()


def grade(face: Face, key: Key, response: Response | None) -> Fraction | None:
    """None: a trainer marks it. Nothing written earns 0 and need not be marked."""
    return None if response else Fraction(0)


def solution(face: Face, key: Key) -> Response:
    """No text is known to earn all points; any text waits for its mark."""
    return {"text": "…"}


def _rubric_line(line: Line, source: Source) -> tuple[Decimal, str]:
    mark = _MARK.match(line.text)
    try:
        points = number(mark[1]) if mark else Fraction(0)
    except NotANumber:
        points = Fraction(0)
    if mark is None or not 0 < points <= 1000:
        source.problems.error(
            line.line, "bad-rubric-line", N_("“%(text)s” does not say how many points it is worth."),
            N_("Begin it with the points in brackets: - (4) …"), text=line.text,
        )
        return Decimal(0), line.text
    return Decimal(points.numerator) / points.denominator, line.text[mark.end() :]


def _words(source: Source) -> list[int] | None:
    text = source.settings.get("words")
    read = _WORDS.fullmatch(text) if text else None
    least, most = (int(read[1] or 0), int(read[2])) if read else (0, 0)
    if text is not None and (not most or least > most):
        source.problems.error(
            source.line, "bad-words", N_("“words=%(value)s” is no number of words."),
            N_("Write words=100-300, or words=300 for at most 300."),
            value=text,
        )
    return [least, most] if most and least <= most else None
