"""An application to study on its way: written, advised on, decided, begun, reported semester by semester, ended."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.hours import queries as hours
from lms.hours.models import Source
from lms.notifications.models import Notice
from lms.partners import semesters, service, studies, study_queries
from lms.partners.models import Paper, Semester, Study
from tests.partners.conftest import (
    PDF,
    PROGRAMME,
    SEMESTER,
    STUDY,
    City,
    add_paper,
    advised,
    approved,
    held,
    mark,
    picture,
    reported,
    studying,
    submitted,
    version,
)

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def state(study: int) -> str:
    return db.session.get_one(Study, study, populate_existing=True).state


def refusal(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises((Refused, NotFound)) as refused:
        act(*args, **kwargs)
    return refused.value.code if isinstance(refused.value, Refused) else "not-found"


def told(person: int) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person).order_by(Notice.id)))


def test_the_whole_way_of_an_application_to_forty_jp(city: City) -> None:
    study = studying(city)
    for number, first, last in ((1, date(2025, 2, 1), date(2025, 7, 31)), (2, date(2025, 8, 1), date(2025, 12, 31))):
        semester = reported(city, study, number=number, from_on=first, until_on=last)
        assert semesters.confirm(study, semester, by=city.budi, grants=held(city.budi), seen=mark(study, semester)) == Decimal(20)
    studies.end(study, "finish", date(2026, 1, 15), "", by=city.budi, grants=held(city.budi), seen=version(study))

    row = study_queries.one(study)
    assert (row.state, row.adviser, row.decider, row.decree_number) == ("finished", "Wati Purba", "Budi Sinaga", "800/12/TB/2026")
    assert hours.total(city.sari, *YEAR) == Decimal(40)
    assert [(source.kind, source.key, source.form, source.basis) for source in hours.standing(city.sari)] == [
        ("semester", f"{study}:1", "degree", "800/12/TB/2026"), ("semester", f"{study}:2", "degree", "800/12/TB/2026")]
    assert told(city.sari) == ["study.advised", "study.decided", "study.semester", "study.semester", "study.decided"]
    assert told(city.wati) == ["study.submitted"]
    assert told(city.budi) == ["study.waits", "study.reported", "study.reported"]
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == f"study:{study}").order_by(AuditEntry.seq)).all()
    assert acts == ["study.written", "study.submitted", "study.advised", "study.approved", "study.studying", "semester.reported",
                    "semester.confirmed", "semester.reported", "semester.confirmed", "study.finished"]


def test_a_chosen_programme_says_what_it_is_called_whatever_was_typed(city: City) -> None:
    study = studies.write(city.sari, {**STUDY, "programme_id": city.programme, "title": "Lain", "institution": "", "level": "D3"})
    service.change_part(city.partner, "programmes", city.programme, {**PROGRAMME, "title": "Nama Baru"}, seen=None)

    row = study_queries.one(study)
    assert (row.title, row.institution, row.level) == ("Magister Administrasi Publik", "Universitas Contoh", "S2")


def test_a_programme_that_ended_or_is_paid_otherwise_is_refused(city: City) -> None:
    service.change_part(city.partner, "programmes", city.programme, {**PROGRAMME, "funding": "agency"}, seen=None)
    mine = {**STUDY, "programme_id": city.programme}
    first = refusal(studies.write, city.sari, mine)
    draft = studies.write(city.sari, {**mine, "funding": "agency"})
    add_paper(draft, city.sari)
    service.end_part(city.partner, "programmes", city.programme, ended=True)

    assert (first, refusal(studies.submit, draft, city.sari), refusal(studies.write, city.sari, {**mine, "programme_id": 4711})) == (
        "programme-funding", "programme-over", "programme-over")


def test_a_draft_without_a_document_is_not_submitted_and_two_are_not_open_at_once(city: City) -> None:
    bare = studies.write(city.sari, STUDY)
    submitted(city)
    add_paper(bare, city.sari)

    other = studies.write(city.wati, STUDY)
    assert (refusal(studies.submit, bare, city.sari), refusal(studies.submit, other, city.wati)) == ("study-open", "study-no-paper")


def test_nobody_gives_an_opinion_or_decides_on_her_own(city: City) -> None:
    study = studies.write(city.budi, STUDY)
    add_paper(study, city.budi)
    studies.submit(study, city.budi)
    own: dict[str, Any] = {"by": city.budi, "grants": held(city.budi), "seen": version(study)}

    assert refusal(studies.advise, study, "yes", "Baik.", **own) == "study-step"
    studies.advise(study, "yes", "Baik.", by=city.rina, grants=held(city.rina), seen=version(study))
    own["seen"] = version(study)
    assert refusal(studies.approve, study, decree_number="1", decree_on=date(2026, 3, 1), **own) == "study-step"
    assert state(study) == "advised"


def test_strangers_and_other_supervisors_do_not_know_of_it_and_auditors_only_read(city: City) -> None:
    study = submitted(city)
    seen = version(study)

    found = {
        "sari": refusal(studies.advise, study, "yes", "Baik.", by=city.sari, grants=held(city.sari), seen=seen),
        "rina": refusal(studies.advise, study, "yes", "Baik.", by=city.rina, grants=held(city.rina), seen=seen),
        "tiur": refusal(studies.advise, study, "yes", "Baik.", by=city.tiur, grants=held(city.tiur), seen=seen),
        "wati approves": refusal(studies.approve, study, decree_number="1", decree_on=date(2026, 3, 1), by=city.wati,
                                 grants=held(city.wati), seen=seen),
        "another's": refusal(studies.withdraw, study, city.rina),
    }

    assert found == {"sari": "study-step", "rina": "not-found", "tiur": "not-found", "wati approves": "study-step",
                     "another's": "not-found"}


def test_what_was_changed_meanwhile_is_looked_at_before_it_is_decided(city: City) -> None:
    study = advised(city)
    before = version(study) - 1

    budi: dict[str, Any] = {"by": city.budi, "grants": held(city.budi)}
    assert refusal(studies.refuse, study, "Tidak ada dana.", **budi, seen=before) == "study-changed"
    studies.refuse(study, "Tidak ada dana.", **budi, seen=before + 1)
    assert refusal(studies.refuse, study, "Tidak ada dana.", **budi, seen=before + 1) == "study-step"
    assert (state(study), study_queries.one(study).answer) == ("refused", "Tidak ada dana.")


def test_a_returned_application_is_mended_and_begins_anew(city: City) -> None:
    study = advised(city)
    studies.give_back(study, "Surat tidak terbaca.", by=city.budi, grants=held(city.budi), seen=version(study))
    seen = studies.fingerprint(study_queries.one(study))

    assert studies.change(study, city.sari, {**STUDY, "title": "Magister Sains Data"}, seen=seen) is True
    assert refusal(studies.change, study, city.sari, STUDY, seen=seen) == "changed-meanwhile"
    studies.submit(study, city.sari)
    row = study_queries.one(study)
    assert (row.state, row.opinion, row.adviser, row.answer, row.decider) == ("submitted", "", None, "", None)


def test_approval_needs_number_and_date_of_a_decree(city: City) -> None:
    study = advised(city)
    budi: dict[str, Any] = {"by": city.budi, "grants": held(city.budi), "seen": version(study)}

    assert [refusal(studies.approve, study, decree_number=number, decree_on=day, **budi) for number, day in (
        ("", date(2026, 3, 1)), ("1/TB", None), ("1/TB", date(2026, 3, 11)))] == ["decree-missing", "decree-missing", "date-future"]


def test_a_confirmation_is_taken_back_mended_and_counts_once(city: City) -> None:
    study = studying(city)
    semester = reported(city, study)
    budi: dict[str, Any] = {"by": city.budi, "grants": held(city.budi)}
    semesters.confirm(study, semester, **budi, seen=mark(study, semester))
    assert refusal(semesters.confirm, study, semester, **budi, seen=mark(study, semester)) == "semester-step"
    semesters.give_back(study, semester, "Transkrip orang lain.", **budi, seen=mark(study, semester))
    assert hours.total(city.sari, *YEAR) == 0

    semesters.change(study, semester, city.sari, {**SEMESTER, "until_on": date(2025, 6, 30)}, None, seen=mark(study, semester))
    semesters.confirm(study, semester, **budi, seen=mark(study, semester))

    assert hours.total(city.sari, *YEAR) == Decimal(20)
    assert [(row.version, row.until_on) for row in db.session.scalars(select(Source).where(Source.kind == "semester").order_by(Source.version))] == [
        (1, date(2025, 7, 31)), (2, date(2025, 6, 30))]


def test_semesters_of_wrong_days_numbers_or_without_transcript_are_refused(city: City) -> None:
    study = studying(city)
    reported(city, study)

    found = [refusal(reported, city, study, **changes) for changes in (
        {"number": 1, "from_on": date(2025, 8, 1), "until_on": date(2025, 12, 31)},
        {"number": 2, "from_on": date(2025, 7, 1), "until_on": date(2025, 12, 31)},
        {"number": 2, "from_on": date(2025, 8, 1), "until_on": date(2026, 7, 1)},
        {"number": 2, "from_on": date(2024, 8, 1), "until_on": date(2024, 12, 31)},
        {"number": 2, "from_on": date(2025, 12, 31), "until_on": date(2025, 8, 1)})]
    bare = refusal(semesters.report, study, city.sari, {**SEMESTER, "number": 3}, None)

    assert [*found, bare] == [
        "semester-there", "semester-overlap", "semester-future", "semester-early", "semester-period", "semester-overlap"]
    assert refusal(semesters.report, study, city.sari, {
        **SEMESTER, "number": 2, "from_on": date(2025, 8, 1), "until_on": date(2025, 12, 31)}, None) == "paper-missing"


def test_a_person_does_not_confirm_her_own_semester_nor_a_supervisor(city: City) -> None:
    study = studying(city)
    semester = reported(city, study)

    assert [refusal(semesters.confirm, study, semester, by=person, grants=held(person), seen=mark(study, semester))
            for person in (city.sari, city.wati, city.rina)] == ["not-found"] * 3
    assert hours.total(city.sari, *YEAR) == 0


def test_a_study_is_stopped_with_a_reason_and_what_was_confirmed_stays(city: City) -> None:
    study = studying(city)
    semester = reported(city, study)
    semesters.confirm(study, semester, by=city.budi, grants=held(city.budi), seen=mark(study, semester))
    budi: dict[str, Any] = {"by": city.budi, "grants": held(city.budi), "seen": version(study)}

    assert refusal(studies.end, study, "stop", date(2025, 9, 1), "", **budi) == "reason-missing"
    assert refusal(studies.end, study, "stop", date(2024, 9, 1), "Sakit.", **budi) == "study-end-early"
    studies.end(study, "stop", date(2025, 9, 1), "Sakit.", **budi)
    assert (state(study), hours.total(city.sari, *YEAR)) == ("stopped", Decimal(20))
    assert refusal(reported, city, study, number=2, from_on=date(2025, 10, 1), until_on=date(2025, 12, 31)) == "semester-late"


def test_documents_are_added_once_taken_away_and_counted(city: City) -> None:
    study = studies.write(city.sari, STUDY)

    assert [add_paper(study, city.sari), add_paper(study, city.sari), add_paper(study, city.sari, picture("PNG"), "foto.png")] == [
        True, False, True]
    first = study_queries.papers_of(study)[0]
    studies.remove_paper(study, city.sari, first.id)
    assert [row.name for row in study_queries.papers_of(study)] == ["foto.png"]
    for number in range(11):
        add_paper(study, city.sari, PDF + str(number).encode())
    assert refusal(add_paper, study, city.sari, PDF + b"12") == "paper-many"
    studies.submit(study, city.sari)
    assert refusal(add_paper, study, city.sari, PDF + b"later") == "study-step"


def test_a_supervisors_delegate_may_give_the_opinion(city: City) -> None:
    from lms.base.db import transaction
    from lms.people import grants, queries
    from tests import build

    dewi = build.person("Dewi")
    with transaction():
        grants.add(dewi, "delegate", unit_id=queries.person(city.sari).unit_id, behalf_of=city.wati)
    study = submitted(city)

    studies.advise(study, "no", "Tenaganya dibutuhkan tahun ini.", by=dewi, grants=held(dewi), seen=version(study))

    assert (state(study), study_queries.one(study).opinion) == ("advised", "no")


def test_two_who_decide_at_once_decide_once(app: Flask, city: City) -> None:
    study, grants_ = advised(city), held(city.budi)
    seen = version(study)
    db.session.remove()
    start = Barrier(2)

    def decide(refuses: bool) -> str:
        with app.app_context():
            start.wait()
            who: dict[str, Any] = {"by": city.budi, "grants": grants_, "seen": seen}
            try:
                if refuses:
                    studies.refuse(study, "Tidak ada dana.", **who)
                else:
                    studies.approve(study, decree_number="1/TB", decree_on=date(2026, 3, 1), **who)
            except Refused as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(contextvars.copy_context().run, decide, refuses) for refuses in (True, False)]
        answers = sorted(act.result() for act in acts)

    assert answers == ["done", "study-step"]
    assert len([kind for kind in told(city.sari) if kind == "study.decided"]) == 1


def test_a_semester_confirmed_twice_at_once_counts_once(app: Flask, city: City) -> None:
    study = studying(city)
    semester, grants_ = reported(city, study), held(city.budi)
    seen = mark(study, semester)
    db.session.remove()
    start = Barrier(2)

    def confirm(_number: int) -> str:
        with app.app_context():
            start.wait()
            try:
                semesters.confirm(study, semester, by=city.budi, grants=grants_, seen=seen)
            except Refused as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(contextvars.copy_context().run, confirm, number) for number in range(2)]
        answers = sorted(act.result() for act in acts)

    assert (answers, hours.total(city.sari, *YEAR)) == (["done", "semester-step"], Decimal(20))


def test_only_what_waits_for_the_reader_is_counted(city: City) -> None:
    submitted(city)
    other = studies.write(city.rina, STUDY)
    add_paper(other, city.rina)
    studies.submit(other, city.rina)

    from lms.people import queries

    mine = (queries.person(city.sari).unit_path,)
    assert study_queries.waiting(mine, city.wati, manages=False)[:2] == (1, 0)
    assert study_queries.waiting(("/",), city.rina, manages=True)[:2] == (1, 0)
    wish = study_queries.Wish(mine, city.wati)
    assert [row.person for row in study_queries.find(wish)[1]] == ["Sari Damanik"]
    assert study_queries.find(study_queries.Wish(("/",), city.sari))[0] == 1


def test_nothing_but_what_was_sent_is_kept(city: City) -> None:
    approved(city)

    assert db.session.scalar(select(func.count()).select_from(Paper)) == 1
    assert db.session.scalar(select(func.count()).select_from(Semester)) == 0
