"""One-time links that go by mail: for a first password, for another in place of a forgotten one, to confirm a new address.

The row holds only the hash of the token. A link dies when it is used, when its time is over, when the password changes, and when the
person is deactivated. What is sent is left to whoever hears LinkMade.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, or_, select, update

from lms.accounts import codes, service
from lms.accounts.codes import UnitCodes
from lms.accounts.events import AccountChanged, LinkMade
from lms.accounts.models import OneTimeLink
from lms.accounts.rules import LONGEST_EMAIL, is_email
from lms.base import audit, clock, jobs, throttle
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people import grants
from lms.people.events import EmailChanged
from lms.people.models import Person
from lms.people.roles import Granted
from lms.people.rules import Nip, read_nip

RESET_JOB = "link.reset"
ACTIVATION_JOB = "link.activation"
HOLDS = {"activation": timedelta(days=7), "reset": timedelta(minutes=30), "email": timedelta(hours=24)}
MAILS_AN_HOUR = 3
AT_ONCE = 200  # people in one job
KEEP_DEAD = timedelta(days=1)
PATH = "/link/"  # of the page that takes links; a worker has no request from which url_for could build it


@dataclass(frozen=True, slots=True)
class Link:
    """A link that still works."""

    token_hash: str
    person_id: int
    name: str
    purpose: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """How many people get their link by mail, and the codes of the others, to be printed."""

    mailed: int
    lists: list[UnitCodes]


def possible() -> bool:
    """Whether links can be sent at all: that needs a mail server and the public address, which never comes from a request."""
    settings = current_app.extensions["settings"]
    return bool(settings.smtp_host and settings.base_url)


def ask_reset(asked: str, *, address: str) -> None:
    """Take the wish for another password, by NIP or mail address; whether there is such a person is looked up later, by the worker.

    So the answer, and the time it takes, are the same for everybody. Raises Refused "too-many-tries".
    """
    wanted = _account(asked)
    throttle.count_tries(
        throttle.Limit("reset-address", address, 60, timedelta(minutes=15)),
        throttle.Limit("reset", f"{wanted}@{address}", 5, timedelta(hours=1)),
    )
    with transaction():
        payload = {"account": wanted, "asked": clock.now().isoformat()}
        jobs.enqueue(RESET_JOB, payload, key=secrets.token_urlsafe(12))


def _account(asked: str) -> str:
    read = read_nip(asked)
    return read.text if isinstance(read, Nip) else asked.strip().lower()[:LONGEST_EMAIL]


def run_reset(payload: Mapping[str, Any]) -> None:
    """Make and send the link of a wish, unless that has been done already or an hour has had enough of them."""
    if not possible():
        return
    asked = datetime.fromisoformat(payload["asked"])
    with transaction():
        hold(RESET_JOB)
        found = db.session.execute(
            select(Person.id).where(Person.active.is_(True), Person.password_hash.is_not(None), Person.email.is_not(None),
                                    or_(Person.nip == payload["account"], func.lower(Person.email) == payload["account"])).limit(2)
        ).all()
        if len(found) != 1:  # several people share the address: a NIP is needed
            return
        person_id = found[0].id
        lately = clock.now() - timedelta(hours=1)
        if _made_since(person_id, "reset", asked) or _made_since(person_id, "reset", lately) >= MAILS_AN_HOUR:
            return
        audit.record("link.sent", f"person:{person_id}", about=person_id, detail={"purpose": "reset"})
        make(person_id, "reset")


def _made_since(person_id: int, purpose: str, moment: datetime) -> int:
    return db.session.scalar(select(func.count()).select_from(OneTimeLink).where(
        OneTimeLink.person_id == person_id, OneTimeLink.purpose == purpose, OneTimeLink.created_at >= moment)) or 0


def make(person_id: int, purpose: str, *, email: str | None = None) -> None:
    """Make a link and let it be sent; in the caller's transaction."""
    token = secrets.token_urlsafe(32)
    kept = db.session.scalar(select(Person.password_hash).where(Person.id == person_id))
    until = clock.now() + HOLDS[purpose]
    db.session.add(OneTimeLink(token_hash=_hash(token), person_id=person_id, purpose=purpose, email=email, fingerprint=_fingerprint(kept),
                               created_at=clock.now(), expires_at=until))
    address = current_app.extensions["settings"].base_url + PATH + token
    publish(LinkMade(person_id, purpose, address, until, to=email))  # type: ignore[arg-type]


def send_activation(person_id: int, *, by: Sequence[Granted] | None) -> None:
    """Send one person a link for a first password. Raises NotFound, Refused "mail-off", "person-inactive", "email-missing",
    "password-set" or "code-above-you"."""
    _must_be_possible()
    with transaction():
        hold(f"person:{person_id}")
        person = db.session.execute(select(Person.active, Person.email, Person.password_hash).where(Person.id == person_id)).first()
        if person is None:
            raise NotFound
        if not person.active:
            raise Refused("person-inactive")
        if person.password_hash is not None:
            raise Refused("password-set")
        if not person.email:
            raise Refused("email-missing")
        grants.must_be_within(person_id, by)
        audit.record("link.sent", f"person:{person_id}", about=person_id, detail={"purpose": "activation"})
        make(person_id, "activation")


def send_activations(unit_id: int, *, by: Sequence[Granted] | None) -> Sent:
    """Send a link to everybody of a unit and those below it who has an address and never set a password; give the others codes.

    Raises NotFound or Refused "mail-off".
    """
    _must_be_possible()
    with transaction():
        hold("codes")
        waiting = codes.waiting(unit_id, by)
        mailed = [person_id for person_id, has_mail in waiting.items() if has_mail]
        for batch in _batches(mailed):
            payload = {"people": batch, "asked": clock.now().isoformat()}
            jobs.enqueue(ACTIVATION_JOB, payload, key=secrets.token_urlsafe(12))
        lists = codes.issue(person_id for person_id, has_mail in waiting.items() if not has_mail)
        audit.record("codes.issued", f"unit:{unit_id}", detail={"people": len(waiting) - len(mailed), "mailed": len(mailed)})
        return Sent(len(mailed), lists)


def _batches(people: list[int]) -> Iterator[list[int]]:
    return (people[start:start + AT_ONCE] for start in range(0, len(people), AT_ONCE))


def run_activation(payload: Mapping[str, Any]) -> None:
    """Make and send the links of some people who still need one; whoever got hers since it was asked for gets no second."""
    if not possible():
        return
    asked = datetime.fromisoformat(payload["asked"])
    with transaction():
        hold("codes")
        waiting = select(Person.id).where(Person.id.in_(payload["people"]), Person.active.is_(True), Person.password_hash.is_(None),
                                          Person.email.is_not(None)).order_by(Person.id)
        for person_id in db.session.scalars(waiting).all():
            if not _made_since(person_id, "activation", asked):
                make(person_id, "activation")


def _must_be_possible() -> None:
    if not possible():
        raise Refused("mail-off")


def find(token: str) -> Link | None:
    """The link of a token, if it still works. One query."""
    row = db.session.execute(
        select(OneTimeLink.token_hash, OneTimeLink.person_id, OneTimeLink.purpose, OneTimeLink.email, OneTimeLink.fingerprint,
               Person.name, Person.password_hash)
        .join(Person, Person.id == OneTimeLink.person_id)
        .where(OneTimeLink.token_hash == _hash(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > clock.now(),
               Person.active.is_(True))
    ).first()
    if row is None or not secrets.compare_digest(row.fingerprint, _fingerprint(row.password_hash)):
        return None
    return Link(row.token_hash, row.person_id, row.name, row.purpose, row.email)


def set_password(token: str, new: str) -> int:
    """Set the password for which a link was made; gives the person's id. Raises Refused "link-dead" or the password's fault."""
    link = _alive(token, {"activation", "reset"})
    kept = service.checked_hash(link.person_id, new)
    with transaction():
        _use(token, link)
        service.keep_password(link.person_id, kept, act="account.activated" if link.purpose == "activation" else "password.reset")
    return link.person_id


def ask_email(person_id: int, email: str) -> None:
    """Send a link to a new address, which is hers once she opens it. Raises Refused "mail-off", "email-wrong", "email-same" or
    "too-many-tries"."""
    _must_be_possible()
    if not is_email(email):
        raise Refused("email-wrong")
    if email == db.session.scalar(select(Person.email).where(Person.id == person_id)):
        raise Refused("email-same")
    throttle.count_try("email", str(person_id), most=5, window=timedelta(hours=1))
    with transaction():
        hold(f"person:{person_id}")
        make(person_id, "email", email=email)
        audit.record("link.sent", f"person:{person_id}", about=person_id, detail={"purpose": "email", "to": email})


def confirm_email(token: str) -> int:
    """Make the address of a link the person's own; the old address is told. Gives the person's id. Raises Refused "link-dead"."""
    link = _alive(token, {"email"})
    with transaction():
        _use(token, link)
        before = db.session.scalar(select(Person.email).where(Person.id == link.person_id))
        db.session.execute(update(Person).where(Person.id == link.person_id).values(email=link.email))
        audit.record("email.changed", f"person:{link.person_id}", about=link.person_id, detail={"email": [before, link.email]},
                     actor=link.person_id)
        publish(AccountChanged(link.person_id, "email", to=before))
    return link.person_id


def _alive(token: str, purposes: set[str]) -> Link:
    link = find(token)
    if link is None or link.purpose not in purposes:
        raise Refused("link-dead")
    return link


def _use(token: str, link: Link) -> None:
    """Spend a link, and with it the others for the same purpose; of two at once one is too late."""
    hold(f"person:{link.person_id}")
    if find(token) is None:
        raise Refused("link-dead")
    db.session.execute(update(OneTimeLink).where(
        OneTimeLink.person_id == link.person_id, OneTimeLink.purpose == link.purpose, OneTimeLink.used_at.is_(None),
    ).values(used_at=clock.now()))


def sweep() -> None:
    """Drop links that have been dead for a day; until then they say how many mails an hour has seen."""
    with transaction():
        db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < clock.now() - KEEP_DEAD))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _fingerprint(kept: str | None) -> str:
    return hashlib.sha256(f"link:{kept or ''}".encode()).hexdigest()


def on_email_changed(fact: EmailChanged) -> None:
    """Reaction: whoever's mail address another changed is told at the old one."""
    publish(AccountChanged(fact.person_id, "email", to=fact.old))
