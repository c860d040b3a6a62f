"""Password hashes: Argon2id with 19 MiB, two passes, one lane (OWASP's minimum), at most two at once in a process."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_room = BoundedSemaphore(2)
NOBODY = _hasher.hash("a password that nobody has")


def hashed(password: str) -> str:
    """The hash to keep."""
    with _room:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one; takes the same time where there is no hash."""
    with _room:
        try:
            return _hasher.verify(kept or NOBODY, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
