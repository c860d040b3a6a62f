"""What the first lesson costs on a slow line."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.journeys.city import MODULES, City
from tests.journeys.conftest import sign_in

MOST_BYTES = 25_000
MOST_REQUESTS = 4


@dataclass(frozen=True)
class Transfer:
    """One response as it came over the line, headers included."""

    path: str
    bytes: int
    caching: str


@pytest.mark.parametrize("module", MODULES)
def test_a_lesson_weighs_at_most_25_kb_in_four_requests_without_its_pictures(browser: Browser, city: City, module: str) -> None:
    lesson = _first_lesson(city, module)

    transfers = [one for one in _cold_load(browser, city, lesson) if not one.path.startswith("/media/")]

    assert sum(one.bytes for one in transfers) <= MOST_BYTES, transfers
    assert len(transfers) <= MOST_REQUESTS, transfers


def test_addresses_that_hold_a_hash_are_immutable(browser: Browser, city: City) -> None:
    transfers = _cold_load(browser, city, _first_lesson(city, MODULES[0]))

    hashed = [one for one in transfers if one.path.startswith(("/static/", "/media/")) and one.path.count("/") == 3]

    assert {one.path.rsplit("/", 1)[1] for one in hashed} >= {"app.css", "lesson.js"}
    assert all("immutable" in one.caching for one in hashed), hashed


def _first_lesson(city: City, module: str) -> str:
    name = min(path.stem for path in (city.content / "modules" / module).glob("[0-9]*.md"))
    return f"/modules/{module}/{name.split('-', 1)[1]}/"


def _cold_load(browser: Browser, city: City, path: str) -> list[Transfer]:
    with browser.new_context(base_url=city.url) as context:
        page = context.new_page()
        sign_in(page, city.people["Budi"])
        cookies = context.storage_state()
    seen: dict[str, dict[str, Any]] = {}
    done: dict[str, int] = {}
    with browser.new_context(base_url=city.url, storage_state=cookies) as context:
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", lambda event: seen.update({event["requestId"]: event["response"]}))
        line.on("Network.loadingFinished", lambda event: done.update({event["requestId"]: event["encodedDataLength"]}))
        page.goto(path, wait_until="networkidle")
    return [_transfer(response, done[id]) for id, response in seen.items() if response["url"].startswith("http") and id in done]


def _transfer(response: dict[str, Any], size: int) -> Transfer:
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return Transfer(urlsplit(response["url"]).path, int(size), headers.get("cache-control", ""))
