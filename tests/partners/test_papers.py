"""Files that are sent: known by what they hold, kept under our own names, nothing hidden kept, nothing left behind."""

import io
import os
import stat
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from lms.base import clock, jobs
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.partners import papers, studies, study_queries
from lms.partners.models import Paper
from tests.partners.conftest import PDF, STUDY, City, add_paper, picture, sent

HTML = b"<html><script>alert(1)</script></html>"


@pytest.fixture(autouse=True)
def _empty(app: Flask) -> None:
    for path in papers.folder().glob("*"):
        path.unlink()


def code(content: bytes, name: str = "a.pdf", **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused, papers.taken(sent(content, name), **kwargs):
        pass
    return refused.value.code


@pytest.mark.parametrize(("content", "name", "expected"), [
    (HTML, "surat.pdf", "paper-type"), (b"", "surat.pdf", "paper-type"), (b"MZ\x90\x00", "surat.pdf", "paper-type"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "paper-type"), (b"GIF89a", "a.gif", "paper-type"),
    (b"PK\x03\x04", "a.docx", "paper-type"), (b"\xff\xd8\xff" + HTML, "a.jpg", "paper-damaged"),
    (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "a.png", "paper-damaged"), (picture()[:200], "a.jpg", "paper-damaged"),
    (PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", 1), "a.pdf", "evidence-active"),
    (PDF.replace(b"trailer\n<<>>", b"trailer\n<</Encrypt 1 0 R>>"), "a.pdf", "evidence-locked"), (PDF[:30], "a.pdf", "evidence-damaged"),
    (b" " + PDF, "a.pdf", "paper-type"), (PDF + b"x" * papers.LARGEST, "a.pdf", "paper-large"),
])
def test_what_is_no_document_is_refused_and_leaves_nothing(app: Flask, content: bytes, name: str, expected: str) -> None:
    assert code(content, name) == expected
    assert list(papers.folder().glob("*")) == []


def test_where_only_a_pdf_will_do_a_picture_is_refused(app: Flask) -> None:
    assert code(picture(), "a.pdf", kinds={papers.PDF}) == "paper-type-pdf"


def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked(app: Flask) -> None:
    drawn = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(drawn, "PNG")

    assert len(drawn.getvalue()) < papers.LARGEST
    assert code(drawn.getvalue(), "a.png") in {"paper-large", "paper-damaged"}


def test_a_photograph_loses_where_it_was_taken(app: Flask) -> None:
    photo = picture(exif=True)
    with papers.taken(sent(photo, "foto.jpg")) as kept:
        assert kept is not None

    content = (papers.folder() / kept.stored).read_bytes()
    assert (b"Jalan Merdeka" in photo, b"Jalan Merdeka" in content, kept.mime) == (True, False, "image/jpeg")
    with Image.open(io.BytesIO(content)) as drawn:
        assert (drawn.size, dict(drawn.getexif())) == ((40, 20), {})


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/abs/surat.pdf", "surat.pdf"), ("a\u202efdp.exe", "afdp.exe"),
    ("a\nb.pdf", "ab.pdf"), ("..", "–"), ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
])
def test_names_are_only_shown_and_never_a_place(app: Flask, name: str, shown: str) -> None:
    with papers.taken(sent(PDF, name)) as kept:
        assert kept is not None

    path = papers.folder() / kept.stored
    assert (kept.name, path.parent, path.read_bytes()) == (shown, papers.folder(), PDF)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_goes_when_what_it_belongs_to_is_not_written(app: Flask) -> None:
    with pytest.raises(RuntimeError), papers.taken(sent()):
        assert len(list(papers.folder().glob("*.pdf"))) == 1
        raise RuntimeError("no row")

    assert list(papers.folder().glob("*")) == []


def test_nothing_sent_is_nothing_kept(app: Flask) -> None:
    with papers.taken(None) as none, papers.taken(sent(b"", "")) as unnamed:
        assert (none, unnamed) == (None, None)


def test_a_document_taken_away_goes_from_the_disk_once_that_is_committed(city: City) -> None:
    study = studies.write(city.sari, STUDY)
    add_paper(study, city.sari)
    row = study_queries.papers_of(study)[0]
    path = papers.folder() / row.stored

    studies.remove_paper(study, city.sari, row.id)
    before = path.exists()
    jobs.run_due({papers.SWEEP_JOB: papers.run_job})

    assert (before, path.exists()) == (True, False)


def test_the_job_deletes_nothing_that_a_row_names_or_that_lies_elsewhere(city: City) -> None:
    study = studies.write(city.sari, STUDY)
    add_paper(study, city.sari)
    stored = study_queries.papers_of(study)[0].stored
    outside = papers.folder().parent / "other.pdf"
    outside.write_bytes(PDF)

    papers.run_job({"files": [stored, "../other.pdf", "/etc/hostname", f"{'0' * 40}.pdf"]})

    assert ((papers.folder() / stored).exists(), outside.exists()) == (True, True)


def test_orphans_are_swept_after_a_day(city: City) -> None:
    study = studies.write(city.sari, STUDY)
    add_paper(study, city.sari)
    kept = papers.folder() / study_queries.papers_of(study)[0].stored
    old, new = papers.folder() / f"{'a' * 40}.pdf", papers.folder() / f"{'b' * 40}.pdf"
    for path in (old, new):
        path.write_bytes(PDF)
    now = clock.now().timestamp()
    for path, age in ((old, 90_000), (kept, 90_000), (new, 10)):
        os.utime(path, (now - age, now - age))

    papers.sweep()

    assert [path.exists() for path in (old, kept, new)] == [False, True, True]


def test_a_row_that_points_outside_hands_nothing_out(app: Flask, city: City) -> None:
    study = studies.write(city.sari, STUDY)
    with transaction():
        db.session.add(Paper(study_id=study, kind="letter", name="x", stored="../../audit.key", mime="application/pdf", size=1, sha256="0",
                             sent_at=clock.now()))
    (papers.folder().parent.parent / "audit.key").write_bytes(b"secret")

    with app.test_request_context(), pytest.raises(NotFound):
        papers.handed_out(study_queries.papers_of(study)[0], "x")
