"""D01: the security headers on every response, also of errors, redirects, files and static files."""

import pytest
from flask import Flask

from lms import config, create_app
from lms.base.db import db
from lms.content.library import Library
from lms.web.headers import CSP, HEADERS
from tests import build
from tests.house.town import SignIn
from tests.inspecting import InspectingClient

ADDRESSES = {
    "/login": 200, "/": 302, "/no-such-page": 404, "/healthz": 200, "/verify/AAAAAAAAAAAAAAAAAAAA": 404, "/people": 308, "/static/icons.svg": 200,
    "/logout": 405, "/login?x=%00": 400,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_d01_every_response_has_them(client: InspectingClient, address: str) -> None:
    response = client.get(address)

    assert response.status_code == ADDRESSES[address]
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers["Cache-Control"]


def test_d01_forms_without_a_token_files_and_refusals_have_them(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(build.person(role="admin"))
    responses = [
        admin.post("/login", data={}), admin.get("/team/export.csv", buffered=True), admin.get("/team/export.xlsx", buffered=True),
        sign_in(build.person()).get("/ops/audit/"), app.test_client().post("/login", data=b"x" * 9_000_000, content_type="text/plain"),
    ]

    assert [response.status_code for response in responses] == [400, 200, 200, 403, 413]
    assert [{name: response.headers.get(name) for name in HEADERS} for response in responses] == [HEADERS] * 5


def test_d01_a_page_that_crashes_has_them(app: Flask, client: InspectingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "accounts.login", broken)
    response = client.get("/login")

    assert response.status_code == 500
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_d01_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    parts = {part.split()[0]: part.split()[1:] for part in CSP.split(";")}

    assert parts["default-src"] == parts["frame-ancestors"] == parts["base-uri"] == ["'none'"]
    assert {source for sources in parts.values() for source in sources} <= {"'none'", "'self'", "data:"}
    assert parts["script-src"] == parts["style-src"] == parts["form-action"] == ["'self'"]


def test_d01_pages_of_a_person_are_kept_by_nobody(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(build.person())

    assert {client.get(address).headers["Cache-Control"] for address in ("/", "/modules/", "/certificates/", "/password")} == {"no-store"}


def test_d01_where_it_is_served_over_tls_browsers_are_told_to_stay_there(
    app: Flask, settings: config.Settings, library: Library, client: InspectingClient
) -> None:
    from dataclasses import replace

    secure = create_app(replace(settings, base_url="https://belajar.example.go.id"), library=library)
    response = secure.test_client().get("/login")
    with secure.app_context():
        db.engine.dispose()

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in client.get("/login").headers
