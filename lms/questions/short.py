"""A short text, compared with each accepted answer."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.questions.accepted import weighted_lines
from lms.questions.fields import written
from lms.questions.question import Arrangement, Face, Key, Response
from lms.questions.source import Source
from lms.questions.texts import example, matches

NAME = "short"
KEYS = ("case",)
EXAMPLE = """\
## Langkah kedua

Satu kata untuk langkah kedua: sapa, …, simpulkan.

```answer
simak
menyimak
50%: dengar*
```

> Menyimak berarti mendengar dengan maksud memahami.
"""


def parse(source: Source) -> tuple[Face, Key]:
    """Face {prompt} and key {accepted: [{text: pattern, share}], case: whether case counts}."""
    accepted = [{"text": line.text, "share": str(share)} for share, line in weighted_lines(source)]
    return {"prompt": source.block(source.prompt)}, {"accepted": accepted, "case": bool(source.switch("case", default=False))}


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """Nothing to arrange."""
    return {}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{text} from the field `text`, as it was typed."""
    text = written(fields, "text")
    return None if text is None else {"text": text}


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """Nothing: the answer is text."""
    return ()


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """The largest share among the accepted answers that match."""
    if not response:
        return Fraction(0)
    text, case = response["text"], key["case"]
    shares = (Fraction(line["share"]) for line in key["accepted"] if matches(line["text"], text, keep_case=case))
    return max(shares, default=Fraction(0))


def solution(face: Face, key: Key) -> Response:
    """The first answer that earns everything."""
    return {"text": next(example(line["text"]) for line in key["accepted"] if line["share"] == "1")}
