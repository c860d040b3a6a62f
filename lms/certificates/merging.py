"""What becomes of certificates when two people turn out to be one person."""

from sqlalchemy import select, update

from lms.base.db import db
from lms.certificates.models import Certificate
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: the holder changes; number, text and file stay as they were issued. Each round keeps its own certificate."""
    mine = Certificate.person_id == fact.gone_id
    fact.moved["certificates"] = list(db.session.scalars(select(Certificate.number).where(mine).order_by(Certificate.id)))
    db.session.execute(update(Certificate).where(mine).values(person_id=fact.kept_id))
