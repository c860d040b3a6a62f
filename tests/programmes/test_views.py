"""The list, the page of one programme, joining and leaving, the start page and the supervisor's page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from lms.base.db import db
from lms.certificates.models import Certificate
from lms.programmes import service
from lms.programmes.sources import Offer
from tests import build
from tests.inspecting import InspectingClient, words
from tests.programmes.build import Seminars, choice, finish, item, programme, put

SignIn = Callable[[int], InspectingClient]


@pytest.fixture
def sari(app: Flask) -> int:
    return build.person("Sari Damanik")


def english(sign_in: SignIn, person_id: int) -> InspectingClient:
    browser = sign_in(person_id)
    browser.set_cookie("lang", "en")
    return browser


def page(browser: InspectingClient, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return words(response.get_data(as_text=True))


def test_the_catalogue_leads_to_programmes_and_the_list_is_searched(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app, programme("bebas"), programme("sapa", id="lain", title="Literasi Digital", kind="sosial-kultural", summary="Aman di dunia maya."))
    browser = english(sign_in, sari)

    whole = page(browser, "/programmes/")
    found = {query: [title for title in ("Jalan Melayani", "Literasi Digital") if title in page(browser, f"/programmes/?{query}")]
             for query in ("q=digital+aman", "q=DIGITAL", "kind=teknis", "state=done", "q=zzz", "page=99&kind=teknis")}

    assert 'href="/programmes/"' in browser.get("/modules/").get_data(as_text=True)
    assert "2 programmes" in whole
    assert found == {"q=digital+aman": ["Literasi Digital"], "q=DIGITAL": ["Literasi Digital"], "kind=teknis": ["Jalan Melayani"],
                     "state=done": [], "q=zzz": [], "page=99&kind=teknis": ["Jalan Melayani"]}


def test_an_empty_list_says_what_to_do(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app)

    assert "No programme yet" in page(english(sign_in, sari), "/programmes/")


def test_the_page_shows_the_way_and_where_i_stand(app: Flask, sari: int, sign_in: SignIn) -> None:
    app.extensions["programme_sources"] = {"seminar": Seminars({"S-1": Offer("Seminar Pelayanan", Decimal(4), None, date(2026, 4, 2))}, [])}
    put(app, programme("bebas", "seminar:S-1", "seminar:S-2", "external:Pelatihan Dasar", choice(1, "sapa", "dengar"), order="sequential"))
    finish(sari, "bebas")
    browser = english(sign_in, sari)

    text = page(browser, "/programmes/jalan/")

    for said in ("1 of 5 done", "Pelajaran Bebas Module 1 JP Done", "Seminar Pelayanan Seminar 4 JP 2 April 2026 Not done yet",
                 "S 2 Seminar Not scheduled yet", "Pelatihan Dasar Training elsewhere Opens after", "Choose 1 of 2.",
                 "7 to 8 JP", "Take part in this programme"):
        assert said in text, said


def test_a_module_that_asks_for_another_first_says_so(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app, programme("dengar", "tidak-ada"))

    text = page(english(sign_in, sari), "/programmes/jalan/")

    assert "Needs Menyapa Warga" in text
    assert "tidak-ada Module Not available now" in text


def test_joining_puts_it_on_the_start_page_and_leaving_takes_it_away(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app, programme("bebas", "sapa"))
    browser = english(sign_in, sari)
    assert "Jalan Melayani" not in page(browser, "/")

    joined = browser.send("/programmes/jalan/", "/programmes/jalan/join/")
    again = browser.send("/programmes/jalan/", "/programmes/jalan/join/")
    on_start = page(browser, "/")
    text = page(browser, "/programmes/jalan/")
    browser.send("/programmes/jalan/", "/programmes/jalan/leave/")

    assert (joined.status_code, again.status_code) == (303, 303)
    assert "Jalan Melayani" in on_start
    assert "Go on with Pelajaran Bebas" in text
    assert "Jalan Melayani" not in page(browser, "/")


def test_a_completed_programme_shows_its_certificate_and_what_it_rests_on(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app, programme("bebas", certificate="resmi"))
    finish(sari, "bebas")
    browser = english(sign_in, sari)

    text = page(browser, "/programmes/jalan/")
    put(app, programme("bebas", "sapa", certificate="resmi", revision="r2"))
    changed = page(browser, "/programmes/jalan/")
    put(app)
    gone = browser.get("/programmes/jalan/")

    serial = db.session.query(Certificate.serial).scalar()
    assert "Completed on 10 March 2026" in text
    assert "What your completion rests on Pelajaran Bebas, 1 JP" in text
    assert "To the certificate" in text
    assert "The programme has been changed since." in changed
    assert (gone.status_code, "You completed Jalan Melayani on 10 March 2026" in words(gone.get_data(as_text=True))) == (404, True)
    assert "Programme" in page(browser, f"/certificates/{serial}/")
    assert "Jalan Melayani" in page(browser, "/certificates/")
    assert "Jalan Melayani" in page(app.test_client(), f"/verify/{serial}")


def test_the_supervisor_sees_completed_programmes_and_others_do_not(app: Flask, sign_in: SignIn) -> None:
    unit = build.unit()
    sari, wati = build.person("Sari Damanik", unit_id=unit), build.person("Wati", role="supervisor", unit_id=unit)
    agus = build.person("Agus", role="admin")
    put(app, programme("bebas", id="selesai", title="Program Selesai"), programme("sapa", id="jalan2", title="Program Berjalan"))
    finish(sari, "bebas")
    service.join(sari, "jalan2")

    hers = page(english(sign_in, wati), f"/team/{sari}/")
    whole = page(english(sign_in, agus), f"/people/{sari}/all")

    assert "Program Selesai Completed 10 March 2026" in hers
    assert "Program Berjalan 0 of 1 done" in hers
    assert "Program Selesai" in whole


def test_drafts_are_seen_by_those_who_run_programmes(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app, programme("bebas", published=False))
    trainer, agus = build.person("Budi", role="trainer"), build.person("Agus", role="admin")

    before = {name: sign_in(one).get("/programmes/jalan/").status_code for name, one in (("sari", sari), ("budi", trainer), ("agus", agus))}
    build.trains(trainer, "bebas")

    assert before == {"sari": 404, "budi": 404, "agus": 200}
    assert sign_in(trainer).get("/programmes/jalan/").status_code == 200
    assert "Jalan Melayani" not in page(english(sign_in, sari), "/programmes/")


@pytest.mark.parametrize("address", ["/programmes/tidak-ada/", "/programmes/%00/", "/programmes/a%2Fb/", "/programmes/%F0%9F%99%82/"])
def test_unknown_programmes_are_not_found(app: Flask, sari: int, sign_in: SignIn, address: str) -> None:
    assert sign_in(sari).get(address).status_code == 404


def test_a_form_about_an_unknown_programme_is_not_found(app: Flask, sari: int, sign_in: SignIn) -> None:
    put(app, programme("bebas"))
    browser = sign_in(sari)
    token = browser.token("/programmes/jalan/")

    answers = [browser.post(f"/programmes/{slug}/{act}/", data={"csrf_token": token}).status_code
               for slug in ("tidak-ada", "%00") for act in ("join", "leave")]

    assert answers == [404] * 4


def test_the_list_costs_the_same_for_one_and_three_programmes(app: Flask, sari: int, assert_queries: object) -> None:
    from lms.programmes import shelf
    from lms.web.content import catalog

    put(app, *(programme("bebas", "sapa", id=f"p{number}") for number in range(3)))
    there = catalog()
    ones = list(there.programmes.values())

    with assert_queries(2):  # type: ignore[operator]
        shelf.cards_for(sari, ones[:1], there)
    with assert_queries(2):  # type: ignore[operator]
        shelf.cards_for(sari, ones, there)


def test_hours_stated_in_the_file_are_shown_until_the_room_knows_better(app: Flask, sari: int, sign_in: SignIn) -> None:
    step = replace(choice(1, "seminar:S-1"), items=(item("seminar:S-1", 5),))
    put(app, programme("bebas", step))
    browser = english(sign_in, sari)

    before = page(browser, "/programmes/jalan/")
    app.extensions["programme_sources"] = {"seminar": Seminars({"S-1": Offer("Seminar", Decimal(4))}, [])}

    assert "6 JP" in before
    assert "5 JP" in page(browser, "/programmes/jalan/")
