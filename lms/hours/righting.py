"""An officer puts right or takes back what stands in somebody's ledger; never in her own."""

from flask_login import current_user

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.hours import queries, service
from lms.hours.models import Source


def take_back(source_id: int, *, reason: str) -> None:
    """Take an entry back. Raises NotFound, or Refused "hours-own", "hours-taken-back"."""
    with transaction():
        source = _standing(source_id)
        service.reverse(source.kind, source.key, reason=reason)


def put_right(source_id: int, earned: service.Earned, *, reason: str) -> None:
    """Take an entry back and enter it anew.

    Raises NotFound, or Refused "hours-own", "hours-taken-back", "hours-future", or as `service.credit` says.
    """
    with transaction():
        source = _standing(source_id)
        if any(day > clock.today() for day, _amount in earned.days):
            raise Refused("hours-future")
        service.correct(earned, reason=reason)
        audit.record("hours.corrected", f"jp_source:{source.id}", about=source.person_id, detail={"name": earned.title, "reason": reason})


def _standing(source_id: int) -> Source:
    source = db.session.get(Source, source_id)
    if source is None:
        raise NotFound
    if current_user and current_user.is_authenticated and current_user.id == source.person_id:
        raise Refused("hours-own")
    hold(f"hours:{source.person_id}")
    if queries.is_reversed(source_id):
        raise Refused("hours-taken-back")
    return source
