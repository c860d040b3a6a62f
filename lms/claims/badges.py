"""Open Badges 3.0 that people hold: as JSON, or baked into a PNG or SVG; and whether a key that we know signed one. Pure.

Understood is the proof eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3); a badge under another proof is taken as evidence
like any other, and proves nothing by itself. Nothing is fetched from the net.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lms.certificates.openbadges import canonical

KEYWORDS = (b"openbadgecredential", b"openbadges")
TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
LARGEST = 512 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SIGNATURE = 64  # bytes
Badge = Mapping[str, Any]


def read(sent: bytes) -> Badge | None:
    """The badge in a file; None if there is none."""
    if sent.startswith(PNG):
        return _parsed(_in_png(sent))
    start = sent[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _parsed(sent)
    return _parsed(_in_svg(sent)) if start.startswith((b"<svg", b"<?xml")) else None


def signed_by(badge: Badge, keys: Mapping[str, Ed25519PublicKey], now: datetime) -> str | None:
    """The name of the known key that signed a badge which holds now; None if none did or it was changed."""
    proof = badge.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict) or not _understood(badge, proof) or not _holds(badge, now):
        return None
    signature = _base58(str(proof.get("proofValue", ""))[1:101])
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    document = {name: value for name, value in badge.items() if name != "proof"}
    signed = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(document)).digest()
    return next((name for name, key in keys.items() if signature is not None and _fits(key, signature, signed)), None)


def issuer_of(badge: Badge) -> str:
    """The name of who issued a badge, as the badge says it."""
    issuer = badge.get("issuer")
    return str(issuer.get("name", "")) if isinstance(issuer, dict) else ""


def _understood(badge: Badge, proof: Badge) -> bool:
    told = proof.get("@context")
    return (proof.get("type") == "DataIntegrityProof" and proof.get("cryptosuite") == "eddsa-jcs-2022"
            and proof.get("proofPurpose") == "assertionMethod" and str(proof.get("proofValue", "")).startswith("z")
            and (told is None or told == badge.get("@context")) and not _has_fractions(badge))


def _has_fractions(value: Any) -> bool:
    """Numbers with a fraction have a canonical form of their own, which we do not write."""
    if isinstance(value, dict):
        return any(_has_fractions(one) for one in value.values())
    return any(_has_fractions(one) for one in value) if isinstance(value, list) else isinstance(value, float)


def _holds(badge: Badge, now: datetime) -> bool:
    first, last = (_moment(badge.get(name)) for name in ("validFrom", "validUntil"))
    return first is not None and first <= now and (last is None or now <= last) and ("validUntil" not in badge or last is not None)


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _fits(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _base58(text: str) -> bytes | None:
    number = 0
    for sign in text:
        if sign not in ALPHABET:
            return None
        number = number * 58 + ALPHABET.index(sign)
    return number.to_bytes(SIGNATURE, "big") if number.bit_length() <= 8 * SIGNATURE else None


def _parsed(text: bytes | None) -> Badge | None:
    if text is None or len(text) > LARGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("type"), list) or not TYPES & {str(one) for one in found["type"]}:
        return None
    return found if isinstance(found.get("credentialSubject"), dict) else None


def _in_png(sent: bytes) -> bytes | None:
    """The text of the iTXt chunk that holds the badge (PNG 11.3.4.5), unpacked no further than a badge can be long."""
    place = len(PNG)
    while place + 12 <= len(sent):
        (length,) = struct.unpack(">I", sent[place:place + 4])
        name, content = sent[place + 4:place + 8], sent[place + 8:place + 8 + length]
        keyword, _nul, rest = content.partition(b"\0")
        if name == b"iTXt" and keyword in KEYWORDS and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            try:
                return zlib.decompressobj().decompress(text, LARGEST + 1) if rest[0] else text
            except zlib.error:
                return None
        place += length + 12
    return None


def _in_svg(sent: bytes) -> bytes | None:
    if len(sent) > 4 * LARGEST:
        return None
    try:
        root: Element = fromstring(sent.decode("utf-8-sig"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        return None
    found = next((one for one in root.iter() if str(one.tag).rpartition("}")[2] in {"credential", "assertion"} and one.text), None)
    return found.text.strip().encode() if found is not None and found.text else None
