"""The team of a past year: who was where on its last day, under the names of then, for whoever leads the unit of then."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.base import clock
from lms.base.db import db, transaction
from lms.home import team
from lms.hours import service as hours
from lms.hours import sums
from lms.hours.models import Target
from lms.learning import service as learning
from lms.learning.models import Enrolment
from lms.organisation import service as units
from lms.people import admin, postings
from lms.people.models import Person
from tests import build
from tests.inspecting import InspectingClient, words
from tests.learning.test_service import study

SignIn = Callable[[int], InspectingClient]
LAST_YEAR = datetime(2025, 6, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def city(app: Flask) -> dict[str, int]:
    """In June 2025 Wati leads a kecamatan with Sari, who completed a module, and Dewi in a kelurahan below it; Rini leads a dinas. The tests
    run in March 2026."""
    with clock.stopped(LAST_YEAR):
        root = build.unit("Kota")
        office, dinas = build.unit("Kecamatan Contoh", parent=root), build.unit("Dinas Contoh", parent=root)
        below = build.unit("Kelurahan Lama", parent=office)
        found = {
            "root": root, "office": office, "below": below, "dinas": dinas,
            "wati": build.person("Wati Siregar", role="supervisor", unit_id=office), "sari": build.person("Sari Damanik", unit_id=below),
            "dewi": build.person("Dewi Purba", unit_id=below), "rini": build.person("Rini Sinaga", role="supervisor", unit_id=dinas),
        }
        enrolment = learning.enrol(found["sari"], "sapa")
        for lesson in ("menyapa", "menyimak"):
            learning.finish_lesson(found["sari"], "sapa", lesson)
        learning.pass_final_quiz(enrolment.id, Decimal(80))
        learning.enrol(found["dewi"], "bebas")
    return found


def seen(path: str, year: int, **asked: object) -> list[tuple[str, str]]:
    """Names and units on the team page of a year."""
    return [(one.name, one.unit) for one in team.everybody(team.Wish(within=(path,), year=year, **asked))]  # type: ignore[arg-type]


def path(city: dict[str, int], *names: str) -> str:
    """The path through these units."""
    return "/" + "".join(f"{city[name]}/" for name in names)


def test_a_renamed_unit_has_its_old_name_in_the_year_before(city: dict[str, int]) -> None:
    units.change(city["below"], name="Kelurahan Baru", code="baru", kind="kelurahan")

    kecamatan = path(city, "root", "office")
    assert seen(kecamatan, 2026) == [
        ("Dewi Purba", "Kelurahan Baru"), ("Sari Damanik", "Kelurahan Baru"), ("Wati Siregar", "Kecamatan Contoh")]
    assert seen(kecamatan, 2025) == [
        ("Dewi Purba", "Kelurahan Lama"), ("Sari Damanik", "Kelurahan Lama"), ("Wati Siregar", "Kecamatan Contoh")]


def test_whoever_moved_counts_where_she_was(city: dict[str, int]) -> None:
    postings.move(city["sari"], unit_id=city["dinas"], position="Analis")

    kecamatan, dinas = path(city, "root", "office"), path(city, "root", "dinas")
    assert ([name for name, _unit in seen(kecamatan, 2026)], [name for name, _unit in seen(kecamatan, 2025)]) == (
        ["Dewi Purba", "Wati Siregar"], ["Dewi Purba", "Sari Damanik", "Wati Siregar"])
    assert (seen(dinas, 2026), seen(dinas, 2025)) == (
        [("Rini Sinaga", "Dinas Contoh"), ("Sari Damanik", "Dinas Contoh")], [("Rini Sinaga", "Dinas Contoh")])
    [sari] = [one for one in team.everybody(team.Wish(within=(kecamatan,), year=2025)) if one.name == "Sari Damanik"]
    assert (sari.position, sari.hours, sari.completed, sari.certificates) == ("Pengelola Layanan", 2, 1, 1)


def test_whoever_left_since_still_counts_and_whoever_left_before_the_last_day_does_not(city: dict[str, int]) -> None:
    with clock.stopped(LAST_YEAR + timedelta(days=30)):
        admin.set_active(city["dewi"], False)
    admin.set_active(city["sari"], False)

    kecamatan = path(city, "root", "office")
    assert (seen(kecamatan, 2025), seen(kecamatan, 2026)) == (
        [("Sari Damanik", "Kelurahan Lama"), ("Wati Siregar", "Kecamatan Contoh")], [("Wati Siregar", "Kecamatan Contoh")])


def test_whoever_came_back_counts_once_in_each_year(city: dict[str, int]) -> None:
    with clock.stopped(LAST_YEAR + timedelta(days=30)):
        admin.set_active(city["sari"], False)
    with clock.stopped(LAST_YEAR + timedelta(days=60)):
        admin.set_active(city["sari"], True)
    postings.move(city["sari"], unit_id=city["office"])
    postings.move(city["sari"], unit_id=city["below"])

    kecamatan = path(city, "root", "office")
    names = {year: [name for name, _unit in seen(kecamatan, year)] for year in (2025, 2026)}
    assert names == {year: ["Dewi Purba", "Sari Damanik", "Wati Siregar"] for year in (2025, 2026)}


def test_a_merged_unit_is_there_for_the_year_before(city: dict[str, int]) -> None:
    units.merge(city["below"], city["dinas"])

    root, dinas = path(city, "root"), path(city, "root", "dinas")
    assert seen(dinas, 2026) == [("Dewi Purba", "Dinas Contoh"), ("Rini Sinaga", "Dinas Contoh"), ("Sari Damanik", "Dinas Contoh")]
    assert seen(dinas, 2025) == [("Rini Sinaga", "Dinas Contoh")]
    assert [name for name, _unit in seen(root, 2025, unit_id=city["below"])] == ["Dewi Purba", "Sari Damanik"]
    assert seen(root, 2026, unit_id=city["below"]) == []
    offered = [[one.name for one in team.units_of(team.Wish(within=(root,), year=year))] for year in (2025, 2026)]
    assert offered == [["Kota", "Dinas Contoh", "Kecamatan Contoh", "Kelurahan Lama"], ["Kota", "Dinas Contoh", "Kecamatan Contoh"]]


def test_a_split_leaves_the_year_before_whole(city: dict[str, int]) -> None:
    new = units.split(city["below"], name="Kelurahan Kedua", code="kedua", kind="kelurahan", people=[city["dewi"]], units=(),
                      parent_id=city["office"])

    kecamatan = path(city, "root", "office")
    assert seen(kecamatan, 2026, unit_id=new) == [("Dewi Purba", "Kelurahan Kedua")]
    assert (seen(kecamatan, 2025, unit_id=new), len(seen(kecamatan, 2025, unit_id=city["below"]))) == ([], 2)


def test_the_scope_of_a_past_year_is_where_the_unit_stood_then(city: dict[str, int]) -> None:
    units.move(city["below"], city["dinas"])

    kecamatan, dinas, kelurahan = path(city, "root", "office"), path(city, "root", "dinas"), path(city, "root", "dinas", "below")
    assert ([name for name, _unit in seen(kecamatan, 2026)], len(seen(kecamatan, 2025))) == (["Wati Siregar"], 3)
    assert (len(seen(dinas, 2026)), len(seen(dinas, 2025))) == (3, 1)
    assert seen(kelurahan, 2025) == [("Dewi Purba", "Kelurahan Lama"), ("Sari Damanik", "Kelurahan Lama")]


def test_page_and_exports_of_a_past_year_agree(city: dict[str, int], sign_in: SignIn) -> None:
    postings.move(city["sari"], unit_id=city["dinas"])
    browser = sign_in(city["wati"])

    page = words(browser.get("/team/?year=2025").get_data(as_text=True))
    csv = browser.get("/team/export.csv?year=2025").get_data(as_text=True)
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/team/export.xlsx?year=2025").data)).active
    archive = zipfile.ZipFile(io.BytesIO(browser.get("/team/certificates.zip?year=2025").data)).namelist()

    listed = ["Dewi Purba", "Sari Damanik", "Wati Siregar"]
    assert [name for name in (*listed, "Rini Sinaga") if name in page] == listed
    assert "31 Desember 2025" in page
    assert [line.split(";")[0] for line in csv.splitlines()[1:]] == listed
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == listed
    assert archive == ["Sari Damanik sapa 0001-SERT-BKPSDM-VI-2025.pdf"]
    summary = team.first_page(team.Wish(within=(path(city, "root", "office"),), year=2025))[0]
    assert summary == team.Summary(people=3, measured=3, target_met=0, nothing=1, certificates=1)


def test_what_was_done_since_does_not_change_the_year_before(city: dict[str, int]) -> None:
    learning.enrol(city["wati"], "bebas")

    found = {one.name: (one.studying, one.last_seen_at) for one in team.everybody(team.Wish(within=("/",), year=2025))}

    assert found["Wati Siregar"] == (0, None)
    assert found["Dewi Purba"][0] == 1


def test_employment_is_that_of_then(city: dict[str, int]) -> None:
    postings.move(city["dewi"], employment="PPPK", rank="IX")

    measured = [team.first_page(team.Wish(within=("/",), year=year))[0].measured for year in (2025, 2026)]

    assert measured == [4, 3]


def test_what_is_entered_or_set_later_leaves_the_page_of_the_year_as_it_was(city: dict[str, int], sign_in: SignIn) -> None:
    days = tuple((date(2025, 11, day + 1), Decimal(1)) for day in range(5))
    hours.credit(hours.Earned(city["dewi"], "event", "1", "Seminar lama", "seminar", days))
    hours.reverse("module", str(db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == city["sari"])).one()), reason="keliru")
    with transaction():
        db.session.add(Target(employment="PNS", from_on=date(2025, 1, 1), period="calendar", least=Decimal(2), basis="x", set_at=clock.now()))
    wish = team.Wish(within=("/",), year=2025)

    page = [(one.name, one.hours, one.least) for one in team.everybody(wish)]
    member = words(sign_in(city["wati"]).get(f"/team/{city['sari']}/?year=2025").get_data(as_text=True))

    assert page == [("Dewi Purba", 0, 20), ("Rini Sinaga", 0, 20), ("Sari Damanik", 2, 20), ("Wati Siregar", 0, 20)]
    assert team.first_page(wish)[0].target_met == 0
    assert "2 JP dari 20 JP" in member
    assert [sums.by_year(city[name], 2025, 2025) for name in ("dewi", "sari")] == [{2025: 20}, {2025: 0}]


def test_a_member_of_a_past_year_shows_all_that_was_earned_and_why_not_all_counts(city: dict[str, int], sign_in: SignIn) -> None:
    with clock.stopped(LAST_YEAR + timedelta(hours=1)):
        for module_id in ("bebas", "dengar"):
            study(city["sari"], module_id)
        hours.credit(hours.Earned(city["sari"], "seminar", "1", "Seminar Layanan", "seminar", ((date(2025, 6, 3), Decimal(1)),)))
    browser = sign_in(city["wati"])
    browser.set_cookie("lang", "en")

    page = words(browser.get(f"/team/{city['sari']}/?year=2025").get_data(as_text=True))

    assert "7 JP of 20 JP" in page
    assert "Seminar Layanan 3 June 2025 4 JP" in page
    assert page.count("one day counts only so many") == 2


def test_a_member_of_a_past_year_shows_that_that_year_alone(city: dict[str, int], sign_in: SignIn) -> None:
    postings.move(city["sari"], unit_id=city["dinas"], position="Analis")
    learning.enrol(city["sari"], "bebas")
    wati, rini = sign_in(city["wati"]), sign_in(city["rini"])
    address = f"/team/{city['sari']}/"

    page = words(wati.get(f"{address}?year=2025").get_data(as_text=True))

    assert [text in page for text in ("Pengelola Layanan", "Kelurahan Lama", "2 JP", "Analis", "Dinas Contoh", "bebas")] == [
        True, True, True, False, False, False]
    answers = {(name, year): browser.get(f"{address}?year={year}").status_code
               for name, browser in (("wati", wati), ("rini", rini)) for year in (2025, 2026)}
    assert answers == {("wati", 2025): 200, ("wati", 2026): 404, ("rini", 2025): 404, ("rini", 2026): 200}


def test_the_year_is_over_at_the_offices_midnight(app: Flask) -> None:
    evening = datetime(2025, 12, 31, 16, 59, tzinfo=UTC)
    with clock.stopped(evening):
        unit = build.unit("Dinas Contoh")
        sari = build.person("Sari Damanik", unit_id=unit)
        before = (team.Wish(within=("/",), year=2025).past, list(team.years(clock.today()))[0])
    with clock.stopped(evening + timedelta(minutes=2)):
        postings.move(sari, unit_id=build.unit("Dinas Lain"))
        after = (team.Wish(within=("/",), year=2025).past, list(team.years(clock.today()))[0])
        then, now = seen("/", 2025), seen("/", 2026)

    assert (before, after) == ((False, 2025), (True, 2026))
    assert (then, now) == ([("Sari Damanik", "Dinas Contoh")], [("Sari Damanik", "Dinas Lain")])


def test_a_past_year_takes_one_query_too(city: dict[str, int], assert_queries: Callable[[int], object]) -> None:
    with assert_queries(1):  # type: ignore[attr-defined]
        team.first_page(team.Wish(within=("/",), year=2025))


def test_history_is_needed_to_count(city: dict[str, int]) -> None:
    with transaction():
        db.session.execute(update(Person).where(Person.id == city["sari"]).values(unit_id=city["dinas"]))
        written = postings.write_many()

    assert (written, len(seen(path(city, "root", "dinas"), 2025)), len(seen(path(city, "root", "dinas"), 2026))) == (1, 1, 2)
