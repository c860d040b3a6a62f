"""What becomes of two people's levels when they turn out to be one person: all evidence is hers, and judgements follow one another."""

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.competencies.models import LevelEvidence
from lms.competencies.service import hold_people, settle
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: evidence is that of the kept account; what both had counts once."""
    hold_people([fact.kept_id, fact.gone_id])
    other = aliased(LevelEvidence)
    twice = select(other.id).where(
        other.person_id == fact.kept_id, other.kind == LevelEvidence.kind, other.key == LevelEvidence.key,
        other.code == LevelEvidence.code, other.withdrawn_at.is_(None))
    gone = LevelEvidence.person_id == fact.gone_id
    db.session.execute(
        update(LevelEvidence).where(gone, LevelEvidence.withdrawn_at.is_(None), twice.exists())
        .values(withdrawn_at=clock.now(), withdrawn_for="Penggabungan dua akun").execution_options(synchronize_session=False))
    moved = db.session.scalars(select(LevelEvidence.id).where(gone).order_by(LevelEvidence.id)).all()
    db.session.execute(update(LevelEvidence).where(gone).values(person_id=fact.kept_id).execution_options(synchronize_session=False))
    db.session.expire_all()
    settle([fact.kept_id])
    fact.moved["competency_evidence"] = len(moved)
