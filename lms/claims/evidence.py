"""Evidence: what kind of file it is, by what it holds; what is taken out of it before it is kept; where it lies.

A photo is decoded and encoded anew: place, device and everything that hides behind the picture stay behind. A PDF is kept to the byte,
because a seal covers its bytes, after a look for what a certificate does not need; it is handed out as a download and never shown.
"""

import hashlib
import io
import json
import re
import secrets
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import delete, or_, select

from lms.base import clock
from lms.base.db import db, transaction
from lms.base.errors import NotFound, Refused
from lms.base.files import inside, write_atomically
from lms.claims import badges
from lms.claims.models import Claim, Evidence, Training

LARGEST = 7 * 1024 * 1024  # a request is at most 8 MB
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2200  # of a kept photo: an A4 page at 190 dots an inch, on which small print can be read
QUALITY = 82
IMAGES = ("JPEG", "PNG", "WEBP")
HEIC = re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|heim|heis)", re.DOTALL)
MIME = {"image": "image/jpeg", "pdf": "application/pdf", "badge": "application/json"}
ENDING = {"image": "jpg", "pdf": "pdf", "badge": "json"}
MOST_UNPACKED = 24 * 1024 * 1024
AFTER_END = 1024  # bytes that writers leave behind %%EOF
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE)(?![A-Za-z0-9])")
OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9]).{0,400}?stream\r?\n", re.DOTALL)
STREAMS = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)  # packed bytes look like anything now and then
ORPHANS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Read:
    """A file that may be kept: what it is, the bytes to keep, and the Open Badge that was in it."""

    kind: str
    content: bytes
    sent_sha256: str
    badge: badges.Badge | None = None


def read(sent: bytes) -> Read:
    """What a sent file is. Raises Refused "evidence-…" with what to do instead."""
    if not sent:
        raise Refused("evidence-empty")
    if len(sent) > LARGEST:
        raise Refused("evidence-large", most=LARGEST // 1024 // 1024)
    digest = hashlib.sha256(sent).hexdigest()
    if sent.startswith(b"%PDF-"):
        look_into_pdf(sent)
        return Read("pdf", sent, digest)
    if HEIC.match(sent[:16]):
        raise Refused("evidence-heic")
    badge = badges.read(sent)
    if badge is not None and not sent.startswith(badges.PNG):
        return Read("badge", json.dumps(badge, ensure_ascii=False, indent=1).encode(), digest, badge)
    return Read("image", encoded_anew(sent), digest, badge)


def encoded_anew(sent: bytes) -> bytes:
    """A photo as a JPEG of its own making: upright, at most so large, of nothing but pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(sent), formats=IMAGES)
            Image.open(io.BytesIO(sent), formats=IMAGES).verify()  # a PNG that is cut off would be filled up with grey
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused("evidence-pixels", most=MOST_PIXELS // 1_000_000)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        kept = io.BytesIO()
        _on_white(upright).save(kept, "JPEG", quality=QUALITY, optimize=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("evidence-pixels", most=MOST_PIXELS // 1_000_000) from None
    except UnidentifiedImageError:
        raise Refused("evidence-type") from None
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error, OverflowError, IndexError, KeyError, TypeError, MemoryError):
        raise Refused("evidence-damaged") from None
    return kept.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        bare = Image.new("RGB", picture.size)
        bare.paste(picture.convert("RGB"))
        return bare  # what came along in the header is not among its pixels
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def look_into_pdf(sent: bytes) -> None:
    """Refuse a PDF that is none to its end, is locked, is another file as well, or holds what acts by itself."""
    end = sent.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in sent or len(sent) - end > AFTER_END:
        raise Refused("evidence-damaged")
    if zipfile.is_zipfile(io.BytesIO(sent)):
        raise Refused("evidence-two-files")
    plain = _names_written_out(STREAMS.sub(b"", sent))
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", plain):
        raise Refused("evidence-locked")
    if ACTIVE.search(plain) or ACTIVE.search(_names_written_out(_unpacked_objects(sent))):
        raise Refused("evidence-active")


def _names_written_out(content: bytes) -> bytes:
    """A name may be written with numbers in the place of letters: /J#53 is /JS."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _unpacked_objects(sent: bytes) -> bytes:
    """The objects that lie compressed in object streams, as much of them as a certificate can have."""
    parts, left = [], MOST_UNPACKED
    for found in OBJECTS.finditer(sent):
        unpacker = zlib.decompressobj()
        try:
            part = unpacker.decompress(sent[found.end():], left + 1)
        except zlib.error:
            continue  # not compressed, or by another way: it was looked at as it stands
        left -= len(part)
        if left < 0:
            raise Refused("evidence-damaged")
        parts.append(part)
    return b"\n".join(parts)


def folder() -> Path:
    """Where evidence lies."""
    path: Path = current_app.extensions["settings"].instance_dir / "evidence"
    return path


def keep(found: Read, *, by: int | None, proof: str = "", issuer: str = "") -> Evidence:
    """Write the file, then its row within the caller's transaction; if that is taken back, the file is swept away later."""
    name = f"{secrets.token_hex(16)}.{ENDING[found.kind]}"
    write_atomically(folder() / name[:2] / name, found.content, mode=0o600)
    row = Evidence(
        name=name, kind=found.kind, size=len(found.content), sent_sha256=found.sent_sha256,
        kept_sha256=hashlib.sha256(found.content).hexdigest(), proof=proof, issuer=issuer, sent_by=by, sent_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def path_of(evidence_id: int) -> tuple[Path, str]:
    """(file, kind) of evidence. Raises NotFound if there is none, or if its file is lost or not the one that was kept."""
    row = db.session.execute(select(Evidence.name, Evidence.kind).where(Evidence.id == evidence_id)).first()
    path = inside(folder(), f"{row.name[:2]}/{row.name}") if row else None
    if row is None or path is None:
        raise NotFound
    return path, row.kind


def sweep() -> None:
    """Throw away evidence that nothing refers to any more, and files without a row."""
    now = clock.now()
    used = or_(select(Claim.id).where(Claim.evidence_id == Evidence.id).exists(),
               select(Training.id).where(Training.evidence_id == Evidence.id).exists())
    with transaction():
        db.session.execute(delete(Evidence).where(~used, Evidence.sent_at < now - ORPHANS).execution_options(synchronize_session=False))
    known = set(db.session.scalars(select(Evidence.name)))
    for path in folder().glob("??/*"):
        if path.name not in known and path.stat().st_mtime < (now - ORPHANS).timestamp():
            path.unlink(missing_ok=True)
