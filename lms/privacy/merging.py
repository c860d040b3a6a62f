"""What becomes of requests about personal data when two people turn out to be one person."""

from sqlalchemy import and_, select, update
from sqlalchemy.orm import aliased

from lms.base.db import db
from lms.people.events import PeopleMerged
from lms.privacy.models import PrivacyRequest


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: requests are those of the kept account; one that is open there already stays with the account it was made under."""
    other = aliased(PrivacyRequest)
    twice = select(other.id).where(
        other.person_id == fact.kept_id, other.kind == PrivacyRequest.kind, other.field == PrivacyRequest.field, other.state == "open")
    db.session.execute(
        update(PrivacyRequest).where(PrivacyRequest.person_id == fact.gone_id, ~and_(PrivacyRequest.state == "open", twice.exists()))
        .values(person_id=fact.kept_id).execution_options(synchronize_session=False))
