"""Open Badges: found in JSON, PNG and SVG; proved only by a key that we know."""

import copy
import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from lms.base.errors import Refused
from lms.certificates.openbadges import canonical
from lms.claims import badges, evidence, proofs, queries
from tests.claims.conftest import Hand, Office
from tests.claims.files import photo

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
BADGE: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": {"id": "https://usi.example", "type": ["Profile"], "name": "USI"},
    "validFrom": "2026-01-01T00:00:00Z", "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"name": "Tata Kelola"}},
}


def base58(content: bytes) -> str:
    """Bytes in the alphabet of Bitcoin."""
    number, text = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = badges.ALPHABET[digit] + text
    return text


def signed(badge: dict[str, Any] | None = None, *, key: Ed25519PrivateKey = KEY, **changes: Any) -> dict[str, Any]:
    """A badge under a proof."""
    document = {**copy.deepcopy(badge or BADGE), **changes}
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2026-01-01T00:00:00Z",
             "verificationMethod": "did:key:x", "proofPurpose": "assertionMethod", "@context": document["@context"]}
    both = hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(document)).digest()
    return {**document, "proof": {**proof, "proofValue": "z" + base58(key.sign(both))}}


def as_json(badge: dict[str, Any]) -> bytes:
    return json.dumps(badge, indent=2).encode()


def as_png(badge: dict[str, Any], *, packed: bool = False) -> bytes:
    text = zlib.compress(json.dumps(badge).encode()) if packed else json.dumps(badge).encode()
    content = b"openbadgecredential\0" + bytes([packed, 0]) + b"\0\0" + text
    chunk = struct.pack(">I", len(content)) + b"iTXt" + content + struct.pack(">I", zlib.crc32(b"iTXt" + content))
    plain = photo(form="PNG")
    return plain[:33] + chunk + plain[33:]


def as_svg(badge: dict[str, Any]) -> bytes:
    return ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" onload="alert(1)">'
            f"<openbadges:credential><![CDATA[{json.dumps(badge)}]]></openbadges:credential></svg>").encode()


@pytest.fixture
def known(app: Flask) -> Iterator[None]:
    """The key of a partner."""
    path = app.extensions["settings"].instance_dir / "keys" / proofs.BADGES / "usi.pem"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    yield
    path.unlink()


@pytest.mark.parametrize(("bake", "kind"), [(as_json, "badge"), (as_png, "image"), (lambda badge: as_png(badge, packed=True), "image"), (as_svg, "badge")])
def test_a_badge_of_a_partner_is_verified_wherever_it_is_baked(known: None, bake: Callable[[dict[str, Any]], bytes], kind: str) -> None:
    found = evidence.read(bake(signed()))

    assert (found.kind, proofs.of(found)) == (kind, proofs.Proof("badge", "USI (usi)"))
    assert b"onload" not in found.content


@pytest.mark.parametrize("change", [
    lambda badge: badge["credentialSubject"]["achievement"].update(name="Doktor"), lambda badge: badge["proof"].update(proofValue="zzzz"),
    lambda badge: badge["proof"].update(proofValue="z0OIl"), lambda badge: badge["proof"].update(cryptosuite="eddsa-rdfc-2022"),
    lambda badge: badge["proof"].update(proofPurpose="authentication"), lambda badge: badge["proof"].update(created="2025-01-01T00:00:00Z"),
    lambda badge: badge["proof"].update({"@context": ["x"]}), lambda badge: badge.update(proof=None), lambda badge: badge.update(proof=[]),
    lambda badge: badge.update(validUntil="2030-01-01T00:00:00Z"), lambda badge: badge["proof"].pop("proofValue"),
])
def test_a_badge_that_was_changed_proves_nothing(known: None, change: Callable[[dict[str, Any]], object]) -> None:
    badge = signed()
    change(badge)

    assert proofs.of(evidence.read(as_json(badge))) == proofs.NONE


@pytest.mark.parametrize("badge", [
    signed(key=Ed25519PrivateKey.from_private_bytes(b"x" * 32)), signed(validFrom="2027-01-01T00:00:00Z"), signed(validFrom="kemarin"),
    signed(validFrom="2026-01-01"), signed(validUntil="2026-02-01T00:00:00Z"), signed(score=1.5), BADGE,
])
def test_a_badge_of_an_unknown_key_or_of_another_time_proves_nothing(known: None, badge: dict[str, Any]) -> None:
    assert proofs.of(evidence.read(as_json(badge))) == proofs.NONE


@pytest.mark.parametrize("sent", [
    b"{}", b"{", b'{"type": "OpenBadgeCredential"}', b'{"type": ["OpenBadgeCredential"], "credentialSubject": 4}', b"[" * 99_999,
    b'{"a":' * 99_999, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<svg",
    json.dumps({**BADGE, "x": "y" * badges.LARGEST}).encode(),
])
def test_what_is_no_badge_is_no_evidence(app: Flask, sent: bytes) -> None:
    with pytest.raises(Refused, match="evidence-type"):
        evidence.read(sent)


def test_a_badge_is_handed_out_as_a_download(office: Office, hand: Hand, sign_in: Callable[[int], Any], known: None) -> None:
    claim = hand("submitted", file=as_json(signed()))
    browser = sign_in(office.sari)

    response = browser.get(f"/claims/{claim}/evidence", buffered=True)

    assert (queries.own(claim, office.sari).proof, response.mimetype) == ("badge", "application/json")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert browser.get(f"/claims/{claim}/").status_code == 200
