"""What a page tells about one person's competencies."""

from typing import Any

from lms.base import clock
from lms.competencies import dictionary, offers, queries, rules
from lms.people.careers import POSITION_KINDS

SHOWN = 5  # suggestions


def about(person_id: int) -> dict[str, Any]:
    """Gaps with their reasons, what would help, and all evidence. Seven queries and those of the offers."""
    gaps = queries.gaps_of(person_id)
    kind, position = queries.place_on(person_id, clock.today())
    return {
        "gaps": gaps, "names": {one.code: one for one in queries.dictionary(ended=True)}, "evidence": queries.evidence_of(person_id),
        "suggestions": offers.suggestions(person_id, gaps)[:SHOWN], "kinds": rules.KINDS, "today": clock.today(),
        "position_kind": POSITION_KINDS[found].label if (found := rules.kind_of(kind, position)) in POSITION_KINDS else "",
        "position_kinds": POSITION_KINDS, "level_names": dictionary.LEVEL_NAMES,
    }
