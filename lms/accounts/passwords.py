"""Password hashes, and which passwords are refused.

Argon2id with 19 MiB, two passes, one lane (OWASP's minimum), at most two at once in a process.
"""

from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from lms.accounts import breached
from lms.accounts.rules import is_number_of_person, normalised, personal_words, shape_fault
from lms.base.errors import Refused

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_room = BoundedSemaphore(2)
NOBODY = _hasher.hash("a password that nobody has")


def hashed(password: str) -> str:
    """The hash to keep."""
    with _room:
        return _hasher.hash(normalised(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one; takes the same time where there is no hash.

    Hashes made before passwords were normalised are found too: the password is tried as it was typed.
    """
    forms = dict.fromkeys((normalised(password), password))
    found = [_verified(kept or NOBODY, form) for form in forms]  # all of them, so that the time does not tell which
    return any(found) and kept is not None


def _verified(kept: str, form: str) -> bool:
    with _room:
        try:
            return _hasher.verify(kept, form)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False


def is_outdated(kept: str, password: str) -> bool:
    """Whether a hash that matched should be made anew: by other parameters, or from the password before it was normalised."""
    return _hasher.check_needs_rehash(kept) or (normalised(password) != password and not _verified(kept, normalised(password)))


def must_be_good(password: str, *, nip: str, name: str, unit: str = "") -> None:
    """Refuse a new password.

    Raises Refused "password-short", "password-long", "password-sign", "password-personal", "password-guessable" or "password-leaked".
    """
    settings = current_app.extensions["settings"]
    if fault := shape_fault(password, shortest=settings.shortest_password):
        raise Refused(fault, shortest=settings.shortest_password)
    if is_number_of_person(password, nip=nip):
        raise Refused("password-personal")
    office = personal_words(nip="", name=settings.agency, unit=settings.unit)
    if breached.is_easy(password, words=office):
        raise Refused("password-guessable")
    if breached.is_easy(password, words=[*office, *personal_words(nip=nip, name=name, unit=unit)]):
        raise Refused("password-personal")
    if settings.breached_passwords and breached.is_leaked(password, Path(settings.breached_passwords)):
        raise Refused("password-leaked")
