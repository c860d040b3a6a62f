"""How a quiz is taken: its front matter, typed. A value that is not understood is an error: no exam may run with another."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from lms.base import clock
from lms.content import schema
from lms.content.catalog import QuizSettings
from lms.content.frontmatter import Entry
from lms.content.quiz_attributes import unknown_key
from lms.content.schema import NotUnderstood, flag, line, one_of, percent
from lms.questions.source import N_, Problems

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "practice": {"attempts": 0, "counts": "best", "time_limit": timedelta(0), "shuffle": False, "feedback": "immediate"},
    "quiz": {"attempts": 3, "counts": "best", "time_limit": timedelta(0), "shuffle": True, "feedback": "after-pass"},
    "exam": {"attempts": 1, "counts": "best", "time_limit": timedelta(minutes=60), "shuffle": True, "feedback": "after-close"},
}
_COMMON = {"pass": Decimal(70), "wait": timedelta(0), "show_score": True, "open": None, "close": None}
_UNITS = {
    "min": 1, "minute": 1, "minutes": 1, "menit": 1, "h": 60, "hour": 60, "hours": 60, "jam": 60,
    "d": 1440, "day": 1440, "days": 1440, "hari": 1440,
}
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2})[:.](\d{2}))?")
_DURATION = N_("Write a duration such as 30 min, 12 h or 2 d, or 0 for none.")
_DATE = N_("Write a date such as 2026-01-31, or 2026-01-31 16:00.")
_SWITCH = N_("Write true or false.")
_WANTED: Mapping[str, str] = {
    "id": N_("Write letters, digits and hyphens."), "title": N_("Write one line of text."), "language": N_("Write id or en."),
    "preset": N_("Write practice, quiz or exam."), "pass": N_("Write a percentage from 0 to 100."),
    "attempts": N_("Write a whole number such as 3, or 0 for no limit."), "counts": N_("Write best, last, first or mean."),
    "wait": _DURATION, "time_limit": _DURATION, "shuffle": _SWITCH, "show_score": _SWITCH, "open": _DATE, "close": _DATE,
    "feedback": N_("Write immediate, after-attempt, after-pass, after-close or never."),
}
_NOT_YET: Mapping[str, str] = {"navigation": "free", "certainty": "false"}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the front matter of a quiz says."""

    id: str | None
    title: str | None
    settings: QuizSettings


def read_settings(entries: Mapping[str, Entry], problems: Problems) -> Metadata:
    """The typed front matter; mistakes are reported and leave the preset's value."""
    values = {key: _value(key, entry, problems) for key, entry in entries.items() if _is_read(key, entry, problems)}
    found = {key: value for key, value in values.items() if value is not None}
    preset = found.get("preset", "quiz")
    settings = {**_COMMON, **PRESETS[preset], **found}
    if settings["open"] and settings["close"] and settings["open"] >= settings["close"]:
        problems.error(
            entries["close"].line, "closes-before-open", N_("The quiz closes before it opens."),
            N_("Write a later time for “close”."),
        )
    return Metadata(found.get("id"), found.get("title"), _settings(preset, settings))


def _settings(preset: str, values: Mapping[str, Any]) -> QuizSettings:
    return QuizSettings(
        preset=preset, pass_percent=values["pass"], attempts=values["attempts"], counts=values["counts"],
        wait=values["wait"], time_limit=values["time_limit"] or None, shuffle=values["shuffle"], feedback=values["feedback"],
        show_score=values["show_score"], opens=values["open"], closes=values["close"],
    )


def _is_read(key: str, entry: Entry, problems: Problems) -> bool:
    if key in _READERS:
        return True
    if key in _NOT_YET or key == "password":
        if str(entry.value).lower() != _NOT_YET.get(key):
            problems.error(
                entry.line, "key-not-yet", N_("The key “%(key)s” is not yet supported."), N_("Delete it until it is."), key=key
            )
        return False
    unknown_key(key, SETTING_KEYS, entry.line, problems)
    return False


def _value(key: str, entry: Entry, problems: Problems) -> Any:
    if entry.value == "":
        return None
    try:
        return _READERS[key](entry)
    except NotUnderstood:
        shown = entry.value if isinstance(entry.value, str) else "…"
        problems.error(
            entry.line, "bad-setting", N_("“%(key)s: %(value)s” is not understood."), _WANTED[key], key=key, value=shown,
        )
    return None


def _count(entry: Entry) -> int:
    text = str(line(entry) or "")
    if not re.fullmatch(r"\d{1,3}", text):
        raise NotUnderstood("a whole number such as 3, or 0 for no limit")
    return int(text)


def _duration(entry: Entry) -> timedelta:
    text = str(line(entry) or "").lower()
    found = re.fullmatch(r"(\d{1,4}) ?([a-z]+)", text)
    if text == "0":
        return timedelta(0)
    if found is None or found[2] not in _UNITS:
        raise NotUnderstood("a duration such as 30 min, 12 h or 2 d, or 0 for none")
    return timedelta(minutes=int(found[1]) * _UNITS[found[2]])


def _moment(entry: Entry, *, after: timedelta) -> datetime:
    found = _MOMENT.fullmatch(str(line(entry) or ""))
    try:
        day = date.fromisoformat(found[1]) if found else None
        moment = time(int(found[2]), int(found[3])) if found and found[2] else None
    except ValueError:
        day = moment = None
    if day is None:
        raise NotUnderstood("a date such as 2026-01-31 or 2026-01-31 16:00")
    if moment is None:
        return clock.office_midnight(day + after)
    return datetime.combine(day, moment, clock.OFFICE).astimezone(UTC)


def _open(entry: Entry) -> datetime:
    return _moment(entry, after=timedelta(0))


def _close(entry: Entry) -> datetime:
    return _moment(entry, after=timedelta(days=1))


def _id(entry: Entry) -> str | None:
    text = line(entry)
    if text and not re.fullmatch(r"[^\W_][\w-]{0,79}", text):
        raise NotUnderstood("letters, digits and -")
    return text


_READERS: Mapping[str, Callable[[Entry], Any]] = {
    "id": _id, "title": line, "preset": one_of(*PRESETS), "pass": percent, "attempts": _count,
    "counts": one_of("best", "last", "first", "mean"), "wait": _duration, "time_limit": _duration, "shuffle": flag,
    "feedback": one_of("immediate", "after-attempt", "after-pass", "after-close", "never"), "show_score": flag,
    "open": _open, "close": _close, "language": schema.language,
}
SETTING_KEYS = tuple(_READERS)
