"""What is taken as evidence, what is taken out of it, and what is not taken."""

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from lms.base import clock
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.claims import evidence
from lms.claims.models import Claim, Evidence
from tests.claims.conftest import Hand, Office
from tests.claims.files import archive, bomb, object_stream, pdf, photo


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_a_jpeg_of_our_own(form: str) -> None:
    read = evidence.read(photo(form=form))

    with Image.open(io.BytesIO(read.content)) as kept:
        assert (read.kind, kept.format, kept.size) == ("image", "JPEG", (320, 240))


def test_place_and_device_are_gone_and_the_photo_stands_upright() -> None:
    sent = photo(exif=True)
    assert b"KAMERA RAHASIA" in sent

    read = evidence.read(sent)

    with Image.open(io.BytesIO(read.content)) as kept:
        assert (dict(kept.getexif()), kept.size) == ({}, (240, 320))
    assert b"KAMERA" not in read.content
    assert b"Exif" not in read.content


def test_a_large_photo_is_made_small_enough_and_what_is_seen_through_stands_on_white() -> None:
    kept = io.BytesIO()
    Image.new("RGBA", (4000, 100), (0, 0, 0, 0)).save(kept, "PNG")

    with Image.open(io.BytesIO(evidence.read(kept.getvalue()).content)) as picture:
        assert (picture.size, picture.getpixel((5, 5))) == ((2200, 55), (255, 255, 255))


def test_what_hides_behind_a_picture_is_not_kept() -> None:
    read = evidence.read(photo() + archive("page.html", b"<script>alert(1)</script>"))

    assert b"page.html" not in read.content
    assert read.content.endswith(b"\xff\xd9")


@pytest.mark.parametrize(("sent", "code"), [
    (b"", "evidence-empty"), (b"a" * (evidence.LARGEST + 1), "evidence-large"), (b"<html><script>", "evidence-type"),
    (b"\0\0\0\x18ftypheic\0\0\0\0", "evidence-heic"), (b"MZ" + b"\0" * 99, "evidence-type"), (archive(), "evidence-type"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "evidence-type"), (b"GIF89a" + b"\0" * 99, "evidence-type"),
    (photo()[:400], "evidence-damaged"), (photo(form="PNG")[:90], "evidence-damaged"), (bomb(), "evidence-pixels"),
    (bomb(8_000), "evidence-pixels"), (bomb(12_000), "evidence-pixels"),
])
def test_what_is_no_photo_is_refused_with_its_reason(sent: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        evidence.read(sent)

    assert refused.value.code == code


def test_a_pdf_is_kept_to_the_byte() -> None:
    sent = pdf(more=object_stream(b"4 0 <</Type/Font>>"))

    assert evidence.read(sent).content == sent


@pytest.mark.parametrize(("sent", "code"), [
    (b"%PDF-1.7\nnothing", "evidence-damaged"), (pdf()[:-60], "evidence-damaged"), (pdf(tail=b"x" * 5000), "evidence-damaged"),
    (pdf(tail=archive()), "evidence-two-files"), (pdf(b"/Encrypt 9 0 R"), "evidence-locked"),
    (pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "evidence-active"), (pdf(b"/AA<</O<</S/J#61vaScript>>>>"), "evidence-active"),
    (pdf(b"/OpenAction<</S/Launch/F(a.exe)>>"), "evidence-active"), (pdf(b"/AcroForm<</XFA 5 0 R>>"), "evidence-active"),
    (pdf(more=object_stream(b"4 0 <</S/JavaScript/JS(x)>>")), "evidence-active"),
    (pdf(more=object_stream(b"4 0 " + b" " * (evidence.MOST_UNPACKED + 99))), "evidence-damaged"),
])
def test_a_pdf_with_what_no_certificate_needs_is_refused(sent: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        evidence.read(sent)

    assert refused.value.code == code


def test_packed_bytes_that_look_like_a_script_do_not_matter() -> None:
    assert evidence.read(pdf(more=b"3 0 obj<</Length 9>>stream\nab/JS (xy)\nendstream endobj\n")).kind == "pdf"


def test_a_file_is_kept_under_a_name_that_nobody_chose(app: Flask, office: Office, hand: Hand) -> None:
    hand("draft", file=pdf())

    row = db.session.scalars(select(Evidence)).one()
    path, kind = evidence.path_of(row.id)
    assert (kind, path.read_bytes(), path.stat().st_mode & 0o777, len(row.name)) == ("pdf", pdf(), 0o600, 36)
    assert path.is_relative_to(evidence.folder())


def test_evidence_that_is_lost_or_names_another_place_is_not_found(app: Flask, office: Office, hand: Hand) -> None:
    hand("draft")
    row = db.session.scalars(select(Evidence)).one()
    for name in ("../../secret.jpg", "nowhere.jpg"):
        with transaction():
            db.session.get_one(Evidence, row.id).name = name
        with pytest.raises(NotFound):
            evidence.path_of(row.id)


def test_what_nothing_refers_to_is_swept_away(app: Flask, office: Office, hand: Hand) -> None:
    kept, gone = hand("submitted"), hand("draft")
    paths = {number: evidence.path_of(db.session.get_one(Claim, number).evidence_id or 0)[0] for number in (kept, gone)}
    stray = evidence.folder() / "zz" / "stray.jpg"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    with transaction():
        db.session.get_one(Claim, gone).evidence_id = None
    with clock.stopped(clock.now() + 3 * evidence.ORPHANS):
        _age(*paths.values(), stray)
        evidence.sweep()

    assert [path.exists() for path in (paths[kept], paths[gone], stray)] == [True, False, False]


def _age(*paths: Path) -> None:
    import os

    for path in paths:
        os.utime(path, (0, 0))
