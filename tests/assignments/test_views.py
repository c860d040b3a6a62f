"""Pages of assignments: made by an officer, seen by those concerned, counted for those who lead."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from lms.assignments import deciding, service
from lms.assignments.models import Assignment
from lms.assignments.targets import Aim
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.people import grants
from tests import build
from tests.assignments.build import DUE, TODAY, assigned, states
from tests.inspecting import InspectingClient, words
from tests.programmes import build as programmes

SignInAs = Callable[[int], InspectingClient]
DAY = timedelta(days=1)


@pytest.fixture
def office(app: Flask) -> int:
    """A unit."""
    return build.unit("Dinas Kependudukan")


@pytest.fixture
def tiur(office: int) -> int:
    """The training officer of the whole agency, who works elsewhere."""
    return build.person("Tiur Siregar", role="training-officer")


def filled(browser: InspectingClient, **changes: Any) -> dict[str, Any]:
    """What the form sends, with its hidden fields."""
    page = browser.get("/assignments/new/").text
    token, slip = browser.token("/assignments/new/"), re.search(r'name="slip"[^>]*value="(\w+)"', page)
    assert slip
    return {"subject": "module:sapa", "unit": "0", "required": "yes", "reason": "Perwal 1/2026", "first_on": TODAY.isoformat(),
            "due_on": DUE.isoformat(), "grace_days": "7", "slip": slip[1], "csrf_token": token, **changes}


def post(browser: InspectingClient, address: str, **values: str) -> Any:
    """Send a form that stands on some page of the reader."""
    return browser.post(address, data={"csrf_token": browser.token("/assignments/new/"), **values})


def test_an_officer_sees_whom_it_hits_and_then_makes_it(office: int, tiur: int, sign_in: SignInAs) -> None:
    sari = build.person("Sari Damanik", unit_id=office)
    build.person("Budi Purba", unit_id=office, active=False, nip="198001012010011001")
    browser = sign_in(tiur)
    form = filled(browser, units=str(office), nips="198001012010011001")

    seen = browser.post("/assignments/new/", data={**form, "step": "preview"})
    shown = words(seen.text)
    assert "Sari Damanik" in shown
    assert "Budi Purba" in shown
    assert db.session.scalars(select(Assignment)).all() == []
    mark = re.search(r'name="mark"[^>]*value="([\d-]+)"', seen.text)
    assert mark
    made = browser.post("/assignments/new/", data={**form, "step": "make", "mark": mark[1]})

    row = db.session.scalars(select(Assignment)).one()
    assert made.headers["Location"] == f"/assignments/{row.id}/"
    assert states(row.id) == {sari: "not-started"}
    assert browser.get("/assignments/all/").status_code == 200
    assert "Perwal 1/2026" in browser.get(f"/assignments/{row.id}/").text


@pytest.mark.parametrize("changes", [
    {"due_days": "30"}, {"due_on": ""}, {"reason": ""}, {"grace_days": "9999"}, {"nips": "123"}, {"subject": "module:x"}, {"unit": "x"},
    {"first_on": "kemarin"}, {"due_on": "besok"}, {"every_months": "0"},
])
def test_bad_input_comes_back_filled(office: int, tiur: int, sign_in: SignInAs, changes: dict[str, str]) -> None:
    browser = sign_in(tiur)

    answer = browser.post("/assignments/new/", data=filled(browser, positions="Arsiparis Ahli Muda", **changes))

    assert answer.status_code == 422
    assert "Arsiparis Ahli Muda" in answer.text


def test_a_crowd_that_changed_is_shown_once_more(office: int, tiur: int, sign_in: SignInAs) -> None:
    build.person("Sari Damanik", unit_id=office)
    browser = sign_in(tiur)
    answer = browser.post("/assignments/new/", data={**filled(browser), "step": "make", "mark": "1-1"})

    assert answer.status_code == 409
    assert "Sari Damanik" in answer.text


def test_an_officer_of_a_unit_stays_within_it(office: int, sign_in: SignInAs) -> None:
    elsewhere = build.unit("Dinas Lain")
    rini, sari = build.person("Rini", unit_id=elsewhere), build.person("Sari", unit_id=office)
    officer = build.person("Petugas Dinas", unit_id=office)
    with transaction():
        grants.add(officer, "training-officer", unit_id=office)
    browser = sign_in(officer)
    theirs, citys = assigned(Aim(units=frozenset({elsewhere})), unit_id=elsewhere), assigned()

    assert browser.post("/assignments/new/", data=filled(browser)).status_code == 422  # the whole agency is not hers to choose
    assert browser.post("/assignments/new/", data={**filled(browser, unit=str(elsewhere)), "step": "make"}).status_code == 422
    assert browser.get(f"/assignments/{theirs}/").status_code == 404
    assert browser.get(f"/assignments/{citys}/").status_code == 200
    assert post(browser, f"/assignments/{citys}/end", **{"version": "1", "reason": "tidak perlu"}).status_code == 404
    assert browser.get(f"/assignments/{citys}/people/{rini}/").status_code == 404
    waived = post(browser, f"/assignments/{citys}/people/{sari}/waiver", **{"reason": "Cuti melahirkan"})
    assert (waived.status_code, states(citys)[sari]) == (303, "waived")


def test_my_page_and_the_start_page_show_what_is_assigned(office: int, sign_in: SignInAs) -> None:
    sari = build.person("Sari Damanik", unit_id=office)
    browser = sign_in(sari)
    assert browser.get("/assignments/").status_code == 200
    assigned()
    recommended = assigned(subject="module:dengar", required=False, due_days=20)

    for address in ("/", "/assignments/"):
        assert browser.get(address).text.count("badge line") >= 2
    programmes.finish(sari, "sapa")
    deciding.waive(recommended, sari, until=None, why="Sudah ahli di bidang ini", by=None)

    shown = words(browser.get("/assignments/").text)
    assert "Sudah ahli di bidang ini" in shown


def test_who_leads_a_unit_sees_its_people_and_no_others(office: int, sign_in: SignInAs) -> None:
    wati = build.person("Wati Simanjuntak", role="supervisor", unit_id=office)
    build.person("Sari Damanik", unit_id=office)
    build.person("Rini Purba")
    made = assigned()
    browser = sign_in(wati)

    page = browser.get("/assignments/unit/").text

    assert "Sari Damanik" in page
    assert "Rini Purba" not in page
    assert browser.get(f"/assignments/{made}/").status_code == 200
    assert "Sari Damanik" not in browser.get("/assignments/unit/?state=waived").text
    assert browser.get("/assignments/unit/?unit=99999&assignment=x&state=y&page=-3").status_code == 200
    assert browser.get(f"/assignments/{made}/people/{wati}/").status_code == 403


def test_the_page_settles_what_time_has_changed(office: int, sign_in: SignInAs) -> None:
    wati = build.person("Wati Simanjuntak", role="supervisor", unit_id=office)
    made = assigned(Aim(people=frozenset({wati})))
    clock.advance(DUE + DAY - TODAY)

    sign_in(wati).get("/assignments/unit/")

    assert states(made) == {wati: "non-compliant"}


def test_exports_hold_what_the_list_shows(office: int, tiur: int, sign_in: SignInAs) -> None:
    people = [build.person(f"Orang {number}", unit_id=office) for number in range(3)]
    assigned(Aim(units=frozenset({office})))
    programmes.finish(people[0], "sapa")
    browser = sign_in(tiur)

    table = post(browser, "/assignments/unit/export?state=compliant", **{"file": "csv"}).text
    book = load_workbook(io.BytesIO(post(browser, "/assignments/unit/export", **{"file": "xlsx"}).data))

    assert ("Orang 0" in table, "Orang 1" in table) == (True, False)
    assert len(list(book.active.iter_rows())) == 4  # type: ignore[union-attr]
    assert "assignments.exported" in [row.act for row in db.session.scalars(select(AuditEntry))]


def test_terms_are_changed_and_an_older_page_is_noticed(office: int, tiur: int, sign_in: SignInAs) -> None:
    build.person("Sari Damanik", unit_id=office)
    made, browser = assigned(), sign_in(tiur)
    terms = {"due_on": (DUE + 30 * DAY).isoformat(), "grace_days": "0", "reason": "Diperpanjang", "version": "1"}

    assert post(browser, f"/assignments/{made}/due", **terms).status_code == 303
    post(browser, f"/assignments/{made}/due", **{**terms, "reason": "Lain lagi"})
    assert post(browser, f"/assignments/{made}/due", **{**terms, "due_on": ""}).status_code == 422
    db.session.rollback()
    assert db.session.get_one(Assignment, made).reason == "Diperpanjang"

    post(browser, f"/assignments/{made}/end", **{"version": "2", "reason": "Dicabut"})
    assert "Dicabut" in browser.get(f"/assignments/{made}/").text
    assert "Dicabut" not in browser.get("/assignments/all/").text
    assert browser.get("/assignments/all/?show=over").status_code == 200


def test_one_person_gets_more_time(office: int, tiur: int, sign_in: SignInAs) -> None:
    sari, made, browser = build.person("Sari Damanik", unit_id=office), 0, sign_in(tiur)
    made = assigned()
    address = f"/assignments/{made}/people/{sari}"

    assert post(browser, f"{address}/more-time", **{"until": "", "reason": "Sakit"}).status_code == 422
    post(browser, f"{address}/more-time", **{"until": "2026-06-30", "reason": "Sakit"})
    assert "30 Juni 2026" in words(browser.get(f"{address}/").text)
    post(browser, f"{address}/waiver", **{"until": "2026-12-31", "reason": "Cuti besar"})
    assert "Cuti besar" in browser.get(f"{address}/").text
    post(browser, f"{address}/waiver/end")
    assert states(made)[sari] == "not-started"
    assert service.AT_ONCE
