"""A provider of our own that can be told to lie, on a free port of this machine."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from lms.base import clock

CLIENT, SECRET, NIP = "simpul", "rahasia-klien", "199001012015012001"


@cache
def key(name: str) -> RSAKey:
    """A key pair of this name, made once."""
    return RSAKey.generate_key(2048, parameters={"kid": name})


@dataclass
class Liar:
    """A provider that does all things right unless it is told otherwise; what it was asked stands in `asked`."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)  # in place of those that would be right; None leaves one out
    said: dict[str, Any] = field(default_factory=dict)  # the same for what it says about itself
    userinfo: dict[str, Any] = field(default_factory=dict)
    sign: str = "RS256"  # or none, HS256, another-key, no-kid
    down: bool = False
    redirects: bool = False
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: key("one"))

    def metadata(self) -> dict[str, Any]:
        """What it says about itself."""
        right = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks", "userinfo_endpoint": f"{self.issuer}/userinfo", "end_session_endpoint": f"{self.issuer}/out",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], "authorization_response_iss_parameter_supported": True,
        }
        return {name: value for name, value in {**right, **self.said}.items() if value is not None}

    def answer(self, address: str, **other: str) -> dict[str, str]:
        """Let the person in who was sent to `address`, and give what the browser brings back."""
        query = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"], "iss": self.issuer, **other}

    def token(self, sent: dict[str, str]) -> tuple[dict[str, Any], int]:
        """The answer for a code: given once, to whoever holds the verifier."""
        query = self.codes.pop(sent.get("code", ""), None)
        if query is None or _challenge(sent.get("code_verifier", "")) != query.get("code_challenge"):
            return {"error": "invalid_grant"}, 400
        now = int(clock.now().timestamp())
        right = {"iss": self.issuer, "aud": CLIENT, "sub": "sub-1", "nonce": query["nonce"], "iat": now, "exp": now + 300, "nip": NIP}
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        return {"access_token": "token-1", "token_type": "Bearer", "id_token": self._signed(claims)}, 200

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.sign == "none":
            return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."
        if self.sign == "HS256":  # signed with what everybody knows: the public key
            text = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{_part(claims)}"
            return f"{text}.{_base64(hmac.digest(self.key.as_pem(private=False), text.encode(), 'sha256'))}"
        if self.sign == "another-key":
            return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("of-nobody"))
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def _part(values: dict[str, Any]) -> str:
    return _base64(json.dumps(values).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _challenge(verifier: str) -> str:
    return _base64(hashlib.sha256(verifier.encode()).digest())


@contextmanager
def served(liar: Liar) -> Iterator[Liar]:
    """The provider, answering on a port of this machine."""
    server = make_server("127.0.0.1", 0, _app(liar), threaded=True)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _app(liar: Liar) -> Flask:
    app = Flask("liar")

    @app.before_request
    def note() -> Response | None:
        liar.asked.append((request.path, request.form.to_dict()))
        if liar.down:
            return Response("down", 503)
        return Response(status=302, headers={"Location": "http://169.254.169.254/"}) if liar.redirects else None

    @app.get("/.well-known/openid-configuration")
    def said() -> Response:
        return jsonify(liar.metadata())

    @app.get("/jwks")
    def keys() -> Response:
        return jsonify(keys=[liar.key.as_dict(private=False), {"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMko", "kid": "two"}])

    @app.post("/token")
    def token() -> tuple[Response, int]:
        answer, status = liar.token(request.form.to_dict())
        return jsonify(answer), status

    @app.get("/userinfo")
    def userinfo() -> Response:
        return jsonify({"sub": "sub-1", **liar.userinfo})

    return app
