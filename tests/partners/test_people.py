"""What becomes of applications to study when people are merged or erased, and what a person is handed of them."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import jobs
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.hours import queries as hours
from lms.partners import papers, semesters, studies, study_queries
from lms.partners.models import Paper, Semester, Study
from lms.partners.personal import PART
from lms.people import merging
from lms.people.events import PersonErased
from lms.people.models import Person
from lms.privacy import erasing
from tests import build
from tests.partners.conftest import STUDY, City, add_paper, held, mark, reported, studying, submitted
from tests.partners.test_studies import YEAR


@pytest.fixture
def agus(app: Flask) -> int:
    return build.person("Agus Saragih", role="admin")


def merge(kept: int, gone: int, agus: int) -> None:
    merging.merge(kept, gone, reason="NIP baru sesudah diangkat.", by=agus)


def test_a_study_goes_to_the_kept_account_with_its_hours_and_goes_on(city: City, agus: int) -> None:
    study = studying(city)
    semester = reported(city, study)
    semesters.confirm(study, semester, by=city.budi, grants=held(city.budi), seen=mark(study, semester))
    new = build.person("Sari Damanik, S.E.")

    merge(new, city.sari, agus)

    assert [row.id for row in study_queries.of_person(new)] == [study]
    assert (list(study_queries.of_person(city.sari)), hours.total(new, *YEAR), hours.total(city.sari, *YEAR)) == ([], Decimal(20), Decimal(0))
    semesters.give_back(study, semester, "Transkrip salah.", by=city.budi, grants=held(city.budi), seen=mark(study, semester))
    assert hours.total(new, *YEAR) == 0


def test_two_accounts_with_open_applications_are_not_merged(city: City, agus: int) -> None:
    submitted(city)
    twin = build.person("Sari D.")
    other = studies.write(twin, STUDY)
    add_paper(other, twin)
    studies.submit(other, twin)

    with pytest.raises(Refused) as refused:
        merge(city.sari, twin, agus)
    assert refused.value.code == "merge-studies"
    studies.withdraw(other, twin)
    merge(city.sari, twin, agus)
    assert sorted(row.state for row in study_queries.of_person(city.sari)) == ["submitted", "withdrawn"]


def test_erasing_lets_documents_and_texts_go_and_keeps_decisions_and_hours(city: City, agus: int) -> None:
    study = studying(city)
    semester = reported(city, study)
    semesters.confirm(study, semester, by=city.budi, grants=held(city.budi), seen=mark(study, semester))
    other = studies.write(city.rina, STUDY)
    add_paper(other, city.rina)
    gone = set(db.session.scalars(select(Paper.stored).where((Paper.study_id == study) | (Paper.semester_id == semester))))
    db.session.rollback()

    with transaction():
        erasing.erase(city.sari)
    jobs.run_due({papers.SWEEP_JOB: papers.run_job})

    row = db.session.get_one(Study, study, populate_existing=True)
    assert (row.state, row.decree_number, row.reason, row.opinion, row.opinion_reason, row.answer) == (
        "studying", "800/12/TB/2026", "", "yes", "", "")
    assert [path for path in gone if (papers.folder() / path).exists()] == []
    assert (len(gone), db.session.scalar(select(func.count()).select_from(Paper)), db.session.scalar(
        select(func.count()).select_from(Semester))) == (2, 1, 1)
    assert hours.total(city.sari, *YEAR) == Decimal(20)
    assert {"studies", "study_semesters"} <= set(erasing.KEPT)
    assert "partner_papers" not in erasing.KEPT


def test_she_is_handed_hers_alone(city: City) -> None:
    study = studying(city)
    reported(city, study)
    studies.write(city.rina, STUDY)

    found = PART.export(city.sari)

    assert {table: len(rows) for table, rows in found.items()} == {"studies": 1, "study_semesters": 1, "partner_papers": 2}
    assert {table: len(rows) for table, rows in PART.export(city.rina).items()} == {"studies": 1, "study_semesters": 0, "partner_papers": 0}
    assert (found["studies"][0]["title"], found["studies"][0]["opinion_reason"]) == ("Magister Statistika", "Sangat dibutuhkan.")
    assert all("stored" not in row and "sha256" not in row for row in found["partner_papers"])


def test_the_event_names_somebody_without_a_study(app: Flask, city: City) -> None:
    from lms.partners.personal import on_person_erased

    with transaction():
        on_person_erased(PersonErased(city.wati))

    assert db.session.get_one(Person, city.wati).name == "Wati Purba"
