"""The second step: codes of an authenticator app (TOTP, RFC 6238), and recovery codes in its stead."""

import logging
import secrets
from datetime import timedelta

import pyotp
import segno
from flask import current_app
from sqlalchemy import bindparam, delete, insert, select, update

from lms.accounts import proving, recovery, signins
from lms.accounts.events import AccountChanged
from lms.accounts.models import Authenticator, Passkey
from lms.accounts.signins import Reader
from lms.base import audit, clock, sealed, throttle
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused

log = logging.getLogger(__name__)
STEP = 30  # seconds
SLACK = 1  # steps that a telephone's clock may be off
TRIES = 5
WINDOW = timedelta(minutes=15)
TRIES_OF_A_PERSON = 30  # from whatever address: a guesser who has the password and many addresses gets no further
SETUP_MINUTES = 30
HAS_APP = select(Authenticator.person_id).where(Authenticator.person_id == bindparam("person"))


def new_secret(reader: Reader) -> str:
    """A secret to set up, sealed; the page hands it back with the first code, so that looking at the page changes nothing."""
    return sealed.seal(f"{int(clock.now().timestamp())}:{pyotp.random_base32()}", _setup(reader))


def readable(reader: Reader, kept: str) -> str:
    """The secret within. Raises Refused "setup-too-old" for one that is old or was made for somebody else."""
    try:
        made, _, secret = sealed.unseal(kept, _setup(reader)).partition(":")
    except sealed.SealBroken:
        raise Refused("setup-too-old") from None
    if clock.now().timestamp() - int(made) > SETUP_MINUTES * 60:
        raise Refused("setup-too-old")
    return secret


def _setup(reader: Reader) -> str:
    return f"totp setup:{reader.id}"


def address(secret: str, nip: str) -> str:
    """The otpauth address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=nip, issuer_name=f"Simpul {current_app.extensions['settings'].agency}"[:60])


def qr(text: str) -> tuple[int, str]:
    """A QR code as the side of its square in modules and the path of an SVG that draws it."""
    rows = segno.make(text, error="m", micro=False).matrix
    return len(rows), "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)


def turn_on(reader: Reader, kept: str, code: str) -> list[str]:
    """Set the second step up, once a code proves that the app has the secret; gives the recovery codes.

    Other sign-ins end. Raises Refused "setup-too-old", "second-step-on" or "factor-code-wrong".
    """
    secret = readable(reader, kept)
    step = matching_step(secret, code)
    if step is None:
        raise Refused("factor-code-wrong")
    with transaction():
        hold(f"person:{reader.id}")
        if has_app(reader.id):
            raise Refused("second-step-on")
        db.session.execute(insert(Authenticator).values(
            person_id=reader.id, secret=sealed.seal(secret, _purpose(reader.id)), last_step=step, created_at=clock.now()))
        codes = recovery.renew(reader.id)
        _changed(reader, "second-step.on", "second-step-on")
    return codes


def turn_off(reader: Reader, password: str, code: str, *, where: str) -> None:
    """Take the second step away; other sign-ins end.

    Raises NotFound, or Refused "second-step-required", "password-wrong", "factor-code-wrong" or "too-many-tries".
    """
    required = signins.must_be_strong(reader.grants)
    if not has_app(reader.id):
        raise NotFound
    if required and not _has_passkey(reader.id):
        raise Refused("second-step-required")
    _prove_both(reader, password, code, where)
    with transaction():
        db.session.execute(delete(Authenticator).where(Authenticator.person_id == reader.id))
        if not required:
            recovery.drop(reader.id)
        _changed(reader, "second-step.off", "second-step-off")


def renew_codes(reader: Reader, password: str, code: str, *, where: str) -> list[str]:
    """New recovery codes in place of the older ones. Raises as `turn_off` does, without "second-step-required"."""
    if not has_app(reader.id) and not recovery.left(reader.id):
        raise NotFound
    _prove_both(reader, password, code, where)
    with transaction():
        codes = recovery.renew(reader.id)
        audit.record("recovery-codes.renewed", f"person:{reader.id}", about=reader.id)
        publish(AccountChanged(reader.id, "recovery-codes"))
    return codes


def reset(person_id: int) -> None:
    """Take second step, recovery codes and passkeys from a person who lost them; her sign-ins end. Who may is for the caller."""
    with transaction():
        hold(f"person:{person_id}")
        for table in (Authenticator, Passkey):
            db.session.execute(delete(table).where(table.person_id == person_id))
        recovery.drop(person_id)
        signins.end_all(person_id)
        audit.record("second-step.reset", f"person:{person_id}", about=person_id)
        publish(AccountChanged(person_id, "second-step-reset"))


def take(person_id: int, code: str, *, where: str) -> None:
    """Accept a code as the second step; `where` is the address from which it comes.

    Raises Refused "factor-code-wrong" or, after five wrong ones, "too-many-tries"; the fifth is told to the person.
    """
    here = throttle.Limit("second-step", f"{person_id}@{where}", TRIES, WINDOW)
    everywhere = throttle.Limit("second-step-person", str(person_id), TRIES_OF_A_PERSON, timedelta(hours=1))
    throttle.count_tries(here, everywhere)
    with transaction():
        if _accepted(person_id, code):
            throttle.forget(here)
            throttle.forget(everywhere)
            return
        if throttle.count_of(here) == TRIES:
            publish(AccountChanged(person_id, "second-step-tried", where))
    raise Refused("factor-code-wrong")


def _accepted(person_id: int, code: str) -> bool:
    if len("".join(code.split())) == 6:
        return _from_app(person_id, code)
    if not recovery.spend(person_id, code):
        return False
    audit.record("recovery-code.used", f"person:{person_id}", about=person_id, actor=person_id,
                 detail={"left": recovery.left(person_id)})
    publish(AccountChanged(person_id, "recovery-code-used"))
    return True


def _from_app(person_id: int, code: str) -> bool:
    row = db.session.execute(select(Authenticator.secret, Authenticator.last_step).where(Authenticator.person_id == person_id)).first()
    if row is None:
        return False
    try:
        secret = sealed.unseal(row.secret, _purpose(person_id))
    except sealed.SealBroken:
        log.exception("the second step of person %s cannot be read: is a key missing from LMS_DATA_KEY?", person_id)
        return False
    step = matching_step(secret, code)
    if step is None:
        return False
    values: dict[str, object] = {"last_step": step}
    if not sealed.is_newest(row.secret):
        values["secret"] = sealed.seal(secret, _purpose(person_id))
    # Of two requests with one code only one moves the step on: a code that was seen over a shoulder is worth nothing.
    used = update(Authenticator).where(Authenticator.person_id == person_id, Authenticator.last_step < step).values(**values)
    return bool(db.session.execute(used).rowcount)  # type: ignore[attr-defined]


def matching_step(secret: str, code: str) -> int | None:
    """The half minute to which a code belongs, if it is this one or one beside it."""
    app, typed = pyotp.TOTP(secret), "".join(code.split()).encode()
    now = int(clock.now().timestamp()) // STEP
    steps = range(now - SLACK, now + SLACK + 1)
    fitting = [step for step in steps if secrets.compare_digest(app.generate_otp(step).encode(), typed)]
    return fitting[-1] if fitting else None


def has_app(person_id: int) -> bool:
    """Whether the person has set an authenticator app up."""
    return db.session.scalar(HAS_APP, {"person": person_id}) is not None


def _has_passkey(person_id: int) -> bool:
    return db.session.scalar(select(Passkey.id).where(Passkey.person_id == person_id).limit(1)) is not None


def _prove_both(reader: Reader, password: str, code: str, where: str) -> None:
    proving.check_password(reader.id, password)
    take(reader.id, code, where=where)


def _changed(reader: Reader, act: str, what: str) -> None:
    signins.end_all(reader.id, but=reader.token_hash)
    audit.record(act, f"person:{reader.id}", about=reader.id, actor=reader.id)
    publish(AccountChanged(reader.id, what))


def _purpose(person_id: int) -> str:
    return f"totp:{person_id}"
