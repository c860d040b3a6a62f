"""Pages of learning hours: one's own, the unit's, one person's."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.readings import Reading
from lms.hours import queries, service, targets, unit, year
from lms.hours.service import Earned
from lms.people.models import Person, Unit
from tests import build
from tests.inspecting import InspectingClient, words

SignInAs = Callable[[int], InspectingClient]
DAY = date(2026, 3, 9)


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner."""
    return build.person("Sari Damanik")


def earned(person: int, key: str, amount: str = "2", *, day: date = DAY, form: str = "e-learning", **more: object) -> Earned:
    values = {"kind": "module", "title": f"Modul {key}", "days": ((day, Decimal(amount)),), **more}
    return Earned(person, key=key, form=form, **values)  # type: ignore[arg-type]


def test_my_page_tells_what_counts_and_why_not_all(sari: int, sign_in: SignInAs) -> None:
    service.credit(earned(sari, "satu"))
    service.credit(earned(sari, "dua"))
    service.credit(earned(sari, "tiga", day=DAY + timedelta(days=1)))
    service.reverse("module", "tiga", reason="Salah orang.")

    page = sign_in(sari).get("/hours/").text

    shown = words(page)
    assert "3 dari 20 jam pelajaran" in page
    for text in ("Modul satu", "Modul dua", "Modul tiga", "Salah orang.", "PP 11/2017"):
        assert text in shown


def test_the_sum_on_the_page_is_the_sum_of_the_ledger(sari: int, sign_in: SignInAs) -> None:
    for number in range(5):
        service.credit(earned(sari, str(number), "2.25", day=DAY - timedelta(days=number % 2)))
    service.reverse("module", "1", reason="keliru")

    total = queries.total(sari, date(2026, 1, 1), date(2026, 12, 31))

    assert f"{total.normalize():f}".replace(".", ",") + " dari 20 jam pelajaran" in sign_in(sari).get("/hours/").text


def test_rooms_foretell_and_say_what_was_offered(app: Flask, sari: int, sign_in: SignInAs) -> None:
    before = app.extensions["foreseen"], app.extensions["offered"]
    app.extensions["foreseen"] = (lambda person, first, last: [("Seminar Arsip", Decimal(4), last)] if person == sari else [],)
    app.extensions["offered"] = (lambda person, first, last: [("Bimtek Keuangan", "refused", first)],)

    shown = words(sign_in(sari).get("/hours/").text)

    app.extensions["foreseen"], app.extensions["offered"] = before
    assert "Seminar Arsip" in shown
    assert "Bimtek Keuangan" in shown


def test_who_has_no_target_is_never_behind(app: Flask, sign_in: SignInAs) -> None:
    person = build.person("Rini Purba", employment="PPPK")
    service.credit(earned(person, "besar", "30", form="technical", kind="claim"))

    shown = sign_in(person).get("/hours/").text

    assert "PP 49/2018" in shown
    assert "kurang" not in words(shown).lower()


def test_an_earlier_year_is_shown_without_a_forecast(sari: int, sign_in: SignInAs) -> None:
    service.credit(earned(sari, "lama", day=date(2025, 5, 5)))
    browser = sign_in(sari)

    old, now = words(browser.get("/hours/?year=2025").text), words(browser.get("/hours/").text)

    assert "Modul lama" in old
    assert "Modul lama" not in now
    assert words(browser.get("/hours/?year=1999").text) == now


class TestUnit:
    """The page of a unit: counts, list and export are one select."""

    @pytest.fixture
    def office(self, app: Flask) -> dict[str, int]:
        """A unit with a supervisor and people in every state, and one outside."""
        place, other = build.unit("Dinas Satu"), build.unit("Dinas Dua")
        found = {"wati": build.person("Wati Saragih", role="supervisor", unit_id=place)}
        for name, employment, hours in (("Ani", "PNS", "20"), ("Beni", "PNS", "4"), ("Citra", "PNS", ""), ("Dodi", "PPPK", "6")):
            found[name] = build.person(f"{name} Purba", unit_id=place, employment=employment)
            if hours:
                service.credit(earned(found[name], name, hours, form="technical", kind="claim"))
        found["Eko"] = build.person("Eko Sitorus", unit_id=other)
        return found

    def test_counts_list_and_export_agree(self, office: dict[str, int], sign_in: SignInAs) -> None:
        browser = sign_in(office["wati"])

        page = words(browser.get("/hours/unit/").text)

        assert "Ani Purba" in page
        assert "Eko Sitorus" not in page
        wish = unit.Wish(("/",), 2026)
        everybody = {one.name: (one.hours, one.state) for one in unit.everybody(wish)}
        assert everybody == {
            "Ani Purba": (20, "met"), "Beni Purba": (4, "on-the-way"), "Citra Purba": (0, "nothing"), "Dodi Purba": (6, "no-target"),
            "Eko Sitorus": (0, "nothing"), "Wati Saragih": (0, "nothing")}
        summary = unit.summary(wish)
        assert (summary.people, summary.hours, summary.states) == (6, 30, {"met": 1, "on-the-way": 1, "nothing": 3, "no-target": 1})
        assert [(one.first, one.people) for one in summary.columns] == [(None, 3), (0, 1), (5, 1), (10, 0), (15, 0), (20, 1)]

    @pytest.mark.parametrize(("filters", "names"), [
        ({"state": "met"}, ["Ani Purba"]), ({"state": "nothing"}, ["Citra Purba", "Eko Sitorus", "Wati Saragih"]),
        ({"state": "no-target"}, ["Dodi Purba"]), ({"state": "on-the-way"}, ["Beni Purba"]), ({"employment": "PPPK"}, ["Dodi Purba"]),
        ({"state": "met", "employment": "PPPK"}, []),
    ])
    def test_filters_narrow_sums_and_list_alike(self, office: dict[str, int], filters: dict[str, str], names: list[str]) -> None:
        wish = unit.Wish(("/",), 2026, **filters)  # type: ignore[arg-type]

        assert ([one.name for one in unit.page(wish)], unit.summary(wish).people) == (names, len(names))

    def test_a_unit_is_asked_for_with_all_below_it(self, office: dict[str, int]) -> None:
        place = db.session.scalars(select(Unit.id).where(Unit.name == "Dinas Dua")).one()

        assert [one.name for one in unit.page(unit.Wish(("/",), 2026, unit_id=place))] == ["Eko Sitorus"]
        assert list(unit.page(unit.Wish((f"/{place}/",), 2026, unit_id=place + 1000))) == []

    def test_a_target_of_the_agency_counts(self, office: dict[str, int]) -> None:
        service.set_target(targets.Target("PPPK", date(2026, 1, 1), "calendar", Decimal(6), None, "Perwali 1/2026"))

        assert [one.name for one in unit.page(unit.Wish(("/",), 2026, state="met"))] == ["Ani Purba", "Dodi Purba"]

    @pytest.mark.parametrize(("day", "counts"), [
        (date(2025, 3, 14), 0), (date(2025, 6, 1), 6), (date(2026, 2, 28), 6), (date(2025, 5, 31), 0), (date(2024, 12, 1), 0)])
    def test_for_pppk_the_year_of_the_agreement_counts(self, office: dict[str, int], day: date, counts: int) -> None:
        person = build.person("Fitri Purba", employment="PPPK")
        with transaction():
            db.session.execute(update(Person).where(Person.id == person).values(contract_start=date(2022, 6, 1)))
        service.credit(earned(person, "kontrak", "6", day=day, form="technical", kind="claim"))

        found = {one.name: one.hours for one in unit.everybody(unit.Wish(("/",), clock.today().year))}

        assert clock.today() < date(2026, 6, 1)
        assert found["Fitri Purba"] == counts

    def test_reading_and_taking_away_are_noted(self, office: dict[str, int], sign_in: SignInAs) -> None:
        browser = sign_in(office["wati"])
        token = browser.token("/hours/unit/?state=met")

        taken = browser.post("/hours/unit/export?state=met", data={"csrf_token": token, "file": "csv"})
        book = browser.post("/hours/unit/export", data={"csrf_token": token, "file": "xlsx"})

        rows = list(csv.reader(io.StringIO(taken.text.lstrip("\ufeff")), delimiter=";"))
        assert [row[0] for row in rows[1:]] == ["Ani Purba"]
        sheet = load_workbook(io.BytesIO(book.data)).active
        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Ani Purba", "Beni Purba", "Citra Purba", "Dodi Purba", "Wati Saragih"]
        assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "hours.exported")).all() == ["hours.exported"] * 2
        assert set(db.session.scalars(select(Reading.what))) == {"unit-hours", "unit-hours-export"}


class TestOfficer:
    """One person's ledger, and putting it right."""

    @pytest.fixture
    def budi(self, app: Flask) -> int:
        """An officer of BKPSDM."""
        return build.person("Budi Sinaga", role="training-officer")

    def source(self, person: int) -> int:
        return queries.standing(person)[-1].id

    def test_a_supervisor_sees_her_people_and_nobody_else(self, sign_in: SignInAs) -> None:
        place, other = build.unit("Dinas Satu"), build.unit("Dinas Dua")
        wati, ani = build.person("Wati", role="supervisor", unit_id=place), build.person("Ani Purba", unit_id=place)
        eko = build.person("Eko", unit_id=other)
        service.credit(earned(ani, "1"))
        browser = sign_in(wati)

        assert "Modul 1" in browser.get(f"/hours/people/{ani}/").text
        assert browser.get(f"/hours/people/{eko}/").status_code == 404
        assert browser.get(f"/hours/people/{ani}/entries/{self.source(ani)}/").status_code == 403
        assert db.session.scalars(select(Reading.about_id).where(Reading.what == "hours")).all() == [ani]

    def test_an_entry_is_put_right_by_another_one(self, budi: int, sari: int, sign_in: SignInAs) -> None:
        service.credit(earned(sari, "1", "1", form="seminar", kind="seminar"))
        browser = sign_in(budi)
        address = f"/hours/people/{sari}/entries/{self.source(sari)}/"

        answer = browser.send(address, title="Seminar Arsip", form="workshop", scope="national", basis="", reason="Itu lokakarya.",
                           day=["2026-03-09", "2026-03-10", ""], amount=["1", "1", ""])

        assert answer.status_code == 303
        assert queries.total(sari, date(2026, 1, 1), date(2026, 12, 31)) == 10
        shown = words(browser.get(f"/hours/people/{sari}/").text)
        assert "Itu lokakarya." in shown
        assert "hours.corrected" in db.session.scalars(select(AuditEntry.act)).all()

    def test_what_was_typed_stays_when_something_is_wrong(self, budi: int, sari: int, sign_in: SignInAs) -> None:
        service.credit(earned(sari, "1"))
        browser = sign_in(budi)
        address = f"/hours/people/{sari}/entries/{self.source(sari)}/"
        fields = {"title": "Judul lain", "form": "e-learning", "scope": "national", "basis": "", "reason": "Sebab."}

        odd = browser.send(address, **fields, day=["2026-03-09"], amount=["banyak"])
        later = browser.send(address, **fields, day=["2026-12-09"], amount=["1"])

        assert (odd.status_code, later.status_code) == (422, 409)
        assert [text in odd.text for text in ("Judul lain", "banyak")] == [True, True]
        assert "2026-12-09" in later.text
        assert queries.total(sari, DAY, DAY) == 2

    def test_taking_back_needs_a_reason_and_works_once(self, budi: int, sari: int, sign_in: SignInAs) -> None:
        service.credit(earned(sari, "1"))
        browser, source = sign_in(budi), self.source(sari)
        address = f"/hours/people/{sari}/entries/{source}/"

        answers = [browser.send(address, f"{address}take-back", reason="").status_code]
        token = browser.token(address)
        answers += [browser.post(f"{address}take-back", data={"csrf_token": token, "reason": "Salah orang."}).status_code for _try in range(2)]

        assert answers == [303, 303, 303]

        assert queries.total(sari, DAY, DAY) == 0
        assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "hours.reversed")).all() == ["hours.reversed"]

    def test_nobody_puts_her_own_hours_right_nor_the_entry_of_another_person(self, budi: int, sari: int, sign_in: SignInAs) -> None:
        service.credit(earned(budi, "1"))
        browser, source = sign_in(budi), self.source(budi)

        browser.send(f"/hours/people/{budi}/entries/{source}/", f"/hours/people/{budi}/entries/{source}/take-back", reason="Untung.")

        assert queries.total(budi, DAY, DAY) == 2
        assert browser.get(f"/hours/people/{sari}/entries/{source}/").status_code == 404


def test_at_31_march_the_page_shows_each_part_of_the_forecast(app: Flask, sari: int, sign_in: SignInAs) -> None:
    before = app.extensions["foreseen"]
    app.extensions["foreseen"] = (lambda person, first, last: [("Seminar Arsip", Decimal(4), date(2026, 5, 6))],)
    with clock.stopped(datetime(2026, 3, 31, 3, tzinfo=UTC)):
        for key, day in (("satu", date(2026, 1, 20)), ("dua", date(2026, 2, 20)), ("tiga", date(2026, 3, 20))):
            service.credit(earned(sari, key, "1.5", day=day))

        found = year.of(db.session.get_one(Person, sari), None)

    app.extensions["foreseen"] = before
    coming = found.forecast
    assert coming is not None
    parts = (coming.credited, coming.foreseen, coming.own, coming.total, coming.missing(found.standing.least))
    assert [str(part) for part in parts] == ["4.5", "4", "13.7", "22.2", "0"]
    assert (found.even, found.state, found.paced) == (Decimal("4.9"), "on-the-way", (date(2026, 1, 1), date(2026, 3, 31)))
