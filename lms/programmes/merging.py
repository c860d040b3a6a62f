"""What becomes of two people's programmes when they turn out to be one person.

Each completed round is kept, numbered anew by time. What the two did together may complete a programme that neither had completed.
"""

from itertools import groupby

from sqlalchemy import delete, select, update

from lms.base.db import db
from lms.people.events import PeopleMerged
from lms.programmes import service
from lms.programmes.models import Completion, Participant

ASIDE = 1_000_000  # rounds are set aside there while they get their new numbers


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: programmes of the account that ends are those of the kept one."""
    both = (fact.kept_id, fact.gone_id)
    service.hold_all(both)
    there = set(db.session.scalars(select(Participant.programme_id).where(Participant.person_id == fact.kept_id)))
    db.session.execute(delete(Participant).where(Participant.person_id == fact.gone_id, Participant.programme_id.in_(there)))
    db.session.execute(update(Participant).where(Participant.person_id == fact.gone_id).values(person_id=fact.kept_id))
    wanted = select(Completion).where(Completion.person_id.in_(both)).execution_options(populate_existing=True)
    rows = db.session.scalars(wanted.order_by(Completion.programme_id, Completion.completed_on, Completion.id)).all()
    fact.moved["programme_completions"] = [row.id for row in rows if row.person_id == fact.gone_id]
    for number, row in enumerate(rows, 1):
        row.round = ASIDE + number
    db.session.flush()
    for _programme, rounds in groupby(rows, key=lambda row: row.programme_id):
        for number, row in enumerate(rounds, 1):
            row.round, row.person_id = number, fact.kept_id
    db.session.flush()
    service.settle(fact.kept_id)
