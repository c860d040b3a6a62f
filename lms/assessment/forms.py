"""The shape of what pages of assessment send. Rules and question types decide the rest."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from werkzeug.datastructures import MultiDict

from lms.assessment import rules
from lms.assessment.service import Answer
from lms.base.errors import Refused

_FIELD = re.compile(r"q([1-9][0-9]{0,3})-(.+)", re.DOTALL)
_OWN = ("version", "flag", "tab", "seq", "move")
LONGEST_COMMENT = 4000
LONGEST_REASON = 500


def read_answers(form: MultiDict[str, str]) -> Mapping[int, Answer]:
    """Answers by position from fields named `q3-…`; a question is sent when its `q3-version` is.

    Refused "bad-form" for fields without their version, a version given twice, or one that is no number.
    """
    cards: dict[int, dict[str, list[str]]] = {}
    for name, values in form.lists():
        found = _FIELD.fullmatch(name)
        if found:
            cards.setdefault(int(found[1]), {})[found[2]] = values
    return {position: _answer(fields) for position, fields in cards.items()}


def _answer(fields: dict[str, list[str]]) -> Answer:
    own = {name: fields.pop(name) for name in _OWN if name in fields}
    stamp = rules.Stamp(_count(own, "version"), own.get("tab", [""])[0][:40], _count(own, "seq") if "seq" in own else 0)
    return Answer(fields=fields, flagged="flag" in own, stamp=stamp)


def _count(own: Mapping[str, list[str]], name: str) -> int:
    values = own.get(name, [])
    if len(values) != 1 or not re.fullmatch(r"[0-9]{1,16}", values[0]):
        raise Refused("bad-form")
    return int(values[0])


def read_marks(form: Mapping[str, str], maxima: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Points for each line of the rubric from `points-0`, `points-1`, …; a comma is a decimal sign.

    Refused "bad-mark" (line, most) for what is no number from 0 to the line's points.
    """
    return tuple(_mark(form.get(f"points-{line}", ""), line, most) for line, most in enumerate(maxima))


def _mark(text: str, line: int, most: Decimal) -> Decimal:
    try:
        points = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Refused("bad-mark", line=line + 1, most=most) from None
    if not points.is_finite() or not 0 <= points <= most or points != round(points, 2):
        raise Refused("bad-mark", line=line + 1, most=most)
    return points


def read_reason(form: Mapping[str, str]) -> str:
    """Why an extra attempt is given; Refused "reason-missing" when it is empty or longer than 500 characters."""
    reason = form.get("reason", "").strip()
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise Refused("reason-missing", most=LONGEST_REASON)
    return reason
