"""Lists with the columns of SIASN: every mistake with its cell, all or nothing, once."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.claims import importing, queries, siasn
from lms.claims.models import Participant, Training, TrainingList
from lms.hours import queries as ledger
from lms.people.models import Person
from lms.rosters.faults import Mistake
from tests import build
from tests.claims.conftest import Office
from tests.claims.files import pdf
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]
HEADER = "nip;institusiPenyelenggara;jenisDiklatId;jumlahJam;namaKursus;nomorSertipikat;tahunKursus;tanggalKursus;tanggalSelesaiKursus"


def nip(person: int) -> str:
    """The NIP of a person."""
    return db.session.get_one(Person, person).nip


def row(person: str, *, by: str = "BPSDM", code: str = "8", jp: str = "16", name: str = "Bimtek Arsip", number: str = "1/A", year: str = "2026",
        first: str = "02-02-2026", last: str = "03-02-2026") -> str:
    """A row of a list of courses."""
    return ";".join((person, by, code, jp, name, number, year, first, last))


def sent(office: Office, *rows: str, header: str = HEADER) -> str:
    """The token of a list that the training office sent."""
    return importing.take_in("\n".join((header, *rows)).encode(), "daftar.csv", by=office.budi)


def placed(mistakes: list[Mistake]) -> list[tuple[str, str]]:
    """Cell and what is wrong."""
    return [(one.cell, one.fault.message) for one in mistakes]


def total(person: int) -> Decimal:
    """JP of a person in the year."""
    return ledger.total(person, date(2026, 1, 1), date(2026, 12, 31))


def test_rows_of_one_training_become_one_training_with_its_participants(office: Office) -> None:
    token = sent(office, row(nip(office.sari)), row(nip(office.rini), number="2/A"), row(nip(office.sari), name="Seminar Kota", code="9", jp=""))

    plan = importing.plan(token, by=office.budi)
    done = importing.confirm(token, by=office.budi, mark=plan.mark)

    assert (plan.rows, len(plan.groups), plan.new, plan.mistakes.errors, done[1]) == (3, 2, 3, 0, True)
    assert (total(office.sari), total(office.rini)) == (16 + 8, 16)
    rows = db.session.execute(select(Training.title, Training.form, Training.jp).order_by(Training.id)).all()
    assert [tuple(one) for one in rows] == [("Bimtek Arsip", "guidance", 16), ("Seminar Kota", "seminar", None)]
    assert db.session.scalars(select(Participant.number).order_by(Participant.number)).all() == ["1/A", "1/A", "2/A"]


def test_what_is_recorded_already_is_left_as_it_is(office: Office) -> None:
    first = sent(office, row(nip(office.sari)))
    importing.confirm(first, by=office.budi, mark=importing.plan(first, by=office.budi).mark)
    again = sent(office, row(nip(office.sari), by="bpsdm."), row(nip(office.rini)))

    plan = importing.plan(again, by=office.budi)
    importing.confirm(again, by=office.budi, mark=plan.mark)

    assert (plan.there, plan.new) == (1, 1)
    assert (total(office.sari), total(office.rini), db.session.scalar(select(func.count()).select_from(Training))) == (16, 16, 1)
    with pytest.raises(Refused, match="import-done"):
        importing.plan(again, by=office.budi)


@pytest.mark.parametrize(("changes", "cell", "message"), [
    ({"person": "123"}, "A2", "This is no NIP."), ({"person": "199001012015011999"}, "A2", "Nobody here has this NIP."),
    ({"by": ""}, "B2", "This cell is empty."), ({"code": "99"}, "C2", "There is no jenisDiklat %(code)s."),
    ({"code": "x"}, "C2", "There is no jenisDiklat %(code)s."), ({"jp": "banyak"}, "D2", "%(jp)s is no number of JP."),
    ({"jp": "-1"}, "D2", "%(jp)s is no number of JP."), ({"jp": "NaN"}, "D2", "%(jp)s is no number of JP."), ({"jp": ""}, "D2", "The JP are missing."),
    ({"name": ""}, "E2", "This cell is empty."), ({"name": "x" * 201}, "E2", "This text is too long or has signs that cannot be printed."),
    ({"year": "2025"}, "G2", "The year is not that of the first day."), ({"first": "31-02-2026"}, "H2", "%(day)s is no date."),
    ({"first": "02-02-2027", "last": "02-02-2027", "year": "2027"}, "H2", "This day lies in the future."),
    ({"last": "01-01-2026"}, "I2", "The last day lies before the first."), ({"code": "24"}, "C2", "This form of training has no conversion rate."),
])
def test_a_mistake_has_its_cell_and_nothing_is_entered(office: Office, changes: dict[str, str], cell: str, message: str) -> None:
    token = sent(office, row(**{"person": nip(office.sari), **changes}), row(nip(office.rini)))

    plan = importing.plan(token, by=office.budi)

    assert placed(list(plan.mistakes)) == [(cell, message)]
    assert all(one.fault.remedy for one in plan.mistakes)
    assert importing.confirm(token, by=office.budi, mark=plan.mark)[1] is False
    assert total(office.rini) == 0


def test_all_mistakes_are_named_at_once_and_duplicates_point_at_each_other(office: Office) -> None:
    token = sent(office, row(nip(office.sari)), row("12"), row(nip(office.sari), number="9/Z"), row(nip(office.rini), jp="x", code=""))

    found = list(importing.plan(token, by=office.budi).mistakes)

    assert sorted((one.cell, dict(one.fault.params).get("row", "")) for one in found) == [("A3", ""), ("A4", "2"), ("C5", ""), ("D5", "")]


def test_a_column_that_is_missing_is_named(office: Office) -> None:
    token = sent(office, "x;y", header="nip;namaKursus")

    found = list(importing.plan(token, by=office.budi).mistakes)

    assert [dict(one.fault.params)["field"] for one in found] == [
        "institusiPenyelenggara", "tanggalKursus", "tanggalSelesaiKursus", "jenisDiklatId"]


def test_structural_training_comes_with_the_columns_of_diklat(office: Office) -> None:
    token = sent(office, f"{nip(office.sari)};LAN;900;3;7/PKP;2025;03-02-2025;13-06-2025",
                 header="nip;institusiPenyelenggara;jumlahJam;latihanStrukturalId;nomor;tahun;tanggal;tanggalSelesai")

    importing.confirm(token, by=office.budi, mark=importing.plan(token, by=office.budi).mark)

    assert [tuple(one) for one in db.session.execute(select(Training.title, Training.form, Training.jp))] == [
        ("Pelatihan struktural (kode 3)", "structural", 900)]
    assert ledger.total(office.sari, date(2025, 1, 1), date(2025, 12, 31)) == 900


def test_a_list_that_would_do_something_else_by_now_does_nothing(office: Office) -> None:
    token = sent(office, row(nip(office.sari)), row(nip(office.rini)))
    seen = importing.plan(token, by=office.budi).mark
    lone = importing.plan(token, by=office.budi)
    facts = next(iter(lone.groups.values()))[0]
    from lms.claims import trainings

    trainings.enter(trainings.create(facts, by=office.dewi), [(nip(office.sari), "")], paths=("/",), by=office.dewi)

    plan, done = importing.confirm(token, by=office.budi, mark=seen)

    assert (done, plan.there, plan.new, total(office.rini)) == (False, 1, 1, 0)


def test_lists_are_their_senders_and_are_kept_for_a_day(office: Office) -> None:
    token = sent(office, row(nip(office.sari)))
    with pytest.raises(NotFound):
        importing.plan(token, by=office.dewi)
    newer = sent(office, row(nip(office.rini)))
    with pytest.raises(NotFound):
        importing.plan(token, by=office.budi)

    with clock.stopped(clock.now() + timedelta(days=2)):
        importing.sweep()

    assert db.session.scalar(select(func.count()).select_from(TrainingList)) == 0
    with pytest.raises(NotFound):
        queries.list_of(newer, office.budi)


def test_the_templates_can_be_sent_back(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.budi)
    for kind, example in (("kursus", "Bimtek Pengelolaan Arsip Digital"), ("diklat", "Pelatihan Kepemimpinan Pengawas")):
        for form in ("csv", "xlsx"):
            content = browser.get(f"/office/trainings/lists/{kind}.{form}").data
            token = importing.take_in(content, f"{kind}.{form}", by=office.budi)
            plan = importing.plan(token, by=office.budi)
            assert (plan.kind, plan.rows, [one.fault.message for one in plan.mistakes]) == (kind, 1, ["Nobody here has this NIP."]), example


def test_the_pages_show_mistakes_and_what_would_be_entered(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.budi)
    browser.set_cookie("lang", "en")
    page = "/office/trainings/lists/"

    def send(content: bytes) -> str:
        response = browser.post(page, data={"csrf_token": browser.token(page), "file": (io.BytesIO(content), "daftar.csv")},
                                content_type="multipart/form-data")
        return str(response.location)

    wrong = send(f"{HEADER}\n{row('12')}\n".encode())
    assert "This is no NIP." in words(browser.get(wrong).get_data(as_text=True))
    assert "A2" in browser.get(f"{wrong}mistakes.csv").get_data(as_text=True)
    right = send(f"{HEADER}\n{row(nip(office.sari))}\n".encode())
    mark = importing.plan(right.split("/")[-2], by=office.budi).mark
    assert "Bimtek Arsip" in browser.get(right).get_data(as_text=True)
    assert browser.send(right, f"{right}confirm", mark="x").status_code == 409
    assert browser.send(right, f"{right}confirm", mark=mark).location == "/office/trainings/"
    assert total(office.sari) == 16
    assert browser.post(page, data={"csrf_token": browser.token(page), "file": (io.BytesIO(pdf()), "x.csv")}).status_code == 422
    last = send(f"{HEADER}\n{row(nip(office.rini))}\n".encode())
    assert browser.send(last, f"{last}cancel").location == page
    assert sign_in(office.dewi).get(page).status_code == 403


def test_an_administrator_sees_a_list_with_mistakes(app: Flask, sign_in: SignIn) -> None:
    agus = build.person("Agus", role="admin")

    token = importing.take_in(f"{HEADER}\n{row('12')}\n".encode(), "daftar.csv", by=agus)

    assert sign_in(agus).get(f"/office/trainings/lists/{token}/").status_code == 200


def test_columns_are_known_by_their_names_alone() -> None:
    assert siasn.columns(("NIP", "Nama Kursus", "tanggalKursus")).kind == "kursus"
    assert siasn.columns(("nip", "latihanStrukturalId", "tanggal")).kind == "diklat"
    assert siasn.is_name("TANGGAL SELESAI KURSUS")
