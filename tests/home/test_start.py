"""The start page and the small pages beside it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from flask import Flask

from lms.base import clock
from lms.content.library import Library
from lms.home import start
from lms.learning import service as learning
from lms.learning.hours import Hours, Period
from tests import build
from tests.inspecting import InspectingClient, words

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
    hours = Hours(year, Decimal(0), Decimal(20), above_notice=False, busy_days=())

    assert start.ideal_hours(hours, year.first + timedelta(days=181)) == Decimal("10.0")


def test_pppk_have_hours_but_no_target(app: Flask, sign_in: SignIn) -> None:
    page = words(sign_in(build.person(employment="PPPK")).get("/").get_data(as_text=True))

    assert "20 JP" not in page


def test_english_is_a_choice_that_stays(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(build.person("Rini Sinaga"))

    browser.send("/", "/language", lang="en", next="/")

    assert "Good morning, Rini" in words(browser.get("/").get_data(as_text=True))


def test_health_says_that_content_and_database_are_there(client: InspectingClient, library: Library) -> None:
    assert client.get("/healthz").json == {"status": "ok", "modules": len(library.current.modules)}
