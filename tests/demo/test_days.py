"""The demo city never looks stale: on whatever day it is loaded, the same things happened, and as long ago."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.assessment.models import Attempt
from lms.base import clock
from lms.base.db import db
from lms.certificates.models import Certificate
from lms.content.library import Library
from lms.demo.named import SARI
from lms.hours import sums
from lms.learning import queries as learning
from lms.learning.models import Enrolment, LessonProgress, StudyDay
from lms.people.models import Person, Unit
from tests.demo.conftest import loaded

pytestmark = pytest.mark.xdist_group("demo city")
EARLY_IN_THE_YEAR = datetime(2027, 1, 3, 20, 15, tzinfo=UTC)  # Monday 03.15 in the office, the first working day of the year


def shape() -> dict[str, list[str]]:
    """Everybody and all that happened, without ids, serials and days."""
    statements = {
        "people": select(Person.nip, Person.name, Person.position, Person.rank, Person.active, Unit.code).join(Unit),
        "lessons": select(Person.nip, Enrolment.module_id, LessonProgress.lesson_id, LessonProgress.done_at.is_(None)).join_from(
            Person, Enrolment).join(LessonProgress),
        "attempts": select(
            Person.nip, Attempt.module_id, Attempt.number, Attempt.state, Attempt.ended, Attempt.percent, Attempt.passed).join(Attempt),
        "certificates": select(Person.nip, Certificate.module_id, Certificate.state).join(Certificate),
    }
    return {name: sorted(str(tuple(row)) for row in db.session.execute(statement)) for name, statement in statements.items()}


def days_since_the_last_study() -> int:
    last: date = db.session.scalars(select(func.max(StudyDay.day))).one()
    return (clock.today() - last).days


def hours_of_sari() -> tuple[str, int]:
    sari = db.session.scalars(select(Person).where(Person.nip == SARI.nip)).one()
    mine = sums.of_person(sari.id, sari.employment, sari.contract_start, clock.today()).standing
    return f"{mine.total.normalize():f}", sum(one.completed_at is None for one in learning.progress_by_module(sari.id).values())


def acts_from(moment: datetime) -> int:
    """How many acts are dated at this moment or later."""
    columns = (LessonProgress.opened_at, LessonProgress.done_at, Certificate.issued_at, Attempt.submitted_at, Enrolment.last_seen_at)
    return sum(db.session.scalar(select(func.count()).where(column >= moment)) or 0 for column in columns)


def test_another_day_gives_the_same_city(town: object, content: Library, tmp_path: Path) -> None:
    there = shape(), hours_of_sari(), days_since_the_last_study() <= 3

    with loaded(tmp_path, content, EARLY_IN_THE_YEAR):
        here = shape(), hours_of_sari(), days_since_the_last_study() <= 3
        in_the_future = acts_from(clock.now())

    assert there[1:] == (("6", 1), True)
    assert here == there
    assert in_the_future == 0
