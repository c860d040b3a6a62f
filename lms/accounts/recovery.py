"""Recovery codes: ten, shown once, each good for one second step when the telephone is not at hand."""

import hashlib
import re
import secrets

from sqlalchemy import delete, func, insert, select, update

from lms.accounts.models import RecoveryCode
from lms.base import clock
from lms.base.db import db

HOW_MANY = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
LETTERS = 16


def renew(person_id: int) -> list[str]:
    """New codes in place of all older ones; in the caller's transaction. They are readable only in what is given back."""
    codes = [_new_code() for _ in range(HOW_MANY)]
    now = clock.now()
    drop(person_id)
    db.session.execute(insert(RecoveryCode), [{"person_id": person_id, "code_hash": _hash(code), "created_at": now} for code in codes])
    return codes


def drop(person_id: int) -> None:
    """Forget all codes of a person; in the caller's transaction."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def spend(person_id: int, typed: str) -> bool:
    """Use a code up, however it was grouped; whether it was one that was left. In the caller's transaction."""
    spent = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id, RecoveryCode.code_hash == _hash(typed), RecoveryCode.used_at.is_(None),
    ).values(used_at=clock.now())
    return bool(db.session.execute(spent).rowcount)  # type: ignore[attr-defined]


def left(person_id: int) -> int:
    """How many codes are still good."""
    query = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return "-".join(letters[start:start + 4] for start in range(0, LETTERS, 4))


def _hash(typed: str) -> str:
    """Letters that are often misread stand for the digit they look like, as Crockford wants it."""
    plain = re.sub(r"[^0-9a-z]", "", typed.lower()).translate(str.maketrans("ilo", "110"))
    return hashlib.sha256(plain.encode()).hexdigest()
