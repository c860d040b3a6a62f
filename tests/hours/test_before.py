"""Completions from before the ledger: the upgrade enters them as the ledger itself would have."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.base import clock, schema
from lms.base.db import db, transaction
from lms.hours import service, sums
from lms.hours.models import Entry, Source
from lms.learning.models import Enrolment, StudyDay
from tests import build
from tests.learning.test_service import study

WHENEVER = (date(2020, 1, 1), date(2030, 12, 31))
Told = list[tuple[object, ...]]


def ledger() -> tuple[Told, Told]:
    """Sources and what counts of each of their days, without numbers."""
    sources = db.session.execute(select(
        Source.person_id, Source.kind, Source.key, Source.version, Source.title, Source.subject, Source.form, Source.scope, Source.from_on,
        Source.until_on, Source.stated, Source.basis, Source.made_by).order_by(Source.person_id, Source.key))
    people = sorted(set(db.session.scalars(select(Source.person_id))))
    lines = [(person_id, line.key, line.day, line.on_day, line.raw, line.credited, line.why)
             for person_id in people for line in sums.lines(person_id, *WHENEVER)]
    return [tuple(row) for row in sources], sorted(lines, key=lambda line: line[:3])


def upgraded(app: Flask) -> None:
    """The database as version 0011 left it, without a ledger, brought up to date."""
    with transaction():
        db.session.execute(delete(Entry))
        db.session.execute(delete(Source))
    url = app.extensions["settings"].database_url
    db.session.remove()
    db.engine.dispose()
    schema.downgrade(url, "0011")
    schema.upgrade(url)


def complete_at_random(people: list[int], rng: Random) -> None:
    """Rounds of three modules, studied and completed around two turns of the year, some within minutes of the office's midnight."""
    with transaction():
        studied: dict[tuple[int, date, str], int] = {}
        for person_id in people:
            for number in range(rng.randint(1, 9)):
                module_id = f"m{number % 3}"
                ended = datetime(rng.choice((2024, 2025)), 12, 31, 16, 50, tzinfo=UTC) + timedelta(
                    days=rng.randint(-4, 2), minutes=rng.choice((0, 9, 10, 11, 600)))
                began = ended - timedelta(days=rng.randint(0, 4), minutes=rng.randint(0, 30))
                db.session.add(Enrolment(
                    person_id=person_id, module_id=module_id, round=number // 3 + 1, revision="r", started_at=began, completed_at=ended,
                    hours=Decimal(rng.randint(1, 60)) / 10))
                for days in range(rng.randint(0, 6)):
                    day = clock.local(ended).date() - timedelta(days=days)
                    studied[person_id, day, module_id] = rng.choice((0, 1, 7, 600, 1801))
        db.session.add(Enrolment(person_id=people[0], module_id="m4", round=1, revision="r", started_at=clock.now()))
        db.session.add_all(StudyDay(person_id=person_id, day=day, module_id=module_id, seconds=seconds, last_at=clock.now())
                           for (person_id, day, module_id), seconds in studied.items())


@pytest.mark.parametrize("seed", range(3))
def test_what_an_upgrade_enters_is_what_the_ledger_would_have_counted(app: Flask, seed: int) -> None:
    people = [build.person(f"Orang {number}") for number in range(15)]
    complete_at_random(people, Random(seed))
    entered = service.enter_missing()
    sources, lines = ledger()

    upgraded(app)

    assert entered > 30
    assert {why for *_line, why in lines} == {"", "day-cap", "counted-before"}
    assert ledger() == (sources, lines)
    assert set(db.session.scalars(select(Entry.rule))) == {"national:1"}
    assert service.enter_missing() == 0


def test_a_module_has_the_title_of_its_certificate_and_the_time_of_its_completion(app: Flask) -> None:
    sari = build.person()
    study(sari, "sapa")
    sources, lines = ledger()

    upgraded(app)

    assert ledger() == (sources, lines)
    assert db.session.execute(select(Source.title, Source.made_at)).all() == [("Menyapa Warga", clock.now())]
    assert db.session.scalars(select(Entry.made_at)).all() == [clock.now()]


def test_what_the_ledger_holds_is_not_entered_again_and_more_can_be_entered(app: Flask) -> None:
    sari = build.person()
    study(sari, "sapa")
    before = ledger()
    url = app.extensions["settings"].database_url
    db.session.remove()
    db.engine.dispose()

    schema.downgrade(url, "0011")
    schema.upgrade(url)

    assert ledger() == before
    study(sari, "bebas")
    assert sums.by_year(sari, 2026, 2026) == {2026: 3}


def test_an_upgrade_without_people_enters_nothing(app: Flask) -> None:
    upgraded(app)

    assert ledger() == ([], [])
