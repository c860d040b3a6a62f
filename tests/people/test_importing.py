"""Import of people: what is read, what is refused, what is written."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base.db import db
from lms.base.errors import Refused
from lms.people import importing, service
from lms.people.models import ActivationCode, Person, SignIn
from lms.people.roster import COLUMNS, REQUIRED, Entry, Units, check
from lms.people.tables import decode, read
from tests import build

UNITS = [(1, "dinkes", "Dinas Kesehatan"), (2, "disdik", "Dinas Pendidikan"), (3, "k1", "Seksi Umum"), (4, "k2", "Seksi Umum")]
GOOD = "198609262015051001"


def mistakes(text: str) -> list[tuple[int, str, str, str]]:
    """(row, column, level, what and remedy in English) of each mistake."""
    _entries, found = check(read(text, COLUMNS, required=REQUIRED), Units.of(UNITS), known=())
    return [(one.row, one.column, one.level, f"{one.what(_filled)} {one.remedy(_filled)}") for one in found]


def _filled(message: str, **values: str) -> str:
    return message % values if values else message


@pytest.mark.parametrize("text", [
    f"nip,name,unit,rank\n{GOOD},\"Sari, S.E.\",dinkes,III/a\n",
    "\ufeffNIP;Nama;Unit Kerja;Golongan\r\n19860926 201505 1 001;Sari, S.E.;dinas kesehatan;III/a\r\n;;;\r\n",
    f"rank,unit,name,nip\n III/a ,DINKES,\"Sari,  S.E.\",'{GOOD}",
])
def test_delimiter_mark_names_and_order_of_columns_are_found_out(text: str) -> None:
    entries, found = check(read(text, COLUMNS, required=REQUIRED), Units.of(UNITS), known=())

    assert (entries, found) == (
        [Entry(2, GOOD, {"unit_id": 1, "name": "Sari, S.E.", "rank": "III/a", "employment": "PNS"})], [])


@pytest.mark.parametrize(("row", "expected"), [
    (f"{GOOD},Sari,Dinas Kesehatn,,,", (2, "unit", "error", "There is no unit Dinas Kesehatn. "
                                        "Do you mean Dinas Kesehatan? Write that name or its code.")),
    (f"{GOOD},Sari,zzz,,,", (2, "unit", "error", "There is no unit zzz. Write the code or the exact name of a unit of the list.")),
    (f"{GOOD},Sari,Seksi Umum,,,", (2, "unit", "error", "Several units are named Seksi Umum. Write the unit's code instead.")),
    (f"{GOOD},Sari,,,,", (2, "unit", "error", "The unit is missing. Write the unit's code or its exact name.")),
    (f"{GOOD},,dinkes,,,", (2, "name", "error", "The name is missing. Write the name with its titles.")),
    (f"{GOOD},Sari,dinkes,PN,,", (2, "employment", "error", "There is no employment PN. Write PNS, PPPK or PPPK-PW.")),
    (f"{GOOD},Sari,dinkes,,bos,", (2, "role", "error", "There is no role bos. "
                                   "Write learner, trainer, supervisor or admin, or leave it empty.")),
    (f"{GOOD},Sari,dinkes,,,32/01/2025", (2, "contract_start", "error", "32/01/2025 is no date. Write it as 2025-06-01 or 01/06/2025.")),
    ("1.98609E+17,Sari,dinkes,,,", (2, "nip", "error", "The spreadsheet has turned the NIP into the number 1.98609E+17. "
                                    "Format the column as text, write the NIPs again and save once more.")),
    ("130000001,Sari,dinkes,,,", (2, "nip", "error", "This is an old NIP of nine digits. Write the NIP of 18 digits.")),
    ("198613262015051001,Sari,dinkes,,,", (2, "nip", "error", "The first eight digits are no date of birth. "
                                           "Copy the NIP once more from the decree.")),
    ("198609262015053001,Sari,dinkes,,,", (2, "nip", "error", "The fifteenth digit is neither 1 nor 2. "
                                           "Copy the NIP once more from the decree.")),
    ("198609262015051000,Sari,dinkes,,,", (2, "nip", "error", "The last three digits are 000. Copy the NIP once more from the decree.")),
    ("198609262015151001,Sari,dinkes,,,", (2, "employment", "error", "The NIP does not say whether this is PNS or PPPK. "
                                           "Write PNS, PPPK or PPPK-PW.")),
    (f"{GOOD},Sari,dinkes,PPPK,,", (2, "employment", "warning", "Digits 13 and 14 of the NIP suggest PNS, not PPPK. "
                                    "Check it; if it is right, leave it.")),
    ("200609262015051001,Sari,dinkes,,,", (2, "nip", "warning", "By this NIP the person was appointed at the age of 9. "
                                           "Check it; if it is right, leave it.")),
    (f"{GOOD},Sari,dinkes,,,,more", (2, "", "error", "This row has more cells than the header. "
                                     "Put a value that holds the delimiter between quotation marks.")),
])
def test_every_mistake_has_its_place_and_remedy(row: str, expected: tuple[int, str, str, str]) -> None:
    assert mistakes(f"nip,name,unit,employment,role,contract_start\n{row}\n") == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("", [(1, "", "error", "The file is empty. Write the header in row 1 and the people below it.")]),
    ("nip,name\n", [(1, "unit", "error", "This column is missing. Add it to the header in row 1.")]),
    ("nip,name,unit,nama\n", [(1, "name", "error", "This column stands twice in the header. Keep one of them."),
                              (1, "nama", "error", "This column stands twice in the header. Keep one of them.")]),
    (f"nip,name,unit\n{GOOD},Sari,dinkes\n{GOOD},Sari,dinkes\n",
     [(3, "nip", "error", "This NIP stands in row 2 already. Keep one of the two rows.")]),
    ("nip,name,unit\n\"1986", [(2, "", "error", "From here on the rows cannot be told apart: a quotation mark is not closed, or a sign is "
                                "no text. Close the quotation mark, or save the file from the spreadsheet once more as CSV UTF-8.")]),
])
def test_mistakes_of_the_table_itself(text: str, expected: list[tuple[int, str, str, str]]) -> None:
    assert mistakes(text) == expected


def test_all_mistakes_are_told_at_once() -> None:
    text = f"nip,name,unit\n1,Sari,dinkes\n{GOOD},,nowhere\n"

    assert [(row, column) for row, column, *_rest in mistakes(text)] == [(2, "nip"), (3, "unit"), (3, "name")]


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Refused, match="file-not-utf8"):
        decode("nip;nama\n1;Ren\u00e9".encode("cp1252"))


@pytest.fixture
def dinkes(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan", code="dinkes")


def counts(outcome: importing.Outcome) -> tuple[int, int, int]:
    return len(outcome.plan.new), len(outcome.plan.changed), outcome.plan.unchanged


def test_one_mistake_and_nothing_is_imported(dinkes: int) -> None:
    outcome = importing.run(f"nip,name,unit\n{GOOD},Sari,dinkes\n199009132025242014,Budi,nowhere\n", with_codes=True)

    assert ([mistake.row for mistake in outcome.plan.errors], outcome.codes) == ([3], ())
    assert db.session.scalars(select(Person)).all() == []


def test_new_people_are_learners_with_a_code_that_works(dinkes: int) -> None:
    outcome = importing.run(
        f"nip,name,unit,contract_start\n{GOOD},Sari,dinkes,\n199009132025242014,Budi,Dinas Kesehatan,01/03/2025\n", with_codes=True)

    rows = db.session.execute(select(Person.nip, Person.name, Person.unit_id, Person.role, Person.employment, Person.contract_start,
                                     Person.active, Person.password_hash).order_by(Person.nip)).all()
    assert [tuple(row) for row in rows] == [
        (GOOD, "Sari", dinkes, "learner", "PNS", None, True, None),
        ("199009132025242014", "Budi", dinkes, "learner", "PPPK", date(2025, 3, 1), True, None),
    ]
    [listed] = outcome.codes
    assert (listed.unit, [person.name for person in listed.people]) == ("Dinas Kesehatan", ["Budi", "Sari"])
    assert service.activate(GOOD, listed.people[1].code, "tujuh gajah biru", address="::1") > 0


def test_importing_again_updates_what_differs_and_keeps_what_is_not_said(app: Flask, dinkes: int) -> None:
    sari = build.person("Sari", nip=GOOD, unit_id=dinkes, role="trainer", password="tujuh gajah biru", rank="III/a")
    build.person("Budi", nip="199009132025242014", unit_id=dinkes, employment="PPPK")
    text = f"nip,name,unit,role,employment\n{GOOD},Sari Damanik,dinkes,,\n199009132025242014,Budi,dinkes,,\n"

    first, second = importing.run(text, with_codes=True), importing.run(text, with_codes=True)

    assert (counts(first), counts(second)) == ((0, 1, 1), (0, 0, 2))
    row = db.session.execute(select(Person.name, Person.role, Person.rank).where(Person.id == sari)).one()
    assert tuple(row) == ("Sari Damanik", "trainer", "III/a")
    assert db.session.scalars(select(ActivationCode)).all() == []
    assert build.signed_in(app, GOOD, "tujuh gajah biru") == sari


def test_a_role_changed_by_import_ends_sign_ins(dinkes: int, sign_in: object) -> None:
    sari = build.person("Sari", nip=GOOD, unit_id=dinkes)
    sign_in(sari)  # type: ignore[operator]

    importing.run(f"nip,name,unit,peran\n{GOOD},Sari,dinkes,pengajar\n", with_codes=False)

    assert db.session.scalars(select(SignIn)).all() == []


def test_an_import_cannot_demote_the_last_administrator(dinkes: int) -> None:
    build.person("Agus", nip=GOOD, unit_id=dinkes, role="admin")

    with pytest.raises(Refused, match="last-admin"):
        importing.run(f"nip,name,unit,role\n{GOOD},Agus,dinkes,learner\n199009132025242014,Budi,dinkes,\n", with_codes=False)

    assert db.session.scalars(select(Person.name)).all() == ["Agus"]


def test_an_import_takes_few_statements_however_long_it_is(dinkes: int, assert_queries: object) -> None:
    def people(first: int, last: int) -> str:
        return "nip,name,unit\n" + "".join(f"19860926201505{1}{number:03},Orang {number},dinkes\n" for number in range(first, last))

    for text in (people(1, 3), people(3, 300)):
        with assert_queries(8):  # type: ignore[operator]
            importing.run(text, with_codes=True)
