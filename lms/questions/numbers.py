"""Numbers as people write them, with a decimal comma or a decimal point, read exactly."""

import re
from fractions import Fraction

PATTERN = r"[+\-−]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)(?:[eE][+\-−]?[0-9]{1,3})?"
_NUMBER = re.compile(r"(?P<sign>[+\-−]?)(?P<digits>[0-9.,]+)(?:[eE](?P<exponent>[+\-−]?[0-9]+))?")
_LONGEST = 60
_LARGEST_EXPONENT = 100


class NotANumber(ValueError):
    """The text cannot be read as a number."""


class UnclearNumber(NotANumber):
    """The text can be read as two numbers: 1.500 is 1500 or 1,5."""


def number(text: str) -> Fraction:
    """The exact value of `text`; raises NotANumber, or UnclearNumber where a single separator may be of thousands or of decimals.

    >>> number("3,14"), number("0.125"), number("1.234,5"), number("1.500.000")
    (Fraction(157, 50), Fraction(1, 8), Fraction(2469, 2), Fraction(1500000, 1))
    """
    text = text.strip()
    read = _NUMBER.fullmatch(text) if len(text) <= _LONGEST and re.fullmatch(PATTERN, text) else None
    if read is None:
        raise NotANumber(text)
    exponent = int((read["exponent"] or "0").replace("−", "-"))
    if abs(exponent) > _LARGEST_EXPONENT:
        raise NotANumber(text)
    value = _mantissa(read["digits"]) * Fraction(10) ** exponent
    return value if read["sign"] in ("", "+") else -value


def _mantissa(digits: str) -> Fraction:
    separators = [sign for sign in digits if sign in ".,"]
    if not separators:
        return Fraction(int(digits))
    *thousands, last = separators
    if not thousands:
        whole, part = digits.split(last)
        if len(part) == 3 and 1 <= len(whole) <= 3 and whole != "0":
            raise UnclearNumber(digits)
        return _decimal(whole, part)
    if set(separators) == {last}:
        return Fraction(int(_grouped(digits.split(last))))
    if len(set(thousands)) > 1 or last in thousands:
        raise NotANumber(digits)
    whole, part = digits.rsplit(last, 1)
    return _decimal(_grouped(whole.split(thousands[0])), part)


def _grouped(groups: list[str]) -> str:
    if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
        raise NotANumber(".".join(groups))
    return "".join(groups)


def _decimal(whole: str, part: str) -> Fraction:
    return Fraction(int(whole + part), 10 ** len(part))
