"""Evidence that proves itself: a PDF under a seal that we know, an Open Badge signed with a key that we know.

Known are the agency's own seals, and what stands as PEM files in the instance folder, one for each partner: certificates of seals in
`keys/known-seals`, public keys (Ed25519) of badges in `keys/known-badges`. What is verified is the file; the name on it is for officers
to compare.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import current_app

from lms.base import clock
from lms.certificates.signing import check_signature, known_certificates
from lms.claims import badges
from lms.claims.evidence import Read

SEALS, BADGES = "known-seals", "known-badges"
LONGEST = 200
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was verified: `kind` is "seal" or "badge", or "" for nothing; `issuer` is who sealed or signed it."""

    kind: str = ""
    issuer: str = ""


NONE = Proof()


def of(found: Read) -> Proof:
    """What a file proves by itself."""
    if found.badge is not None:
        key = badges.signed_by(found.badge, _keys(), clock.now())
        return NONE if key is None else Proof("badge", f"{badges.issuer_of(found.badge)} ({key})".strip()[:LONGEST])
    if found.kind != "pdf" or b"/ByteRange" not in found.content:
        return NONE
    report = check_signature(found.content, _seals())
    return Proof("seal", report.signer[:LONGEST]) if report.good else NONE


def _folder() -> Path:
    path: Path = current_app.extensions["settings"].instance_dir / "keys"
    return path


def _seals() -> tuple[bytes, ...]:
    partners = tuple(path.read_bytes() for path in sorted((_folder() / SEALS).glob("*.pem")))
    return (*known_certificates(_folder()), *partners)


def _keys() -> Mapping[str, Ed25519PublicKey]:
    found = {}
    for path in sorted((_folder() / BADGES).glob("*.pem")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except ValueError:
            log.error("%s holds no public key", path)
            continue
        if isinstance(key, Ed25519PublicKey):
            found[path.stem] = key
    return found
