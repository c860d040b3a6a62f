"""Secrets that somebody planted are nowhere to be seen: not in pages, logs, errors or exports (cases D04 and D05)."""

import io
import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace

import pytest
from flask import Flask
from sqlalchemy import text

from lms import config
from lms.base.db import db, transaction
from lms.people.models import Person
from tests import build
from tests.house.test_routes import ROUTES, address, opens_to, rules
from tests.house.town import ROLES, Town, ask
from tests.privacy.conftest import SECRETS, fill

KEYS = ("secret_key", "audit_key", "data_key", "signing_passphrase", "smtp_password", "oidc_client_secret")
TYPED = {"password": "rahasia-diketik-sandi", "old": "rahasia-diketik-lama", "new": "rahasia-diketik-baru", "again": "rahasia-diketik-baru",
         "code": "rahasia-diketik-kode"}
NIP = "198609262015051001"
ADDRESS = "/link/" + "rahasia-alamat".ljust(43, "x")


@contextmanager
def without(table: str) -> Iterator[None]:
    """The database as it is when this table is missing: whoever needs it fails in the middle of what she does."""
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    try:
        yield
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table}_away RENAME TO {table}"))


def planted(app: Flask, town: Town) -> list[str]:
    """Put secrets into every table that keeps one; gives them with those of the settings."""
    person = int(town.values["person_id"])
    with transaction():
        db.session.get_one(Person, person).password_hash = "rahasia-password-hash"
    fill(person, person, active=True)
    settings = app.extensions["settings"]
    return [*SECRETS, *(str(getattr(settings, name)) for name in KEYS if getattr(settings, name))]


@pytest.mark.parametrize("role", ROLES)
def test_d04_no_page_and_no_export_shows_a_planted_secret(app: Flask, town: Town, role: str) -> None:
    secrets = planted(app, town)
    pages = [rule for rule in rules(app) if "GET" in (rule.methods or ()) and opens_to(role, rule.endpoint)]

    shown = {rule.endpoint: ask(town.browsers[role], "GET", address(rule, town)).get_data() for rule in pages}

    assert len(shown) > 15
    assert [(endpoint, one) for endpoint, body in shown.items() for one in secrets if one.encode() in unzipped(body)] == []


def test_d04_the_settings_never_write_their_secrets_out(app: Flask) -> None:
    values = {name: f"rahasia-{name}-0123456789012345678901234567890" for name in KEYS}
    settings = replace(app.extensions["settings"], **values, database_url="postgresql://lms:rahasia-database@db/lms",
                       redis_url="redis://:rahasia-redis@127.0.0.1/0")

    written = f"{settings!r} {settings} {[settings]}"

    assert "rahasia" not in written
    named = [one.name for one in fields(config.Settings) if one.name.endswith(("_key", "_secret", "_password", "passphrase"))]
    secret = {name for name in named if isinstance(getattr(settings, name), str)}
    assert secret == set(KEYS)


@pytest.mark.parametrize("table", ["persons", "sign_ins", "throttles", "activation_codes", "one_time_links", "audit_heads"])
def test_d05_what_was_typed_is_in_no_log_when_something_breaks(
    app: Flask, town: Town, caplog: pytest.LogCaptureFixture, table: str,
) -> None:
    secrets = [*planted(app, town), *TYPED.values(), "rahasia-kuki", "rahasia-kepala", "rahasia-alamat"]
    build.person("Rini", nip=NIP, password=TYPED["password"])
    caplog.set_level(logging.DEBUG)
    stranger = app.test_client()
    token = stranger.get("/login").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    caplog.clear()

    with without(table):
        answers = [
            stranger.post(where, data={**TYPED, "csrf_token": token, "nip": NIP}, headers={"Authorization": "Bearer rahasia-kepala"})
            for where in ("/activate", "/login")]
        if table not in {"persons", "sign_ins"}:  # without these nobody can be recognised, and no page be drawn for a cookie
            stranger.set_cookie("signin", "rahasia-kuki")
            answers += [town.browsers["learner"].get("/me/data/")]
        answers += [stranger.get(where) for where in ("/", ADDRESS, "/link/", f"/login?next={ADDRESS}")]

    assert max(answer.status_code for answer in answers) >= 500
    assert caplog.text != ""
    told = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert [one for one in secrets if one in told] == []
    shown = set(secrets) - {"rahasia-alamat", TYPED["code"]}  # the address is her own; a code is shown to whoever typed it
    assert [one for one in shown for answer in answers if one in answer.get_data(as_text=True)] == []


def test_d05_a_form_that_comes_back_does_not_bring_the_secrets_with_it(app: Flask, town: Town) -> None:
    forms = [rule for rule in rules(app) if "POST" in (rule.methods or ())]
    typed = {**TYPED, "csrf_token": "rahasia-diketik-csrf_token"}

    shown = {
        (rule.endpoint, role): ask(browser, "POST", address(rule, town), data=typed).get_data(as_text=True)
        for rule in forms for role, browser in town.browsers.items() if role in {None, "learner", "admin"}
    }

    assert len(shown) > len(ROUTES) / 4
    assert [where for where, body in shown.items() if "rahasia-diketik" in body] == []


def unzipped(body: bytes) -> bytes:
    """A response's body; of a ZIP what lies in it."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
