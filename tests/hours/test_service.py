"""The ledger: credits, corrections, reversals; its sum is what counts, whatever the order of events."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from lms.base.db import db, publish, transaction
from lms.base.errors import Refused
from lms.hours import queries, rules, service
from lms.hours.models import Entry, Source
from lms.hours.service import Earned
from lms.people.events import PeopleMerged
from tests import build

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner."""
    return build.person()


def earned(person: int, key: str, amount: str = "2", *, day: date = MONDAY, form: str = "e-learning", **more: object) -> Earned:
    values = {"kind": "module", "title": f"Modul {key}", "days": ((day, Decimal(amount)),), **more}
    return Earned(person, key=key, form=form, **values)  # type: ignore[arg-type]


def lines() -> list[tuple[str, str, str, str]]:
    """The ledger as (kind, raw, credited, why)."""
    rows = db.session.execute(select(Entry.kind, Entry.raw, Entry.credited, Entry.why).order_by(Entry.id))
    return [(row.kind, f"{row.raw.normalize():f}", f"{row.credited.normalize():f}", row.why) for row in rows]


def test_what_is_earned_is_entered_once(sari: int) -> None:
    assert [service.credit(earned(sari, "1")), service.credit(earned(sari, "1"))] == [2, 2]
    assert lines() == [("credit", "2", "2", "")]


def test_a_second_course_of_the_day_counts_up_to_the_cap_and_says_why(sari: int) -> None:
    service.credit(earned(sari, "1"))

    assert service.credit(earned(sari, "2")) == 1
    assert lines() == [("credit", "2", "2", ""), ("credit", "2", "1", "day-cap")]
    assert queries.total(sari, date(2026, 1, 1), date(2026, 12, 31)) == 3


def test_a_larger_course_of_the_same_day_displaces_a_smaller_one_by_a_correction(sari: int) -> None:
    service.credit(earned(sari, "1", "1"))
    service.credit(earned(sari, "2", "3"))

    assert lines() == [("credit", "1", "1", ""), ("credit", "3", "3", ""), ("correction", "0", "-1", "day-cap")]


def test_a_reversal_takes_back_and_lets_count_what_had_been_displaced(sari: int) -> None:
    service.credit(earned(sari, "1"))
    service.credit(earned(sari, "2"))

    assert service.reverse("module", "1", reason="salah orang") is True
    assert service.reverse("module", "1", reason="salah orang") is False
    assert lines()[2:] == [("reversal", "-2", "-2", ""), ("correction", "0", "1", "")]
    assert queries.total(sari, MONDAY, MONDAY) == 2


def test_a_correction_is_the_next_version_of_the_source(sari: int) -> None:
    service.credit(earned(sari, "1", form="seminar", kind="seminar", days=((MONDAY, Decimal(1)), (TUESDAY, Decimal(1)))))

    counted = service.correct(earned(sari, "1", form="seminar", kind="seminar", days=((TUESDAY, Decimal(1)),)), reason="hanya satu hari")

    assert counted == 4
    assert [tuple(row) for row in db.session.execute(select(Source.version, Source.from_on).order_by(Source.id))] == [(1, MONDAY), (2, TUESDAY)]
    assert queries.total(sari, MONDAY, TUESDAY) == 4


def test_a_form_without_a_rate_needs_its_basis(sari: int) -> None:
    with pytest.raises(Refused, match="hours-no-rate"):
        service.credit(earned(sari, "1", form="on-the-job", kind="claim"))

    assert service.credit(earned(sari, "1", "6", form="on-the-job", kind="claim", basis="Perwal 1/2026")) == 6
    assert db.session.scalars(select(Entry.rule)).all() == ["officer"]


@pytest.mark.parametrize("days", [(), ((MONDAY, Decimal(0)),), ((MONDAY, Decimal(-1)),)])
def test_nothing_cannot_be_earned(sari: int, days: tuple[tuple[date, Decimal], ...]) -> None:
    with pytest.raises(Refused, match="hours-nothing"):
        service.credit(earned(sari, "1", days=days))

    assert lines() == []


def test_the_database_refuses_to_change_an_entry(sari: int) -> None:
    service.credit(earned(sari, "1"))

    with pytest.raises(DatabaseError, match="never changed"), transaction():
        db.session.execute(update(Entry).values(credited=9))
    db.session.rollback()
    assert lines() == [("credit", "2", "2", "")]


def test_hours_of_two_accounts_count_once_under_the_caps_when_they_are_merged(sari: int) -> None:
    old = build.person("Sari lama")
    service.credit(earned(sari, "1"))
    service.credit(earned(old, "2"))

    with transaction():
        publish(PeopleMerged(sari, old))

    assert [queries.total(person, MONDAY, MONDAY) for person in (sari, old)] == [3, 0]
    assert [(row.key, row.version) for row in queries.standing(sari)] == [("1", 1), ("2", 2)]


ACTS = st.lists(st.tuples(
    st.sampled_from(["credit", "credit", "credit", "reverse"]), st.integers(1, 6), st.sampled_from(["e-learning", "coaching", "seminar"]),
    st.sampled_from(["national", "international"]), st.dates(date(2026, 2, 27), date(2026, 3, 2)), st.integers(1, 4),
), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_sum_of_the_ledger_is_what_the_rules_count_of_what_stands(app: Flask, acts: list[tuple[str, int, str, rules.Scope, date, int]]) -> None:
    person = build.person(nip=f"19900101201501{1}{build_number():03}")
    for act, number, form, scope, day, amount in acts:
        if act == "reverse":
            service.reverse("module", f"{person}-{number}", reason="uji")
        else:
            service.credit(earned(person, f"{person}-{number}", str(amount), day=day, form=form, scope=scope, subject=f"s{number % 3}"))

    for form in ("e-learning", "coaching", "seminar"):
        wanted = rules.counted(rules.Share(row.id, row.source, row.day, row.on_day, row.scope, row.raw, _rate(form), row.subject)
                               for row in queries.living(person, form))
        summed = db.session.scalar(select(func.sum(Entry.credited)).join(Source, Source.id == Entry.source_id).where(
            Source.person_id == person, Source.form == form)) or Decimal(0)
        assert summed == sum((one.credited for one in wanted.values()), Decimal(0))


def _rate(form: str) -> rules.Rate | None:
    return queries.rate_tables()[0].rates.get(form)


def build_number() -> int:
    """A number that no person of this test has yet."""
    return int(db.session.execute(text("SELECT count(*) FROM persons")).scalar_one()) + 1
