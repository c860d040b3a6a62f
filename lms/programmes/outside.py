"""Items that are no modules, as the rooms below know them: seminars by their code, training elsewhere by its name.

What somebody achieved is read from the ledger of learning hours: there it stands as soon as her attendance is confirmed or her
certificate accepted, and there it is taken back. JP are those by the rate, before caps, as a certificate prints them.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.hours.models import Entry, Source
from lms.programmes.sources import Achieved, Offer
from lms.seminars.models import Seminar, Session

PLANNED = ("published", "closed", "held")
ELSEWHERE = ("claim", "event")  # certificates that people hand in, trainings that officers enter


class Seminars:
    """Seminars by their code."""

    def offers(self, codes: Collection[str]) -> Mapping[str, Offer]:
        """Those that are announced or over. One query."""
        wanted = select(Seminar.code, Seminar.title, func.min(Session.starts_at).label("first")).outerjoin(
            Session, Session.seminar_id == Seminar.id).where(Seminar.code.in_(codes), Seminar.state.in_(PLANNED))
        rows = db.session.execute(wanted.group_by(Seminar.code, Seminar.title))
        return {row.code: Offer(row.title, None, url_for("seminars.seminar", code=row.code), _day(row.first)) for row in rows}

    def achieved(self, person_ids: Collection[int], codes: Collection[str]) -> Iterable[Achieved]:
        """Who attended enough of which. Two queries, one if none of the codes is known."""
        known = {row.id: row.code for row in db.session.execute(select(Seminar.id, Seminar.code).where(Seminar.code.in_(codes)))}
        if known:
            rows = _earned(person_ids, Source.kind == "seminar", or_(*(Source.key.startswith(f"{number}:") for number in known)))
            for row in db.session.execute(rows):
                yield _achieved(row, known[int(row.key.partition(":")[0])])


class Elsewhere:
    """Trainings elsewhere by their name: a certificate counts whose title contains it."""

    def offers(self, codes: Collection[str]) -> Mapping[str, Offer]:
        """Every name may be handed in at any time. No query."""
        return {code: Offer(code, None, url_for("claims.new_form")) for code in codes}

    def achieved(self, person_ids: Collection[int], codes: Collection[str]) -> Iterable[Achieved]:
        """Who had a certificate of which accepted. One query."""
        rows = _earned(
            person_ids, Source.kind.in_(ELSEWHERE), or_(*(Source.title.icontains(code, autoescape=True) for code in codes)))
        for row in db.session.execute(rows):
            yield from (_achieved(row, code) for code in codes if code.casefold() in row.title.casefold())


def _earned(person_ids: Collection[int], *which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """What these people earned and kept, with its JP by the rate, the oldest first."""
    later = aliased(Entry)
    gone = select(later.id).where(later.source_id == Source.id, later.kind == "reversal")
    columns = (Source.id, Source.person_id, Source.key, Source.title, Source.until_on)
    return (
        select(*columns, func.sum(Entry.raw).label("raw")).join(Entry, (Entry.source_id == Source.id) & (Entry.kind == "credit"))
        .where(Source.person_id.in_(person_ids), *which, ~gone.exists()).group_by(*columns).order_by(Source.until_on, Source.id))


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment is not None else None


def _achieved(row: Any, code: str) -> Achieved:
    return Achieved(row.person_id, code, row.until_on, row.raw, row.title)
