"""Giving and ending roles, and the page that shows the table."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from lms.base.db import db, transaction
from lms.people import grants, queries
from lms.people.models import Grant
from lms.people.roles import PERMISSIONS, ROLES
from tests import build
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]


@pytest.fixture
def office(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Kecamatan Utara")


@pytest.fixture
def agus(office: int) -> int:
    """An administrator of the whole agency."""
    return build.person("Agus Saragih", role="admin", unit_id=office)


@pytest.fixture
def browser(agus: int, sign_in: SignIn) -> InspectingClient:
    """His browser, in English."""
    client = sign_in(agus)
    client.set_cookie("lang", "en")
    return client


def give(browser: InspectingClient, person: int, **form: object) -> str:
    values = {"role": "supervisor", "unit": "all", "reason": "SK 12/2026", **form}
    answer = browser.send(f"/people/{person}/roles", **values)
    return words((browser.get(answer.location) if answer.location else answer).get_data(as_text=True))


def test_a_role_is_given_for_a_unit_and_said_in_words(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office)

    page = give(browser, sari, unit=office, until="2026-06-30")

    assert "Supervisor : Kecamatan Utara with all below it 10 March 2026 to 30 June 2026 given by Agus Saragih SK 12/2026" in page
    assert queries.roles_of([sari]) == {sari: ("supervisor",)}


@pytest.mark.parametrize(("form", "sentence"), [
    ({"unit": ""}, "Say what the role is for"), ({"role": "trainer", "unit": "all"}, "Say what the role is for"),
    ({"reason": " "}, "Give a reason"), ({"until": "2026-03-01"}, "The last day lies before the first"), ({"from": "soon"}, "This is no date"),
])
def test_a_role_needs_what_it_is_for_and_why(browser: InspectingClient, office: int, form: dict[str, object], sentence: str) -> None:
    sari = build.person("Sari", unit_id=office)

    page = give(browser, sari, **form)

    assert sentence in page
    assert queries.roles_of([sari]) == {}


def test_a_refused_role_keeps_what_was_chosen(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office)

    answer = browser.send(f"/people/{sari}/roles", role="auditor", unit=office, until="2026-03-01", reason="SK 12/2026", **{"from": "2026-03-05"})

    page = BeautifulSoup(answer.data, "html.parser")
    chosen = [option.get("value") for option in page.select("#role option[selected], #unit option[selected], #module option[selected]")]
    assert (answer.status_code, chosen) == (422, ["auditor", str(office)])
    assert [page.select_one(field)["value"] for field in ("#from", "#until", "#why")] == ["2026-03-05", "2026-03-01", "SK 12/2026"]  # type: ignore[index]


@pytest.mark.parametrize("form", [{"role": "delegate"}, {"role": "root"}, {"unit": "999999"}, {"role": "marker", "module": "no-such"}])
def test_b13_what_the_form_does_not_offer_is_not_given(browser: InspectingClient, office: int, form: dict[str, object]) -> None:
    sari = build.person("Sari", unit_id=office)

    response = browser.send(f"/people/{sari}/roles", **{"role": "supervisor", "unit": "all", "reason": "SK 12", **form})

    assert response.status_code == 404
    assert queries.roles_of([sari]) == {}


def test_nobody_gives_herself_a_role_but_may_end_her_own(browser: InspectingClient, agus: int, office: int) -> None:
    build.person("Rina", role="admin", unit_id=office)

    page = give(browser, agus, role="auditor")
    grant = db.session.scalars(select(Grant.id).where(Grant.person_id == agus)).one()
    browser.send(f"/people/{agus}/roles", f"/people/{agus}/roles/{grant}/end")

    assert "Nobody gives a role to herself." in page
    assert queries.roles_of([agus]) == {}


def test_b16_the_last_administrator_keeps_the_role(browser: InspectingClient, agus: int) -> None:
    grant = db.session.scalars(select(Grant.id).where(Grant.person_id == agus)).one()

    browser.send(f"/people/{agus}/roles", f"/people/{agus}/roles/{grant}/end")

    assert queries.roles_of([agus]) == {agus: ("admin",)}


def test_an_administrator_of_one_unit_gives_no_roles(office: int, sign_in: SignIn) -> None:
    rina = build.person("Rina", unit_id=office)
    sari = build.person("Sari", unit_id=office)
    with transaction():
        grants.add(rina, "admin", unit_id=office)
    browser = sign_in(rina)

    seen = (browser.get(f"/people/{sari}/roles").status_code, browser.get("/roles/").status_code,
            browser.send(f"/people/{sari}/", f"/people/{sari}/roles", role="admin", unit="all", reason="SK 1").status_code)

    assert seen == (403, 403, 403)
    assert queries.roles_of([sari]) == {}


def test_a_grant_is_ended_only_on_the_page_of_whoever_holds_it(browser: InspectingClient, office: int, agus: int) -> None:
    sari = build.person("Sari", unit_id=office, role="supervisor")
    grant = db.session.scalars(select(Grant.id).where(Grant.person_id == sari)).one()

    assert browser.send(f"/people/{agus}/roles", f"/people/{agus}/roles/{grant}/end").status_code == 404
    assert queries.roles_of([sari]) == {sari: ("supervisor",)}


def test_the_page_shows_the_table_of_the_code(browser: InspectingClient) -> None:
    page = BeautifulSoup(browser.get("/roles/").get_data(as_text=True), "html.parser")
    rows = [[cell.get_text(strip=True) == "yes" for cell in row.select("td")] for row in page.select("table.matrix tbody tr")]

    assert rows == [[permission in role.permissions for role in ROLES.values()] for permission in PERMISSIONS]


def test_holders_are_listed_filtered_and_exported(browser: InspectingClient, office: int) -> None:
    below = build.unit("Kelurahan", parent=office)
    build.person("Wati", role="supervisor", unit_id=below)
    build.person("Gone", role="supervisor", unit_id=below, active=False)

    listed = [link.get_text() for link in BeautifulSoup(
        browser.get(f"/roles/?role=supervisor&unit={office}").get_data(as_text=True), "html.parser").select("table.people .name")]
    file = browser.send("/roles/", "/roles/export.csv?role=supervisor").get_data(as_text=True)

    assert listed == ["Wati"]
    assert ("Wati" in file, "Agus" in file, "Gone" in file) == (True, False, False)


def test_an_auditor_reads_the_pages_and_finds_nothing_to_press(office: int, agus: int, sign_in: SignIn) -> None:
    auditor = build.person("Rini", role="auditor", unit_id=office)
    browser = sign_in(auditor)

    forms = {}
    for address in (f"/people/{agus}/", f"/people/{agus}/roles", f"/people/{agus}/all"):
        main = BeautifulSoup(browser.get(address).get_data(as_text=True), "html.parser").main
        assert main is not None
        forms[address.rpartition("/")[2]] = len(main.select("form"))

    assert forms == {"": 0, "roles": 0, "all": 0}
