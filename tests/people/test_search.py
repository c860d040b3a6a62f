"""Finding people: parts of names and NIPs, the reader's reach, and what a database must not be told."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from lms.base.db import db, transaction
from lms.people import grants, search
from lms.people.models import Person
from lms.people.search import Wish, everybody, find
from tests import build
from tests.inspecting import InspectingClient

SignIn = Callable[[int], InspectingClient]
Queries = Callable[[int], object]


@pytest.fixture
def city(app: Flask) -> dict[str, int]:
    """Seven people of three units; one has left."""
    health = build.unit("Dinas Kesehatan")
    clinic = build.unit("Puskesmas", parent=health)
    school = build.unit("Dinas Pendidikan")
    build.person("Dr. Sari Damanik, S.E.", unit_id=clinic, nip="198609262015052001")
    build.person("Rosari Purba", unit_id=health, nip="199001012015011002")
    build.person("Binsar Sari Girsang", unit_id=school, nip="199002022020012003")
    build.person("Sébastien O'Neil", unit_id=school, nip="199003032020011004")
    build.person("Damanik Sari", unit_id=school, nip="199004042020012005", active=False)
    build.person("Suharto", unit_id=health, nip="197001011998011006", role="supervisor")
    build.person("M. Yusuf", unit_id=clinic, nip="198501012010011007")
    return {"health": health, "clinic": clinic, "school": school}


def names(text: str = "", **changes: object) -> list[str]:
    return [row.name for row in find(Wish(text=text, **changes)).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "expected"), [
    ("sari", ["Dr. Sari Damanik, S.E.", "Binsar Sari Girsang", "Damanik Sari", "Rosari Purba"]),
    ("SARI dam", ["Dr. Sari Damanik, S.E.", "Damanik Sari"]),
    ("dam sari", ["Damanik Sari", "Dr. Sari Damanik, S.E."]),
    ("Dr. Sari Damanik, S.E.", ["Dr. Sari Damanik, S.E.", "Damanik Sari"]),
    ("ostie", []), ("stien", ["Sébastien O'Neil"]), ("oneil", ["Sébastien O'Neil"]), ("o’neil", ["Sébastien O'Neil"]),
    ("sebastien", ["Sébastien O'Neil"]), ("su", ["Suharto"]), ("s", ["Dr. Sari Damanik, S.E.", "Sébastien O'Neil", "Suharto",
                                                                       "Binsar Sari Girsang", "Damanik Sari"]),
    ("m yusuf", ["M. Yusuf"]), ("ha", []), ("harto", ["Suharto"]),
    ("1986", ["Dr. Sari Damanik, S.E."]), ("19860926 201505", ["Dr. Sari Damanik, S.E."]), ("2020012", ["Binsar Sari Girsang", "Damanik Sari"]),
    ("20012003", ["Binsar Sari Girsang"]), ("19", ["Binsar Sari Girsang", "Damanik Sari", "Dr. Sari Damanik, S.E.", "M. Yusuf", "Rosari Purba",
                                                   "Suharto", "Sébastien O'Neil"]),
    ("sari 1990", ["Binsar Sari Girsang", "Damanik Sari", "Rosari Purba"]), ("nobody", []), ("", None),
])
def test_people_are_found_by_any_part_whoever_begins_with_it_first(city: dict[str, int], text: str, expected: list[str] | None) -> None:
    found = names(text)

    everyone = ["Binsar Sari Girsang", "Damanik Sari", "M. Yusuf", "Rosari Purba", "Dr. Sari Damanik, S.E.", "Sébastien O'Neil", "Suharto"]
    assert (sorted(found) if text in {"19", "2020012", "sari 1990"} else found) == (everyone if expected is None else expected)


@pytest.mark.parametrize("text", [
    '"', '""', "'", "a OR", "OR", "NOT", "AND sari", "NEAR(", "NEAR(sari damanik, 3)", "col:x", "sought:sari", "*", "sari*", "^", "^sari", "-sari",
    "+", "(", ")", "{sari}", "%", "_", "\\", "/", ";", "--", "sari; DROP TABLE persons", "' OR 1=1 --", "\U0001f600", "\x01", "🙂" * 50, "a" * 100,
    " ".join("abcdefghij"), "١٢٣", "½", "²",
])
def test_c33_whatever_is_typed_is_never_a_query(city: dict[str, int], sign_in: SignIn, text: str) -> None:
    browser = sign_in(build.person("Agus", role="admin"))

    page = browser.get("/people/", query_string={"q": text})
    part = browser.get("/people/found", query_string={"q": text})

    assert (page.status_code, part.status_code) == (200, 200)
    assert len(list(everybody(Wish(text=text)))) == len(names(text))


def test_b10_a_reader_finds_only_people_of_her_units(city: dict[str, int]) -> None:
    reach = (f"/{city['health']}/",)

    assert names("sari", within=reach) == ["Dr. Sari Damanik, S.E.", "Rosari Purba"]
    assert names(within=reach) == ["M. Yusuf", "Rosari Purba", "Dr. Sari Damanik, S.E.", "Suharto"]
    assert names("sari", within=()) == names(within=()) == []
    assert find(Wish(text="sari", within=reach)).count == 2
    assert [row.name for row in everybody(Wish(text="sari", within=reach))] == ["Rosari Purba", "Dr. Sari Damanik, S.E."]
    assert names("sari", within=reach, unit_id=city["school"]) == []


@pytest.mark.parametrize("narrow", [0, 1500])
def test_filters_hold_beside_the_text_however_the_people_are_read(city: dict[str, int], monkeypatch: pytest.MonkeyPatch, narrow: int) -> None:
    monkeypatch.setattr(search, "NARROW", narrow)

    assert names("sari", unit_id=city["health"]) == ["Dr. Sari Damanik, S.E.", "Rosari Purba"]
    assert names("sari", unit_id=city["school"], active="yes") == ["Binsar Sari Girsang"]
    assert names("su", role="supervisor") == ["Suharto"]
    assert names("su", role="learner") == []
    assert names(role="supervisor", within=(f"/{city['health']}/", f"/{city['school']}/")) == ["Suharto"]
    assert names(active="no") == ["Damanik Sari"]


def test_long_lists_are_counted_to_a_limit_and_say_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 60)
    search._hit.cache_clear()
    office = build.unit()
    with transaction():
        for number in range(70):
            db.session.add(Person(nip=f"{number:018}", name=f"Sari {number:02}", unit_id=office, created_at=search.clock.now()))

    first, last, beyond = (find(Wish(text="sari", page=page)) for page in (1, 2, 3))
    search._hit.cache_clear()

    assert (first.count, first.many, first.pages, len(first.rows), len(last.rows), len(beyond.rows)) == (60, True, 2, 50, 11, 0)
    assert (find(Wish()).count, find(Wish()).many) == (70, False)


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_as_many_queries_for_one_as_for_many(app: Flask, assert_queries: Queries, count: int) -> None:
    office = build.unit()
    for number in range(count):
        build.person(f"Sari {number}", unit_id=office)

    with assert_queries(3):  # type: ignore[attr-defined]
        found = find(Wish(text="sari"))
        listed = find(Wish())
    with assert_queries(2):  # type: ignore[attr-defined]
        near = find(Wish(text="sari", within=(f"/{office}/",)))

    assert (found.count, listed.count, near.count) == (count, count, count)


def test_the_index_follows_every_change_of_a_name(app: Flask) -> None:
    sari = build.person("Sari Damanik")

    with transaction():
        db.session.get_one(Person, sari).name = "Dewi Purba, S.H."
    by_row = (names("sari"), names("dewi"))
    with transaction():
        db.session.execute(update(Person).where(Person.id == sari).values(name="Tio", sought="  tio", nip="200001012024012001"))

    assert (by_row, names("dewi"), names("tio"), names("20000101")) == (([], ["Dewi Purba, S.H."]), [], ["Tio"], ["Tio"])


def test_c46_a_name_that_reads_like_another_one_is_told(app: Flask) -> None:
    build.person("Sari Damanik, S.E.")

    alike = [row.name for row in search.same_name("S\u0430ri D\u0430manik")]

    assert (alike, search.same_name("Sari Damanik")) == (["Sari Damanik, S.E."], [])


def test_the_live_search_answers_alone_and_only_within_reach(city: dict[str, int], sign_in: SignIn) -> None:
    """B05: the JSON endpoint is asked without its page having been seen."""
    officer = build.person("Agus", unit_id=city["health"])
    with transaction():
        grants.add(officer, "admin", unit_id=city["health"])

    answer = sign_in(officer).get("/people/found?q=sari")

    assert answer.mimetype == "application/json"
    assert ("Rosari" in answer.json["html"], "Binsar" in answer.json["html"]) == (True, False)
