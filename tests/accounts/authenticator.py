"""A device that makes and uses passkeys as WebAuthn says, and that can be told to lie."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey; `origin`, `party`, `count` and `verifies` are what it says of itself when it signs."""

    origin: str = "http://localhost"
    party: str = "localhost"
    count: int = 0
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    handle: bytes = b""

    def make(self, options: dict[str, Any]) -> str:
        """The answer to the wish for a new passkey, as the page's script writes it."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(self._public_key())
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._said(ATTESTED) + attested})
        return self._written(options, "webauthn.create", attestationObject=attestation)

    def sign(self, options: dict[str, Any]) -> str:
        """The answer to a challenge; the count goes up."""
        self.count += 1
        said = self._said(0)
        client = self._client(options, "webauthn.get")
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(options, "webauthn.get", authenticatorData=said, signature=signature, userHandle=self.handle)

    def _public_key(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def _said(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.party.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, options: dict[str, Any], kind: str) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}).encode()

    def _written(self, options: dict[str, Any], kind: str, **response: bytes) -> str:
        parts = {"clientDataJSON": self._client(options, kind), **response}
        written = {name: bytes_to_base64url(value) for name, value in parts.items()}
        name = bytes_to_base64url(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": written})
