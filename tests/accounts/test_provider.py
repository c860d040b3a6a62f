"""Signing in with an OpenID Connect provider: a real one that is honest, and one of our own that lies."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from lms import config
from lms.accounts import ties
from lms.accounts.models import Authenticator, ProviderAccount, SignIn
from lms.accounts.provider import provider
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.words import grouped_nip
from lms.config import SettingsError
from lms.people import admin
from tests import build
from tests.accounts.providers import CLIENT, NIP, SECRET, Liar, key, served
from tests.inspecting import InspectingClient, words

PASSWORD = "tujuh gajah biru"
SetUp = Callable[..., None]


@pytest.fixture(scope="module")
def the_liar() -> Iterator[Liar]:
    """The lying provider's server, for all tests of this file."""
    with served(Liar()) as liar:
        yield liar


@pytest.fixture(scope="module")
def honest() -> Iterator[str]:
    """The issuer of a real provider, in a process of its own, that knows Sari."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    knows = json.dumps({"sub": "2b7c", "nip": NIP, "email": "lain@example.id"})
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", "--user-claims", knows]
    process = subprocess.Popen(command, env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")


@pytest.fixture
def liar(the_liar: Liar, set_up: SetUp) -> Iterator[Liar]:
    """A provider that does all things right until it is told otherwise, set up here."""
    fresh = Liar(issuer=the_liar.issuer)
    the_liar.__dict__.update(fresh.__dict__)
    set_up(the_liar.issuer)
    return the_liar


@pytest.fixture
def set_up(app: Flask, settings: config.Settings) -> Iterator[SetUp]:
    """A function that sets a provider up."""

    def with_issuer(issuer: str, **other: Any) -> None:
        app.extensions.pop("provider", None)
        app.extensions["settings"] = app.jinja_env.globals["settings"] = replace(
            settings, oidc_issuer=issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_label="SSO Kota", **other)

    yield with_issuer
    app.extensions["settings"] = app.jinja_env.globals["settings"] = settings
    app.extensions.pop("provider", None)


def sent_away(browser: InspectingClient, target: str = "/login/provider") -> str:
    response = browser.get(target)
    assert response.status_code == 303, response.location
    return response.location or ""


def come_back(browser: InspectingClient, liar: Liar, address: str | None = None, **other: str) -> Any:
    answer = liar.answer(address or sent_away(browser), **other)
    return browser.get("/login/provider/back", query_string={name: value for name, value in answer.items() if value != "-"})


def is_in(browser: InspectingClient) -> bool:
    return browser.get("/certificates/").status_code == 200


def refusal(browser: InspectingClient, response: Any) -> str:
    """What the sign-in page says after an answer that was refused."""
    assert (response.status_code, response.location) == (303, "/login?local=1")
    return words(browser.get(response.location).get_data(as_text=True))


def test_a_person_signs_in_with_a_real_provider_and_is_tied_to_it(
    sari: int, visitor: InspectingClient, set_up: SetUp, honest: str,
) -> None:
    with clock.stopped(datetime.now(UTC)):
        set_up(honest)
        address = sent_away(visitor, "/login/provider?next=/certificates/")
        answer = requests.post(address, data={"sub": "2b7c"}, allow_redirects=False, timeout=5)
        back = visitor.get(answer.headers["Location"].removeprefix("http://localhost"))

        assert (back.status_code, back.location, is_in(visitor)) == (303, "/certificates/", True)
    assert db.session.execute(select(ProviderAccount.subject, ProviderAccount.person_id)).all() == [("2b7c", sari)]
    assert db.session.scalars(select(SignIn.how)).all() == ["provider"]


def test_a_person_who_says_no_at_a_real_provider_is_not_signed_in(
    sari: int, visitor: InspectingClient, set_up: SetUp, honest: str,
) -> None:
    with clock.stopped(datetime.now(UTC)):
        set_up(honest)
        address = sent_away(visitor)
        answer = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=5)
        state = re.search(r"state=([\w-]+)", address)
        assert state is not None
        target = answer.headers["Location"].removeprefix("http://localhost")
        back = visitor.get(target if "state=" in target else f"{target}&state={state[1]}")

        assert "SSO Kota did not let you in." in refusal(visitor, back)
        assert not is_in(visitor)


def test_the_browser_is_sent_with_state_nonce_and_a_challenge(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    first, second = (sent_away(visitor) for _ in range(2))
    query = dict(part.split("=") for part in first.partition("?")[2].split("&"))

    assert first.startswith(f"{liar.issuer}/authorize?")
    assert {name: query[name] for name in ("response_type", "client_id", "scope", "code_challenge_method", "redirect_uri")} == {
        "response_type": "code", "client_id": CLIENT, "scope": "openid+profile", "code_challenge_method": "S256",
        "redirect_uri": "http%3A%2F%2Flocalhost%2Flogin%2Fprovider%2Fback"}
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert not {query["state"], query["nonce"], query["code_challenge"]} & set(re.findall(r"[\w-]{43,}", second))


def test_signing_in_brings_the_verifier_and_the_secret(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    come_back(visitor, liar)

    assert is_in(visitor)
    [sent] = [form for path, form in liar.asked if path == "/token"]
    assert {name: value for name, value in sent.items() if name != "code_verifier"} == {
        "grant_type": "authorization_code", "code": "code-0", "redirect_uri": "http://localhost/login/provider/back"}
    assert len(sent["code_verifier"]) >= 43


def changed(**claims: Any) -> Callable[[Liar], None]:
    return lambda liar: liar.claims.update(claims)


def signed(how: str) -> Callable[[Liar], None]:
    return lambda liar: setattr(liar, "sign", how)


def at(seconds: int) -> int:
    return int(datetime(2026, 3, 10, 2, 0, tzinfo=UTC).timestamp()) + seconds


@pytest.mark.parametrize(("name", "bend"), [
    ("nonce", changed(nonce="another")), ("no-nonce", changed(nonce=None)),
    ("aud", changed(aud="another-client")), ("aud-list-without-azp", changed(aud=[CLIENT, "another-client"])), ("no-aud", changed(aud=None)),
    ("aud-of-another-with-our-azp", changed(aud="another-client", azp=CLIENT)),
    ("azp", changed(azp="another-client")),
    ("iss", changed(iss="https://evil.example")), ("no-iss", changed(iss=None)),
    ("expired", changed(exp=at(-61))), ("no-exp", changed(exp=None)), ("from-the-future", changed(iat=at(61))),
    ("sub-empty", changed(sub="")), ("no-sub", changed(sub=None)), ("sub-number", changed(sub=7)), ("sub-long", changed(sub="s" * 256)),
    ("at-hash", changed(at_hash="AAAA")),
    ("none", signed("none")), ("hs256", signed("HS256")), ("another-key", signed("another-key")),
])
def test_a22_a_token_that_does_not_hold_signs_nobody_in(
    sari: int, visitor: InspectingClient, liar: Liar, name: str, bend: Callable[[Liar], None],
) -> None:
    bend(liar)

    response = come_back(visitor, liar)

    assert "The answer of SSO Kota could not be trusted" in refusal(visitor, response)
    assert not is_in(visitor)
    assert db.session.scalars(select(ProviderAccount)).all() == []


@pytest.mark.parametrize("claims", [{"exp": at(-59)}, {"iat": at(59)}, {"aud": [CLIENT]}, {"azp": CLIENT}, {"nip": int(NIP)}, {"nip": " 19900101 201501 2 001 "}])
def test_a22_a_clock_that_differs_by_less_than_a_minute_and_other_good_spellings_are_taken(
    sari: int, visitor: InspectingClient, liar: Liar, claims: dict[str, Any],
) -> None:
    liar.claims.update(claims)
    come_back(visitor, liar)

    assert is_in(visitor)


def test_a_sign_in_that_was_refused_leaves_its_trace(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    liar.claims["nonce"] = "another"
    come_back(visitor, liar)

    entry = db.session.execute(select(AuditEntry.act, AuditEntry.about_id, AuditEntry.detail)).one()
    assert tuple(entry) == ("sign-in.failed", None, {"how": "provider"})


def test_a22_another_state_is_refused(app: Flask, sari: int, visitor: InspectingClient, liar: Liar) -> None:
    for state in ("another", "", "ä"):
        response = come_back(visitor, liar, state=state)
        assert "was not begun in this browser" in refusal(visitor, response)
    stranger = app.test_client()
    stranger.set_cookie("lang", "en")
    stolen = come_back(stranger, liar, sent_away(visitor))  # a link that signs the victim in as somebody else

    assert "was not begun in this browser" in refusal(stranger, stolen)  # type: ignore[arg-type]
    assert [path for path, _form in liar.asked if path == "/token"] == []


def test_a22_an_answer_is_good_once(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    answer = liar.answer(sent_away(visitor))
    visitor.get("/login/provider/back", query_string=answer)
    visitor.send("/password", "/logout")

    again = visitor.get("/login/provider/back", query_string=answer)

    assert "was not begun in this browser" in refusal(visitor, again)
    assert not is_in(visitor)


def test_a22_an_answer_that_was_refused_is_spent_too(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    liar.claims["nonce"] = "another"
    answer = liar.answer(sent_away(visitor))
    first, second = (refusal(visitor, visitor.get("/login/provider/back", query_string=answer)) for _ in range(2))

    assert "could not be trusted" in first
    assert "was not begun in this browser" in second


def test_a22_a_code_that_was_used_or_stolen_is_refused_by_the_provider(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    stolen = liar.answer(sent_away(visitor))  # of another sign-in, begun with another verifier
    own = liar.answer(sent_away(visitor))
    response = visitor.get("/login/provider/back", query_string={**own, "code": stolen["code"]})

    assert "could not be trusted" in refusal(visitor, response)
    assert not is_in(visitor)


def test_a22_an_answer_after_ten_minutes_is_refused(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    address = sent_away(visitor)
    clock.advance(timedelta(minutes=10))

    assert "it took too long" in refusal(visitor, come_back(visitor, liar, address))


@pytest.mark.parametrize("issuer", ["https://evil.example", "", "-"])  # "-": it is missing
def test_a22_an_answer_of_another_issuer_is_refused(sari: int, visitor: InspectingClient, liar: Liar, issuer: str) -> None:
    response = come_back(visitor, liar, iss=issuer)

    assert "could not be trusted" in refusal(visitor, response)
    assert [path for path, _form in liar.asked if path == "/token"] == []


def test_a22_a_provider_that_says_to_be_another_is_not_used(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    liar.said["issuer"] = "https://evil.example"

    assert "could not be trusted" in refusal(visitor, visitor.get("/login/provider"))


def test_a22_a_mail_address_is_no_key(app: Flask, visitor: InspectingClient, liar: Liar) -> None:
    agus = build.person("Agus", nip="198004042006041004", role="admin")
    admin.change(agus, {"email": "agus@example.go.id"})
    liar.claims.update(nip=None, email="agus@example.go.id", email_verified=True)

    response = come_back(visitor, liar)

    assert response.status_code == 403
    assert "SSO Kota did not tell your NIP" in words(response.get_data(as_text=True))
    assert not is_in(visitor)


def test_a_key_that_was_changed_is_fetched_again(sari: int, visitor: InspectingClient, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    come_back(visitor, liar)
    visitor.send("/password", "/logout")
    liar.key = key("two")
    at_once = come_back(visitor, liar)
    now = time.monotonic()
    monkeypatch.setattr("lms.accounts.provider.time.monotonic", lambda: now + 61)  # asked at most once a minute

    assert "could not be trusted" in refusal(visitor, at_once)
    come_back(visitor, liar)
    assert is_in(visitor)


def test_the_nip_may_stand_on_the_providers_page_about_the_person(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    liar.claims["nip"], liar.userinfo = None, {"nip": NIP}
    come_back(visitor, liar)

    assert is_in(visitor)


def test_the_page_about_somebody_else_is_not_believed(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    liar.claims["nip"], liar.userinfo = None, {"nip": NIP, "sub": "sub-2"}

    assert "could not be trusted" in refusal(visitor, come_back(visitor, liar))


@pytest.mark.parametrize("nip", ["199001012015012009", "198001152005011003"])
def test_a_nip_that_no_active_person_has_opens_nothing_and_makes_no_account(
    app: Flask, sari: int, visitor: InspectingClient, liar: Liar, nip: str,
) -> None:
    build.person("Gone", nip="198001152005011003", active=False)
    liar.claims["nip"] = nip

    response = come_back(visitor, liar)

    assert response.status_code == 403
    assert f"with the NIP {grouped_nip(nip)}, but no active account here has it" in words(response.get_data(as_text=True))
    assert (db.session.scalars(select(ProviderAccount)).all(), is_in(visitor)) == ([], False)


@pytest.mark.parametrize("nip", ["", "19900101", "199013012015012001", ["199001012015012001"], True, {"nip": NIP}, "199001012015012001\r\nX: y"])
def test_what_is_no_nip_opens_nothing(sari: int, visitor: InspectingClient, liar: Liar, nip: object) -> None:
    liar.claims["nip"] = nip

    assert come_back(visitor, liar).status_code == 403
    assert not is_in(visitor)


def test_another_nip_for_the_same_account_is_refused_and_recorded(
    app: Flask, sari: int, visitor: InspectingClient, liar: Liar,
) -> None:
    build.person("Budi", nip="199001012015012002")
    come_back(visitor, liar)
    visitor.send("/password", "/logout")
    liar.claims["nip"] = "199001012015012002"

    response = come_back(visitor, liar)

    assert (response.status_code, is_in(visitor)) == (403, False)
    assert "Your account here is tied to another account at SSO Kota" in words(response.get_data(as_text=True))
    assert last_acts() == [("provider.linked", sari), ("provider.refused", sari)]


def test_another_account_for_the_same_person_is_refused_and_recorded_until_the_tie_is_undone(
    app: Flask, sari: int, visitor: InspectingClient, liar: Liar, sign_in: Callable[[int], InspectingClient],
) -> None:
    agus = sign_in(build.person("Agus", role="admin"))
    come_back(visitor, liar)
    visitor.send("/password", "/logout")
    liar.claims["sub"] = "sub-9"
    refused = come_back(visitor, liar).status_code
    undone = agus.send(f"/people/{sari}/account", f"/people/{sari}/provider").status_code
    twice = agus.send(f"/people/{sari}/account", f"/people/{sari}/provider").status_code
    come_back(visitor, liar)

    assert (refused, undone, twice, is_in(visitor)) == (403, 303, 303, True)
    assert db.session.scalars(select(ProviderAccount.subject)).all() == ["sub-9"]
    assert last_acts() == [("provider.linked", sari), ("provider.refused", sari), ("provider.unlinked", sari), ("provider.linked", sari)]


def last_acts() -> list[tuple[str, int | None]]:
    rows = db.session.execute(select(AuditEntry.act, AuditEntry.about_id).where(AuditEntry.act.startswith("provider.")).order_by(AuditEntry.seq))
    return [(row.act, row.about_id) for row in rows]


@pytest.mark.parametrize(("said", "expected"), [
    ({}, "half"), ({"amr": ["pwd"]}, "half"), ({"amr": ["pwd", "otp"]}, "double"), ({"acr": "gold"}, "double"), ({"acr": "silver"}, "half"),
])
def test_the_second_step_is_left_out_only_where_the_provider_asked_for_one(
    app: Flask, sari: int, visitor: InspectingClient, liar: Liar, set_up: SetUp, said: dict[str, Any], expected: str,
) -> None:
    set_up(liar.issuer, oidc_second_factor="gold, otp")
    with transaction():
        db.session.add(Authenticator(person_id=sari, secret="sealed", last_step=0, created_at=clock.now()))
    liar.claims.update(said)

    come_back(visitor, liar)

    assert db.session.scalars(select(SignIn.strength)).all() == [expected]


def test_signing_out_here_offers_to_sign_out_there(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    come_back(visitor, liar)

    ended = visitor.send("/password", "/logout").location
    out = visitor.get("/login/provider/out").location

    assert (ended, visitor.get("/login/provider/ended").status_code, is_in(visitor)) == ("/login/provider/ended", 200, False)
    assert out == f"{liar.issuer}/out?client_id=simpul&post_logout_redirect_uri=http%3A%2F%2Flocalhost%2Flogin"


def test_a_provider_without_a_place_to_sign_out_is_said_so(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    liar.said["end_session_endpoint"] = "https://evil.example/out"

    assert visitor.get("/login/provider/out").location == "/login"
    assert "Close the browser to end the sign-in there too." in words(visitor.get("/login").get_data(as_text=True))


def test_f36_a_provider_that_is_down_leaves_the_local_way_in_open(
    app: Flask, sari: int, visitor: InspectingClient, liar: Liar, set_up: SetUp,
) -> None:
    set_up(liar.issuer, oidc_only=True)
    liar.down = True
    first = refusal(visitor, visitor.get("/login/provider"))
    asked = len(liar.asked)
    began = time.monotonic()
    refusal(visitor, visitor.get("/login/provider"))

    assert "SSO Kota does not answer at the moment." in first
    assert (len(liar.asked), time.monotonic() - began < 2) == (asked, True)  # it is left alone for a while
    assert visitor.send("/login?local=1", "/login", nip=NIP, password=PASSWORD).status_code == 303
    assert is_in(visitor)


def test_f36_a_port_where_nobody_listens_is_a_provider_that_is_down(sari: int, visitor: InspectingClient, set_up: SetUp) -> None:
    set_up("http://127.0.0.1:9")

    assert "SSO Kota does not answer at the moment." in refusal(visitor, visitor.get("/login/provider"))


def test_f36_a_provider_that_goes_down_between_is_said_so(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    address = sent_away(visitor)
    liar.down = True

    assert "SSO Kota does not answer at the moment." in refusal(visitor, come_back(visitor, liar, address))


def test_where_the_provider_is_the_only_way_the_page_has_no_password_field_but_for_administrators(
    sari: int, visitor: InspectingClient, liar: Liar, set_up: SetUp,
) -> None:
    both = visitor.get("/login").get_data(as_text=True)
    set_up(liar.issuer, oidc_only=True)
    alone, local = (visitor.get(target).get_data(as_text=True) for target in ("/login", "/login?local=1"))

    assert [('type="password"' in page, "Sign in with SSO Kota" in page) for page in (both, alone)] == [(True, True), (False, True)]
    assert 'type="password"' in local


SSRF = ["http://0.0.0.0", "http://127.1", "http://2130706433", "http://0x7f.1", "http://[::1]", "http://[::ffff:127.0.0.1]",
        "http://169.254.169.254", "http://10.0.0.1", "http://172.16.0.1", "http://192.168.0.1", "http://100.64.0.1", "http://[fe80::1]",
        "http://127.0.0.1:1", "https://127.0.0.1", "file:///etc/passwd", "http://127.0.0.1@evil.example", "//evil.example", "gopher://127.0.0.1"]


@pytest.mark.parametrize("place", SSRF)
@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "userinfo_endpoint", "authorization_endpoint"])
def test_c16_a_provider_cannot_send_us_to_another_place(sari: int, visitor: InspectingClient, liar: Liar, place: str, name: str) -> None:
    liar.said[name] = f"{place}/x"
    liar.claims["nip"] = None  # so that the page about the person is wanted

    first = visitor.get("/login/provider")
    response = come_back(visitor, liar, first.location) if name == "userinfo_endpoint" else first

    assert "could not be trusted" in refusal(visitor, response)


def test_c16_a_redirect_of_the_provider_is_not_followed(sari: int, visitor: InspectingClient, liar: Liar) -> None:
    address = sent_away(visitor)
    liar.redirects = True

    assert "could not be trusted" in refusal(visitor, come_back(visitor, liar, address))


@pytest.mark.parametrize("issuer", [
    *(place for place in SSRF if not re.match(r"http://(127\.0\.0\.1:1$|\[::1\]$)", place)), "http://sso.example.go.id", "https://127.1", "https://2130706433", "https://0x7f.1",
    "https://[::ffff:127.0.0.1]", "https://169.254.169.254", "https://10.0.0.1", "https://sso.example.go.id/?a=b", "https://sso.example.go.id/#a",
    "https://a@sso.example.go.id", "https://sso.example.go.id\\@evil.example", "https://sso.example.go.id:x", "https://", "sso.example.go.id", "https://sso .id",
])
def test_c16_an_issuer_is_an_https_address_with_a_name(tmp_path: Any, issuer: str) -> None:
    with pytest.raises(SettingsError, match="LMS_OIDC_ISSUER"):
        config.load({}, instance_dir=tmp_path, base_url="https://belajar.example.go.id", oidc_issuer=issuer, oidc_client_id="simpul")


@pytest.mark.parametrize("issuer", ["https://sso.example.go.id/realms/asn", "https://sso.example.go.id:8443/realms/asn", "http://localhost:8080/realms/asn"])
def test_an_issuer_like_those_of_keycloak_is_taken(tmp_path: Any, issuer: str) -> None:
    loaded = config.load({}, instance_dir=tmp_path, base_url="https://belajar.example.go.id", oidc_issuer=issuer, oidc_client_id="simpul")

    assert loaded.oidc_issuer == issuer


@pytest.mark.parametrize("given", [
    {"oidc_client_id": "simpul"}, {"oidc_client_secret": "x"}, {"oidc_only": True}, {"oidc_issuer": "https://sso.example.go.id", "base_url": "http://localhost"},
    {"oidc_issuer": "https://sso.example.go.id", "oidc_client_id": "simpul"},
])
def test_a_provider_that_is_set_up_by_half_stops_the_program(tmp_path: Any, given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="LMS_OIDC_ISSUER"):
        config.load({}, instance_dir=tmp_path, **given)


def test_the_secret_may_lie_in_a_file(tmp_path: Any) -> None:
    path = tmp_path / "secret"
    path.write_text("rahasia\n")

    loaded = config.load({"LMS_OIDC_CLIENT_SECRET_FILE": str(path), "LMS_OIDC_ISSUER": "https://sso.example.go.id", "LMS_OIDC_CLIENT_ID": "a",
                          "LMS_BASE_URL": "https://belajar.example.go.id"}, instance_dir=tmp_path)

    assert loaded.oidc_client_secret == "rahasia"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil", "/\tevil", "@evil", "javascript:alert(1)", "/" + "a" * 4000])
def test_c15_the_way_over_the_provider_never_leads_away(sari: int, visitor: InspectingClient, liar: Liar, target: str) -> None:
    address = sent_away(visitor, "/login/provider?next=" + quote(target))

    assert come_back(visitor, liar, address, next=target).location == "/"


def test_without_a_provider_its_pages_lead_to_the_sign_in_page(app: Flask, visitor: InspectingClient) -> None:
    pages = ["/login/provider", "/login/provider/back?state=a&code=b", "/login/provider/out", "/login/provider/ended"]

    assert [(visitor.get(page).status_code // 100, visitor.get(page).location) for page in pages] == [(3, "/login")] * 4
    assert provider() is None
    assert "provider" not in visitor.get("/login").get_data(as_text=True)


def test_two_who_are_tied_at_once_get_one_tie(app: Flask, sari: int, liar: Liar) -> None:
    from lms.accounts.provider import Told

    told = Told(liar.issuer, "sub-1", NIP, strong=False)

    assert [ties.person_of(told), ties.person_of(told)] == [sari, sari]
    assert len(db.session.scalars(select(ProviderAccount)).all()) == 1
