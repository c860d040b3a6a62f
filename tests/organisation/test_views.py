"""The pages about units and careers, and who may use them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import clock
from lms.base.db import db, transaction
from lms.people import grants, queries
from lms.people.models import Person, Posting, Unit
from tests import build
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]


@pytest.fixture
def city(app: Flask) -> dict[str, int]:
    """Two offices; Agus administers all, Ani only office A."""
    with clock.stopped(clock.now() - timedelta(days=50)):
        root = build.unit("Kota Contoh", code="kota")
        a, b = build.unit("Dinas A", parent=root, code="a"), build.unit("Dinas B", parent=root, code="b")
        found = {
            "root": root, "a": a, "b": b, "part": build.unit("Seksi A1", parent=a, code="a1"),
            "agus": build.person("Agus", role="admin", unit_id=root), "ani": build.person("Ani", unit_id=a),
            "sari": build.person("Sari", unit_id=a, rank="III/a"), "rini": build.person("Rini", unit_id=b),
        }
        with transaction():
            grants.add(found["ani"], "admin", unit_id=a)
        return found


@pytest.fixture
def agus(city: dict[str, int], sign_in: SignIn) -> InspectingClient:
    """The administrator's browser, in English."""
    client = sign_in(city["agus"])
    client.set_cookie("lang", "en")
    return client


def shown(response: object) -> str:
    return words(response.get_data(as_text=True))  # type: ignore[attr-defined]


def test_the_tree_is_searched_and_shows_what_stands_above(agus: InspectingClient, city: dict[str, int]) -> None:
    page, nothing = shown(agus.get("/organisation/?q=a1")), shown(agus.get("/organisation/?q=zzz"))

    assert [name in page for name in ("Kota Contoh", "Dinas A", "Seksi A1", "Dinas B")] == [True, True, True, False]
    assert "No unit fits" in nothing


def test_an_act_is_shown_before_it_is_done(agus: InspectingClient, city: dict[str, int]) -> None:
    form = {"name": "Dinas Alfa", "code": "a", "kind": "dinas", "from_on": "2026-03-10", "basis": "800/1"}
    address = f"/organisation/{city['a']}/change"

    preview = agus.send(address, **form)
    before = db.session.get_one(Unit, city["a"]).name
    done = agus.send(address, sure="yes", **form)

    assert "Dinas A becomes Dinas Alfa." in shown(preview)
    assert "It concerns 2 people. 1 unit stands below." in shown(preview)
    assert (before, done.status_code, db.session.get_one(Unit, city["a"]).name) == ("Dinas A", 303, "Dinas Alfa")
    page = shown(agus.get(f"/organisation/{city['a']}/"))
    assert "Name: Dinas A became Dinas Alfa." in page
    assert "Decree 800/1" in page


def test_a_merge_names_the_roles_that_end(agus: InspectingClient, city: dict[str, int]) -> None:
    build.person("Wati", role="supervisor", unit_id=city["a"])
    form = {"into_id": city["b"], "from_on": "2026-03-10"}

    preview = agus.send(f"/organisation/{city['a']}/merge", **form)
    done = agus.send(f"/organisation/{city['a']}/merge", sure="yes", **form)

    assert [text in shown(preview) for text in ("3 people move along.", "1 unit directly below moves along.", "The role Supervisor of Wati ends.",
                                                "The role Administrator of Ani ends.")] == [True] * 4
    assert (done.status_code, queries.person(city["sari"]).unit) == (303, "Dinas B")
    assert "Its people and units went into Dinas B" in shown(agus.get(f"/organisation/{city['a']}/"))


def test_a_split_sends_the_chosen(agus: InspectingClient, city: dict[str, int]) -> None:
    form = {"name": "Dinas C", "code": "c", "kind": "dinas", "parent_id": city["root"], "from_on": "2026-03-10", "person": [city["sari"]]}
    address = f"/organisation/{city['a']}/split"

    preview = agus.send(address, **form)
    agus.send(address, sure="yes", **form)

    assert f'name="person" value="{city["sari"]}"' in preview.get_data(as_text=True)
    assert (queries.person(city["sari"]).unit, queries.person(city["ani"]).unit) == ("Dinas C", "Dinas A")


def test_a_new_unit_a_move_and_an_end(agus: InspectingClient, city: dict[str, int]) -> None:
    agus.send("/organisation/new", name="Seksi B1", code="b1", kind="seksi", parent_id=city["b"], from_on="2026-03-10")
    made = db.session.scalars(select(Unit.id).where(Unit.code == "b1")).one()
    agus.send(f"/organisation/{made}/move", sure="yes", parent_id=city["a"], from_on="2026-03-10")
    moved = db.session.get_one(Unit, made).parent_id
    agus.send(f"/organisation/{made}/end", sure="yes", last_day="2026-03-10")

    assert (moved, db.session.get_one(Unit, made).ended_on) == (city["a"], clock.today())
    assert "Seksi B1" in shown(agus.get("/organisation/"))
    assert "Seksi B1" not in [place.name for place in queries.units()]


def test_a_refusal_is_said_above_the_form(agus: InspectingClient, city: dict[str, int]) -> None:
    response = agus.send(f"/organisation/{city['b']}/change", sure="yes", name="Dinas A", code="b", kind="dinas", from_on="2026-03-10")

    assert response.status_code == 409
    assert "There is a unit Dinas A at this place already." in shown(response)


def test_a_day_is_said_in_words(agus: InspectingClient, city: dict[str, int]) -> None:
    response = agus.send(f"/organisation/{city['b']}/change", sure="yes", name="Dinas X", code="b", kind="dinas", from_on="2020-01-01")

    assert "Something was changed on 19 January 2026 already." in shown(response)


def test_a_career_is_recorded_corrected_and_taken_back(agus: InspectingClient, city: dict[str, int]) -> None:
    base = f"/people/{city['sari']}/career"
    place = {"unit_id": city["b"], "position": "Arsiparis", "position_kind": "", "employment": "PNS", "rank": "III/b", "basis": "8/1"}

    moved = agus.send(f"{base}/move", from_on="2026-03-01", **place)
    page = shown(agus.get(f"{base}/"))
    entry = db.session.scalars(select(Posting.id).where(Posting.person_id == city["sari"], Posting.until_on.is_(None))).one()
    corrected = agus.send(f"{base}/{entry}/", from_on="2026-03-02", **{**place, "position": "Arsiparis Terampil"})
    mended = queries.person(city["sari"]).position
    back = agus.send(f"{base}/{entry}/", f"{base}/{entry}/back")

    assert (moved.status_code, corrected.status_code, back.status_code) == (303, 303, 303)
    assert "Penata Muda Tingkat I (III/b)" in page
    assert "19 January 2026 to 28 February 2026" in page
    assert (mended, queries.person(city["sari"]).unit) == ("Arsiparis Terampil", "Dinas A")


def test_acting_is_set_and_ended_on_the_page(agus: InspectingClient, city: dict[str, int]) -> None:
    base = f"/people/{city['sari']}/career"
    nip = queries.person(city["rini"]).nip

    wrong = agus.send(f"{base}/acting", title="plh", unit_id=city["b"], position="Kepala", stands_in_for="1", from_on="2026-03-10", until_on="2026-03-20")
    agus.send(f"{base}/acting", title="plh", unit_id=city["b"], position="Kepala", stands_in_for=nip, from_on="2026-03-10", until_on="2026-03-20")
    page = shown(agus.get(f"{base}/"))
    leads = shown(agus.get(f"/organisation/{city['b']}/"))
    entry = db.session.scalars(select(Posting.id).where(Posting.kind == "acting")).one()
    agus.send(f"{base}/", f"{base}/{entry}/end")

    assert "There is no active person with the NIP 1." in shown(wrong)
    assert "Plh. Kepala" in page
    assert "on behalf of Rini" in leads
    assert "on behalf of Rini" not in shown(agus.get(f"/organisation/{city['b']}/"))


def test_a_supervisor_is_named_by_nip(agus: InspectingClient, city: dict[str, int]) -> None:
    base = f"/people/{city['sari']}/career"

    agus.send(f"{base}/", f"{base}/supervisor", nip=queries.person(city["rini"]).nip)

    assert "Rini Dinas B, named for this person" in shown(agus.get(f"{base}/"))


def test_an_administrator_of_one_office_touches_nobody_of_another_b09(city: dict[str, int], sign_in: SignIn) -> None:
    ani = sign_in(city["ani"])
    rini, own = f"/people/{city['rini']}/", f"/people/{city['sari']}/career/"
    entry = db.session.scalars(select(Posting.id).where(Posting.person_id == city["rini"])).one()
    token = ani.token(own)
    addresses = (rini, f"{rini}active", f"{rini}career/move", f"{rini}career/acting", f"{rini}career/supervisor", f"{rini}career/{entry}/",
                 f"{rini}career/{entry}/back", f"{rini}career/{entry}/end", f"{own}{entry}/")
    form = {"csrf_token": token, "name": "X", "unit_id": city["a"], "employment": "PNS", "active": "no", "reason": "karena saja"}

    answers = {address: ani.post(address, data=form).status_code for address in addresses}
    pages = {address: ani.get(address).status_code for address in (rini, f"{rini}career/", f"/organisation/{city['b']}/", f"/organisation/{city['root']}/")}

    assert set(answers.values()) | set(pages.values()) == {404}
    row = queries.person(city["rini"])
    assert (row.name, row.unit_id, row.active) == ("Rini", city["b"], True)


def test_an_administrator_of_one_office_moves_nobody_into_another_b09(city: dict[str, int], sign_in: SignIn) -> None:
    ani = sign_in(city["ani"])
    base = f"/people/{city['sari']}/career"
    place = {"unit_id": city["b"], "position": "X", "position_kind": "", "employment": "PNS", "rank": "", "from_on": "2026-03-10"}

    moved = ani.send(f"{base}/move", **place)
    acting = ani.send(f"{base}/acting", title="plt", unit_id=city["b"], position="Kepala", from_on="2026-03-10", until_on="2026-03-20")
    recorded = ani.send(f"/people/{city['sari']}/", **{**place, "name": "Sari"})
    within = ani.send(f"{base}/move", **{**place, "unit_id": city["part"]})

    assert (moved.status_code, acting.status_code, recorded.status_code, within.status_code) == (422, 422, 422, 303)
    assert queries.person(city["sari"]).unit == "Seksi A1"


def test_a_move_is_not_taken_back_into_an_office_of_others_b09(city: dict[str, int], agus: InspectingClient, sign_in: SignIn) -> None:
    base = f"/people/{city['rini']}/career"
    agus.send(f"{base}/move", unit_id=city["a"], position="X", position_kind="", employment="PNS", rank="", from_on="2026-03-10")
    ani = sign_in(city["ani"])
    entry = db.session.scalars(select(Posting.id).where(Posting.person_id == city["rini"], Posting.until_on.is_(None))).one()

    answer = ani.send(f"{base}/{entry}/", f"{base}/{entry}/back")

    assert (answer.status_code, queries.person(city["rini"]).unit) == (404, "Dinas A")


def test_an_administrator_of_one_office_reads_its_units_and_changes_none(city: dict[str, int], sign_in: SignIn) -> None:
    ani = sign_in(city["ani"])

    page = shown(ani.get("/organisation/"))
    acts = {ani.get(f"/organisation/{city['a']}/{act}").status_code for act in ("change", "move", "merge", "split", "end")}

    assert ("Seksi A1" in page, "Dinas B" in page, acts) == (True, False, {403})


@pytest.mark.parametrize("more", [0, 30])
def test_a_unit_page_takes_a_fixed_number_of_queries(city: dict[str, int], agus: InspectingClient, more: int,
                                                     assert_queries: Callable[[int], object]) -> None:
    for number in range(more):
        build.person(f"P{number}", unit_id=city["a"])
    agus.get(f"/organisation/{city['a']}/")

    with assert_queries(9):  # type: ignore[attr-defined]
        agus.get(f"/organisation/{city['a']}/")


def test_all_people_still_have_one_entry_that_holds(city: dict[str, int]) -> None:
    open_ = select(func.count()).select_from(Posting).where(Posting.until_on.is_(None), Posting.kind == "definitive")

    assert db.session.scalar(open_) == db.session.scalar(select(func.count()).select_from(Person))
