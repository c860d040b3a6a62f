"""Tono signs in with a code of his phone; Rini makes a passkey and comes back with nothing but her finger."""

import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import PASSWORD, City
from tests.journeys.conftest import OpenPage, sign_out

FINGER = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def rini(open_page: OpenPage, city: City) -> Iterator[Page]:
    """Rini's browser, whose device has a finger reader that always knows her."""
    page = open_page(city.people["Rini"])
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
    yield page
    city_forgets(city, "Rini")


@pytest.fixture
def tono(open_page: OpenPage, city: City) -> Iterator[Page]:
    """Tono's browser; what he sets up is taken away afterwards."""
    yield open_page(city.people["Tono"])
    city_forgets(city, "Tono")


def city_forgets(city: City, name: str) -> None:
    """An administrator resets what a person set up, so that the other stories find her as before."""
    agus = city.caller(city.people["Agus"])
    agus.post(f"/people/{city.people[name].id}/second-step/reset", {})


def type_password(page: Page, nip: str) -> None:
    page.fill("#nip", nip)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click('form[action="/login"] .primary')


def test_rini_makes_a_passkey_signs_out_and_signs_in_with_it(rini: Page, city: City) -> None:
    rini.goto("/account/")
    rini.click('a[href="/account/passkeys/"]')
    rini.fill("#name", "Telepon Rini")
    with rini.expect_navigation():
        rini.click("form[data-make] button")
    listed = rini.locator("ul.rows").inner_text()
    sign_out(rini)
    with rini.expect_navigation():
        rini.click("form[data-passkey] button")

    assert "Telepon Rini" in listed
    assert rini.url == f"{city.url}/"
    expect(rini.locator("h1")).to_contain_text("Rini")


def test_rini_is_told_in_words_when_the_device_does_not_know_her(rini: Page) -> None:
    sign_out(rini)
    rini.click("form[data-passkey] button")

    expect(rini.locator("form[data-passkey] [role=status]")).not_to_be_empty()
    assert rini.url.endswith("/login")


def test_tono_sets_the_second_step_up_by_keyboard_and_comes_back_with_it(tono: Page, city: City) -> None:
    tono.goto("/account/second-step/")
    secret = tono.inner_text(".otp-key").replace(" ", "")
    tono.focus("#code")
    tono.keyboard.type(pyotp.TOTP(secret).now())
    with tono.expect_navigation():
        tono.keyboard.press("Enter")
    codes = tono.locator(".recovery code").all_inner_texts()
    sign_out(tono)
    tono.goto("/certificates/")
    type_password(tono, city.people["Tono"].nip)
    second = tono.url
    tono.focus("#code")
    tono.keyboard.type(codes[0])
    with tono.expect_navigation():
        tono.keyboard.press("Enter")

    assert len(codes) == 10
    assert re.fullmatch(rf"{city.url}/login/second\?next=/certificates/", second)
    assert tono.url == f"{city.url}/certificates/"


def test_eka_begins_with_a_code_of_her_officer_and_sets_the_second_step_up(open_page: OpenPage, city: City) -> None:
    resident = city.people["Eka"]
    agus, eka = open_page(city.people["Agus"]), open_page()
    agus.goto(f"/people/{resident.id}/account")
    with agus.expect_navigation():
        agus.click(f'form[action="/people/{resident.id}/code"] button')
    eka.goto("/activate")
    eka.fill("#nip", resident.nip)
    eka.fill("#code", agus.locator(".note.ok .num").inner_text())
    eka.fill("#new", PASSWORD)
    eka.fill("#again", PASSWORD)
    with eka.expect_navigation():
        eka.click('form[action="/activate"] .primary')
    eka.goto("/account/second-step/")
    app = pyotp.TOTP(eka.inner_text(".otp-key").replace(" ", ""))
    eka.fill("#code", app.now())
    with eka.expect_navigation():
        eka.keyboard.press("Enter")
    sign_out(eka)
    type_password(eka, resident.nip)
    eka.fill("#code", app.at(time.time() + app.interval))
    with eka.expect_navigation():
        eka.keyboard.press("Enter")

    assert eka.url == f"{city.url}/"
    expect(eka.locator("h1")).to_contain_text("Eka")
    city_forgets(city, "Eka")


def test_tono_cannot_use_the_code_that_set_it_up_once_more(tono: Page, city: City) -> None:
    tono.goto("/account/second-step/")
    code = pyotp.TOTP(tono.inner_text(".otp-key").replace(" ", "")).now()
    tono.fill("#code", code)
    with tono.expect_navigation():
        tono.keyboard.press("Enter")
    sign_out(tono)
    type_password(tono, city.people["Tono"].nip)
    tono.fill("#code", code)
    with tono.expect_navigation():
        tono.keyboard.press("Enter")

    assert tono.locator("[role=alert]").count() == 1
    assert tono.url.endswith("/login/second")
