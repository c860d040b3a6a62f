"""Decisions and wordings of certificates: status, validity, what a stranger may see of a NIP, number words, sizes of names."""

import calendar
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Literal

Status = Literal["valid", "expired", "revoked", "superseded"]

WORDS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
NAME_SIZES = ((34, ""), (49, "panjang"), (74, "amat-panjang"))
TITLE_SIZES = ((59, ""), (119, "panjang"))
LONGEST_SIZE = "terpanjang"
SERIAL_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SERIAL_LENGTH = 20


def status(*, on: date, valid_until: date | None, revoked: bool, superseded: bool) -> Status:
    """What a certificate is worth on a day; the last day of its validity still counts.

    A revocation outweighs everything, being superseded outweighs having expired: each says more about why not to rely on it.
    """
    if revoked:
        return "revoked"
    if superseded:
        return "superseded"
    return "expired" if valid_until is not None and on > valid_until else "valid"


def validity(issued_on: date, months: int | None) -> date | None:
    """The last day of validity, None for ever: 31 August plus six months is 28 February (29 in a leap year)."""
    if months is None:
        return None
    years, month = divmod(issued_on.month - 1 + months, 12)
    year = issued_on.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(issued_on.day, last))


def mask_nip(nip: str) -> str:
    """The NIP with all but its last three digits covered; one of ten digits or fewer shows none."""
    shown = nip[-3:] if len(nip) > 10 else ""
    return "•" * (len(nip) - len(shown)) + shown


def read_serial(typed: str) -> str:
    """A serial as it was typed, without spaces and dashes, in capitals."""
    return "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())[:40]


def roman_month(month: int) -> str:
    """1 to 12 as I to XII, the way letters are numbered in Indonesian offices."""
    return ROMAN[month - 1]


def spell_number(value: Decimal) -> str:
    """A number below a million in Indonesian words: 20 is "dua puluh", 2.50 "dua koma lima", decimals digit by digit."""
    if not 0 <= value < 1_000_000:
        raise ValueError(f"no words for {value}")
    whole, _, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0")
    words = _spell_whole(int(whole))
    return f"{words} koma {' '.join(WORDS[int(digit)] for digit in decimals)}" if decimals else words


def _spell_whole(number: int) -> str:
    if number < 12:
        return WORDS[number]
    if number < 20:
        return f"{WORDS[number - 10]} belas"
    for size, unit, one in ((1000, "ribu", "seribu"), (100, "ratus", "seratus"), (10, "puluh", "sepuluh")):
        count, rest = divmod(number, size)
        if count:
            head = one if count == 1 else f"{_spell_whole(count)} {unit}"
            return f"{head} {_spell_whole(rest)}" if rest else head
    raise AssertionError(number)


def name_size(name: str) -> str:
    """The size class of a name by its printed length: "", "panjang", "amat-panjang" or "terpanjang"."""
    return _size(name, NAME_SIZES)


def title_size(title: str) -> str:
    """The size class of a module's title by its printed length: "", "panjang" or "terpanjang"."""
    return _size(title, TITLE_SIZES)


def _size(text: str, sizes: tuple[tuple[int, str], ...]) -> str:
    printed = _printed_length(text)
    return next((size for most, size in sizes if printed <= most), LONGEST_SIZE)


def _printed_length(text: str) -> int:
    """Length in letters: an East Asian letter is two wide, a combining mark none."""
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
