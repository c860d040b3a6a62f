"""What is measured in this process: a certificate's PDF, its signature, a password's hash."""

import statistics
import time
from collections.abc import Callable

from flask import current_app

from lms.accounts import passwords
from lms.certificates import printing, service
from lms.certificates.models import Certificate
from lms.certificates.openbadges import credential
from lms.certificates.pdf import render_pdf
from lms.certificates.signing import Signer, sign
from lms.people.rules import DEMO_PASSWORD


def certificate(row: Certificate) -> dict[str, float]:
    """Milliseconds of CPU of a certificate, warm: all of it, and its signature alone."""
    whole = _median(lambda: printing.sealed(row), 12)
    content, signer = _unsigned(row)
    signature = _median(lambda: sign(content, signer, reason="Penerbitan", location="Pematangsiantar", at=row.issued_at), 12)
    return {"cpu_ms": whole, "signature_ms": signature}


def password_hash() -> float:
    """Milliseconds of CPU of comparing a password with its hash."""
    kept = passwords.hashed(DEMO_PASSWORD)
    return _median(lambda: passwords.matches(kept, DEMO_PASSWORD), 25)


def _unsigned(row: Certificate) -> tuple[bytes, Signer]:
    settings = current_app.extensions["settings"]
    design = service.design_of(row.design)
    attached = credential(row.snapshot, base_url=settings.base_url, issued_at=row.issued_at)
    address = printing.verify_url(row.serial)
    pdf = render_pdf(design, row.snapshot, verify_url=address, issued_at=row.issued_at, credential=attached)
    return pdf, printing.signer(settings)


def _median(work: Callable[[], object], times: int) -> float:
    for _ in range(3):
        work()
    taken = []
    for _ in range(times):
        before = time.process_time()
        work()
        taken.append((time.process_time() - before) * 1000)
    return statistics.median(taken)
