"""A small town in which every page has something to show, and a browser for each role."""

import io
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import Table, select
from werkzeug.test import TestResponse

from lms.assessment.models import AttemptItem
from lms.base import clock
from lms.base.db import Base, db, transaction
from lms.base.jobs import Job
from lms.certificates.models import Certificate
from lms.hours import transcripts
from lms.hours.models import Source
from lms.learning import service as learning
from lms.notifications.models import Notice
from lms.people.models import Posting
from lms.privacy import service as privacy
from lms.rosters import service as rosters
from tests import build, training
from tests.assessment import build as quizzes
from tests.inspecting import InspectingClient

ROLES = ("learner", "trainer", "marker", "supervisor", "delegate", "survey-officer", "auditor", "training-officer", "training-authority", "admin")
SignIn = Callable[[int], InspectingClient]
Rows = dict[str, list[tuple[object, ...]]]
# What a page may change because nobody would notice: the sign-in's touch, the last place read, the minutes of
# study, counted tries, who looked at whose data or took it away, and the PDF made at the first download.
LEFT_OUT = {"sign_ins": {"seen_at"}, "enrolments": {"last_lesson_id", "last_seen_at"}, "certificates": {"sha256", "size"},
            "transcripts": {"sha256", "size"}}
UNNOTICED = {"study_days", "throttles", "readings", "audit_heads"}
LIST = b"nip,name,unit,hobby\n198609262015051001,Rini,nowhere,x\n"  # with a mistake and a column that nobody knows


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
        "slug": "sapa", "lesson_id": "menyapa", "enrolment_id": enrolment, "person_id": sari, "digest": "0" * 12, "passkey_id": 1, "token": "x" * 43, "name": "app.css",
        "job_id": _failed_job(), "request_id": privacy.ask(sari, "copy", reason="Untuk arsip sendiri."), "erasure_id": 1,
        **training.outside(sari, people["training-officer"]), "list_token": training.waiting_list(people["training-officer"]),
        "import_token": rosters.take_in(io.BytesIO(LIST), "pegawai.csv", by=people["admin"], kind="people"), "sample": "people.csv",
        "notice_id": db.session.scalars(select(Notice.id).where(Notice.person_id == sari).order_by(Notice.id)).first(), "mail_id": 1,
        **training.levels(sari, people["admin"]),
        "kind": "csv", "other_id": people["trainer"], "grant_id": 1,
        "unit_id": unit, "posting_id": db.session.scalars(select(Posting.id).where(Posting.person_id == sari)).one(),
        "serial": db.session.scalars(select(Certificate.serial)).one(), **training.studying(people), "table_id": 1,
        "source_id": db.session.scalars(select(Source.id).where(Source.person_id == sari).order_by(Source.id)).first(),
        "transcript": transcripts.issue(sari, clock.today().replace(month=1, day=1), clock.today()), **_attempts(sari), **training.seminar(sari),
        "assignment_id": training.assigned(unit, people["training-officer"]),
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
    if table.name == "audit_entries":  # that something was exported is a trace of the reading, and the only one
        return query.where(table.c.act.not_like("%.exported"))
    # A lesson that was opened but not done is only remembered as a place.
    return query.where(table.c.done_at.is_not(None)) if table.name == "lesson_progress" else query


def _failed_job() -> int:
    with transaction():
        job = Job(kind="example", key="1", payload={}, state="failed", attempts=5, run_at=clock.now(), error="OSError: no room")
        db.session.add(job)
        db.session.flush()
        return job.id


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
