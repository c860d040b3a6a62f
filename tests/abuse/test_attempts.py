"""Attempts ended twice, too late, or by somebody else; and a certificate's design that reaches for files of the machine."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import config, wiring
from lms.assessment import queries
from lms.base import clock, jobs
from lms.base.db import db
from lms.certificates.models import Certificate
from lms.learning.models import Enrolment
from tests import build
from tests.assessment.build import MINUTES, begun, quiz, serve, studied
from tests.certificates.test_service import completed
from tests.house.town import SignIn
from tests.inspecting import words

RIGHT = {"q1-version": "0", "q1-option": "sapa", "q2-version": "0", "q2-number": "20"}


@pytest.fixture
def reaching(app: Flask, settings: config.Settings, tmp_path: Path) -> Iterator[None]:
    """An installation whose design asks for a file of the machine."""
    shutil.copytree(settings.content_dir, tmp_path / "content")
    (template,) = (tmp_path / "content" / "certificates" / "resmi").glob("*.html")
    template.write_text(template.read_text().replace("</body>", '<img alt="x" src="file:///etc/passwd"></body>'))
    app.extensions["settings"] = replace(settings, content_dir=tmp_path / "content")
    yield
    app.extensions["settings"] = settings


def test_submitting_twice_gives_one_result_and_one_completion(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt = f"/attempts/{begun(sari)}/"
    browser = sign_in(sari)
    browser.send(attempt, f"{attempt}answers/", **RIGHT)
    token = browser.token(f"{attempt}summary/")

    first = browser.post(f"{attempt}submit/", data={"csrf_token": token})
    second = browser.post(f"{attempt}submit/", data={"csrf_token": token})

    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, f"{attempt}review/")
    assert db.session.scalar(select(func.count()).where(Enrolment.completed_at.is_not(None))) == 1


def test_submitting_after_the_time_grades_what_was_saved_in_time(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz(time_limit=10 * MINUTES))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    attempt = f"/attempts/{attempt_id}/"
    browser = sign_in(sari)
    token = browser.token(attempt)
    browser.post(f"{attempt}answers/", data={"csrf_token": token, "q1-version": "0", "q1-option": "sapa"})
    clock.advance(timedelta(minutes=20))

    late = browser.post(f"{attempt}answers/", data={"csrf_token": token, "q2-version": "0", "q2-number": "20"})
    ended = browser.post(f"{attempt}submit/", data={"csrf_token": token})

    assert (late.status_code, ended.status_code) == (409, 303)
    assert [item.response is not None for item in queries.items(attempt_id)] == [True, False]
    assert queries.sheet(attempt_id).state == "graded"


def test_a_design_that_asks_for_a_file_of_the_machine_prints_nothing_and_says_why(
    app: Flask, sign_in: SignIn, reaching: None, settings: config.Settings,
) -> None:
    sari = build.person()
    serial = completed(sari).serial
    browser = sign_in(sari)
    browser.set_cookie("lang", "en")

    jobs.run_due(wiring.JOBS, most=1)
    refused = browser.get(f"/certificates/{serial}.pdf", buffered=True)
    app.extensions["settings"] = settings
    mended = browser.get(f"/certificates/{serial}.pdf", buffered=True)

    assert refused.status_code == 409
    assert "file:///etc/passwd" in words(refused.get_data(as_text=True))
    assert b"root:" not in refused.data
    assert mended.data.startswith(b"%PDF-")
    assert db.session.scalars(select(Certificate.number)).all() == ["0001/SERT/BKPSDM/III/2026"]
