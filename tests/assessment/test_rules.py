"""Decisions about attempts, as tables of cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment import rules
from lms.assessment.rules import Showing, Stamp, Standing, Terms
from lms.base.errors import Refused

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERMS = Terms(
    title="Kuis", pass_percent=Decimal(70), attempts=3, counts="best", wait=timedelta(0), time_limit=None, feedback="after-pass",
    show_score=True, closes=None,
)
FINAL = Standing(purpose="final")


def refusal(standing: Standing, terms: Terms = TERMS, opens: datetime | None = None) -> str | None:
    try:
        rules.check_start(standing, terms, opens=opens, now=NOW)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("standing", "terms", "opens", "expected"),
    [
        (FINAL, TERMS, None, None),
        (FINAL, TERMS, NOW, None),
        (FINAL, TERMS, NOW + HOUR, "quiz-not-open-yet"),
        (FINAL, replace(TERMS, closes=NOW), None, "quiz-closed"),
        (FINAL, replace(TERMS, closes=NOW + HOUR), None, None),
        (replace(FINAL, lessons_missing=1), TERMS, None, "lessons-missing"),
        (Standing(purpose="practice", lessons_missing=5), TERMS, None, None),
        (Standing(purpose="practice", lesson_locked=True), TERMS, None, "practice-locked"),
        (Standing(purpose="pretest"), TERMS, None, None),
        (Standing(purpose="pretest", lesson_opened=True), TERMS, None, "pretest-over"),
        (Standing(purpose="pretest", used=1), TERMS, None, "pretest-over"),
        (replace(FINAL, used=2), TERMS, None, None),
        (replace(FINAL, used=3), TERMS, None, "no-attempt-left"),
        (replace(FINAL, used=3, extra=1), TERMS, None, None),
        (replace(FINAL, used=4, extra=1), TERMS, None, "no-attempt-left"),
        (replace(FINAL, used=400), replace(TERMS, attempts=0), None, None),
        (replace(FINAL, waiting=True), TERMS, None, "mark-awaited"),
        (replace(FINAL, used=1, last_ended_at=NOW - HOUR), replace(TERMS, wait=HOUR), None, None),
        (replace(FINAL, used=1, last_ended_at=NOW - HOUR / 2), replace(TERMS, wait=HOUR), None, "wait-first"),
    ],
)
def test_an_attempt_begins_unless_a_reason_forbids_it(
    standing: Standing, terms: Terms, opens: datetime | None, expected: str | None
) -> None:
    assert refusal(standing, terms, opens) == expected


@pytest.mark.parametrize(
    ("ended", "now", "expected"),
    [
        # 23.30 on 10 March in Jakarta, twelve hours to wait: the office's midnight between them changes nothing
        (datetime(2026, 3, 10, 16, 30, tzinfo=UTC), datetime(2026, 3, 11, 4, 29, tzinfo=UTC), "wait-first"),
        (datetime(2026, 3, 10, 16, 30, tzinfo=UTC), datetime(2026, 3, 11, 4, 30, tzinfo=UTC), None),
    ],
)
def test_q26_the_wait_between_attempts_runs_across_midnight(ended: datetime, now: datetime, expected: str | None) -> None:
    standing = replace(FINAL, used=1, last_ended_at=ended)

    try:
        rules.check_start(standing, replace(TERMS, wait=timedelta(hours=12)), opens=None, now=now)
        code = None
    except Refused as refused:
        code = refused.code

    assert code == expected


@pytest.mark.parametrize(
    ("time_limit", "closes", "expected"),
    [
        (None, None, None),
        (HOUR, None, NOW + HOUR),
        (None, NOW + 2 * HOUR, NOW + 2 * HOUR),
        (HOUR, NOW + 2 * HOUR, NOW + HOUR),
        (3 * HOUR, NOW + 2 * HOUR, NOW + 2 * HOUR),
    ],
)
def test_an_attempt_ends_with_its_time_or_when_the_quiz_closes(
    time_limit: timedelta | None, closes: datetime | None, expected: datetime | None
) -> None:
    assert rules.deadline(NOW, replace(TERMS, time_limit=time_limit, closes=closes)) == expected


@pytest.mark.parametrize(
    ("until", "now", "expected"),
    [
        (None, NOW, False),
        (NOW, NOW, False),
        (NOW, NOW + rules.GRACE, False),
        (NOW, NOW + rules.GRACE + timedelta(microseconds=1), True),
    ],
)
def test_an_answer_is_late_only_after_the_grace(until: datetime | None, now: datetime, expected: bool) -> None:
    assert rules.is_late(until, now) is expected


@pytest.mark.parametrize(
    ("stored", "sent", "changed", "expected"),
    [
        (Stamp(3), Stamp(3), True, "write"),
        (Stamp(3), Stamp(3), False, "same"),
        (Stamp(3), Stamp(2), True, "stale"),
        (Stamp(3), Stamp(2), False, "same"),
        (Stamp(3), Stamp(4), True, "stale"),
        (Stamp(3, "a", 10), Stamp(2, "a", 11), True, "write"),
        (Stamp(3, "a", 10), Stamp(2, "a", 9), True, "stale"),
        (Stamp(3, "a", 10), Stamp(2, "b", 11), True, "stale"),
        (Stamp(3, "", 0), Stamp(2, "", 5), True, "stale"),
    ],
)
def test_an_older_page_never_overwrites_a_newer_answer(stored: Stamp, sent: Stamp, changed: bool, expected: str) -> None:
    assert rules.decide_write(stored, sent, changed=changed) == expected


@pytest.mark.parametrize(
    ("counts", "expected"), [("best", Fraction(80)), ("last", Fraction(70)), ("first", Fraction(50)), ("mean", Fraction(200, 3))]
)
def test_the_counted_score_is_the_one_the_author_chose(counts: str, expected: Fraction) -> None:
    assert rules.counted([Fraction(50), Fraction(80), Fraction(70)], counts) == expected


def test_nothing_counts_before_the_first_graded_attempt() -> None:
    assert rules.counted([], "mean") is None


@pytest.mark.parametrize(
    ("score", "pass_percent", "expected"),
    [
        (Fraction("79.995"), "80", False),
        (Fraction("79.995"), "79.995", True),
        (Fraction(80), "80", True),
        (Fraction(200, 3), "66.67", False),
        (Fraction(200, 3), "66.66", True),
        (None, "0", False),
        (Fraction(0), "0", True),
    ],
)
def test_q24_the_pass_mark_is_compared_exactly(score: Fraction | None, pass_percent: str, expected: bool) -> None:
    assert rules.passes(score, Decimal(pass_percent)) is expected


@pytest.mark.parametrize(
    ("exact", "expected"), [("79.995", "79.99"), ("80", "80.00"), ("200/3", "66.66"), ("0", "0.00"), ("100", "100.00")]
)
def test_a_score_is_cut_not_rounded_when_it_is_shown(exact: str, expected: str) -> None:
    assert str(rules.shown(Fraction(exact))) == expected


POINTS = st.decimals(min_value="0.25", max_value=20, places=2)
SHARES = st.tuples(st.fractions(min_value=-1, max_value=1, max_denominator=12), POINTS)


@given(st.lists(SHARES, min_size=1, max_size=20), st.randoms())
def test_q23_a_score_stays_within_bounds_in_any_order(shares: list[tuple[Fraction, Decimal]], rng: object) -> None:
    out_of = sum((points for _share, points in shares), Decimal(0))
    other = list(shares)
    rng.shuffle(other)  # type: ignore[attr-defined]

    earned = rules.total(shares)

    assert 0 <= earned <= Fraction(out_of)
    assert 0 <= rules.percent(earned, out_of) <= 100
    assert rules.total(other) == earned


SHOWING = Showing(
    purpose="final", feedback="after-pass", ended=True, checked=False, passed=False, no_attempt_left=False, closes=None
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"passed": True}, True),
        ({"no_attempt_left": True}, True),
        ({"passed": True, "ended": False}, False),
        ({"feedback": "never", "passed": True}, False),
        ({"feedback": "after-attempt"}, True),
        ({"feedback": "after-attempt", "ended": False}, False),
        ({"feedback": "immediate", "ended": False}, False),
        ({"feedback": "immediate", "ended": False, "checked": True}, True),
        ({"feedback": "immediate"}, True),
        ({"feedback": "after-close"}, False),
        ({"feedback": "after-close", "passed": True}, True),
        ({"feedback": "after-close", "passed": True, "closes": NOW + HOUR}, False),
        ({"feedback": "after-close", "closes": NOW}, True),
        ({"feedback": "after-attempt", "purpose": "pretest"}, False),
        ({"feedback": "immediate", "purpose": "pretest", "checked": True}, False),
    ],
)
def test_q01_a_key_is_shown_only_when_the_policy_says_so(change: dict[str, object], expected: bool) -> None:
    assert rules.may_show_key(replace(SHOWING, **change), NOW) is expected  # type: ignore[arg-type]


def test_terms_survive_being_stored() -> None:
    terms = replace(TERMS, time_limit=HOUR, wait=2 * HOUR, closes=NOW, pass_percent=Decimal("79.995"))

    assert Terms.from_json(terms.to_json()) == terms
