"""Who looked at whose data: once a day, never one's own, also for whom one stood in."""

from datetime import timedelta
from typing import Any

from flask import Flask, g
from flask_login import login_user
from sqlalchemy import select

from lms.base import clock, readings
from lms.base.db import db
from lms.base.readings import Reading
from tests import build


class Someone:
    """A signed-in reader, as flask-login wants one."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, number: int) -> None:
        self.id = number

    def get_id(self) -> str:
        return str(self.id)


def read(app: Flask, reader: int, what: str, *, acting_for: int | None = None, **whose: Any) -> None:
    db.session.rollback()
    with app.test_request_context(environ_base={"REMOTE_ADDR": "10.0.0.9"}):
        login_user(Someone(reader))
        if acting_for:
            g.acting_for = acting_for
        readings.note(what, **whose)


def rows() -> list[tuple[Any, ...]]:
    db.session.rollback()
    query = select(Reading.reader_id, Reading.acting_for, Reading.what, Reading.about_id, Reading.scope, Reading.day, Reading.address)
    return [tuple(row) for row in db.session.execute(query.order_by(Reading.id))]


def test_a_look_at_somebody_is_noted_once_a_day(app: Flask) -> None:
    wati, sari = build.person("Wati"), build.person("Sari")
    today = clock.today()
    for _ in range(2):
        read(app, wati, "person", about=sari)
    clock.advance(timedelta(days=1))
    read(app, wati, "person", about=sari)

    assert rows() == [
        (wati, None, "person", sari, f"person:{sari}", today, "10.0.0.9"),
        (wati, None, "person", sari, f"person:{sari}", today + timedelta(days=1), "10.0.0.9"),
    ]


def test_other_people_pages_and_parts_are_noted_apart(app: Flask) -> None:
    wati, sari, budi = build.person("Wati"), build.person("Sari"), build.person("Budi")
    read(app, wati, "person", about=sari)
    read(app, wati, "person", about=budi)
    read(app, wati, "account", about=sari)
    read(app, wati, "team", scope="/1/")
    read(app, wati, "team", scope="/2/")
    read(app, budi, "person", about=sari)

    assert [(row[0], row[2], row[4]) for row in rows()] == [
        (wati, "person", f"person:{sari}"), (wati, "person", f"person:{budi}"), (wati, "account", f"person:{sari}"),
        (wati, "team", "/1/"), (wati, "team", "/2/"), (budi, "person", f"person:{sari}"),
    ]


def test_ones_own_data_are_not_noted(app: Flask) -> None:
    sari = build.person()
    read(app, sari, "person", about=sari)

    assert rows() == []


def test_whom_one_stands_in_for_is_noted(app: Flask) -> None:
    wati, siti, sari = build.person("Wati"), build.person("Siti"), build.person("Sari")
    read(app, siti, "team", scope="/1/", acting_for=wati)
    read(app, siti, "person", about=sari, acting_for=wati)

    assert [row[:4] for row in rows()] == [(siti, wati, "team", None), (siti, wati, "person", sari)]


def test_looking_again_costs_one_statement(app: Flask, assert_queries: Any) -> None:
    wati, sari = build.person("Wati"), build.person("Sari")
    read(app, wati, "person", about=sari)

    with assert_queries(1):
        read(app, wati, "person", about=sari)
