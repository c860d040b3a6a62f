"""What learners are told: that their answers are marked, and that a quiz they have not passed is about to close."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.assessment.events import AttemptMarked
from lms.base import clock
from lms.base.db import db
from lms.content.catalog import Module, Quiz
from lms.learning.models import Enrolment
from lms.notifications.rules import stage
from lms.notifications.service import To, notify, notify_many
from lms.web.content import catalog

STAGES = (7, 1)  # days before a quiz closes
MORNING = 6  # the office's hour before which nobody is reminded; the digest follows at seven


def on_marked(fact: AttemptMarked) -> None:
    """Reaction: tell the learner; once more if a mark was mended and the result is another."""
    notify(fact.person_id, "attempt.marked", key=f"{fact.attempt_id}:{fact.percent}", quiz=fact.title, attempt=fact.attempt_id)


def run_job(_payload: Mapping[str, Any]) -> None:
    """Remind those who have not passed a quiz that closes soon, in the morning."""
    if clock.local(clock.now()).hour >= MORNING:
        remind_closing()


def remind_closing() -> int:
    """Tell learners of a module 7 days and 1 day before its final quiz closes, each once; gives how many were told now.

    Only those are told who are enrolled and have not passed. If the day is put off, the reminders come anew.
    """
    return sum(notify_many("quiz.closing", _reminders(module, quiz, quiz.settings.closes, due)) for module, quiz, due in _closing())


def _closing() -> Iterator[tuple[Module, Quiz, int]]:
    now = clock.now()
    for module in catalog().modules.values():
        quiz = catalog().quizzes.get(module.quiz or "")
        if quiz is None or not module.published or quiz.settings.closes is None or quiz.settings.closes <= now:
            continue
        due = stage(-(-(quiz.settings.closes - now) // timedelta(days=1)), STAGES)
        if due is not None:
            yield module, quiz, due


def _reminders(module: Module, quiz: Quiz, closes: datetime | None, due: int) -> list[To]:
    wanted = select(Enrolment.person_id).where(
        Enrolment.module_id == module.id, Enrolment.completed_at.is_(None), Enrolment.quiz_passed_at.is_(None))
    values = {"quiz": quiz.title, "module": module.title, "slug": quiz.id, "closes": closes}
    key = f"{module.id}:{quiz.id}:{closes.isoformat() if closes else ''}:{due}"
    return [To(person_id, values, key) for person_id in db.session.scalars(wanted)]
