"""How somebody stands with an assignment: a table of cases with a moved clock."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lms.assignments.rules import STATES, Done, Facts, State, Terms, Waiver, first_due, standing

FIRST, DUE = date(2026, 1, 1), date(2026, 3, 31)
ONCE = Terms(required=True, first_on=FIRST, due_on=DUE, grace_days=14)
AGAIN = replace(ONCE, every_months=24)
NOTHING, GOING = Facts(), Facts(going=True)
IN_TIME = Facts((Done(date(2026, 2, 10)),))
DAY = timedelta(days=1)


@pytest.mark.parametrize(("terms", "facts", "today", "expected"), [
    (ONCE, NOTHING, FIRST, "not-started"),
    (ONCE, NOTHING, DUE, "not-started"),
    (ONCE, GOING, DUE, "in-progress"),
    (ONCE, NOTHING, DUE + DAY, "grace"),
    (ONCE, GOING, DUE + 14 * DAY, "grace"),
    (ONCE, NOTHING, DUE + 15 * DAY, "non-compliant"),
    (ONCE, GOING, DUE + 15 * DAY, "non-compliant"),
    (replace(ONCE, grace_days=0), NOTHING, DUE + DAY, "non-compliant"),
    (ONCE, IN_TIME, date(2026, 2, 10), "compliant"),
    (ONCE, Facts((Done(DUE + 20 * DAY),)), DUE + 20 * DAY, "compliant"),
    (ONCE, Facts((Done(DUE + 20 * DAY),)), DUE + 19 * DAY, "non-compliant"),
    (ONCE, IN_TIME, date(2040, 1, 1), "compliant"),
    (ONCE, Facts((Done(date(2026, 2, 10), date(2026, 8, 10)),)), date(2027, 1, 1), "compliant"),
    (ONCE, Facts((Done(date(2025, 6, 1)),)), FIRST, "compliant"),
    (ONCE, Facts((Done(date(2024, 6, 1), date(2025, 6, 1)),)), FIRST, "not-started"),
    (ONCE, Facts((Done(date(2024, 6, 1), FIRST),)), FIRST, "compliant"),
    (ONCE, Facts(last_on=date(2026, 1, 5)), date(2026, 1, 6), "in-progress"),
    (ONCE, Facts(last_on=date(2025, 1, 5)), date(2026, 1, 6), "not-started"),
    (replace(ONCE, required=False), NOTHING, date(2027, 1, 1), "not-started"),
    (replace(ONCE, required=False), GOING, date(2027, 1, 1), "in-progress"),
    (AGAIN, IN_TIME, date(2027, 12, 11), "compliant"),
    (AGAIN, IN_TIME, date(2027, 12, 12), "expiring"),
    (AGAIN, IN_TIME, date(2028, 2, 10), "expiring"),
    (AGAIN, IN_TIME, date(2028, 2, 11), "not-started"),
    (AGAIN, replace(IN_TIME, going=True), date(2028, 2, 11), "in-progress"),
    (AGAIN, replace(IN_TIME, last_on=date(2026, 2, 10)), date(2028, 2, 11), "not-started"),
    (AGAIN, IN_TIME, date(2028, 2, 11) + 89 * DAY, "not-started"),
    (AGAIN, IN_TIME, date(2028, 2, 11) + 90 * DAY, "grace"),
    (AGAIN, IN_TIME, date(2028, 2, 11) + 104 * DAY, "non-compliant"),
    (AGAIN, Facts((*IN_TIME.done, Done(date(2028, 3, 1)))), date(2028, 3, 1), "compliant"),
    (AGAIN, Facts((*IN_TIME.done, Done(date(2028, 1, 5)))), date(2028, 3, 1), "compliant"),
    (AGAIN, Facts((Done(date(2026, 2, 10), date(2027, 2, 10)),)), date(2027, 2, 11), "not-started"),
    (AGAIN, Facts((Done(date(2023, 12, 31)),)), FIRST, "not-started"),
])
def test_states(terms: Terms, facts: Facts, today: date, expected: State) -> None:
    assert standing(terms, FIRST, facts, today).state == expected


@pytest.mark.parametrize(("facts", "today", "until", "expected"), [
    (NOTHING, DUE + 100 * DAY, None, "waived"),
    (IN_TIME, DUE, None, "waived"),
    (NOTHING, date(2026, 6, 30), date(2026, 6, 30), "waived"),
    (NOTHING, date(2026, 7, 1), date(2026, 6, 30), "non-compliant"),
    (IN_TIME, date(2026, 7, 1), date(2026, 6, 30), "compliant"),
])
def test_a_waiver_goes_before_everything_until_its_last_day(facts: Facts, today: date, until: date | None, expected: State) -> None:
    assert standing(ONCE, FIRST, facts, today, waiver=Waiver(until)).state == expected


def test_more_time_moves_the_due_date_and_never_to_an_earlier_day() -> None:
    later, earlier = date(2026, 5, 31), date(2026, 2, 1)

    assert standing(ONCE, FIRST, NOTHING, later, extended_to=later).state == "not-started"
    assert standing(ONCE, FIRST, NOTHING, later + DAY, extended_to=later).state == "grace"
    assert standing(ONCE, FIRST, NOTHING, DUE, extended_to=earlier).due_on == DUE


@pytest.mark.parametrize(("terms", "hit_on", "expected"), [
    (ONCE, FIRST, DUE),
    (ONCE, date(2026, 2, 1), DUE),
    (ONCE, date(2026, 3, 20), date(2026, 4, 19)),
    (ONCE, date(2026, 9, 1), date(2026, 10, 1)),
    (replace(ONCE, due_on=None, due_days=30), date(2026, 9, 1), date(2026, 10, 1)),
])
def test_who_joins_late_has_thirty_days(terms: Terms, hit_on: date, expected: date) -> None:
    assert first_due(terms, hit_on) == expected


def test_a_round_begins_when_the_last_completion_expires() -> None:
    found = standing(AGAIN, FIRST, IN_TIME, date(2028, 2, 11))

    assert (found.round, found.begins_on, found.due_on) == (2, date(2028, 2, 11), date(2028, 5, 10))
    assert (found.completed_on, found.expires_on) == (None, None)


def test_three_rounds() -> None:
    facts = Facts((Done(date(2026, 2, 10)), Done(date(2028, 4, 1)), Done(date(2030, 5, 1))))

    found = standing(AGAIN, FIRST, facts, date(2030, 6, 1))

    assert (found.state, found.round, found.completed_on, found.expires_on) == ("compliant", 3, date(2030, 5, 1), date(2032, 5, 1))


@pytest.mark.parametrize("facts", [NOTHING, GOING, IN_TIME, Facts((Done(date(2026, 2, 10)), Done(date(2028, 4, 1))))])
@pytest.mark.parametrize("terms", [ONCE, AGAIN, replace(ONCE, required=False), replace(ONCE, due_on=None, due_days=0, grace_days=0)])
@pytest.mark.parametrize("waiver", [None, Waiver(date(2026, 5, 5)), Waiver()])
def test_between_two_changes_by_time_the_state_stays(facts: Facts, terms: Terms, waiver: Waiver | None) -> None:
    """What is kept beside a hit is right every day until `changes_on`."""
    day, kept = FIRST, standing(terms, FIRST, facts, FIRST, waiver=waiver)
    while day < date(2031, 1, 1):
        day += DAY
        fresh = standing(terms, FIRST, facts, day, waiver=waiver)
        done_today = any(one.on == day for one in facts.done)
        if done_today or (kept.changes_on is not None and day >= kept.changes_on):
            kept = fresh
        assert (day, kept.state) == (day, fresh.state)


def test_states_stand_in_the_order_in_which_they_want_to_be_looked_at() -> None:
    assert STATES == ("non-compliant", "grace", "not-started", "in-progress", "expiring", "compliant", "waived")
