"""The catalogue, module and lesson pages through the client."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from lms.base import clock
from lms.content.library import Library
from lms.learning import queries, service
from lms.learning.events import ModuleCompleted
from tests import build
from tests.inspecting import InspectingClient, words
from tests.learning.test_service import study

SignIn = Callable[[int], InspectingClient]
Change = Callable[..., None]


@pytest.fixture
def sari(app: Flask) -> int:
    """Sari learns."""
    return build.person()


@pytest.fixture
def browser(sari: int, sign_in: SignIn) -> InspectingClient:
    """Sari's browser, in English."""
    client = sign_in(sari)
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def pictured(app: Flask, tmp_path: Path) -> Iterator[str]:
    """The address of the picture in a lesson that is in service for this test."""
    folder = tmp_path / "modules" / "gambar"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "loket.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>')
    (folder / "10-loket.md").write_text("# Loket\n\n![Sebuah loket](media/loket.svg)\n")
    before = app.extensions["library"]
    library = app.extensions["library"] = Library(tmp_path, tmp_path / "cache")
    lesson = library.load().modules["gambar"].lessons[0]
    picture = BeautifulSoup(library.html(lesson.revision), "html.parser").find("img")
    yield str(picture["src"])  # type: ignore[index]
    app.extensions["library"] = before
    library.stop()


def page(browser: InspectingClient, address: str) -> BeautifulSoup:
    """A page that is there, as a tree."""
    response = browser.get(address)
    assert response.status_code == 200, response.headers.get("Location")
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def titles(found: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in found.select(".mod a.t")]


def button(found: BeautifulSoup) -> str:
    return " ".join(found.select(".btn.primary")[0].get_text().split())


@pytest.mark.parametrize("address", ["/modules/", "/modules/sapa/", "/modules/sapa/menyapa/", "/media/abc/x.svg"])
def test_pages_of_learning_are_for_those_who_signed_in(client: InspectingClient, address: str) -> None:
    response = client.get(address)

    assert (response.status_code, response.headers["Location"]) == (302, f"/login?next={address}")


def test_the_catalogue_lists_searches_and_filters(browser: InspectingClient) -> None:
    assert titles(page(browser, "/modules/")) == ["Mendengar Aktif", "Menyapa Warga", "Pelajaran Bebas"]
    assert titles(page(browser, "/modules/?q=MENYIMAK+lima")) == ["Menyapa Warga"]
    assert titles(page(browser, "/modules/?category=umum")) == ["Pelajaran Bebas"]
    assert titles(page(browser, "/modules/?q=%3Cscript%3E&page=x&level=%F0%9F%98%80")) == []


def test_a_filter_keeps_the_words_and_says_what_it_would_show(browser: InspectingClient) -> None:
    found = page(browser, "/modules/?q=menyapa")

    chips = {" ".join(chip.get_text().split()): chip["href"] for chip in found.select("a.chip") if chip.select(".n")}
    assert chips == {
        "Managerial 1": "/modules/?q=menyapa&category=manajerial", "Technical 1": "/modules/?q=menyapa&category=teknis",
        "Basic 1": "/modules/?q=menyapa&level=dasar", "Intermediate 1": "/modules/?q=menyapa&level=menengah",
        "Not started 2": "/modules/?q=menyapa&state=new",
    }


def test_b18_drafts_are_seen_by_their_trainers_only(browser: InspectingClient, sign_in: SignIn) -> None:
    person = build.person("Budi")
    build.trains(person, "draf")
    budi = sign_in(person)

    assert "Masih Draf" in titles(page(budi, "/modules/"))
    assert budi.get("/modules/draf/coba/").status_code == 200
    assert "Masih Draf" not in titles(page(browser, "/modules/"))
    assert browser.get("/modules/draf/").status_code == 404
    assert browser.get("/modules/draf/coba/").status_code == 404


def test_a_lesson_without_enrolment_leads_to_the_module_and_writes_nothing(browser: InspectingClient, sari: int) -> None:
    response = browser.get("/modules/sapa/menyapa/")

    assert (response.status_code, response.headers["Location"]) == (303, "/modules/sapa/")
    assert queries.progress(sari, "sapa") is None
    assert button(page(browser, "/modules/sapa/")) == "Start learning"


def test_studying_from_the_catalogue_to_the_quiz(browser: InspectingClient, sari: int) -> None:
    started = browser.send("/modules/sapa/", "/modules/sapa/enrol/")
    assert started.headers["Location"] == "/modules/sapa/menyapa/"

    first = browser.send("/modules/sapa/menyapa/", "/modules/sapa/menyapa/done/")
    assert first.headers["Location"] == "/modules/sapa/menyimak/"
    assert button(page(browser, "/modules/sapa/")) == "Continue with lesson 2"

    browser.send("/modules/sapa/menyimak/", "/modules/sapa/menyimak/done/")
    found = page(browser, "/modules/sapa/")
    assert button(found) == "To the final quiz"
    assert "2 of 2 lessons done" in words(str(found))


def test_a_locked_lesson_says_what_comes_first(browser: InspectingClient, sari: int) -> None:
    service.enrol(sari, "sapa")

    response = browser.get("/modules/sapa/menyimak/", follow_redirects=True)

    assert response.request.path == "/modules/sapa/"
    assert "Finish Menyapa first." in words(response.get_data(as_text=True))
    progress = queries.progress(sari, "sapa")
    assert progress is not None
    assert progress.opened == frozenset()


def test_reading_remembers_the_place_at_most_once_a_minute(browser: InspectingClient, sari: int) -> None:
    service.enrol(sari, "sapa")
    seen = []
    for seconds in (0, 59, 60):
        clock.advance(timedelta(seconds=seconds))
        browser.get("/modules/sapa/menyapa/")
        progress = queries.progress(sari, "sapa")
        assert progress is not None
        seen.append((progress.last_lesson_id, progress.last_seen_at == clock.now()))

    assert seen == [("menyapa", True), ("menyapa", False), ("menyapa", True)]


def test_a_lesson_read_again_costs_two_queries(
    browser: InspectingClient, sari: int, assert_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    service.enrol(sari, "sapa")
    browser.get("/modules/sapa/menyapa/")

    with assert_queries(2):  # the reader, her progress
        browser.get("/modules/sapa/menyapa/")


def test_a_required_module_is_named_and_the_button_blocked(browser: InspectingClient) -> None:
    found = page(browser, "/modules/dengar/")

    assert [one.get_text(strip=True) for one in found.select('[aria-disabled="true"]')] == ["Start learning"]
    assert found.select_one("#why-locked").get_text() == "Finish Menyapa Warga first."  # type: ignore[union-attr]
    sent = browser.send("/modules/dengar/", "/modules/dengar/enrol/")
    assert sent.headers["Location"] == "/modules/dengar/"


def test_a_module_taken_away_shows_a_clear_page(browser: InspectingClient, sari: int, change: Change) -> None:
    service.enrol(sari, "sapa")
    service.finish_lesson(sari, "sapa", "menyapa")
    change("sapa", None)

    for address in ("/modules/sapa/", "/modules/sapa/menyimak/"):
        response = browser.get(address)
        assert response.status_code == 404
        assert "1 lesson that you finished is kept" in words(response.get_data(as_text=True))


def test_a_lesson_taken_away_leads_back_to_the_module(
    browser: InspectingClient, sari: int, change: Change, library: Library
) -> None:
    service.enrol(sari, "sapa")
    browser.get("/modules/sapa/menyapa/")
    change("sapa", lessons=library.current.modules["sapa"].lessons[1:])

    response = browser.get("/modules/sapa/menyapa/", follow_redirects=True)

    assert response.request.path == "/modules/sapa/"
    assert "no longer part of Menyapa Warga" in words(response.get_data(as_text=True))


def test_what_never_was_is_not_found(browser: InspectingClient) -> None:
    for address in ("/modules/x/", "/modules/sapa/x/", "/modules/x/y/", "/modules/%00/", "/modules/%F0%9F%98%80/%00/"):
        assert browser.get(address).status_code == 404


def test_a_completed_module_says_so_and_may_be_taken_again_when_it_expired(
    browser: InspectingClient, sari: int, sign_in: SignIn, published: list[ModuleCompleted]
) -> None:
    study(sari)

    assert "Completed on 10 March 2026" in words(str(page(browser, "/modules/sapa/")))
    clock.advance(timedelta(days=732))
    later = sign_in(sari)
    later.set_cookie("lang", "en")
    assert button(page(later, "/modules/sapa/")) == "Take this module again"
    later.send("/modules/sapa/", "/modules/sapa/enrol/")
    progress = queries.progress(sari, "sapa")
    assert progress is not None
    assert progress.round == 2


def test_a_trainer_previews_every_lesson_and_nothing_is_recorded(sign_in: SignIn, app: Flask) -> None:
    budi = build.person("Budi")
    build.trains(budi, "sapa")
    client = sign_in(budi)
    client.set_cookie("lang", "en")

    found = page(client, "/modules/sapa/menyimak/")

    assert "Preview" in words(str(found))
    assert queries.progress(budi, "sapa") is None


def test_a_picture_is_kept_for_ever_and_runs_nothing(browser: InspectingClient, pictured: str) -> None:
    with browser.get(pictured) as response:
        assert b"<svg" in response.get_data()

    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%252e%252e", "x.svg", "%00"])
def test_media_outside_the_library_are_not_found(browser: InspectingClient, name: str) -> None:
    assert browser.get(f"/media/{'a' * 32}/{name}").status_code == 404
