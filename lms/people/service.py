"""Verbs of signing in and of passwords; each is one transaction."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.people import passwords, signins, throttle
from lms.people.models import ActivationCode, Person, Unit
from lms.people.rules import Nip, password_fault, read_nip

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT_AND_ADDRESS = 10
TRIES_PER_ADDRESS = 200
CODE_DAYS = 30
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def sign_in(nip: str, password: str, *, address: str) -> str:
    """Sign a person in on this browser; gives the secret for the cookie.

    Raises Refused "sign-in-wrong" (for whatever reason) or "too-many-tries".
    """
    read = read_nip(nip)
    account = read.text if isinstance(read, Nip) else nip[:40]
    by_address = throttle.Limit("sign-in-address", address, TRIES_PER_ADDRESS, WINDOW)
    by_account = throttle.Limit("sign-in", f"{account}@{address}", TRIES_PER_ACCOUNT_AND_ADDRESS, WINDOW)
    throttle.count_tries(by_address, by_account)
    row = db.session.execute(select(Person.id, Person.password_hash, Person.active).where(Person.nip == account)).first()
    right = passwords.matches(row.password_hash if row else None, password)
    if row is None or not right or not row.active:
        raise Refused("sign-in-wrong")
    with transaction():
        throttle.forget(by_account)
        throttle.take_back(by_address)
        return signins.begin(row.id)


def change_password(person_id: int, old: str, new: str, *, keep: str) -> None:
    """Set a new password and end all other sign-ins. Raises Refused "password-wrong" or the fault of the new one."""
    throttle.count_try("password", str(person_id), most=TRIES_PER_ACCOUNT_AND_ADDRESS, window=WINDOW)
    kept = db.session.scalar(select(Person.password_hash).where(Person.id == person_id))
    if not passwords.matches(kept, old):
        raise Refused("password-wrong")
    _set_password(person_id, new, act="password.changed", keep=keep)


def activate(nip: str, code: str, new: str, *, address: str) -> int:
    """Set the first password with a one-time code; gives the person's id. Raises Refused "code-wrong" or "too-many-tries"."""
    throttle.count_try("activate", address, most=30, window=WINDOW)
    read = read_nip(nip)
    throttle.count_try("activate-account", read.text if isinstance(read, Nip) else nip[:40], most=10, window=WINDOW)
    row = db.session.execute(
        select(ActivationCode.person_id, ActivationCode.code_hash, ActivationCode.expires_at)
        .join(Person, Person.id == ActivationCode.person_id)
        .where(Person.nip == (read.text if isinstance(read, Nip) else ""), Person.active.is_(True))
    ).first()
    if row is None or not secrets.compare_digest(row.code_hash, code_hash(code)) or row.expires_at < clock.now():
        raise Refused("code-wrong")
    _set_password(row.person_id, new, act="account.activated", code=row.code_hash)
    return int(row.person_id)


def _set_password(person_id: int, new: str, *, act: str, keep: str | None = None, code: str | None = None) -> None:
    person = db.session.execute(select(Person.nip, Person.name).where(Person.id == person_id)).one()
    if fault := password_fault(new, nip=person.nip, name=person.name):
        raise Refused(fault)
    kept = passwords.hashed(new)
    with transaction():
        hold(f"person:{person_id}")
        if code is not None:
            spent = delete(ActivationCode).where(ActivationCode.person_id == person_id, ActivationCode.code_hash == code)
            if db.session.execute(spent).rowcount == 0:  # type: ignore[attr-defined]
                raise Refused("code-wrong")
        db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=kept))
        signins.end_all(person_id, but=keep)
        audit.record(act, f"person:{person_id}", about=person_id)


def new_code(person_id: int) -> str:
    """Replace a person's activation code; gives the code, which is shown once. Writes in the caller's transaction."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    now = clock.now()
    db.session.execute(delete(ActivationCode).where(ActivationCode.person_id == person_id))
    db.session.add(ActivationCode(
        person_id=person_id, code_hash=code_hash(code), created_at=now, expires_at=now + timedelta(days=CODE_DAYS)))
    return f"{code[:5]}-{code[5:]}"


def code_hash(code: str) -> str:
    """The hash of a code, typed with or without its dash, in either case; 50 random bits under a throttle need no slow hash."""
    return hashlib.sha256("".join(code.upper().split()).replace("-", "").encode()).hexdigest()


def set_active(person_id: int, active: bool) -> None:
    """Deactivate a person, whose sign-ins end at once, or let her in again. Raises Refused "last-admin"."""
    with transaction():
        hold("admins")
        hold(f"person:{person_id}")
        role = db.session.scalar(select(Person.role).where(Person.id == person_id))
        changed = db.session.execute(update(Person).where(Person.id == person_id).values(active=active))
        if changed.rowcount == 0:  # type: ignore[attr-defined]
            raise NotFound
        if not active:
            signins.end_all(person_id)
        if not active and role == "admin":
            keep_an_admin()
        audit.record("person.activated" if active else "person.deactivated", f"person:{person_id}", about=person_id)


def keep_an_admin() -> None:
    """Refuse a change after which nobody could administer. The caller holds "admins" from before the change. Raises "last-admin"."""
    if not db.session.scalar(select(Person.id).where(Person.role == "admin", Person.active.is_(True)).limit(1)):
        raise Refused("last-admin")


def found_agency(*, unit: str, nip: str, name: str, password: str) -> int:
    """The first unit and the first administrator; gives her id. Raises Refused "already-initialised" or the password's fault."""
    if fault := password_fault(password, nip=nip, name=name):
        raise Refused(fault)
    kept = passwords.hashed(password)
    with transaction():
        hold("found-agency")
        if db.session.scalar(select(Person.id).where(Person.role == "admin").limit(1)):
            raise Refused("already-initialised")
        root = Unit(name=unit, code="root", kind="instansi", path="")
        db.session.add(root)
        db.session.flush()
        root.path = f"/{root.id}/"
        person = Person(nip=nip, name=name, unit_id=root.id, role="admin", password_hash=kept, created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        audit.record("agency.founded", f"unit:{root.id}", about=person.id)
        return person.id
