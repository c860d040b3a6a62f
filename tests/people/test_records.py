"""Editing a record: names that mislead, two officers at once, somebody new, mass assignment."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.people import admin, grants, queries
from lms.people.models import Person, Posting
from tests import build
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]


@pytest.fixture
def office(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan")


@pytest.fixture
def browser(office: int, sign_in: SignIn) -> InspectingClient:
    """An administrator's browser, in English."""
    client = sign_in(build.person("Agus Saragih", role="admin", unit_id=office))
    client.set_cookie("lang", "en")
    return client


def form(office: int, **changes: object) -> dict[str, object]:
    return {"name": "Sari Damanik", "unit_id": office, "position": "Analis", "rank": "III/a", "employment": "PNS", "position_kind": "", **changes}


@pytest.mark.parametrize("name", ["Sari\u202eDamanik", "Sa\u200bri", "Sa" + "\u0301" * 2000 + "ri", "A" * 201, " "])
def test_c45_a_name_that_hides_something_is_refused_at_its_field(browser: InspectingClient, office: int, name: str) -> None:
    sari = build.person("Sari", unit_id=office)

    response = browser.send(f"/people/{sari}/", **form(office, name=name))

    assert response.status_code == 422
    assert queries.person(sari).name == "Sari"


@pytest.mark.parametrize("name", ["N", "Suharto", "O'Neil", "<3", "null", "NaN", "A" * 200, "Dr. Sari Damanik, S.E., M.M.", "=1+1"])
def test_c47_an_unusual_name_is_stored_and_shown_as_written(browser: InspectingClient, office: int, name: str) -> None:
    sari = build.person("Sari", unit_id=office)

    browser.send(f"/people/{sari}/", **form(office, name=name))

    assert queries.person(sari).name == name
    assert name in words(browser.get(f"/people/{sari}/").get_data(as_text=True))


def test_c46_a_name_that_looks_like_another_is_asked_about_and_stored_when_confirmed(browser: InspectingClient, office: int) -> None:
    build.person("Sari Damanik", unit_id=office)
    other = build.person("Dewi", unit_id=office)
    fake = form(office, name="S\u0430ri Damanik")

    asked = browser.send(f"/people/{other}/", **fake)
    between = queries.person(other).name
    browser.send(f"/people/{other}/", **fake, sure="y")

    assert (asked.status_code, between, queries.person(other).name) == (422, "Dewi", "S\u0430ri Damanik")
    page = words(asked.get_data(as_text=True))
    assert "looks like Sari Damanik" in page
    assert "mixes letters" in page


def test_who_saves_later_sees_both_and_loses_nothing(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    seen = admin.fingerprint(queries.person(sari))
    admin.change(sari, {"position": "Arsiparis"})

    late = browser.send(f"/people/{sari}/", **form(office, position="Bendahara", seen=seen))
    page = words(late.get_data(as_text=True))
    again = browser.send(f"/people/{sari}/", **form(office, position="Bendahara", seen=admin.fingerprint(queries.person(sari))))

    assert (late.status_code, again.status_code, queries.person(sari).position) == (409, 303, "Bendahara")
    assert "Position Arsiparis Bendahara" in page
    assert 'value="Bendahara"' in late.get_data(as_text=True)


def test_b13_columns_that_the_form_does_not_have_are_ignored(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office, password="tujuh gajah biru")
    before = db.session.execute(select(Person.nip, Person.password_hash, Person.active, Person.merged_into).where(Person.id == sari)).one()

    browser.send(f"/people/{sari}/", **form(office, role="admin", active="", nip="199901012020012001", password_hash="x", merged_into="1", id="1",
                                             score="100", is_active="0"))

    after = db.session.execute(select(Person.nip, Person.password_hash, Person.active, Person.merged_into).where(Person.id == sari)).one()
    assert after == before
    assert (queries.roles_of([sari]), queries.person(sari).name) == ({}, "Sari Damanik")


def test_b09_nobody_is_moved_into_or_edited_in_a_unit_beyond_reach(office: int, sign_in: SignIn) -> None:
    elsewhere = build.unit("Dinas Pendidikan")
    own, foreign = build.person("Sari", unit_id=office), build.person("Dewi", unit_id=elsewhere)
    rina = build.person("Rina", unit_id=office)
    with transaction():
        grants.add(rina, "admin", unit_id=office)
    browser = sign_in(rina)

    away = browser.send(f"/people/{own}/", **form(elsewhere))
    edit = browser.send(f"/people/{own}/", f"/people/{foreign}/", **form(office))
    gone = browser.send(f"/people/{own}/", f"/people/{foreign}/active", active="no", reason="Iseng.")

    assert (away.status_code, edit.status_code, gone.status_code, browser.get(f"/people/{foreign}/").status_code) == (422, 404, 404, 404)
    assert (queries.person(own).unit_id, queries.person(foreign).name, queries.person(foreign).active) == (office, "Dewi", True)


def test_somebody_new_is_recorded_and_gets_a_way_in(browser: InspectingClient, office: int) -> None:
    response = browser.send("/people/new/", nip="19860926 201505 1 001", **form(office))

    row = db.session.execute(select(Person.id, Person.nip, Person.name, Person.rank)).all()[-1]
    assert (row.nip, row.name, row.rank) == ("198609262015051001", "Sari Damanik", "III/a")
    assert response.location == f"/people/{row.id}/account"
    assert [posting.unit_id for posting in db.session.scalars(select(Posting).where(Posting.person_id == row.id))] == [office]


@pytest.mark.parametrize(("changes", "status", "sentence"), [
    ({"nip": "1"}, 422, "A NIP has 18 digits."), ({"nip": "199001012015012999", "rank": "IX"}, 409, "is a rank of PPPK"),
    ({"nip": "taken"}, 409, "belongs to Dewi"),
])
def test_somebody_new_is_refused_with_what_to_mend(browser: InspectingClient, office: int, changes: dict[str, str], status: int, sentence: str) -> None:
    build.person("Dewi", unit_id=office, nip="198609262015051001")
    changes = {name: "198609262015051001" if value == "taken" else value for name, value in changes.items()}

    response = browser.send("/people/new/", **form(office, **changes))

    assert response.status_code == status
    assert sentence in words(response.get_data(as_text=True))


def test_deactivating_needs_a_reason_which_is_recorded(browser: InspectingClient, office: int) -> None:
    sari = build.person("Sari", unit_id=office)

    browser.send(f"/people/{sari}/", f"/people/{sari}/active", active="no", reason="")
    between = queries.person(sari).active
    browser.send(f"/people/{sari}/", f"/people/{sari}/active", active="no", reason="Pensiun.")

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "person.deactivated")).one()
    assert (between, queries.person(sari).active, entry.about_id, entry.detail) == (True, False, sari, {"reason": "Pensiun."})


def test_an_export_holds_who_fits_and_is_recorded(browser: InspectingClient, office: int) -> None:
    build.person("Sari Damanik", unit_id=office)
    build.person("=SUM(A1)", unit_id=office)

    csv = browser.send("/people/", "/people/export.csv?q=damanik").get_data(as_text=True)
    whole = browser.send("/people/", "/people/export.csv").get_data(as_text=True)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "people.exported").order_by(AuditEntry.seq)).all()

    assert ("Sari Damanik" in csv, "Agus" in csv, "'=SUM(A1)" in whole) == (True, False, True)
    assert [entry.detail for entry in entries] == [{"kind": "csv", "within": ["/"], "q": "damanik"}, {"kind": "csv", "within": ["/"]}]
