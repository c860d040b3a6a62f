"""Standing in for a supervisor: within her units, for a time, without a chain, and gone with her role."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import Refused
from lms.people import admin, delegates, grants
from lms.people.models import Grant
from tests import build
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]
TODAY = date(2026, 3, 10)
LATER = date(2026, 3, 20)


@pytest.fixture
def team(app: Flask) -> dict[str, int]:
    """Wati leads a district with a ward below it; Dewi works in the ward, Rini elsewhere."""
    district = build.unit("Kecamatan Utara")
    ward = build.unit("Kelurahan Melati", parent=district)
    other = build.unit("Kecamatan Selatan")
    return {
        "district": district, "ward": ward, "other": other, "wati": build.person("Wati Siregar", role="supervisor", unit_id=district),
        "dewi": build.person("Dewi Purba", unit_id=ward), "rini": build.person("Rini Sinaga", unit_id=other),
    }


def name(team: dict[str, int], **changes: object) -> int:
    values = {"unit_id": team["district"], "starts_on": TODAY, "ends_on": LATER, "reason": "Cuti tahunan", "by": team["wati"], **changes}
    return delegates.name(team["wati"], values.pop("delegate", team["dewi"]), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("changes", "code"), [
    ({"delegate": "wati"}, "delegate-self"), ({"unit_id": "other"}, "delegate-outside"), ({"unit_id": None}, "delegate-outside"),
    ({"starts_on": TODAY - timedelta(days=1)}, "delegate-past"), ({"ends_on": TODAY - timedelta(days=1)}, "grant-period"),
    ({"ends_on": TODAY + timedelta(days=90)}, "delegate-long"),
])
def test_nobody_is_named_beyond_what_the_supervisor_holds(team: dict[str, int], changes: dict[str, object], code: str) -> None:
    read = {name: team.get(value, value) if isinstance(value, str) else value for name, value in changes.items()}

    with pytest.raises(Refused) as refused:
        name(team, **read)

    assert refused.value.code == code
    assert delegates.stood_in_for(team["dewi"]) == []


def test_a_delegation_lasts_ninety_days_at_most_and_may_be_for_a_part(team: dict[str, int]) -> None:
    name(team, unit_id=team["ward"], ends_on=TODAY + timedelta(days=89))

    assert [(row.name, row.unit, row.ends_on) for row in delegates.stood_in_for(team["dewi"])] == [
        ("Wati Siregar", "Kelurahan Melati", date(2026, 6, 7))]


def test_it_does_not_outlast_the_supervisors_own_role(team: dict[str, int]) -> None:
    grants.end(db.session.scalars(select(Grant.id).where(Grant.person_id == team["wati"])).one(), by=None)
    grants.give(team["wati"], "supervisor", by=None, unit_id=team["district"], ends_on=TODAY + timedelta(days=5))

    with pytest.raises(Refused) as refused:
        name(team)

    assert refused.value.code == "delegate-outside"


def test_a_delegate_sees_the_team_under_a_banner_and_cannot_name_others(team: dict[str, int], sign_in: SignIn) -> None:
    name(team)
    browser = sign_in(team["dewi"])
    browser.set_cookie("lang", "en")

    page = words(browser.get("/team/").get_data(as_text=True))

    assert "You stand in for Wati Siregar until 20 March 2026" in page
    assert "Let somebody stand in" not in page
    assert browser.get(f"/people/{team['dewi']}/delegates").status_code == 403
    assert browser.post(f"/people/{team['wati']}/delegates").status_code == 400


def test_what_a_delegate_does_is_recorded_with_both_names(team: dict[str, int], sign_in: SignIn) -> None:
    name(team)
    browser = sign_in(team["dewi"])

    browser.get(f"/team/{team['wati']}/")

    from lms.base.readings import Reading
    row = db.session.scalars(select(Reading).where(Reading.about_id == team["wati"])).one()
    assert (row.reader_id, row.acting_for) == (team["dewi"], team["wati"])


def test_it_begins_and_ends_by_itself(team: dict[str, int], sign_in: SignIn) -> None:
    name(team, starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=4))
    seen = []
    for _ in range(6):
        seen.append(sign_in(team["dewi"]).get("/team/").status_code)
        clock.advance(timedelta(days=1))

    assert seen == [403, 403, 200, 200, 200, 403]


@pytest.mark.parametrize("how", ["role ended", "deactivated", "taken back"])
def test_b28_it_ends_at_once_with_the_supervisors_role(team: dict[str, int], sign_in: SignIn, how: str) -> None:
    grant = name(team)
    browser = sign_in(team["dewi"])
    before = browser.get("/team/").status_code

    if how == "deactivated":
        admin.set_active(team["wati"], False)
    elif how == "role ended":
        grants.end(db.session.scalars(select(Grant.id).where(Grant.person_id == team["wati"])).one(), by=None)
    else:
        delegates.end(grant, team["wati"], by=team["wati"])

    assert (before, browser.get("/team/").status_code, sign_in(team["dewi"]).get("/team/").status_code) == (200, 302, 403)
    assert db.session.get_one(Grant, grant).ended_at is not None


def test_losing_one_of_two_units_ends_only_what_hung_on_it(team: dict[str, int]) -> None:
    second = grants.give(team["wati"], "supervisor", by=None, unit_id=team["other"])
    kept, lost = name(team), name(team, unit_id=team["other"])

    grants.end(second, by=None)

    assert [db.session.get_one(Grant, grant).ended_at is None for grant in (kept, lost)] == [True, False]


def test_the_page_finds_names_and_ends(team: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(team["wati"])
    page = f"/people/{team['wati']}/delegates"
    form = {"delegate": team["rini"], "unit": team["district"], "from": "2026-03-10", "until": "2026-03-20", "reason": "Cuti tahunan"}

    found = browser.get(f"{page}?q=rini").get_data(as_text=True)
    by_part_of_nip = browser.get(f"{page}?q=19900101").get_data(as_text=True)
    named = browser.send(page, **form)
    [row] = grants.delegations_of(team["wati"])
    browser.send(page, f"{page}/{row.id}/end")

    assert ("Rini Sinaga" in found, "Dewi Purba" in by_part_of_nip, named.status_code, row.holder) == (True, False, 303, "Rini Sinaga")
    assert grants.delegations_of(team["wati"])[0].state == "ended"
    acts = [(entry.act, entry.about_id) for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
    assert acts[-2:] == [("role.given", team["rini"]), ("role.ended", team["rini"])]


def test_only_she_herself_or_whoever_gives_roles_names_her_delegates(team: dict[str, int], sign_in: SignIn) -> None:
    other = build.person("Tigor", role="supervisor", unit_id=team["other"])
    agus = build.person("Agus", role="admin")
    page = f"/people/{team['wati']}/delegates"

    seen = [sign_in(person).get(page).status_code for person in (team["wati"], other, agus, team["dewi"])]

    assert seen == [200, 404, 200, 403]
