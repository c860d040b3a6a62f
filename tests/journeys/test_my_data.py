"""Eka looks at what is held about her, takes it with her, and has her name corrected."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys import studying
from tests.journeys.city import MODULES, City
from tests.journeys.conftest import OpenPage
from tests.journeys.studying import press

CORRECTED = "Eka Purba, S.Sos."


@pytest.fixture
def eka(open_page: OpenPage, city: City) -> Iterator[Page]:
    """Eka at her data: she has a certificate, her supervisor and an administrator have looked at her, one made her a code."""
    resident = city.people["Eka"]
    studying.certificate_of(city, resident, MODULES[1])
    city.caller(city.people["Wati"]).get(f"/team/{resident.id}/")
    agus = city.caller(city.people["Agus"])
    agus.get(f"/people/{resident.id}/all")
    agus.post(f"/people/{resident.id}/code", {})
    page = open_page(resident, language="en")
    page.click("details.menu summary")
    press(page, 'details.menu a[href="/me/data/"]')
    yield page
    if city.rows("SELECT name FROM persons WHERE id = ?", resident.id) != [(resident.name,)]:
        _call_her(city, resident.name)


def _call_her(city: City, name: str) -> None:
    resident = city.people["Eka"]
    city.caller(resident).post("/me/data/requests/new", {"kind": "correction", "field": "name", "wanted": name, "reason": "Nama saya."})
    number = city.rows("SELECT max(id) FROM privacy_requests WHERE person_id = ?", resident.id)[0][0]
    city.caller(city.people["Agus"]).post(f"/office/privacy/requests/{number}/decide", {"decision": "accept", "answer": ""})


def _downloaded(page: Page, folder: Path) -> zipfile.ZipFile:
    with page.expect_download() as waiting:
        page.click('form[action="/me/data/download"] button')
    waiting.value.save_as(folder / "data.zip")
    return zipfile.ZipFile(folder / "data.zip")


def test_eka_takes_her_data_with_her_and_nobody_elses_number_is_among_them(eka: Page, city: City, tmp_path: Path) -> None:
    resident = city.people["Eka"]
    with _downloaded(eka, tmp_path) as archive:
        damaged = archive.testzip()
        texts = {name: archive.read(name).decode() for name in archive.namelist() if not name.endswith(".pdf")}
        pdfs = [archive.extract(name, tmp_path) for name in archive.namelist() if name.endswith(".pdf")]
    tables = json.loads(texts["data.json"])["tables"]
    others = [one.nip for one in city.people.values() if one.nip != resident.nip]
    held = city.rows("SELECT count(*) FROM certificates WHERE person_id = ? AND state = 'issued'", resident.id)[0][0]

    assert damaged is None
    assert [(row["name"], row["nip"]) for row in tables["persons"]] == [(resident.name, resident.nip)]
    assert [(name, nip) for name, text in texts.items() for nip in others if nip in text] == []
    assert len(pdfs) == held >= 1
    assert all(resident.name in studying.words_of(Path(pdf)) for pdf in pdfs)


def test_eka_sees_who_looked_at_her_and_what_was_done(eka: Page, city: City) -> None:
    sections = {key: eka.locator(f'section[aria-labelledby="{key}"]').inner_text() for key in ("seen", "done")}

    assert city.people["Wati"].name in sections["seen"]
    assert city.people["Agus"].name in sections["seen"]
    assert city.people["Agus"].name in sections["done"]


def test_eka_asks_for_a_correction_agus_grants_it_and_she_is_told(eka: Page, open_page: OpenPage, city: City) -> None:
    resident = city.people["Eka"]
    press(eka, 'a[href="/me/data/requests/new"]')
    eka.check('input[value="correction"]')
    eka.select_option("#field", "name")
    eka.fill("#wanted", CORRECTED)
    eka.fill("#reason", "Gelar saya belum tercatat.")
    press(eka, 'form[action="/me/data/requests/new"] .btn.primary')
    asked = eka.locator('section[aria-labelledby="requests"]').inner_text()
    agus = open_page(city.people["Agus"], language="en")
    press(agus, 'a[href="/notices/"]')
    press(agus, 'ul.notices > li:has-text("personal data") button.t')
    shown = agus.inner_text("dl.facts")
    press(agus, 'button[value="accept"]')
    press(eka, 'a[href="/notices/"]')
    press(eka, "ul.notices > li.unread:first-child button.t")

    assert f"{resident.name} → {CORRECTED}" in asked
    assert resident.name in shown
    assert CORRECTED in shown
    assert eka.url.startswith(f"{city.url}/me/data/")
    assert "Granted" in eka.locator('section[aria-labelledby="requests"] li').first.inner_text()
    assert city.rows("SELECT name FROM persons WHERE id = ?", resident.id) == [(CORRECTED,)]
