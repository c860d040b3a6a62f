"""Minutes worked and things done, for each person, module and day; written in the caller's transaction."""

from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from lms.base import clock
from lms.base.db import db, hold
from lms.learning import rules
from lms.learning.models import StudyDay

Act = Literal["opened", "done", "answer", "quiz"]
COUNTERS = {
    "opened": "lessons_opened", "done": "lessons_done",
    "answer": "answers_saved", "quiz": "quizzes_submitted",
}


def record(person_id: int, module_id: str, *, what: Act | None) -> None:
    """Add one act to today. The time since the person's last act, in whatever module, goes to this module."""
    hold(f"study:{person_id}")
    now, day = clock.now(), clock.today()
    last_at = db.session.scalar(
        select(func.max(StudyDay.last_at)).where(StudyDay.person_id == person_id, StudyDay.day == day)
    )
    counters = {column: int(what is not None and COUNTERS[what] == column) for column in COUNTERS.values()}
    added = {"seconds": rules.worked_seconds(last_at, now), **counters}
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(StudyDay).values(person_id=person_id, module_id=module_id, day=day, last_at=now, **added)
    changes = {column: getattr(StudyDay, column) + amount for column, amount in added.items() if amount}
    db.session.execute(statement.on_conflict_do_update(
        index_elements=["person_id", "day", "module_id"], set_={**changes, "last_at": now}
    ))
