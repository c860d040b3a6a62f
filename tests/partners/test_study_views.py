"""The pages about studying: what each of those concerned sees and does, in both languages, and what strangers do not."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from lms.base.db import db
from lms.base.readings import Reading
from lms.hours import queries as hours
from lms.partners import papers, studies, study_queries
from lms.partners.models import Paper, Study
from tests import build
from tests.inspecting import InspectingClient, words
from tests.partners.conftest import PDF, STUDY, City, advised, approved, file, mark, picture, reported, studying, submitted, version

SignIn = Callable[[int], InspectingClient]
TYPED = {"programme_id": "0", "level": "S2", "title": "Magister Statistika", "institution": "Universitas Jauh", "funding": "self",
         "starts_on": "2026-09-01", "reason": "Supaya survei kami dapat dihitung sendiri."}
SEMESTER = {"number": "1", "from_on": "2025-02-01", "until_on": "2025-07-31", "credits": "12", "gpa": "3,5"}


def english(browser: InspectingClient) -> InspectingClient:
    browser.set_cookie("lang", "en")
    return browser


def text(browser: InspectingClient, address: str) -> str:
    return words(browser.get(address).get_data(as_text=True))


def test_from_the_catalogue_to_the_first_jp_by_pages_alone(city: City, sign_in: SignIn) -> None:
    sari, wati, budi = (english(sign_in(person)) for person in (city.sari, city.wati, city.budi))

    sari.send(f"/studies/new?programme={city.programme}", "/studies/new", **{**TYPED, "programme_id": str(city.programme)})
    study = db.session.scalars(select(Study.id)).one()
    page = f"/studies/{study}/"
    sari.send(page, f"{page}papers", kind="letter", file=file())
    sari.send(page, f"{page}submit")
    assert "1 waits for an opinion." in text(wati, "/studies/applications/")
    wati.send(page, f"{page}opinion", opinion="yes", why="Sangat dibutuhkan.", seen=version(study))
    assert "1 waits for the decision." in text(budi, "/studies/applications/")
    budi.send(page, f"{page}decide", decision="approve", decree_number="800/1/TB", decree_on="2026-03-01", answer="", seen=version(study))
    sari.send(page, f"{page}begin", day="2025-02-01")
    sari.send(f"{page}semesters/new", **SEMESTER, file=file())
    assert "1 semester waits for confirmation." in text(budi, "/studies/applications/")
    semester = study_queries.semesters_of(study)[0].id
    confirmed = budi.send(page, f"{page}semesters/{semester}/decide", decision="confirm", seen=mark(study, semester))

    assert confirmed.status_code == 303
    assert "Confirmed: 20 JP count." in text(budi, page)
    assert hours.total(city.sari, date(2025, 1, 1), date(2025, 12, 31)) == 20
    shown = text(sari, page)
    assert [part for part in ("Magister Administrasi Publik", "In favour. Sangat dibutuhkan. Wati Purba", "800/1/TB", "Semester 1", "Confirmed")
            if part not in shown] == []
    assert "Nothing waits for you." in text(budi, "/studies/applications/")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("make", [submitted, advised, approved, studying], ids=lambda one: one.__name__)
def test_pages_are_sound_for_everybody_at_each_stage(city: City, sign_in: SignIn, make: Any, language: str) -> None:
    study = make(city)
    if make is studying:
        reported(city, study)

    for person in (city.sari, city.wati, city.budi):
        browser = sign_in(person)
        browser.set_cookie("lang", language)
        assert [browser.get(address).status_code for address in ("/studies/", "/studies/new", f"/studies/{study}/")] == [200, 200, 200]
        if person != city.sari:
            assert browser.get("/studies/applications/?q=sari&state=studying").status_code == 200


def test_a_strangers_application_does_not_exist_and_a_draft_is_its_writers_alone(city: City, sign_in: SignIn) -> None:
    study, draft = submitted(city), studies.write(city.sari, STUDY)
    paper = study_queries.papers_of(study)[0].id
    dewi = build.person("Dewi")

    def statuses(person: int) -> list[int]:
        browser = sign_in(person)
        return [browser.get(address, buffered=True).status_code for address in (
            f"/studies/{study}/", f"/studies/{study}/papers/{paper}", f"/studies/{draft}/", f"/studies/{study}/change")]

    assert {name: statuses(person) for name, person in (
        ("dewi", dewi), ("rina", city.rina), ("wati", city.wati), ("budi", city.budi), ("tiur", city.tiur), ("sari", city.sari))} == {
        "dewi": [404, 404, 404, 404], "rina": [404, 404, 404, 404], "wati": [200, 200, 404, 404], "budi": [200, 200, 404, 404],
        "tiur": [404, 404, 404, 404], "sari": [200, 200, 200, 303]}
    assert sorted({(row.reader_id, row.what, row.about_id) for row in db.session.scalars(select(Reading))}) == sorted({
        (person, what, city.sari) for person in (city.wati, city.budi) for what in ("study", "study-paper")})


def test_a_foreign_file_is_not_found_under_ones_own_application(city: City, sign_in: SignIn) -> None:
    paper = study_queries.papers_of(submitted(city))[0].id
    own = studies.write(city.rina, STUDY)
    rina = sign_in(city.rina)

    assert [rina.get(f"/studies/{own}/papers/{number}").status_code for number in (paper, paper + 1, 2147483647)] == [404, 404, 404]
    assert rina.send(f"/studies/{own}/", f"/studies/{own}/papers/{paper}/remove").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Paper)) == 1
    assert rina.get(f"/studies/{own}/papers/..%2f..%2fkey").status_code == 404


@pytest.mark.parametrize(("content", "name", "said"), [
    (b"<html>", "surat.pdf", "This is no PDF, JPEG or PNG."), (b"", "kosong.pdf", "This is no PDF, JPEG or PNG."),
    (picture()[:100], "foto.jpg", "This picture cannot be read."), (PDF + b"x" * 100_000, "besar.pdf", "The file is larger than"),
])
def test_a_file_that_is_no_document_is_refused_on_the_page(
    city: City, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str, said: str,
) -> None:
    monkeypatch.setattr(papers, "LARGEST", 90_000)
    study = studies.write(city.sari, STUDY)
    sari, page = english(sign_in(city.sari)), f"/studies/{study}/"

    answer = sari.send(page, f"{page}papers", kind="letter", file=file(content, name))

    assert (answer.status_code, said in words(answer.get_data(as_text=True))) == (409, True)
    assert db.session.scalar(select(func.count()).select_from(Paper)) == 0


def test_no_file_chosen_is_said(city: City, sign_in: SignIn) -> None:
    study = studies.write(city.sari, STUDY)
    sari, page = english(sign_in(city.sari)), f"/studies/{study}/"

    answer = sari.send(page, f"{page}papers", kind="letter")

    assert (answer.status_code, "No file was chosen." in words(answer.get_data(as_text=True))) == (409, True)


def test_what_is_typed_wrong_stays_in_the_form(city: City, sign_in: SignIn) -> None:
    sari = english(sign_in(city.sari))

    answer = sari.send("/studies/new", **{**TYPED, "institution": "", "reason": "ya"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="Magister Statistika"' in page
    assert "Write the name of the university." in page
    assert "Use 20 to 2000 characters." in page


@pytest.mark.parametrize(("typed", "said"), [
    ({"gpa": "4,01"}, "Write a number from 0 to 4"), ({"gpa": "baik"}, "Write a number, for example 3,25."), ({"gpa": ""}, "Write a number from 0 to 4"),
    ({"credits": "41"}, "Write a whole number from 0 to 40."), ({"number": "0"}, "Write a whole number from 1 to 14."),
    ({"until_on": "2026-03-11"}, "This semester is not over yet."), ({"from_on": ""}, "Choose a day."),
])
def test_a_semester_is_read_with_care(city: City, sign_in: SignIn, typed: dict[str, str], said: str) -> None:
    study = studying(city)

    answer = english(sign_in(city.sari)).send(f"/studies/{study}/semesters/new", **{**SEMESTER, **typed}, file=file())

    assert (answer.status_code, said in words(answer.get_data(as_text=True))) == (422, True)


def test_a_refused_decision_comes_back_filled_and_says_what_is_missing(city: City, sign_in: SignIn) -> None:
    study = advised(city)
    budi, page = english(sign_in(city.budi)), f"/studies/{study}/"

    bare = budi.send(page, f"{page}decide", decision="approve", decree_number="800/1", decree_on="", answer="", seen=version(study))
    stale = budi.send(page, f"{page}decide", decision="refuse", decree_number="", decree_on="", answer="Tidak ada dana.", seen=1)
    odd = budi.send(page, f"{page}decide", decision="dance", decree_number="", decree_on="", answer="", seen="x")

    assert [answer.status_code for answer in (bare, stale, odd)] == [409, 409, 409]
    assert 'value="800/1"' in bare.get_data(as_text=True)
    assert "To approve, write number and date of the decree." in words(bare.get_data(as_text=True))
    assert "This application was changed while you were reading." in words(stale.get_data(as_text=True))
    assert "Tidak ada dana." in stale.get_data(as_text=True)
    assert study_queries.one(study).state == "advised"


def test_a_button_pressed_twice_does_it_once(city: City, sign_in: SignIn) -> None:
    study = studies.write(city.sari, STUDY)
    sari, page = english(sign_in(city.sari)), f"/studies/{study}/"
    token = sari.token(page)
    for _time in range(2):
        sari.post(f"{page}papers", data={"csrf_token": token, "kind": "letter", "file": file()})
    answers = [sari.post(f"{page}submit", data={"csrf_token": token}).status_code for _time in range(2)]

    assert (answers, len(study_queries.papers_of(study)), study_queries.one(study).state) == ([303, 303], 1, "submitted")
    assert "The application has moved on" in text(sari, page)


def test_a_returned_semester_is_mended_with_the_reason_in_view(city: City, sign_in: SignIn) -> None:
    study = studying(city)
    semester = reported(city, study)
    budi, sari, page = english(sign_in(city.budi)), english(sign_in(city.sari)), f"/studies/{study}/"
    budi.send(page, f"{page}semesters/{semester}/decide", decision="return", reason="Transkrip buram.", seen=mark(study, semester))

    form = sari.get(f"{page}semesters/{semester}/").get_data(as_text=True)
    assert "Transkrip buram." in form
    seen = str(BeautifulSoup(form, "html.parser").select_one("input[name=seen]")["value"])  # type: ignore[index]
    sari.send(f"{page}semesters/{semester}/", **{**SEMESTER, "credits": "14"}, seen=seen, file=file(picture(), "transkrip.jpg"))
    late = sari.send(f"{page}semesters/{semester}/", **SEMESTER, seen=seen)

    row = study_queries.semesters_of(study)[0]
    assert (row.state, row.credits, late.status_code) == ("reported", 14, 409)
    transcript = sari.get(f"{page}papers/{row.paper_id}", buffered=True)
    assert (transcript.mimetype, transcript.headers["Content-Disposition"]) == (
        "image/jpeg", f"attachment; filename=dokumen-{study}-{row.paper_id}.jpg")


def test_a_confirmed_semester_is_not_changed_by_its_person(city: City, sign_in: SignIn) -> None:
    study = studying(city)
    semester = reported(city, study)
    page = f"/studies/{study}/"
    english(sign_in(city.budi)).send(page, f"{page}semesters/{semester}/decide", decision="confirm", seen=mark(study, semester))
    sari = english(sign_in(city.sari))

    assert sari.get(f"{page}semesters/{semester}/").status_code == 303
    assert sari.send(f"{page}semesters/new", f"{page}semesters/{semester}/", **SEMESTER, seen="").status_code == 409


def test_what_somebody_writes_is_shown_as_it_is(city: City, sign_in: SignIn) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    study = submitted(city, title=hostile, institution=hostile, reason=hostile * 2)

    for person in (city.sari, city.wati):
        page = sign_in(person).get(f"/studies/{study}/").get_data(as_text=True)
        assert "<script>alert" not in page
        assert "49" not in words(page).replace(hostile, "")
    assert "<script>alert" not in sign_in(city.wati).get("/studies/applications/").get_data(as_text=True)
