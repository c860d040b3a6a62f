"""Import of people: what is read, what is refused, what is written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import service as accounts
from lms.accounts.models import ActivationCode, SignIn
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.people import grants, postings
from lms.people.admin_forms import PersonForm
from lms.people.models import Grant, Person, Posting
from lms.rosters import importing_people, service
from lms.rosters.plans import Plan
from tests import build
from tests.rosters.files import SIASN, kept, siasn, xlsx

GOOD, OTHER, THIRD = "198609262015051001", "199009132025242014", "197803032005012003"
HEAD = "nip,name,unit\n"


@pytest.fixture
def dinkes(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan", code="dinkes")


@pytest.fixture
def do(tmp_path: Path) -> Callable[..., service.Outcome]:
    """Import a text, or the bytes of a workbook."""

    def run(content: str | bytes, **options: Any) -> service.Outcome:
        outcome = service.run(kept(tmp_path, content), "people", **options)
        db.session.rollback()
        return outcome

    return run


def told(plan: Plan) -> list[tuple[str, str, str, str]]:
    """(cell, column, level, what and remedy in English) of each mistake."""
    return [(one.cell, one.column, one.level, f"{one.what(_filled)} {one.remedy(_filled)}") for one in plan.mistakes]


def _filled(message: str, **values: str) -> str:
    return message % values if values else message


def counts(outcome: service.Outcome) -> dict[str, int]:
    return {kind: number for kind, number in outcome.plan.counts.items() if number}


def active() -> dict[int, bool]:
    return {row.id: row.active for row in db.session.execute(select(Person.id, Person.active))}


def acts() -> list[tuple[str, int | None]]:
    return [(row.act, row.about_id) for row in db.session.execute(
        select(AuditEntry.act, AuditEntry.about_id).order_by(AuditEntry.seq))]


@pytest.mark.parametrize(("row", "expected"), [
    ("{},Sari,Dinas Kesehatn,,,", ("C2", "unit", "error", "There is no unit Dinas Kesehatn. Do you mean Dinas Kesehatan? "
                                   "Write that name or its code. New units come with an import of units.")),
    ("{},Sari,zzz,,,", ("C2", "unit", "error", "There is no unit zzz. Write the code or the exact name of a unit. "
                        "New units come with an import of units.")),
    ("{},Sari,Seksi Umum,,,", ("C2", "unit", "error", "Several units are named Seksi Umum. "
                               "Write its code, or its path with the unit above: Dinas Kesehatan / Seksi Umum.")),
    ("{},Sari,,,,", ("C2", "unit", "error", "The unit is missing. Write the unit's code or its exact name.")),
    ("{},,dinkes,,,", ("B2", "name", "error", "The name is missing. Write the name with its titles.")),
    ("{},Sa\u202eri,dinkes,,,", ("B2", "name", "error", "This text has signs that cannot be printed. Type it once more.")),
    ("{},Sari,dinkes,PN,,", ("D2", "employment", "error", "There is no employment PN. Write PNS, PPPK or PPPK-PW.")),
    ("{},Sari,dinkes,,,32/01/2025", ("F2", "contract_start", "error", "32/01/2025 is no date. Write it as 2025-06-01 or 01/06/2025.")),
    ("1.98609E+17,Sari,dinkes,,,", ("A2", "nip", "error", "This NIP is stored as a number, of which a spreadsheet keeps 15 digits only; "
                                    "the last ones are lost. Format the column as text, copy the NIPs once more from their source and save.")),
    ("130000001,Sari,dinkes,,,", ("A2", "nip", "error", "This is an old NIP of nine digits. Write the NIP of 18 digits.")),
    (",Sari,dinkes,,,", ("A2", "nip", "error", "The NIP is missing. Write the 18 digits; spaces are allowed.")),
    ("198613262015051001,Sari,dinkes,,,", ("A2", "nip", "error", "The first eight digits are no date of birth. "
                                           "Copy the NIP once more from the decree.")),
    ("198609262015053001,Sari,dinkes,,,", ("A2", "nip", "error", "The fifteenth digit is neither 1 nor 2. "
                                           "Copy the NIP once more from the decree.")),
    ("198609262015051000,Sari,dinkes,,,", ("A2", "nip", "error", "The last three digits are 000. Copy the NIP once more from the decree.")),
    ("198609262015151001,Sari,dinkes,,,", ("", "employment", "error", "The NIP does not say whether this is PNS or PPPK. "
                                           "Write PNS, PPPK or PPPK-PW.")),
    ("{},Sari,dinkes,PPPK,,", ("D2", "employment", "warning", "Digits 13 and 14 of the NIP suggest PNS, not PPPK. "
                               "Check it; if it is right, leave it.")),
    ("200609262015051001,Sari,dinkes,,,", ("A2", "nip", "warning", "By this NIP the person was appointed at the age of 9. "
                                           "Check it; if it is right, leave it.")),
])
def test_every_mistake_has_its_cell_and_remedy(
        do: Callable[..., service.Outcome], dinkes: int, row: str, expected: tuple[str, str, str, str]) -> None:
    for parent in (dinkes, build.unit("RSUD")):
        build.unit("Seksi Umum", parent=parent)
    header = "nip,name,unit,employment,position,contract_start" if "151001" not in row else "nip,name,unit,position,rank,contract_start"

    outcome = do(f"{header}\n{row.format(GOOD)}\n")

    assert told(outcome.plan) == [expected]
    assert outcome.done == (expected[2] == "warning")


def test_a_value_with_a_delimiter_and_without_quotation_marks_is_noticed(do: Callable[..., service.Outcome], dinkes: int) -> None:
    outcome = do(f"nip,unit,name\n{GOOD},dinkes,Sari, S.E.\n{OTHER},dinkes,Budi,,\n")

    assert told(outcome.plan) == [("D2", "", "error", "This row has more cells than the header. "
                                   "Put a value that holds the delimiter between quotation marks.")]


@pytest.mark.parametrize(("column", "value", "what"), [
    ("rank", "IX", "IX is a rank of PPPK, and this person is PNS."), ("rank", "V/z", "There is no rank V/z."),
    ("position_kind", "juru", "There is no kind of position juru."), ("email", "sari@", "sari@ is no e-mail address."),
    ("email", "a@b.id, c@d.id", "a@b.id, c@d.id is no e-mail address."), ("supervisor", "12", "A NIP has 18 digits, this has 2 signs."),
    ("supervisor", GOOD, "This person would be her own supervisor."),
    ("supervisor", OTHER, f"Nobody has the NIP {OTHER}, neither here nor in the file."),
    ("position", "x" * 201, "This text is longer than 200 signs."),
])
def test_what_a_career_needs_is_checked(do: Callable[..., service.Outcome], dinkes: int, column: str, value: str, what: str) -> None:
    outcome = do(f"nip;name;unit;{column}\n{GOOD};Sari;dinkes;{value}\n")

    assert [(one.cell, one.column, one.what(_filled)) for one in outcome.plan.mistakes] == [("D2", column, what)]


@pytest.mark.parametrize("role", ["admin", "trainer", "auditor", "Administrator", "supervisor; admin"])
def test_b15_a_list_gives_no_other_role_than_supervisor_even_when_an_administrator_sends_it(
        do: Callable[..., service.Outcome], dinkes: int, role: str) -> None:
    outcome = do(f"nip,name,unit,role\n{GOOD},Sari,dinkes,{role}\n")

    assert (outcome.done, [one.remedy(_filled) for one in outcome.plan.mistakes]) == (
        False, ["Write supervisor or learner, or leave the cell empty. Other roles are given on the page Roles."])
    assert db.session.scalars(select(Grant)).all() == []


def test_all_mistakes_are_told_at_once_and_nothing_is_imported(do: Callable[..., service.Outcome], dinkes: int) -> None:
    outcome = do(f"{HEAD}1,Sari,dinkes\n{GOOD},,nowhere\n{OTHER},Budi,dinkes\n{OTHER},Budi,dinkes\n")

    assert [one.cell for one in outcome.plan.mistakes] == ["A2", "B3", "C3", "A5"]
    assert (outcome.done, outcome.codes, db.session.scalars(select(Person)).all()) == (False, (), [])


@pytest.mark.parametrize(("text", "expected"), [
    ("nip,name\n1,a\n", [("", "unit", "The column unit is missing.")]),
    ("nip,name,unit,nama\n1,a,b,c\n", [("B1", "name", "Two columns hold the same: name."), ("D1", "nama", "Two columns hold the same: name.")]),
    ("nip,name,unit,hobby\n1,a,b,c\n", [("D1", "hobby", "Nobody has said what the column hobby holds.")]),
])
def test_mistakes_of_the_header(do: Callable[..., service.Outcome], dinkes: int, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(one.cell, one.column, one.what(_filled)) for one in do(text).plan.mistakes] == expected


def test_new_people_are_learners_with_a_code_that_works(do: Callable[..., service.Outcome], dinkes: int) -> None:
    outcome = do(f"{HEAD[:-1]},contract_start\n{GOOD},Sari,dinkes,\n{OTHER},Budi,Dinas Kesehatan,01/03/2025\n", with_codes=True)

    rows = db.session.execute(select(Person.nip, Person.name, Person.unit_id, Person.employment, Person.contract_start, Person.sought,
                                     Person.active, Person.password_hash).order_by(Person.nip)).all()
    assert [tuple(row) for row in rows] == [
        (GOOD, "Sari", dinkes, "PNS", None, "  sari", True, None),
        (OTHER, "Budi", dinkes, "PPPK", date(2025, 3, 1), "  budi", True, None),
    ]
    [listed] = outcome.codes
    assert (listed.unit, [person.name for person in listed.people]) == ("Dinas Kesehatan", ["Budi", "Sari"])
    db.session.rollback()
    assert accounts.activate(GOOD, listed.people[1].code, "tujuh gajah biru muda", address="::1") > 0


def test_everybody_has_a_posting_that_equals_her_row(do: Callable[..., service.Outcome], dinkes: int) -> None:
    rsud = build.unit("RSUD", code="rsud")
    do(f"{HEAD}{GOOD},Sari,dinkes\n{OTHER},Budi,dinkes\n")

    do(f"{HEAD}{GOOD},Sari,rsud\n")

    found = db.session.execute(select(Person.nip, Posting.unit_id, Posting.until_on).join(Posting, Posting.person_id == Person.id)
                               .order_by(Person.nip)).all()
    assert [tuple(row) for row in found] == [(GOOD, rsud, None), (OTHER, dinkes, None)]


def test_importing_again_changes_what_differs_and_keeps_what_is_not_said(app: Flask, do: Callable[..., service.Outcome], dinkes: int) -> None:
    sari = build.person("Sari", nip=GOOD, unit_id=dinkes, password="tujuh gajah biru", rank="III/a")
    build.person("Budi", nip=OTHER, unit_id=dinkes, employment="PPPK", rank="IX")
    text = f"nip,name,unit,position,employment,rank\n{GOOD},Sari Damanik,dinkes,Arsiparis Ahli Muda,,-\n{OTHER},Budi,dinkes,,,\n"

    first, second = do(text, with_codes=True), do(text, with_codes=True)

    assert (counts(first), counts(second)) == ({"changed": 1, "unchanged": 1}, {"unchanged": 2})
    assert first.plan.lines["changed"][0].changes == (
        ("name", "Sari", "Sari Damanik"), ("position", "Pengelola Layanan", "Arsiparis Ahli Muda"), ("position_kind", "", "ahli-muda"))
    row = db.session.execute(select(Person.name, Person.sought, Person.rank).where(Person.id == sari)).one()
    assert tuple(row) == ("Sari Damanik", "  sari  damanik", "III/a")
    assert db.session.scalars(select(ActivationCode)).all() == []
    assert build.signed_in(app, GOOD, "tujuh gajah biru") == sari


def test_a_siasn_export_is_understood_as_it_is(do: Callable[..., service.Outcome], dinkes: int) -> None:
    bidang = build.unit("Bidang Mutasi", parent=dinkes)
    content = xlsx([SIASN, siasn(
        NIP_BARU=GOOD, NAMA="SARI DAMANIK", GELAR_DEPAN="dr.", GELAR_BELAKANG="M.Kes.", TANGGAL_LAHIR="26-09-1986", JENIS_KELAMIN="M",
        EMAIL="sari@mail.com", EMAIL_GOV="sari@kota.go.id", JENIS_PEGAWAI_NAMA="PNS Daerah Kab./Kota", KEDUDUKAN_HUKUM_NAMA="Aktif",
        TMT_CPNS="01-05-2015", GOL_AKHIR_NAMA="III/d", JENIS_JABATAN_NAMA="Jabatan Fungsional", JABATAN_NAMA="Dokter Ahli Muda",
        UNOR_NAMA="Bidang Mutasi - Dinas Kesehatan"), siasn(
        NIP_BARU=THIRD, NAMA="Wati", JENIS_PEGAWAI_NAMA="PNS Daerah Kab./Kota", JENIS_JABATAN_NAMA="Jabatan Struktural", ESELON_NAMA="II.b",
        UNOR_NAMA="Dinas Kesehatan")])

    outcome = do(content)

    assert (told(outcome.plan), outcome.done) == ([], True)
    columns = ("nip", "name", "unit_id", "email", "employment", "rank", "position", "position_kind", "appointed_on")
    assert [tuple(row) for row in db.session.execute(select(*(getattr(Person, name) for name in columns)).order_by(Person.nip.desc()))] == [
        (GOOD, "dr. SARI DAMANIK, M.Kes.", bidang, "sari@kota.go.id", "PNS", "III/d", "Dokter Ahli Muda", "ahli-muda", date(2015, 5, 1)),
        (THIRD, "Wati", dinkes, None, "PNS", "", "", "jpt-pratama", None),
    ]


def test_birth_and_sex_are_compared_with_the_nip_and_not_kept(do: Callable[..., service.Outcome], dinkes: int) -> None:
    outcome = do(f"nip,name,unit,TANGGAL LAHIR,JENIS KELAMIN\n{GOOD},Sari,dinkes,1986-09-25,F\n")

    assert [(cell, level, what) for cell, _column, level, what in told(outcome.plan)] == [
        ("D2", "warning", "The NIP says that this person was born on 1986-09-26. Check it; if it is right, leave it."),
        ("E2", "warning", "The fifteenth digit of the NIP says otherwise (1 man, 2 woman). Check it; if it is right, leave it.")]
    assert outcome.done


def test_a_supervisor_may_stand_further_down_in_the_file(do: Callable[..., service.Outcome], dinkes: int) -> None:
    text = f"nip,name,unit,supervisor\n{GOOD},Sari,dinkes,{THIRD}\n{OTHER},Budi,dinkes,{THIRD}\n{THIRD},Wati,dinkes,\n"

    first, second = do(text), do(text)

    ids = {row.nip: row.id for row in db.session.execute(select(Person.nip, Person.id))}
    found = {row.nip: row.supervisor_id for row in db.session.execute(select(Person.nip, Person.supervisor_id))}
    assert found == {GOOD: ids[THIRD], OTHER: ids[THIRD], THIRD: None}
    assert (counts(first), counts(second)) == ({"new": 3}, {"unchanged": 3})


def test_what_a_plan_says_of_new_supervisors_is_what_is_written(do: Callable[..., service.Outcome], dinkes: int, tmp_path: Path,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_people, "CHUNK", 1)  # the supervisor is written before the one whom she leads is read
    do(f"{HEAD}{GOOD},Sari,dinkes\n")
    path = kept(tmp_path, f"nip,name,unit,supervisor\n{THIRD},Wati,dinkes,\n{GOOD},Sari,dinkes,{THIRD}\n")
    expected = service.preview(path, "people").mark

    outcome = service.run(path, "people")

    assert (outcome.done, outcome.plan.mark) == (True, expected)
    assert db.session.scalar(select(Person.supervisor_id).where(Person.nip == GOOD)) is not None


def led() -> list[tuple[int, int | None]]:
    return [(row.person_id, row.unit_id) for row in db.session.scalars(
        select(Grant).where(Grant.ended_at.is_(None), Grant.role == "supervisor").order_by(Grant.id))]


def test_a_supervisor_leads_the_unit_of_her_row_and_no_longer_the_one_she_came_from(do: Callable[..., service.Outcome], dinkes: int) -> None:
    rsud = build.unit("RSUD", code="rsud")
    head = "nip,name,unit,role\n"
    do(f"{head}{GOOD},Sari,dinkes,supervisor\n")
    sari = db.session.scalars(select(Person.id)).one()
    elsewhere = build.unit("Puskesmas")
    with transaction():
        grants.add(sari, "supervisor", unit_id=elsewhere)

    moved = do(f"{head}{GOOD},Sari,rsud,supervisor\n")
    kept_role = led()
    ended = do(f"{head}{GOOD},Sari,rsud,learner\n")

    assert moved.plan.lines["changed"][0].changes == (("unit_id", "Dinas Kesehatan", "RSUD"), ("role", "supervisor", "supervisor"))
    assert kept_role == [(sari, elsewhere), (sari, rsud)]
    assert (counts(ended), led()) == ({"changed": 1}, [(sari, elsewhere)])
    assert [act for act, about in acts() if about == sari and act.startswith("role.")] == [
        "role.given", "role.ended", "role.given", "role.ended"]


def test_leaving_people_are_deactivated_signed_out_and_never_deleted(app: Flask, do: Callable[..., service.Outcome], dinkes: int) -> None:
    stays, goes = build.person("Sari", nip=GOOD, unit_id=dinkes), build.person("Budi", nip=OTHER, unit_id=dinkes, password="tujuh gajah biru")
    elsewhere = build.person("Rini")
    build.signed_in(app, OTHER, "tujuh gajah biru")
    text, scope = f"{HEAD}{GOOD},Sari,dinkes\n", f"/{dinkes}/"

    unasked = do(text)
    unconfirmed = do(text, scope=scope)
    outcome = do(text, scope=scope, leaving_confirmed=True)

    assert [counts(one) for one in (unasked, unconfirmed, outcome)] == [
        {"unchanged": 1}, {"unchanged": 1, "leaving": 1}, {"unchanged": 1, "leaving": 1}]
    assert (unconfirmed.done, outcome.done) == (False, True)
    assert outcome.plan.lines["leaving"][0].note == "not in the file"
    assert active() == {stays: True, goes: False, elsewhere: True}
    assert db.session.scalars(select(SignIn).where(SignIn.person_id == goes)).all() == []
    assert db.session.scalar(select(Posting.until_on).where(Posting.person_id == goes)) == date(2026, 3, 10)
    assert [about for act, about in acts() if act == "person.deactivated"] == [goes]


@pytest.mark.parametrize(("standing", "left"), [
    ("Pensiun", True), ("Diberhentikan dengan hormat", True), ("Meninggal Dunia", True), ("Pemberhentian atas permintaan sendiri", True),
    ("Aktif", False), ("Masa Persiapan Pensiun", False), ("Pemberhentian sementara", False), ("-", False), ("Tugas Belajar", False),
])
def test_a_legal_standing_says_who_has_left(do: Callable[..., service.Outcome], dinkes: int, standing: str, left: bool) -> None:
    build.person("Sari", nip=GOOD, unit_id=dinkes)

    outcome = do(f"nip,name,unit,KEDUDUKAN HUKUM NAMA\n{GOOD},Sari,dinkes,{standing}\n{OTHER},Budi,nowhere,Pensiun\n", leaving_confirmed=True)

    assert counts(outcome) == ({"leaving": 1, "gone": 1} if left else {"unchanged": 1, "gone": 1})
    assert db.session.scalars(select(Person.active)).all() == [not left]


def test_who_comes_back_is_active_again_and_gets_a_code_if_she_has_no_password(do: Callable[..., service.Outcome], dinkes: int) -> None:
    sari = build.person("Sari", nip=GOOD, unit_id=dinkes, active=False)
    build.person("Budi", nip=OTHER, unit_id=dinkes, active=False, password="tujuh gajah biru", employment="PPPK")

    outcome = do(f"{HEAD}{GOOD},Sari,dinkes\n{OTHER},Budi,dinkes\n", with_codes=True)

    assert (counts(outcome), db.session.scalars(select(Person.active)).all()) == ({"returning": 2}, [True, True])
    assert [person.nip for one in outcome.codes for person in one.people] == [GOOD]
    assert ("person.activated", sari) in acts()


def test_nobody_deactivates_herself_or_the_last_administrator(do: Callable[..., service.Outcome], dinkes: int, tmp_path: Path) -> None:
    admin, second = (build.person("Agus", role="admin", unit_id=dinkes) for _ in range(2))
    path = kept(tmp_path, f"{HEAD}{GOOD},Sari,dinkes\n")

    with service.opened(path, "people") as (table, layout):
        own = importing_people.plan(table, layout, importing_people.Scope("/"), by=admin)
    outcome = do(f"{HEAD}{GOOD},Sari,dinkes\n", scope="/", leaving_confirmed=True)

    assert [one.what(_filled) for one in own.mistakes] == ["By this file you would deactivate yourself."]
    assert [one.what(_filled) for one in outcome.plan.mistakes] == ["By this file no administrator would be left."]
    assert active() == {admin: True, second: True}


def test_an_account_that_was_merged_is_not_brought_back(do: Callable[..., service.Outcome], dinkes: int) -> None:
    kept_one, gone = build.person("Sari", unit_id=dinkes), build.person("Sari", nip=GOOD, unit_id=dinkes, active=False)
    with transaction():
        db.session.get_one(Person, gone).merged_into = kept_one

    outcome = do(f"{HEAD}{GOOD},Sari,dinkes\n")

    assert [(cell, what) for cell, _column, _level, what in told(outcome.plan)] == [
        ("A2", "The account of this NIP was merged into another one of the same person. Write the NIP that she has now.")]


def test_another_address_is_told_to_the_old_one_and_recorded(do: Callable[..., service.Outcome], dinkes: int) -> None:
    sari = build.person("Sari", nip=GOOD, unit_id=dinkes)
    with transaction():
        db.session.get_one(Person, sari).email = "old@kota.go.id"

    do(f"{HEAD[:-1]},email\n{GOOD},Sari,dinkes,new@kota.go.id\n")

    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.about_id == sari))
    assert (entry.act, entry.detail) == ("person.changed", {"email": ["old@kota.go.id", "new@kota.go.id"]})


def test_c27_an_import_that_dies_in_its_last_chunk_leaves_nothing(
        app: Flask, do: Callable[..., service.Outcome], dinkes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_people, "CHUNK", 2)
    build.person("Ani", nip=THIRD, unit_id=dinkes)
    numbers = [f"19860926201505{sex}{number:03}" for sex in (1, 2) for number in range(1, 4)]
    take, chunks = importing_people._Writing._take, list[int]()

    def dying(self: Any, chunk: Any) -> None:
        take(self, chunk)
        chunks.append(len(chunk))
        if len(chunks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(importing_people._Writing, "_take", dying)

    with pytest.raises(KeyboardInterrupt):
        do(HEAD + "".join(f"{nip},Orang,dinkes\n" for nip in numbers), scope="/", leaving_confirmed=True, with_codes=True)

    db.session.rollback()
    assert chunks == [2, 2, 2]
    assert [tuple(row) for row in db.session.execute(select(Person.name, Person.active))] == [("Ani", True)]
    assert (db.session.scalars(select(ActivationCode)).all(), acts()) == ([], [])


def test_an_import_takes_few_statements_for_each_thousand_rows(
        do: Callable[..., service.Outcome], dinkes: int, assert_queries: Callable[[int], AbstractContextManager[list[str]]]) -> None:
    def people(first: int, last: int) -> str:
        return HEAD + "".join(f"19860926201505{1}{number:03},Orang {number},dinkes\n" for number in range(first, last))

    do(people(1, 2))
    with assert_queries(23):
        do(people(2, 3), with_codes=True)
    with assert_queries(23):
        do(people(3, 300), with_codes=True)


@pytest.mark.parametrize(("column", "value"), [
    ("name", "Sa\u202eri"), ("name", "x" * 201), ("name", "Sari" + "\u0301" * 5), ("email", "sari@"), ("rank", "IX"), ("position_kind", "juru"),
])
def test_c26_a_list_brings_nothing_that_the_pages_refuse(
        app: Flask, do: Callable[..., service.Outcome], dinkes: int, column: str, value: str) -> None:
    sari = build.person("Sari", nip=GOOD, unit_id=dinkes)
    row = {"nip": GOOD, "name": "Sari", "unit": "dinkes", column: value}

    outcome = do(f"{';'.join(row)}\n{';'.join(row.values())}\n")

    assert (outcome.done, [one.column for one in outcome.plan.mistakes]) == (False, [column])
    if column in {"name", "email"}:
        with app.test_request_context(method="POST", data={column: value}):
            form = PersonForm(meta={"csrf": False})
            form.offer([])
            form.validate()
            assert column in form.errors
    else:
        with pytest.raises(Refused):
            postings.move(sari, **{column: value})
