"""What becomes of two people's assignments when they turn out to be one person.

Of two hits by one assignment the one of the kept account stays, with the longer time and the waiver of either.
"""

from sqlalchemy import delete, select, update

from lms.assignments import service
from lms.assignments.models import AssignmentTarget, Hit
from lms.base.db import db
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: what was assigned to the account that ends is assigned to the kept one."""
    both = (fact.kept_id, fact.gone_id)
    rows = select(Hit.assignment_id).where(Hit.person_id.in_(both)).distinct().order_by(Hit.assignment_id)
    moved = []
    for assignment_id in db.session.scalars(rows).all():
        service.held(assignment_id)
        wanted = select(Hit).where(Hit.assignment_id == assignment_id, Hit.person_id.in_(both)).execution_options(populate_existing=True)
        hits = {hit.person_id: hit for hit in db.session.scalars(wanted)}
        gone, kept = hits.get(fact.gone_id), hits.get(fact.kept_id)
        if gone is not None:
            moved.append(gone.id)
            units = {hit.unit_id for hit in hits.values()}
            if kept is None:
                gone.person_id = fact.kept_id
            else:
                _join(kept, gone)
                db.session.delete(gone)
            db.session.flush()
            service.count_again(assignment_id, units)
    fact.moved["assignment_hits"] = moved
    _move_targets(fact)
    service.settle_person(fact.kept_id)


def _join(kept: Hit, gone: Hit) -> None:
    days = [day for day in (kept.extended_to, gone.extended_to) if day is not None]
    kept.extended_to = max(days, default=None)
    if kept.waived_at is None:
        kept.waived_at, kept.waived_until, kept.waived_by, kept.waived_why = (
            gone.waived_at, gone.waived_until, gone.waived_by, gone.waived_why)
    if gone.live and not kept.live:
        kept.live, kept.gone_on = True, None


def _move_targets(fact: PeopleMerged) -> None:
    named = select(AssignmentTarget.assignment_id).where(AssignmentTarget.person_id == fact.kept_id)
    twice = AssignmentTarget.assignment_id.in_(db.session.scalars(named).all())
    db.session.execute(delete(AssignmentTarget).where(AssignmentTarget.person_id == fact.gone_id, twice))
    db.session.execute(update(AssignmentTarget).where(AssignmentTarget.person_id == fact.gone_id).values(person_id=fact.kept_id))
