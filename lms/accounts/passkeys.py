"""Passkeys (WebAuthn): a device signs a challenge of ours with a key that never leaves it, after it knew its owner.

Because the device asks for a finger, a face or a PIN (user verification), a passkey is two factors in one. It signs for our
address alone, so that a false page cannot use what it was given. There are none where the program has no address by name.
"""

import hashlib
import ipaddress
import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, insert, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms.accounts import factors, recovery, signins
from lms.accounts.events import AccountChanged
from lms.accounts.models import Challenge, Passkey
from lms.accounts.signins import Reader
from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people.models import Person

HOLDS = timedelta(minutes=5)
MOST = 10  # of one person
LONGEST_NAME = 60
# What a forged answer makes the library raise.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def relying_party() -> tuple[str, str] | None:
    """The name for which passkeys are made and the origin of our pages; None where browsers refuse passkeys for our address."""
    base_url: str = current_app.extensions["settings"].base_url
    address = urlsplit(base_url)
    host = address.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        served = address.scheme == "https" or host == "localhost"
        return (host, f"{address.scheme}://{address.netloc}") if host and served else None
    return None


def registration_options(reader: Reader, browser: str) -> dict[str, Any]:
    """What a browser needs to make a new passkey. Raises NotFound, or Refused "passkeys-too-many"."""
    name, _origin = _party()
    mine = db.session.execute(select(Passkey.credential_id, Passkey.user_handle).where(Passkey.person_id == reader.id)).all()
    if len(mine) >= MOST:
        raise Refused("passkeys-too-many", most=MOST)
    options = generate_registration_options(
        rp_id=name, rp_name="Simpul Belajar", user_name=reader.nip, user_display_name=reader.name,
        user_id=base64url_to_bytes(mine[0].user_handle) if mine else secrets.token_bytes(32),
        challenge=secrets.token_bytes(32),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in mine],
    )
    _keep(browser, f"register:{reader.id}", f"{bytes_to_base64url(options.challenge)} {bytes_to_base64url(options.user.id)}")
    return _plain(options)


def register(reader: Reader, browser: str, answer: str, name: str) -> list[str]:
    """Keep the passkey that a device made; gives recovery codes if it is what makes her sign-in strong enough, else nothing.

    Raises Refused "passkey-refused" or "passkeys-too-many".
    """
    party, origin = _party()
    challenge, _, handle = _taken(browser, f"register:{reader.id}").partition(" ")
    try:
        found = verify_registration_response(
            credential=answer, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=party, expected_origin=origin,
            require_user_verification=True)
    except UNREADABLE as error:
        raise Refused("passkey-refused") from error
    credential_id = bytes_to_base64url(found.credential_id)
    with transaction():
        hold(f"person:{reader.id}")
        mine = db.session.scalars(select(Passkey.id).where(Passkey.person_id == reader.id)).all()
        if len(mine) >= MOST:
            raise Refused("passkeys-too-many", most=MOST)
        if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
            raise Refused("passkey-refused")
        first = not mine and not factors.has_app(reader.id) and signins.must_be_strong(reader.grants)
        db.session.execute(insert(Passkey).values(
            person_id=reader.id, name=_named(name), credential_id=credential_id, user_handle=handle, sign_count=found.sign_count,
            public_key=bytes_to_base64url(found.credential_public_key), created_at=clock.now()))
        codes = recovery.renew(reader.id) if first else []
        signins.end_all(reader.id, but=reader.token_hash)
        audit.record("passkey.added", f"person:{reader.id}", about=reader.id, actor=reader.id, detail={"name": _named(name)})
        publish(AccountChanged(reader.id, "passkey-added"))
    return codes


def challenge_for(browser: str) -> dict[str, Any]:
    """What a browser needs to sign in with a passkey; whose, the device says. Raises NotFound."""
    name, _origin = _party()
    options = generate_authentication_options(
        rp_id=name, challenge=secrets.token_bytes(32), user_verification=UserVerificationRequirement.REQUIRED)
    _keep(browser, "enter", bytes_to_base64url(options.challenge))
    return _plain(options)


def proved_by(browser: str, answer: str) -> int:
    """The id of the active person whose passkey signed the challenge of this browser. Raises Refused "passkey-refused"."""
    party, origin = _party()
    challenge = _taken(browser, "enter")
    try:
        credential = parse_authentication_credential_json(answer)
        row = _row_of(credential)
        found = verify_authentication_response(
            credential=credential, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=party, expected_origin=origin,
            credential_public_key=base64url_to_bytes(row.public_key), credential_current_sign_count=row.sign_count,
            require_user_verification=True)
    except UNREADABLE as error:
        raise Refused("passkey-refused") from error
    with transaction():
        # The count only grows; a copy of the key that lags behind is refused, also when both come at once.
        grown = (Passkey.sign_count < found.new_sign_count) | ((Passkey.sign_count == 0) & (found.new_sign_count == 0))
        used = update(Passkey).where(Passkey.id == row.id, grown).values(sign_count=found.new_sign_count, used_at=clock.now())
        if db.session.execute(used).rowcount == 0:  # type: ignore[attr-defined]
            raise Refused("passkey-refused")
    return int(row.person_id)


def _row_of(credential: AuthenticationCredential) -> Any:
    handle = credential.response.user_handle
    row = db.session.execute(
        select(Passkey.id, Passkey.person_id, Passkey.public_key, Passkey.sign_count, Passkey.user_handle)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == bytes_to_base64url(credential.raw_id), Person.active.is_(True))
    ).first()
    if row is None or handle is None or bytes_to_base64url(handle) != row.user_handle:
        raise Refused("passkey-refused")
    return row


def rename(person_id: int, passkey_id: int, name: str) -> None:
    """Give a passkey another name. Raises NotFound."""
    with transaction():
        changed = update(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id).values(name=_named(name))
        if db.session.execute(changed).rowcount == 0:  # type: ignore[attr-defined]
            raise NotFound


def remove(reader: Reader, passkey_id: int) -> None:
    """Refuse a passkey from now on; other sign-ins end. Raises NotFound, or Refused "second-step-required" for the last strong factor."""
    with transaction():
        hold(f"person:{reader.id}")
        mine = db.session.scalars(select(Passkey.id).where(Passkey.person_id == reader.id)).all()
        if passkey_id not in mine:
            raise NotFound
        if len(mine) == 1 and signins.must_be_strong(reader.grants) and not factors.has_app(reader.id):
            raise Refused("second-step-required")
        db.session.execute(delete(Passkey).where(Passkey.id == passkey_id))
        signins.end_all(reader.id, but=reader.token_hash)
        audit.record("passkey.removed", f"person:{reader.id}", about=reader.id)
        publish(AccountChanged(reader.id, "passkey-removed"))


def _party() -> tuple[str, str]:
    party = relying_party()
    if party is None:
        raise NotFound
    return party


def _named(name: str) -> str:
    return " ".join("".join(sign for sign in name if sign.isprintable()).split())[:LONGEST_NAME] or "Passkey"


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(options_to_json(options))
    return plain


def _keep(browser: str, purpose: str, challenge: str) -> None:
    who = hashlib.sha256(browser.encode()).hexdigest()
    with transaction():
        db.session.execute(delete(Challenge).where(Challenge.browser_hash == who, Challenge.purpose == purpose))
        db.session.execute(insert(Challenge).values(
            browser_hash=who, purpose=purpose, challenge=challenge, expires_at=clock.now() + HOLDS))


def _taken(browser: str, purpose: str) -> str:
    """The challenge, which no later answer can use. Raises Refused "passkey-too-late"."""
    who = hashlib.sha256(browser.encode()).hexdigest()
    taken = delete(Challenge).where(Challenge.browser_hash == who, Challenge.purpose == purpose, Challenge.expires_at > clock.now())
    with transaction():
        found = db.session.scalar(taken.returning(Challenge.challenge))
    if found is None:
        raise Refused("passkey-too-late")
    return str(found)
