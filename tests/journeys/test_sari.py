"""Sari studies each module from the first lesson to the verified certificate, on a phone and on an old office machine."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys import studying
from tests.journeys.city import MODULES, City
from tests.journeys.conftest import OpenPage

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def _from_lesson_to_certificate(page: Page, city: City, module: str, folder: Path, name: str) -> None:
    lessons = studying.study(page, module)
    studying.take_quiz(page, city, module)
    result = page.locator(".result")
    passed, score = result.locator(".badge.ok").count(), result.locator(".score b").inner_text()
    pdf = studying.download(page, folder)
    serial, title = city.rows(
        "SELECT serial, json_extract(snapshot, '$.module') FROM certificates WHERE module_id = ? AND json_extract(snapshot, '$.name') = ?",
        module, name)[0]
    page.goto(f"/verify/{serial}")

    assert lessons == len(list((city.content / "modules" / module).glob("[0-9]*.md")))
    assert (passed, score) == (1, "100")
    assert name in studying.words_of(pdf)
    assert title in studying.words_of(pdf)
    assert page.locator(".verdict").get_attribute("class") == "verdict"
    assert name in page.locator("dl.facts").inner_text()
    assert studying.compare(page, pdf)


@pytest.mark.parametrize("module", MODULES)
def test_sari_studies_a_module_on_her_phone_and_gets_a_certificate_that_anyone_can_verify(
    open_page: OpenPage, city: City, tmp_path: Path, module: str
) -> None:
    sari = city.people["Sari"]
    page = open_page(sari, **PHONE)

    _from_lesson_to_certificate(page, city, module, tmp_path, sari.name)


def test_tono_reaches_his_certificate_in_a_browser_without_scripts(open_page: OpenPage, city: City, tmp_path: Path) -> None:
    tono = city.people["Tono"]
    page = open_page(tono, java_script_enabled=False)

    _from_lesson_to_certificate(page, city, MODULES[0], tmp_path, tono.name)


def test_a_certificate_to_which_bytes_were_added_is_not_the_issued_file(open_page: OpenPage, city: City, tmp_path: Path) -> None:
    dewi = city.people["Dewi"]
    serial = studying.certificate_of(city, dewi, MODULES[0])
    pdf = studying.download(open_page(dewi), tmp_path)
    pdf.write_bytes(pdf.read_bytes() + b"\n% one more line")
    stranger = open_page()
    stranger.goto(f"/verify/{serial}")

    assert not studying.compare(stranger, pdf)
    assert stranger.locator(".note.bad").count() == 1


def test_the_verification_page_is_open_to_strangers_and_hides_most_of_the_nip(open_page: OpenPage, city: City) -> None:
    dewi = city.people["Dewi"]
    serial = studying.certificate_of(city, dewi, MODULES[0])
    page = open_page()
    page.goto(f"/verify/{serial}")

    assert dewi.name in page.content()
    assert dewi.nip[-3:] in page.locator("dl.facts").inner_text()
    assert dewi.nip[:15] not in page.content()
    assert dewi.nip[-4:] not in page.content()
