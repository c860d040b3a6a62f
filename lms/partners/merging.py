"""What becomes of applications to study when two people turn out to be one person."""

from sqlalchemy import func, select, update

from lms.base.db import db, hold
from lms.base.errors import Refused
from lms.partners import studying
from lms.partners.models import Study
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: applications are those of the kept account. Raises Refused "merge-studies" if both have one that is open."""
    both = (fact.kept_id, fact.gone_id)
    for person_id in sorted(both):
        hold(f"studies:{person_id}")
    going = db.session.scalar(
        select(func.count(Study.person_id.distinct())).where(Study.person_id.in_(both), Study.state.in_(studying.OPEN)))
    if going == len(both):
        raise Refused("merge-studies")
    moved = db.session.scalars(select(Study.id).where(Study.person_id == fact.gone_id).order_by(Study.id)).all()
    db.session.execute(update(Study).where(Study.person_id == fact.gone_id).values(person_id=fact.kept_id)
                       .execution_options(synchronize_session=False))
    if moved:
        fact.moved["studies"] = list(moved)
