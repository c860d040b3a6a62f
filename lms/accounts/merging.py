"""What becomes of the ways to sign in when two people turn out to be one person."""

from sqlalchemy import delete

from lms.accounts import models
from lms.base.db import db
from lms.people.events import PeopleMerged

ENDING = (
    models.SignIn, models.ActivationCode, models.Authenticator, models.RecoveryCode, models.Passkey, models.OneTimeLink,
    models.ProviderAccount,
)


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: nobody signs in to the account that ends; the ways into the kept one stay as they are."""
    for table in ENDING:
        db.session.execute(delete(table).where(table.person_id == fact.gone_id))
