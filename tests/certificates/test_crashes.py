"""A program that dies anywhere between a finished module and its printed certificate leaves nothing half-done, and goes on when it is back."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import wiring
from lms.base import clock, jobs
from lms.base.db import db
from lms.certificates import printing, queries, service
from lms.certificates.models import Certificate, Counter
from lms.learning.models import Enrolment
from tests import build
from tests.certificates.test_service import completed


class Dead(BaseException):
    """The process ended here."""


def dies(*_args: object, **_kwargs: object) -> None:
    raise Dead


BEFORE_THE_COMMIT = {
    "before the number": "lms.certificates.service._next",
    "between number and row": "lms.certificates.service.new_serial",
    "between row and job": "lms.base.jobs.enqueue",
    "between job and audit": "lms.base.audit.record",
    "before the fact is told": "lms.certificates.service.publish",
}
AFTER_THE_COMMIT = {
    "before the PDF": "lms.certificates.printing.render_pdf",
    "between PDF and seal": "lms.certificates.printing.sign",
    "before the file is written": "lms.base.files.write_atomically",
    "between file and row": "lms.certificates.printing.transaction",
}


@pytest.mark.parametrize("where", BEFORE_THE_COMMIT)
def test_k02_dying_before_the_commit_burns_no_number_and_finishing_again_gives_the_first(
        app: Flask, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    sari = build.person()
    with monkeypatch.context() as broken, pytest.raises(Dead):
        broken.setattr(BEFORE_THE_COMMIT[where], dies)
        completed(sari)
    db.session.rollback()

    certificate = completed(sari)

    assert certificate.number.startswith("0001/")
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert db.session.scalar(select(Counter.value)) == 1
    assert db.session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.completed_at.is_not(None))) == 1


@pytest.mark.parametrize("where", AFTER_THE_COMMIT)
def test_k02_dying_while_it_is_printed_ends_in_one_file_that_is_the_recorded_one(
        app: Flask, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    certificate = completed(build.person())
    printing.signer(app.extensions["settings"])
    with monkeypatch.context() as broken, pytest.raises(Dead):
        broken.setattr(AFTER_THE_COMMIT[where], dies)
        printing.pdf_of(certificate)
    db.session.rollback()

    clock.advance(jobs.LEASE * 2)
    jobs.run_due(wiring.JOBS)
    db.session.expire_all()
    path = printing.pdf_of(certificate)

    assert path.read_bytes().startswith(b"%PDF-")
    assert path.stat().st_size == certificate.size
    assert db.session.scalars(select(jobs.Job.state).where(jobs.Job.kind == service.PDF_JOB)).all() == ["done"]


def test_k28_many_certificates_are_issued_once_each_however_often_the_work_is_taken_up(app: Flask, without_address: None) -> None:
    people = [build.person(f"Orang {number}") for number in range(12)]
    for person in people:
        with pytest.raises(Exception, match="No row"):
            completed(person)
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.__class__(**{**settings.__dict__, "base_url": "http://localhost"})

    first, second = service.issue_missing(), service.issue_missing()

    assert (first, second) == (12, 0)
    numbers = db.session.scalars(select(Certificate.seq).order_by(Certificate.seq)).all()
    assert numbers == list(range(1, 13))
    assert queries.without_certificate() == []


def test_l04_a_queue_of_certificates_is_printed_one_after_the_other_and_readers_are_served_meanwhile(app: Flask) -> None:
    certificates = [completed(build.person(f"Orang {number}")) for number in range(6)]
    printing.signer(app.extensions["settings"])
    client = app.test_client()
    pages = []

    while jobs.run_due(wiring.JOBS, most=1):
        pages.append(client.get("/verify/").status_code)

    db.session.expire_all()
    assert set(pages) == {200}
    assert len({certificate.sha256 for certificate in certificates}) == 6
