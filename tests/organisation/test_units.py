"""Units through time: created, renamed, moved, merged, split, ended, and what their history says."""

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import Refused
from lms.organisation import queries, service
from lms.people import grants, postings
from lms.people import queries as people
from lms.people.models import Grant, Person, Posting, Unit, UnitVersion
from tests import build

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


@pytest.fixture
def city(app: Flask) -> dict[str, int]:
    """A city with two offices, one with two parts; a hundred days old."""
    with clock.stopped(clock.now() - 100 * DAY):
        root = build.unit("Kota", code="kota")
        a, b = build.unit("Dinas A", parent=root, code="a"), build.unit("Dinas B", parent=root, code="b")
        parts = {name: build.unit(f"Seksi {name}", parent=a, code=name) for name in ("a1", "a2")}
        return {"root": root, "a": a, "b": b, **parts}


def versions(unit_id: int) -> list[tuple[str, str, date, date | None]]:
    """Name, path, first and last day of each version."""
    rows = db.session.execute(select(UnitVersion).where(UnitVersion.unit_id == unit_id).order_by(UnitVersion.from_on)).scalars()
    return [(row.name, row.path, row.from_on, row.until_on) for row in rows]


def posts(person_id: int) -> list[tuple[int, date, date | None]]:
    """Unit, first and last day of each definitive posting."""
    rows = db.session.execute(select(Posting).where(Posting.person_id == person_id, Posting.kind == "definitive").order_by(Posting.from_on)).scalars()
    return [(row.unit_id, row.from_on, row.until_on) for row in rows]


def begun(city: dict[str, int]) -> date:
    """The day on which the city began."""
    return TODAY - 100 * DAY


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Code and values with which an act is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code, caught.value.detail


def acts() -> list[str]:
    """What has been recorded about units."""
    return [act for act in db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)) if act.startswith("unit.")]


def test_a_rename_keeps_the_old_name_for_the_days_before(city: dict[str, int]) -> None:
    done = service.change(city["a"], name="Dinas Alfa", code="a", kind="dinas", from_on=TODAY - 10 * DAY, basis="800/1")

    path = f"/{city['root']}/{city['a']}/"
    assert done is True
    assert versions(city["a"]) == [
        ("Dinas A", path, begun(city), TODAY - 11 * DAY), ("Dinas Alfa", path, TODAY - 10 * DAY, None)]
    assert [(step.changes, step.basis) for step in queries.history(city["a"])] == [
        ((("name", "Dinas A", "Dinas Alfa"),), "800/1"), ((("begun", "", "Dinas A"),), "")]
    assert acts() == ["unit.changed"]


def test_two_renames_on_one_day_leave_one_version(city: dict[str, int]) -> None:
    for name in ("Dinas Alfa", "Dinas Alpha"):
        service.change(city["a"], name=name, code="a", kind="dinas")

    assert [(name, first, last) for name, _path, first, last in versions(city["a"])] == [
        ("Dinas A", begun(city), TODAY - DAY), ("Dinas Alpha", TODAY, None)]


def test_a_rename_that_changes_nothing_writes_nothing(city: dict[str, int]) -> None:
    assert service.change(city["a"], name="Dinas A", code="a", kind="dinas") is False
    assert (acts(), len(versions(city["a"]))) == ([], 1)


def test_a_move_takes_the_whole_subtree_along(city: dict[str, int]) -> None:
    sub = build.unit("Regu", parent=city["a1"])

    service.move(city["a1"], city["b"])

    paths = {key: db.session.get_one(Unit, key).path for key in (city["a1"], sub)}
    above = f"/{city['root']}/{city['b']}/"
    assert paths == {city["a1"]: f"{above}{city['a1']}/", sub: f"{above}{city['a1']}/{sub}/"}
    assert [path for _name, path, _first, _last in versions(city["a1"])] == [f"/{city['root']}/{city['a']}/{city['a1']}/", paths[city["a1"]]]
    assert [step.changes for step in queries.history(city["a1"])][0] == (("parent", "Dinas A", "Dinas B"),)
    assert people.subtree(city["a"]) == [city["a"], city["a2"]]


@pytest.mark.parametrize("below", ["a", "a1"])
def test_no_unit_stands_below_itself(city: dict[str, int], below: str) -> None:
    assert refusal(lambda: service.move(city["a"], city[below])) == ("unit-below-itself", {})
    assert db.session.get_one(Unit, city["a"]).path == f"/{city['root']}/{city['a']}/"


def test_a_merge_moves_people_and_parts_and_ends_roles(city: dict[str, int]) -> None:
    with clock.stopped(clock.now() - 50 * DAY):
        lead = build.person("Wati", role="supervisor", unit_id=city["a"])
        sari, gone = build.person("Sari", unit_id=city["a"]), build.person("Gone", unit_id=city["a"], active=False)

    service.merge(city["a"], city["b"], basis="800/7", by=lead)

    unit = db.session.get_one(Unit, city["a"])
    assert (unit.ended_on, unit.successor_id) == (TODAY - DAY, city["b"])
    assert versions(city["a"]) == [("Dinas A", f"/{city['root']}/{city['a']}/", begun(city), TODAY - DAY)]
    assert posts(sari) == [(city["a"], TODAY - 50 * DAY, TODAY - DAY), (city["b"], TODAY, None)]
    assert (db.session.get_one(Person, gone).unit_id, posts(gone)) == (city["b"], [])
    assert {one: db.session.get_one(Unit, city[one]).path for one in ("a1", "a2")} == {
        one: f"/{city['root']}/{city['b']}/{city[one]}/" for one in ("a1", "a2")}
    assert db.session.scalars(select(Grant.ended_by).where(Grant.person_id == lead)).all() == [lead]
    assert [place.name for place in people.units()] == ["Kota", "Dinas B", "Seksi a1", "Seksi a2"]
    assert acts() == ["unit.merged"]
    assert postings.write_many() == 0


def test_a_merge_may_be_dated_back_to_the_last_change_but_not_further(city: dict[str, int]) -> None:
    with clock.stopped(clock.now() - 5 * DAY):
        sari = build.person("Sari", unit_id=city["a1"])

    early = refusal(lambda: service.merge(city["a1"], city["a2"], from_on=TODAY - 6 * DAY))
    service.merge(city["a1"], city["a2"], from_on=TODAY - 4 * DAY)

    assert early == ("date-early", {"earliest": TODAY - 5 * DAY})
    assert posts(sari) == [(city["a1"], TODAY - 5 * DAY, TODAY - 5 * DAY), (city["a2"], TODAY - 4 * DAY, None)]


def test_whoever_has_moved_on_since_forbids_an_earlier_merge(city: dict[str, int]) -> None:
    with clock.stopped(clock.now() - 50 * DAY):
        sari = build.person("Sari", unit_id=city["a1"])
    postings.move(sari, unit_id=city["b"], from_on=TODAY - 3 * DAY)

    assert refusal(lambda: service.merge(city["a1"], city["a2"], from_on=TODAY - 4 * DAY)) == ("date-early", {"earliest": TODAY - 3 * DAY})


@pytest.mark.parametrize(("into", "code"), [("a", "unit-same"), ("a1", "unit-below-itself")])
def test_a_unit_is_merged_neither_into_itself_nor_into_its_part(city: dict[str, int], into: str, code: str) -> None:
    assert refusal(lambda: service.merge(city["a"], city[into]))[0] == code
    assert db.session.get_one(Unit, city["a"]).ended_on is None


def test_an_ended_unit_takes_nobody_and_is_changed_no_more(city: dict[str, int]) -> None:
    sari = build.person("Sari", unit_id=city["b"])
    service.merge(city["a1"], city["a2"])

    codes = [refusal(act)[0] for act in (
        lambda: postings.move(sari, unit_id=city["a1"]), lambda: service.move(city["a2"], city["a1"]),
        lambda: service.change(city["a1"], name="X", code="x", kind="seksi"), lambda: service.merge(city["b"], city["a1"]))]

    assert codes == ["unit-ended"] * 4


def test_a_split_moves_the_chosen_and_leaves_the_rest(city: dict[str, int]) -> None:
    sari, dewi, rini = (build.person(name, unit_id=city["a"]) for name in ("Sari", "Dewi", "Rini"))
    elsewhere = build.person("Elsewhere", unit_id=city["b"])

    new = service.split(city["a"], name="Dinas C", code="c", kind="dinas", people=[sari, elsewhere], units=[city["a1"], city["b"]],
                        parent_id=city["root"])

    where = {name: db.session.get_one(Person, one).unit_id for name, one in (("sari", sari), ("dewi", dewi), ("rini", rini), ("else", elsewhere))}
    assert where == {"sari": new, "dewi": city["a"], "rini": city["a"], "else": city["b"]}
    assert {one: db.session.get_one(Unit, city[one]).parent_id for one in ("a1", "a2", "b")} == {"a1": new, "a2": city["a"], "b": city["root"]}
    assert acts() == ["unit.split"]


def test_a_split_of_nothing_or_of_everything_is_refused(city: dict[str, int]) -> None:
    sari = build.person("Sari", unit_id=city["b"])

    codes = [refusal(lambda chosen=chosen: service.split(  # type: ignore[misc]
        city["b"], name="C", code="c", kind="dinas", people=chosen, units=(), parent_id=city["root"]))[0] for chosen in ([], [sari])]

    assert codes == ["split-nothing", "split-all"]
    assert db.session.scalar(select(Unit.id).where(Unit.code == "c")) is None


def test_only_an_empty_unit_ends(city: dict[str, int]) -> None:
    sari = build.person("Sari", unit_id=city["a1"])

    full = [refusal(lambda: service.end(city["a"])), refusal(lambda: service.end(city["a1"]))]
    service.end(city["a2"], last_day=TODAY - DAY)

    assert full == [("unit-not-empty", {"unit": "Dinas A", "people": 0, "units": 2}),
                    ("unit-not-empty", {"unit": "Seksi a1", "people": 1, "units": 0})]
    assert db.session.get_one(Unit, city["a2"]).ended_on == TODAY - DAY
    assert postings.write_many() == 0
    assert db.session.get_one(Person, sari).unit_id == city["a1"]


def test_names_of_siblings_and_codes_are_taken_once(city: dict[str, int]) -> None:
    codes = [refusal(act) for act in (
        lambda: service.create(name="dinas a", code="new", kind="dinas", parent_id=city["root"]),
        lambda: service.create(name="New", code="A1", kind="dinas", parent_id=city["root"]),
        lambda: service.change(city["b"], name="Dinas A", code="b", kind="dinas"))]
    twin = service.create(name="Dinas A", code="twin", kind="dinas", parent_id=city["b"])

    assert codes == [("unit-name-taken", {"name": "dinas a"}), ("unit-code-taken", {"taken": "A1", "unit": "Seksi a1"}),
                     ("unit-name-taken", {"name": "Dinas A"})]
    assert versions(twin) == [("Dinas A", f"/{city['root']}/{city['b']}/{twin}/", TODAY, None)]


@pytest.mark.parametrize(("day", "expected"), [
    (TODAY + DAY, ("date-future", {})), (TODAY - 101 * DAY, ("date-early", {"earliest": TODAY - 100 * DAY})),
])
def test_an_act_lies_neither_ahead_nor_before_the_last_change(city: dict[str, int], day: date, expected: object) -> None:
    assert refusal(lambda: service.change(city["a"], name="New", code="a", kind="dinas", from_on=day)) == expected
    assert db.session.get_one(Unit, city["a"]).name == "Dinas A"


def test_two_at_once_leave_one_whole_tree(app: Flask, city: dict[str, int]) -> None:
    db.session.remove()
    start = Barrier(2)

    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                act()
            except Refused as refused:
                return refused.code
            return "done"

    crossing = (lambda: service.move(city["a"], city["b"]), lambda: service.move(city["b"], city["a"]))
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(one.result() for one in [pool.submit(contextvars.Context().run, run, act) for act in crossing])

    assert answers == ["done", "unit-below-itself"]
    paths = {row.id: (row.path, row.parent_id) for row in db.session.execute(select(Unit.id, Unit.path, Unit.parent_id))}
    assert all(path == f"{paths[parent][0] if parent else '/'}{one}/" for one, (path, parent) in paths.items())


def test_a_merge_and_a_move_into_it_at_once_leave_nobody_in_an_ended_unit(app: Flask, city: dict[str, int]) -> None:
    sari = build.person("Sari", unit_id=city["b"])
    db.session.remove()
    start = Barrier(2)

    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                act()
            except Refused as refused:
                return refused.code
            return "done"

    acts = (lambda: service.merge(city["a1"], city["a2"]), lambda: postings.move(sari, unit_id=city["a1"]))
    with ThreadPoolExecutor(2) as pool:
        answers = [one.result() for one in [pool.submit(contextvars.Context().run, run, act) for act in acts]]

    assert answers in (["done", "done"], ["done", "unit-ended"])
    assert db.session.get_one(Person, sari).unit_id == (city["a2"] if answers[1] == "done" else city["b"])
    assert postings.write_many() == 0


def test_the_tree_counts_people_and_narrows_to_what_fits(city: dict[str, int]) -> None:
    for unit, count in (("a1", 2), ("a", 1), ("b", 1)):
        for number in range(count):
            build.person(f"P{number}", unit_id=city[unit])
    build.person("Gone", unit_id=city["a1"], active=False)

    [root], count = queries.tree(("/",))
    [found], fitting = queries.tree(("/",), "SEKSI A1")

    assert (count, root.all_people, [(one.name, one.people, one.all_people) for one in root.below]) == (
        5, 4, [("Dinas A", 1, 3), ("Dinas B", 1, 1)])
    assert (fitting, [one.name for one in found.below], [one.name for one in found.below[0].below], found.below[0].below[0].found) == (
        1, ["Dinas A"], ["Seksi a1"], True)
    assert (found.all_people, found.below[0].all_people) == (4, 3)
    assert [one.name for one in queries.tree((f"/{city['root']}/{city['a']}/",))[0]] == ["Dinas A"]


@pytest.mark.parametrize("more", [0, 20])
def test_the_tree_takes_two_queries_however_many_units(city: dict[str, int], assert_queries: Callable[[int], object], more: int) -> None:
    for number in range(more):
        build.unit(f"Seksi {number}", parent=city["b"])

    with assert_queries(2):  # type: ignore[attr-defined]
        queries.tree(("/",))


def test_a_move_says_who_no_longer_sees_the_people_and_who_does(city: dict[str, int]) -> None:
    build.person("Wati", role="supervisor", unit_id=city["a"])
    build.person("Rini", role="supervisor", unit_id=city["b"])
    build.person("Kota", role="supervisor", unit_id=city["root"])
    root = f"/{city['root']}/"

    lose, gain = queries.sight(f"{root}{city['a']}/", f"{root}{city['b']}/")

    assert ([one.name for one in lose], [one.name for one in gain]) == (["Wati"], ["Rini"])


def test_policy_changes_take_effect_at_once_b28(app: Flask, city: dict[str, int], sign_in: Callable[[int], object]) -> None:
    wati = build.person("Wati", role="supervisor", unit_id=city["a"])
    sari = build.person("Sari", unit_id=city["a1"])
    browser = sign_in(wati)

    before = browser.get(f"/team/{sari}/").status_code  # type: ignore[attr-defined]
    service.move(city["a1"], city["b"])
    moved = browser.get(f"/team/{sari}/").status_code  # type: ignore[attr-defined]
    service.move(city["a1"], city["a"])
    back = browser.get(f"/team/{sari}/").status_code  # type: ignore[attr-defined]
    [grant] = db.session.scalars(select(Grant.id).where(Grant.person_id == wati))
    grants.end(grant, by=None)
    ended = browser.get(f"/team/{sari}/").status_code  # type: ignore[attr-defined]

    assert (before, moved, back, ended) == (200, 404, 200, 302)
