"""What one may learn by: modules of the catalogue; other rooms add theirs to `app.extensions["offers"]`."""

from collections.abc import Iterable

from flask import current_app

from lms.competencies.rules import Gap
from lms.competencies.suggestions import Offer, Suggestion, ranked
from lms.learning import queries as learning
from lms.web.content import catalog


def suggestions(person_id: int, gaps: Iterable[Gap]) -> tuple[Suggestion, ...]:
    """What closes the gaps of a person, best first."""
    offered = [offer for offers in current_app.extensions["offers"] for offer in offers(person_id)]
    return tuple(ranked(gaps, offered))


def modules(person_id: int) -> list[Offer]:
    """The published modules that name a competency, as they stand for a person. One query."""
    progress, there = learning.progress_by_module(person_id), catalog().modules
    done = {name for name, one in progress.items() if one.completed_at or one.round > 1}
    return [
        Offer("module", module.id, module.title, module.competencies, module.hours, ("learning.module", {"slug": module.id}),
              needs=tuple(there[name].title if name in there else name for name in module.requires if name not in done),
              begun=module.id in progress and progress[module.id].completed_at is None, done=module.id in done)
        for module in there.values() if module.published and module.competencies]
