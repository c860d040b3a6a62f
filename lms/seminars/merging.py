"""What becomes of two people's registrations and attendance when they turn out to be one person."""

from sqlalchemy import delete, select, union, update

from lms.base.db import db
from lms.hours import service as hours
from lms.people.events import PeopleMerged
from lms.seminars import attending, queries, service
from lms.seminars.models import Attendance, Feed, Registration, Seminar, Session

REASON = "Penggabungan dua akun"
BEST = ("present", "late", "absent")


def on_people_merged(fact: PeopleMerged) -> None:
    """Reaction: registrations move. Of two that stand for one seminar the better one is kept; attendance of both is put together."""
    concerned = union(
        select(Registration.seminar_id).where(Registration.person_id == fact.gone_id),
        select(Session.seminar_id).join(Attendance, Attendance.session_id == Session.id).where(Attendance.person_id == fact.gone_id))
    ids = sorted(db.session.scalars(concerned))
    for seminar_id in ids:
        _merge(service.lock(seminar_id), fact.kept_id, fact.gone_id)
    db.session.execute(delete(Feed).where(Feed.person_id == fact.gone_id))
    if ids:
        fact.moved["seminars"] = ids


def _merge(row: Seminar, kept_id: int, gone_id: int) -> None:
    theirs, mine = queries.live(row.id, gone_id), queries.live(row.id, kept_id)
    if theirs is not None and mine is not None:
        service.end(mine if (theirs.state, mine.state) == ("seat", "waiting") else theirs, "removed", reason=REASON, by=None)
    db.session.execute(update(Registration).where(Registration.seminar_id == row.id, Registration.person_id == gone_id)
                       .values(person_id=kept_id))
    _move_attendance(row.id, kept_id, gone_id)
    if row.state == "held":
        hours.reverse(attending.KIND, f"{row.id}:{gone_id}", reason=REASON)
        attending.settle(row, kept_id)
    service.move_up(row, queries.window(row))


def _move_attendance(seminar_id: int, kept_id: int, gone_id: int) -> None:
    rows = db.session.scalars(select(Attendance).join(Session, Session.id == Attendance.session_id).where(
        Session.seminar_id == seminar_id, Attendance.person_id.in_((kept_id, gone_id)))).all()
    mine = {row.session_id: row for row in rows if row.person_id == kept_id}
    for row in (one for one in rows if one.person_id == gone_id):
        other = mine.get(row.session_id)
        if other is None:
            row.person_id = kept_id
            continue
        if BEST.index(row.state) < BEST.index(other.state):
            other.state, other.how, other.noted_by, other.noted_at = row.state, row.how, row.noted_by, row.noted_at
        db.session.delete(row)
    db.session.flush()
