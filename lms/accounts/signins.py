"""Signed-in browsers: the cookie holds a random secret, the row its hash; one query loads the row, the person and her roles.

A sign-in whose second step is still to come gives no reader, only a half one (`half_reader`): it opens the page of the second
step, and where a role demands a second factor that is not set up yet, the pages on which that is done.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from flask import Flask, current_app, g, request
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

from lms.accounts import traces
from lms.accounts.models import Authenticator, Challenge, Passkey, SignIn
from lms.base import audit, clock
from lms.base.db import db, transaction
from lms.config import SettingsError
from lms.people import grants
from lms.people.events import AccessChanged
from lms.people.models import Grant, Person, Unit
from lms.people.roles import ROLES, WHOLE, Granted, may, modules, paths, stands_in_for

TOUCH_AFTER = timedelta(minutes=5)
HALF_WAY = {"second": timedelta(minutes=10), "enrol": timedelta(minutes=30)}
FRESH = timedelta(minutes=15)
SHOWN = 16  # letters of a hash by which a page names a device
Strength = Literal["half", "single", "double"]


@dataclass(frozen=True, slots=True)
class Reader:
    """The signed-in person of a request, as flask-login's current_user."""

    id: int
    nip: str
    name: str
    employment: str
    contract_start: date | None
    unit_id: int
    unit_name: str
    unit_path: str
    token_hash: str
    strength: str
    proved_at: datetime
    grants: tuple[Granted, ...] = ()
    unread_notices: int = 0  # the number at the bell
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def is_fresh(self) -> bool:
        """Whether she showed lately who she is, so that she may change how she signs in."""
        return clock.now() - self.proved_at < FRESH

    def get_id(self) -> str:
        """The id as flask-login wants it."""
        return str(self.id)

    def may(self, permission: str, *, unit_path: str | None = None, module_id: str | None = None) -> bool:
        """Whether she holds a permission: for a unit, for a module, or at all."""
        return may(self.grants, permission, unit_path=unit_path, module_id=module_id)

    def paths(self, permission: str) -> tuple[str, ...]:
        """The paths of the units for which she holds it."""
        return paths(self.grants, permission)

    def modules(self, permission: str) -> frozenset[str] | None:
        """The modules for which she holds it; None for all."""
        return modules(self.grants, permission)

    def stands_in_for(self, permission: str) -> int | None:
        """Whom she stands in for when she uses it."""
        return stands_in_for(self.grants, permission)


@dataclass(frozen=True, slots=True)
class HalfReader:
    """One whose password was right. `stage` is "second" (the second step is to come) or "enrol" (it is to be set up)."""

    person: Reader
    stage: Literal["second", "enrol"]


BEGIN = insert(SignIn.__table__)  # type: ignore[arg-type]
HELD = aliased(Unit)
FIND = (
    select(
        Person.id, Person.nip, Person.name, Person.employment, Person.contract_start, Person.unit_id,
        Unit.name.label("unit_name"), Unit.path.label("unit_path"), SignIn.token_hash, SignIn.created_at, SignIn.seen_at,
        SignIn.strength, SignIn.proved_at, Person.unread_notices, Grant.role, Grant.module_id, Grant.behalf_of,
        HELD.path.label("grant_path"),
    )
    .join(Person, Person.id == SignIn.person_id)
    .join(Unit, Unit.id == Person.unit_id)
    .outerjoin(Grant, grants.live(bindparam("today")) & (Grant.person_id == Person.id))
    .outerjoin(HELD, HELD.id == Grant.unit_id)
    .where(Person.active.is_(True), SignIn.token_hash == bindparam("token"))
)


def register(app: Flask) -> None:
    """Let flask-login find the reader by our cookie. Raises SettingsError for a role that does not exist."""
    unknown = app.extensions["settings"].second_factor_roles - set(ROLES)
    if unknown:
        raise SettingsError(f"LMS_SECOND_FACTOR_FOR: there is no role {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}")
    manager = LoginManager(app)
    manager.request_loader(lambda _request: find_reader())


def cookie_name() -> str:
    """The sign-in cookie; bound to this host where we are served over TLS."""
    return "__Host-signin" if current_app.extensions["settings"].secure else "signin"


def find_reader() -> Reader | None:
    """The reader of the cookie sent, if her sign-in is alive and strong enough for her roles; touches the row now and then."""
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    rows = db.session.execute(FIND, {"token": _hash(token), "today": clock.today()}).all()
    if not rows:
        return None
    row = rows[0]
    reader = Reader(
        row.id, row.nip, row.name, row.employment, row.contract_start, row.unit_id, row.unit_name, row.unit_path, row.token_hash,
        row.strength, row.proved_at,
        tuple(Granted(one.role, one.grant_path or WHOLE, one.module_id, one.behalf_of) for one in rows if one.role), row.unread_notices,
    )
    if not _alive(reader, row.created_at, row.seen_at):
        return None
    if reader.strength == "half" or (reader.strength == "single" and must_be_strong(reader.grants)):
        g.half_reader = _half(reader)
        return None
    _touch(row.token_hash, row.seen_at)
    return reader


def _alive(reader: Reader, created: datetime, seen: datetime) -> bool:
    settings = current_app.extensions["settings"]
    idle = timedelta(minutes=settings.office_idle_minutes if reader.grants else settings.idle_minutes)
    return clock.now() - created < timedelta(hours=settings.session_hours) and clock.now() - seen < idle


def _touch(token_hash: str, seen: datetime) -> None:
    if clock.now() - seen > TOUCH_AFTER:
        with transaction():
            db.session.execute(update(SignIn).where(SignIn.token_hash == token_hash).values(seen_at=clock.now()))


def must_be_strong(held: tuple[Granted, ...]) -> bool:
    """Whether one of the roles demands a second factor in this installation."""
    if not held:
        return False
    demanding = current_app.extensions["settings"].second_factor_roles
    return any(grant.role in demanding for grant in held)


def _half(reader: Reader) -> HalfReader | None:
    has_one = reader.strength == "half" or db.session.scalar(select(
        exists().where(Authenticator.person_id == reader.id) | exists().where(Passkey.person_id == reader.id)))
    half = HalfReader(reader, "second" if has_one else "enrol")
    return half if clock.now() - reader.proved_at < HALF_WAY[half.stage] else None


def half_reader() -> HalfReader | None:
    """Who has taken only the first step in this browser; None for a reader and for a stranger."""
    if current_user.is_authenticated:  # asking is what looks the sign-in up
        return None
    found: HalfReader | None = g.get("half_reader")
    return found


def begin(person_id: int, *, how: str = "password", strength: Strength = "single") -> str:
    """Sign a person in on this browser; gives the secret for the cookie. A sign-in of before ends."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction():
        _forget_cookie()
        db.session.execute(BEGIN, {
            "token_hash": _hash(token), "person_id": person_id, "created_at": now, "seen_at": now, "proved_at": now, "strength": strength,
            "how": how, "address": request.remote_addr, "browser": request.user_agent.string[:200],
        })
    return token


def renew(reader: Reader, *, strength: str | None = None, proved: bool = False) -> str:
    """Another secret for a sign-in that goes on, for example because it is stronger now; the one of before is dead."""
    token = secrets.token_urlsafe(32)
    values: dict[str, Any] = {"token_hash": _hash(token), "seen_at": clock.now(), "strength": strength or reader.strength}
    if proved:
        values["proved_at"] = clock.now()
    with transaction():
        db.session.execute(update(SignIn).where(SignIn.token_hash == reader.token_hash).values(**values))
    g.pop("_login_user", None)
    return token


def end() -> None:
    """End the sign-in of the cookie sent, if there is one."""
    with transaction():
        if current_user.is_authenticated:
            traces.signed_out(current_user.id)
        _forget_cookie()


def _forget_cookie() -> None:
    token = request.cookies.get(cookie_name())
    if token:
        db.session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))
    g.pop("_login_user", None)


def end_all(person_id: int, *, but: str | None = None) -> None:
    """End every sign-in of a person, except the one whose hash is given; within the caller's transaction."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.token_hash != (but or "")))


def end_one(person_id: int, shown: str) -> bool:
    """End one sign-in of a person, named by the first letters of its hash (the whole is not shown); whether there was such a one."""
    with transaction():
        named = func.substr(SignIn.token_hash, 1, SHOWN) == shown[:SHOWN]
        ended = db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, named))
        return bool(ended.rowcount)  # type: ignore[attr-defined]


def end_others(person_id: int, *, but: str) -> int:
    """End every sign-in of a person but one; how many there were."""
    with transaction():
        ended = db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.token_hash != but))
        return int(ended.rowcount)  # type: ignore[attr-defined]


def end_for(person_id: int) -> None:
    """End every sign-in of a person at the wish of somebody who looks after accounts."""
    with transaction():
        end_all(person_id)
        audit.record("sign-ins.ended", f"person:{person_id}", about=person_id)


def on_access_changed(fact: AccessChanged) -> None:
    """Reaction: whoever lost or gained something signs in again."""
    end_all(fact.person_id)


def sweep() -> None:
    """Drop sign-ins and challenges that have ended by time."""
    hours = current_app.extensions["settings"].session_hours
    with transaction():
        db.session.execute(delete(Challenge).where(Challenge.expires_at < clock.now()))
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
