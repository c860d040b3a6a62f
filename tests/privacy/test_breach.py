"""The report of a breach: whom it concerns, what was seen, and letters that say what the law wants said."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.models import SignIn
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.readings import Reading
from lms.people import admin
from lms.people.models import Person
from lms.privacy import breach
from lms.privacy.cli import privacy
from tests import build
from tests.conftest import NOW
from tests.inspecting import InspectingClient

SignInAs = Callable[[int], InspectingClient]
HOUR = timedelta(hours=1)


def case(**values: object) -> breach.Case:
    return breach.Case(**{"found_at": NOW, "since": NOW - HOUR, "until": NOW + HOUR, **values})  # type: ignore[arg-type]


def report(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def affected(one: breach.Case) -> list[str]:
    files = report(b"".join(breach.pack(one)))
    rows = list(csv.reader(io.StringIO(files["terdampak.csv"]), delimiter=";"))
    return sorted(row[1] for row in rows[1:])


@pytest.fixture
def city(app: Flask) -> dict[str, int]:
    """Two units; an intruder in Agus's browser changed Sari and read a list of the second unit; Rini was touched before the period."""
    first, second = build.unit("Dinas Satu"), build.unit("Dinas Dua")
    people = {name: build.person(name, unit_id=unit) for name, unit in (
        ("Sari", first), ("Rini", first), ("Budi", second), ("Togar", second))}
    agus = build.person("Agus", role="admin", unit_id=build.unit("Dinas Tiga"))
    with clock.stopped(NOW - 48 * HOUR):
        admin.change(people["Rini"], {"name": "Rini Lama"})
    admin.change(people["Sari"], {"email": "sari@contoh.go.id"})
    with transaction():
        path = f"/{second}/"
        db.session.add(Reading(reader_id=agus, what="team", scope=path, day=clock.today(), at=NOW, address="203.0.113.5"))
        db.session.add(SignIn(token_hash="x", person_id=agus, created_at=NOW, seen_at=NOW, proved_at=NOW, address="203.0.113.5", browser="b"))
    return {**people, "Agus": agus, "first": first, "second": second}


def test_everybody_is_concerned_whose_data_were_changed_seen_or_whose_account_was_used(city: dict[str, int]) -> None:
    assert affected(case()) == ["Agus", "Budi", "Sari", "Togar"]


def test_outside_of_the_period_nobody_is_concerned(city: dict[str, int]) -> None:
    assert affected(case(since=NOW + HOUR, until=NOW + 2 * HOUR)) == []
    assert affected(case(since=NOW - 49 * HOUR, until=NOW - 47 * HOUR)) == ["Rini Lama"]


def test_it_can_be_narrowed_down_to_an_address_a_unit_or_a_person(city: dict[str, int]) -> None:
    assert affected(case(address="203.0.113.5")) == ["Agus", "Budi", "Togar"]
    assert affected(case(address="198.51.100.1")) == []
    assert affected(case(unit_id=city["second"])) == ["Budi", "Togar"]
    assert affected(case(unit_id=city["first"])) == ["Sari"]
    assert affected(case(person_id=city["Rini"])) == ["Rini Lama"]


def test_the_tables_hold_what_was_done_seen_and_signed_in(city: dict[str, int]) -> None:
    files = report(b"".join(breach.pack(case())))

    rows = {name: len(list(csv.reader(io.StringIO(text), delimiter=";"))) - 1 for name, text in files.items() if name.endswith(".csv")}
    assert (rows["jejak-audit.csv"], rows["pembacaan.csv"], rows["masuk.csv"]) == (1, 1, 1)
    assert rows["kategori-data.csv"] > 20
    assert "person.changed" in files["jejak-audit.csv"]


def test_the_letters_say_what_when_how_and_what_is_done_and_the_deadline(city: dict[str, int]) -> None:
    files = report(b"".join(breach.pack(case(story="Daftar terkirim ke alamat salah.", handling="Surel ditarik kembali."))))

    for name in breach.LETTERS:
        for text in (files[f"{name}.md"], files[f"{name}.html"]):
            assert "13 Maret 2026 09.00 WIB" in text  # 72 hours after it was found
            assert "Daftar terkirim ke alamat salah." in text
            assert "Surel ditarik kembali." in text
            assert "Pasal 46" in text
            assert "10 Maret 2026 08.00 WIB sampai 10 Maret 2026 10.00 WIB" in text
    assert "4 orang" in files["laporan-lembaga.md"]


def test_what_somebody_typed_is_no_markup_that_runs(city: dict[str, int]) -> None:
    files = report(b"".join(breach.pack(case(story="<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }}"))))

    assert "<script" not in files["laporan-lembaga.html"]
    assert "onerror" not in files["laporan-lembaga.html"]
    assert "{{ 7*7 }}" in files["laporan-lembaga.md"]


def test_the_page_makes_the_report_and_the_log_says_so(city: dict[str, int], sign_in: SignInAs) -> None:
    browser = sign_in(city["Agus"])
    form = {"found_at": "2026-03-10T09:00", "since": "2026-03-10T08:00", "until": "2026-03-10T10:00", "unit_id": "0", "story": "Hilang",
            "handling": "", "nip": "", "address": ""}

    made = browser.send("/office/privacy/breach/", **form)
    backwards = browser.send("/office/privacy/breach/", **{**form, "until": "2026-03-10T07:00"})
    empty = browser.send("/office/privacy/breach/")
    unknown = browser.send("/office/privacy/breach/", **{**form, "nip": "199001012015012999"})

    assert made.mimetype == "application/zip"
    assert "terdampak.csv" in report(made.data)
    assert [one.status_code for one in (backwards, empty, unknown)] == [422, 422, 404]
    assert len(db.session.scalars(select(AuditEntry.seq).where(AuditEntry.act == "privacy.breach-reported")).all()) == 1


def test_who_may_not_decide_gets_no_report(city: dict[str, int], sign_in: SignInAs) -> None:
    assert sign_in(build.person(role="auditor")).get("/office/privacy/breach/").status_code == 403


def test_the_command_writes_the_same_report(app: Flask, city: dict[str, int], tmp_path: Path) -> None:
    target = tmp_path / "laporan.zip"

    with app.test_request_context():
        result = CliRunner().invoke(privacy, ["breach", str(target), "--since", "2026-03-10T08:00", "--until", "2026-03-10T10:00"])

    assert result.exit_code == 0, result.output
    assert "Togar" in report(target.read_bytes())["terdampak.csv"]


def test_a_unit_with_an_odd_path_is_not_taken_for_another(app: Flask, city: dict[str, int]) -> None:
    with transaction():
        db.session.execute(update(Person).where(Person.id == city["Togar"]).values(unit_id=city["first"]))

    assert affected(case(address="203.0.113.5")) == ["Agus", "Budi"]
