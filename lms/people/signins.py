"""Signed-in browsers: the cookie holds a random secret, the row its hash; one query loads the row and the person."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_login import LoginManager
from sqlalchemy import delete, select, update

from lms.base import clock
from lms.base.db import db, transaction
from lms.people.models import Person, SignIn, Unit

TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Reader:
    """The signed-in person of a request, as flask-login's current_user."""

    id: int
    nip: str
    name: str
    role: str
    employment: str
    contract_start: date | None
    unit_id: int
    unit_name: str
    unit_path: str
    token_hash: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """The id as flask-login wants it."""
        return str(self.id)


FIND = (
    select(
        Person.id, Person.nip, Person.name, Person.role, Person.employment, Person.contract_start, Person.unit_id,
        Unit.name.label("unit_name"), Unit.path.label("unit_path"), SignIn.token_hash, SignIn.created_at, SignIn.seen_at,
    )
    .join(Person, Person.id == SignIn.person_id)
    .join(Unit, Unit.id == Person.unit_id)
    .where(Person.active.is_(True))
)


def register(app: Flask) -> None:
    """Let flask-login find the reader by our cookie."""
    manager = LoginManager(app)
    manager.request_loader(lambda _request: find_reader())


def cookie_name() -> str:
    """The sign-in cookie; bound to this host where we are served over TLS."""
    return "__Host-signin" if current_app.extensions["settings"].secure else "signin"


def find_reader() -> Reader | None:
    """The reader of the cookie sent, if her sign-in is alive; touches the row now and then."""
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    row = db.session.execute(FIND.where(SignIn.token_hash == _hash(token))).first()
    if row is None or not _alive(row.created_at, row.seen_at):
        return None
    if clock.now() - row.seen_at > TOUCH_AFTER:
        with transaction():
            db.session.execute(update(SignIn).where(SignIn.token_hash == row.token_hash).values(seen_at=clock.now()))
    values: dict[str, Any] = dict(row._mapping)
    return Reader(**{name: values[name] for name in values if name not in {"created_at", "seen_at"}})


def _alive(created: datetime, seen: datetime) -> bool:
    settings = current_app.extensions["settings"]
    now = clock.now()
    return now - created < timedelta(hours=settings.session_hours) and now - seen < timedelta(minutes=settings.idle_minutes)


def begin(person_id: int) -> str:
    """Sign a person in on this browser; gives the secret for the cookie. A sign-in of before ends."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction():
        _forget_cookie()
        db.session.add(SignIn(
            token_hash=_hash(token), person_id=person_id, created_at=now, seen_at=now,
            address=request.remote_addr, browser=request.user_agent.string[:200],
        ))
    return token


def end() -> None:
    """End the sign-in of the cookie sent, if there is one."""
    with transaction():
        _forget_cookie()


def _forget_cookie() -> None:
    token = request.cookies.get(cookie_name())
    if token:
        db.session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))
    g.pop("_login_user", None)


def end_all(person_id: int, *, but: str | None = None) -> None:
    """End every sign-in of a person, except the one whose hash is given; within the caller's transaction."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.token_hash != (but or "")))


def sweep() -> None:
    """Drop sign-ins that have ended by time."""
    hours = current_app.extensions["settings"].session_hours
    with transaction():
        db.session.execute(delete(SignIn).where(SignIn.created_at < clock.now() - timedelta(hours=hours)))


def hand_over(response: Response, token: str) -> None:
    """Put the secret into the cookie."""
    secure = current_app.extensions["settings"].secure
    response.set_cookie(cookie_name(), token, httponly=True, samesite="Lax", secure=secure, path="/")


def take_back(response: Response) -> None:
    """Delete the cookie."""
    response.delete_cookie(cookie_name(), path="/", secure=current_app.extensions["settings"].secure, httponly=True, samesite="Lax")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
