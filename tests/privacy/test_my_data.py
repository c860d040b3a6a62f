"""A person gets all that is held about her, in forms that people and programs can read, and never a secret."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from lms import wiring
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.privacy import packing
from lms.privacy.cli import privacy
from tests import build
from tests.inspecting import InspectingClient, words
from tests.privacy.conftest import EMAIL, NAME, NIP, SECRETS, Filled

SignIn = Callable[[int], InspectingClient]
Make = Callable[..., Filled]


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(person_id: int) -> dict[str, bytes]:
    return unpacked(b"".join(packing.pack(person_id)))


def test_the_file_holds_every_table_as_json_and_as_csv_with_the_same_rows(app: Flask, filled: Make) -> None:
    files = packed(filled().id)

    tables = json.loads(files["data.json"])["tables"]
    rows = {name: list(csv.DictReader(io.StringIO(files[f"csv/{name}.csv"].decode("utf-8-sig")), delimiter=";")) for name in tables}
    empty = {
        "attempts", "attempt_items", "marks", "erasures", "assignment_hits", "assignment_targets", "claims", "claim_files", "competency_files",
        "partner_papers", "programme_completions", "programme_participants", "studies", "study_semesters", "training_participants", "transcripts",
    }
    assert set(tables) == {one.table for part in wiring.PERSONAL for one in part.given}
    assert sorted({name for name, found in tables.items() if not found}) == sorted(empty)
    assert {name: len(found) for name, found in rows.items()} == {name: len(found) for name, found in tables.items()}
    assert all(set(found[0]) == set(tables[name][0]) for name, found in rows.items() if found)


def test_the_record_stands_in_the_file_as_it_is_kept(app: Flask, filled: Make) -> None:
    (record,) = json.loads(packed(filled().id)["data.json"])["tables"]["persons"]

    assert (record["name"], record["nip"], record["email"], record["unit"]) == (NAME, NIP, EMAIL, "Dinas Perhubungan")


def test_an_answer_stands_in_the_words_of_its_options_and_not_whether_it_was_right(app: Flask, filled: Make) -> None:
    from tests.assessment import build as quizzes

    person = filled(active=True).id
    quizzes.taken(person, quizzes.SAPA, {"text": ["Warga datang dua kali untuk berkas yang sama."]})

    tables = json.loads(packed(person)["data.json"])["tables"]

    assert [one["answer"] for one in tables["attempt_items"]] == [
        {"option": "Menyapa dengan ramah"}, {"text": "Warga datang dua kali untuk berkas yang sama."}]
    assert {key for one in tables["attempt_items"] for key in one} == {"attempt", "position", "question", "answer", "saved_at"}


def test_the_file_has_the_certificates_that_are_valid(app: Flask, filled: Make) -> None:
    files = packed(filled().id)

    pdfs = {name: content for name, content in files.items() if name.startswith("certificates/")}
    assert len(pdfs) == 1
    assert all(content.startswith(b"%PDF-") for content in pdfs.values())


def test_the_readme_explains_every_key_in_both_languages(app: Flask, filled: Make) -> None:
    files = packed(filled().id)

    text = files["README.txt"].decode("utf-8-sig")
    keys = {(name, key) for name, rows in json.loads(files["data.json"])["tables"].items() for row in rows[:1] for key in row}
    assert [pair for pair in keys if text.count(f"\n  {pair[1]}: ") < 2] == []
    assert [name for name in json.loads(files["data.json"])["tables"] if text.count(f"\n{name}: ") != 2] == []


def test_b14_no_secret_and_no_hash_is_in_the_file_or_on_the_page(app: Flask, filled: Make, sign_in: SignIn) -> None:
    person = filled(active=True).id

    files = packed(person)
    page = sign_in(person).get("/me/data/").get_data()

    everything = b"\n".join([*files.values(), page])
    assert len(files) > 20
    assert [secret for secret in SECRETS if secret.encode() in everything] == []


def test_the_download_is_recorded_and_held_back_after_three_in_an_hour(app: Flask, filled: Make, sign_in: SignIn) -> None:
    person = filled(active=True).id
    browser = sign_in(person)

    answers = [browser.send("/me/data/", "/me/data/download") for _ in range(4)]
    clock.advance(timedelta(minutes=61))
    later = sign_in(person).send("/me/data/", "/me/data/download")

    assert [(one.status_code, one.mimetype) for one in answers] == [(200, "application/zip")] * 3 + [(303, "text/html")]
    assert later.mimetype == "application/zip"
    assert unpacked(answers[0].data)["data.json"]
    assert len(db.session.scalars(select(AuditEntry.seq).where(AuditEntry.act == "privacy.exported")).all()) == 4


def test_the_name_of_the_download_tells_nobody_who_it_is(app: Flask, filled: Make, sign_in: SignIn) -> None:
    response = sign_in(filled(active=True).id).send("/me/data/", "/me/data/download")

    assert response.headers["Content-Disposition"] == 'attachment; filename="data-pribadi-2026-03-10.zip"'


def test_a_cell_is_never_a_formula(app: Flask) -> None:
    person = build.person("=HYPERLINK(1)", position="+cmd")

    table = packed(person)["csv/persons.csv"].decode("utf-8-sig")

    assert "'=HYPERLINK(1)" in table
    assert "'+cmd" in table


def test_the_page_says_who_looked_and_in_which_list(app: Flask, filled: Make, sign_in: SignIn) -> None:
    people = filled(active=True)
    officer = sign_in(people.agus)
    officer.get("/team/")

    page = words(sign_in(people.id).get("/me/data/").get_data(as_text=True))

    assert page.count("Agus Saragih") >= 2


def test_an_officer_hands_the_data_over_and_nobody_else_does(app: Flask, filled: Make, sign_in: SignIn) -> None:
    people = filled()
    address = f"/office/privacy/people/{people.id}/download"

    handed = sign_in(people.agus).send(f"/office/privacy/people/{people.id}/erase", address)
    other = sign_in(build.person(role="auditor"))
    refused = other.post(address, data={"csrf_token": other.token("/me/data/")})

    assert NAME in unpacked(handed.data)["data.json"].decode()
    assert refused.status_code == 403


def test_the_command_writes_a_file_that_only_its_owner_reads(app: Flask, filled: Make, tmp_path: Path) -> None:
    filled()
    target = tmp_path / "data.zip"

    with app.test_request_context():
        result = CliRunner().invoke(privacy, ["export", "19870312 201001 2 345", str(target)])

    assert result.exit_code == 0, result.output
    assert target.stat().st_mode & 0o777 == 0o600
    assert NAME in unpacked(target.read_bytes())["data.json"].decode()


@pytest.mark.parametrize("language", ["id", "en"])
def test_anyone_can_read_the_notice_with_the_periods_that_hold(app: Flask, client: InspectingClient, language: str) -> None:
    client.set_cookie("lang", language)

    page = client.get("/privacy/").get_data(as_text=True)

    assert words(page).count("UU 27/2022") >= 2
    assert page.count("<tr>") > 10


def test_every_page_leads_to_the_notice(app: Flask, client: InspectingClient) -> None:
    assert 'href="/privacy/"' in client.get("/verify/").get_data(as_text=True)
    assert 'href="/privacy/"' in client.get("/login").get_data(as_text=True)
