"""What becomes of notices and mail when two people turn out to be one person."""

from sqlalchemy import delete, select, update

from lms.base.db import db
from lms.notifications.models import Mail, MailLanguage, Notice, Preference
from lms.notifications.service import recount
from lms.people.events import PeopleMerged


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: what one was told stands on the page of the kept account; how she wants to be told is what she chose there."""
    kept, gone = fact.kept_id, fact.gone_id
    told = select(Notice.key).where(Notice.person_id == kept)
    db.session.execute(delete(Notice).where(Notice.person_id == gone, Notice.key.in_(told)))
    db.session.execute(update(Notice).where(Notice.person_id == gone).values(person_id=kept))
    db.session.execute(update(Mail).where(Mail.person_id == gone).values(person_id=kept))
    db.session.execute(delete(Preference).where(Preference.person_id == gone))
    db.session.execute(delete(MailLanguage).where(MailLanguage.person_id == gone))
    for person_id in (kept, gone):
        recount(person_id)
