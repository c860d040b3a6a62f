"""Requests about personal data: made, answered in time by somebody else, and kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.certificates.models import Certificate
from lms.notifications.models import Notice
from lms.people import admin
from lms.people.models import Person
from lms.privacy import queries, service
from lms.privacy.models import PrivacyRequest
from lms.privacy.rules import fault_of_wish, is_overdue
from tests import build
from tests.conftest import NOW
from tests.inspecting import InspectingClient, words
from tests.privacy.conftest import NAME, Filled

SignIn = Callable[[int], InspectingClient]
NEW = "/me/data/requests/new"


def kept(request_id: int) -> PrivacyRequest:
    return db.session.get_one(PrivacyRequest, request_id, populate_existing=True)


@pytest.mark.parametrize(("field", "wanted", "fault"), [
    ("nip", "199001012015012001", None), ("nip", "1990 0101", "nip-digits"), ("nip", "199013012015012001", "nip-birth"),
    ("employment", "PPPK", None), ("employment", "Honorer", "wish-employment"), ("email", "a@b.id", None), ("email", "a b@c.id", "wish-email"),
    ("contract_start", "2026-03-01", None), ("contract_start", "1 Maret", "wish-day"), ("name", "x", None),
])
def test_a_value_that_cannot_stand_in_the_record_is_refused_at_once(field: str, wanted: str, fault: str | None) -> None:
    assert fault_of_wish(field, wanted, ("PNS", "PPPK", "PPPK-PW")) == fault


def test_a_correction_remembers_what_is_recorded_and_is_due_in_72_hours(app: Flask) -> None:
    sari = build.person("Sari Damanik")

    row = kept(service.ask(sari, "correction", field="name", wanted="Sari Damanik, S.E.", reason="Gelar baru"))

    assert (row.present, row.wanted, row.state, row.made_at, row.due_at) == (
        "Sari Damanik", "Sari Damanik, S.E.", "open", NOW, NOW + timedelta(hours=72))


def test_a_weekend_counts_towards_the_deadline() -> None:
    assert not is_overdue("open", NOW + timedelta(hours=72), NOW + timedelta(hours=72))
    assert is_overdue("open", NOW + timedelta(hours=72), NOW + timedelta(hours=72, seconds=1))
    assert not is_overdue("refused", NOW, NOW + timedelta(days=9))


def test_granting_a_correction_writes_it_and_both_are_in_the_log(app: Flask) -> None:
    sari, agus = build.person("Sari Damanik"), build.person("Agus", role="admin")
    number = service.ask(sari, "correction", field="name", wanted="Sari Damanik, S.E.", reason="Gelar baru")

    service.accept(number, "Sudah.", by=agus)

    assert db.session.scalar(select(Person.name).where(Person.id == sari)) == "Sari Damanik, S.E."
    assert (kept(number).state, kept(number).decided_by, kept(number).answer) == ("accepted", agus, "Sudah.")
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.about_id == sari).order_by(AuditEntry.seq)).all()
    assert acts == ["privacy.requested", "person.changed", "privacy.accepted"]


def test_a_corrected_nip_that_somebody_has_already_is_refused_and_nothing_is_written(app: Flask) -> None:
    sari, agus = build.person(nip="199001012015012001"), build.person("Agus", role="admin")
    build.person("Rini", nip="199001012015012777")
    number = service.ask(sari, "correction", field="nip", wanted="199001012015012777", reason="Salah ketik")

    with pytest.raises(Refused, match="nip-taken"):
        service.accept(number, "", by=agus)

    assert db.session.scalar(select(Person.nip).where(Person.id == sari)) == "199001012015012001"
    assert kept(number).state == "open"


def test_a_move_is_granted_only_once_it_is_done(app: Flask) -> None:
    sari, agus, elsewhere = build.person(), build.person("Agus", role="admin"), build.unit("Dinas Lain")
    number = service.ask(sari, "correction", field="unit", wanted="Dinas Lain", reason="SK mutasi")

    with pytest.raises(Refused, match="wish-not-done"):
        service.accept(number, "", by=agus)
    admin.change(sari, {"unit_id": elsewhere})
    service.accept(number, "", by=agus)

    assert kept(number).state == "accepted"


def test_the_same_wish_waits_once_and_a_wish_for_what_is_there_is_none(app: Flask) -> None:
    sari = build.person("Sari Damanik")
    service.ask(sari, "copy", reason="Untuk arsip")

    with pytest.raises(Refused, match="request-open"):
        service.ask(sari, "copy", reason="Sekali lagi")
    with pytest.raises(Refused, match="wish-same"):
        service.ask(sari, "correction", field="name", wanted="Sari Damanik", reason="Tidak apa")


def test_nobody_asks_more_than_ten_times_a_day(app: Flask) -> None:
    sari = build.person()

    for _ in range(10):
        service.withdraw(service.ask(sari, "copy", reason="Untuk arsip"), sari)
    with pytest.raises(Refused, match="too-many-tries"):
        service.ask(sari, "copy", reason="Untuk arsip")


def test_nobody_decides_on_her_own_request_or_twice(app: Flask) -> None:
    agus, tiur = build.person("Agus", role="admin"), build.person("Tiur", role="admin")
    number = service.ask(agus, "copy", reason="Untuk arsip")

    with pytest.raises(Refused, match="own-request"):
        service.accept(number, "", by=agus)
    service.refuse(number, "Tidak perlu", by=tiur)
    with pytest.raises(Refused, match="request-decided"):
        service.accept(number, "", by=tiur)


def test_a_refusal_needs_a_reason(app: Flask) -> None:
    number = service.ask(build.person(), "copy", reason="Untuk arsip")

    with pytest.raises(Refused, match="reason-missing"):
        service.refuse(number, "", by=build.person(role="admin"))


def test_officers_are_told_of_a_request_and_the_person_of_the_answer(app: Flask) -> None:
    sari, agus = build.person(), build.person("Agus", role="admin")

    number = service.ask(sari, "copy", reason="Untuk arsip")
    service.accept(number, "", by=agus)

    told = db.session.execute(select(Notice.person_id, Notice.kind).order_by(Notice.id)).all()
    assert [tuple(row) for row in told] == [(agus, "request.made"), (sari, "request.decided")]


def test_somebody_elses_request_can_be_neither_seen_nor_withdrawn(app: Flask, sign_in: SignIn) -> None:
    number = service.ask(build.person("Sari"), "copy", reason="Untuk arsip rahasia")
    rini = build.person("Rini")

    with pytest.raises(NotFound):
        service.withdraw(number, rini)
    page = sign_in(rini).get("/me/data/").get_data(as_text=True)
    browser = sign_in(rini)
    sent = browser.post(f"/me/data/requests/{number}/withdraw", data={"csrf_token": browser.token("/me/data/")})

    assert sent.status_code == 404
    assert "arsip rahasia" not in page
    assert kept(number).state == "open"


def test_b13_extra_fields_of_the_form_change_nothing(app: Flask, sign_in: SignIn) -> None:
    sari, rini = build.person("Sari"), build.person("Rini")

    sign_in(sari).send(NEW, kind="copy", reason="Untuk arsip", state="accepted", person_id=str(rini), decided_by=str(sari), due_at="2099-01-01",
                       answer="ya", id="99", role="admin", is_active="1")

    (row,) = db.session.scalars(select(PrivacyRequest)).all()
    assert (row.person_id, row.state, row.decided_by, row.due_at, row.answer) == (sari, "open", None, NOW + timedelta(hours=72), "")


def test_b13_the_decision_writes_the_value_asked_for_and_no_other(app: Flask, sign_in: SignIn) -> None:
    sari, agus = build.person("Sari"), build.person("Agus", role="admin")
    number = service.ask(sari, "correction", field="position", wanted="Analis", reason="SK baru")
    page = f"/office/privacy/requests/{number}/"

    sign_in(agus).send(page, f"{page}decide", decision="accept", answer="", wanted="Walikota", field="name", nip="1", person_id=str(agus))

    row = db.session.execute(select(Person.name, Person.position).where(Person.id == sari)).one()
    assert tuple(row) == ("Sari", "Analis")


def test_a_form_with_faults_says_so_and_keeps_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(build.person())

    empty = browser.send(NEW, kind="correction", field="name", wanted="", reason="")
    unknown = browser.send(NEW, kind="everything", field="password_hash", wanted="x", reason="alasan saya")
    wrong = browser.send(NEW, kind="correction", field="nip", wanted="123", reason="alasan saya")

    assert [one.status_code for one in (empty, unknown, wrong)] == [422, 422, 409]
    assert "alasan saya" in wrong.get_data(as_text=True)
    assert db.session.scalars(select(PrivacyRequest)).all() == []


def test_the_list_shows_the_most_urgent_first_and_marks_what_is_overdue(app: Flask, sign_in: SignIn) -> None:
    agus = build.person("Agus", role="admin")
    late, done, fresh = (service.ask(build.person(name), "copy", reason="Untuk arsip") for name in ("Lambat", "Selesai", "Baru"))
    service.refuse(done, "Tidak perlu", by=agus)
    with transaction():
        db.session.execute(update(PrivacyRequest).where(PrivacyRequest.id == late).values(due_at=clock.now() - timedelta(hours=1)))

    page = sign_in(agus).get("/office/privacy/requests/").get_data(as_text=True)
    count, rows = queries.find(queries.Wish(state="overdue"))

    assert sorted(("Selesai", "Baru", "Lambat"), key=page.index) == ["Lambat", "Baru", "Selesai"]
    assert 'class="late"' in page
    assert (count, [row.id for row in rows]) == (1, [late])
    assert [row.id for row in queries.find(queries.Wish())[1]] == [late, fresh, done]


def test_lists_of_one_and_of_three_take_the_same_number_of_queries(app: Flask, assert_queries: Callable[[int], object]) -> None:
    for count in (1, 2):
        for _ in range(count):
            service.ask(build.person(), "copy", reason="Untuk arsip")
        db.session.rollback()
        with assert_queries(2):  # type: ignore[attr-defined]
            queries.find(queries.Wish())


def test_a_corrected_name_offers_to_issue_the_certificates_anew(app: Flask, sign_in: SignIn, filled: Callable[..., Filled]) -> None:
    people = filled(active=True)
    number = service.ask(people.id, "correction", field="name", wanted="Rosdiana Purba, S.H.", reason="Gelar")
    service.accept(number, "", by=people.agus)
    browser = sign_in(people.agus)
    page = browser.get(f"/office/privacy/requests/{number}/").get_data(as_text=True)
    serial = db.session.scalars(select(Certificate.serial)).one()

    browser.send(f"/office/privacy/requests/{number}/", f"/certificates/{serial}/reissue", reason="Nama diperbaiki.")
    after = browser.get(f"/office/privacy/requests/{number}/").get_data(as_text=True)

    assert NAME in words(page)
    assert f"/certificates/{serial}/reissue" in page
    assert "/reissue" not in after
