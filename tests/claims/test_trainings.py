"""A training entered once with its participants: all or nobody, corrected and taken back with the ledger."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base.db import db, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.claims import personal, queries, taking_part, trainings
from lms.claims.models import Claim, Evidence, Participant, Training
from lms.claims.trainings import Facts
from lms.hours import queries as ledger
from lms.people.events import PeopleMerged, PersonErased
from lms.people.models import Person
from tests import build
from tests.claims.conftest import Hand, Office
from tests.claims.files import pdf, photo
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
WORKSHOP = Facts("Workshop SPBE", "Diskominfo", "workshop", date(2026, 2, 2), date(2026, 2, 3))
ALL = ("/",)


def nip(person: int) -> str:
    """The NIP of a person."""
    return db.session.get_one(Person, person).nip


def total(person: int) -> Decimal:
    """JP of a person in the year."""
    return ledger.total(person, *YEAR)


@pytest.fixture
def workshop(office: Office) -> int:
    """A workshop of two days, entered by Budi."""
    return trainings.create(WORKSHOP, by=office.budi, file=pdf())


def entered(workshop: int, office: Office, *people: int) -> taking_part.Listed:
    """Enter people in a workshop."""
    return trainings.enter(workshop, [(nip(person), "") for person in people], paths=ALL, by=office.budi)


def test_everybody_who_took_part_gets_the_hours_once(office: Office, workshop: int) -> None:
    entered(workshop, office, office.sari, office.rini)
    again = entered(workshop, office, office.sari, office.rini)

    assert (total(office.sari), total(office.rini), again.count("there")) == (10, 10, 2)
    assert [(row.kind, row.key) for row in ledger.standing(office.sari)] == [("event", f"{workshop}:{office.sari}")]


def test_with_one_mistake_nobody_is_entered(office: Office, workshop: int) -> None:
    listed = trainings.enter(workshop, [(nip(office.sari), "7/A"), ("123", ""), ("199001012015019999", ""), (nip(office.sari), "")],
                             paths=ALL, by=office.budi)

    assert [line.status for line in listed.lines] == ["new", "wrong", "wrong", "twice"]
    assert (listed.faults, total(office.sari), queries.participants(workshop)) == (2, 0, [])


def test_an_officer_enters_people_of_her_own_units_alone(office: Office, workshop: int) -> None:
    from lms.people.models import Unit

    path = db.session.get_one(Unit, office.unit).path
    listed = trainings.enter(workshop, [(nip(office.sari), ""), (nip(office.rini), ""), ("199001012015011999", "")], paths=(path,), by=office.dewi)

    assert [(line.status, line.name) for line in listed.lines] == [("new", "Sari Damanik"), ("outside", ""), ("unknown", "")]
    assert total(office.sari) == 0


def test_a_training_that_is_put_right_puts_everybodys_hours_right(office: Office, workshop: int) -> None:
    entered(workshop, office, office.sari, office.rini)

    trainings.change(workshop, replace(WORKSHOP, until_on=date(2026, 2, 2)), version=1, by=office.budi)

    assert (total(office.sari), total(office.rini)) == (5, 5)
    with pytest.raises(Refused, match="claim-changed"):
        trainings.change(workshop, WORKSHOP, version=1, by=office.dewi)


def test_one_who_is_removed_loses_the_hours_and_may_be_entered_again(office: Office, workshop: int) -> None:
    entered(workshop, office, office.sari)
    one = queries.participants(workshop)[0].id
    with pytest.raises(Refused, match="reason-missing"):
        trainings.remove(workshop, one, " ", by=office.budi)

    trainings.remove(workshop, one, "Tidak hadir.", by=office.budi)

    assert (total(office.sari), queries.participants(workshop)) == (0, [])
    entered(workshop, office, office.sari)
    assert total(office.sari) == 10
    with pytest.raises(NotFound):
        trainings.remove(workshop + 1, one, "Tidak hadir.", by=office.budi)


@pytest.mark.parametrize(("changes", "code"), [
    ({"form": "guidance"}, "training-jp"), ({"form": "on-the-job", "jp": Decimal(4)}, "hours-no-rate"), ({"until_on": date(2026, 1, 1)}, "training-order"),
    ({"until_on": date(2026, 4, 1)}, "training-future"), ({"from_on": date(2024, 1, 1)}, "training-long"), ({"from_on": date(1980, 1, 1)}, "training-early"),
])
def test_a_training_that_could_not_count_is_refused(office: Office, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        trainings.create(replace(WORKSHOP, **changes), by=office.budi)  # type: ignore[arg-type]

    assert refused.value.code == code


def test_the_same_training_entered_twice_is_one(office: Office, workshop: int) -> None:
    assert trainings.create(WORKSHOP, by=office.budi) == workshop
    assert trainings.create(WORKSHOP, by=office.dewi) != workshop


def test_nips_are_read_as_they_are_pasted() -> None:
    assert taking_part.pasted("19860926 201505 1 001\n\n 198609262015051002;7/A\n198609262015051003\t8/A\tx\n") == [
        ("19860926 201505 1 001", ""), ("198609262015051002", "7/A"), ("198609262015051003", "8/A")]


def test_nips_are_read_out_of_a_table() -> None:
    table = b"Daftar hadir\nNo,Nama,NIP Baru,Nomor Sertifikat\n1,Sari,198609262015051001,7/A\n2,Rini,198609262015051002,\n"

    assert taking_part.in_table(table) == [("198609262015051001", "7/A"), ("198609262015051002", "")]
    with pytest.raises(Refused, match="list-no-nip"):
        taking_part.in_table(b"nama;unit\nSari;x\n")
    with pytest.raises(Refused, match="file-no-table"):
        taking_part.in_table(pdf())


def test_two_accounts_that_turn_out_to_be_one_count_a_training_once(office: Office, workshop: int, hand: Hand) -> None:
    old = build.person("Sari lama")
    entered(workshop, office, office.sari, old)
    second = trainings.create(replace(WORKSHOP, title="Workshop lain", from_on=date(2026, 2, 3)), by=office.budi)
    entered(second, office, old)
    claim = hand("accepted", person=old)

    with transaction():
        publish(PeopleMerged(office.sari, old))

    assert (total(office.sari), total(old)) == (10 + 5 + 16, 0)
    assert db.session.get_one(Claim, claim).person_id == office.sari
    trainings.remove(second, queries.participants(second)[0].id, "Tidak hadir.", by=office.budi)
    assert total(office.sari) == 26


def test_erasing_a_person_takes_photos_and_what_never_counted(office: Office, workshop: int, hand: Hand) -> None:
    entered(workshop, office, office.sari)
    accepted, _waiting = hand("accepted"), hand("submitted")

    with transaction():
        personal.on_person_erased(PersonErased(office.sari))

    rows = db.session.execute(select(Claim.id, Claim.number, Claim.evidence_id)).all()
    assert [tuple(row) for row in rows] == [(accepted, "", None)]
    assert db.session.scalars(select(Evidence.kind)).all() == ["pdf"]  # of the workshop
    assert (total(office.sari), db.session.scalar(select(func.count()).select_from(Participant))) == (26, 1)


def test_the_pages_lead_from_the_training_to_its_participants(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.dewi)
    browser.set_cookie("lang", "en")
    fields = {"title": "Bimtek Arsip", "organiser": "BPSDM", "form": "guidance", "scope": "national", "from_on": "2026-02-02",
              "until_on": "2026-02-03", "jp": "16,5"}
    made = browser.post("/office/trainings/new", data={"csrf_token": browser.token("/office/trainings/new"), **fields,
                                                       "file": (io.BytesIO(photo()), "daftar.jpg")}, content_type="multipart/form-data")
    number = db.session.scalars(select(Training.id)).one()
    page = f"/office/trainings/{number}/"
    assert made.location == page

    wrong = browser.send(page, f"{page}people", nips=f"{nip(office.sari)}\n{nip(office.rini)}", act="enter")
    assert (wrong.status_code, total(office.sari)) == (422, 0)
    assert "1 line has to be mended" in words(wrong.get_data(as_text=True))
    checked = browser.send(page, f"{page}people", nips=nip(office.sari), act="check")
    assert "Enter 1 participant" in words(checked.get_data(as_text=True))
    done = browser.send(page, f"{page}people", nips=nip(office.sari), act="enter")

    assert (done.location, total(office.sari)) == (page, Decimal("16.5"))
    one = queries.participants(number)[0].id
    assert browser.get(f"{page}evidence", buffered=True).mimetype == "image/jpeg"
    assert "Sari Damanik" in browser.get(page).get_data(as_text=True)
    assert browser.send(page, f"{page}edit", version="1", **{**fields, "jp": "8"}).status_code == 303
    assert total(office.sari) == 8
    assert browser.send(page, f"{page}people/{one}/remove", reason="Tidak hadir.").location == page
    assert total(office.sari) == 0
    assert "Bimtek Arsip" in browser.get("/office/trainings/").get_data(as_text=True)


def test_an_officer_sees_the_trainings_that_she_entered_and_the_training_office_all(app: Flask, office: Office, workshop: int, sign_in: SignIn) -> None:
    lina, budi = sign_in(office.lina), sign_in(office.budi)

    assert [lina.get(f"/office/trainings/{workshop}/{page}").status_code for page in ("", "edit", "evidence")] == [404] * 3
    assert lina.send("/office/trainings/new", f"/office/trainings/{workshop}/people", nips=nip(office.rini), act="enter").status_code == 404
    assert lina.send("/office/trainings/new", f"/office/trainings/{workshop}/people/1/remove", reason="Karena.").status_code == 404
    assert budi.get(f"/office/trainings/{workshop}/").status_code == 200
    assert sign_in(office.sari).get("/office/trainings/").status_code == 403


def test_a_table_is_checked_first_and_its_nips_come_back_in_the_form(app: Flask, office: Office, workshop: int, sign_in: SignIn) -> None:
    browser = sign_in(office.budi)
    page = f"/office/trainings/{workshop}/"

    found = browser.post(f"{page}people", data={
        "csrf_token": browser.token(page), "act": "enter", "nips": "",
        "file": (io.BytesIO(f"nip;nomor\n{nip(office.sari)};7/A\n".encode()), "d.csv")}, content_type="multipart/form-data")

    assert f"{nip(office.sari)};7/A" in found.get_data(as_text=True)
    assert total(office.sari) == 0
    assert browser.send(page, f"{page}people", nips="").status_code == 422
