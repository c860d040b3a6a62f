"""What is held about people: every reference to a person is given out to her or withheld with a reason; no secret ever leaves."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import Table

from lms import wiring
from lms.base.db import Base
from lms.people.events import PersonErased
from lms.privacy import erasing, wording
from tests.house.sources import PROGRAM

GIVEN = [one for part in wiring.PERSONAL for one in part.given]
# The audit log names people by number, without a foreign key, so that it outlives what it names.
BY_NUMBER = {"audit_entries": {"actor_id", "about_id", "acting_for"}}
SECRET = re.compile(r"hash|secret|token|password|fingerprint|salt|challenge|public_key|credential|last_step|user_handle|(^|_)key$")


def of_people(tables: dict[str, Table]) -> Iterator[str]:
    """Every column, "table.column", that leads to a person, also by way of another table of hers."""
    reached = {"persons"}
    while True:
        more = {name for name, table in tables.items() if any(key.column.table.name in reached for key in table.foreign_keys)}
        if more <= reached:
            break
        reached |= more
    for name, table in tables.items():
        yield from (f"{name}.{key.parent.name}" for key in table.foreign_keys if key.column.table.name in reached)
        yield from (f"{name}.{column}" for column in BY_NUMBER.get(name, ()))


def test_every_reference_to_a_person_is_given_out_or_withheld_with_a_reason(app: Flask) -> None:
    given = {owner for one in GIVEN for owner in one.owners}
    withheld = {name for part in wiring.PERSONAL for name in part.withheld}
    held = set(of_people(dict(Base.metadata.tables)))

    assert len(held) > 30
    assert held - given - withheld - {"certificates.superseded_by"} == set()
    assert withheld - held == set()
    assert given - held == {"persons.id"}
    assert [reason for part in wiring.PERSONAL for reason in part.withheld.values() if len(reason.split()) < 4] == []


def test_b14_no_column_that_is_given_out_is_a_secret_or_the_hash_of_one(app: Flask) -> None:
    columns = [(one.table, key, str(getattr(column, "key", ""))) for one in GIVEN for key, column, _meaning in one.columns]

    assert len(columns) > 80
    assert [(table, key) for table, key, column in columns if SECRET.search(key) or SECRET.search(column)] == []


def test_every_room_that_holds_something_about_people_is_listed(app: Flask) -> None:
    rooms = {path.parent.name for path in PROGRAM.glob("*/personal.py") if path.parent.name != "base"}

    assert {part.room for part in wiring.PERSONAL} == rooms
    assert len({one.table for one in GIVEN}) == len(GIVEN)
    assert rooms <= set(wording.ROOMS)


def test_every_room_reacts_when_a_person_is_erased(app: Flask) -> None:
    files = [inspect.getsourcefile(react) for react in wiring.REACTIONS[PersonErased]]

    assert {Path(str(file)).parent.name for file in files} == {part.room for part in wiring.PERSONAL} - {"certificates", "hours"}  # those are accounts that the law keeps


def test_what_stays_after_an_erasure_is_said_for_tables_that_exist(app: Flask) -> None:
    assert set(erasing.KEPT) <= {one.table for one in GIVEN}
