"""Channels, waits, digests and reminders, as tables of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.base.clock import OFFICE
from lms.notifications import rules


@pytest.mark.parametrize(("channel", "mandatory", "has_address", "way"), [
    ("now", False, True, "now"), ("digest", False, True, "digest"), ("off", False, True, "none"),
    ("off", True, True, "now"), ("digest", True, True, "now"), ("now", True, False, "none"), ("digest", False, False, "none"),
])
def test_how_a_notice_goes_by_mail(channel: rules.Channel, mandatory: bool, has_address: bool, way: str) -> None:
    assert rules.way(channel, mandatory=mandatory, has_address=has_address) == way


def test_waits_grow_to_six_hours_and_the_eighth_try_is_the_last() -> None:
    minutes = [wait and wait.total_seconds() / 60 for wait in (rules.next_try(attempts, 0.5) for attempts in range(1, 10))]

    assert minutes == [1, 5, 30, 120, 360, 360, 360, None, None]


def test_jitter_stays_within_a_fifth() -> None:
    assert (rules.next_try(2, 0), rules.next_try(2, 1)) == (timedelta(minutes=4), timedelta(minutes=6))


def test_the_server_is_asked_again_after_at_most_ten_minutes() -> None:
    assert [rules.server_wait(failures).total_seconds() / 60 for failures in (1, 2, 3, 4, 50)] == [1, 2, 5, 10, 10]


@pytest.mark.parametrize(("now", "until"), [
    (datetime(2026, 3, 10, 0, 0, tzinfo=UTC), datetime(2026, 3, 10, 0, 0, tzinfo=UTC)),  # 07.00 in the office
    (datetime(2026, 3, 9, 23, 59, tzinfo=UTC), datetime(2026, 3, 9, 0, 0, tzinfo=UTC)),
    (datetime(2026, 3, 10, 16, 59, tzinfo=UTC), datetime(2026, 3, 10, 0, 0, tzinfo=UTC)),  # 23.59
])
def test_the_digest_that_is_due(now: datetime, until: datetime) -> None:
    assert rules.digest_until(now, 7, OFFICE) == until


@pytest.mark.parametrize(("days_left", "due"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)])
def test_the_reminder_that_is_due(days_left: int, due: int | None) -> None:
    assert rules.stage(days_left, (60, 30, 7)) == due


@pytest.mark.parametrize(("text", "line"), [
    ("Sari\r\nBcc: evil@example.com", "Sari Bcc: evil@example.com"), ("a\u2028b\x85c\td", "a b c d"), ("x\x00\x1b[31m\u202ey", "x[31my"),
    ("  Damanik,\u00a0S.Sos. ", "Damanik, S.Sos."), ("佐藤 ✓", "佐藤 ✓"),
])
def test_a_name_is_one_line_without_signs_that_steer(text: str, line: str) -> None:
    assert rules.one_line(text) == line
