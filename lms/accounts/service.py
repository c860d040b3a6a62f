"""Verbs of signing in and of passwords; each is one transaction."""

import secrets
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, delete, select, update

from lms.accounts import known, passwords, signins
from lms.accounts.codes import code_hash
from lms.accounts.events import AccountChanged
from lms.accounts.models import ActivationCode
from lms.base import audit, clock, throttle
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import Refused
from lms.people import grants, postings, versions
from lms.people.models import Grant, Person, Unit
from lms.people.rules import Nip, read_nip

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT_AND_ADDRESS = 10
TRIES_PER_ADDRESS = 200
CODES_PER_ADDRESS = 100
MANY, FEW = 50, 3  # once an account was tried in vain so often from everywhere, a strange browser has so few tries


BY_NIP = select(Person.id, Person.password_hash, Person.active).where(Person.nip == bindparam("nip"))


def sign_in(nip: str, password: str, *, address: str) -> int:
    """The id of the person whose NIP and password these are; `entering.enter` does the rest.

    Wrong tries are counted by account and address, but by account and browser where she has signed in with it before: guesses of a
    stranger behind the same address do not lock her out. Guessing from many addresses at once makes each strange one's allowance
    small, but nobody's nothing. Raises Refused "sign-in-wrong" (for whatever reason) or "too-many-tries".
    """
    read = read_nip(nip)
    account = read.text if isinstance(read, Nip) else nip[:40]
    row = db.session.execute(BY_NIP, {"nip": account}).first()
    browser = known.browser_of(row.id if row else None)
    everywhere = throttle.Limit("sign-in-account", account, MANY, WINDOW)
    from_here = throttle.Limit("sign-in-address", address, TRIES_PER_ADDRESS, WINDOW)
    by_her = throttle.Limit("sign-in", f"{account}@{browser or address}", TRIES_PER_ACCOUNT_AND_ADDRESS, WINDOW)
    tried_everywhere, tried_from_here, tried = throttle.counts_of(everywhere, from_here, by_her)
    if browser is None and tried_everywhere >= MANY:
        by_her = replace(by_her, most=FEW)
    if tried_from_here >= from_here.most or tried >= by_her.most:
        throttle.look(from_here, by_her)  # says until when
    right = passwords.matches(row.password_hash if row else None, password)
    if row is None or not right or not row.active:
        throttle.is_within(everywhere)
        throttle.count_tries(from_here, by_her)
        raise Refused("sign-in-wrong")
    if tried:
        throttle.forget(by_her)
    if passwords.is_outdated(row.password_hash, password):
        _hash_anew(row.id, row.password_hash, password)
    return int(row.id)


def _hash_anew(person_id: int, kept: str, password: str) -> None:
    """Keep a password under today's parameters; nothing that she would notice."""
    fresh = passwords.hashed(password)
    with transaction():
        db.session.execute(update(Person).where(Person.id == person_id, Person.password_hash == kept).values(password_hash=fresh))


def change_password(person_id: int, old: str, new: str, *, keep: str) -> None:
    """Set a new password and end all other sign-ins. Raises Refused "password-wrong" or the fault of the new one."""
    throttle.count_try("password", str(person_id), most=TRIES_PER_ACCOUNT_AND_ADDRESS, window=WINDOW)
    kept = db.session.scalar(select(Person.password_hash).where(Person.id == person_id))
    if not passwords.matches(kept, old):
        raise Refused("password-wrong")
    fresh = checked_hash(person_id, new)
    with transaction():
        hold(f"person:{person_id}")
        keep_password(person_id, fresh, act="password.changed", keep=keep)


def activate(nip: str, code: str, new: str, *, address: str) -> int:
    """Set a password with a one-time code; gives the person's id. Raises Refused "code-wrong", "too-many-tries" or the password's fault.

    It may be a first password or another one in place of one forgotten: whoever has the code has it from the personnel officer.
    """
    read = read_nip(nip)
    account = read.text if isinstance(read, Nip) else nip[:40]
    # By account and address: whoever guesses codes elsewhere does not keep the owner from using hers, and 50 random bits
    # outlast any number of addresses. Only wrong codes count, so that a hall full of people can begin on one morning.
    limits = (
        throttle.Limit("code-address", address, CODES_PER_ADDRESS, WINDOW),
        throttle.Limit("code", f"{account}@{address}", TRIES_PER_ACCOUNT_AND_ADDRESS, WINDOW),
    )
    throttle.look(*limits)
    row = db.session.execute(
        select(ActivationCode.person_id, ActivationCode.code_hash, ActivationCode.expires_at)
        .join(Person, Person.id == ActivationCode.person_id)
        .where(Person.nip == (read.text if isinstance(read, Nip) else ""), Person.active.is_(True))
    ).first()
    if row is None or not secrets.compare_digest(row.code_hash, code_hash(code)) or row.expires_at < clock.now():
        throttle.count_tries(*limits)
        raise Refused("code-wrong")
    kept = checked_hash(row.person_id, new)
    with transaction():
        hold(f"person:{row.person_id}")
        spent = delete(ActivationCode).where(ActivationCode.person_id == row.person_id, ActivationCode.code_hash == row.code_hash)
        if db.session.execute(spent).rowcount == 0:  # type: ignore[attr-defined]
            raise Refused("code-wrong")
        keep_password(row.person_id, kept, act="account.activated")
    return int(row.person_id)


def checked_hash(person_id: int, new: str) -> str:
    """The hash of a new password for a person. Raises Refused with the password's fault. Slow: to be called outside of a transaction."""
    person = db.session.execute(
        select(Person.nip, Person.name, Unit.name.label("unit")).join(Unit, Unit.id == Person.unit_id).where(Person.id == person_id)
    ).one()
    passwords.must_be_good(new, nip=person.nip, name=person.name, unit=person.unit)
    return passwords.hashed(new)


def keep_password(person_id: int, kept: str, *, act: str, keep: str | None = None) -> None:
    """Write a new hash, end her sign-ins (but the one whose hash is `keep`) and her unused codes, and tell her.

    In the caller's transaction.
    """
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=kept))
    db.session.execute(delete(ActivationCode).where(ActivationCode.person_id == person_id))
    signins.end_all(person_id, but=keep)
    audit.record(act, f"person:{person_id}", about=person_id, actor=person_id)
    publish(AccountChanged(person_id, "password"))


def found_agency(*, unit: str, nip: str, name: str, password: str) -> int:
    """The first unit and the first administrator; gives her id. Raises Refused "already-initialised" or the password's fault."""
    passwords.must_be_good(password, nip=nip, name=name, unit=unit)
    kept = passwords.hashed(password)
    with transaction():
        hold("found-agency")
        if db.session.scalar(select(Grant.id).where(Grant.role == "admin").limit(1)):
            raise Refused("already-initialised")
        root = Unit(name=unit, code="root", kind="instansi", path="")
        db.session.add(root)
        db.session.flush()
        root.path = f"/{root.id}/"
        versions.write([root.id])
        person = Person(nip=nip, name=name, unit_id=root.id, password_hash=kept, created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        postings.write_many(only=Person.id == person.id)
        grants.add(person.id, "admin")
        audit.record("agency.founded", f"unit:{root.id}", about=person.id)
        return person.id
