"""What the room of seminars gives out about a person, and what goes when her data are erased.

Registrations and attendance stay: learning hours rest on them. Reasons and the calendar address go.
"""

from sqlalchemy import delete, select, update

from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.people.events import PersonErased
from lms.seminars.models import Attendance, Feed, Registration, Seminar, Session

_SEMINAR = select(Seminar.title).where(Seminar.id == Registration.seminar_id).correlate(Registration).scalar_subquery()
_ATTENDED = (select(Seminar.title).join(Session, Session.seminar_id == Seminar.id).where(Session.id == Attendance.session_id)
             .correlate(Attendance).scalar_subquery())
_BEGAN = select(Session.starts_at).where(Session.id == Attendance.session_id).correlate(Attendance).scalar_subquery()
PART = Part("seminars", (
    Given("seminar_registrations", N_("Registrations for seminars"), (
        ("id", Registration.id, N_("Number of the registration")), ("seminar", _SEMINAR, N_("Seminar")),
        ("state", Registration.state, N_("State: seat, waiting, declined, cancelled or removed")), ("how", Registration.how, N_("How")),
        ("number", Registration.number, N_("Place in the order of registrations")),
        ("made_at", Registration.made_at, N_("When it was made")),
        ("moved_up_at", Registration.moved_up_at, N_("When one moved up")), ("ended_at", Registration.ended_at, N_("When it ended")),
        ("reason", Registration.reason, N_("Reason")),
    ), lambda person: Registration.person_id == person,
        frozenset({"seminar_registrations.person_id", "seminar_registrations.seminar_id"}), Registration.id),
    Given("seminar_attendances", N_("Attendance at seminars"), (
        ("seminar", _ATTENDED, N_("Seminar")), ("session", _BEGAN, N_("Begin of the session")),
        ("state", Attendance.state, N_("State: present, late or absent")), ("how", Attendance.how, N_("How it was noted")),
        ("noted_at", Attendance.noted_at, N_("When it was noted")),
    ), lambda person: Attendance.person_id == person,
        frozenset({"seminar_attendances.person_id", "seminar_attendances.session_id"}), Attendance.session_id),
    Given("seminar_feeds", N_("Private calendar address"), (
        ("made_at", Feed.made_at, N_("When it was made")),
    ), lambda person: Feed.person_id == person, frozenset({"seminar_feeds.person_id"}), Feed.made_at),
), withheld={
    "seminars.made_by": "an act of office; it is among one's acts",
    "seminar_units.seminar_id": "to which units a seminar is open says nothing about a person",
    "seminar_sessions.seminar_id": "when a seminar takes place says nothing about a person",
    "seminar_speakers.session_id": "speakers are named in the announcement and have no account",
    "seminar_materials.session_id": "what is read in a session says nothing about a person",
    "seminar_registrations.nominated_by": "the registration is somebody else's; that one nominated her is among one's acts",
    "seminar_registrations.ended_by": "the registration is somebody else's; that one ended it is among one's acts",
    "seminar_attendances.noted_by": "the attendance is somebody else's; that one noted it is among one's acts",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: what she gave as reasons goes, and her calendar address."""
    db.session.execute(update(Registration).where(Registration.person_id == fact.person_id).values(reason=""))
    db.session.execute(delete(Feed).where(Feed.person_id == fact.person_id))
