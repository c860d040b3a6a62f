"""The team page: whom a supervisor sees, what counts, and that page, exports and ZIP agree."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask

from lms.base import clock
from lms.home import team
from lms.learning import service as learning
from tests import build
from tests.inspecting import InspectingClient, words

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


def test_a_supervisor_sees_exactly_the_people_of_her_subtree(office: dict[str, int]) -> None:
    summary, members = team.first_page(wish(office))

    assert [(one.name, one.hours, one.completed, one.studying, one.certificates) for one in members] == [
        ("Dewi Purba", 0, 0, 1, 0), ("Sari Damanik", 2, 1, 0, 1), ("Wati Siregar", 0, 0, 0, 0)]
    assert summary == team.Summary(people=3, pns=3, target_met=0, nothing=1, certificates=1)


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
