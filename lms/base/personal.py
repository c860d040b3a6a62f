"""What a room holds about a person and may hand to her: tables, and of each only the columns named here.

Every room has a `personal.py` with its `PART`; `lms.wiring.PERSONAL` lists them. What is not named never leaves the house, so that a new
column (a hash, a secret) stays inside until somebody decides otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select

from lms.base.db import db

Row = dict[str, Any]
Column = tuple[str, Any, str]  # key in the file, column or expression, what it means (an English msgid)


@dataclass(frozen=True, slots=True)
class Given:
    """The rows of one table that are a person's; `whose` makes the condition that finds them.

    `owners` names the columns, "table.column", that say whose a row is; a house test holds every reference to a person against them.
    """

    table: str
    label: str
    columns: tuple[Column, ...]
    whose: Callable[[int], ColumnElement[bool]]
    owners: frozenset[str]
    order: Any
    finish: Callable[[Row], Row] | None = None  # turns what was read into what is given out; its keys are those of `columns`, or fewer


@dataclass(frozen=True, slots=True)
class Part:
    """What one room gives out, and which references to people it does not, each with the reason."""

    room: str
    given: tuple[Given, ...]
    withheld: Mapping[str, str] = field(default_factory=dict)

    def export(self, person_id: int) -> Mapping[str, list[Row]]:
        """The person's rows by table, oldest first. One query for each table."""
        return {one.table: _rows(one, person_id) for one in self.given}

    def counts(self, person_id: int) -> Mapping[str, int]:
        """How many rows each table holds of the person. One query for each table."""
        return {one.table: _count(one, person_id) for one in self.given}


def _rows(one: Given, person_id: int) -> list[Row]:
    columns = [column.label(key) for key, column, _meaning in one.columns]
    found = db.session.execute(select(*columns).where(one.whose(person_id)).order_by(one.order))
    rows = [dict(row._mapping) for row in found]
    return [one.finish(row) for row in rows] if one.finish else rows


def _count(one: Given, person_id: int) -> int:
    first = one.columns[0][1]
    return db.session.scalar(select(func.count()).select_from(select(first).where(one.whose(person_id)).subquery())) or 0
