"""Which account at an OpenID Connect provider is whose: found by NIP once, held to from then on."""

from flask import current_app
from sqlalchemy import delete, or_, select

from lms.accounts.events import AccountChanged
from lms.accounts.models import ProviderAccount
from lms.accounts.provider import Told
from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.base.words import grouped_nip
from lms.people.models import Person


def person_of(told: Told) -> int:
    """The id of the person whom the provider names; the first time the two are tied together.

    Raises Refused "provider-no-nip", "provider-unknown" (no active person has the NIP; none is made) or "provider-changed" (the account
    at the provider, or the person here, is tied to another already), which is recorded.
    """
    label = current_app.extensions["settings"].oidc_label
    if told.nip is None:
        raise Refused("provider-no-nip", provider=label)
    with transaction():
        hold("provider-accounts")
        found = _tied(told)
    if found is None:
        raise Refused("provider-unknown", provider=label, nip=grouped_nip(told.nip))
    if isinstance(found, ProviderAccount):
        raise Refused("provider-changed", provider=label)
    return found


def _tied(told: Told) -> int | ProviderAccount | None:
    """The person's id; the tie that stands against it; or None if nobody active has the NIP."""
    person_id = db.session.scalar(select(Person.id).where(Person.nip == told.nip, Person.active.is_(True)))
    ties = db.session.scalars(select(ProviderAccount).where(
        ProviderAccount.issuer == told.issuer, or_(ProviderAccount.subject == told.subject, ProviderAccount.person_id == person_id))).all()
    for tie in ties:
        if (tie.subject, tie.person_id) != (told.subject, person_id):
            audit.record("provider.refused", f"person:{tie.person_id}", about=tie.person_id,
                         detail={"subject": told.subject, "tied_subject": tie.subject, "named": person_id})
            return tie
    if person_id is not None and not ties:
        db.session.add(ProviderAccount(issuer=told.issuer, subject=told.subject, person_id=person_id, linked_at=clock.now()))
        audit.record("provider.linked", f"person:{person_id}", about=person_id, detail={"subject": told.subject}, actor=person_id)
        publish(AccountChanged(person_id, "provider-linked"))
    return person_id


def is_tied(person_id: int) -> bool:
    """Whether a person has signed in with the provider that is set up now. One query."""
    issuer = current_app.extensions["settings"].oidc_issuer
    return db.session.scalar(
        select(ProviderAccount.subject).where(ProviderAccount.issuer == issuer, ProviderAccount.person_id == person_id)) is not None


def untie(person_id: int) -> None:
    """Let the next sign-in with the provider tie the person anew. Raises NotFound if there is nothing to untie."""
    with transaction():
        hold("provider-accounts")
        subjects = list(db.session.scalars(select(ProviderAccount.subject).where(ProviderAccount.person_id == person_id)))
        if not subjects:
            raise NotFound
        db.session.execute(delete(ProviderAccount).where(ProviderAccount.person_id == person_id))
        audit.record("provider.unlinked", f"person:{person_id}", about=person_id, detail={"subjects": subjects})
