"""Careers through time: moves, acting for another, corrections, supervisors."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.organisation import posts, queries
from lms.people import admin, postings
from lms.people import queries as people
from lms.people.models import Grant, Person, Posting
from tests import build

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
SINCE = TODAY - 100 * DAY


@pytest.fixture
def office(app: Flask) -> dict[str, int]:
    """Two offices below a city, Sari in one; a hundred days old."""
    with clock.stopped(clock.now() - 100 * DAY):
        root = build.unit("Kota")
        a, b = build.unit("Dinas A", parent=root), build.unit("Dinas B", parent=root)
        return {"root": root, "a": a, "b": b, "sari": build.person("Sari", unit_id=a, position="Analis", rank="III/a")}


def entries(person_id: int) -> list[tuple[str, str, date, date | None]]:
    """Unit, position, first and last day, the latest first."""
    return [(row.unit, row.position, row.from_on, row.until_on) for row in queries.career(person_id)]


def refusal(act: Callable[[], object]) -> str:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def audited(act: str) -> list[dict[str, object]]:
    """The details of all acts of a kind."""
    return list(db.session.scalars(select(AuditEntry.detail).where(AuditEntry.act == act).order_by(AuditEntry.seq)))


def test_a_move_keeps_the_entry_of_before(office: dict[str, int]) -> None:
    moved = postings.move(office["sari"], unit_id=office["b"], position="Arsiparis Ahli Muda", rank="Penata (III/c)", from_on=TODAY - 9 * DAY, basis="8/1")

    assert moved is True
    assert entries(office["sari"]) == [
        ("Dinas B", "Arsiparis Ahli Muda", TODAY - 9 * DAY, None), ("Dinas A", "Analis", SINCE, TODAY - 10 * DAY)]
    row = people.person(office["sari"])
    assert (row.unit_id, row.position, row.position_kind, row.rank) == (office["b"], "Arsiparis Ahli Muda", "ahli-muda", "III/c")
    assert audited("person.moved") == [{
        "unit_id": [office["a"], office["b"]], "position": ["Analis", "Arsiparis Ahli Muda"], "position_kind": ["", "ahli-muda"],
        "rank": ["III/a", "III/c"], "from": "2026-03-01", "basis": "8/1"}]


def test_a_second_move_on_the_same_day_takes_the_place_of_the_first(office: dict[str, int]) -> None:
    postings.move(office["sari"], unit_id=office["b"])
    postings.move(office["sari"], unit_id=office["root"])

    assert entries(office["sari"]) == [("Kota", "Analis", TODAY, None), ("Dinas A", "Analis", SINCE, TODAY - DAY)]


@pytest.mark.parametrize(("values", "code"), [
    ({"from_on": TODAY + DAY, "position": "X"}, "date-future"), ({"from_on": SINCE - DAY, "position": "X"}, "unit-not-yet"),
    ({"rank": "IX"}, "rank-not-of-pns"), ({"employment": "PPPK"}, "rank-not-of-pppk"), ({"position_kind": "raja"}, "position-kind-unknown"),
])
def test_what_cannot_be_is_refused_and_nothing_is_written(office: dict[str, int], values: dict[str, object], code: str) -> None:
    assert refusal(lambda: postings.move(office["sari"], **values)) == code  # type: ignore[arg-type]
    assert entries(office["sari"]) == [("Dinas A", "Analis", SINCE, None)]


def test_a_move_lies_not_before_the_last_one(office: dict[str, int]) -> None:
    postings.move(office["sari"], position="Arsiparis", from_on=TODAY - 3 * DAY)

    assert refusal(lambda: postings.move(office["sari"], position="X", from_on=TODAY - 4 * DAY)) == "date-early"


def test_the_record_page_writes_the_past_too(office: dict[str, int]) -> None:
    admin.change(office["sari"], {"name": "Sari Damanik", "unit_id": office["b"], "position": "Analis"})

    assert entries(office["sari"]) == [("Dinas B", "Analis", TODAY, None), ("Dinas A", "Analis", SINCE, TODAY - DAY)]
    assert people.person(office["sari"]).name == "Sari Damanik"


def test_leaving_ends_the_entry_and_coming_back_opens_one(office: dict[str, int]) -> None:
    with clock.stopped(clock.now() - 20 * DAY):
        admin.set_active(office["sari"], False)
    left = (people.person(office["sari"]).left_on, entries(office["sari"]))
    admin.set_active(office["sari"], True)

    assert left == (TODAY - 20 * DAY, [("Dinas A", "Analis", SINCE, TODAY - 20 * DAY)])
    assert entries(office["sari"]) == [("Dinas A", "Analis", TODAY, None), ("Dinas A", "Analis", SINCE, TODAY - 20 * DAY)]
    assert people.person(office["sari"]).left_on is None


def test_whoever_leaves_and_comes_back_on_one_day_never_left(office: dict[str, int]) -> None:
    admin.set_active(office["sari"], False)
    admin.set_active(office["sari"], True)

    assert entries(office["sari"]) == [("Dinas A", "Analis", SINCE, None)]


@pytest.mark.parametrize("count", [3, 40])
def test_many_are_written_in_a_fixed_number_of_statements(office: dict[str, int], assert_queries: Callable[[int], object], count: int) -> None:
    people_ids = [build.person(f"P{number}", unit_id=office["a"]) for number in range(count)]
    with clock.stopped(clock.now() + DAY), transaction():
        db.session.execute(update(Person).where(Person.id.in_(people_ids)).values(unit_id=office["b"]))
        with assert_queries(9):  # type: ignore[attr-defined]
            written = postings.write_many()
        again = postings.write_many()

    assert (written, again) == (count, 0)
    assert entries(people_ids[0]) == [("Dinas B", "Pengelola Layanan", TODAY + DAY, None), ("Dinas A", "Pengelola Layanan", TODAY, TODAY)]


def acting(office: dict[str, int], **changes: object) -> int:
    """Sari acts as head of Dinas B for Rini."""
    given: dict[str, object] = {"unit_id": office["b"], "title": "plt", "position": "Kepala Dinas B", "from_on": TODAY, "until_on": TODAY + 30 * DAY}
    return posts.set_acting(office["sari"], **{**given, **changes})  # type: ignore[arg-type]


def test_whoever_acts_sees_the_unit_for_exactly_that_time(office: dict[str, int], sign_in: Callable[[int], object]) -> None:
    rini, dewi = build.person("Rini", role="supervisor", unit_id=office["b"]), build.person("Dewi", unit_id=office["b"])

    acting(office, title="plh", stands_in_for=rini, from_on=TODAY + DAY, until_on=TODAY + 2 * DAY, basis="9/2")

    answers = []
    for days in range(4):
        with clock.stopped(clock.now() + days * DAY):
            answers.append(sign_in(office["sari"]).get(f"/team/{dewi}/").status_code)  # type: ignore[attr-defined]
    assert answers == [403, 200, 200, 403]
    [grant] = db.session.scalars(select(Grant).where(Grant.person_id == office["sari"]))
    assert (grant.role, grant.unit_id, grant.starts_on, grant.ends_on, grant.behalf_of, grant.reason) == (
        "supervisor", office["b"], TODAY + DAY, TODAY + 2 * DAY, rini, "9/2")
    [first, *rest] = queries.career(office["sari"])
    assert (first.position, first.kind, first.behalf, [row.kind for row in rest]) == ("Plh. Kepala Dinas B", "acting", "Rini", ["definitive"])
    assert people.person(office["sari"]).unit_id == office["a"]


def test_an_acting_time_of_the_past_is_recorded_without_a_role(office: dict[str, int]) -> None:
    acting(office, from_on=TODAY - 20 * DAY, until_on=TODAY - 10 * DAY)

    assert (db.session.scalars(select(Grant)).all(), len(queries.career(office["sari"]))) == ([], 2)


@pytest.mark.parametrize(("changes", "code"), [
    ({"until_on": TODAY - DAY}, "acting-period"), ({"until_on": TODAY + 400 * DAY}, "acting-period"), ({"title": "plh"}, "acting-absent"),
    ({"from_on": SINCE - DAY, "until_on": TODAY}, "unit-not-yet"),
])
def test_an_acting_time_that_cannot_be_is_refused(office: dict[str, int], changes: dict[str, object], code: str) -> None:
    assert refusal(lambda: acting(office, **changes)) == code
    assert db.session.scalars(select(Grant)).all() == []


def test_nobody_acts_twice_at_once_or_for_herself(office: dict[str, int]) -> None:
    acting(office)

    assert refusal(lambda: acting(office, from_on=TODAY + 30 * DAY, until_on=TODAY + 60 * DAY)) == "acting-held"
    assert refusal(lambda: acting(office, title="plh", stands_in_for=office["sari"])) == "acting-self"


def test_acting_ends_early_with_its_role(office: dict[str, int]) -> None:
    with clock.stopped(clock.now() - 5 * DAY):
        posting = acting(office, from_on=TODAY - 5 * DAY)

    posts.end_acting(posting)

    [row] = [row for row in queries.career(office["sari"]) if row.kind == "acting"]
    assert (row.until_on, db.session.scalars(select(Grant.ended_at.is_not(None))).all()) == (TODAY - DAY, [True])


def test_acting_that_never_began_leaves_no_entry(office: dict[str, int]) -> None:
    posts.end_acting(acting(office))

    assert ([row.kind for row in queries.career(office["sari"])], audited("acting.ended")[0]["position"]) == (["definitive"], "Plt. Kepala Dinas B")


def test_whoever_leaves_acts_no_more(office: dict[str, int]) -> None:
    with clock.stopped(clock.now() - DAY):
        acting(office, from_on=TODAY - DAY)

    admin.set_active(office["sari"], False)

    [row] = [row for row in queries.career(office["sari"]) if row.kind == "acting"]
    assert (row.until_on, db.session.scalars(select(Grant.ended_at.is_not(None))).all()) == (TODAY, [True])


def latest(person_id: int) -> Posting:
    """The definitive entry that holds."""
    return db.session.scalars(select(Posting).where(Posting.person_id == person_id, Posting.until_on.is_(None), Posting.kind == "definitive")).one()


def test_a_correction_mends_the_entry_the_person_and_the_day_of_the_one_before(office: dict[str, int]) -> None:
    postings.move(office["sari"], unit_id=office["b"], position="Arsiprais", from_on=TODAY - 9 * DAY)

    done = posts.correct(latest(office["sari"]).id, from_on=TODAY - 12 * DAY, position="Arsiparis", basis="8/2")

    assert done is True
    assert entries(office["sari"]) == [
        ("Dinas B", "Arsiparis", TODAY - 12 * DAY, None), ("Dinas A", "Analis", SINCE, TODAY - 13 * DAY)]
    assert people.person(office["sari"]).position == "Arsiparis"
    [said] = audited("posting.corrected")
    assert (said["before"]["position"], said["after"]["position"]) == ("Arsiprais", "Arsiparis")  # type: ignore[index]


def test_a_correction_of_the_past_leaves_the_present(office: dict[str, int]) -> None:
    first = latest(office["sari"]).id
    postings.move(office["sari"], unit_id=office["b"], position="Arsiparis")

    posts.correct(first, from_on=SINCE, position="Analis Kebijakan", rank="III/b")

    assert entries(office["sari"]) == [("Dinas B", "Arsiparis", TODAY, None), ("Dinas A", "Analis Kebijakan", SINCE, TODAY - DAY)]
    row = people.person(office["sari"])
    assert (row.position, row.rank) == ("Arsiparis", "III/a")


@pytest.mark.parametrize(("day", "code"), [(SINCE, "posting-order"), (TODAY + DAY, "date-future")])
def test_corrected_entries_stay_in_order(office: dict[str, int], day: date, code: str) -> None:
    postings.move(office["sari"], position="Arsiparis", from_on=TODAY - 9 * DAY)

    assert refusal(lambda: posts.correct(latest(office["sari"]).id, from_on=day)) == code
    assert entries(office["sari"])[0][2] == TODAY - 9 * DAY


def test_a_correction_without_a_difference_is_none(office: dict[str, int]) -> None:
    assert posts.correct(latest(office["sari"]).id, from_on=SINCE, position="Analis") is False
    assert audited("posting.corrected") == []


def test_a_move_recorded_by_mistake_is_taken_back(office: dict[str, int]) -> None:
    first = latest(office["sari"]).id
    postings.move(office["sari"], unit_id=office["b"], position="Arsiparis")

    posts.take_back(latest(office["sari"]).id)

    assert entries(office["sari"]) == [("Dinas A", "Analis", SINCE, None)]
    assert (people.person(office["sari"]).unit_id, refusal(lambda: posts.take_back(first))) == (office["a"], "posting-first")
    assert audited("posting.taken_back")[0]["before"]["position"] == "Arsiparis"  # type: ignore[index]


def test_the_supervisor_is_whoever_leads_the_nearest_unit_and_is_not_she_herself(office: dict[str, int]) -> None:
    head, chief = build.person("Head", role="supervisor", unit_id=office["a"]), build.person("Chief", role="supervisor", unit_id=office["root"])

    found = {name: queries.supervisor(people.person(one)) for name, one in (("sari", office["sari"]), ("head", head), ("chief", chief))}

    assert {name: one.name if one else None for name, one in found.items()} == {"sari": "Head", "head": "Chief", "chief": None}


def test_a_named_supervisor_comes_first_while_active(office: dict[str, int]) -> None:
    build.person("Head", role="supervisor", unit_id=office["a"])
    named = build.person("Named", unit_id=office["b"])

    posts.set_supervisor(office["sari"], named)
    first = queries.supervisor(people.person(office["sari"])).name
    admin.set_active(named, False)

    assert (first, queries.supervisor(people.person(office["sari"])).name) == ("Named", "Head")
    assert audited("person.supervisor") == [{"supervisor": [None, named]}]


def test_supervisors_form_no_circle(office: dict[str, int]) -> None:
    boss, chief = build.person("Boss"), build.person("Chief")
    posts.set_supervisor(office["sari"], boss)
    posts.set_supervisor(boss, chief)

    assert refusal(lambda: posts.set_supervisor(chief, office["sari"])) == "supervisor-circle"
    assert refusal(lambda: posts.set_supervisor(chief, chief)) == "supervisor-circle"
    assert posts.set_supervisor(office["sari"], None) is True
