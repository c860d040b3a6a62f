"""A small town in which every page has something to show, and a browser for each role."""

from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import Table, select
from werkzeug.test import TestResponse

from lms.assessment.models import AttemptItem
from lms.base.db import Base, db
from lms.certificates.models import Certificate
from lms.learning import service as learning
from tests import build
from tests.assessment import build as quizzes
from tests.inspecting import InspectingClient

ROLES = ("learner", "trainer", "supervisor", "admin")
SignIn = Callable[[int], InspectingClient]
Rows = dict[str, list[tuple[object, ...]]]
# What a page may change because nobody would notice: the sign-in's touch, the last place read, the minutes of
# study, counted tries, and the PDF made at the first download.
LEFT_OUT = {"sign_ins": {"seen_at"}, "enrolments": {"last_lesson_id", "last_seen_at"}, "certificates": {"sha256", "size"}}
UNNOTICED = {"study_days", "throttles"}


@dataclass(frozen=True)
class Town:
    """Values for the variable parts of addresses, and who is signed in where (None: nobody)."""

    values: Mapping[str, Any]
    browsers: Mapping[str | None, InspectingClient]


def built(app: Flask, sign_in: SignIn) -> Town:
    """Sari has a certificate, an open attempt, an ended one and an essay that waits; each role has one person of her unit."""
    unit = build.unit()
    people = {role: build.person(f"{role.title()} Damanik", role=role, unit_id=unit) for role in ROLES}
    sari = people["learner"]
    build.trains(people["trainer"], "sapa")
    build.trains(people["trainer"], "modul")
    enrolment = _certified(sari)
    _with_essay_quiz(app)
    values = {
        "slug": "sapa", "lesson_id": "menyapa", "enrolment_id": enrolment, "person_id": sari, "digest": "0" * 12, "name": "app.css",
        "serial": db.session.scalars(select(Certificate.serial)).one(), **_attempts(sari),
    }
    db.session.rollback()
    browsers = {role: sign_in(person) for role, person in people.items()}
    return Town(values, {**browsers, None: app.test_client()})  # type: ignore[dict-item]


def ask(browser: InspectingClient, method: str, address: str, **kwargs: Any) -> TestResponse:
    """One request in a context of its own, as on a server: the reader of the one before does not linger."""
    response: TestResponse = Context().run(browser.open, address, method=method, buffered=True, **kwargs)
    db.session.rollback()
    return response


def noticed() -> Rows:
    """Every row of the database, without what a page may change."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in UNNOTICED]
    with db.engine.connect() as connection:
        found = {table.name: [tuple(row) for row in connection.execute(_kept(table))] for table in tables}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def _kept(table: Table) -> Any:
    columns = [column for column in table.columns if column.name not in LEFT_OUT.get(table.name, set())]
    query = select(*columns)
    # A lesson that was opened but not done is only remembered as a place.
    return query.where(table.c.done_at.is_not(None)) if table.name == "lesson_progress" else query


def _certified(person_id: int) -> int:
    enrolment = learning.enrol(person_id, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.open_lesson(person_id, "sapa", lesson)
        learning.finish_lesson(person_id, "sapa", lesson)
    learning.pass_final_quiz(enrolment.id, Decimal(85))
    return enrolment.id


def _with_essay_quiz(app: Flask) -> None:
    library = app.extensions["library"]
    essay = quizzes.quiz(quizzes.ESSAY, id="kuis", attempts=5)
    library.current = replace(
        library.current, modules={**library.current.modules, "modul": quizzes.module()},
        quizzes={**library.current.quizzes, "kuis": essay},
    )


def _attempts(person_id: int) -> dict[str, int]:
    quizzes.studied(person_id)
    sheet = quizzes.taken(person_id, quizzes.SAPA, {"text": ["Warga datang dua kali untuk berkas yang sama."]})
    query = select(AttemptItem.id).where(AttemptItem.attempt_id == sheet.id, AttemptItem.question_id == "keluhan")
    return {"attempt_id": sheet.id, "item_id": db.session.scalars(query).one()}
