"""Too many requests: who is held off, who is not, and what the answer says."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from lms import config, create_app
from lms.base import clock, throttle
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.content.library import Library
from tests import build
from tests.house.town import SignIn
from tests.inspecting import InspectingClient, words

PASSWORD = "empat kata yang tidak dikenal"
NIP, OTHER = "199001012015012001", "199001012015012002"


def tried(client: InspectingClient, nip: str = NIP, password: str = "salah sama sekali", *, address: str = "10.0.0.1", **headers: str) -> TestResponse:
    """One try at signing in from an address."""
    client.environ_base["REMOTE_ADDR"] = address
    token = client.token("/login")
    return client.post("/login", data={"csrf_token": token, "nip": nip, "password": password}, headers=headers)


def statuses(app: Flask, count: int, **how: str) -> list[int]:
    """What so many tries from one strange browser answer."""
    client = app.test_client()
    return [tried(client, **how).status_code for _ in range(count)]  # type: ignore[arg-type]


def acts() -> list[tuple[str, int | None]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(AuditEntry.act, AuditEntry.about_id).order_by(AuditEntry.seq))]


@pytest.fixture
def sari(app: Flask) -> int:
    return build.person(nip=NIP, password=PASSWORD)


def test_a07_guessing_is_held_off_and_the_right_password_works_after_the_window(app: Flask, sari: int) -> None:
    guesses = statuses(app, 12)
    held = tried(app.test_client(), password=PASSWORD)  # type: ignore[arg-type]
    clock.advance(timedelta(minutes=15))
    after = tried(app.test_client(), password=PASSWORD)  # type: ignore[arg-type]

    assert guesses == [401] * 10 + [429] * 2
    assert (held.status_code, after.status_code) == (429, 303)


def test_a07_a_colleague_elsewhere_cannot_lock_one_out(app: Flask, sari: int) -> None:
    statuses(app, 11, address="10.0.0.66")

    assert tried(app.test_client(), password=PASSWORD, address="10.0.0.1").status_code == 303  # type: ignore[arg-type]


def test_a07_guessing_from_many_addresses_is_slowed_down_but_locks_nobody_out(app: Flask, sari: int) -> None:
    for number in range(5):
        statuses(app, 10, address=f"10.1.0.{number}")

    slowed = statuses(app, 5, address="10.2.0.1")
    owner = tried(app.test_client(), password=PASSWORD, address="10.0.0.1")  # type: ignore[arg-type]

    assert slowed == [401] * 3 + [429] * 2
    assert owner.status_code == 303


def test_a08_one_try_at_each_of_many_accounts_is_held_off_by_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.accounts import service

    monkeypatch.setattr(service, "TRIES_PER_ADDRESS", 8)
    client = app.test_client()
    sprayed = [tried(client, nip=f"1990010120150120{number:02}").status_code for number in range(10, 20)]  # type: ignore[arg-type]
    elsewhere = tried(app.test_client(), nip=NIP, address="10.0.0.2").status_code  # type: ignore[arg-type]

    assert (sprayed, elsewhere, service.WINDOW) == ([401] * 8 + [429] * 2, 401, timedelta(minutes=15))


def test_a09_the_count_holds_in_a_second_program_on_the_same_database(
    app: Flask, sari: int, settings: config.Settings, library: Library
) -> None:
    statuses(app, 10)
    other = create_app(settings, library=library)
    other.test_client_class = InspectingClient
    try:
        held = statuses(other, 1)
    finally:
        with other.app_context():
            db.engine.dispose()

    assert held == [429]


def test_a10_a_forged_forwarded_address_does_not_begin_a_new_count(app: Flask, sari: int) -> None:
    client = app.test_client()
    found = [
        tried(client, **{"X-Forwarded-For": f"172.16.0.{number}", "X-Real-IP": f"172.16.1.{number}", "Forwarded": "for=9.9.9.9"}).status_code  # type: ignore[arg-type]
        for number in range(12)
    ]

    assert found == [401] * 10 + [429] * 2


def test_a10_behind_one_proxy_only_what_it_added_is_believed(app: Flask, sari: int) -> None:
    before = app.wsgi_app
    app.wsgi_app = ProxyFix(before, x_for=1)  # type: ignore[method-assign] # as trusted_proxies=1 sets it up
    try:
        client = app.test_client()
        spoofed = [tried(client, **{"X-Forwarded-For": f"172.16.0.{number}, 10.9.9.9"}).status_code for number in range(12)]  # type: ignore[arg-type]
        other = tried(app.test_client(), **{"X-Forwarded-For": "10.9.9.10"}).status_code  # type: ignore[arg-type]
    finally:
        app.wsgi_app = before  # type: ignore[method-assign]

    assert (spoofed, other) == ([401] * 10 + [429] * 2, 401)


def test_the_answer_says_when_to_come_back(app: Flask, sari: int) -> None:
    statuses(app, 10)
    clock.advance(timedelta(minutes=3))
    client = app.test_client()
    client.set_cookie("lang", "en")

    answer = tried(client)  # type: ignore[arg-type]

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(12 * 60))
    assert "Too many tries. Wait 12 minutes, then try again." in words(answer.get_data(as_text=True))


def test_pages_with_a_limit_answer_with_the_page_and_the_time(app: Flask, sign_in: SignIn) -> None:
    wati = build.person("Wati", role="supervisor")
    client = sign_in(wati)
    client.set_cookie("lang", "en")
    found = [client.get("/team/export.csv", buffered=True).status_code for _ in range(60)]
    clock.advance(timedelta(minutes=5))

    last = client.get("/team/export.csv")

    assert set(found) == {200}
    assert (last.status_code, last.headers["Retry-After"]) == (429, "601")  # Flask-Limiter rounds up
    assert "Wait 10 minutes" in words(last.get_data(as_text=True))
    clock.advance(timedelta(minutes=10))
    assert client.get("/team/export.csv", buffered=True).status_code == 200


def test_an_addresss_limit_is_not_anothers(app: Flask, client: InspectingClient) -> None:
    token = client.token("/login")
    client.environ_base["REMOTE_ADDR"] = "10.0.0.1"
    found = [client.post("/language", data={"csrf_token": token, "lang": "en"}).status_code for _ in range(61)]
    client.environ_base["REMOTE_ADDR"] = "10.0.0.2"

    assert (found[-2:], client.post("/language", data={"csrf_token": token, "lang": "en"}).status_code) == ([303, 429], 303)


@pytest.fixture
def without_counts(settings: config.Settings, library: Library) -> Iterator[Flask]:
    """The program while its Redis does not answer."""
    app = create_app(replace(settings, redis_url="redis://127.0.0.1:1/0"), library=library)
    app.test_client_class = InspectingClient
    yield app
    with app.app_context():
        db.engine.dispose()


def test_without_counts_nobody_signs_in_but_pages_are_read(
    app: Flask, without_counts: Flask, sari: int, caplog: pytest.LogCaptureFixture
) -> None:
    client = without_counts.test_client()
    with caplog.at_level(logging.ERROR):
        refused = tried(client, password=PASSWORD)  # type: ignore[arg-type]
        read = client.get("/login")
        limited = client.post("/language", data={"csrf_token": client.token("/login"), "lang": "en"})  # type: ignore[attr-defined]

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert (read.status_code, limited.status_code) == (200, 303)
    assert {record.name for record in caplog.records} >= {"lms.security", "flask-limiter"}


def test_d10_sign_ins_are_recorded_and_failures_once_a_minute(app: Flask, sari: int) -> None:
    statuses(app, 3)
    clock.advance(timedelta(minutes=1))
    statuses(app, 8)
    client = app.test_client()
    tried(client, password=PASSWORD, address="10.0.0.2")  # type: ignore[arg-type]
    client.post("/logout", data={"csrf_token": client.token("/password")})  # type: ignore[attr-defined]

    assert acts() == [("sign-in.failed", sari), ("sign-in.failed", sari), ("sign-in.locked", sari), ("sign-in.ok", sari), ("sign-out", sari)]


def test_d10_what_was_typed_is_not_kept_but_the_same_twice_is_known_as_such(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lms.security"):
        for typed in ("kata sandi saya\n{}", "kata sandi saya\n{}", OTHER):
            statuses(app, 1, nip=typed)
            clock.advance(timedelta(minutes=1))

    rows = db.session.execute(select(AuditEntry.subject, AuditEntry.about_id, AuditEntry.detail).order_by(AuditEntry.seq)).all()
    assert [row.subject.partition(":")[0] for row in rows] == ["unknown"] * 3
    assert rows[0].subject == rows[1].subject != rows[2].subject
    lines = [record.getMessage() for record in caplog.records if "sign-in.refused" in record.getMessage()]
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    assert not any("sandi" in text or OTHER in text for text in [*lines, *map(str, rows)])


def test_limits_are_where_they_belong(app: Flask) -> None:
    limited = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, "limit", None)}

    assert limited >= {
        "accounts.language", "certificates.compare", "home.team_csv", "home.team_xlsx", "home.team_certificates", "ops.audit_csv", "ops.audit_xlsx",
    }
    assert isinstance(app.extensions["counts"], throttle.DatabaseStorage)
