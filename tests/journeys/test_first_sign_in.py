"""Someone who is new: from the printed code to a password, a second step and back in."""

import time
from itertools import count

import pyotp
import pytest
from playwright.sync_api import Page

from tests.journeys.city import City, Resident
from tests.journeys.conftest import OpenPage, sign_in, sign_out
from tests.journeys.studying import press

PASSWORD = "empat gajah menanam padi"
_numbers = count(1)


@pytest.fixture
def agus(open_page: OpenPage, city: City) -> Page:
    """The administrator."""
    return open_page(city.people["Agus"])


@pytest.fixture
def newcomer(agus: Page, city: City) -> Resident:
    """Somebody whom Agus has recorded and who has never signed in."""
    number = next(_numbers)
    nip = f"20010101202501{number % 2 + 1}{number:03}"
    agus.goto("/people/new/")
    for field, value in (("#nip", nip), ("#name", "Melati Siregar"), ("#position", "Pengelola Layanan")):
        agus.fill(field, value)
    agus.select_option("#unit_id", str(_office(city)))
    press(agus, 'form[action="/people/new/"] .btn.primary')
    return Resident("Melati Siregar", nip, int(agus.url.split("/people/")[1].split("/")[0]))


@pytest.fixture
def code(newcomer: Resident, agus: Page, city: City) -> str:
    """Her code on the list that Agus prints for her office."""
    agus.goto("/people/codes/")
    agus.select_option("#unit_id", str(_office(city)))
    press(agus, 'form[action="/people/codes/"] button')
    spaced = " ".join(newcomer.nip[start:end] for start, end in ((0, 8), (8, 14), (14, 15), (15, 18)))
    return agus.locator(".slips tr", has_text=spaced).locator(".code").inner_text()


def _office(city: City) -> int:
    return int(city.rows("SELECT id FROM units WHERE code = 'dishub'")[0][0])


@pytest.fixture
def inside(newcomer: Resident, code: str, open_page: OpenPage) -> Page:
    """Her browser once she has used the code."""
    page = open_page(language="en")
    use_code(page, newcomer, code, PASSWORD)
    return page


@pytest.fixture
def secured(inside: Page) -> tuple[Page, pyotp.TOTP, list[str]]:
    """Her browser, her authenticator app and her recovery codes once the second step is on."""
    inside.goto("/account/second-step/")
    app = pyotp.TOTP(inside.inner_text(".otp-key").replace(" ", ""))
    inside.fill("#code", app.now())
    press(inside, 'form[action="/account/second-step/"] button')
    return inside, app, inside.locator(".recovery code").all_inner_texts()


def use_code(page: Page, resident: Resident, code: str, password: str) -> None:
    page.goto("/login")
    press(page, 'a[href="/activate"]')
    for field, value in (("#nip", resident.nip), ("#code", code), ("#new", password), ("#again", password)):
        page.fill(field, value)
    press(page, 'form[action="/activate"] .primary')


def give_code(page: Page, code: str) -> None:
    page.fill("#code", code)
    press(page, 'form[action="/login/second"] .primary')


@pytest.mark.parametrize(("weak", "reason"), [
    ("pendek", "The password is too short."), ("melatisiregar", "This password is made of your name"),
    ("passwordpassword", "This password is easy to guess")])
def test_a_weak_password_is_refused_with_its_reason_and_the_code_still_works(
    newcomer: Resident, code: str, open_page: OpenPage, city: City, weak: str, reason: str
) -> None:
    page = open_page(language="en")
    use_code(page, newcomer, code, weak)
    refusal = page.locator(".note.bad").inner_text()
    use_code(page, newcomer, code, PASSWORD)

    assert refusal.startswith(reason)
    assert page.url == f"{city.url}/"
    assert "Melati" in page.inner_text("h1")


def test_a_code_on_the_list_works_once(inside: Page, newcomer: Resident, code: str) -> None:
    sign_out(inside)
    use_code(inside, newcomer, code, "lima burung membaca koran")

    assert inside.url.endswith("/activate")
    assert inside.locator(".note.bad").count() == 1


def test_a_newcomer_comes_back_with_password_and_code_and_a_wrong_code_is_refused(
    secured: tuple[Page, pyotp.TOTP, list[str]], newcomer: Resident, city: City
) -> None:
    page, app, codes = secured
    press(page, "main a.btn.primary")
    sign_out(page)
    sign_in(page, newcomer, PASSWORD)
    asked = page.url
    near = {app.at(time.time() + app.interval * step) for step in range(-3, 4)}
    give_code(page, next(wrong for wrong in ("000000", *map(str, range(111111, 111119))) if wrong not in near))
    refusal, still = page.locator(".note.bad").inner_text(), page.url
    give_code(page, app.at(time.time() + app.interval))

    assert len(set(codes)) == 10
    assert (asked, still) == (f"{city.url}/login/second", f"{city.url}/login/second")
    assert refusal.startswith("This code is not right")
    assert page.url == f"{city.url}/"


def test_a_recovery_code_takes_the_place_of_the_phone_once(
    secured: tuple[Page, pyotp.TOTP, list[str]], newcomer: Resident, city: City
) -> None:
    page, _app, codes = secured
    seen = []
    for code in (codes[0], codes[0], codes[1]):
        if page.url != f"{city.url}/login/second":
            sign_out(page)
            sign_in(page, newcomer, PASSWORD)
        give_code(page, code)
        seen.append(page.url.removeprefix(city.url))
    page.goto("/account/recovery-codes/")

    assert seen == ["/", "/login/second", "/"]
    assert "8 recovery codes are left." in page.inner_text("main")


def test_a_password_can_be_shown_and_is_hidden_again_before_it_is_sent(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/login")
    page.fill("#password", PASSWORD)
    button, field = page.locator("button.reveal"), page.locator("#password")

    button.click()
    assert (field.get_attribute("type"), button.get_attribute("aria-pressed")) == ("text", "true")
    button.click()
    assert (field.get_attribute("type"), button.get_attribute("aria-pressed")) == ("password", "false")
