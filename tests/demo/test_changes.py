"""The organisation of the demo city has a past: a name that changed, somebody who moved, somebody who stands in."""

import pytest
from sqlalchemy import func, select

from lms.base import clock
from lms.base.db import db
from lms.demo.changes import MOVED, RENAMED, STOOD_IN
from lms.demo.named import WATI
from lms.home import team
from lms.organisation import queries
from lms.people.models import Grant, Person, Posting, Unit, UnitVersion

pytestmark = [pytest.mark.xdist_group("demo city"), pytest.mark.usefixtures("town")]


def unit_id(name: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.name == name)).one()


def test_a_kelurahan_had_another_name_last_year() -> None:
    unit = unit_id(RENAMED[1])
    paths = (f"/{unit}/",)

    named = {year: {one.unit for one in team.everybody(team.Wish(within=("/",), year=year, unit_id=unit))} for year in (2025, 2026)}

    assert named == {2025: {RENAMED[0]}, 2026: {RENAMED[1]}}
    assert [one.name for one in team.units_of(team.Wish(within=paths, year=2025))] == [RENAMED[0]]
    assert len(queries.history(unit)) == 2


def test_somebody_moved_last_year() -> None:
    old, new = unit_id(MOVED[0]), unit_id(MOVED[1])
    moved = db.session.scalars(select(Posting.person_id).where(Posting.unit_id == new, Posting.basis != "")).one()

    where = {year: [one.unit for one in team.everybody(team.Wish(within=("/",), year=year)) if one.id == moved] for year in (2024, 2025, 2026)}

    assert where == {2024: [MOVED[0]], 2025: [MOVED[1]], 2026: [MOVED[1]]}
    assert old != new


def test_somebody_stands_in_for_a_lurah_today() -> None:
    [head, acting] = queries.leaders(unit_id(STOOD_IN))

    assert (acting.behalf_of, acting.ends_on > clock.today(), head.behalf_of) == (head.id, True, None)


def test_everybody_has_one_entry_and_every_unit_one_version_that_hold() -> None:
    open_ = [db.session.scalar(select(func.count()).select_from(table).where(table.until_on.is_(None), *more)) for table, more in (
        (Posting, (Posting.kind == "definitive",)), (UnitVersion, ()))]

    assert open_ == [db.session.scalar(select(func.count()).where(Person.active)), 40]


def test_wati_sees_her_kecamatan_of_two_years_ago() -> None:
    path = db.session.scalars(select(Unit.path).join(Grant, Grant.unit_id == Unit.id).join(Person, Person.id == Grant.person_id).where(
        Person.nip == WATI.nip)).one()

    counts = [team.first_page(team.Wish(within=(path,), year=year))[0].people for year in (2024, 2025, 2026)]

    assert min(counts) > 50
    assert counts[1] >= counts[2]
