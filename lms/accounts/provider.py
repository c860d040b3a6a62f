"""Talking with an OpenID Connect provider: where to send a browser, and whom its answer names.

Authorization code with PKCE (RFC 7636, S256), state and nonce; the answer's issuer (RFC 9207), the token's signature, issuer, audience,
nonce and times are checked. Only signatures by a key pair are believed, whatever the provider or the token says. Nothing is asked
of any other place than the issuer's own, redirects are not followed, and a provider that does not answer is left alone for a while,
because each process of ours serves one request at a time.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from lms.base import clock
from lms.base.errors import Refused
from lms.config import Settings, is_provider_address
from lms.people.rules import Nip, read_nip

SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"})
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SECONDS = 5  # to connect, and between two pieces of an answer
WHOLE_ANSWER = 10  # seconds
LARGEST = 1_000_000
KEEP = 3600  # seconds for which addresses and keys of the provider are believed without asking anew
REST = 30  # seconds for which a provider that did not answer is not asked again
KEYS_AGAIN = 60  # seconds between two looks for a key that is not known
SKEW = 60
WHILE = 600  # seconds that a person may take at the provider
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What this browser was sent to the provider with; it stays in the browser's own cookie of form tokens."""

    state: str
    nonce: str
    verifier: str
    at: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the provider names: its own name for her, her NIP if it told a valid one, and whether it asked for two factors."""

    issuer: str
    subject: str
    nip: str | None
    strong: bool


class Distrusted(ValueError):
    """An answer of the provider that does not hold."""


class _Session(OAuth2Session):  # type: ignore[misc]
    """Asks the issuer's own place alone, briefly, and takes no more than it can hold."""

    place: tuple[str, str | None, int | None]

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        if _place(url) != self.place:
            raise Distrusted("an address that is not the issuer's")
        kwargs.update(timeout=(SECONDS, SECONDS), allow_redirects=False, stream=True)
        response: requests.Response = super().request(method, url, **kwargs)
        response._content = _read(response)
        if response.is_redirect:
            raise Distrusted("a redirect")
        return response


def _read(response: requests.Response) -> bytes:
    began, body = time.monotonic(), b""
    for piece in response.iter_content(65536):
        body += piece
        if len(body) > LARGEST or time.monotonic() - began > WHOLE_ANSWER:
            response.close()
            raise Distrusted("an answer that does not end")
    return body


class Provider:
    """The provider of an installation, with what it said about itself lately."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._said: dict[str, Any] = {}
        self._said_at = self._keys_at = self._down_at = float("-inf")
        self._keys = KeySet([])

    def begin(self, *, next_page: str | None, anew: bool = False) -> tuple[str, Asked]:
        """The address to send the browser to, and what to remember of it; `anew` asks the provider to let her sign in once more.

        Raises Refused "provider-down" or "provider-wrong".
        """
        said = self._guarded(self._metadata)
        asked = Asked(state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48),
                      at=int(clock.now().timestamp()), next=next_page)
        extra = {"prompt": "login"} if anew else {}
        with self._session(said) as session:
            address, _state = session.create_authorization_url(
                said["authorization_endpoint"], state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier, **extra)
        return address, asked

    def finish(self, asked: Asked | None, answer: Mapping[str, str]) -> Told:
        """Whom the provider's answer in the callback address names.

        Raises Refused "provider-stale", "provider-refused", "provider-wrong" or "provider-down".
        """
        if asked is None or not secrets.compare_digest(asked.state.encode(), answer.get("state", "").encode()):
            raise self._refused("provider-stale")
        if not 0 <= clock.now().timestamp() - asked.at < WHILE:
            raise self._refused("provider-stale")
        found: Told = self._guarded(lambda: self._told(asked, answer))
        return found

    def sign_out_address(self) -> str | None:
        """Where a person ends her sign-in at the provider itself; None if it has no such place. Raises Refused "provider-down"."""
        address = self._guarded(self._metadata).get("end_session_endpoint")
        if not isinstance(address, str) or _place(address) != _place(self._settings.oidc_issuer):
            return None
        back = f"{self._settings.base_url}/login"
        found: str = add_params_to_uri(address, [("client_id", self._settings.oidc_client_id), ("post_logout_redirect_uri", back)])
        return found

    def _guarded(self, ask: Any) -> Any:
        """What `ask` gives; what it raises becomes a sentence, and a provider that is down rests."""
        if time.monotonic() - self._down_at < REST:
            raise self._refused("provider-down")
        try:
            return ask()
        except (requests.ConnectionError, requests.Timeout, requests.HTTPError) as error:
            self._down_at = time.monotonic()
            log.warning("the provider does not answer: %s", type(error).__name__)
            raise self._refused("provider-down") from None
        except (Distrusted, JoseError, AuthlibBaseError, requests.RequestException, ValueError, TypeError, KeyError) as error:
            log.warning("the provider's answer is not believed: %s: %.200r", type(error).__name__, str(error))
            raise self._refused("provider-wrong") from None

    def _refused(self, code: str) -> Refused:
        return Refused(code, provider=self._settings.oidc_label)

    def _session(self, said: Mapping[str, Any]) -> _Session:
        settings = self._settings
        posts = "client_secret_basic" not in said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        session = _Session(
            settings.oidc_client_id, settings.oidc_client_secret or None, scope="openid profile", code_challenge_method="S256",
            redirect_uri=f"{settings.base_url}/login/provider/back",
            token_endpoint_auth_method="client_secret_post" if posts and settings.oidc_client_secret else None)
        session.place = _place(settings.oidc_issuer)
        return session

    def _metadata(self) -> dict[str, Any]:
        if time.monotonic() - self._said_at < KEEP:
            return self._said
        said = self._fetch(self._settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
        if said.get("issuer") != self._settings.oidc_issuer:
            raise Distrusted("another issuer")
        for name in NEEDED:
            if not is_provider_address(said[name].partition("?")[0]) or _place(said[name]) != _place(self._settings.oidc_issuer):
                raise Distrusted(f"{name} lies elsewhere")
        self._said, self._said_at = said, time.monotonic()
        self._keys_at = float("-inf")
        return said

    def _fetch(self, address: str) -> dict[str, Any]:
        with self._session({}) as session:
            response = session.get(address, withhold_token=True, headers={"Accept": "application/json"})
            response.raise_for_status()
            found = response.json()
        if not isinstance(found, dict):
            raise Distrusted("no JSON object")
        return found

    def _told(self, asked: Asked, answer: Mapping[str, str]) -> Told:
        said = self._metadata()
        named = answer.get("iss")
        if named != said["issuer"] and (named is not None or said.get("authorization_response_iss_parameter_supported")):
            raise Distrusted("an answer of another issuer")
        if "error" in answer:
            log.info("the provider refused: %.100r", answer["error"])
            raise self._refused("provider-refused")
        with self._session(said) as session:
            token = session.fetch_token(said["token_endpoint"], code=answer["code"], code_verifier=asked.verifier,
                                        grant_type="authorization_code")
            claims = self._claims(token, asked.nonce)
            nip = self._nip(claims) or self._nip(self._userinfo(session, said, claims))
        return Told(said["issuer"], claims["sub"], nip, self._is_strong(claims))

    def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        settings = self._settings
        read = self._decoded(token["id_token"])
        claims = CodeIDToken(
            read.claims, read.header,
            {"iss": {"essential": True, "value": settings.oidc_issuer}, "aud": {"essential": True, "value": settings.oidc_client_id}},
            {"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": token.get("access_token")})
        claims.validate(now=int(clock.now().timestamp()), leeway=SKEW)
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255 or not claims["sub"].isprintable():
            raise Distrusted("a name that is none")
        return claims

    def _decoded(self, text: str) -> jwt.Token:
        offered = self._said.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(algorithms=sorted(SIGNATURES.intersection(offered)), strict_check_header=False)
        try:
            return jwt.decode(text, self._known_keys(KEEP), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(text, self._known_keys(KEYS_AGAIN), registry=registry)

    def _known_keys(self, age: float) -> KeySet:
        if time.monotonic() - self._keys_at > age:
            found = self._fetch(self._said["jwks_uri"])["keys"]
            pairs = [key for key in found if key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"]
            self._keys = KeySet.import_key_set({"keys": pairs})
            self._keys_at = time.monotonic()
        return self._keys

    def _userinfo(self, session: _Session, said: Mapping[str, Any], claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the provider says about the person on a page of its own, if the token does not say it."""
        if not isinstance(said.get("userinfo_endpoint"), str):
            return {}
        response = session.get(said["userinfo_endpoint"])
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
            raise Distrusted("somebody else's page")
        return found

    def _nip(self, claims: Mapping[str, Any]) -> str | None:
        value = claims.get(self._settings.oidc_nip_claim)
        read = read_nip(str(value)) if isinstance(value, str | int) else ""
        return read.text if isinstance(read, Nip) else None

    def _is_strong(self, claims: Mapping[str, Any]) -> bool:
        wanted = {one.strip() for one in self._settings.oidc_second_factor.split(",")} - {""}
        return bool(wanted & {claims.get("acr"), *(one for one in claims.get("amr") or () if isinstance(one, str))})


def _place(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what has to be the same for everything that is asked of the provider. Raises Distrusted."""
    parts = urlsplit(address)
    try:
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        raise Distrusted("no address") from None


def provider() -> Provider | None:
    """The provider with which people may sign in; None if none is set up."""
    settings = current_app.extensions["settings"]
    if not settings.oidc_issuer:
        return None
    known = current_app.extensions.setdefault("provider", {})
    key = hashlib.sha256(repr((settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)).encode()).hexdigest()
    if key not in known:
        known[key] = Provider(settings)
    found: Provider = known[key]
    return found
