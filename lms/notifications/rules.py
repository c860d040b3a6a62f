"""Decisions about telling people: by which channel, when to try a mail again, when to give it up. Pure."""

import unicodedata
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

Channel = Literal["now", "digest", "off"]
Way = Literal["now", "digest", "none"]

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
TRIES = 8
SERVER_WAITS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10))
JITTER = 0.2  # of a wait, to either side: mails refused together do not come back together
URGENT, ORDINARY, BULK = 0, 1, 2


def way(channel: Channel, *, mandatory: bool, has_address: bool) -> Way:
    """How a notice goes by mail: what is mandatory at once, everything else as the person wishes; without an address not at all."""
    if not has_address:
        return "none"
    if mandatory:
        return "now"
    return "none" if channel == "off" else channel


def next_try(attempts: int, chance: float) -> timedelta | None:
    """The wait after so many failed tries, with jitter by `chance` (0 to 1); None once it has been tried often enough."""
    if attempts >= TRIES:
        return None
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    return wait * (1 + JITTER * (2 * chance - 1))


def server_wait(failures: int) -> timedelta:
    """The wait after the server itself has failed so many times in a row."""
    return SERVER_WAITS[min(failures, len(SERVER_WAITS)) - 1]


def digest_until(now: datetime, hour: int, zone: tzinfo) -> datetime:
    """The moment of the last digest that is due: today's if its hour has come, else yesterday's. In UTC."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), time(hour), tzinfo=zone)
    return (today if local >= today else today - timedelta(days=1)).astimezone(UTC)


def stage(days_left: int, stages: tuple[int, ...]) -> int | None:
    """The reminder that is due with so many days left: the smallest stage not yet passed; None before the first and after the last day."""
    if days_left < 0:
        return None
    return min((one for one in stages if days_left <= one), default=None)


def one_line(text: str) -> str:
    """The text on one line, without signs that steer a terminal, a mail header or the direction of writing."""
    plain = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or unicodedata.category(letter)[0] != "C")
    return " ".join(plain.split())
