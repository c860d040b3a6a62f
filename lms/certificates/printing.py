"""The PDF of an issued certificate: made once, by a job or at the first download, and kept."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from lms.base import clock, files
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.certificates import service
from lms.certificates.models import Certificate
from lms.certificates.openbadges import credential
from lms.certificates.pdf import render_pdf
from lms.certificates.signing import Signer, create_key, load_signer, sign
from lms.config import Settings


def run_job(payload: Mapping[str, Any]) -> None:
    """Make the PDF of a certificate, unless it is there."""
    certificate = db.session.get(Certificate, payload["certificate_id"])
    if certificate is not None:
        pdf_of(certificate)


def pdf_of(certificate: Certificate) -> Path:
    """The file of a certificate, made now if need be. Two that make it at once agree on the one that was recorded first."""
    digest = certificate.sha256
    if digest is None or not _path(certificate.serial, digest).exists():
        digest = _make(certificate)
    return _path(certificate.serial, digest)


def _make(certificate: Certificate) -> str:
    identity, serial, lost = certificate.id, certificate.serial, certificate.sha256
    if lost is not None:
        raise Refused("certificate-file-lost", number=certificate.number)
    content = sealed(certificate)
    digest = hashlib.sha256(content).hexdigest()
    files.write_atomically(_path(serial, digest), content)
    with transaction():
        first = update(Certificate).where(Certificate.id == identity, Certificate.sha256.is_(None))
        db.session.execute(first.values(sha256=digest, size=len(content)))
        kept = db.session.scalar(select(Certificate.sha256).where(Certificate.id == identity))
    if kept != digest:
        _path(serial, digest).unlink(missing_ok=True)
    return str(kept)


def sealed(certificate: Certificate) -> bytes:
    """The signed PDF; each call signs anew, so its bytes differ from call to call."""
    settings: Settings = current_app.extensions["settings"]
    design = service.design_of(certificate.design)
    snapshot, at = certificate.snapshot, certificate.issued_at
    pdf = render_pdf(design, snapshot, verify_url=verify_url(certificate.serial), issued_at=at,
                     credential=credential(snapshot, base_url=settings.base_url, issued_at=at))
    return sign(pdf, signer(settings), reason=f"Penerbitan sertifikat {certificate.number}", location=design.place, at=at)


def verify_url(serial: str) -> str:
    """The public address of a certificate's verification."""
    return f"{current_app.extensions['settings'].base_url}/verify/{serial}"


@lru_cache(maxsize=2)
def signer(settings: Settings) -> Signer:
    """The agency's key: the PKCS#12 of the settings, else the one in the instance folder, made at the first call."""
    folder = settings.instance_dir / "keys"
    if settings.signing_pkcs12:
        return load_signer(folder, Path(settings.signing_pkcs12), settings.signing_passphrase)
    create_key(folder, agency=settings.unit, at=clock.now())
    return load_signer(folder)


def _path(serial: str, digest: str) -> Path:
    folder: Path = current_app.extensions["settings"].instance_dir / "certificates"
    return folder / serial[:2] / f"{serial}-{digest[:16]}.pdf"
