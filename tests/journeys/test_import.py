"""Agus takes over a list of people from a spreadsheet: mistakes first, then the mended file, then the codes for those who are new."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City, Resident
from tests.journeys.conftest import OpenPage
from tests.journeys.studying import press
from tests.journeys.test_first_sign_in import PASSWORD, use_code

Row = Sequence[str]
HEADER = ("NIP Baru", "Nama", "Unit Kerja", "Golongan")
RINI = "199405052019032005"
NEW = {"csv": ("198801012012012008", "Lina Hasibuan"), "xlsx": ("198802022012012009", "Nurhayati Pohan")}
GRADES = {"csv": "III/b", "xlsx": "III/c"}


def with_mistakes(kind: str) -> list[Row]:
    """Three cells are wrong: a digit is missing, an office is misspelt, a rank does not exist."""
    nip, name = NEW[kind]
    return [
        HEADER,
        (nip[:-1], name, "Dinas Perhubungan", "III/a"),
        (RINI, "Rini Hutagalung", "Dinas Perhubugan", GRADES[kind]),
        ("199506062020121006", "Tono Nainggolan", "Dinas Perhubungan", "III/z"),
    ]


def mended(kind: str) -> list[Row]:
    """The same list without them."""
    nip, name = NEW[kind]
    return [
        HEADER,
        (nip, name, "Dinas Perhubungan", "III/a"),
        (RINI, "Rini Hutagalung", "Dinas Perhubungan", GRADES[kind]),
        ("199506062020121006", "Tono Nainggolan", "Dinas Perhubungan", "III/a"),
    ]


def written(folder: Path, kind: str, rows: list[Row]) -> Path:
    """The rows as a file of this kind."""
    path = folder / f"pegawai-{len(list(folder.iterdir()))}.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            csv.writer(target, delimiter=";").writerows(rows)
    else:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Pegawai")
        for row in rows:
            sheet.append(list(row))
        book.save(path)
    return path


@pytest.fixture
def agus(open_page: OpenPage, city: City) -> Iterator[Page]:
    """Agus on the page of imports, in English; what waits there afterwards is thrown away."""
    page = open_page(city.people["Agus"], language="en")
    page.goto("/administration/")
    press(page, 'main a[href="/people/import/"]')
    yield page
    page.goto("/people/import/")
    if page.locator('form[action$="/cancel"] button').count():
        press(page, 'form[action$="/cancel"] button')


def send(page: Page, file: Path) -> None:
    page.set_input_files("#file", file)
    press(page, "main form[enctype] .btn.primary")


def table_of(page: Page) -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in page.locator("main tbody tr").all()]


def part(page: Page, key: str) -> list[list[str]]:
    press(page, f'.tabs a[href$="show={key}"]')
    return table_of(page)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_mistakes_are_named_by_cell_with_what_to_do_and_nothing_is_imported(agus: Page, city: City, tmp_path: Path, kind: str) -> None:
    send(agus, written(tmp_path, kind, with_mistakes(kind)))
    mistakes = table_of(agus)

    assert agus.locator(".note.bad .title").inner_text() == "3 mistakes have to be mended"
    assert [(cell, column) for cell, column, *_rest in mistakes] == [("A2", "NIP Baru"), ("C3", "Unit Kerja"), ("D4", "Golongan")]
    assert [(what, remedy) for *_cell, what, remedy in mistakes] == [
        ("A NIP has 18 digits, this has 17 signs.", "Write the 18 digits; spaces are allowed."),
        ("There is no unit Dinas Perhubugan.",
         "Do you mean Dinas Perhubungan? Write that name or its code. New units come with an import of units."),
        ("There is no rank III/z.", "Write for example III/a for PNS or IX for PPPK."),
    ]
    assert agus.locator('form[action$="/confirm"]').count() == 0
    assert city.rows("SELECT id FROM persons WHERE name = ?", NEW[kind][1]) == []


def test_the_mistakes_can_be_taken_to_whoever_mends_them(agus: Page, tmp_path: Path) -> None:
    send(agus, written(tmp_path, "csv", with_mistakes("csv")))
    with agus.expect_download() as waiting:
        agus.click('a[href$="/mistakes.csv"]')
    waiting.value.save_as(tmp_path / "salah.csv")

    rows = list(csv.reader(io.StringIO((tmp_path / "salah.csv").read_text("utf-8-sig")), delimiter=";"))

    assert [cells[0] for cells in rows[1:]] == ["A2", "C3", "D4"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_mended_file_is_looked_at_confirmed_and_one_who_is_new_signs_in_with_her_code(
    agus: Page, open_page: OpenPage, city: City, tmp_path: Path, kind: str
) -> None:
    nip, name = NEW[kind]
    before = city.rows("SELECT rank FROM persons WHERE nip = ?", RINI)[0][0]
    send(agus, written(tmp_path, kind, with_mistakes(kind)))
    press(agus, "a.btn.primary")
    send(agus, written(tmp_path, kind, mended(kind)))
    counts = agus.locator("dl.counts").inner_text().split()
    new, changed = part(agus, "new"), part(agus, "changed")
    press(agus, 'form[action$="/confirm"] .btn.primary')
    slip = agus.locator(".slips tbody tr", has_text=name)
    lina = open_page(language="en")
    use_code(lina, Resident(name, nip), slip.locator(".code").inner_text(), PASSWORD)

    assert [counts[at:at + 2] for at in range(0, 6, 2)] == [["new", "1"], ["changed", "1"], ["unchanged", "1"]]
    assert [cells[0] for cells in new] == [name]
    assert [(cells[0], cells[3]) for cells in changed] == [("Rini Hutagalung", f"Rank: {before} {GRADES[kind]}")]
    assert agus.locator(".slips tbody tr").count() == 1
    assert city.rows("SELECT rank FROM persons WHERE nip = ?", RINI) == [(GRADES[kind],)]
    assert lina.url == f"{city.url}/"
    expect(lina.locator("h1")).to_contain_text(name.split()[0])
