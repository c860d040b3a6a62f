"""Decisions about passwords and addresses. Pure.

Source of the password rules: NIST SP 800-63B-4, 3.1.1.2: length, a blocklist of known and personal words, nothing about
kinds of signs; spaces and every letter of Unicode are welcome, and nothing is ever cut off.
"""

import re
import unicodedata

LONGEST_PASSWORD = 256
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3
# Letters, digits and a few signs only: nothing that a mail header, a log or a page could take for something else.
EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def normalised(password: str) -> str:
    """The password as it is hashed: NFKC, so that it is the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def shape_fault(password: str, *, shortest: int) -> str | None:
    """Why the mere shape of a password is refused: password-short, password-long, password-sign; None if it is good."""
    kept = normalised(password)
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in password):
        return "password-sign"
    if len(kept) < shortest:
        return "password-short"
    if max(len(kept), len(password)) > LONGEST_PASSWORD:
        return "password-long"
    return None


def is_number_of_person(password: str, *, nip: str) -> bool:
    """Whether a password holds the NIP, or digits in a row as long as those of a NIK (16)."""
    digits = re.sub(r"[\s./-]", "", normalised(password))
    return nip in digits or re.search(r"[0-9]{16}", digits) is not None


def personal_words(*, nip: str, name: str, unit: str = "") -> list[str]:
    """What is known about a person and therefore guessed first: parts of her name, NIP and unit, her day of birth as people write it."""
    year, month, day = nip[:4], nip[4:6], nip[6:8]
    dates = [year + month + day, day + month + year, day + month + year[2:], year[2:] + month + day, year]
    parts = [part for part in re.split(r"[\W_]+", f"{name} {unit}".casefold()) if len(part) > 2]
    initials = "".join(part[0] for part in re.split(r"[\W_]+", unit.casefold()) if part)
    return [nip, nip[:8], nip[8:14], *dates, *parts, "".join(parts), name.casefold(), initials]


def is_email(text: str) -> bool:
    """Whether a text is an address to which mail can be sent: one address, no name beside it, no control characters."""
    return len(text) <= LONGEST_EMAIL and EMAIL.fullmatch(text) is not None and ".." not in text
