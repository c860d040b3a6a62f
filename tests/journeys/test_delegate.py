"""Wati goes away for three days: Dewi sees the team in her place, until Wati ends it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from lms.base import clock
from tests.journeys.city import City
from tests.journeys.conftest import OpenPage, sign_in
from tests.journeys.studying import press


@pytest.fixture
def wati(open_page: OpenPage, city: City) -> Iterator[Page]:
    """Wati, who has named Dewi from today for three days."""
    page = open_page(city.people["Wati"], language="en")
    page.goto("/team/")
    press(page, f'a[href="/people/{city.people["Wati"].id}/delegates"]')
    page.fill("#q", "dewi")
    press(page, 'form[role="search"] button')
    page.check(f'input[name="delegate"][value="{city.people["Dewi"].id}"]')
    page.fill("#until", (clock.today() + timedelta(days=2)).isoformat())
    page.fill("#why", "Cuti tahunan")
    press(page, 'main form[method="post"] .btn.primary')
    yield page
    if page.locator('form[action$="/end"] button').count():
        press(page, 'form[action$="/end"] button')


def test_nobody_sees_a_team_before_she_is_named(open_page: OpenPage, city: City) -> None:
    page = open_page(city.people["Dewi"])
    reply = page.goto("/team/")

    assert reply is not None
    assert reply.status == 403
    assert page.locator('.nav a[href="/team/"]').count() == 0


def test_dewi_sees_the_team_of_wati_for_whom_she_stands_in_and_nothing_more(wati: Page, open_page: OpenPage, city: City) -> None:
    dewi = open_page(city.people["Dewi"], language="en")
    press(dewi, '.nav a[href="/team/"]')
    names = set(dewi.locator("table a.name").all_inner_texts())
    banner = dewi.locator(".note[role=status]").inner_text()
    press(dewi, f'table a.name:has-text("{city.people["Eka"].name}")')
    member = dewi.inner_text("h1")
    refused = [reply.status for path in (f"/people/{city.people['Wati'].id}/delegates", f"/people/{city.people['Eka'].id}/")
               if (reply := dewi.goto(path))]

    assert f"{city.people['Dewi'].name}" in wati.inner_text("main ul.rows")
    assert banner.startswith(f"You stand in for {city.people['Wati'].name} until ")
    assert names == {city.people[one].name for one in ("Sari", "Dewi", "Eka", "Budi", "Wati")}
    assert member == city.people["Eka"].name
    assert refused == [403, 403]


def test_the_next_click_leads_to_the_sign_in_page_once_wati_has_ended_it_and_the_team_stays_closed(wati: Page, open_page: OpenPage, city: City) -> None:
    dewi = open_page(city.people["Dewi"], language="en")
    dewi.goto("/team/")
    press(wati, 'form[action$="/end"] button')
    press(dewi, '.nav a[href="/team/"]')
    asked = dewi.url
    sign_in(dewi, city.people["Dewi"])
    reply = dewi.goto("/team/")

    assert asked == f"{city.url}/login?next=/team/"
    assert reply is not None
    assert reply.status == 403
    assert dewi.locator("table a.name").count() == 0


def test_agus_reads_what_dewi_saw_on_whose_behalf(wati: Page, open_page: OpenPage, city: City) -> None:
    people = city.people
    dewi, agus = open_page(people["Dewi"]), open_page(people["Agus"], language="en")
    dewi.goto(f"/team/{people['Eka'].id}/")
    press(wati, 'form[action$="/end"] button')
    agus.goto(f"/ops/readings/?q={people['Dewi'].nip}")
    readings = [row.inner_text() for row in agus.locator("main tbody tr").all()]
    agus.goto(f"/ops/audit/?q={people['Dewi'].nip}")
    acts = [row.inner_text() for row in agus.locator("main tbody tr").all()]

    about_eka = [line for line in readings if people["Eka"].name in line]
    assert about_eka
    assert all(f"on behalf of {people['Wati'].name}" in line for line in about_eka)
    assert [found[0] for line in acts if (found := re.search("Gave a role|Ended a role", line))][:2] == ["Ended a role", "Gave a role"]
