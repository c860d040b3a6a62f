"""The running city and one browser for all journeys; they share the program, so they share one worker of the test run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys import city as cities
from tests.journeys.city import PASSWORD, City, Resident

HERE = Path(__file__).parent
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys run in one group."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The program with its people, served for the whole run and ended by SIGTERM."""
    city = cities.founded(tmp_path_factory.mktemp("city"))
    cities.start(city)
    yield city
    cities.stop(city)


@pytest.fixture
def open_page(browser: Browser, city: City) -> Iterator[OpenPage]:
    """A function that opens a fresh browser window of a resident, signed in by the form, or of a stranger (None)."""
    contexts: list[BrowserContext] = []

    def opened(resident: Resident | None = None, *, language: str = "id", **options: Any) -> Page:
        context = browser.new_context(base_url=city.url, **{"viewport": {"width": 1280, "height": 800}, **options})
        context.add_cookies([{"name": "lang", "value": language, "url": city.url}])
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if resident:
            sign_in(page, resident)
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page, resident: Resident, password: str = PASSWORD) -> None:
    """Sign in by the form."""
    page.goto("/login")
    page.fill("#nip", resident.nip)
    page.fill("#password", password)
    with page.expect_navigation():
        page.click('form[action="/login"] .primary')


def sign_out(page: Page) -> None:
    """Sign out by the account menu."""
    page.click("details.menu summary")
    with page.expect_navigation():
        page.click('form[action="/logout"] button')
