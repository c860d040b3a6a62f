"""Transcripts: what the ledger says on a day, sealed, verifiable by anyone, the same as long as nothing changes."""

import io
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import jobs
from lms.base.audit import AuditEntry
from lms.base.db import db, publish, transaction
from lms.base.errors import Refused
from lms.certificates.signing import check_signature, known_certificates
from lms.hours import service, transcripts
from lms.hours.models import Transcript
from lms.hours.service import Earned
from lms.people.events import PeopleMerged
from lms.wiring import JOBS
from tests import build
from tests.inspecting import InspectingClient, words
from tests.tools import verapdf

SignInAs = Callable[[int], InspectingClient]
FIRST, LAST, DAY = date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 9)


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner with a module that a cap cut."""
    person = build.person("Sari Damanik, S.E.")
    earn(person, "Melayani warga", "5")
    return person


def earn(person: int, key: str, amount: str, *, form: str = "e-learning", day: date = DAY) -> None:
    service.credit(Earned(person, "module", key, key, form, ((day, Decimal(amount)),)))


def issued(person: int) -> Transcript:
    return db.session.get_one(Transcript, db.session.scalars(
        select(Transcript.id).where(Transcript.serial == transcripts.issue(person, FIRST, LAST))).one())


def text_of(pdf: bytes) -> str:
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True, timeout=60).stdout.decode()
    return " ".join(read.split())


def test_it_says_what_the_ledger_says(sari: int) -> None:
    earn(sari, "Seminar arsip", "1", form="seminar")

    row = issued(sari)

    said = {key: row.snapshot[key] for key in ("name", "first", "last", "total", "given", "serial")}
    assert said == {"name": "Sari Damanik, S.E.", "first": "2026-01-01", "last": "2026-03-31", "total": "7", "given": "9", "serial": row.serial}
    assert [(line["title"], line["form"], line["given"], line["counts"]) for line in row.snapshot["lines"]] == [
        ("Melayani warga", "E-learning", "5", "3"), ("Seminar arsip", "Seminar/konferensi/sarasehan", "4", "4")]


def test_asked_for_again_it_is_the_same_one_until_something_changes(sari: int) -> None:
    first, again = transcripts.issue(sari, FIRST, LAST), transcripts.issue(sari, FIRST, LAST)
    earn(sari, "Lagi", "1", day=date(2026, 3, 10))

    other = transcripts.issue(sari, FIRST, LAST)

    assert (first == again, first == other) == (True, False)
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "transcript.issued")).all() == ["transcript.issued"] * 2


@pytest.mark.parametrize(("first", "last", "code"), [
    (date(2026, 3, 2), date(2026, 3, 1), "transcript-period"), (date(1990, 1, 1), LAST, "transcript-period"),
    (date(2025, 1, 1), date(2025, 12, 31), "transcript-empty")])
def test_what_cannot_be_stated(sari: int, first: date, last: date, code: str) -> None:
    with pytest.raises(Refused, match=code):
        transcripts.issue(sari, first, last)


def test_without_an_address_none_is_issued(sari: int, without_address: None) -> None:
    with pytest.raises(Refused, match="transcript-no-address"):
        transcripts.issue(sari, FIRST, LAST)


def test_the_pdf_is_sealed_and_says_the_same(app: Flask, sari: int) -> None:
    row = issued(sari)

    pdf = transcripts.sealed(row)

    text = text_of(pdf)
    for said in ("Transkrip jam pelajaran", "Sari Damanik, S.E.", "Melayani warga", "3 JP diakui", f"localhost/verify/{row.serial}",
                 "1 Januari 2026 sampai 31 Maret 2026", "bukan tanda tangan elektronik BSrE", "Lembar 1 dari 1"):
        assert said in text
    folder = app.extensions["settings"].instance_dir / "keys"
    assert check_signature(pdf, known_certificates(folder)).good
    with pikepdf.open(io.BytesIO(pdf)) as book:
        assert list(book.attachments) == ["transcript.json"]


@pytest.mark.skipif(verapdf.missing() is not None, reason=f"missing: {verapdf.missing()}")
def test_it_is_archivable_and_accessible(sari: int, tmp_path: Path) -> None:
    path = tmp_path / "transkrip.pdf"
    path.write_bytes(transcripts.sealed(issued(sari)))

    assert [verapdf.verdicts(profile, [path]) for profile in ("3a", "ua1")] == [[f"PASS {path}"]] * 2


def test_a_long_one_runs_on(sari: int) -> None:
    for number in range(40):
        earn(sari, f"Pelatihan nomor {number}", "1", form="technical")

    text = text_of(transcripts.sealed(issued(sari)))

    assert all(f"Pelatihan nomor {number}" in text for number in range(40))
    assert "Lembar 2 dari" in text


def test_the_job_and_the_download_agree_on_one_file(sari: int) -> None:
    row = issued(sari)
    jobs.run_due({transcripts.JOB: JOBS[transcripts.JOB]})

    made = db.session.get_one(Transcript, row.id)
    paths = {transcripts.pdf_of(made) for _time in range(2)}

    assert [path.stat().st_size for path in paths] == [made.size]


def test_two_wishes_at_once_give_one_transcript(app: Flask, sari: int) -> None:
    found: list[str] = []

    def ask() -> None:
        with app.app_context():
            found.append(transcripts.issue(sari, FIRST, LAST))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_of_two_accounts_the_kept_one_holds_it(sari: int) -> None:
    old = build.person("Sari lama")
    earn(old, "Dulu", "1")
    row = issued(old)

    with transaction():
        publish(PeopleMerged(sari, old))

    assert db.session.get_one(Transcript, row.id).person_id == sari


class TestPages:
    """Asked for, downloaded, verified."""

    def test_she_asks_for_it_and_gets_the_file(self, sari: int, sign_in: SignInAs) -> None:
        browser = sign_in(sari)

        answer = browser.send("/hours/", "/hours/transcripts", first="2026-01-01", last="2026-03-31")
        file = browser.get(answer.location, buffered=True)

        assert (answer.status_code, file.status_code, file.data[:5]) == (303, 200, b"%PDF-")
        assert "transkrip-jp-2026-01-01-2026-03-31.pdf" in file.headers["Content-Disposition"]
        assert "3 JP" in words(browser.get("/hours/").text)

    @pytest.mark.parametrize("fields", [{"first": "", "last": ""}, {"first": "2026-03-31", "last": "2026-01-01"}, {"first": "x", "last": "y"}])
    def test_a_bad_period_leads_back(self, sari: int, sign_in: SignInAs, fields: dict[str, str]) -> None:
        answer = sign_in(sari).send("/hours/", "/hours/transcripts", **fields)

        assert (answer.status_code, answer.location) == (303, "/hours/")

    def test_nobody_else_gets_it_but_who_may_see_her_hours(self, sari: int, sign_in: SignInAs) -> None:
        serial = transcripts.issue(sari, FIRST, LAST)
        officer, rini = build.person("Budi", role="training-officer"), build.person("Rini")

        assert sign_in(rini).get(f"/hours/transcripts/{serial}.pdf").status_code == 404
        assert sign_in(officer).get(f"/hours/transcripts/{serial}.pdf", buffered=True).status_code == 200

    def test_anyone_verifies_it_and_sees_no_more_of_the_nip_than_three_digits(self, sari: int, client: InspectingClient) -> None:
        row = issued(sari)
        nip = row.snapshot["nip"]

        led = client.get(f"/verify/{row.serial.lower()}")
        page = client.get(led.location).text

        assert led.status_code == 302
        assert "Sari Damanik, S.E." in page
        assert nip not in page
        assert nip[:8] not in page
        assert nip[-3:] in page

    def test_it_says_so_when_the_ledger_has_changed(self, sari: int, client: InspectingClient) -> None:
        row = issued(sari)
        before = client.get(f"/verify/transcript/{row.serial}").text
        service.reverse("module", "Melayani warga", reason="keliru")

        after = client.get(f"/verify/transcript/{row.serial}").text

        assert ('class="verdict bad"' in before, 'class="verdict bad"' in after) == (False, True)

    def test_the_file_is_compared(self, sari: int, client: InspectingClient) -> None:
        row = issued(sari)
        pdf = transcripts.pdf_of(row).read_bytes()
        address = f"/verify/transcript/{row.serial}"

        same = client.send(address, pdf=(io.BytesIO(pdf), "a.pdf"))
        other = client.send(address, pdf=(io.BytesIO(pdf + b"\n"), "a.pdf"))
        none = client.send(address, pdf=(io.BytesIO(b"x"), "a.pdf"))

        assert [("note ok" in same.text), ("note ok" in other.text), none.status_code] == [True, False, 422]

    def test_an_unknown_code_is_said_to_be_unknown(self, client: InspectingClient) -> None:
        assert [client.get(address).status_code for address in ("/verify/ABCD", "/verify/transcript/ABCD")] == [404, 404]
