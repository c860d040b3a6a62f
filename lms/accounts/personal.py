"""What the room of accounts gives out about a person, and what goes when her data are erased or grow old.

No secret and no hash of one is ever given out: who has it could sign in, or try to find it.
"""

from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete

from lms.accounts import signins
from lms.accounts.models import ActivationCode, Authenticator, OneTimeLink, Passkey, ProviderAccount, RecoveryCode, SignIn
from lms.base import clock
from lms.base.db import db
from lms.base.keeping import Ageing, Several
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.people.events import PersonErased

PART = Part("accounts", (
    Given("sign_ins", N_("Signed-in browsers"), (
        ("created_at", SignIn.created_at, N_("Signed in")), ("seen_at", SignIn.seen_at, N_("Last used")),
        ("how", SignIn.how, N_("How it was signed in")), ("address", SignIn.address, N_("Network address")),
        ("browser", SignIn.browser, N_("Browser")),
    ), lambda person: SignIn.person_id == person, frozenset({"sign_ins.person_id"}), SignIn.created_at),
    Given("authenticators", N_("Authenticator app"), (
        ("created_at", Authenticator.created_at, N_("When it was set up")),
    ), lambda person: Authenticator.person_id == person, frozenset({"authenticators.person_id"}), Authenticator.created_at),
    Given("passkeys", N_("Passkeys"), (
        ("name", Passkey.name, N_("Name")), ("created_at", Passkey.created_at, N_("When it was set up")),
        ("used_at", Passkey.used_at, N_("Last used")),
    ), lambda person: Passkey.person_id == person, frozenset({"passkeys.person_id"}), Passkey.id),
    Given("provider_accounts", N_("Accounts at other services for signing in"), (
        ("issuer", ProviderAccount.issuer, N_("Service")), ("subject", ProviderAccount.subject, N_("What the service calls the person")),
        ("linked_at", ProviderAccount.linked_at, N_("When it was connected")),
    ), lambda person: ProviderAccount.person_id == person, frozenset({"provider_accounts.person_id"}), ProviderAccount.linked_at),
), withheld={
    "activation_codes.person_id": "a code is a secret; that one was made is in the audit log",
    "recovery_codes.person_id": "codes are secrets; that they were made is in the audit log",
    "one_time_links.person_id": "a link is a secret; the mail in which it was sent is among the mails",
})


def _has_ended() -> ColumnElement[bool]:
    return SignIn.created_at < clock.now() - timedelta(hours=current_app.extensions["settings"].session_hours)


ENDED_SIGN_INS = Ageing(SignIn, SignIn.created_at, _has_ended)
OLD_CODES = Several((Ageing(ActivationCode, ActivationCode.expires_at), Ageing(OneTimeLink, OneTimeLink.expires_at)))


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: nothing is left with which she could sign in, nor where she signed in from."""
    signins.end_all(fact.person_id)
    for table in (ActivationCode, OneTimeLink, Authenticator, RecoveryCode, Passkey, ProviderAccount):
        db.session.execute(delete(table).where(table.person_id == fact.person_id))
