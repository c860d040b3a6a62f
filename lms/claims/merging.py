"""What becomes of claims and participations when two people turn out to be one person."""

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from lms.base.db import db
from lms.claims.models import Claim, Participant
from lms.claims.trainings import take_off
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: both are those of the kept account; a training in which both took part counts for her once."""
    kept = aliased(Participant)
    hers = select(kept.id).where(
        kept.training_id == Participant.training_id, kept.person_id == fact.kept_id, kept.removed_at.is_(None))
    twice = select(Participant).where(Participant.person_id == fact.gone_id, Participant.removed_at.is_(None), hers.exists())
    for one in db.session.scalars(twice.order_by(Participant.id)).all():
        take_off(one, "Penggabungan dua akun", by=None)
    db.session.flush()
    for table in (Claim, Participant):
        db.session.execute(update(table).where(table.person_id == fact.gone_id).values(person_id=fact.kept_id)
                           .execution_options(synchronize_session=False))
