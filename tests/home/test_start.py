"""The start page and the small pages beside it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask

from lms.base import clock
from lms.content.library import Library
from lms.home import start
from lms.hours import service as hours_service
from lms.hours.targets import NATIONAL, Period, Standing
from lms.learning import service as learning
from tests import build
from tests.inspecting import InspectingClient, words
from tests.learning.test_service import study

SignIn = Callable[[int], InspectingClient]


def test_it_goes_on_with_the_lesson_after_the_last_one_done(app: Flask, sign_in: SignIn) -> None:
    sari = build.person()
    learning.enrol(sari, "sapa")
    learning.finish_lesson(sari, "sapa", "menyapa")

    page = sign_in(sari).get("/").get_data(as_text=True)

    assert 'href="/modules/sapa/menyimak/"' in page
    assert "Menyimak" in words(page)


def test_with_all_lessons_done_it_leads_to_the_final_quiz(app: Flask, sign_in: SignIn) -> None:
    sari = build.person()
    learning.enrol(sari, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.finish_lesson(sari, "sapa", lesson)

    page = sign_in(sari).get("/").get_data(as_text=True)

    assert 'class="btn primary wide" href="/quizzes/sapa/"' in page


def test_a_newcomer_is_led_to_the_catalogue(app: Flask, sign_in: SignIn) -> None:
    page = sign_in(build.person("Dr. Rini Sinaga")).get("/").get_data(as_text=True)

    assert 'class="btn primary wide" href="/modules/"' in page
    assert "Selamat pagi, Rini" in words(page)


def test_the_even_pace_of_a_year_is_half_the_target_at_its_middle(app: Flask) -> None:
    year = Period(clock.today().replace(month=1, day=1), clock.today().replace(month=12, day=31))
    pns, pppk = (Standing(year, Decimal(0), target) for target in NATIONAL[:2])

    assert start.ideal_hours(pns, year.first + timedelta(days=181)) == Decimal("10.0")
    assert start.ideal_hours(pppk, year.first + timedelta(days=181)) is None


def test_pppk_have_hours_but_no_target(app: Flask, sign_in: SignIn) -> None:
    page = words(sign_in(build.person(employment="PPPK")).get("/").get_data(as_text=True))

    assert "20 JP" not in page


def seminar(person_id: int, key: str, days: int) -> None:
    """A seminar of some days in January."""
    held = tuple((date(2026, 1, day + 1), Decimal(1)) for day in range(days))
    hours_service.credit(hours_service.Earned(person_id, "seminar", key, "Seminar", "seminar", held))


def test_above_24_jp_pppk_are_told_so_with_the_rule(app: Flask, sign_in: SignIn) -> None:
    togar = build.person("Togar", employment="PPPK")
    browser = sign_in(togar)
    browser.set_cookie("lang", "en")
    seminar(togar, "1", 6)
    calm = words(browser.get("/").get_data(as_text=True))
    seminar(togar, "2", 1)

    page = words(browser.get("/").get_data(as_text=True))

    told = "More than 24 JP in one year (PP 49/2018 pasal 40 ayat (1)). You may go on learning."
    assert [told in calm, told in page, "are missing" in page] == [False, True, False]


def test_an_own_target_of_the_agency_is_the_goal(app: Flask, sign_in: SignIn) -> None:
    togar = build.person("Togar", employment="PPPK")
    hours_service.set_target(replace(
        NATIONAL[1], first=date(2026, 1, 1), year="calendar", least=Decimal(10), basis="Perwal 5/2026"))
    seminar(togar, "1", 1)
    browser = sign_in(togar)
    browser.set_cookie("lang", "en")

    page = words(browser.get("/").get_data(as_text=True))

    assert "6 JP are missing until 31 December 2026." in page


def test_what_does_not_count_in_full_is_told_with_its_reason(app: Flask, sign_in: SignIn) -> None:
    sari = build.person()
    for module_id in ("sapa", "bebas", "dengar"):
        study(sari, module_id)
    browser = sign_in(sari)
    browser.set_cookie("lang", "en")

    page = words(browser.get("/").get_data(as_text=True))

    assert "JP that do not count in full" in page
    assert page.count("one day counts only so many") == 2


def test_english_is_a_choice_that_stays(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(build.person("Rini Sinaga"))

    browser.send("/", "/language", lang="en", next="/")

    assert "Good morning, Rini" in words(browser.get("/").get_data(as_text=True))


def test_health_says_that_content_and_database_are_there(client: InspectingClient, library: Library) -> None:
    assert client.get("/healthz").json == {"status": "ok", "modules": len(library.current.modules)}
