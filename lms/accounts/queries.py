"""Reads of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from lms.accounts.browsers import Browser, read_browser
from lms.accounts.models import ActivationCode, Authenticator, Passkey, RecoveryCode, SignIn
from lms.base import clock
from lms.base.db import db
from lms.people import grants
from lms.people.models import Grant, Unit
from lms.people.roles import WHOLE, Granted


@dataclass(frozen=True, slots=True)
class Ways:
    """What a person has beside her password."""

    app_since: datetime | None
    codes_left: int
    passkeys: int


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which a person is signed in."""

    token_hash: str
    browser: Browser
    address: str | None
    created_at: datetime
    seen_at: datetime


def code_until(person_id: int) -> datetime | None:
    """Until when a person's activation code holds; None if there is none."""
    return db.session.scalar(select(ActivationCode.expires_at).where(ActivationCode.person_id == person_id))


def factors_of(person_id: int) -> Ways:
    """A person's second step, recovery codes that are left, and passkeys; one query."""
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)).scalar_subquery()
    keys = select(func.count()).where(Passkey.person_id == person_id).scalar_subquery()
    since = select(Authenticator.created_at).where(Authenticator.person_id == person_id).scalar_subquery()
    return Ways(*db.session.execute(select(since, left, keys)).one())


def passkeys_of(person_id: int) -> Sequence[Any]:
    """A person's passkeys, the oldest first."""
    columns = (Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at)
    return db.session.execute(select(*columns).where(Passkey.person_id == person_id).order_by(Passkey.id)).all()


def sign_ins_of(person_id: int) -> list[Device]:
    """The browsers in which a person is signed in, the last used first."""
    settings, now = current_app.extensions["settings"], clock.now()
    rows = db.session.execute(
        select(SignIn.token_hash, SignIn.browser, SignIn.address, SignIn.created_at, SignIn.seen_at).where(
            SignIn.person_id == person_id, SignIn.strength != "half", SignIn.created_at > now - timedelta(hours=settings.session_hours),
            SignIn.seen_at > now - timedelta(minutes=max(settings.idle_minutes, settings.office_idle_minutes)))
        .order_by(SignIn.seen_at.desc(), SignIn.token_hash)).all()
    return [Device(row.token_hash, read_browser(row.browser), row.address, row.created_at, row.seen_at) for row in rows]


def granted_to(person_id: int) -> tuple[Granted, ...]:
    """The roles that a person holds today."""
    rows = db.session.execute(
        select(Grant.role, Unit.path, Grant.module_id, Grant.behalf_of).outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(grants.live(clock.today()), Grant.person_id == person_id))
    return tuple(Granted(row.role, row.path or WHOLE, row.module_id, row.behalf_of) for row in rows)


def how_signed_in(token_hash: str) -> str | None:
    """By what a sign-in was begun; None if it has ended. One query."""
    return db.session.scalar(select(SignIn.how).where(SignIn.token_hash == token_hash))
