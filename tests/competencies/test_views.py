"""The pages: everybody's, the supervisor's, the training office's."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from lms.base.db import transaction
from lms.competencies import queries, service
from lms.people import grants
from lms.people.queries import person as find
from tests import build
from tests.competencies.test_service import ALL_OF_TWO, person, shown
from tests.home.test_merging import finish
from tests.inspecting import InspectingClient, words

SignInAs = Callable[[int], InspectingClient]


@pytest.fixture
def unit(app: Flask) -> int:
    return build.unit("Dinas Contoh")


@pytest.fixture
def sari(unit: int) -> int:
    return person("ahli-muda", unit_id=unit)


@pytest.fixture
def wati(unit: int) -> int:
    return build.person("Wati Purba", role="supervisor", unit_id=unit)


@pytest.fixture
def rina(app: Flask) -> int:
    """The training officer of the whole agency."""
    return build.person("Rina Sinaga", role="training-officer")


@pytest.fixture
def english(sign_in: SignInAs) -> SignInAs:
    def browser(person_id: int) -> InspectingClient:
        client = sign_in(person_id)
        client.set_cookie("lang", "en")
        return client

    return browser


def read(browser: InspectingClient, address: str) -> str:
    return words(browser.get(address).get_data(as_text=True))


def test_everybody_searches_the_dictionary_and_reads_one_competency(sari: int, english: SignInAs) -> None:
    browser = english(sari)

    found, nothing, one = (read(browser, f"/competencies/{page}") for page in ("?q=pelayanan+publik", "?q=xyz", "dictionary/M.5/"))

    assert "M.5 Pelayanan Publik" in found
    assert "Integritas" not in found
    assert "No competency fits" in nothing
    assert "Level 3 · Intermediate required of you" in one
    assert browser.get("/competencies/dictionary/M.99/").status_code == 404


def test_my_page_says_what_is_missing_why_and_what_would_help(sari: int, english: SignInAs) -> None:
    page = read(english(sari), "/competencies/mine")
    assert "Menyapa Warga raises Pelayanan Publik from 0 to 2 2 JP not yet done" in page
    assert "3 levels missing" in page

    finish(sari)
    page = read(english(sari), "/competencies/mine")

    assert "Held: level 2 by module passed “Menyapa Warga” of 10 March 2026, until 10 March 2028. After that no evidence is left." in page
    assert "Required: level 3, usual for Functional expert, junior (PermenPANRB 38/2017)." in page
    assert "No module of the catalogue raises what is missing now." in page


def test_a_supervisor_confirms_and_the_person_reads_it_and_answers(sari: int, wati: int, english: SignInAs) -> None:
    boss, hers = english(wati), english(sari)
    form = f"/competencies/people/{sari}/confirm/M.5/"

    few = boss.send(form, level="2", seen=["2-0"], note="Di loket.")
    sent = boss.send(form, level="2", seen=["2-0", "2-1"], note="Di loket.")
    number = queries.evidence_of(sari)[0].fact.id
    hers.send("/competencies/mine", f"/competencies/evidence/{number}/remark", remark="Terima kasih.")

    assert (few.status_code, sent.location) == (422, f"/competencies/people/{sari}/")
    kept = few.get_data(as_text=True)
    assert 'value="2-0" checked' in kept
    assert "Di loket." in kept
    assert "Confirmed by the supervisor" in read(hers, "/competencies/mine")
    assert "Remark of the person: Terima kasih." in read(boss, f"/competencies/people/{sari}/")


def test_a_supervisor_withdraws_what_she_confirmed_and_nothing_else(sari: int, wati: int, english: SignInAs) -> None:
    own = service.confirm(sari, "M.5", level=2, ticked=ALL_OF_TWO, note="", by=wati)
    other = service.record_evidence(shown(sari, code="M.3"))
    boss, page = english(wati), f"/competencies/people/{sari}/"

    answers = [boss.send(page, f"{page}evidence/{number}/withdraw", reason="Keliru.").status_code for number in (own, other)]

    assert answers == [303, 404]
    assert {one.fact.id: one.fact.withdrawn for one in queries.evidence_of(sari)} == {own: True, other: False}


@pytest.mark.parametrize(("role", "status"), [("auditor", 404), ("training-authority", 404), ("delegate", 303), ("training-officer", 303)])
def test_who_only_reads_confirms_nothing(sari: int, unit: int, english: SignInAs, role: str, status: int) -> None:
    browser = english(build.person("Tigor", role=role, unit_id=unit))
    token = browser.token("/account/password")

    answer = browser.post(f"/competencies/people/{sari}/confirm/M.5/", data={"csrf_token": token, "level": "2", "seen": ["2-0", "2-1"]})

    assert (browser.get(f"/competencies/people/{sari}/").status_code, answer.status_code) == (200, status)


def test_a_supervisor_of_another_unit_learns_of_nobody(sari: int, english: SignInAs) -> None:
    other = english(build.person("Dewi", role="supervisor"))

    pages = [other.get(f"/competencies/people/{sari}/{page}").status_code for page in ("", "confirm/M.5/")]

    assert pages == [404, 404]
    assert "Sari" not in read(other, "/competencies/unit/") + read(other, "/competencies/unit/positions/")


def test_nobody_confirms_or_enters_her_own_level(wati: int, rina: int, english: SignInAs) -> None:
    officer = english(rina)

    assert english(wati).get(f"/competencies/people/{wati}/confirm/M.5/").status_code == 404
    answer = officer.send(f"/competencies/people/{rina}/evidence/", code="M.5", level="3", kind="certificate", title="x", source="LAN",
                          number="1", on_day="2026-03-01")
    assert answer.status_code == 409
    assert queries.evidence_of(rina) == []


def test_the_unit_is_seen_as_people_positions_and_gaps(sari: int, wati: int, english: SignInAs) -> None:
    service.record_evidence(shown(sari, 2))
    browser = english(wati)

    people, positions, gaps = (read(browser, f"/competencies/unit/{page}") for page in ("", "positions/", "gaps/"))

    assert "Sari Damanik Pengelola Layanan, Dinas Contoh held 0 / , required 3" in people
    assert "held 2 / , required 3" in people
    assert "Functional expert, junior, 1 person 1 of 1" in positions
    assert "Integritas M.1 1 1 3 100%" in gaps
    assert "Pelayanan Publik M.5 1 1 1 100%" in gaps


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_unit_is_exported_and_that_is_recorded(sari: int, wati: int, english: SignInAs, kind: str) -> None:
    answer = english(wati).send("/competencies/unit/", f"/competencies/unit/export.{kind}")

    assert answer.status_code == 200
    if kind == "csv":
        header, first, *_rest = answer.get_data(as_text=True).splitlines()
        assert header.startswith("\ufeffName;NIP;Position;Unit;M.1 held;M.1 required")
        assert first.split(";")[0::4][:2] == ["Sari Damanik", "0"]


def test_an_officer_enters_evidence_and_sees_what_is_wrong_with_it(sari: int, rina: int, english: SignInAs) -> None:
    browser, page = english(rina), f"/competencies/people/{sari}/evidence/"
    values = {"code": "M.3", "level": "2", "kind": "certificate", "title": "Pelatihan", "source": "LAN", "number": "12", "on_day": "2026-03-01"}

    answers = [browser.send(page, **{**values, **change}).status_code for change in (
        {"valid_until": "2026-02-01"}, {"title": ""}, {"on_day": "2026-04-01"}, {}, {})]

    assert answers == [422, 422, 409, 303, 409]
    assert [(one.fact.code, one.fact.valid_until) for one in queries.evidence_of(sari)] == [("M.3", date(2029, 3, 1))]


def test_requirements_are_set_with_day_and_basis_and_shown_for_any_day(sari: int, rina: int, english: SignInAs) -> None:
    browser, page = english(rina), "/competencies/requirements/"
    values = {"code": "nine", "position_kind": "ahli-muda", "position": "", "level": "4", "from_on": "2026-03-01", "basis": "Perwal 12/2026"}

    answers = [browser.send(page, **{**values, **change}).status_code for change in (
        {"basis": ""}, {"position": "Camat"}, {}, {"from_on": "2026-02-01", "level": "2"})]
    browser.send(page, **{**values, "code": "M.5", "position_kind": "", "position": "Pengelola Layanan", "level": "5"})

    assert answers == [422, 422, 303, 409]
    assert {gap.code: gap.required for gap in queries.gaps_of(sari)} == {**dict.fromkeys(
        ("M.1", "M.2", "M.3", "M.4", "M.6", "M.7", "M.8", "SK.1"), 4), "M.5": 5}
    assert "set by the agency" in read(browser, page)
    assert "set by the agency" not in read(browser, f"{page}?day=2026-02-28").partition("What was set")[0].partition("Set a level")[0].partition("what the agency has set.")[2]
    assert "Required: level 5 for this very position since 1 March 2026, by Perwal 12/2026." in read(english(sari), "/competencies/mine")


def test_technical_competencies_are_written_on_a_page(rina: int, english: SignInAs) -> None:
    browser = english(rina)
    levels = {f"level{number}-{name}": text for number in range(1, 6) for name, text in (("description", f"Level {number}"), ("indicators", "Satu\n\n Dua "))}
    values = {"code": "T.1", "name": "Menyusun Perda", "definition": "Menyusun rancangan peraturan daerah.", **levels}

    answers = [browser.send("/competencies/technical/new", **{**values, **change}).status_code for change in (
        {"level3-description": ""}, {"code": "T 1"}, {}, {})]
    changed = browser.send("/competencies/technical/T.1/", **{**values, "name": "Perancangan"})
    ended = browser.send("/competencies/technical/T.1/", "/competencies/technical/T.1/end")

    assert answers == [422, 422, 303, 409]
    assert (changed.status_code, ended.status_code, browser.get("/competencies/technical/M.5/").status_code) == (303, 303, 404)
    one = queries.competency("T.1")
    assert (one.name, one.levels[0].indicators, one.ended_on) == ("Perancangan", ("Satu", "Dua"), date(2026, 3, 10))


def test_a_table_is_sent_looked_at_and_entered(sari: int, rina: int, english: SignInAs) -> None:
    browser, page = english(rina), "/competencies/import/assessment/"
    nip = find(sari).nip

    def send(row: str) -> object:
        return browser.send(page, file=(io.BytesIO(f"nip;code;level;date;source\n{row}\n".encode()), "hasil.csv"))

    wrong = send(f"{nip};M.5;9;2026-02-17;UPT")
    right = send(f"{nip};M.5;2;2026-02-17;UPT")
    shown_page = browser.get(page).get_data(as_text=True)
    number = shown_page.split('name="file" value="')[1].split('"')[0]
    entered = [browser.send(page, f"{page}confirm", file=number).status_code for _time in range(2)]

    assert (wrong.status_code, right.status_code) == (422, 303)  # type: ignore[attr-defined]
    assert "C2" in words(wrong.get_data(as_text=True))  # type: ignore[attr-defined]
    assert "1 row would be entered" in words(shown_page)
    assert entered == [303, 303]
    assert [one.fact.level for one in queries.evidence_of(sari)] == [2]
    assert [browser.get(f"{page}sample.{kind}").status_code for kind in ("csv", "xlsx")] == [200, 200]


def test_an_officer_of_one_unit_checks_there_and_sets_nothing_for_the_agency(sari: int, unit: int, english: SignInAs) -> None:
    tigor = build.person("Tigor")
    with transaction():
        grants.add(tigor, "training-officer", unit_id=unit)
    browser = english(tigor)

    answers = [browser.get(f"/competencies/{page}").status_code for page in (f"people/{sari}/evidence/", "requirements/", "technical/", "import/technical/")]

    assert answers == [200, 403, 403, 403]
