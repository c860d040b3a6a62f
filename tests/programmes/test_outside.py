"""Seminars and trainings elsewhere count for a programme as the ledger has them, and as long as it has them."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.db import db, transaction
from lms.hours import service as ledger
from lms.programmes import outside, queries, service
from lms.programmes.models import Completion
from lms.seminars.models import Seminar, Session
from tests import build
from tests.inspecting import InspectingClient, words
from tests.programmes.build import finish, programme, put

DAY = date(2026, 3, 9)


@pytest.fixture
def sari(app: Flask) -> int:
    return build.person("Sari Damanik")


def seminar(code: str, *, state: str = "published") -> int:
    with transaction():
        row = Seminar(code=code, title=f"Seminar {code}", form="seminar", state=state, seats=10, opens_at=clock.now(),
                      closes_at=clock.now() + timedelta(days=1), made_at=clock.now())
        db.session.add(row)
        db.session.flush()
        db.session.add(Session(seminar_id=row.id, title="Pagi", starts_at=clock.now() + timedelta(days=9),
                               ends_at=clock.now() + timedelta(days=9, hours=3)))
        return row.id


def attends(person_id: int, seminar_id: int) -> None:
    ledger.credit(ledger.Earned(person_id, "seminar", f"{seminar_id}:{person_id}", "Seminar", "seminar", ((DAY, Decimal(1)),)))


def hands_in(person_id: int, title: str, key: str = "1") -> None:
    ledger.credit(ledger.Earned(person_id, "claim", key, title, "technical", ((DAY, Decimal(10)),)))


def test_an_attended_seminar_counts_with_its_jp_until_it_is_taken_back(app: Flask, sari: int, assert_queries: object) -> None:
    one, other = seminar("satu"), seminar("dua")
    put(app, programme("seminar:satu", "bebas"))
    attends(sari, one)
    attends(build.person("Rini"), other)

    with assert_queries(4):  # type: ignore[operator]
        before = queries.standing_of([sari], "jalan")[sari]
    ledger.reverse("seminar", f"{one}:{sari}", reason="Keliru")

    assert (before.state, before.done) == ("going", 1)
    assert queries.standing_of([sari], "jalan")[sari].done == 0


def test_the_last_item_may_be_a_seminar_or_a_certificate_from_elsewhere(app: Flask, sari: int) -> None:
    number = seminar("satu")
    put(app, programme("bebas", "seminar:satu", "external:Pelatihan Dasar"))
    finish(sari, "bebas")
    attends(sari, number)
    hands_in(sari, "PELATIHAN DASAR CPNS Golongan III")

    service.settle(sari)

    row = db.session.scalars(select(Completion)).one()
    assert (row.hours, [(one["title"], one["hours"]) for one in row.items][1:]) == (
        Decimal(15), [("Seminar", "4"), ("PELATIHAN DASAR CPNS Golongan III", "10")])


@pytest.mark.parametrize(("title", "counts"), [
    ("Pelatihan Dasar", True), ("Sertifikat pelatihan dasar 2026", True), ("Pelatihan", False), ("Pelatihan_Dasar", False), ("%", False)])
def test_a_certificate_counts_if_its_title_contains_the_name(app: Flask, sari: int, title: str, counts: bool) -> None:
    put(app, programme("external:Pelatihan Dasar"))
    hands_in(sari, title)

    assert (queries.standing_of([sari], "jalan")[sari].done == 1) is counts


def test_only_seminars_that_were_announced_are_offered(app: Flask) -> None:
    for code, state in (("satu", "published"), ("dua", "draft"), ("tiga", "held")):
        seminar(code, state=state)

    with app.test_request_context():
        found = outside.Seminars().offers(["satu", "dua", "tiga", "empat"])

    assert {code: (one.title, one.address, one.on) for code, one in found.items()} == {
        code: (f"Seminar {code}", f"/seminars/{code}/", date(2026, 3, 19)) for code in ("satu", "tiga")}


def test_a_code_that_is_not_planned_yet_is_a_warning_with_its_place(app: Flask, sign_in: Callable[[int], InspectingClient]) -> None:
    agus = build.person("Agus", role="admin")
    seminar("satu")
    put(app, programme("seminar:satu", "seminar:belum", places=(("seminar:satu", 4), ("seminar:belum", 5))))
    browser = sign_in(agus)
    browser.set_cookie("lang", "en")

    text = words(browser.get("/content/").get_data(as_text=True))

    assert "modules/_programmes/jalan.md:5: No seminar with the code `belum` is planned yet." in text
    assert "`satu`" not in text


def test_the_page_leads_to_the_seminar_and_to_handing_in(app: Flask, sari: int, sign_in: Callable[[int], InspectingClient]) -> None:
    seminar("satu")
    put(app, programme("seminar:satu", "external:Pelatihan Dasar"))

    html = sign_in(sari).get("/programmes/jalan/").get_data(as_text=True)

    assert 'href="/seminars/satu/"' in html
    assert 'href="/claims/new' in html
