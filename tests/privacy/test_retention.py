"""What is old enough goes at night, in batches; what is needed, and what law keeps, stays."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update

from lms import config, wiring
from lms.accounts.models import ActivationCode, SignIn
from lms.assessment.models import Attempt, AttemptItem
from lms.base import clock, jobs, throttle
from lms.base.audit import AuditEntry
from lms.base.db import Base, db, transaction
from lms.base.readings import Reading
from lms.certificates.models import Certificate
from lms.learning.models import Enrolment, StudyDay
from lms.notifications.models import Mail, Notice
from lms.people.models import Person
from lms.privacy import retention
from lms.privacy.cli import privacy
from tests import build
from tests.assessment import build as quizzes
from tests.conftest import NOW
from tests.inspecting import InspectingClient
from tests.privacy.conftest import Filled

Make = Callable[..., Filled]
YEAR = timedelta(days=366)


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def due() -> dict[str, int]:
    return {one.rule.name: one.due.count for one in retention.dry_run()}


def run() -> dict[str, int]:
    return {rule.name: number for rule, number in retention.carry_out()[0]}


@pytest.fixture
def people_after_a_year(app: Flask, settings: config.Settings) -> Iterator[None]:
    """An installation that forgets people a year after they left."""
    app.extensions["settings"] = replace(settings, retention_people=12)
    yield
    app.extensions["settings"] = settings


@pytest.mark.parametrize(("now", "months", "expected"), [
    (datetime(2026, 3, 10, 2, tzinfo=UTC), 12, "2025-03-10 09:00"), (datetime(2026, 3, 31, 2, tzinfo=UTC), 1, "2026-02-28 09:00"),
    (datetime(2024, 2, 29, 2, tzinfo=UTC), 12, "2023-02-28 09:00"), (datetime(2026, 1, 31, 20, tzinfo=UTC), 2, "2025-12-01 03:00"),
    (datetime(2026, 1, 15, 2, tzinfo=UTC), 1, "2025-12-15 09:00"), (datetime(2026, 12, 15, 2, tzinfo=UTC), 60, "2021-12-15 09:00"),
])
def test_months_are_those_of_the_calendar(now: datetime, months: int, expected: str) -> None:
    assert clock.local(retention.months_before(now, months)).strftime("%Y-%m-%d %H:%M") == expected


def test_what_is_fresh_or_in_use_stays(app: Flask, filled: Make) -> None:
    filled(active=True)
    before = {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}

    went = run()

    assert went == {}
    assert {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables} == before


def test_a_dry_run_counts_and_changes_nothing(app: Flask, filled: Make) -> None:
    filled()
    clock.advance(11 * YEAR)
    before = {table.name: db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables}

    found = retention.dry_run()

    assert {one.rule.name for one in found if one.due.count} == {
        "sign-ins", "tries", "codes", "uploads", "notices", "readings", "study-days"} - {"tries"}
    assert next(one.due.oldest for one in found if one.rule.name == "study-days") == date(2026, 3, 10)
    assert {table.name: db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables} == before


def test_after_years_what_is_not_needed_is_gone_and_the_rest_is_as_it_was(app: Flask, filled: Make) -> None:
    people = filled()
    clock.advance(11 * YEAR)
    expected = {name: number for name, number in due().items() if number}

    went = run()

    assert went == expected
    assert [count(table) for table in (SignIn, ActivationCode, Reading, StudyDay, Mail)] == [0] * 5
    assert (count(Certificate), count(Enrolment)) == (1, 2)
    assert db.session.scalar(select(Person.name).where(Person.id == people.id)) == "Rosdiana Purba"
    assert due() == dict.fromkeys(due(), 0)


def test_a_notice_that_was_not_read_is_kept(app: Flask, filled: Make) -> None:
    filled()
    clock.advance(2 * YEAR)
    unread = select(Notice.id).where(Notice.read_at.is_(None))
    before = db.session.scalars(unread).all()

    run()

    assert db.session.scalars(unread).all() == before != []


def test_answers_of_long_ago_go_and_their_results_stay(app: Flask, filled: Make) -> None:
    people = filled(active=True)
    old = quizzes.taken(people.id, quizzes.SAPA, {"text": ["Lama sekali."]})
    with transaction():
        db.session.execute(update(Attempt).where(Attempt.id == old.id).values(state="graded", percent=80, passed=True))
    clock.advance(10 * YEAR)
    new = quizzes.taken(people.id, quizzes.SAPA, {"text": ["Baru saja."]})

    run()

    answered = select(AttemptItem.attempt_id).where(AttemptItem.response.is_not(None)).distinct()
    assert db.session.scalars(answered).all() == [new.id]
    row = db.session.execute(select(Attempt.percent, Attempt.passed, Attempt.state).where(Attempt.id == old.id)).one()
    assert (int(row.percent), row.passed, row.state) == (80, True, "graded")


def test_people_who_left_are_kept_unless_a_period_is_set(app: Flask) -> None:
    build.person(active=False)
    with transaction():
        db.session.execute(update(Person).values(left_on=date(2000, 1, 1)))

    assert due()["people"] == 0
    assert run() == {}


@pytest.mark.usefixtures("people_after_a_year")
def test_people_who_left_long_ago_without_a_certificate_lose_their_names(app: Flask, filled: Make) -> None:
    certified = filled()
    gone, lately, active = (build.person(name, active=name == "Masih Ada") for name in ("Lama Pergi", "Baru Pergi", "Masih Ada"))
    with transaction():
        for person, day in ((gone, date(2024, 1, 1)), (lately, date(2026, 1, 1)), (active, None), (certified.id, date(2020, 1, 1))):
            db.session.execute(update(Person).where(Person.id == person).values(left_on=day))

    assert due()["people"] == 1
    assert run() == {"people": 1}

    names = {row.id: row.name for row in db.session.execute(select(Person.id, Person.name))}
    assert (names[gone], names[lately], names[active], names[certified.id]) == (
        f"Pegawai terhapus #{gone}", "Baru Pergi", "Masih Ada", "Rosdiana Purba")
    assert due()["people"] == 0


def test_many_rows_go_in_batches_of_one_transaction_each(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = build.person()
    with transaction():
        db.session.add_all([
            Reading(reader_id=person, what="team", scope=f"/{number}/", day=date(2020, 1, 1), at=NOW - 5 * YEAR) for number in range(25)])
    monkeypatch.setattr(retention, "BATCH", 10)
    rule = next(one for one in retention.RULES if one.name == "readings")

    batches = list(retention._batches(rule, clock.now(), end=float("inf")))

    assert batches == [10, 10, 5]
    assert count(Reading) == 0


def test_a_run_that_has_no_time_left_is_taken_up_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SECONDS", -1)

    finished = retention.carry_out(seconds=-1)[1]
    monkeypatch.setattr(retention, "carry_out", lambda: ([], False))
    retention.run_job()

    assert finished is False
    assert db.session.scalars(select(jobs.Job.kind)).all() == [retention.JOB]


def test_the_nightly_job_runs_twice_without_harm_and_says_what_went(app: Flask) -> None:
    with transaction():
        db.session.add(throttle.Throttle(key="x", count=1, ends_at=NOW - YEAR))

    for _ in range(2):
        wiring.JOBS[retention.JOB]({})

    entries = db.session.execute(select(AuditEntry.act, AuditEntry.subject, AuditEntry.detail)).all()
    assert [tuple(one) for one in entries] == [("retention.applied", "retention:tries", {"count": 1, "action": "delete"})]
    assert retention.JOB in wiring.SCHEDULE


def test_every_period_that_can_be_set_is_a_setting_and_every_setting_has_a_rule(app: Flask) -> None:
    used = [rule.setting for rule in retention.RULES if rule.setting]

    assert sorted(used) == sorted(name for name in config.Settings.__dataclass_fields__ if name.startswith("retention_"))
    assert all(rule.kept is None for rule in retention.RULES if rule.action == "keep")
    assert all(rule.kept is not None for rule in retention.RULES if rule.action != "keep")


def test_who_looked_at_whose_data_is_kept_for_a_year_at_least() -> None:
    with pytest.raises(config.SettingsError, match="LMS_RETENTION_READINGS"):
        config.load({"LMS_RETENTION_READINGS": "11", "LMS_INSTANCE_DIR": str(config.Path("instance").absolute())}, secret_key="x" * 40)


def test_the_notice_the_page_and_the_command_tell_the_same_rules(app: Flask, client: InspectingClient, sign_in: Callable[[int], InspectingClient]) -> None:
    client.set_cookie("lang", "en")
    officer = sign_in(build.person(role="admin"))
    officer.set_cookie("lang", "en")

    notice, page = client.get("/privacy/").get_data(as_text=True), officer.get("/office/privacy/retention/").get_data(as_text=True)
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        output = CliRunner().invoke(privacy, ["retention", "--dry-run"]).output

    for rule in retention.RULES:
        assert rule.what in notice
        assert rule.what in page
        assert rule.name in output
    assert "10 years" in notice
    assert "10 years" in page
