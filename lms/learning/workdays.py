"""Minutes worked and things done, for each person, module and day; written in the caller's transaction."""

from functools import cache
from typing import Any, Literal, cast

from sqlalchemy import Table, bindparam, func, select
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


_day = StudyDay.__table__.c
_LAST = select(func.max(_day.last_at)).where(_day.person_id == bindparam("person"), _day.day == bindparam("today"))


def record(person_id: int, module_id: str, *, what: Act | None) -> None:
    """Add one act to today. The time since the person's last act, in whatever module, goes to this module."""
    hold(f"study:{person_id}")
    now, day = clock.now(), clock.today()
    connection = db.session.connection()
    last_at = connection.execute(_LAST, {"person": person_id, "today": day}).scalar()
    added = {column: int(what is not None and COUNTERS[what] == column) for column in COUNTERS.values()}
    connection.execute(_adding(connection.dialect.name), {
        **added, "person_id": person_id, "module_id": module_id, "day": day, "last_at": now, "seconds": rules.worked_seconds(last_at, now),
    })


@cache
def _adding(dialect: str) -> Any:
    """The statement that adds to a day's row or makes it; built once, because every answer runs it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    columns = ("person_id", "module_id", "day", "last_at", "seconds", *COUNTERS.values())
    statement = insert(cast(Table, StudyDay.__table__)).values({column: bindparam(column) for column in columns})
    summed = {column: _day[column] + statement.excluded[column] for column in ("seconds", *COUNTERS.values())}
    return statement.on_conflict_do_update(
        index_elements=["person_id", "day", "module_id"], set_={**summed, "last_at": statement.excluded.last_at})
