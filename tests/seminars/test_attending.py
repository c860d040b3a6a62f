"""Attendance, walk-ins, and the learning hours that come of them and are corrected with them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.hours import queries as ledger
from lms.people import merging
from lms.people.events import PersonErased
from lms.people.models import Person
from lms.seminars import attending, calendars, events, notices, personal, planning, queries, service
from lms.seminars.models import Attendance, Feed, Registration
from tests import build
from tests.seminars.build import DAY, at, seminar, sessions, slot, standing
from tests.seminars.test_service import refusal, told

NEXT = DAY + timedelta(days=1)


def jp(person_id: int) -> Decimal:
    return ledger.total(person_id, DAY.replace(month=1, day=1), DAY.replace(month=12, day=31))


def attended(event: int, person_id: int, *states: str, code: str = "keamanan-data") -> None:
    for session_id, state in zip(sessions(code), states, strict=True):
        attending.note(event, session_id, {person_id: state}, by=None)


def test_each_attended_day_counts_once_by_the_rate_of_the_form(app: Flask) -> None:
    event, ani = seminar("dua-hari", slot(8, 10), slot(13, 15), slot(8, 12, day=NEXT)), build.person("Ani")
    service.register(event, ani)
    with clock.stopped(at(18, day=NEXT)):
        attended(event, ani, "present", "late", "present", code="dua-hari")

        count = attending.held(event)

    assert (count, jp(ani)) == (1, Decimal(8))  # seminar: 4 JP a day


def test_forms_by_jp_count_the_attended_sessions_at_45_minutes(app: Flask) -> None:
    event, ani = seminar("bimtek", slot(8, 11), slot(13, 16), form="guidance", min_share=50), build.person("Ani")
    service.register(event, ani)
    with clock.stopped(at(18)):
        attended(event, ani, "present", "absent", code="bimtek")
        attending.held(event)

    assert jp(ani) == Decimal(4)


def test_who_attended_too_little_gets_nothing_and_a_correction_makes_it_right_both_ways(app: Flask) -> None:
    event, ani = seminar("dua-hari", slot(), slot(day=NEXT)), build.person("Ani")
    service.register(event, ani)
    with clock.stopped(at(18, day=NEXT)):
        attended(event, ani, "present", "absent", code="dua-hari")
        attending.held(event)
        before = jp(ani)
        attending.note(event, sessions("dua-hari")[1], {ani: "late"}, by=None)
        corrected = jp(ani)
        attending.note(event, sessions("dua-hari")[0], {ani: ""}, by=None)

    assert (before, corrected, jp(ani)) == (0, Decimal(8), 0)


def test_what_was_confirmed_is_said_to_other_rooms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setitem(app.extensions, "reactions", dict.fromkeys(
        (events.SeminarHeld, events.AttendanceConfirmed, events.AttendanceWithdrawn), (heard.append,)))
    event, ani = seminar(), build.person("Ani")
    service.register(event, ani)
    with clock.stopped(at(18)):
        attended(event, ani, "present")
        attending.held(event)
        attending.held(event)
        attended(event, ani, "absent")

    assert heard == [
        events.SeminarHeld(event, "keamanan-data", "Keamanan Data Kepegawaian"),
        events.AttendanceConfirmed(event, "keamanan-data", "Keamanan Data Kepegawaian", ani, DAY, DAY, Decimal(4)),
        events.AttendanceWithdrawn(event, "keamanan-data", ani)]


def test_attendance_is_noted_from_the_day_on_and_only_for_those_with_a_seat(app: Flask) -> None:
    event, ani, other = seminar(), build.person("Ani"), build.person("Budi")
    service.register(event, ani)
    session = sessions()[0]

    assert refusal(lambda: attending.note(event, session, {ani: "present"}, by=None)) == "seminar-not-begun"
    assert refusal(lambda: attending.held(event)) == "seminar-not-over"
    with clock.stopped(at(8)), pytest.raises(NotFound):
        attending.note(event, session, {other: "present"}, by=None)
    with clock.stopped(at(8)):
        assert attending.note(event, session, {ani: "present"}, by=None) == 1
        assert attending.note(event, session, {ani: "present"}, by=None) == 0


def test_who_comes_without_a_seat_is_added_even_when_all_are_taken(app: Flask) -> None:
    event, officer = seminar(seats=1), build.person("Agus", role="admin")
    ani, budi, citra = (build.person(name) for name in ("Ani", "Budi", "Citra"))
    service.register(event, ani)
    service.register(event, budi)
    nip = {one: db.session.get_one(Person, one).nip for one in (budi, citra)}
    with clock.stopped(at(8)):
        names = [attending.walk_in(event, sessions()[0], nip[one], by=officer) for one in (budi, citra, citra)]

    assert names == ["Budi", "Citra", "Citra"]
    assert standing(event) == [("Ani", "seat", None), ("Budi", "seat", None), ("Citra", "seat", None)]
    assert queries.attendance_of(event) == {(sessions()[0], budi): "present", (sessions()[0], citra): "present"}
    with clock.stopped(at(8)), pytest.raises(Refused):
        attending.walk_in(event, sessions()[0], "123", by=officer)


def test_reminders_come_7_days_and_1_day_before_once_and_never_for_what_is_cancelled(app: Flask) -> None:
    event, gone = seminar(), seminar("batal")
    ani, waits = build.person("Ani"), build.person("Budi")
    for one in (event, gone):
        service.register(one, ani)
    planning.cancel(gone, reason="Tidak jadi.")
    full = seminar("penuh", seats=1)
    service.register(full, build.person("Citra"))
    service.register(full, waits)

    for days in (8, 7, 6, 2, 1, 0):
        with clock.stopped(at(7, day=DAY - timedelta(days=days))):
            notices.run_job({})
            notices.run_job({})
    with clock.stopped(at(9)):
        notices.run_job({})
    with clock.stopped(at(5, day=DAY - timedelta(days=1))):
        notices.run_job({})

    assert told(ani).count("seminar.reminder") == 2
    assert "seminar.reminder" not in told(waits)


def test_two_accounts_of_one_person_become_one_registration_with_the_hours_counted_once(app: Flask) -> None:
    agus, kept, gone, waits = build.person("Agus", role="admin"), build.person("Sari"), build.person("Sari D."), build.person("Budi")
    held, coming = seminar("lalu", slot(8, 10), slot(13, 15)), seminar("nanti", slot(day=NEXT + timedelta(days=9)), seats=2)
    for event in (held, coming):
        for one in (kept, gone, waits) if event == coming else (kept, gone):
            service.register(event, one)
    with clock.stopped(at(18)):
        attended(held, kept, "present", "absent", code="lalu")
        attended(held, gone, "absent", "late", code="lalu")
        attending.held(held)
        before = jp(kept), jp(gone)

        merging.merge(kept, gone, reason="NIP baru sesudah diangkat.", by=agus)

    assert before == (0, 0)
    assert (jp(kept), jp(gone)) == (Decimal(4), 0)
    assert standing(coming) == [("Sari", "seat", None), ("Budi", "seat", None)]
    assert set(db.session.scalars(select(Attendance.person_id))) == {kept}


def test_hours_of_the_account_that_ends_are_not_counted_twice(app: Flask) -> None:
    agus, kept, gone = build.person("Agus", role="admin"), build.person("Sari"), build.person("Sari D.")
    event = seminar()
    service.register(event, kept)
    service.register(event, gone)
    with clock.stopped(at(18)):
        attended(event, kept, "present")
        attended(event, gone, "present")
        attending.held(event)
        merging.merge(kept, gone, reason="NIP baru sesudah diangkat.", by=agus)
        after = jp(kept)
        attending.note(event, sessions()[0], {kept: "absent"}, by=None)

    assert (after, jp(kept), jp(gone)) == (Decimal(4), 0, 0)


def test_erasing_a_person_leaves_that_she_attended_and_takes_her_reasons(app: Flask) -> None:
    event, ani = seminar(), build.person("Ani")
    service.register(event, ani)
    calendars.make_feed(ani)
    service.cancel(event, ani, reason="Anak saya sakit.")

    with transaction():
        personal.on_person_erased(PersonErased(ani))

    assert [(one.state, one.reason) for one in db.session.scalars(select(Registration))] == [("cancelled", "")]
    assert db.session.scalars(select(Feed)).all() == []
