"""Pages: registering by one press, nominating, planning, participants, attendance, the announcement and calendars."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.people.models import Person
from lms.seminars import planning, queries, service
from lms.seminars.models import Feed
from tests import build
from tests.inspecting import InspectingClient, words
from tests.seminars.build import DAY, at, plan, seminar, sessions, slot, standing

SignIn = Callable[[int], InspectingClient]
PAGE = "/seminars/keamanan-data/"
OFFICE = "/office/seminars/keamanan-data/"


def text(client: InspectingClient, address: str) -> str:
    return words(client.get(address).get_data(as_text=True))


@pytest.fixture
def agus(app: Flask, sign_in: SignIn) -> InspectingClient:
    """An administrator's browser."""
    client = sign_in(build.person("Agus Saragih", role="admin"))
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def sari(app: Flask, sign_in: SignIn) -> InspectingClient:
    """A learner's browser."""
    client = sign_in(build.person("Sari Damanik"))
    client.set_cookie("lang", "en")
    return client


def test_one_press_registers_and_a_second_changes_nothing(sari: InspectingClient) -> None:
    event = seminar(seats=1)
    before = text(sari, "/seminars/")

    answer = sari.send(PAGE, f"{PAGE}register")
    again = sari.send("/seminars/mine/", f"{PAGE}register")

    assert "1 of 1 seats are free" in before
    assert (answer.status_code, again.status_code) == (303, 303)
    assert "You have a seat already; nothing was changed." in text(sari, PAGE)
    assert "You have a seat" in text(sari, "/seminars/")
    assert standing(event) == [("Sari Damanik", "seat", None)]


def test_the_page_says_the_place_on_the_waiting_list_and_lets_one_leave(sari: InspectingClient) -> None:
    event = seminar(seats=1)
    service.register(event, build.person("Budi"))
    service.register(event, build.person("Citra"))

    before = text(sari, PAGE)
    sari.send(PAGE, f"{PAGE}register")
    waits = text(sari, PAGE)
    sari.send(PAGE, f"{PAGE}cancel")

    assert "before you: 1" in before
    assert "number 2 on the waiting list" in waits
    assert "You are not registered any more." in text(sari, PAGE)


def test_a_late_cancellation_without_a_reason_keeps_the_form(app: Flask, sign_in: SignIn) -> None:
    event, person = seminar(), build.person("Ani")
    service.register(event, person)
    with clock.stopped(at(10, day=DAY - timedelta(days=1))):
        client = sign_in(person)
        client.set_cookie("lang", "en")
        answer = client.send(PAGE, f"{PAGE}cancel", reason="x")

        assert answer.status_code == 409
        assert "Write in a sentence why you cannot come" in words(answer.get_data(as_text=True))
        assert client.send(PAGE, f"{PAGE}cancel", reason="Dinas luar").status_code == 303

    assert standing(event) == []


def test_another_seminar_at_the_same_time_is_warned_about(sari: InspectingClient) -> None:
    seminar()
    seminar("serentak", slot(11, 13), title="Rapat Serentak")
    sari.send(PAGE, f"{PAGE}register")

    assert "At the same time you have another seminar Keamanan Data" in text(sari, "/seminars/serentak/")


def test_the_link_and_materials_are_for_those_with_a_seat(sari: InspectingClient, client: InspectingClient) -> None:
    seminar("keamanan-data", slot(link="https://rapat.example.go.id/x", materials=(("Paparan", "https://rapat.example.go.id/p"),)))

    before = sari.get(PAGE).get_data(as_text=True)
    sari.send(PAGE, f"{PAGE}register")
    after = sari.get(PAGE).get_data(as_text=True)
    public = client.get("/seminars/public/keamanan-data/").get_data(as_text=True)

    assert [page.count("https://rapat.example.go.id/") for page in (before, after, public)] == [0, 2, 0]
    assert "<em>laptop</em>" in public


def test_only_what_is_announced_is_public_and_nobody_is_named(sari: InspectingClient, client: InspectingClient) -> None:
    seminar()
    seminar("intern", public=False)
    seminar("draf", published=False)
    sari.send(PAGE, f"{PAGE}register")

    found = [client.get(f"/seminars/public/{code}/") for code in ("keamanan-data", "intern", "draf", "tidak-ada")]
    listed = text(client, "/seminars/public/")

    assert [one.status_code for one in found] == [200, 404, 404, 404]
    assert "Sari" not in found[0].get_data(as_text=True)
    assert listed.count("Keamanan Data Kepegawaian") == 1


def test_drafts_do_not_exist_for_learners(sari: InspectingClient) -> None:
    seminar(published=False)

    assert sari.get(PAGE).status_code == 404
    assert sari.get(f"{PAGE}event.ics").status_code == 404
    assert sari.send("/seminars/mine/", f"{PAGE}register").status_code == 404


def test_a_supervisor_ticks_names_of_her_unit_only(app: Flask, sign_in: SignIn) -> None:
    unit = build.unit("Dinas Kesehatan")
    wati = sign_in(build.person("Wati Simanjuntak", role="supervisor", unit_id=unit))
    wati.set_cookie("lang", "en")
    people = [build.person(name, unit_id=unit) for name in ("Ani", "Budi")]
    other = build.person("Dewi Purba")
    event = seminar(seats=1)

    page = text(wati, f"{PAGE}nominate")
    answer = wati.post(f"{PAGE}nominate", data={"csrf_token": wati.token(f"{PAGE}nominate"), "person": [str(one) for one in people]})
    said = text(wati, f"{PAGE}nominate")
    foreign = wati.post(f"{PAGE}nominate", data={"csrf_token": wati.token(f"{PAGE}nominate"), "person": str(other)})

    assert "Ani" in page
    assert "Dewi Purba" not in page
    assert answer.status_code == 303
    assert "They have a seat and are told: Ani." in said
    assert "They are on the waiting list and are told: Budi." in said
    assert foreign.status_code == 404
    assert standing(event) == [("Ani", "seat", None), ("Budi", "waiting", 1)]


def test_an_officer_plans_publishes_and_copies_a_seminar(agus: InspectingClient) -> None:
    fields = {"code": "Etika-2026", "title": "Etika ASN", "form": "workshop", "scope": "national", "organiser": "BKPSDM", "description": "", "partner_id": "0",
              "seats": "30", "unit_quota": "", "opens_at": "2026-03-01T08:00", "closes_at": "2026-03-20T16:00", "cancel_until": "",
              "min_share": "75"}
    wrong = agus.send("/office/seminars/new", **{**fields, "seats": "0", "title": ""})
    made = agus.send("/office/seminars/new", **fields)
    early = agus.send("/office/seminars/etika-2026/", "/office/seminars/etika-2026/state", state="published")
    session = agus.send("/office/seminars/etika-2026/sessions/new", title="", day="2026-03-24", begins="08:00", ends="12:00", place="Aula",
                        link="", speakers="Dr. Ratna; Universitas Contoh\nTigor", materials="Paparan; https://contoh.go.id/p",
                        seen=str(queries.seminar("etika-2026", drafts=True).version))
    opened = agus.send("/office/seminars/etika-2026/", "/office/seminars/etika-2026/state", state="published")
    copied = agus.send("/office/seminars/etika-2026/", "/office/seminars/etika-2026/copy", code="etika-2027", first_day="2027-03-23")

    assert [one.status_code for one in (wrong, made, early, session, opened, copied)] == [422, 303, 409, 303, 303, 303]
    assert 'value="30"' not in wrong.get_data(as_text=True)
    assert 'value="Etika-2026"' in wrong.get_data(as_text=True) or 'value="etika-2026"' in wrong.get_data(as_text=True)
    assert queries.sessions_of(queries.seminar("etika-2026").id)[0].speakers == (("Dr. Ratna", "Universitas Contoh"), ("Tigor", ""))
    assert queries.seminar("etika-2027", drafts=True).closes_at == at(16, day=DAY.replace(year=2027, day=19))


@pytest.mark.parametrize(("field", "value"), [
    ("ends", "07:00"), ("place", ""), ("link", "javascript:alert(1)"), ("link", "http://contoh.go.id"), ("link", "https://["),
    ("materials", "Paparan; bukan alamat"), ("day", "2026-02-30"), ("begins", "25:00"),
])
def test_a_session_that_does_not_fit_comes_back_filled(agus: InspectingClient, field: str, value: str) -> None:
    seminar(published=False)
    fields = {"title": "Pembukaan", "day": "2026-03-24", "begins": "08:00", "ends": "12:00", "place": "Aula", "link": "", "speakers": "",
              "materials": "", "seen": str(queries.seminar("keamanan-data", drafts=True).version)}

    answer = agus.send(f"{OFFICE}sessions/new", **{**fields, field: value})

    assert answer.status_code in {409, 422}
    assert 'value="Pembukaan"' in answer.get_data(as_text=True)
    assert len(sessions()) == 1


def test_two_officers_who_change_at_once_see_each_others_text(agus: InspectingClient) -> None:
    event = seminar()
    page = f"{OFFICE}edit"
    seen = str(queries.seminar("keamanan-data").version)
    planning.change(event, plan(title="Judul Rekan"), seen=int(seen))
    fields = {"title": "Judul Saya", "form": "seminar", "scope": "national", "seats": "2", "opens_at": "2026-03-09T09:00",
              "closes_at": "2026-03-23T16:00", "min_share": "80", "public": "y", "partner_id": "0"}

    clash = agus.send(page, **{**fields, "seen": seen})
    shown = clash.get_data(as_text=True)
    saved = agus.send(page, **{**fields, "seen": str(queries.seminar("keamanan-data").version)})

    assert (clash.status_code, saved.status_code) == (409, 303)
    assert "stored: Judul Rekan" in words(shown)
    assert 'value="Judul Saya"' in shown
    assert queries.seminar("keamanan-data").title == "Judul Saya"


def test_participants_are_filtered_exported_and_removed(agus: InspectingClient) -> None:
    event, unit = seminar(seats=2), build.unit("Dinas Kesehatan")
    ani = build.person("Ani", unit_id=unit)
    for one in (ani, build.person("=Budi"), build.person("Citra")):
        service.register(event, one)
    page = f"{OFFICE}participants/"

    filtered = text(agus, f"{page}?unit={unit}")
    sheet = agus.post(f"{page}export.csv?state=waiting", data={"csrf_token": agus.token(page)}).get_data(as_text=True)
    book = load_workbook(io.BytesIO(agus.send(page, f"{page}export.xlsx").data)).active
    refused = agus.send(page, f"{page}{queries.live(event, ani).id}/remove", reason="")  # type: ignore[union-attr]
    removed = agus.send(page, f"{page}{queries.live(event, ani).id}/remove", reason="Sudah ikut.")  # type: ignore[union-attr]

    assert ("Ani" in filtered, "Citra" in filtered) == (True, False)
    assert [line.split(";")[2] for line in sheet.splitlines()] == ["Name", "Citra"]
    assert book is not None
    assert [row[2].value for row in book.iter_rows()] == ["Name", "Ani", "'=Budi", "Citra"]
    assert (refused.status_code, removed.status_code) == (409, 303)
    assert standing(event) == [("=Budi", "seat", None), ("Citra", "seat", None)]
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "seminar.exported")).all() == ["seminar.exported"] * 2


def test_attendance_is_ticked_walk_ins_are_added_and_the_seminar_is_held(app: Flask, agus: InspectingClient, sign_in: SignIn) -> None:
    event, officer = seminar(), build.person("Rina Sinaga", role="admin")
    ani, budi = build.person("Ani"), build.person("Budi")
    service.register(event, ani)
    nip = db.session.get_one(Person, budi).nip
    page = f"{OFFICE}sessions/{sessions()[0]}/attendance"

    early = agus.send(page, **{f"p{ani}": "present"})
    with clock.stopped(at(13)):
        browser = sign_in(officer)
        browser.set_cookie("lang", "en")
        saved = browser.send(page, **{f"p{ani}": "present"})
        wrong = browser.send(page, page.replace("attendance", "walk-in"), nip="123")
        added = browser.send(page, page.replace("attendance", "walk-in"), nip=f"{nip[:8]} {nip[8:]}")
        shown = text(browser, page)
        held = browser.send(OFFICE, f"{OFFICE}state", state="held")
        said = text(browser, OFFICE)

    assert [one.status_code for one in (early, saved, wrong, added, held)] == [409, 303, 409, 303, 303]
    assert "Present: 2" in shown
    assert "2 people have learning hours from it" in said
    assert "Budi" in text(agus, f"{OFFICE}list")


def test_lists_ask_the_same_number_of_questions_for_one_and_three(sari: InspectingClient, agus: InspectingClient,
                                                                  assert_queries: Callable[[int], object]) -> None:
    event = seminar(seats=1)
    service.register(event, build.person("Ani"))
    counts = []
    for number in range(2):
        with assert_queries(2):  # type: ignore[attr-defined]
            queries.coming(1, 1)
        with assert_queries(1):  # type: ignore[attr-defined]
            counts.append(len(queries.participants(event)))
        if not number:
            for name in ("Budi", "Citra"):
                service.register(event, build.person(name))
                seminar(name.lower())

    assert counts == [1, 3]


def test_a_seminar_goes_into_a_calendar(sari: InspectingClient) -> None:
    seminar("keamanan-data", slot(title="Pembukaan; sesi 1"), slot(13, 15, place="", link="https://rapat.example.go.id/x"))

    answer = sari.get(f"{PAGE}event.ics")
    entries = Calendar.from_ical(answer.data).walk("VEVENT")

    assert answer.mimetype == "text/calendar"
    assert [(str(one["SUMMARY"]), one.decoded("DTSTART"), one.decoded("DTEND"), str(one.get("LOCATION", ""))) for one in entries] == [
        ("Keamanan Data Kepegawaian: Pembukaan; sesi 1", at(8), at(12), "Aula BKPSDM"), ("Keamanan Data Kepegawaian", at(13), at(15), "")]
    assert str(entries[0]["URL"]) == "http://localhost/seminars/keamanan-data/"


def test_a_private_address_shows_my_seats_until_it_is_ended(sari: InspectingClient, client: InspectingClient) -> None:
    event = seminar()
    seminar("lain", slot(13, 15), title="Lain")
    sari.send(PAGE, f"{PAGE}register")
    page = sari.send("/seminars/mine/", "/seminars/mine/feed").get_data(as_text=True)
    address = page.partition("http://localhost/calendar/")[2].partition('"')[0]
    first = client.get(f"/calendar/{address}")
    planning.cancel(event, reason="Narasumber sakit.")
    second = client.get(f"/calendar/{address}")
    sari.send("/seminars/mine/", "/seminars/mine/feed/end")

    assert [str(one["SUMMARY"]) for one in Calendar.from_ical(first.data).walk("VEVENT")] == ["Keamanan Data Kepegawaian"]
    assert [str(one["STATUS"]) for one in Calendar.from_ical(second.data).walk("VEVENT")] == ["CANCELLED"]
    assert [client.get(f"/calendar/{one}").status_code for one in (address, "x" * 43 + ".ics", "%00.ics")] == [404, 404, 404]
    assert db.session.scalars(select(Feed)).all() == []


@pytest.mark.parametrize("address", ["/seminars/?page=999999999999", "/seminars/mine/", "/seminars/public/?page=-1", "/office/seminars/?q=%25&state=x",
                                     f"{OFFICE}participants/?unit=99999999999&q=%27", f"{PAGE}nominate?q=%27&page=9", f"{OFFICE}list"])
def test_odd_addresses_show_a_page(agus: InspectingClient, address: str) -> None:
    seminar()

    assert agus.get(address).status_code == 200
