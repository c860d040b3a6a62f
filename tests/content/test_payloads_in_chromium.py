"""Every hostile text in a real browser: cleaned without any other protection, and raw under our security policy alone."""

import html
from collections.abc import Iterator
from pathlib import Path

import markdown
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.content.courses import compiled
from tests.content.payloads import PAYLOADS

CHROMIUM = "/usr/bin/chromium"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HOOK = """
window.ran = []; window.go = () => { window.ran.push(document.title) };
window.alert = window.go;
"""
POKE = """
() => { for (const found of document.querySelectorAll('a, button, input, summary, details, video, audio, [onclick]')) {
  try { found.focus && found.focus(); found.click && found.click(); } catch (refused) {} } }
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as player:
        opened = player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


def visit(browser: Browser, bodies: dict[str, str], headers: dict[str, str]) -> tuple[list[str], list[str]]:
    """Open each body as a page of its own; the names of those that ran something, and the foreign addresses asked for on load."""
    context = browser.new_context()
    context.add_init_script(HOOK)
    page = context.new_page()
    ran: list[str] = []
    asked: list[str] = []
    loading = {"now": True}

    def answer(route: object) -> None:
        address = route.request.url  # type: ignore[attr-defined]
        name = address.removeprefix("http://lms.test/page/")
        if loading["now"] and name in bodies:
            document = f"<!doctype html><meta charset=utf-8><title>{html.escape(name)}</title><body>{bodies[name]}"
            route.fulfill(body=document, headers={"content-type": "text/html", **headers})  # type: ignore[attr-defined]
            return
        if not loading["now"]:
            route.abort()  # type: ignore[attr-defined]
            return
        if not address.startswith("http://lms.test/"):
            asked.append(f"{name}: {address}")
        route.fulfill(status=404, body="")  # type: ignore[attr-defined]
    context.route("**/*", answer)
    page.on("dialog", lambda dialog: dialog.dismiss())
    for name in bodies:
        loading["now"] = True
        page.goto(f"http://lms.test/page/{name}", wait_until="load")
        ran += _ran(page)
        loading["now"] = False
        page.evaluate(POKE)
        page.wait_for_timeout(15)
        ran += _ran(page)
    context.close()
    return sorted(set(ran)), asked


def _ran(page: Page) -> list[str]:
    return [str(name) for name in page.evaluate("() => window.ran || []")]


def test_nothing_runs_and_nothing_is_fetched_with_the_sanitiser_alone(browser: Browser) -> None:
    bodies = {name: compiled(text).html for name, text in PAYLOADS.items()}

    assert visit(browser, bodies, {}) == ([], [])


def test_nothing_runs_with_the_policy_alone(browser: Browser) -> None:
    bodies = {name: markdown.markdown(text, extensions=["extra"]) + text for name, text in PAYLOADS.items()}

    ran, _ = visit(browser, bodies, {"content-security-policy": POLICY})

    assert ran == []


def test_the_payloads_do_run_without_any_protection(browser: Browser) -> None:
    bodies = {name: markdown.markdown(text, extensions=["extra"]) + text for name, text in PAYLOADS.items()}

    ran, _ = visit(browser, bodies, {})

    assert len(ran) >= 30
