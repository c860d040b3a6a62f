"""Every hostile text in a real browser: cleaned without any other protection, and raw under our security policy alone."""

import html

import markdown
import pytest
from playwright.sync_api import Browser, Route

from tests.content.courses import compiled
from tests.content.payloads import PAYLOADS

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
POKE = """
() => { for (const found of document.querySelectorAll('a, button, input, summary, details, video, audio, [onclick]')) {
  try { found.focus && found.focus(); found.click && found.click(); } catch (refused) {} } }
"""


pytestmark = pytest.mark.xdist_group("journeys")  # one browser for the run


class Visits:
    """Opens pages and notes what they run and ask for. The first load may fetch; later navigations are swallowed."""

    def __init__(self, bodies: dict[str, str], headers: dict[str, str]) -> None:
        self.bodies = bodies
        self.headers = {"content-type": "text/html", **headers}
        self.ran: set[str] = set()
        self.asked: list[str] = []
        self.name = ""
        self.loading = True

    def all(self, browser: Browser) -> "Visits":
        """Open every body as a page of its own and poke everything on it."""
        context = browser.new_context()
        context.expose_function("go", lambda *_: self.ran.add(self.name))
        context.add_init_script("window.alert = window.prompt = window.confirm = window.go")
        context.route("**/*", self._answer)
        page = context.new_page()
        for name in self.bodies:
            self.name, self.loading = name, True
            page.goto(f"http://lms.test/page/{name}", wait_until="load")
            self.loading = False
            page.evaluate(POKE)
            page.wait_for_timeout(15)
            page.goto("about:blank")  # what was poked must not ask in the next one's name
        context.close()
        return self

    def _answer(self, route: Route) -> None:
        address = route.request.url
        if self.loading and address == f"http://lms.test/page/{self.name}":
            document = f"<!doctype html><meta charset=utf-8><title>{html.escape(self.name)}</title><body>{self.bodies[self.name]}"
            route.fulfill(body=document, headers=self.headers)
            return
        if self.loading and not address.startswith(("http://lms.test/", "data:")):
            self.asked.append(f"{self.name}: {address}")
        route.fulfill(status=204, body="")


def test_nothing_runs_and_nothing_is_fetched_with_the_sanitiser_alone(browser: Browser) -> None:
    bodies = {name: compiled(text).html for name, text in PAYLOADS.items()}

    seen = Visits(bodies, {}).all(browser)

    assert (seen.ran, seen.asked) == (set(), [])


def test_nothing_runs_with_the_policy_alone(browser: Browser) -> None:
    bodies = {name: markdown.markdown(text, extensions=["extra"]) + text for name, text in PAYLOADS.items()}

    seen = Visits(bodies, {"content-security-policy": POLICY}).all(browser)

    assert seen.ran == set()


def test_the_payloads_do_run_without_any_protection(browser: Browser) -> None:
    bodies = {name: markdown.markdown(text, extensions=["extra"]) + text for name, text in PAYLOADS.items()}

    seen = Visits(bodies, {}).all(browser)

    assert len(seen.ran) >= 30
