"""From the stored snapshot of a certificate to the values that its design prints, in Indonesian."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from lms.base.words import MONTHS, grouped_nip, long_date, number
from lms.certificates import rules
from lms.certificates.sandbox import Plain


def printed(snapshot: Mapping[str, Any], *, verify_url: str, density: int = 0) -> dict[str, Plain]:
    """The template's variables, explained in certificates/README.md, for a snapshot as pdf.py describes it."""
    hours = Decimal(snapshot["jp"])
    copied = ("title", "name", "unit", "agency", "office", "place", "module", "version", "number", "serial")
    return {
        **{key: snapshot[key] for key in copied},
        "programme": snapshot.get("kind") == "programme",
        "name_size": rules.name_size(snapshot["name"]),
        "module_size": rules.title_size(snapshot["module"]),
        "nip": grouped_nip(snapshot["nip"]),
        "standing": ", ".join(filter(None, (snapshot["rank"], snapshot["position"]))) or None,
        "jp": number(hours),
        "jp_words": rules.spell_number(hours),
        "period": _period(snapshot["started"], snapshot["completed"]),
        "started": _day(snapshot["started"]),
        "completed": _day(snapshot["completed"]),
        "score": None if snapshot["score"] is None else number(Decimal(snapshot["score"])),
        "parts": _parts(snapshot["lessons"]),
        "issued_on": _day(snapshot["issued_on"]),
        "valid_until": _day(snapshot["valid_until"]),
        "signatories": [_signatory(person) for person in snapshot["signatories"]],
        "verify_url": verify_url,
        "verify_address": verify_url.partition("://")[2],
        "density": density,
    }


def _day(iso: str | None) -> str | None:
    return None if iso is None else long_date(date.fromisoformat(iso))


def _period(started: str | None, completed: str) -> str:
    last = date.fromisoformat(completed)
    first = date.fromisoformat(started) if started else last
    if first == last:
        return long_date(last)
    opening = f"{first.day} {MONTHS['id'][first.month - 1]}" if first.year == last.year else long_date(first)
    return f"{opening} sampai {long_date(last)}"


def _parts(lessons: Iterable[Mapping[str, Any]]) -> list[Plain]:
    """Lessons under the title of their part, None where a module has no parts."""
    groups = groupby(lessons, lambda lesson: lesson["part"])
    return [{"title": part, "lessons": [_lesson(lesson) for lesson in group]} for part, group in groups]


def _lesson(lesson: Mapping[str, Any]) -> Plain:
    return {
        "number": lesson["number"],
        "title": lesson["title"],
        "date": _day(lesson["date"]),
        "jp": number(Decimal(lesson["jp"])),
    }


def _signatory(person: Mapping[str, Any]) -> Plain:
    nip = grouped_nip(person["nip"]) if person["nip"] else None
    return {"position": person["position"], "name": person["name"], "rank": person["rank"], "nip": nip}
