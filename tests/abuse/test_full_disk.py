"""A disk that is full while a certificate's PDF is written: a clear page, nothing half-written, and all is well once there is room."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from lms import config, wiring
from lms.base import jobs
from lms.base.db import db
from lms.certificates import printing
from tests import build
from tests.certificates.test_service import completed
from tests.house.town import SignIn
from tests.inspecting import words


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """A disk of 8 kB where certificates go; without the right to mount one, a limit on the size of files."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def folder(settings: config.Settings) -> Path:
    return settings.instance_dir / "certificates"


def test_f05_a_download_on_a_full_disk_says_so_and_succeeds_when_there_is_room(app: Flask, sign_in: SignIn, folder: Path) -> None:
    sari = build.person()
    certificate = completed(sari)
    serial = certificate.serial
    browser = sign_in(sari)
    browser.set_cookie("lang", "en")
    browser.get("/certificates/")
    printing.signer(app.extensions["settings"])  # its key was made when the first certificate was

    with no_room(folder):
        full = browser.get(f"/certificates/{serial}.pdf", buffered=True)
        left = [path for path in folder.rglob("*") if path.is_file()]
    later = browser.get(f"/certificates/{serial}.pdf", buffered=True)
    again = browser.get(f"/certificates/{serial}.pdf", buffered=True)

    assert (full.status_code, full.headers["Retry-After"]) == (503, "5")
    assert "What you saved before is safe." in words(full.get_data(as_text=True))
    assert left == []
    assert later.data.startswith(b"%PDF-")
    assert later.data == again.data


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_f05_a_job_on_a_full_disk_is_tried_again(app: Flask, folder: Path) -> None:
    certificate = completed(build.person())
    printing.signer(app.extensions["settings"])

    with no_room(folder):
        jobs.run_due(wiring.JOBS, most=1)
        db.session.expire_all()
        failed = (certificate.sha256, db.session.query(jobs.Job.state, jobs.Job.attempts).one())
    printing.pdf_of(certificate)

    assert failed == (None, ("todo", 1))
    assert certificate.sha256 is not None
