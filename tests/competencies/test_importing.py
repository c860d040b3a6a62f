"""Tables of technical competencies and of assessments: all mistakes with their cells, all or nothing."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base.db import db
from lms.base.errors import Refused
from lms.competencies import importing, queries, standards
from lms.competencies.models import LevelEvidence, Technical
from lms.people import admin
from lms.people.models import Person
from tests import build
from tests.competencies.test_service import TECHNICAL
from tests.rosters.files import xlsx

SARI, BUDI = "199001012015012001", "198502022010011002"
HEADER = "NIP;Kode Kompetensi;Hasil;Tanggal;Penyelenggara\n"


@pytest.fixture
def agus(app: Flask) -> int:
    """An administrator; Sari and Budi work here too."""
    build.person("Sari Damanik", nip=SARI)
    build.person("Budi Saragih", nip=BUDI)
    return build.person("Agus Saragih", role="admin")


def assessed(agus: int, *rows: str) -> importing.Read:
    return importing.take_in(io.BytesIO((HEADER + "\n".join(rows)).encode()), "hasil.csv", "assessment", by=agus)


def told(read: importing.Read) -> list[tuple[str, str]]:
    return [(one.cell, one.what(lambda text, **values: text % values)) for one in read.mistakes]


def waiting(agus: int) -> int:
    row = importing.waiting("assessment", agus)
    assert row is not None
    return row.id


def test_results_of_an_assessment_centre_are_shown_and_then_entered(agus: int) -> None:
    read = assessed(agus, f"{SARI};M.5;2;17/02/2026;UPT Penilaian", f"{BUDI};M.5;3;2026-02-17;UPT Penilaian")

    before = db.session.scalar(select(func.count()).select_from(LevelEvidence))
    count = importing.confirm("assessment", waiting(agus), by=agus)

    assert (told(read), before, count) == ([], 0, 2)
    rows = db.session.execute(select(LevelEvidence.level, LevelEvidence.on_day, LevelEvidence.valid_until, LevelEvidence.source)
                              .order_by(LevelEvidence.level)).all()
    assert [tuple(row) for row in rows] == [(level, date(2026, 2, 17), date(2029, 2, 17), "UPT Penilaian") for level in (2, 3)]
    assert importing.waiting("assessment", agus) is None


def test_the_same_results_imported_again_are_entered_once_and_later_ones_take_their_place(agus: int) -> None:
    counts = []
    for level, day in ((3, "2025-02-17"), (3, "2025-02-17"), (2, "2026-02-17")):
        assessed(agus, f"{SARI};M.5;{level};{day};UPT Penilaian")
        counts.append(importing.confirm("assessment", waiting(agus), by=agus))

    rows = db.session.execute(select(LevelEvidence.level, LevelEvidence.until_on).order_by(LevelEvidence.id)).all()
    assert [tuple(row) for row in rows] == [(3, date(2026, 2, 16)), (2, date(2029, 2, 17))]
    assert counts == [1, 0, 1]


def test_every_mistake_is_told_with_its_cell_and_nothing_is_kept(agus: int) -> None:
    read = assessed(
        agus, f"{SARI};M.5;6;17/02/2026;UPT", "123;M.5;2;kemarin;UPT", f"{BUDI};M.99;2;2026-02-17;UPT", "199001012015012999;M.5;2;2026-02-17;UPT",
        f"{SARI};M.1;;2026-02-17;UPT", f"{BUDI};M.1;2;2027-01-01;UPT", f"{BUDI};M.2;2;2026-02-17;UPT", f"{BUDI};M.2;3;2026-02-17;UPT")

    assert told(read) == [
        ("C2", "A level is a whole number from 1 to 5."), ("A3", "This is no NIP of 18 digits."), ("D3", "kemarin is no date."),
        ("B4", "The dictionary has no competency with this code."), ("A5", "There is no active person with this NIP."),
        ("C6", "This cell is empty."), ("D7", "This day lies in the future."), ("A9", "Row 8 says the same already."),
    ]
    assert importing.waiting("assessment", agus) is None


@pytest.mark.parametrize(("text", "mistakes"), [
    ("", ["The file is empty."]),
    (HEADER, ["The table has no rows."]),
    ("NIP;Hasil\n1;2\n", ["The column code is missing.", "The column date is missing.", "The column source is missing."]),
])
def test_a_table_without_rows_or_columns_says_so(agus: int, text: str, mistakes: list[str]) -> None:
    read = importing.take_in(io.BytesIO(text.encode()), "x.csv", "assessment", by=agus)

    assert [what for _cell, what in told(read)] == mistakes


def test_what_is_no_table_is_refused(agus: int) -> None:
    with pytest.raises(Refused) as refused:
        importing.take_in(io.BytesIO(b"%PDF-1.7 ..."), "x.pdf", "assessment", by=agus)

    assert refused.value.code == "file-no-table"


def test_a_person_who_is_deactivated_before_the_confirmation_stops_all_of_it(agus: int) -> None:
    assessed(agus, f"{SARI};M.5;2;17/02/2026;UPT", f"{BUDI};M.5;2;17/02/2026;UPT")
    number = waiting(agus)
    admin.set_active(build_id(SARI), False)

    assert code(lambda: importing.confirm("assessment", number, by=agus)) == "competency-file-stale"
    assert db.session.scalar(select(func.count()).select_from(LevelEvidence)) == 0


def test_a_file_that_another_took_the_place_of_is_not_entered(agus: int) -> None:
    assessed(agus, f"{SARI};M.5;2;17/02/2026;UPT")
    first = waiting(agus)
    assessed(agus, f"{SARI};M.5;5;17/02/2026;UPT")

    assert first == waiting(agus) or code(lambda: importing.confirm("assessment", first, by=agus)) == "competency-file-gone"
    importing.cancel("assessment", by=agus)
    assert code(lambda: importing.confirm("assessment", first, by=agus)) == "competency-file-gone"


def test_technical_competencies_come_from_a_spreadsheet_with_their_indicators(agus: int) -> None:
    content = xlsx([list(importing.HEADERS["technical"]), list(importing.SAMPLES["technical"])])

    read = importing.take_in(io.BytesIO(content), "kamus.xlsx", "technical", by=agus)
    row = importing.waiting("technical", agus)
    assert row is not None
    importing.confirm("technical", row.id, by=agus)

    one = queries.competency("T.01")
    assert told(read) == []
    assert (one.name, [level.indicators for level in one.levels]) == (
        "Penyusunan Peraturan Daerah", [("Indikator pertama", "Indikator kedua")] * 5)


def test_codes_that_exist_and_codes_that_are_none_are_told(agus: int) -> None:
    standards.add(TECHNICAL, by=agus)
    rest = ";".join(["nama", "definisi", *["a"] * 5])
    header = "code;name;definition;level_1;level_2;level_3;level_4;level_5\n"

    read = importing.take_in(io.BytesIO(f"{header}T.1;{rest}\nM.5;{rest}\nT 2;{rest}\nT.3;{rest}\nt.3;{rest}\n".encode()), "x.csv", "technical", by=agus)

    assert told(read) == [("A2", "There is a competency with this code already."), ("A3", "There is a competency with this code already."),
                          ("A4", "This is no code."), ("A6", "Row 5 says the same already.")]
    assert db.session.scalar(select(func.count()).select_from(Technical)) == 1


def build_id(nip: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.nip == nip)).one()


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code
