"""Decisions about NIPs. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from lms.base.texts import N_

DEMO_SIGN_INS = (
    ("Sari", N_("learner"), "199001012015012001"),
    ("Budi", N_("trainer"), "198502022010011002"),
    ("Wati", N_("supervisor"), "197803032005012003"),
    ("Agus", N_("admin"), "198004042006041004"),
)
DEMO_PASSWORD = "belajar-bersama"  # noqa: S105 - it stands in the README and on the demo's sign-in page


@dataclass(frozen=True, slots=True)
class Nip:
    """A valid NIP read apart (Perka BKN 22/2007): birth date, first appointment, sex, serial."""

    text: str
    born: date
    suggests: str  # PNS, PPPK or "" where digits 13-14 say neither


def read_nip(text: str) -> Nip | str:
    """The NIP in a text with or without spaces; else the code of what is wrong with it.

    Codes: nip-digits, nip-birth, nip-sex, nip-serial.
    """
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{18}", digits):
        return "nip-digits"
    born = _day(digits[:8])
    if born is None:
        return "nip-birth"
    if digits[14] not in "12":
        return "nip-sex"
    if digits[15:] == "000":
        return "nip-serial"
    month = int(digits[12:14])
    return Nip(digits, born, "PNS" if 1 <= month <= 12 else "PPPK" if month >= 21 else "")


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
