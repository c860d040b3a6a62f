"""A number, with a tolerance, a range or a unit."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.questions.accepted import weighted_lines
from lms.questions.fields import written
from lms.questions.numbers import NotANumber, UnclearNumber
from lms.questions.quantities import BadQuantity, Quantity, quantity, typed
from lms.questions.question import Arrangement, Face, Key, Response
from lms.questions.source import N_, Line, Problems, Source

NAME = "numeric"
KEYS = ()
EXAMPLE = """\
## Median waktu tunggu

Waktu tunggu lima warga: 8, 12, 15, 9, dan 41 menit. Berapa mediannya?

```answer
12
50%: 11,5 +/- 0,5
```

> Median adalah nilai tengah setelah diurutkan: 8, 9, **12**, 15, 41.
"""


def parse(source: Source) -> tuple[Face, Key]:
    """Face {prompt, unit: always, sometimes or never, sign: whether a minus may be needed}; key {accepted: [quantity and share]}.

    The sign is told because some telephones offer no minus among their digits.
    """
    read = [(share, read_quantity(line, source.problems)) for share, line in weighted_lines(source)]
    found = [spot for _, spot in read if spot]
    face: Face = {"prompt": source.block(source.prompt), "unit": _unit(found), "sign": any(spot.low < 0 for spot in found)}
    return face, {"accepted": [{**spot.to_json(), "share": str(share)} for share, spot in read if spot]}


def read_quantity(line: Line, problems: Problems) -> Quantity | None:
    """The quantity that a line accepts; None where it is none (reported)."""
    try:
        return quantity(line.text)
    except UnclearNumber as unclear:
        problems.error(
            line.line, "unclear-number", N_("“%(number)s” can be read in two ways."),
            N_("Write %(whole)s or %(decimal)s0."), number=unclear, whole=_whole(str(unclear)), decimal=_decimal(str(unclear)),
        )
    except BadQuantity as bad:
        _report_bad(line, bad.code, problems)
    except NotANumber:
        problems.error(
            line.line, "not-a-number", N_("“%(text)s” is not a number."),
            N_("Write a number such as 20, 3,14 +/- 0,01 or 19..21."), text=line.text,
        )
    return None


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """Nothing to arrange."""
    return {}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{text} from the field `number`, as it was typed."""
    text = written(fields, "number")
    return None if text is None else {"text": text}


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """The field `number` where no number can be read, or a unit was written where none is asked for."""
    return ("number",) if response and is_unclear(response["text"], unit=face["unit"]) else ()


def is_unclear(text: str, *, unit: str) -> bool:
    """Whether a learner's text cannot be read as a number with the unit that is asked for (always, sometimes, never)."""
    try:
        written_unit = typed(text)[1]
    except NotANumber:
        return True
    return unit == "never" and written_unit is not None


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """The largest share among the quantities that accept the number; 0 for a number that is unclear."""
    if not response:
        return Fraction(0)
    return max((Fraction(line["share"]) for line in key["accepted"] if accepts(line, response["text"])), default=Fraction(0))


def accepts(stored: dict[str, str], text: str) -> bool:
    """Whether a stored quantity accepts what a learner typed."""
    try:
        value, unit = typed(text)
    except NotANumber:
        return False
    return Quantity.from_json(stored).accepts(value, unit)


def solution(face: Face, key: Key) -> Response:
    """The first quantity that earns everything, as its author wrote it."""
    return {"text": next(line["text"] for line in key["accepted"] if line["share"] == "1")}


def _unit(found: list[Quantity]) -> str:
    with_unit = sum(spot.unit is not None for spot in found)
    return "never" if not with_unit else "always" if with_unit == len(found) else "sometimes"


def _report_bad(line: Line, code: str, problems: Problems) -> None:
    sentences = {
        "range-reversed": (N_("The range “%(text)s” ends before it begins."), N_("Write the smaller number first.")),
        "negative-tolerance": (N_("The tolerance in “%(text)s” is below 0."), N_("Write it without a minus.")),
        "two-units": (N_("“%(text)s” has two units."), N_("Write the unit once.")),
        "percent-of-percent": (
            N_("The tolerance in “%(text)s” may be in percent of the value or in percentage points."),
            N_("Write a range such as 19..21%%."),
        ),
    }
    message, remedy = sentences[code]
    problems.error(line.line, code, message, remedy, text=line.text)


def _whole(digits: str) -> str:
    return digits.replace(".", "").replace(",", "")


def _decimal(digits: str) -> str:
    return digits.replace(".", ",")
