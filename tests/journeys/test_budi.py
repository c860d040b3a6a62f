"""Budi breaks a file, is told where, mends it; what he writes is live a second later in every worker."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.city import City
from tests.journeys.conftest import OpenPage

MODULE = "kinerja-umpan-balik"
LESSON = "siklus"
BANNER = '.note.bad a[href="/content/"]'
LIVE_SECONDS = 1.0
REQUESTS = 20


@pytest.fixture
def edit(city: City) -> Iterator[Callable[[str, Callable[[str], str]], None]]:
    """A function that rewrites a file of the content; everything is put back afterwards."""
    before: dict[Path, str] = {}

    def edited(name: str, change: Callable[[str], str]) -> None:
        path = city.content / "modules" / MODULE / name
        before.setdefault(path, path.read_text("utf-8"))
        path.write_text(change(before[path]), "utf-8")

    yield edited
    for path, text in before.items():
        path.write_text(text, "utf-8")
    if before:
        time.sleep(2 * LIVE_SECONDS)


def _break(text: str) -> str:
    return text.replace("hours:", "hours: [", 1)


def _mended(text: str) -> str:
    return text


def test_budi_breaks_a_module_sees_where_and_mends_it_while_learners_read_the_last_good_page(
    open_page: OpenPage, city: City, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    budi, sari = open_page(city.people["Budi"]), open_page(city.people["Sari"])
    sari.goto(f"/modules/{MODULE}/")
    good = sari.locator("main").inner_text()

    edit("module.md", _break)
    time.sleep(LIVE_SECONDS)
    banner_shown = all(_has_banner(budi, "/") for _ in range(6))
    budi.click(BANNER)
    mistake = budi.locator("main li code").first.inner_text()
    sari.goto(f"/modules/{MODULE}/")
    still_good = sari.locator("main").inner_text()
    edit("module.md", _mended)
    time.sleep(2 * LIVE_SECONDS)

    assert banner_shown
    assert mistake.startswith(f"modules/{MODULE}/module.md:")
    assert still_good == good
    assert not any(_has_banner(budi, "/") for _ in range(6))


def test_budi_finds_essays_to_mark_and_the_results_of_his_module_by_links(open_page: OpenPage, city: City) -> None:
    page = open_page(city.people["Budi"])
    page.goto("/")
    to_mark = page.locator('a[href="/marking/"]').count()
    page.goto(f"/modules/{MODULE}/")

    assert to_mark
    assert page.locator(f'a[href="/modules/{MODULE}/results/"]').count()


def test_learners_are_not_troubled_with_the_mistakes(
    open_page: OpenPage, city: City, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    edit("module.md", _break)
    time.sleep(LIVE_SECONDS)

    assert _has_banner(open_page(city.people["Agus"]), "/")
    assert not any(_has_banner(open_page(city.people[name]), "/") for name in ("Sari", "Wati"))


def test_an_edited_lesson_is_live_in_every_worker_a_second_after_it_was_saved(
    city: City, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    budi = city.caller(city.people["Budi"])

    edit("10-siklus.md", lambda text: f"{text}\n\nKalimat baru dari Budi tentang umpan balik.\n")
    time.sleep(LIVE_SECONDS)
    pages = [budi.get(f"/modules/{MODULE}/{LESSON}/") for _ in range(REQUESTS)]

    assert [page.status for page in pages] == [200] * REQUESTS
    assert ["Kalimat baru dari Budi" in page.text for page in pages] == [True] * REQUESTS


def _has_banner(page: Page, path: str) -> bool:
    page.goto(path)
    return page.locator(BANNER).count() == 1
