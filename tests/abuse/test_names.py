"""Names of every kind, on the page, in the table and on paper; nothing in them runs or breaks a header."""

import csv
import io
import subprocess
import unicodedata
import zipfile

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook  # type: ignore[import-untyped]
from sqlalchemy import select

from lms.base.db import db
from lms.certificates.models import Certificate
from tests import build
from tests.certificates.test_service import completed
from tests.house.town import SignIn
from tests.inspecting import words

LONG = " ".join(["Maria Magdalena boru Simanjuntak"] * 7)[:200].strip()
NAMES = {
    "long": LONG, "unbroken": "N" * 200, "emoji": "Sari 😀 Damanik", "right to left": "محمد الأمين",
    "mixed direction": "Sari محمد Damanik", "override": "Sari \u202eKinamad\u202c", "one letter": "A", "apostrophe": "O'Neil D'Souza",
    "titles": "Dr. Ir. Sari, S.Sos., M.Si.", "script": "<script>alert(1)</script>", "picture": '"><img src=x onerror=alert(1)>',
    "template": "{{7*7}} {% raw %} ${7*7} %(x)s {0.__class__}", "null": "null", "formula": "=HYPERLINK(\"http://evil\")",
    "line break": "Sari\r\nSet-Cookie: a=b", "header": 'Sari"; filename="evil.exe', "path": "../../etc/passwd",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_c47_a_name_is_shown_as_it_is_on_every_page(app: Flask, sign_in: SignIn, name: str) -> None:
    unit = build.unit(name)
    sari = build.person(name, unit_id=unit, position=name)
    wati = build.person(name, role="supervisor", unit_id=unit)
    agus = build.person(name, role="admin", unit_id=unit)
    serial = completed(sari).serial
    pages = [(sari, "/"), (sari, f"/certificates/{serial}/"), (wati, "/team/"), (wati, f"/team/{sari}/"), (agus, "/people/"),
             (agus, f"/people/{sari}/"), (agus, "/modules/sapa/results/"), (sari, f"/verify/{serial}")]

    for reader, address in pages:
        response = sign_in(reader).get(address)

        assert response.status_code == 200
        page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
        assert page.find_all("img", src="x") == []
        assert [tag for tag in page.find_all("script") if not tag.get("src")] == []
        if address != "/":
            shown = words(str(page)) + " ".join(str(field.get("value", "")) for field in page.find_all("input"))
            assert " ".join(name.split()) in " ".join(shown.split())


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_c28_c29_c30_c47_a_name_stays_one_harmless_cell_of_a_table(app: Flask, sign_in: SignIn, name: str) -> None:
    unit = build.unit()
    build.person(name, unit_id=unit)
    wati = sign_in(build.person("Wati", role="supervisor", unit_id=unit))
    harmless = f"'{name}" if name.startswith("=") else name

    table = wati.get("/team/export.csv")
    sheet = wati.get("/team/export.xlsx")

    rows = list(csv.reader(io.StringIO(table.get_data(as_text=True).removeprefix("\ufeff"), newline=""), delimiter=";"))
    cells = [row[0].value for row in load_workbook(io.BytesIO(sheet.data)).active.iter_rows(min_row=2)]
    assert sorted(row[0] for row in rows[1:]) == sorted([harmless, "Wati"])
    assert sorted(str(cell).replace("_x000D_", "\r") for cell in cells) == sorted([harmless, "Wati"])


@pytest.mark.parametrize("kind", ["long", "emoji", "right to left", "one letter", "apostrophe", "script", "template", "header", "path"])
def test_c34_c47_k24_a_name_is_printed_or_refused_in_words_and_its_file_has_a_plain_name(app: Flask, sign_in: SignIn, kind: str) -> None:
    unit = build.unit()
    sari = build.person(NAMES[kind], unit_id=unit)
    wati = sign_in(build.person("Wati", role="supervisor", unit_id=unit))
    serial = completed(sari).serial

    one = sign_in(sari).get(f"/certificates/{serial}.pdf", buffered=True)
    many = wati.get("/team/certificates.zip", buffered=True)

    assert (one.status_code, many.status_code) in {(200, 200), (409, 409)}
    if one.status_code == 200:
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=one.data, capture_output=True, check=True, timeout=60).stdout.decode()
        inside = zipfile.ZipFile(io.BytesIO(many.data)).namelist()
        assert one.headers["Content-Disposition"] == "attachment; filename=sertifikat-0001-SERT-BKPSDM-III-2026.pdf"
        assert _letters(NAMES[kind]) == "".join(letter for letter in _letters(NAMES[kind]) if letter in _letters(text))
        assert [name for name in inside if set(name) & set('/\\":') or name.startswith(".")] == []


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_two_people_of_one_name_have_two_files_in_the_zip(app: Flask, sign_in: SignIn) -> None:
    unit = build.unit()
    for _each in range(2):
        completed(build.person("Sari Damanik", unit_id=unit))
    wati = sign_in(build.person("Wati", role="supervisor", unit_id=unit))

    answer = wati.get("/team/certificates.zip", buffered=True)

    assert len(set(zipfile.ZipFile(io.BytesIO(answer.data)).namelist())) == 2


def test_a_name_that_cannot_be_printed_keeps_its_certificate_and_says_why(app: Flask, sign_in: SignIn) -> None:
    sari = build.person("Sari \U0001f984\U00012000")
    serial = completed(sari).serial
    browser = sign_in(sari)
    browser.set_cookie("lang", "en")

    answer = browser.get(f"/certificates/{serial}.pdf", buffered=True)

    assert answer.status_code == 409
    assert "correct the name" in words(answer.get_data(as_text=True))
    assert browser.get(f"/certificates/{serial}/").status_code == 200
    assert db.session.scalars(select(Certificate.sha256)).all() == [None]
