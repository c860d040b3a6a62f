"""The team page: whom a supervisor sees, what counts, and that page, exports and ZIP agree."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask

from lms.base import clock
from lms.home import team
from lms.hours import service as hours
from lms.hours.targets import Target
from lms.learning import service as learning
from tests import build
from tests.inspecting import InspectingClient, words
from tests.learning.test_service import study

SignIn = Callable[[int], InspectingClient]
Queries = Callable[[int], object]


@pytest.fixture
def office(app: Flask) -> dict[str, int]:
    """Wati leads an office with Sari below it, who completed a module; Rini works elsewhere."""
    office = build.unit("Kecamatan Contoh")
    below = build.unit("Kelurahan Contoh", parent=office)
    people = {
        "wati": build.person("Wati Siregar", role="supervisor", unit_id=office), "sari": build.person("Sari Damanik", unit_id=below),
        "dewi": build.person("Dewi Purba", unit_id=below), "rini": build.person("Rini Sinaga"), "below": below, "office": office,
    }
    finish(people["sari"])
    learning.enrol(people["dewi"], "bebas")
    return people


def finish(person_id: int) -> None:
    """Complete the module sapa with 2 JP."""
    enrolment = learning.enrol(person_id, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.finish_lesson(person_id, "sapa", lesson)
    learning.pass_final_quiz(enrolment.id, Decimal(80))


def wish(office: dict[str, int], **changes: object) -> team.Wish:
    """Everybody of Wati's subtree this year."""
    return replace(team.Wish(within=(f"/{office['office']}/",), year=2026), **changes)


def names(asked: team.Wish) -> list[str]:
    """Who is on the page."""
    return [one.name for one in team.first_page(asked)[1]]


def seminar(person_id: int, days: int, key: str = "1") -> None:
    """A seminar of some days in January, at 4 JP a day."""
    held = tuple((date(2026, 1, day + 1), Decimal(1)) for day in range(days))
    hours.credit(hours.Earned(person_id, "seminar", f"{person_id}-{key}", "Seminar", "seminar", held))


def met(asked: team.Wish) -> tuple[list[tuple[str, Decimal]], int, int]:
    """Who has reached the target, by how many JP; how many have according to the summary, of how many with a target."""
    summary = team.first_page(replace(asked, state=""))[0]
    return [(one.name, one.hours) for one in team.everybody(replace(asked, state="target-met"))], summary.target_met, summary.measured


def test_the_target_is_met_by_what_the_ledger_counts(office: dict[str, int]) -> None:
    seminar(office["dewi"], 5)
    seminar(office["wati"], 4)
    togar = build.person("Togar", unit_id=office["below"], employment="PPPK")
    seminar(togar, 7)

    assert met(wish(office)) == ([("Dewi Purba", 20)], 1, 3)
    assert [(one.name, one.hours, one.target_met) for one in team.everybody(wish(office))] == [
        ("Dewi Purba", 20, True), ("Sari Damanik", 2, False), ("Togar", 28, False), ("Wati Siregar", 16, False)]


def test_the_target_is_the_agencys_own_from_its_day_on(office: dict[str, int]) -> None:
    togar = build.person("Togar", unit_id=office["below"], employment="PPPK")
    seminar(togar, 2)
    seminar(office["dewi"], 5)
    for employment, first, least in (("PPPK", date(2026, 3, 10), 8), ("PNS", date(2026, 1, 1), 24), ("PPPK-PW", date(2026, 3, 11), 1)):
        hours.set_target(Target(employment, first, "calendar", Decimal(least), None, "Perwal 5/2026"))
    here = met(wish(office))
    hours.set_target(Target("PPPK", date(2026, 3, 10), "agreement", Decimal(8), None, "Perwal 6/2026"))

    assert here == ([("Togar", 8)], 1, 4)
    assert met(wish(office)) == ([], 0, 3)


def test_the_module_filter_shows_the_jp_of_that_module(office: dict[str, int]) -> None:
    seminar(office["sari"], 1)

    found = {module: [one.hours for one in team.everybody(wish(office, module_id=module)) if one.id == office["sari"]]
             for module in ("", "sapa", "bebas")}

    assert found == {"": [6], "sapa": [2], "bebas": [0]}


def test_a_supervisor_sees_exactly_the_people_of_her_subtree(office: dict[str, int]) -> None:
    summary, members = team.first_page(wish(office))

    assert [(one.name, one.hours, one.completed, one.studying, one.certificates) for one in members] == [
        ("Dewi Purba", 0, 0, 1, 0), ("Sari Damanik", 2, 1, 0, 1), ("Wati Siregar", 0, 0, 0, 0)]
    assert summary == team.Summary(people=3, measured=3, target_met=0, nothing=1, certificates=1)


@pytest.mark.parametrize(("changes", "expected"), [
    ({"state": "not-started"}, ["Wati Siregar"]),
    ({"state": "studying"}, ["Dewi Purba"]),
    ({"state": "completed"}, ["Sari Damanik"]),
    ({"state": "target-met"}, []),
    ({"module_id": "sapa", "state": "completed"}, ["Sari Damanik"]),
    ({"module_id": "bebas", "state": "completed"}, []),
    ({"text": "damanik"}, ["Sari Damanik"]),
    ({"text": "100% siapa"}, []),
    ({"year": 2025, "state": "completed"}, []),
])
def test_filters_narrow_the_team(office: dict[str, int], changes: dict[str, object], expected: list[str]) -> None:
    assert names(wish(office, **changes)) == expected


def test_a_unit_of_somebody_else_in_the_filter_shows_nobody(office: dict[str, int]) -> None:
    elsewhere = build.unit("Dinas Lain")
    build.person("Orang Lain", unit_id=elsewhere)

    assert names(wish(office, unit_id=elsewhere)) == []


@pytest.mark.parametrize("more", [0, 12])
def test_l07_the_page_takes_the_same_queries_for_few_and_many(office: dict[str, int], assert_queries: Queries, more: int) -> None:
    for number in range(more):
        build.person(f"Orang {number}", unit_id=office["below"])

    with assert_queries(1):  # type: ignore[attr-defined]
        team.first_page(wish(office))


def test_page_csv_and_xlsx_hold_the_same_people(office: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(office["wati"])

    page = words(browser.get("/team/").get_data(as_text=True))
    csv = browser.get("/team/export.csv").get_data(as_text=True)
    xlsx = browser.get("/team/export.xlsx").data

    listed = [name for name in ("Dewi Purba", "Rini Sinaga", "Sari Damanik", "Wati Siregar") if name in page]
    assert listed == ["Dewi Purba", "Sari Damanik", "Wati Siregar"]
    assert [line.split(";")[0] for line in csv.splitlines()[1:]] == listed
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == listed


def test_page_and_exports_show_the_jp_that_count(office: dict[str, int], sign_in: SignIn) -> None:
    for module_id in ("bebas", "dengar"):
        study(office["sari"], module_id)
    seminar(office["sari"], 1)
    browser = sign_in(office["wati"])

    page = browser.get("/team/").get_data(as_text=True)
    csv = browser.get("/team/export.csv").get_data(as_text=True)
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/team/export.xlsx").data)).active
    member = words(browser.get(f"/team/{office['sari']}/").get_data(as_text=True))

    assert [line.split(";")[5] for line in csv.splitlines()[1:]] == ["0", "7", "0"]
    assert [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)] == [0, 7, 0]
    assert ['<b class="num">7</b>' in page, "7 JP dari 20 JP" in member, "Seminar 1 Januari 2026 4 JP" in member] == [True, True, True]


def test_the_zip_holds_the_certificates_of_the_filtered_people(office: dict[str, int], sign_in: SignIn) -> None:
    finish(office["rini"])

    response = sign_in(office["wati"]).get("/team/certificates.zip")

    found = zipfile.ZipFile(io.BytesIO(response.data)).namelist()
    assert found == ["Sari Damanik sapa 0001-SERT-BKPSDM-III-2026.pdf"]
    assert int(response.headers["Content-Length"]) == len(response.data)


def test_a_zip_of_nothing_says_so_and_keeps_the_filters(office: dict[str, int], sign_in: SignIn) -> None:
    response = sign_in(office["wati"]).get("/team/certificates.zip?state=not-started")

    assert (response.status_code, response.location) == (302, "/team/?state=not-started&year=2026")


def test_a_member_of_another_unit_is_not_found(office: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(office["wati"])

    assert browser.get(f"/team/{office['sari']}/").status_code == 200
    assert browser.get(f"/team/{office['rini']}/").status_code == 404


def test_a_learner_has_no_team(office: dict[str, int], sign_in: SignIn) -> None:
    assert sign_in(office["sari"]).get("/team/").status_code == 403


def test_hours_count_in_the_year_of_the_office_in_which_a_module_was_completed(office: dict[str, int]) -> None:
    clock.advance(clock.office_midnight(clock.today().replace(year=2027)) - clock.now())

    this_year, last_year = team.first_page(wish(office, year=2027))[0], team.first_page(wish(office))[0]

    assert (this_year.certificates, last_year.certificates) == (0, 1)
