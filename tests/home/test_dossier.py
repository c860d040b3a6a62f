"""Everything about one person on one page, and the page Administration."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from lms.accounts import signins
from lms.base import clock
from lms.base.db import transaction
from lms.home import dossier
from lms.learning import service as learning
from lms.people import admin, grants, queries
from lms.web.content import catalog
from tests import build
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]
Queries = Callable[[int], object]


@pytest.fixture
def office(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan")


def finish(person_id: int) -> None:
    enrolment = learning.enrol(person_id, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.finish_lesson(person_id, "sapa", lesson)
    learning.pass_final_quiz(enrolment.id, Decimal(80))


def test_the_page_says_everything(office: int, sign_in: SignIn, app: Flask) -> None:
    sari = build.person("Sari Damanik", unit_id=office, password="tujuh gajah biru")
    finish(sari)
    with app.test_request_context():
        signins.begin(sari)
    grants.give(sari, "supervisor", by=None, unit_id=office, reason="SK 12")
    admin.change(sari, {"position": "Arsiparis Ahli Muda"})
    rini = sign_in(build.person("Rini Sinaga", role="auditor", unit_id=office))
    rini.set_cookie("lang", "en")

    rini.get(f"/people/{sari}/")
    page = words(rini.get(f"/people/{sari}/all").get_data(as_text=True))

    for said in ("Sari Damanik", "Dinas Kesehatan", "Arsiparis Ahli Muda", "Supervisor Dinas Kesehatan with all below it", "Password set",
                 "Second step no", "Completed 10 March 2026", "2 JP", "Certificates", "Gave a role", "The program", "The record of a person",
                 "Rini Sinaga", "JP by calendar year 2026 2 JP"):
        assert said in page, said


@pytest.mark.parametrize("count", [0, 3])
def test_it_takes_the_same_queries_for_a_full_and_an_empty_record(office: int, assert_queries: Queries, count: int) -> None:
    sari = build.person("Sari", unit_id=office)
    if count:
        finish(sari)
        for role in ("supervisor", "survey-officer"):
            grants.give(sari, role, by=None, unit_id=office)
    row = queries.person(sari)

    with assert_queries(18):  # type: ignore[attr-defined]
        found = dossier.dossier(row, catalog())

    assert (len(found.certificates), len(found.roles)) == ((1, 2) if count else (0, 0))


def test_past_years_count_a_module_once_a_year(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    finish(sari)
    clock.advance(timedelta(days=365))
    row = queries.person(sari)

    assert dossier.dossier(row, catalog()).years == [(2027, Decimal(0)), (2026, Decimal(2))]


def test_b10_a_person_beyond_reach_does_not_exist(office: int, sign_in: SignIn) -> None:
    elsewhere = build.person("Dewi", unit_id=build.unit("Dinas Pendidikan"))
    rina = build.person("Rina", unit_id=office)
    with transaction():
        grants.add(rina, "admin", unit_id=office)

    assert (sign_in(rina).get(f"/people/{elsewhere}/all").status_code, sign_in(rina).get(f"/people/{rina}/all").status_code) == (404, 200)


@pytest.mark.parametrize(("role", "unit_bound", "sees", "misses"), [
    ("admin", False, ("/people/", "/roles/", "/people/import/", "/people/codes/"), ()),
    ("admin", True, ("/people/", "/people/codes/"), ("/roles/", "/people/import/")),
    ("auditor", False, ("/people/", "/roles/"), ("/people/import/", "/people/codes/")),
])
def test_administration_shows_each_what_she_may_open(office: int, sign_in: SignIn, role: str, unit_bound: bool, sees: tuple[str, ...],
                                                     misses: tuple[str, ...]) -> None:
    rina = build.person("Rina", unit_id=office)
    with transaction():
        grants.add(rina, role, unit_id=office if unit_bound else None)
    browser = sign_in(rina)

    page = browser.get("/administration/").get_data(as_text=True)

    assert [address for address in sees if f'href="{address}"' not in page] == []
    assert [address for address in misses if f'href="{address}"' in page] == []
    assert {address: browser.get(address).status_code for address in sees} == dict.fromkeys(sees, 200)


def test_administration_is_not_for_learners_and_supervisors(office: int, sign_in: SignIn) -> None:
    people = [build.person(role=role, unit_id=office) for role in ("learner", "supervisor", "trainer")]

    assert [sign_in(person).get("/administration/").status_code for person in people] == [403, 403, 403]
