"""Many at once have the result that one after the other would have."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.hours import queries, service
from lms.hours.many import credit_many
from lms.hours.service import Earned
from lms.people.models import Person
from tests import build

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
EARNED = st.lists(st.tuples(
    st.integers(0, 2), st.integers(1, 5), st.sampled_from(["e-learning", "coaching", "seminar"]), st.sampled_from(["national", "international"]),
    st.dates(date(2026, 2, 27), date(2026, 3, 2)), st.integers(1, 4)), min_size=1, max_size=10)


def made(people: list[int], acts: list[tuple[int, int, str, str, date, int]], name: str) -> list[Earned]:
    return [Earned(people[who], "event", f"{name}:{number}:{people[who]}", "X", form, ((day, Decimal(amount)),), scope=scope, subject=f"s{number % 3}")  # type: ignore[arg-type]
            for number, (who, _, form, scope, day, amount) in enumerate(acts)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EARNED, EARNED)
def test_many_at_once_count_as_one_after_the_other(app: Flask, before: list[tuple[int, int, str, str, date, int]], acts: list[tuple[int, int, str, str, date, int]]) -> None:
    number = itertools.count(1 + (db.session.scalar(select(func.count()).select_from(Person)) or 0))
    first, second = ([build.person(nip=f"19900101201501{1}{next(number):03}") for _ in range(3)] for _ in range(2))
    for people in (first, second):
        for one in made(people, before, "a"):
            service.credit(one)

    credit_many(made(first, acts, "b"))
    for one in made(second, acts, "b"):
        service.credit(one)

    assert [queries.total(person, *YEAR) for person in first] == [queries.total(person, *YEAR) for person in second]


def test_what_stands_is_left_what_was_taken_back_is_entered_anew_and_a_refusal_enters_nothing(app: Flask) -> None:
    sari = build.person()
    one = Earned(sari, "event", "1:1", "X", "seminar", ((date(2026, 2, 2), Decimal(1)),))

    assert [credit_many([one, one]), credit_many([one])] == [1, 0]
    service.reverse("event", "1:1", reason="uji")
    assert (credit_many([one]), queries.total(sari, *YEAR), [row.version for row in queries.standing(sari)]) == (1, 4, [2])
    with pytest.raises(Refused, match="hours-no-rate"), transaction():
        credit_many([Earned(sari, "event", "2:1", "X", "seminar", one.days), Earned(sari, "event", "3:1", "X", "on-the-job", one.days)])
    assert queries.total(sari, *YEAR) == 4
