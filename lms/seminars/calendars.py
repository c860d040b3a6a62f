"""Seminars for people's calendars (RFC 5545): one seminar as a file, and all of one's own under a private, revocable address."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from icalendar import Calendar, Event
from sqlalchemy import delete, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound
from lms.people.models import Person
from lms.seminars.models import Feed, Registration, Seminar, Session

KEPT_DAYS = 180  # so long a seminar that is over stays in the feed


def of_seminar(row: Seminar) -> bytes:
    """One seminar as a file, an entry for each session. One query."""
    return _calendar(row.title, _sessions(Seminar.id == row.id))


def of_token(token: str) -> bytes:
    """The seminars for which the owner of a private address has a seat. Raises NotFound for an address that does not hold. Two queries."""
    person_id = db.session.scalar(
        select(Feed.person_id).join(Person, Person.id == Feed.person_id).where(Feed.token_hash == _hash(token), Person.active.is_(True)))
    if person_id is None:
        raise NotFound
    own = select(Registration.seminar_id).where(Registration.person_id == person_id, Registration.state == "seat")
    since = clock.now() - timedelta(days=KEPT_DAYS)
    return _calendar("Simpul Belajar", _sessions(Seminar.id.in_(own), Session.ends_at > since))


def has_feed(person_id: int) -> bool:
    """Whether a person has a private address. One query."""
    return db.session.get(Feed, person_id) is not None


def make_feed(person_id: int) -> str:
    """A new private address for a person; gives its token, which is not kept. The one before holds no longer."""
    token = secrets.token_urlsafe(32)
    with transaction():
        hold(f"feed:{person_id}")
        db.session.execute(delete(Feed).where(Feed.person_id == person_id))
        db.session.add(Feed(person_id=person_id, token_hash=_hash(token), made_at=clock.now()))
        audit.record("feed.made", f"person:{person_id}", about=person_id)
    return token


def end_feed(person_id: int) -> None:
    """Let a person's private address hold no longer."""
    with transaction():
        hold(f"feed:{person_id}")
        if has_feed(person_id):
            db.session.execute(delete(Feed).where(Feed.person_id == person_id))
            audit.record("feed.ended", f"person:{person_id}", about=person_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _sessions(*conditions: Any) -> Iterable[Any]:
    return db.session.execute(
        select(Session.id, Session.title.label("session"), Session.starts_at, Session.ends_at, Session.place, Session.link,
               Seminar.code, Seminar.title, Seminar.state, Seminar.version, Seminar.made_at)
        .join(Seminar, Seminar.id == Session.seminar_id).where(Seminar.state != "draft", *conditions)
        .order_by(Session.starts_at, Session.id))


def _calendar(name: str, sessions: Iterable[Any]) -> bytes:
    made = Calendar()
    made.add("prodid", "-//Simpul Belajar//ID")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    for one in sessions:
        made.add_component(_entry(one))
    return bytes(made.to_ical())


def _entry(one: Any) -> Event:
    address = _address(one.code)
    entry = Event()
    entry.add("uid", f"seminar-session-{one.id}@{_domain()}")
    entry.add("dtstamp", clock.now())
    entry.add("sequence", one.version)
    entry.add("summary", one.title if not one.session else f"{one.title}: {one.session}")
    entry.add("dtstart", one.starts_at)
    entry.add("dtend", one.ends_at)
    entry.add("status", "CANCELLED" if one.state == "cancelled" else "CONFIRMED")
    if one.place:
        entry.add("location", one.place)
    entry.add("description", "\n".join(part for part in (one.link, address) if part))
    entry.add("url", address)
    return entry


def _address(code: str) -> str:
    """The full address of a seminar's page; nothing of what anybody asked for goes into it."""
    base = current_app.extensions["settings"].base_url.rstrip("/")
    return f"{base}{url_for('seminars.seminar', code=code)}"


def _domain() -> str:
    return urlsplit(current_app.extensions["settings"].base_url).hostname or "localhost"
