"""What becomes of two people's learning hours when they turn out to be one person: what counts is reckoned anew, under the same caps."""

from sqlalchemy import update

from lms.base.db import db, hold
from lms.hours import queries, service
from lms.hours.models import Transcript
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: what the account that ends had earned is taken back there and entered for the kept one."""
    for person_id in sorted((fact.kept_id, fact.gone_id)):
        hold(f"hours:{person_id}")
    held = queries.standing(fact.gone_id)
    for source in held:
        earned = service.Earned(
            fact.kept_id, source.kind, source.key, source.title, source.form, queries.amounts_of(source.id),
            scope=source.scope, subject=source.subject, stated=source.stated, basis=source.basis,  # type: ignore[arg-type]
            on=source.until_on)
        service.correct(earned, reason="Penggabungan dua akun")
    fact.moved["jp_sources"] = [source.id for source in held]
    db.session.execute(update(Transcript).where(Transcript.person_id == fact.gone_id).values(person_id=fact.kept_id))
