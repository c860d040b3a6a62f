"""Issuing, numbering, revoking and issuing anew, against a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import clock, jobs
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.certificates import printing, queries, service
from lms.certificates.models import Certificate, Counter
from lms.learning import service as learning
from lms.learning.models import Enrolment
from lms.people.models import Person
from tests import build
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]


def completed(person_id: int, module_id: str = "sapa", *, score: str = "85") -> Certificate:
    """The certificate of a person who has done and passed everything."""
    enrolment = learning.enrol(person_id, module_id)
    for lesson in ("menyapa", "menyimak"):
        learning.finish_lesson(person_id, module_id, lesson)
    learning.pass_final_quiz(enrolment.id, Decimal(score))
    return db.session.scalars(select(Certificate).where(Certificate.person_id == person_id)).one()


def test_a_completed_module_gives_one_certificate_with_a_number_and_a_job(app: Flask) -> None:
    sari = build.person("Sari Damanik, S.Sos.")

    certificate = completed(sari)

    assert certificate.number == "0001/SERT/BKPSDM/III/2026"
    assert len(certificate.serial) == 20
    assert certificate.valid_until == date(2028, 3, 10)
    assert certificate.snapshot["name"] == "Sari Damanik, S.Sos."
    assert [lesson["jp"] for lesson in certificate.snapshot["lessons"]] == ["1", "1"]
    assert db.session.execute(select(jobs.Job.kind, jobs.Job.key)).all() == [("certificate.pdf", str(certificate.id))]


def test_without_a_public_address_nothing_is_issued_until_there_is_one(app: Flask, without_address: None) -> None:
    sari = build.person()
    enrolment = learning.enrol(sari, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.finish_lesson(sari, "sapa", lesson)

    learning.pass_final_quiz(enrolment.id, Decimal(90))

    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 0
    assert db.session.get_one(Enrolment, enrolment.id).completed_at == clock.now()


def test_what_was_not_issued_in_time_is_issued_later_once(app: Flask) -> None:
    sari = build.person()
    certificate = completed(sari)
    with transaction():
        db.session.delete(db.session.get_one(Certificate, certificate.id))

    first, second = service.issue_missing(), service.issue_missing()

    assert (first, second) == (1, 0)


def test_k08_numbers_run_without_gaps_when_many_complete_at_once(app: Flask) -> None:
    people = [build.person(f"Orang {number}") for number in range(12)]

    def finish(person_id: int) -> None:
        with app.app_context():
            completed(person_id)
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(finish, people))

    assert sorted(db.session.scalars(select(Certificate.seq))) == list(range(1, 13))
    assert db.session.scalar(select(Counter.value)) == 12


def test_k08_numbers_start_again_with_the_year_of_the_office(app: Flask) -> None:
    first, second = build.person(), build.person()
    completed(first)
    clock.advance(clock.office_midnight(date(2027, 1, 1)) - clock.now())

    number = completed(second).number

    assert number == "0001/SERT/BKPSDM/I/2027"


def test_k03_the_pdf_is_made_once_and_its_bytes_stay(app: Flask) -> None:
    certificate = completed(build.person())

    first = printing.pdf_of(certificate).read_bytes()
    jobs.run_due({service.PDF_JOB: printing.run_job})
    db.session.expire_all()
    second = printing.pdf_of(db.session.get_one(Certificate, certificate.id)).read_bytes()

    assert first == second
    assert first.startswith(b"%PDF-")


def test_k06_a_revoked_certificate_says_so_when_scanned_and_its_pdf_is_withheld(app: Flask, sign_in: SignIn) -> None:
    agus, sari = build.person("Agus", role="admin"), build.person("Sari")
    serial = completed(sari).serial
    browser = sign_in(agus)

    browser.send(f"/certificates/{serial}/", f"/certificates/{serial}/revoke", reason="Ujian diwakili orang lain")

    page = words(app.test_client().get(f"/verify/{serial}").get_data(as_text=True))
    assert "Ujian diwakili orang lain" in page
    assert sign_in(sari).get(f"/certificates/{serial}.pdf").status_code == 302


def test_k05_a_certificate_issued_anew_carries_the_corrected_name_and_both_say_so(app: Flask) -> None:
    sari = build.person("Sari Damanik")
    old = completed(sari)
    with transaction():
        db.session.get_one(Person, sari).name = "Sari Br. Damanik"

    new = queries.by_serial(service.reissue(old.serial, "Nama keliru"))

    assert new is not None
    assert (new.snapshot["name"], new.number) == ("Sari Br. Damanik", "0002/SERT/BKPSDM/III/2026")
    before = queries.by_serial(old.serial)
    assert before is not None
    assert (before.state, before.superseded_by, before.snapshot["name"]) == ("superseded", new.id, "Sari Damanik")


@pytest.mark.parametrize("reason", ["", "   "])
def test_revoking_needs_a_reason(app: Flask, reason: str) -> None:
    certificate = completed(build.person())

    with pytest.raises(Refused) as refused:
        service.revoke(certificate.serial, reason)

    assert refused.value.code == "reason-missing"


def test_k11_verification_shows_no_more_of_the_nip_than_its_last_three_digits(app: Flask, client: InspectingClient) -> None:
    sari = build.person(nip="199001012015012789")
    certificate = completed(sari)

    page = client.get(f"/verify/{certificate.serial}").get_data(as_text=True)

    assert "789" in page
    assert "2789" not in page
    assert "19900101" not in page


def test_a_serial_may_be_typed_with_dashes_and_in_small_letters(app: Flask, client: InspectingClient) -> None:
    serial = completed(build.person()).serial
    typed = "-".join(serial[at:at + 5] for at in range(0, 20, 5)).lower()

    response = client.get(f"/verify/?code={typed}", follow_redirects=True)

    assert response.status_code == 200
    assert "0001/SERT/BKPSDM/III/2026" in response.get_data(as_text=True)


def test_k10_guessing_serials_is_throttled_but_a_real_one_still_opens(app: Flask, client: InspectingClient) -> None:
    serial = completed(build.person()).serial

    answers = [client.get(f"/verify/{service.new_serial()}").status_code for _ in range(31)]

    assert answers == [404] * 30 + [429]
    assert client.get(f"/verify/{serial}").status_code == 200


def test_k16_an_appended_byte_makes_a_pdf_no_longer_the_issued_file(app: Flask, client: InspectingClient) -> None:
    from io import BytesIO

    certificate = completed(build.person())
    content = printing.pdf_of(certificate).read_bytes()
    address = f"/verify/{certificate.serial}"

    def compared(pdf: bytes) -> bool:
        data = {"csrf_token": client.token(address), "pdf": (BytesIO(pdf), "a.pdf")}
        return 'class="note ok"' in client.post(address, data=data).get_data(as_text=True)

    assert compared(content)
    assert not compared(content + b"\n")
    assert not compared(content[:2000] + bytes([content[2000] ^ 1]) + content[2001:])


def test_somebody_elses_certificate_is_not_found_and_her_supervisors_is(app: Flask, sign_in: SignIn) -> None:
    office = build.unit("Kecamatan")
    below = build.unit("Kelurahan", parent=office)
    sari = build.person("Sari", unit_id=below)
    wati = build.person("Wati", role="supervisor", unit_id=office)
    rini = build.person("Rini")
    other_lead = build.person("Lain", role="supervisor")
    serial = completed(sari).serial

    answers = {name: sign_in(one).get(f"/certificates/{serial}/").status_code
               for name, one in (("sari", sari), ("wati", wati), ("rini", rini), ("other", other_lead))}

    assert answers == {"sari": 200, "wati": 200, "rini": 404, "other": 404}
