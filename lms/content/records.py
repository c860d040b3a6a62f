"""Catalogue values as plain JSON, for the cache and for the pipe to the rendering process."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lms.content.catalog import Heading, Mistake, Pool, Quiz, QuizSettings
from lms.content.references import Reference
from lms.content.render import Compiled

Json = dict[str, Any]
PLACE = re.compile("\x02(\\d+)\x03")


def shifted(html: str, by: int) -> str:
    """HTML whose references are counted from another number."""
    return PLACE.sub(lambda found: f"\x02{int(found[1]) + by}\x03", html) if by else html


def mistake_to_json(found: Mistake) -> Json:
    """A mistake as JSON."""
    return {**{name: getattr(found, name) for name in Mistake.__slots__}, "params": [list(pair) for pair in found.params]}


def mistake_from_json(stored: Json) -> Mistake:
    """The mistake that was stored."""
    return Mistake(**{**stored, "params": tuple((name, value) for name, value in stored["params"])})


def reference_to_json(found: Reference) -> Json:
    """A reference as JSON."""
    return asdict(found)


def reference_from_json(stored: Json) -> Reference:
    """The reference that was stored."""
    return Reference(**stored)


def compiled_to_json(made: Compiled) -> Json:
    """A rendered text as JSON."""
    return {
        "html": made.html, "title": made.title, "headings": [[one.id, one.title, one.level] for one in made.headings],
        "anchors": list(made.anchors), "references": [reference_to_json(one) for one in made.references], "words": made.words,
        "lead": made.lead, "mistakes": [mistake_to_json(one) for one in made.mistakes],
    }


def compiled_from_json(stored: Json) -> Compiled:
    """The rendered text that was stored."""
    return Compiled(
        stored["html"], stored["title"], tuple(Heading(*one) for one in stored["headings"]), tuple(stored["anchors"]),
        tuple(reference_from_json(one) for one in stored["references"]), stored["words"], stored["lead"],
        tuple(mistake_from_json(one) for one in stored["mistakes"]),
    )


def quiz_to_json(quiz: Quiz) -> Json:
    """A quiz as JSON."""
    return {
        "id": quiz.id, "title": quiz.title, "intro_html": quiz.intro_html, "settings": _settings_to_json(quiz.settings),
        "pools": [
            {"title": pool.title, "intro_html": pool.intro_html, "draw": pool.draw, "questions": [one.to_json() for one in pool.questions]}
            for pool in quiz.pools
        ],
        "revision": quiz.revision,
    }


def quiz_from_json(stored: Json) -> Quiz:
    """The quiz that was stored."""
    from lms.questions import Question

    pools = tuple(
        Pool(pool["title"], pool["intro_html"], pool["draw"], tuple(Question.from_json(one) for one in pool["questions"]))
        for pool in stored["pools"]
    )
    return Quiz(stored["id"], stored["title"], stored["intro_html"], _settings_from_json(stored["settings"]), pools, stored["revision"])


def _settings_to_json(settings: QuizSettings) -> Json:
    return {
        **{name: getattr(settings, name) for name in QuizSettings.__slots__},
        "pass_percent": str(settings.pass_percent),
        "wait": settings.wait.total_seconds(),
        "time_limit": settings.time_limit.total_seconds() if settings.time_limit is not None else None,
        "opens": settings.opens.isoformat() if settings.opens else None,
        "closes": settings.closes.isoformat() if settings.closes else None,
    }


def _settings_from_json(stored: Json) -> QuizSettings:
    limit = stored["time_limit"]
    return QuizSettings(**{
        **stored,
        "pass_percent": Decimal(stored["pass_percent"]),
        "wait": timedelta(seconds=stored["wait"]),
        "time_limit": timedelta(seconds=limit) if limit is not None else None,
        "opens": datetime.fromisoformat(stored["opens"]) if stored["opens"] else None,
        "closes": datetime.fromisoformat(stored["closes"]) if stored["closes"] else None,
    })
