"""Modules made of plain values, for tests that need no files."""

from decimal import Decimal
from typing import Any

from lms.content.catalog import Lesson, Module


def lesson(id: str, **changes: Any) -> Lesson:
    """A lesson of half an hour."""
    values: dict[str, Any] = {
        "id": id, "title": id.title(), "file": f"{id}.md", "minutes": 30, "part": None, "quiz": None, "optional": False,
        "headings": (), "words": 100, "revision": f"revision-{id}",
    }
    return Lesson(**{**values, **changes})


def module(id: str = "sapa", **changes: Any) -> Module:
    """A sequential module of two lessons without a quiz."""
    values: dict[str, Any] = {
        "id": id, "title": id.title(), "summary": "", "objectives": (), "category": None, "level": None, "hours": Decimal(2),
        "competencies": (), "requires": (), "authors": (), "language": "id", "order": "sequential", "pretest": None, "quiz": None,
        "certificate": None, "expires_months": None, "published": True, "lessons": (lesson("satu"), lesson("dua")),
        "intro": "intro", "revision": f"revision-{id}",
    }
    return Module(**{**values, **changes})
