"""Where a reader stands with one module."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from lms.content.catalog import Lesson, Module
from lms.learning import rules
from lms.learning.queries import Progress


@dataclass(frozen=True, slots=True)
class Standing:
    """What the module page says about the reader. `next` is where she goes on, `missing` what she must finish first."""

    state: rules.ModuleState
    lessons: Mapping[str, rules.LessonState]
    done_count: int
    required_count: int
    next: Lesson | None
    missing: tuple[str, ...]
    enrolled: bool
    completed: bool
    quiz_passed: bool
    may_retake: bool
    may_take_pretest: bool

    @property
    def lessons_done(self) -> bool:
        """Whether no lesson is left that must be done."""
        return self.done_count == self.required_count


def standing(module: Module, mine: Progress | None, completed: Collection[str], *, today: date) -> Standing:
    """The reader's standing; `completed` are the required modules she has finished."""
    done = mine.done if mine else frozenset()
    is_completed = mine is not None and mine.completed_at is not None
    missing = rules.missing_modules(module, completed)
    following = rules.next_lesson(module, done, mine.last_lesson_id if mine else None)
    return Standing(
        state=rules.module_state(module, mine.done if mine else None, completed=is_completed, missing=missing),
        lessons=rules.lesson_states(module, done, following.id if mine and following else None),
        done_count=len(module.required) - len(rules.lessons_left(module, done)),
        required_count=len(module.required),
        next=following, missing=missing, enrolled=mine is not None, completed=is_completed,
        quiz_passed=mine is not None and mine.quiz_passed_at is not None,
        may_retake=mine is not None and rules.may_retake(completed=is_completed, expires_on=mine.valid_until, today=today),
        may_take_pretest=mine is not None and not mine.opened and not is_completed,
    )
