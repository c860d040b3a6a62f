"""Where a quiz stands in a module, and where a person stands with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.assessment import queries, rules
from lms.base.errors import NotFound
from lms.content.catalog import Catalog, Module, Quiz, QuizSettings, Use
from lms.learning import rules as learning_rules
from lms.learning.queries import Progress

ORDER = {"final": 0, "practice": 1, "pretest": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """A quiz as one module uses it; `lesson_id` for the practice quiz of a lesson."""

    quiz: Quiz
    module: Module
    purpose: rules.Purpose
    lesson_id: str | None

    @property
    def terms(self) -> rules.Terms:
        """What an attempt begun now is held under."""
        return terms(self.quiz.title, self.quiz.settings)


def terms(title: str, settings: QuizSettings) -> rules.Terms:
    """The settings of a quiz file as an attempt freezes them."""
    return rules.Terms(
        title=title, pass_percent=settings.pass_percent, attempts=settings.attempts, counts=settings.counts, wait=settings.wait,
        time_limit=settings.time_limit, feedback=settings.feedback, show_score=settings.show_score, closes=settings.closes,
    )


def place_for(
    catalog: Catalog, quiz_id: str, *, module_id: str | None, purpose: str | None, lesson_id: str | None = None
) -> Place:
    """The use of a quiz that a page means; without hints the final one first. Raises NotFound when no published module has it."""
    quiz = catalog.quizzes.get(quiz_id)
    if quiz is None:
        raise NotFound
    uses = [use for use in catalog.uses(quiz_id) if _is_meant(catalog, use, module_id, purpose, lesson_id)]
    if not uses:
        raise NotFound
    use = min(uses, key=lambda one: ORDER[one.purpose])
    return Place(quiz, catalog.modules[use.module_id], use.purpose, use.lesson_id)


def _is_meant(catalog: Catalog, use: Use, module_id: str | None, purpose: str | None, lesson_id: str | None) -> bool:
    module = catalog.modules.get(use.module_id)
    return (
        module is not None
        and module.published
        and module_id in (None, use.module_id)
        and purpose in (None, use.purpose)
        and lesson_id in (None, use.lesson_id)
    )


def standing(progress: Progress | None, place: Place, attempts: Sequence[queries.Sheet]) -> rules.Standing:
    """The facts that `rules.check_start` decides on; no progress = not enrolled yet."""
    done = progress.done if progress else frozenset()
    ended = [one.submitted_at for one in attempts if one.submitted_at]
    return rules.Standing(
        purpose=place.purpose,
        used=len(attempts),
        extra=queries.extra_attempts(progress.enrolment_id, place.quiz.id) if progress else 0,
        last_ended_at=max(ended, default=None),
        waiting=any(one.state == "waiting" for one in attempts),
        passed=any(one.passed for one in attempts),
        lessons_missing=len(learning_rules.lessons_left(place.module, done)),
        lesson_locked=place.lesson_id is not None and not learning_rules.may_open(place.module, place.lesson_id, done),
        lesson_opened=bool(progress and progress.opened),
    )
