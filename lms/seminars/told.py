"""What seminars add to the page of somebody's learning hours: the JP of those she has a seat in, and which she was offered or refused."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select

from lms.base import clock
from lms.base.db import db
from lms.hours import queries as hours
from lms.seminars import rules
from lms.seminars.models import Registration, Seminar, Session


def foreseen(person_id: int, first: date, last: date) -> list[tuple[str, Decimal, date]]:
    """(title, JP, last day) of the seminars in which somebody has a seat and whose sessions are to come in a period. Two queries, one
    without any."""
    rows = db.session.execute(
        select(Seminar.id, Seminar.title, Seminar.form, Seminar.scope, Session.starts_at, Session.ends_at)
        .join(Registration, Registration.seminar_id == Seminar.id).join(Session, Session.seminar_id == Seminar.id)
        .where(Registration.person_id == person_id, Registration.state == "seat", Seminar.state.in_(("published", "closed")),
               Session.starts_at >= clock.office_midnight(first), Session.starts_at < clock.office_midnight(last + timedelta(days=1)))
        .order_by(Seminar.id, Session.starts_at)).all()
    tables = hours.rate_tables() if rows else []
    return [_expected(list(sessions), tables) for _id, sessions in groupby(rows, key=lambda row: row.id)]


def _expected(sessions: list[Any], tables: list[hours.Table]) -> tuple[str, Decimal, date]:
    one, day = sessions[0], clock.local(sessions[-1].starts_at).date()
    rate = hours.holding(tables, day).rates.get(one.form)
    attended = [rules.Attended(clock.local(row.starts_at).date(), int((row.ends_at - row.starts_at).total_seconds() // 60), True)
                for row in sessions]
    amount = sum((part for _day, part in rules.earned(rate.per if rate else None, attended)), Decimal(0))
    return one.title, rate.jp(one.scope, amount) if rate else amount, day


def offered(person_id: int, first: date, last: date) -> list[tuple[str, str, date]]:
    """(title, "offered" or "refused", day) of the seminars for which somebody was nominated in a period. One query."""
    rows = db.session.execute(
        select(Seminar.title, Registration.state, Registration.made_at).join(Seminar, Seminar.id == Registration.seminar_id)
        .where(Registration.person_id == person_id, Registration.how == "nominated",
               Registration.made_at >= clock.office_midnight(first), Registration.made_at < clock.office_midnight(last + timedelta(days=1)))
        .order_by(Registration.id)).all()
    return [(row.title, "refused" if row.state == "declined" else "offered", clock.local(row.made_at).date()) for row in rows]
