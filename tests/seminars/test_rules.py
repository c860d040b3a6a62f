"""Who gets a seat, who moves up, who may register and leave, what attendance is worth."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.seminars import rules
from lms.seminars.rules import Attended, Waiting, Window

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN = Window("published", NOW - HOUR, NOW + HOUR, NOW + HOUR, NOW + 5 * HOUR, NOW + 9 * HOUR)
MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)


@pytest.mark.parametrize(("taken", "quota", "standing"), [
    ({}, None, "seat"), ({1: 1}, None, "seat"), ({1: 2}, None, "waiting"), ({1: 1, 2: 1}, None, "waiting"),
    ({1: 1}, 1, "waiting"), ({2: 1}, 1, "seat"), ({1: 3}, None, "waiting"),
])
def test_what_the_next_one_of_unit_1_gets_of_two_seats(taken: dict[int, int], quota: int | None, standing: str) -> None:
    assert rules.standing_for(1, seats=2, quota=quota, taken=taken) == standing


@pytest.mark.parametrize(("seats", "quota", "taken", "moving"), [
    (2, None, {9: 2}, ()), (3, None, {9: 2}, (10,)), (4, None, {9: 2}, (10, 11)), (9, None, {}, (10, 11, 12)),
    (3, 1, {1: 1}, (12,)),  # unit 1 has used up its quota, so the first of unit 2 moves up before it
    (3, 1, {}, (10, 12)), (2, 2, {1: 1}, (10,)), (1, None, {9: 2}, ()),
])
def test_who_moves_up(seats: int, quota: int | None, taken: dict[int, int], moving: tuple[int, ...]) -> None:
    line = [Waiting(10, 1), Waiting(11, 1), Waiting(12, 2)]

    assert rules.moving_up(line, seats=seats, quota=quota, taken=taken) == moving


@given(st.integers(1, 8), st.none() | st.integers(1, 4), st.lists(st.tuples(st.sampled_from("rc"), st.integers(1, 4)), max_size=60))
def test_whatever_happens_seats_and_quota_hold_and_nobody_waits_for_a_seat_she_could_have(
    seats: int, quota: int | None, acts: list[tuple[str, int]],
) -> None:
    seated: list[Waiting] = []
    line: list[Waiting] = []
    for number, (act, unit) in enumerate(acts):
        taken = {one: sum(1 for held in seated if held.unit == one) for one in range(1, 5)}
        if act == "r":
            place = seated if rules.standing_for(unit, seats=seats, quota=quota, taken=taken) == "seat" else line
            place.append(Waiting(number, unit))
        elif seated:
            seated.pop(unit % len(seated))
            taken = {one: sum(1 for held in seated if held.unit == one) for one in range(1, 5)}
            chosen = set(rules.moving_up(line, seats=seats, quota=quota, taken=taken))
            seated += [one for one in line if one.id in chosen]
            line = [one for one in line if one.id not in chosen]
        counts = {one: sum(1 for held in seated if held.unit == one) for one in range(1, 5)}

        assert len(seated) <= seats
        assert quota is None or max(counts.values()) <= quota
        assert [one.id for one in line] == sorted(one.id for one in line)
        assert rules.moving_up(line, seats=seats, quota=quota, taken=counts) == ()


@pytest.mark.parametrize(("window", "in_reach", "code"), [
    (OPEN, True, None), (OPEN, False, "seminar-other-units"),
    (Window("closed", NOW - HOUR, NOW + HOUR, None, None, None), True, "seminar-closed"),
    (Window("held", NOW - HOUR, NOW + HOUR, None, None, None), True, "seminar-over"),
    (Window("cancelled", NOW - HOUR, NOW + HOUR, None, None, None), True, "seminar-cancelled"),
    (Window("published", NOW + HOUR, NOW + 2 * HOUR, None, None, None), True, "seminar-early"),
    (Window("published", NOW, NOW + HOUR, None, None, None), True, None),
    (Window("published", NOW - HOUR, NOW, None, None, None), True, "seminar-closed"),
])
def test_when_one_may_register(window: Window, in_reach: bool, code: str | None) -> None:
    assert rules.why_not_register(window, NOW, in_reach=in_reach) == code


@pytest.mark.parametrize(("after", "standing", "reason", "code"), [
    (0, "seat", "", None), (2, "seat", "", "seminar-cancel-reason"), (2, "seat", "Dinas luar", None), (2, "waiting", "", None),
    (5, "seat", "Dinas luar", "seminar-begun"), (5, "waiting", "", "seminar-begun"),
])
def test_when_one_may_leave(after: int, standing: str, reason: str, code: str | None) -> None:
    assert rules.why_not_leave(OPEN, NOW + after * HOUR, standing=standing, reason=reason) == code


@pytest.mark.parametrize(("path", "single", "unit"), [("/1/", True, 1), ("/1/5/", True, 5), ("/1/5/9/", True, 5), ("/5/9/", False, 5)])
def test_whose_quota_one_uses(path: str, single: bool, unit: int) -> None:
    assert rules.quota_unit(path, single_root=single) == unit


@pytest.mark.parametrize(("attended", "least", "enough"), [
    ((True, True), 80, True), ((True, False), 80, False), ((True, False), 75, True), ((False, True), 25, True), ((False, True), 26, False),
    ((False, False), 0, False), ((True, True), 100, True),
])
def test_the_minimum_share_is_of_the_minutes(attended: tuple[bool, bool], least: int, enough: bool) -> None:
    sessions = [Attended(MONDAY, 180, attended[0]), Attended(TUESDAY, 60, attended[1])]

    assert rules.enough(sessions, least) is enough


@pytest.mark.parametrize(("per", "worth"), [
    ("day", ((MONDAY, Decimal(1)), (TUESDAY, Decimal(1)))), ("time", ((MONDAY, Decimal(1)), (TUESDAY, Decimal(1)))),
    ("activity", ((TUESDAY, Decimal(1)),)), ("jp", ((MONDAY, Decimal(4)), (TUESDAY, Decimal("1.333")))),
    (None, ((MONDAY, Decimal(4)), (TUESDAY, Decimal("1.333")))),
])
def test_a_day_counts_once_however_many_sessions_it_has(per: str | None, worth: object) -> None:
    sessions = [Attended(TUESDAY, 60, True), Attended(MONDAY, 90, True), Attended(MONDAY, 90, True), Attended(date(2026, 3, 11), 90, False)]

    assert rules.earned(per, sessions) == worth  # type: ignore[arg-type]


def test_sessions_that_touch_do_not_overlap() -> None:
    assert not rules.overlap([(NOW, NOW + HOUR)], [(NOW + HOUR, NOW + 2 * HOUR)])
    assert rules.overlap([(NOW, NOW + 2 * HOUR)], [(NOW + HOUR, NOW + 3 * HOUR)])
