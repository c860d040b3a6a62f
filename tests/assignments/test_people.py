"""What becomes of assignments when two accounts turn out to be one person's, and when somebody's data are erased."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assignments import deciding, merging, personal
from lms.assignments.models import AssignmentTarget, Hit, Tally
from lms.assignments.targets import Aim
from lms.base.db import db, transaction
from lms.people.events import PeopleMerged, PersonErased
from tests import build
from tests.assignments.build import DUE, assigned, hit, states


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """Two accounts in one unit."""
    office = build.unit()
    return build.person("Sari Damanik", unit_id=office), build.person("Sari Damanik, S.E.", unit_id=office)


def test_what_was_assigned_to_either_account_is_assigned_to_the_kept_one(two: tuple[int, int]) -> None:
    kept, gone = two
    both, alone = assigned(), assigned(Aim(people=frozenset({gone})))
    deciding.extend(both, gone, until=DUE + timedelta(days=9), why="Sakit")
    deciding.waive(both, gone, until=DUE, why="Cuti", by=None)
    lost = hit(both, gone).id, hit(alone, gone).id

    fact = PeopleMerged(kept, gone)
    with transaction():
        merging.on_people_merged(fact)

    assert fact.moved["assignment_hits"] == list(lost)
    assert (states(both), states(alone)) == ({kept: "waived"}, {kept: "not-started"})
    assert hit(both, kept).due_on == DUE + timedelta(days=9)
    assert db.session.scalars(select(AssignmentTarget.person_id)).all() == [kept]
    assert [(row.assignment_id, row.people) for row in db.session.scalars(select(Tally).order_by(Tally.assignment_id))] == [
        (both, 1), (alone, 1)]


def test_nothing_is_kept_of_somebody_whose_data_are_erased(two: tuple[int, int]) -> None:
    kept, gone = two
    made = assigned(Aim(people=frozenset(two)))
    assert personal.PART.counts(gone) == {"assignment_hits": 1, "assignment_targets": 1}

    with transaction():
        personal.on_person_erased(PersonErased(gone))

    assert states(made) == {kept: "not-started"}
    assert personal.PART.counts(gone) == {"assignment_hits": 0, "assignment_targets": 0}
    assert [row.people for row in db.session.scalars(select(Tally))] == [1]
    assert db.session.scalars(select(Hit.person_id)).all() == [kept]
