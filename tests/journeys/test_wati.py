"""Wati looks after her unit: who has learned what, and the certificates of all in one file."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page

from tests.journeys import studying
from tests.journeys.city import MODULES, City
from tests.journeys.conftest import OpenPage

MODULE = MODULES[1]


@pytest.fixture(scope="module")
def certified(city: City) -> City:
    """Eka of Wati's unit and Rini of another one have a certificate of the same module."""
    for name in ("Eka", "Rini"):
        studying.certificate_of(city, city.people[name], MODULE)
    return city


@pytest.fixture
def team(certified: City, open_page: OpenPage) -> Page:
    """Wati's team page, filtered by the module."""
    page = open_page(certified.people["Wati"])
    page.goto("/team/")
    page.select_option("#module", MODULE)
    studying.press(page, '.page form[method="get"] button')
    return page


def test_wati_sees_the_people_of_her_unit_and_nobody_else(open_page: OpenPage, certified: City) -> None:
    page = open_page(certified.people["Wati"])
    page.goto("/team/")

    names = set(page.locator("table a.name").all_inner_texts())

    assert names == {certified.people[one].name for one in ("Sari", "Dewi", "Eka", "Budi", "Wati")}


def test_wati_finds_a_person_by_name(open_page: OpenPage, certified: City) -> None:
    page = open_page(certified.people["Wati"])
    page.goto("/team/")
    page.fill("#q", "purba")
    studying.press(page, '.page form[method="get"] button')

    names = page.locator("table a.name").all_inner_texts()

    assert names == [certified.people["Eka"].name]


def test_wati_downloads_the_certificates_of_her_unit_as_one_zip(team: Page, certified: City, tmp_path: Path) -> None:
    zipped = zipfile.ZipFile(_downloaded(team, 'a[href*="certificates.zip"]', tmp_path))
    holders = certified.rows(
        "SELECT json_extract(snapshot, '$.name') FROM certificates WHERE module_id = ? AND person_id <> ?",
        MODULE, certified.people["Rini"].id)

    with zipped:
        pdfs = [(tmp_path / Path(name).name, zipped.read(name)) for name in zipped.namelist()]
    for path, content in pdfs:
        path.write_bytes(content)
    texts = [studying.words_of(path) for path, _content in pdfs]

    assert len(texts) == len(holders)
    assert all(any(name in words for words in texts) for (name,) in holders)
    assert not any(certified.people["Rini"].name in words for words in texts)


def test_wati_opens_the_csv_of_her_filter(team: Page, certified: City, tmp_path: Path) -> None:
    text = _downloaded(team, 'a[href*="export.csv"]', tmp_path).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))

    assert {row[0] for row in rows[1:]} == set(team.locator("table a.name").all_inner_texts())
    assert certified.people["Eka"].nip in "".join(rows[[row[0] for row in rows].index("Eka Purba")])


def test_wati_opens_the_workbook_of_her_filter(team: Page, certified: City, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_downloaded(team, 'a[href*="export.xlsx"]', tmp_path))
    rows = list(book.worksheets[0].iter_rows(values_only=True))

    assert {row[0] for row in rows[1:]} == set(team.locator("table a.name").all_inner_texts())
    assert certified.people["Eka"].nip in next(row for row in rows if row[0] == "Eka Purba")


def test_nobody_but_a_supervisor_or_admin_opens_a_team(open_page: OpenPage, certified: City) -> None:
    for name in ("Sari", "Budi"):
        reply = open_page(certified.people[name]).goto("/team/")

        assert reply
        assert reply.status == 403


def _downloaded(page: Page, link: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.click(link)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
