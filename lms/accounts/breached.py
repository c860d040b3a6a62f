"""Passwords that are tried first: lists of leaked passwords, and words that people of this office would use. No network is asked.

Beside the lists that come with us, the file "Pwned Passwords, ordered by hash" (SHA-1 in capitals, a colon, a count; one a line) may lie
on the disk. It has 40 GB, so it is searched where it lies.
"""

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from lms.accounts.rules import normalised

# Fewer guesses than this, and the password falls to a list with the usual endings. Found with passwords like those in the tests.
ENOUGH_GUESSES = 10**9
LOOKED_AT = 40  # characters: the estimate's effort grows fast with length, and a longer password is not easier than its beginning
LOCAL_WORDS = tuple((Path(__file__).parent / "seeds" / "local_passwords.txt").read_text("utf-8").split())


def is_easy(password: str, *, words: Iterable[str] = ()) -> bool:
    """Whether a password needs few guesses: it is a known one, or words of the lists and those given, with the usual endings."""
    known = [*LOCAL_WORDS, *(word for word in words if word)]
    guesses: int = _estimator()(normalised(password)[:LOOKED_AT], user_inputs=known)["guesses"]
    return guesses < ENOUGH_GUESSES


@cache
def _estimator() -> Any:
    # Its lists take 14 MB, which a process that never sees a new password does not need.
    from zxcvbn import zxcvbn

    return zxcvbn


def is_leaked(password: str, path: Path) -> bool:
    """Whether the password, as typed or in small letters, stands in the file of hashes."""
    kept = normalised(password)
    with path.open("rb") as file:
        return any(_has_line(file, _sha1(one)) for one in {password, kept, kept.lower()})


def _sha1(text: str) -> bytes:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()


def _has_line(file: BinaryIO, wanted: bytes) -> bool:
    """Search by halves: `low` and `high` are offsets between which the wanted line begins, if there is one."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        begin, line = _line_at(file, middle)
        found = line[:40].upper()
        if found == wanted:
            return True
        if begin >= high or found > wanted or not found:
            high = middle
        else:
            low = begin + len(line)
    return False


def _line_at(file: BinaryIO, offset: int) -> tuple[int, bytes]:
    """The first line that begins at the offset or behind it, and where it begins."""
    file.seek(max(0, offset - 1))
    if offset:
        file.readline()  # the rest of the line before
    begin = file.tell()
    return begin, file.readline()
