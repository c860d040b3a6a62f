"""The pages of an import, step by step, as an administrator meets them."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.base import clock
from lms.base.db import db
from lms.people.models import Person, Unit
from lms.rosters import service
from lms.rosters.models import ColumnMapping, ImportFile
from tests import build
from tests.inspecting import InspectingClient, words
from tests.rosters.files import SIASN, siasn, xlsx

GOOD, OTHER = "198609262015051001", "199009132025242014"
FORM = "/people/import/"
LIST = f"nip,name,unit\n{GOOD},Sari Damanik,dinkes\n"


@pytest.fixture
def admin(app: Flask) -> int:
    """An administrator in the unit of the tests, and a folder of files that is empty."""
    with app.app_context():
        for path in service.folder().iterdir():
            path.unlink()
    return build.person("Agus", role="admin", unit_id=build.unit("Dinas Kesehatan", code="dinkes"), nip=OTHER)


@pytest.fixture
def office(admin: int, sign_in: Callable[[int], InspectingClient]) -> InspectingClient:
    """A browser in which the administrator is signed in."""
    browser = sign_in(admin)
    browser.set_cookie("lang", "en")
    return browser


def sent(browser: InspectingClient, content: str | bytes, *, name: str = "pegawai.csv", **values: Any) -> TestResponse:
    """The answer to a file."""
    data = content.encode() if isinstance(content, str) else content
    return browser.post(FORM, data={
        "csrf_token": browser.token(FORM), "kind": "people", "scope": "", "file": (io.BytesIO(data), name), **values})


def mark(browser: InspectingClient, address: str) -> str:
    field = BeautifulSoup(browser.get(address).data, "html.parser").find("input", {"name": "mark"})
    return str(field["value"])  # type: ignore[index]


def confirm(browser: InspectingClient, address: str, **values: str) -> TestResponse:
    return browser.send(address, f"{address}confirm", mark=mark(browser, address), **values)


def people() -> set[str]:
    return set(db.session.scalars(select(Person.name)))


def test_a_list_is_sent_looked_at_and_confirmed(office: InspectingClient) -> None:
    answer = sent(office, LIST)
    shown = words(office.get(answer.location).text)
    before = people()
    done = confirm(office, answer.location)

    assert (answer.status_code, before) == (303, {"Agus"})
    assert "Sari Damanik 19860926 201505 1 001 Dinas Kesehatan" in shown
    assert (done.status_code, people()) == (200, {"Agus", "Sari Damanik"})
    page = BeautifulSoup(done.data, "html.parser")
    assert [len(code.get_text()) for code in page.select(".slips .code")] == [11]
    assert list(service.folder().glob("*.table")) == []


def test_the_second_of_two_clicks_says_that_it_is_done_and_where_codes_come_from(office: InspectingClient) -> None:
    address = sent(office, LIST).location
    token, read = office.token(address), mark(office, address)
    confirm(office, address)

    again = office.post(f"{address}confirm", data={"csrf_token": token, "mark": read}, follow_redirects=True)

    assert "pegawai.csv has been imported already. Codes are shown only once" in words(again.text)
    assert len(people()) == 2


def test_mistakes_are_shown_by_cell_and_nothing_can_be_confirmed(office: InspectingClient) -> None:
    address = sent(office, f"{LIST}1,Budi,nowhere\n").location
    page = BeautifulSoup(office.get(address).data, "html.parser")
    table = office.get(f"{address}mistakes.csv").text

    assert [cell.get_text() for cell in page.select("tbody .cell")] == ["A3", "C3"]
    assert page.find("input", {"name": "mark"}) is None
    assert office.send(FORM, f"{address}confirm", mark="").status_code == 409
    assert [line.split(";")[0] for line in table.splitlines()[1:]] == ["A3", "C3"]
    assert people() == {"Agus"}


def test_a_mended_file_takes_the_place_of_the_first_and_the_choices_are_kept(office: InspectingClient, admin: int) -> None:
    unit = db.session.scalars(select(Unit.id)).one()
    first = sent(office, f"{LIST}1,Budi,dinkes\n", scope=str(unit)).location
    link = BeautifulSoup(office.get(first).data, "html.parser").select_one(".note.bad a.primary")
    assert link is not None
    form = BeautifulSoup(office.get(str(link["href"])).data, "html.parser")

    second = sent(office, f"{LIST}{OTHER},Agus,dinkes\n", scope=str(unit)).location

    assert form.select_one("option[selected]")["value"] == str(unit)  # type: ignore[index]
    assert first != second
    assert "This file is not here any more" in words(office.get(first, follow_redirects=True).text)
    assert (confirm(office, second).status_code, people()) == (200, {"Agus", "Sari Damanik"})


def test_unknown_columns_are_asked_about_once_and_remembered(office: InspectingClient) -> None:
    text = f"Nomor Pegawai;Orang;dinas\n{GOOD};Sari;dinkes\n"
    asked = sent(office, text).location
    office.get(asked)
    told = office.send(asked, c0="nip", c1="name", c2="unit")
    again = sent(office, text).location

    assert (asked.endswith("/columns"), told.location.endswith("/columns"), again.endswith("/columns")) == (True, False, False)
    assert confirm(office, again).status_code == 200
    assert db.session.scalars(select(ColumnMapping.meant)).all() == [{"nomorpegawai": "nip", "orang": "name", "dinas": "unit"}]


def test_a_column_cannot_be_said_to_hold_what_no_list_may_bring(office: InspectingClient) -> None:
    address = sent(office, f"nip,name,unit,x\n{GOOD},Sari,dinkes,1\n").location

    office.send(address, c3="password_hash", c0="active")

    assert db.session.scalars(select(ColumnMapping.meant)).all() == [{}]


def test_a_siasn_file_needs_no_question(office: InspectingClient) -> None:
    content = xlsx([SIASN, siasn(NIP_BARU=GOOD, NAMA="Sari", UNOR_NAMA="Dinas Kesehatan", JENIS_PEGAWAI_NAMA="PNS")])

    answer = sent(office, content, name="SIASN.xlsx")

    assert not answer.location.endswith("/columns")
    assert (confirm(office, answer.location).status_code, people()) == (200, {"Agus", "Sari"})


def test_another_sheet_can_be_chosen(office: InspectingClient) -> None:
    content = xlsx([["Petunjuk"]], sheets={"Data ASN": [line.split(",") for line in LIST.splitlines()]})
    address = sent(office, content).location.removesuffix("columns")

    answer = office.send(f"{address}columns", f"{address}sheet", sheet="Data ASN")

    assert answer.status_code == 303
    assert (confirm(office, address).status_code, people()) == (200, {"Agus", "Sari Damanik"})


def test_more_than_one_in_five_leave_only_after_a_tick(office: InspectingClient, admin: int) -> None:
    budi = build.person("Budi", unit_id=db.session.scalars(select(Unit.id)).one())
    db.session.rollback()
    address = sent(office, f"nip,name,unit\n{OTHER},Agus,dinkes\n", scope="all").location

    without = confirm(office, address)
    still = db.session.scalar(select(Person.active).where(Person.id == budi))
    db.session.rollback()
    ticked = confirm(office, address, leaving="yes")

    assert (without.status_code, still, ticked.status_code) == (409, True, 200)
    assert "Tick the box if they are to leave." in words(without.text)
    assert db.session.scalar(select(Person.active).where(Person.id == budi)) is False


def test_if_people_have_changed_meanwhile_the_new_plan_is_shown(office: InspectingClient) -> None:
    address = sent(office, LIST).location
    read, token = mark(office, address), office.token(address)
    build.person("Sari", nip=GOOD, unit_id=db.session.scalars(select(Unit.id)).one())
    db.session.rollback()

    answer = office.post(f"{address}confirm", data={"csrf_token": token, "mark": read})

    assert (answer.status_code, people()) == (409, {"Agus", "Sari"})
    assert "Something has changed meanwhile" in words(answer.text)
    assert (confirm(office, address).status_code, people()) == (200, {"Agus", "Sari Damanik"})


def test_a_stored_file_that_was_exchanged_is_not_imported(office: InspectingClient, admin: int) -> None:
    address = sent(office, LIST).location
    service.path_of(address.split("/")[-2]).write_text(f"nip,name,unit\n{GOOD},Mallory,dinkes\n", "utf-8")

    answer = confirm(office, address)

    assert "The stored file is not the one that was sent." in words(office.get(answer.location).text)
    assert people() == {"Agus"}


def test_nobody_sees_the_file_of_another(office: InspectingClient, sign_in: Callable[[int], InspectingClient]) -> None:
    address = sent(office, LIST).location
    other = sign_in(build.person("Rini", role="admin"))

    for page in ("", "columns", "mistakes.csv"):
        answer = other.get(f"{address}{page}")
        assert (answer.status_code, answer.location) == (303, FORM)
    assert other.send(FORM, f"{address}confirm", mark=mark(office, address)).location == FORM
    assert "Sari" not in people()


def test_a_file_that_waits_is_offered_again_and_can_be_thrown_away(office: InspectingClient) -> None:
    address = sent(office, LIST).location
    offered = words(office.get(FORM).text)

    answer = office.send(address, f"{address}cancel")

    assert "pegawai.csv waits for you" in offered
    assert (answer.location, "waits for you" in office.get(FORM).text) == (FORM, False)
    assert list(service.folder().glob("*.table")) == []


def test_files_are_thrown_away_after_a_day(office: InspectingClient) -> None:
    address = sent(office, LIST).location
    stray = service.path_of("x")
    stray.write_bytes(b"")

    clock.advance(timedelta(hours=23))
    service.sweep()
    kept = db.session.scalars(select(ImportFile.name)).all()
    db.session.rollback()
    clock.advance(timedelta(days=400))
    service.sweep()

    assert kept == ["pegawai.csv"]
    assert (db.session.scalars(select(ImportFile.name)).all(), list(service.folder().glob("*.table"))) == ([], [])
    assert address


def test_a_waiting_file_can_be_read_by_nobody_else_on_the_machine(office: InspectingClient) -> None:
    sent(office, LIST)

    [path] = service.folder().glob("*.table")
    assert oct(path.stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize("name", [
    "pegawai.csv.exe", ".htaccess", "../../../etc/passwd", "C:\\daftar\\pegawai.csv", "😀.csv", "a" * 255, "x\"><b>.csv", "", "\u202evsc.exe",
])
def test_c44_the_name_of_a_file_is_only_shown_and_never_a_path(office: InspectingClient, name: str) -> None:
    answer = sent(office, LIST, name=name or " ")

    page = BeautifulSoup(office.get(answer.location).data, "html.parser")
    [path] = service.folder().glob("*.table")
    assert (answer.status_code, path.parent == service.folder()) == (303, True)
    assert page.select("main b") == page.select("main dd b")
    shown = db.session.scalars(select(ImportFile.name)).one()
    assert ({"/", "\\"} & set(shown), shown.isprintable(), 0 < len(shown) <= 120) == (set(), True, True)


@pytest.mark.parametrize(("content", "sentence"), [
    (b"PK\x03\x04 torn", "The file is damaged or was cut off on the way."), (b"%PDF-1.7", "This is no table. Send a CSV or an XLSX file."),
])
def test_what_is_no_table_is_said_above_the_form(office: InspectingClient, content: bytes, sentence: str) -> None:
    answer = sent(office, content)

    assert (answer.status_code, sentence in words(answer.text)) == (422, True)
    assert list(service.folder().glob("*.table")) == []


def test_without_a_file_the_form_says_so(office: InspectingClient) -> None:
    answer = office.send(FORM, kind="people", scope="")

    assert (answer.status_code, "Choose a CSV or XLSX file." in words(answer.text)) == (422, True)


def test_units_are_imported_on_the_same_pages(office: InspectingClient) -> None:
    address = sent(office, "code,parent,name,kind\nrsud,dinkes,RSUD,rsud\n", kind="units").location

    assert (confirm(office, address).status_code, set(db.session.scalars(select(Unit.name)))) == (200, {"Dinas Kesehatan", "RSUD"})


@pytest.mark.parametrize("sample", ["people.csv", "people.xlsx", "units.csv", "units.xlsx"])
def test_c29_c30_the_tables_to_begin_with_are_understood_as_they_are(office: InspectingClient, admin: int, sample: str) -> None:
    build.unit("BKPSDM", code="bkpsdm")
    content = office.get(f"{FORM}samples/{sample}").data

    address = sent(office, content, name=sample, kind=sample.partition(".")[0]).location

    assert not address.endswith("/columns")
    assert confirm(office, address).status_code == 200


def test_only_who_may_import_sees_these_pages(app: Flask, sign_in: Callable[[int], InspectingClient]) -> None:
    for role in ("learner", "trainer", "supervisor", "auditor"):
        assert sign_in(build.person(role=role)).get(FORM).status_code == 403
