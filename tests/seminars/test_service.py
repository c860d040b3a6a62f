"""Registering: seats, quota, the waiting list that moves up by itself, nominations."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.notifications.models import Notice
from lms.partners.models import Expert, Partner
from lms.people.models import Unit
from lms.seminars import planning, queries, service
from lms.seminars.models import Speaker
from tests import build
from tests.seminars.build import DAY, at, plan, seminar, slot, standing


def refusal(act: object) -> str:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def told(person_id: int) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id)))


def path(unit_id: int) -> str:
    return str(db.session.scalars(select(Unit.path).where(Unit.id == unit_id)).one())


def test_the_first_get_the_seats_and_the_others_wait_in_order(app: Flask) -> None:
    event = seminar(seats=2)
    people = [build.person(name) for name in ("Ani", "Budi", "Citra", "Dedi")]

    answers = [service.register(event, one) for one in people]

    assert [(one.state, one.position, one.new) for one in answers] == [
        ("seat", None, True), ("seat", None, True), ("waiting", 1, True), ("waiting", 2, True)]
    assert standing(event) == [("Ani", "seat", None), ("Budi", "seat", None), ("Citra", "waiting", 1), ("Dedi", "waiting", 2)]
    assert [told(one) for one in people] == [["seminar.registered"], ["seminar.registered"], [], []]


def test_registering_twice_changes_nothing(app: Flask) -> None:
    event, ani = seminar(seats=1), build.person("Ani")
    first = service.register(event, ani)

    again = service.register(event, ani)

    assert (again.id, again.state, again.new) == (first.id, "seat", False)
    assert len(standing(event)) == 1
    assert told(ani) == ["seminar.registered"]


def test_when_somebody_cancels_the_first_who_waits_moves_up_and_is_told(app: Flask) -> None:
    event = seminar(seats=1)
    people = [build.person(name) for name in ("Ani", "Budi", "Citra")]
    for one in people:
        service.register(event, one)

    service.cancel(event, people[0])
    service.cancel(event, people[0])

    assert standing(event) == [("Budi", "seat", None), ("Citra", "waiting", 1)]
    assert told(people[1]) == ["seminar.moved-up"]
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("seminar.%")).order_by(AuditEntry.seq)).all()
    assert acts[-2:] == ["seminar.left", "seminar.moved-up"]


def test_who_registers_again_stands_at_the_end(app: Flask) -> None:
    event = seminar(seats=1)
    people = [build.person(name) for name in ("Ani", "Budi", "Citra")]
    for one in people:
        service.register(event, one)
    service.cancel(event, people[0])

    again = service.register(event, people[0])

    assert (again.state, again.position) == ("waiting", 2)


def test_more_seats_let_several_move_up(app: Flask) -> None:
    event = seminar(seats=1)
    for name in ("Ani", "Budi", "Citra", "Dedi"):
        service.register(event, build.person(name))

    planning.change(event, plan(seats=3), seen=queries.seminar("keamanan-data").version)

    assert standing(event) == [("Ani", "seat", None), ("Budi", "seat", None), ("Citra", "seat", None), ("Dedi", "waiting", 1)]


def test_a_unit_with_its_quota_used_up_waits_while_another_takes_the_seat(app: Flask) -> None:
    city = build.unit("Kota")
    health, school = build.unit("Dinas Kesehatan", parent=city), build.unit("Dinas Pendidikan", parent=city)
    office = build.unit("Bidang SMP", parent=school)
    event = seminar(seats=3, unit_quota=1)
    people = [build.person("Ani", unit_id=health), build.person("Budi", unit_id=health), build.person("Citra", unit_id=office),
              build.person("Dedi", unit_id=school)]

    answers = [service.register(event, one).state for one in people]
    service.cancel(event, people[2])

    assert answers == ["seat", "waiting", "seat", "waiting"]
    assert standing(event) == [("Ani", "seat", None), ("Budi", "waiting", 1), ("Dedi", "seat", None)]


def test_one_cannot_register_before_after_or_for_another_unit(app: Flask) -> None:
    unit = build.unit("Dinas Kesehatan")
    ani = build.person("Ani")
    draft = seminar("draf", published=False)
    later = seminar("nanti", opens_at=clock.now() + timedelta(hours=1))
    over = seminar("lewat", closes_at=clock.now(), opens_at=clock.now() - timedelta(days=2))
    others = seminar("lain", unit_ids=(unit,))

    assert refusal(lambda: service.register(later, ani)) == "seminar-early"
    assert refusal(lambda: service.register(over, ani)) == "seminar-closed"
    assert refusal(lambda: service.register(others, ani)) == "seminar-other-units"
    with pytest.raises(NotFound):
        service.register(draft, ani)
    assert service.register(others, build.person("Budi", unit_id=build.unit("Puskesmas", parent=unit))).state == "seat"


def test_after_the_limit_a_seat_is_given_back_only_with_a_reason_and_never_once_it_has_begun(app: Flask) -> None:
    event = seminar(seats=1)
    ani, budi = build.person("Ani"), build.person("Budi")
    service.register(event, ani)
    service.register(event, budi)

    with clock.stopped(at(9, day=DAY - timedelta(days=1))):
        assert refusal(lambda: service.cancel(event, ani)) == "seminar-cancel-reason"
        service.cancel(event, ani, reason="Dinas luar.")
    with clock.stopped(at(8)):
        assert refusal(lambda: service.cancel(event, budi, reason="Sakit sejak pagi.")) == "seminar-begun"

    assert standing(event) == [("Budi", "seat", None)]
    mine = queries.mine(event, ani)
    assert mine is not None
    assert (mine.state, mine.reason) == ("cancelled", "Dinas luar.")


def test_a_supervisor_nominates_several_and_each_is_told_and_may_decline(app: Flask) -> None:
    unit = build.unit("Dinas Kesehatan")
    wati = build.person("Wati", role="supervisor", unit_id=unit)
    people = [build.person(name, unit_id=unit) for name in ("Ani", "Budi", "Citra")]
    gone = build.person("Dedi", unit_id=unit, active=False)
    event = seminar(seats=2)
    service.register(event, people[0])

    done = service.nominate(event, [*people, gone, people[1]], by=wati, paths=(path(unit),))
    service.cancel(event, people[1])

    assert (done.seats, done.waits, done.already, done.refused) == (
        ((people[1], "Budi"),), ((people[2], "Citra"),), ((people[0], "Ani"),), ((gone, "Dedi"),))
    assert standing(event) == [("Ani", "seat", None), ("Citra", "seat", None)]
    mine = queries.mine(event, people[1])
    assert mine is not None
    assert (mine.state, mine.how, mine.nominator) == ("declined", "nominated", "Wati")
    assert told(people[1]) == ["seminar.nominated"]
    assert told(people[2]) == ["seminar.nominated", "seminar.moved-up"]


def test_a_supervisor_cannot_nominate_people_of_others(app: Flask) -> None:
    unit = build.unit("Dinas Kesehatan")
    wati, other = build.person("Wati", role="supervisor", unit_id=unit), build.person("Ani")
    event = seminar()

    with pytest.raises(NotFound):
        service.nominate(event, [other], by=wati, paths=(path(unit),))

    assert standing(event) == []
    assert refusal(lambda: service.nominate(event, [], by=wati, paths=(path(unit),))) == "seminar-nobody"


def test_an_officer_removes_somebody_with_a_reason_and_the_next_moves_up(app: Flask) -> None:
    event, officer = seminar(seats=1), build.person("Agus", role="admin")
    ani, budi = build.person("Ani"), build.person("Budi")
    first = service.register(event, ani)
    service.register(event, budi)

    assert refusal(lambda: service.remove(event, first.id, reason=" ", by=officer)) == "seminar-reason"
    service.remove(event, first.id, reason="Sudah ikut tahun lalu.", by=officer)
    service.remove(event, first.id, reason="Sudah ikut tahun lalu.", by=officer)

    assert standing(event) == [("Budi", "seat", None)]
    assert told(ani) == ["seminar.registered", "seminar.removed"]


def test_another_place_or_day_and_a_cancellation_are_told_to_all_who_are_registered(app: Flask) -> None:
    event = seminar(seats=1)
    ani, budi = build.person("Ani"), build.person("Budi")
    service.register(event, ani)
    service.register(event, budi)
    session = queries.sessions_of(event)[0]

    planning.put_session(event, session.id, slot(title="Pembukaan"), seen=queries.seminar("keamanan-data").version)
    planning.put_session(event, session.id, slot(place="Balai Kota"), seen=queries.seminar("keamanan-data").version)
    planning.cancel(event, reason="Narasumber sakit.")
    planning.cancel(event, reason="Narasumber sakit.")

    assert told(ani) == ["seminar.registered", "seminar.changed", "seminar.cancelled"]
    assert told(budi) == ["seminar.changed", "seminar.cancelled"]
    assert refusal(lambda: service.register(event, build.person("Citra"))) == "seminar-cancelled"


def test_whoever_writes_over_a_change_she_has_not_seen_is_refused(app: Flask) -> None:
    event = seminar()
    seen = queries.seminar("keamanan-data").version
    planning.change(event, plan(seats=9), seen=seen)

    assert refusal(lambda: planning.change(event, plan(seats=5), seen=seen)) == "changed-meanwhile"
    assert queries.seminar("keamanan-data").seats == 9


def test_seats_do_not_fall_below_those_that_are_taken(app: Flask) -> None:
    event = seminar(seats=2)
    for name in ("Ani", "Budi"):
        service.register(event, build.person(name))

    assert refusal(lambda: planning.change(event, plan(seats=1), seen=queries.seminar("keamanan-data").version)) == "seminar-seats-taken"


def test_a_copy_is_a_draft_on_other_days_without_its_people(app: Flask) -> None:
    event = seminar("asli", slot(), slot(13, 15))
    service.register(event, build.person("Ani"))

    made = planning.copy(event, "salinan", DAY + timedelta(days=30), by=None)

    row = queries.seminar("salinan", drafts=True)
    sessions = queries.sessions_of(made)
    assert (row.state, row.title, queries.counts(made)) == ("draft", "Keamanan Data Kepegawaian", (0, 0))
    assert [(one.starts_at, one.speakers) for one in sessions] == [
        (at(8, day=DAY + timedelta(days=30)), (("Dr. Ratna Purba", "Universitas Contoh"),)),
        (at(13, day=DAY + timedelta(days=30)), (("Dr. Ratna Purba", "Universitas Contoh"),))]
    assert refusal(lambda: planning.copy(event, "asli", DAY, by=None)) == "seminar-code-taken"


def test_speakers_are_known_as_the_experts_of_the_partner_and_keep_their_rows(app: Flask) -> None:
    with transaction():
        partner = Partner(name="Universitas Contoh", kind="university", made_at=clock.now())
        db.session.add(partner)
        db.session.flush()
        expert = Expert(partner_id=partner.id, name="Dr. Ratna Purba", field="Informatika")
        db.session.add(expert)
        db.session.flush()
        ids = partner.id, expert.id
    event = seminar(published=False, partner_id=ids[0])
    first = db.session.execute(select(Speaker.id, Speaker.name, Speaker.expert_id)).all()
    two = (("Tigor", "Diskominfo"), ("Dr. Ratna Purba", "Universitas Contoh"))

    planning.put_session(event, queries.sessions_of(event)[0].id, slot(speakers=two),
                         seen=queries.seminar("keamanan-data", drafts=True).version)

    assert first == [(first[0].id, "Dr. Ratna Purba", ids[1])]
    rows = db.session.execute(select(Speaker.name, Speaker.expert_id, Speaker.number).order_by(Speaker.number)).all()
    assert rows == [("Tigor", None, 1), ("Dr. Ratna Purba", ids[1], 2)]
    assert db.session.scalars(select(Speaker.id).where(Speaker.name == "Dr. Ratna Purba")).one() == first[0].id
    assert queries.partner_of(queries.seminar("keamanan-data", drafts=True)) == "Universitas Contoh"


@pytest.mark.parametrize("code", ["", "Besar", "dua kata", "-a", "a--b", "new", "public", "x" * 61])
def test_a_code_that_no_address_can_hold_is_refused(app: Flask, code: str) -> None:
    assert refusal(lambda: planning.create(code, plan(), by=None)) == "seminar-code"


def test_a_seminar_without_a_session_or_with_days_in_disorder_is_not_opened(app: Flask) -> None:
    empty = planning.create("kosong", plan(), by=None)
    wrong = seminar("salah", published=False, closes_at=at(9))

    assert refusal(lambda: planning.publish(empty)) == "seminar-no-session"
    assert refusal(lambda: planning.publish(wrong)) == "seminar-dates"


def test_seminars_at_the_same_time_are_named(app: Flask) -> None:
    ani = build.person("Ani")
    first, second, third = seminar("satu"), seminar("dua", slot(11, 13)), seminar("tiga", slot(12, 13))
    service.register(first, ani)

    assert [row.code for row in queries.overlapping(ani, second)] == ["satu"]
    assert queries.overlapping(ani, third) == []
