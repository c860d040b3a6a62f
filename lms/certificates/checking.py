"""Comparing a PDF that somebody holds with the file that was issued."""

import hashlib
from dataclasses import dataclass

from flask import current_app

from lms.certificates.signing import check_signature, known_certificates


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a PDF is: the issued file to the byte, sealed by us at all, and whether the seal covers all of it."""

    is_issued_file: bool
    sealed_by_us: bool
    covers_whole_file: bool


def compare(issued: str | None, content: bytes) -> Comparison:
    """Hold a PDF against the issued one, given as its SHA-256.

    A valid signature alone is not enough: it stays valid when bytes are appended.
    """
    folder = current_app.extensions["settings"].instance_dir / "keys"
    report = check_signature(content, known_certificates(folder))
    same = hashlib.sha256(content).hexdigest() == issued
    return Comparison(
        is_issued_file=same and report.intact and report.covers_whole_file,
        sealed_by_us=report.intact and report.trusted,
        covers_whole_file=report.covers_whole_file,
    )
