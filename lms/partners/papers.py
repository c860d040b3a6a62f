"""Files that are sent: looked at, kept below the instance folder under names of our own, handed out, swept away.

What a file is, its content says, never its name. Pictures are written anew, so that neither the place where they were taken nor anything
hidden behind them stays; a PDF without scripts is kept as it is and only ever handed out as a download.
"""

import hashlib
import io
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from flask import Response, current_app, send_file
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms.base import clock, jobs
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.base.files import inside, write_atomically
from lms.claims.evidence import look_into_pdf
from lms.partners.models import Paper

PDF = "application/pdf"
ENDINGS: Mapping[str, str] = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png"}
PICTURES: Mapping[str, Literal["JPEG", "PNG"]] = {"image/jpeg": "JPEG", "image/png": "PNG"}
MEGABYTE = 1024 * 1024
LARGEST = 5 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_NAME = 120
ORPHAN_SECONDS = 24 * 3600
SWEEP_JOB = "paper.drop"
_STORED = re.compile(r"[0-9a-f]{40}\.(pdf|jpg|png)")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on the disk that no row names yet."""

    name: str
    stored: str
    mime: str
    size: int
    sha256: str


def folder() -> Path:
    """Where the files are."""
    path: Path = current_app.extensions["settings"].instance_dir / "uploads" / "partners"
    return path


@contextmanager
def taken(sent: FileStorage | None, kinds: Collection[str] = tuple(ENDINGS)) -> Iterator[Stored | None]:
    """Keep a sent file while the caller writes the row that names it; if that fails, it goes. None if nothing was sent.

    Raises Refused "paper-large", "paper-type", "paper-damaged", or what `evidence.look_into_pdf` refuses of a PDF.
    """
    if sent is None or not sent.filename:
        yield None
        return
    kept = _keep(sent, kinds)
    try:
        yield kept
    except BaseException:
        (folder() / kept.stored).unlink(missing_ok=True)
        raise


def _keep(sent: FileStorage, kinds: Collection[str]) -> Stored:
    content = sent.stream.read(LARGEST + 1)
    sent.close()
    if len(content) > LARGEST:
        raise Refused("paper-large", most=LARGEST // MEGABYTE)
    mime = kind_of(content)
    if mime is None or mime not in kinds:
        raise Refused("paper-type-pdf" if set(kinds) == {PDF} else "paper-type")
    if mime == PDF:
        look_into_pdf(content)
    else:
        content = _drawn_anew(content, mime)
    stored = f"{secrets.token_hex(20)}.{ENDINGS[mime]}"
    write_atomically(folder() / stored, content, mode=0o600)
    return Stored(harmless_name(sent.filename or ""), stored, mime, len(content), hashlib.sha256(content).hexdigest())


def kind_of(content: bytes) -> str | None:
    """What a file is by its first bytes; None for what is not taken."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if content.startswith(b"\x89PNG\r\n\x1a\n") else None


def harmless_name(name: str) -> str:
    """The name a file was sent with, only to be shown: without folders and without signs that cannot be seen."""
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return plain[-LONGEST_NAME:].strip(" .") or "–"


def _drawn_anew(content: bytes, mime: str) -> bytes:
    """The picture upright and alone, without all that a camera writes beside it."""
    try:
        with Image.open(io.BytesIO(content), formats=[PICTURES[mime]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("paper-large", most=LARGEST // MEGABYTE)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("paper-damaged") from None
    upright.info.clear()
    drawn = io.BytesIO()
    upright.save(drawn, PICTURES[mime], **({"quality": 85} if mime == "image/jpeg" else {"optimize": False}))
    return drawn.getvalue()


def add(kept: Stored, kind: str, *, agreement_id: int | None = None, study_id: int | None = None, semester_id: int | None = None) -> Paper:
    """The row of a kept file, in the caller's transaction."""
    row = Paper(
        agreement_id=agreement_id, study_id=study_id, semester_id=semester_id, kind=kind, name=kept.name, stored=kept.stored,
        mime=kept.mime, size=kept.size, sha256=kept.sha256, sent_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def handed_out(row: Any, name: str) -> Response:
    """A paper as a download named `name` (without its ending). Raises NotFound if its file is gone."""
    path = inside(folder(), row.stored)
    if path is None:
        raise NotFound
    response = send_file(path, mimetype=row.mime, as_attachment=True, download_name=f"{name}.{ENDINGS[row.mime]}", max_age=0)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def drop_later(stored: Collection[str], *, key: str) -> None:
    """Delete files once the caller's transaction, which deletes their rows, has been committed."""
    if stored:
        jobs.enqueue(SWEEP_JOB, {"files": sorted(stored)}, key=key)


def run_job(payload: Mapping[str, Any]) -> None:
    """Delete the files named, unless a row still names them."""
    names = [name for name in payload["files"] if _STORED.fullmatch(name)]
    known = set(db.session.scalars(select(Paper.stored).where(Paper.stored.in_(names))))
    for name in set(names) - known:
        (folder() / name).unlink(missing_ok=True)


def sweep() -> None:
    """Delete files that no row names a day after they were written."""
    if not folder().is_dir():
        return
    limit = clock.now().timestamp() - ORPHAN_SECONDS
    known = set(db.session.scalars(select(Paper.stored)))
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
