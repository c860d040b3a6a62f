"""Two administrators at the same moment."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from lms.base.db import db
from lms.base.errors import Refused
from lms.people import admin, grants
from lms.people.models import Grant, Person
from tests import build


def test_two_administrators_who_remove_each_other_leave_one(app: Flask) -> None:
    """B16"""
    unit = build.unit()
    people = [build.person(name, role="admin", unit_id=unit) for name in ("Agus", "Rina")]
    held = {row.person_id: row.id for row in db.session.scalars(select(Grant))}
    db.session.remove()
    start = Barrier(2)

    def demote(person_id: int) -> str:
        with app.app_context():
            start.wait()
            try:
                grants.end(held[person_id], by=None)
            except Refused as refused:
                return refused.code
            return "done"

    def deactivate(person_id: int) -> str:
        with app.app_context():
            start.wait()
            try:
                admin.set_active(person_id, False)
            except Refused as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(contextvars.Context().run, act, person) for act, person in zip((demote, deactivate), people, strict=True)]
        answers = sorted(act.result() for act in acts)

    assert answers == ["done", "last-admin"]
    left = select(func.count()).select_from(Grant).join(Person, Person.id == Grant.person_id)
    assert db.session.scalar(left.where(Grant.ended_at.is_(None), Person.active.is_(True))) == 1
