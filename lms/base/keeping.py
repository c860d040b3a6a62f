"""Rows that are kept for a time and then go, a batch at once, so that neither memory nor a lock grows with their number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, delete, func, inspect, select, tuple_

from lms.base.db import Base, db


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows are old enough to go, and from when the oldest of them is."""

    count: int
    oldest: datetime | date | None


class Kept(Protocol):
    """Something that goes when it is old enough."""

    def due(self, before: datetime) -> Due:
        """What is older than this moment; changes nothing."""

    def carry_out(self, before: datetime, most: int) -> int:
        """Let at most so many go, within the caller's transaction; gives how many went."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """Rows of a table that are deleted once `at` is long enough ago; `only` narrows down which of them."""

    table: type[Base]
    at: Any
    only: Callable[[], ColumnElement[bool]] | None = None
    by_day: bool = False  # whether `at` is a day and not a moment

    def due(self, before: datetime) -> Due:
        """What is older than this moment. One query."""
        count, oldest = db.session.execute(select(func.count(), func.min(self.at)).select_from(self.table).where(*self._old(before))).one()
        return Due(count, oldest)

    def carry_out(self, before: datetime, most: int) -> int:
        """Delete at most so many, the oldest first."""
        keys = inspect(self.table).primary_key
        old = select(*keys).where(*self._old(before)).order_by(self.at).limit(most)
        found = tuple_(*keys).in_(old) if len(keys) > 1 else keys[0].in_(old)
        return int(db.session.execute(delete(self.table).where(found)).rowcount)  # type: ignore[attr-defined]

    def _old(self, before: datetime) -> list[ColumnElement[bool]]:
        limit = before.date() if self.by_day else before
        conditions: list[ColumnElement[bool]] = [self.at < limit]
        return [*conditions, self.only()] if self.only else conditions


@dataclass(frozen=True, slots=True)
class Several:
    """Kinds of rows that go by one rule."""

    kinds: tuple[Kept, ...]

    def due(self, before: datetime) -> Due:
        """What is older than this moment, of all kinds together."""
        found = [one.due(before) for one in self.kinds]
        oldest = [one.oldest for one in found if one.oldest is not None]
        return Due(sum(one.count for one in found), min(oldest, default=None))  # type: ignore[type-var]

    def carry_out(self, before: datetime, most: int) -> int:
        """Let at most so many of all kinds go."""
        left = most
        for one in self.kinds:
            left -= one.carry_out(before, left)
        return most - left
