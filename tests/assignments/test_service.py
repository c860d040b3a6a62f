"""Whom an assignment hits as people join, move and leave, and how they stand as time passes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assignments import deciding, queries, service
from lms.assignments.models import Assignment, Hit, Tally
from lms.assignments.queries import Wish
from lms.assignments.rules import STATES
from lms.assignments.targets import Aim, LeftOut, preview
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.people import admin
from lms.people.models import Person
from tests import build
from tests.assignments.build import DUE, TODAY, assigned, draft, hit, states
from tests.programmes import build as programmes

DAY = timedelta(days=1)


@pytest.fixture
def office(app: Flask) -> int:
    """An agency with a unit."""
    return build.unit("Dinas Kependudukan")


def change(person_id: int, **values: Any) -> None:
    with transaction():
        person = db.session.get_one(Person, person_id)
        for name, value in values.items():
            setattr(person, name, value)


def tallied() -> dict[tuple[int, int, int], int]:
    """What the tally says, after comparing it with the hits."""
    counted = {(row[0], row[1], row[2]): row[3] for row in db.session.execute(
        select(Hit.assignment_id, Hit.unit_id, Hit.state, func.count()).where(Hit.live).group_by(Hit.assignment_id, Hit.unit_id, Hit.state))}
    kept = {(row.assignment_id, row.unit_id, row.state): row.people for row in db.session.scalars(select(Tally))}
    db.session.rollback()
    assert kept == counted
    return kept


def test_everybody_of_the_units_and_those_below_is_hit(office: int) -> None:
    below, elsewhere = build.unit("Bidang Data", parent=office), build.unit("Dinas Lain")
    sari, budi, rini = (build.person(name, unit_id=unit) for name, unit in (("Sari", office), ("Budi", below), ("Rini", elsewhere)))

    made = assigned(Aim(units=frozenset({office})))

    assert states(made) == {sari: "not-started", budi: "not-started"}
    assert rini not in states(made)
    assert sum(tallied().values()) == 2


@pytest.mark.parametrize(("aim", "expected"), [
    (Aim(employments=frozenset({"PPPK"})), {"pppk"}),
    (Aim(position_kinds=frozenset({"pengawas"})), {"chief"}),
    (Aim(positions=frozenset({"kepala seksi data"})), {"chief"}),
    (Aim(newcomer_days=30), {"new"}),
    (Aim(newcomer_days=30, employments=frozenset({"PPPK"})), set()),
    (Aim(), {"pppk", "chief", "new", "old"}),
])
def test_conditions_of_different_kinds_have_to_fit_together(office: int, aim: Aim, expected: set[str]) -> None:
    people = {
        "pppk": build.person("Ani", unit_id=office, employment="PPPK", rank="IX"),
        "chief": build.person("Budi", unit_id=office, position="Kepala Seksi Data"),
        "new": build.person("Citra", unit_id=office), "old": build.person("Dodi", unit_id=office),
    }
    change(people["chief"], position_kind="pengawas")
    change(people["new"], appointed_on=TODAY - 10 * DAY)
    change(people["old"], appointed_on=TODAY - 40 * DAY)

    found = {row.id for row, _hit_on in preview(aim, TODAY, TODAY).people}

    assert found == {people[name] for name in expected}


def test_named_people_alone_or_beside_the_others(office: int) -> None:
    sari, budi, rini = (build.person(name, unit_id=office) for name in ("Sari", "Budi", "Rini"))
    change(budi, employment="PPPK")

    assert set(states(assigned(Aim(people=frozenset({sari}))))) == {sari}
    assert set(states(assigned(Aim(people=frozenset({sari}), employments=frozenset({"PPPK"}))))) == {sari, budi}
    assert rini


def test_the_preview_says_who_is_left_out_and_why(office: int) -> None:
    gone, off, away = build.person("Adi", unit_id=office), build.person("Beni", unit_id=office, active=False), build.person("Cici")
    build.person("Dedi", unit_id=office)
    change(gone, left_on=TODAY - DAY)
    path = f"/{office}/"

    seen = preview(Aim(path, people=frozenset({gone, off, away}), newcomer_days=30), TODAY, TODAY)

    assert seen.count == 0
    assert [(one.name, one.why) for one in seen.left_out] == [
        ("Adi", "left"), ("Beni", "inactive"), ("Cici", "elsewhere"), ("Dedi", "no-appointment")]
    assert isinstance(seen.left_out[0], LeftOut)


def test_newcomers_have_their_days_from_the_appointment(office: int) -> None:
    new, nip = build.person("Citra", unit_id=office), build.person("Dodi", unit_id=office, nip="200001012026031001")
    change(new, appointed_on=TODAY - 10 * DAY)

    made = assigned(Aim(newcomer_days=30), due_days=30, first_on=TODAY - 20 * DAY)

    assert states(made) == {new: "not-started"}
    assert hit(made, new).due_on == TODAY + 20 * DAY
    assert nip not in states(made)


def test_who_joins_is_hit_and_who_leaves_or_moves_is_not(office: int) -> None:
    away = build.unit("Dinas Lain")
    sari, budi, rini, tiur = (build.person(name, unit_id=office) for name in ("Sari", "Budi", "Rini", "Tiur"))
    made = assigned(Aim(units=frozenset({office})))
    change(sari, left_on=TODAY - DAY)
    change(budi, unit_id=away)
    joined = build.person("Baru", unit_id=office)

    service.run_hour({})
    service.run_hour({})

    assert states(made) == dict.fromkeys((rini, tiur, joined), "not-started")
    assert hit(made, budi).gone_on == TODAY
    change(budi, unit_id=office)
    service.run_hour({})
    assert set(states(made)) == {rini, tiur, joined, budi}
    assert sum(tallied().values()) == 4


def test_who_is_deactivated_is_not_hit_any_longer(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    made = assigned(Aim(units=frozenset({office})))

    admin.set_active(sari, active=False)

    assert states(made) == {}
    assert tallied() == {}


def test_nothing_happens_before_the_first_day_and_after_the_last(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    made = assigned(first_on=TODAY + 5 * DAY, last_on=DUE)
    assert states(made) == {}

    clock.advance(5 * DAY)
    service.run_hour({})
    assert states(made) == {sari: "not-started"}

    clock.advance(60 * DAY)
    service.run_hour({})
    assert (states(made), tallied()) == ({}, {})
    assert db.session.get_one(Assignment, made).ended_on == DUE


def test_finishing_a_module_settles_it_at_once(office: int) -> None:
    sari, budi = build.person("Sari", unit_id=office), build.person("Budi", unit_id=office)
    made = assigned()

    programmes.finish(sari, "sapa")

    assert states(made) == {sari: "compliant", budi: "not-started"}
    assert sum(tallied().values()) == 2


def test_what_was_done_before_counts_and_what_is_begun_is_in_progress(office: int) -> None:
    from lms.learning import service as learning

    sari, budi = build.person("Sari", unit_id=office), build.person("Budi", unit_id=office)
    programmes.finish(sari, "sapa")
    made = assigned()
    assert states(made) == {sari: "compliant", budi: "not-started"}

    learning.enrol(budi, "sapa")
    service.run_hour({})

    assert states(made)[budi] == "in-progress"
    assert [one.standing.state for one in queries.mine(budi)] == ["in-progress"]


def test_a_programme_is_done_when_it_is_completed(app: Flask, office: int) -> None:
    before = app.extensions["library"].current
    try:
        programmes.put(app, programmes.programme("sapa", "dengar"))
        sari = build.person("Sari", unit_id=office)
        made = assigned(subject="programme:jalan")
        assert states(made) == {sari: "not-started"}
        programmes.finish(sari, "sapa")
        assert states(made) == {sari: "in-progress"}
        programmes.finish(sari, "dengar")
        assert states(made) == {sari: "compliant"}
    finally:
        app.extensions["library"].current = before


def test_time_alone_changes_states_the_same_in_the_job_and_at_a_request(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    made = assigned(grace_days=7)
    clock.advance(DUE + DAY - TODAY)
    assert queries.stale(clock.today())

    service.settle_stale()
    assert states(made) == {sari: "grace"}
    assert not queries.stale(clock.today())
    clock.advance(7 * DAY)
    service.run_night({})
    service.run_night({})

    assert states(made) == {sari: "non-compliant"}
    assert [one.standing.state for one in queries.mine(sari)] == ["non-compliant"]
    assert sum(tallied().values()) == 1


def test_numbers_lists_and_exports_are_the_same(office: int) -> None:
    below = build.unit("Bidang", parent=office)
    people = [build.person(f"Orang {number}", unit_id=(office, below)[number % 2]) for number in range(7)]
    one, two = assigned(), assigned(Aim(units=frozenset({below})), subject="module:dengar", due_days=10)
    for person in people[:3]:
        programmes.finish(person, "sapa")
    deciding.waive(one, people[4], until=None, why="Cuti", by=None)
    clock.advance(20 * DAY)
    service.settle_stale()

    for wish in (Wish(("/",)), Wish((f"/{office}/{below}/",)), Wish(("/",), unit_id=below), Wish(("/",), assignment_id=two)):
        counted = {(row.id, state): number for row in queries.counts(wish) for state, number in row.states.items() if number}
        listed: dict[tuple[int, str], int] = {}
        for member in queries.everybody(wish):
            listed[member.assignment_id, member.state] = listed.get((member.assignment_id, member.state), 0) + 1
        assert counted == listed
        assert len(queries.page(wish)) == sum(counted.values())
        for state in STATES:
            assert len(list(queries.everybody(replace(wish, state=state)))) == sum(n for (_i, s), n in counted.items() if s == state)


@pytest.mark.parametrize(("changes", "code"), [
    ({"subject": "module:tidak-ada"}, "assignment-subject"),
    ({"subject": "module:draf"}, "assignment-subject"),
    ({"due_on": TODAY - DAY}, "assignment-dates"),
    ({"first_on": DUE + DAY}, "assignment-dates"),
    ({"last_on": TODAY}, "assignment-dates"),
    ({"subject": "module:dengar", "every_months": 24}, "assignment-recurrence"),
    ({"aim": Aim(employments=frozenset({"PPPK-PW"}))}, "assignment-nobody"),
])
def test_what_may_not_be_made(office: int, changes: dict[str, Any], code: str) -> None:
    build.person("Sari", unit_id=office)

    with pytest.raises(Refused) as refused:
        assigned(**changes)

    assert refused.value.code == code
    assert db.session.scalars(select(Assignment)).all() == []


def test_sending_a_form_twice_makes_one_assignment(office: int) -> None:
    build.person("Sari", unit_id=office)

    first, second = (service.make(draft(), by=None, slip="s" * 32) for _ in range(2))

    assert first == second


def test_others_than_in_the_preview_are_not_hit_unseen(office: int) -> None:
    build.person("Sari", unit_id=office)
    seen = preview(Aim(), TODAY, TODAY)
    build.person("Baru", unit_id=office)

    with pytest.raises(Refused, match="assignment-crowd"):
        service.make(draft(), by=None, slip="s" * 32, mark=seen.mark)


def test_more_time_for_all_and_for_one(office: int) -> None:
    sari, budi = build.person("Sari", unit_id=office), build.person("Budi", unit_id=office)
    made = assigned()
    clock.advance(DUE + 5 * DAY - TODAY)
    service.settle_stale()

    deciding.extend(made, sari, until=DUE + 10 * DAY, why="Sakit")
    assert states(made) == {sari: "not-started", budi: "non-compliant"}
    deciding.change(made, 1, due_on=DUE + 30 * DAY, due_days=None, grace_days=0, last_on=None, reason="Perwal 1/2026")
    assert states(made) == {sari: "not-started", budi: "not-started"}

    with pytest.raises(Refused, match="assignment-stale"):
        deciding.change(made, 1, due_on=DUE + 31 * DAY, due_days=None, grace_days=0, last_on=None, reason="lain")
    with pytest.raises(Refused, match="assignment-extension"):
        deciding.extend(made, budi, until=DUE, why="Sakit")
    acts = [row.act for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)) if row.act.startswith("assignment")]
    assert acts == ["assignment.made", "assignment.extended", "assignment.changed"]


def test_a_waiver_holds_until_its_last_day_and_can_be_taken_back(office: int) -> None:
    sari, officer = build.person("Sari", unit_id=office), build.person("Tiur", role="training-officer")
    made = assigned(Aim(units=frozenset({office})))

    deciding.waive(made, sari, until=DUE, why="Cuti melahirkan", by=officer)
    assert states(made) == {sari: "waived"}
    deciding.take_waiver_back(made, sari)
    assert states(made) == {sari: "not-started"}
    deciding.waive(made, sari, until=DUE, why="Cuti melahirkan", by=officer)
    clock.advance(DUE + DAY - TODAY)
    service.settle_stale()

    assert states(made) == {sari: "non-compliant"}
    with pytest.raises(NotFound):
        deciding.waive(made, officer, until=None, why="Bukan", by=officer)


def test_an_ended_assignment_hits_nobody_and_is_changed_no_more(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    made = assigned()

    deciding.end(made, 1, by=None, why="Dicabut")

    assert (states(made), tallied()) == ({}, {})
    service.run_night({})
    assert states(made) == {}
    for act in (lambda: deciding.end(made, 2, by=None, why="lagi"), lambda: deciding.waive(made, sari, until=None, why="lagi", by=None)):
        with pytest.raises(Refused, match="assignment-over"):
            act()


def test_a_new_round_begins_when_the_certificate_has_expired(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    made = assigned(every_months=24, subject="module:sapa", due_days=30)
    programmes.finish(sari, "sapa")
    expires = hit(made, sari).expires_on
    assert expires is not None

    clock.advance(expires - 60 * DAY - TODAY)
    service.settle_stale()
    assert states(made) == {sari: "expiring"}
    clock.advance(61 * DAY)
    service.settle_stale()
    assert (states(made), hit(made, sari).round) == ({sari: "not-started"}, 2)
    programmes.finish(sari, "sapa")

    assert states(made) == {sari: "compliant"}


def test_required_modules_due_this_year_are_foreseen(office: int) -> None:
    sari = build.person("Sari", unit_id=office)
    assigned()
    assigned(subject="module:dengar", required=False)
    year = date(2026, 1, 1), date(2026, 12, 31)

    [(_title, jp, due)] = queries.foreseen(sari, *year)
    assert (jp > 0, due) == (True, DUE)
    programmes.finish(sari, "sapa")

    assert queries.foreseen(sari, *year) == []
