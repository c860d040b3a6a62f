"""What people are told of their assignments, and when."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assignments import deciding, notices, service
from lms.assignments.targets import Aim
from lms.base import clock
from lms.base.db import db
from lms.notifications.models import Notice
from tests import build
from tests.assignments.build import DUE, TODAY, assigned
from tests.programmes import build as programmes

DAY = timedelta(days=1)


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner."""
    return build.person("Sari Damanik")


def told(person_id: int) -> list[str]:
    """Kinds of what she was told about assignments, and by which key."""
    rows = db.session.scalars(select(Notice).where(Notice.person_id == person_id, Notice.kind.like("assignment.%")).order_by(Notice.id))
    found = [row.key.removeprefix("assignment.").partition(":")[0] + ":" + row.key.rpartition(":")[2] for row in rows]
    db.session.rollback()
    return found


def live_through(first: int, last: int) -> None:
    """Run the morning's job on each of these days, counted from the due date, twice."""
    for number in range(first, last + 1):
        clock.advance(DUE + number * DAY - clock.today())
        notices.run_job({})
        notices.run_job({})


def test_who_is_hit_is_told_once(sari: int) -> None:
    assigned()

    notices.run_tell({})
    notices.run_tell({})

    assert told(sari) == [f"made:{TODAY}"]


def test_who_has_done_it_already_is_not_told(sari: int) -> None:
    programmes.finish(sari, "sapa")
    assigned()

    notices.run_tell({})

    assert told(sari) == []


def test_reminders_before_on_the_day_and_weekly_after(sari: int) -> None:
    assigned(Aim(people=frozenset({sari})))

    live_through(-20, 15)

    assert told(sari) == ["reminder:14", "reminder:7", "reminder:1", "reminder:0", "overdue:week0", "overdue:week1", "overdue:week2"]


def test_never_a_reminder_for_what_is_done_or_waived(sari: int) -> None:
    budi = build.person("Budi")
    made = assigned(Aim(people=frozenset({sari, budi})))
    programmes.finish(sari, "sapa")
    deciding.waive(made, budi, until=None, why="Cuti besar", by=None)

    live_through(-20, 15)

    assert told(sari) == []
    assert [one.partition(":")[0] for one in told(budi)] == ["waived"]


def test_what_is_recommended_is_never_overdue(sari: int) -> None:
    assigned(Aim(people=frozenset({sari})), required=False)

    live_through(-2, 15)

    assert told(sari) == ["reminder:7", "reminder:1", "reminder:0"]


def test_more_time_brings_reminders_of_the_new_day(sari: int) -> None:
    made = assigned(Aim(people=frozenset({sari})))
    live_through(-1, 1)
    deciding.extend(made, sari, until=DUE + 40 * DAY, why="Sakit")

    live_through(2, 40)

    assert told(sari) == ["reminder:1", "reminder:0", "overdue:week0", "reminder:14", "reminder:7", "reminder:1", "reminder:0"]


def test_nobody_is_reminded_before_the_morning(sari: int) -> None:
    assigned(Aim(people=frozenset({sari})))
    clock.advance(DUE - DAY - TODAY - timedelta(hours=5))

    notices.run_job({})

    assert told(sari) == []


def test_who_leads_a_unit_is_told_weekly_of_what_is_overdue_there(app: Flask) -> None:
    office = build.unit("Dinas")
    wati, other = build.person("Wati", role="supervisor", unit_id=office), build.person("Lain", role="supervisor")
    sari = build.person("Sari", unit_id=build.unit("Bidang", parent=office))
    assigned(Aim(people=frozenset({sari})))

    live_through(-3, 8)  # 30 April 2026 is a Thursday

    assert [one.partition(":")[0] for one in told(wati)] == ["team", "team"]
    assert told(other) == []


def test_who_joins_later_is_told_too(sari: int) -> None:
    made = assigned()
    joined = build.person("Baru")
    clock.advance(DAY)

    service.refresh(made)
    notices.run_tell({})

    assert told(joined) == [f"made:{TODAY + DAY}"]
