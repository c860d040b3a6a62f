"""The administrator's pages about people."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import service
from lms.accounts.models import SignIn
from lms.base.db import db
from lms.people import grants, queries
from lms.people.models import Person
from tests import build
from tests.inspecting import InspectingClient, words

SignInAs = Callable[[int], InspectingClient]
NIP = "198609262015051001"


@pytest.fixture
def office(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan", code="dinkes")


@pytest.fixture
def browser(office: int, sign_in: SignInAs) -> InspectingClient:
    """An administrator's browser, in English."""
    client = sign_in(build.person("Agus Saragih", role="admin", unit_id=office, nip="198004042006041004"))
    client.set_cookie("lang", "en")
    return client


def names(browser: InspectingClient, address: str) -> list[str]:
    page = BeautifulSoup(browser.get(address).get_data(as_text=True), "html.parser")
    return [link.get_text() for link in page.select("table .name")]


def shown(response: object) -> str:
    return words(response.get_data(as_text=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["learner", "trainer", "supervisor"])
@pytest.mark.parametrize("address", ["/people/", "/people/{id}/", "/people/import/", "/people/codes/"])
def test_only_an_administrator_looks_after_people(office: int, sign_in: SignInAs, role: str, address: str) -> None:
    person = build.person(role=role, unit_id=office)

    assert sign_in(person).get(address.format(id=person)).status_code == 403


def test_people_are_found_by_name_nip_unit_role_and_state(browser: InspectingClient, office: int) -> None:
    below = build.unit("Puskesmas", parent=office)
    elsewhere = build.unit("Dinas Pendidikan")
    build.person("Sari Damanik", unit_id=below, nip=NIP)
    build.person("Budi 100% Purba", unit_id=elsewhere, role="trainer")
    build.person("Cici Sinaga", unit_id=elsewhere, active=False)

    found = {query: names(browser, f"/people/?{query}") for query in
             ("q=damanik", "q=19860926+2015", "q=100%25+purba", "q=%25", f"unit={office}", "role=trainer", "active=no", "q=nobody")}

    assert found == {
        "q=damanik": ["Sari Damanik"], "q=19860926+2015": ["Sari Damanik"], "q=100%25+purba": ["Budi 100% Purba"], "q=%25": [],
        f"unit={office}": ["Agus Saragih", "Sari Damanik"], "role=trainer": ["Budi 100% Purba"], "active=no": ["Cici Sinaga"],
        "q=nobody": [],
    }


def test_a_page_holds_fifty_people(browser: InspectingClient, office: int) -> None:
    for number in range(60):
        build.person(f"Orang {number:02}", unit_id=office)

    assert (len(names(browser, "/people/")), len(names(browser, "/people/?page=2")), names(browser, "/people/?page=99")) == (50, 11, [])


def test_a_person_is_changed(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    form = {"name": " Sari  Damanik, S.E. ", "unit_id": office, "position": "Analis", "rank": "IX", "employment": "PPPK",
            "contract_start": "2025-03-01", "email": "sari@example.go.id", "position_kind": "ahli-muda"}

    response = browser.send(f"/people/{sari}/", **form)

    assert response.status_code == 303
    row = queries.person(sari)
    assert (row.name, row.position, row.rank, row.employment, str(row.contract_start), row.email) == (
        "Sari Damanik, S.E.", "Analis", "IX", "PPPK", "2025-03-01", "sari@example.go.id")


def test_a_mistake_is_said_at_its_field_and_nothing_is_written(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office)

    response = browser.send(f"/people/{sari}/", name="", unit_id=office, employment="PNS", email="no address")

    assert response.status_code == 422
    assert "Write the name with its titles." in shown(response)
    assert "Write it as name@office.go.id." in shown(response)
    assert queries.person(sari).name == "Sari"


def test_a_person_is_deactivated_and_let_in_again(browser: InspectingClient, office: int, sign_in: SignInAs) -> None:
    sari = build.person("Sari", unit_id=office)
    hers = sign_in(sari)

    browser.send(f"/people/{sari}/", f"/people/{sari}/active", active="no", reason="Pensiun.")
    gone = (queries.person(sari).active, hers.get("/").status_code)
    browser.send(f"/people/{sari}/", f"/people/{sari}/active", active="yes", reason="Kembali.")

    assert (gone, queries.person(sari).active) == ((False, 302), True)
    assert db.session.scalar(select(func.count()).select_from(SignIn).where(SignIn.person_id == sari)) == 0


def test_a_new_code_is_shown_once_and_works(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office, nip=NIP)

    page = BeautifulSoup(browser.send(f"/people/{sari}/account", f"/people/{sari}/code").get_data(as_text=True), "html.parser")
    code = page.select_one(".note.ok .num")

    assert code is not None
    assert code.get_text() not in browser.get(f"/people/{sari}/account").get_data(as_text=True)
    assert service.activate(NIP, code.get_text(), "tujuh gajah biru", address="::1") == sari


def test_a_trainers_modules_are_chosen_from_the_catalogue(browser: InspectingClient, office: int) -> None:
    budi = build.person("Budi", unit_id=office, role="trainer")
    build.trains(budi, "gone")

    browser.send(f"/people/{budi}/roles", f"/people/{budi}/modules", module=["sapa", "no-such-module"])

    assert set(queries.trained_modules(budi)) == {"sapa"}


def test_codes_are_made_for_those_of_a_subtree_who_never_set_a_password(browser: InspectingClient, office: int) -> None:
    below = build.unit("Puskesmas", parent=office)
    build.person("Sari", unit_id=below)
    build.person("Has a password", unit_id=below, password="tujuh gajah biru")
    build.person("Deactivated", unit_id=below, active=False)
    build.person("Elsewhere", unit_id=build.unit("Dinas Pendidikan"))

    page = BeautifulSoup(browser.send("/people/codes/", unit_id=below).get_data(as_text=True), "html.parser")

    assert [head.get_text()[:4] for head in page.select("tbody th")] == ["Sari"]


def test_the_last_administrator_is_told_why_she_stays(browser: InspectingClient, office: int) -> None:
    [agus] = db.session.scalars(select(Person.id))

    browser.send(f"/people/{agus}/", f"/people/{agus}/active", active="no", reason="Pensiun.")

    assert queries.person(agus).active is True
    assert "This is the last active administrator." in shown(browser.get(f"/people/{agus}/"))


def test_the_admin_of_an_office_cannot_take_over_an_administrator_who_works_there(app: Flask, office: int, sign_in: SignInAs) -> None:
    agus = build.person("Agus Saragih", role="admin", unit_id=office)
    build.person("Rina", role="admin")
    budi = build.person("Budi", unit_id=office)
    grants.give(budi, "admin", unit_id=office, by=None)
    browser = sign_in(budi)
    sari = build.person("Sari", unit_id=office)

    for person in (agus, sari):
        page = BeautifulSoup(browser.get(f"/people/{person}/").get_data(as_text=True), "html.parser")
        form = page.select_one(f'form[action="/people/{person}/"]')
        assert form is not None
        kept = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
        kept |= {field["name"]: chosen["value"] for field in form.select("select") if (chosen := field.select_one("[selected]"))}
        browser.post(f"/people/{person}/", data={**kept, "email": "budi@example.go.id"})
        browser.send(f"/people/{person}/", f"/people/{person}/active", active="no", reason="pensiun")

    assert (queries.person(agus).email, queries.person(agus).active) == (None, True)
    assert (queries.person(sari).email, queries.person(sari).active) == ("budi@example.go.id", False)
