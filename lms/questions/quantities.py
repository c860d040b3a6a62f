"""Quantities: a number, a tolerance or a range, and a unit; as an author accepts them and as a learner writes them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.questions.numbers import PATTERN, NotANumber, UnclearNumber, number
from lms.questions.texts import normal
from lms.questions.weights import split_weight

_UNIT = r"(?!\+/-)[^\s\d.,±+\-−][^\s±]*"
_SPOT = re.compile(
    rf"(?P<value>{PATTERN})(?:(?P<percent>%)|\s+(?P<unit>{_UNIT}))?"
    rf"(?:\s*(?:\+/-|±)\s*(?P<tolerance>{PATTERN})(?:(?P<relative>%)|\s+(?P<late>{_UNIT}))?)?"
)
_RANGE = re.compile(rf"(?P<low>{PATTERN})%?\s*\.\.\s*(?P<high>{PATTERN})(?:(?P<percent>%)|\s+(?P<unit>{_UNIT}))?")
_TYPED = re.compile(rf"(?P<value>{PATTERN})\s*(?P<unit>{_UNIT})?")


class BadQuantity(ValueError):
    """The numbers are read, but together they accept nothing; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Quantity:
    """All values from `low` to `high`, both included, in `unit` if there is one.

    `text` is an answer that fits; `written` is the whole as its author wrote it.
    """

    low: Fraction
    high: Fraction
    unit: str | None
    text: str
    written: str

    def to_json(self) -> dict[str, Any]:
        """Plain values from which `from_json` makes an equal quantity."""
        return {"low": str(self.low), "high": str(self.high), "unit": self.unit, "text": self.text, "written": self.written}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Quantity":
        """The quantity that `to_json` described."""
        return cls(Fraction(stored["low"]), Fraction(stored["high"]), stored["unit"], stored["text"], stored["written"])

    def accepts(self, value: Fraction, unit: str | None) -> bool:
        """Whether a learner's value lies within, in the same unit."""
        return self.low <= value <= self.high and _unit(self.unit) == _unit(unit)


def quantity(text: str) -> Quantity:
    """What an author's line accepts: `20`, `3,14 +/- 0,01`, `19..21`, `1e3 +/- 2%` (of the value), `9,8 m/s2`, `20%`.

    Raises NotANumber for other text, UnclearNumber for 1.500, BadQuantity for numbers that together accept nothing.
    """
    text = " ".join(text.split())
    span = _RANGE.fullmatch(text)
    if span:
        return _range(span)
    spot = _SPOT.fullmatch(text)
    if spot is None:
        raise NotANumber(text)
    return _spot(spot)


def typed(text: str) -> tuple[Fraction, str | None]:
    """Value and unit of what a learner wrote; raises NotANumber or UnclearNumber."""
    read = _TYPED.fullmatch(" ".join(text.split()))
    if read is None:
        raise NotANumber(text)
    return number(read["value"]), read["unit"]


def all_quantities(lines: Iterable[str]) -> bool:
    """Whether each line is meant as a quantity, well formed or not, its weight left aside."""
    return all(_is_meant_as_quantity(line) for line in lines)


def _is_meant_as_quantity(line: str) -> bool:
    try:
        quantity(split_weight(line)[1])
    except (UnclearNumber, BadQuantity):
        return True
    except NotANumber:
        return False
    return True


def _range(read: re.Match[str]) -> Quantity:
    low, high = number(read["low"]), number(read["high"])
    if low > high:
        raise BadQuantity("range-reversed")
    unit = read["percent"] or read["unit"]
    return Quantity(low, high, unit, _with_unit(read["low"], unit), read[0])


def _spot(read: re.Match[str]) -> Quantity:
    value = number(read["value"])
    early, late = read["percent"] or read["unit"], read["late"]
    if early and late and _unit(early) != _unit(late):
        raise BadQuantity("two-units")
    if read["percent"] and read["relative"]:
        raise BadQuantity("percent-of-percent")
    tolerance = number(read["tolerance"]) if read["tolerance"] else Fraction(0)
    if tolerance < 0:
        raise BadQuantity("negative-tolerance")
    if read["relative"]:
        tolerance *= abs(value) / 100
    unit = early or late
    return Quantity(value - tolerance, value + tolerance, unit, _with_unit(read["value"], unit), read[0])


def _with_unit(value: str, unit: str | None) -> str:
    return f"{value}%" if unit == "%" else f"{value} {unit}" if unit else value


def _unit(unit: str | None) -> str:
    return normal(unit or "")
