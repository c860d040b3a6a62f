"""Two accounts become one: nothing is lost, nothing counts twice, and the one that ends stays closed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import wiring
from lms.accounts.models import ActivationCode, SignIn
from lms.assessment.models import Attempt
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import Base, db, transaction
from lms.base.errors import Refused
from lms.certificates.models import Certificate
from lms.hours import sums
from lms.hours.models import Source
from lms.learning import queries as learning_queries
from lms.learning import service as learning
from lms.learning.models import Enrolment, StudyDay
from lms.notifications.models import Notice
from lms.people import grants, merging, queries
from lms.people.models import Grant, Person
from tests import build
from tests.assessment import build as quizzes
from tests.inspecting import InspectingClient, words

SignInAs = Callable[[int], InspectingClient]
# Every column that names a person, and what becomes of it when her account ends. "moves": it names the kept account from then on;
# "ends": the rows are deleted; "stays": what was done under an account is told as it was done.
PLACES = {
    "attempts.person_id": "moves", "certificates.person_id": "moves", "enrolments.person_id": "moves", "study_days.person_id": "moves",
    "notices.person_id": "moves", "mails.person_id": "moves", "privacy_requests.person_id": "moves", "persons.supervisor_id": "moves",
    "persons.merged_into": "moves", "programme_participants.person_id": "moves", "programme_completions.person_id": "moves",
    "assignment_hits.person_id": "moves", "assignment_targets.person_id": "moves", "assignments.made_by": "stays",
    "assignments.ended_by": "stays", "assignment_hits.waived_by": "stays",
    "claims.person_id": "moves", "training_participants.person_id": "moves",
    "activation_codes.person_id": "ends", "authenticators.person_id": "ends", "mail_languages.person_id": "ends",
    "notice_preferences.person_id": "ends", "one_time_links.person_id": "ends", "passkeys.person_id": "ends",
    "provider_accounts.person_id": "ends", "recovery_codes.person_id": "ends", "sign_ins.person_id": "ends",
    "grants.person_id": "stays", "grants.behalf_of": "stays", "grants.granted_by": "stays", "grants.ended_by": "stays",
    "postings.person_id": "stays", "postings.stands_in_for": "stays", "readings.reader_id": "stays", "readings.about_id": "stays",
    "readings.acting_for": "stays", "marks.marker_id": "stays", "extra_attempts.given_by": "stays", "erasures.person_id": "stays",
    "erasures.proposed_by": "stays", "erasures.decided_by": "stays", "privacy_requests.decided_by": "stays",
    "claims.checked_by": "stays", "claims.decided_by": "stays", "evidence.sent_by": "stays", "trainings.made_by": "stays",
    "training_participants.made_by": "stays", "training_participants.removed_by": "stays", "training_lists.person_id": "stays",
    "column_mappings.saved_by": "stays", "import_files.person_id": "stays",
    "transcripts.person_id": "moves", "transcripts.issued_by": "stays",
    "jp_sources.person_id": "stays", "jp_sources.made_by": "stays", "jp_entries.person_id": "stays", "jp_entries.made_by": "stays",
    "seminar_registrations.person_id": "moves", "seminar_attendances.person_id": "moves", "seminar_feeds.person_id": "ends",
    "seminar_registrations.nominated_by": "stays", "seminar_registrations.ended_by": "stays", "seminar_attendances.noted_by": "stays",
    "seminars.made_by": "stays",
    "competency_evidence.person_id": "moves", "competency_evidence.made_by": "stays", "competency_evidence.withdrawn_by": "stays",
    "competencies.added_by": "stays", "competency_requirements.set_by": "stays", "competency_files.person_id": "stays",
    "studies.person_id": "moves", "studies.opinion_by": "stays", "studies.decided_by": "stays", "study_semesters.decided_by": "stays",
    "rate_tables.adopted_by": "stays", "jp_targets.set_by": "stays",
}


@pytest.fixture
def agus(app: Flask) -> int:
    """An administrator."""
    return build.person("Agus Saragih", role="admin")


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """Sari's old account and her new one."""
    return build.person("Sari Damanik"), build.person("Sari Damanik, S.E.")


@pytest.fixture
def quiz(app: Flask) -> Iterator[None]:
    """A module with a quiz of two questions beside the sample's."""
    library = app.extensions["library"]
    before = library.current
    library.current = replace(before, modules={**before.modules, "modul": quizzes.module()}, quizzes={**before.quizzes, "kuis": quizzes.quiz(attempts=3)})
    yield
    library.current = before


def _naming(place: str, person_id: int) -> int:
    """How many rows of a column name a person."""
    table, _dot, column = place.partition(".")
    named = Base.metadata.tables[table].c[column]
    return db.session.scalar(select(func.count()).where(named == person_id)) or 0


def finish(person_id: int) -> int:
    """Complete the module sapa with 2 JP and a certificate; gives the enrolment."""
    enrolment = learning.enrol(person_id, "sapa").id
    for lesson in ("menyapa", "menyimak"):
        learning.open_lesson(person_id, "sapa", lesson)
        learning.finish_lesson(person_id, "sapa", lesson)
    learning.pass_final_quiz(enrolment, Decimal(80))
    return enrolment


def rounds(person_id: int) -> list[tuple[str, int, bool]]:
    rows = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person_id).order_by(Enrolment.module_id, Enrolment.round))
    return [(row.module_id, row.round, row.completed_at is not None) for row in rows]


def merge(pair: tuple[int, int], agus: int) -> None:
    merging.merge(*pair, reason="NIP baru sesudah diangkat.", by=agus)


def test_every_column_that_names_a_person_is_thought_of() -> None:
    named = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
             if any(key.column.table.name == "persons" for key in column.foreign_keys)}

    assert named == set(PLACES)


def test_every_room_that_holds_something_reacts() -> None:
    from lms.people.events import PeopleMerged

    assert {react.__module__.split(".")[1] for react in wiring.REACTIONS[PeopleMerged]} == {
        "accounts", "notifications", "learning", "assessment", "certificates", "hours", "competencies", "partners", "claims", "programmes", "assignments", "seminars", "privacy"}


@pytest.mark.parametrize("turned", [False, True])
def test_learning_of_both_stands_under_the_kept_account_and_counts_once(two: tuple[int, int], agus: int, turned: bool) -> None:
    for person in two:
        finish(person)
        clock.advance(timedelta(days=3))
    learning.enrol(two[0], "bebas")
    kept, gone = reversed(two) if turned else two
    numbers = set(db.session.scalars(select(Certificate.number)))

    merge((kept, gone), agus)

    assert (rounds(kept), rounds(gone)) == ([("bebas", 1, False), ("sapa", 1, True), ("sapa", 2, True)], [])
    assert sums.of_person(kept, "PNS", None, clock.today()).standing.total == 2
    assert sums.by_person([kept, gone], clock.today().replace(day=1), clock.today()) == {kept: Decimal(2), gone: Decimal(0)}
    held = db.session.execute(select(Certificate.number, Certificate.person_id, Certificate.state)).all()
    assert {row.number for row in held} == numbers
    assert {(row.person_id, row.state) for row in held} == {(kept, "issued")}


def test_days_of_study_are_summed_and_kept(two: tuple[int, int], agus: int) -> None:
    kept, gone = two
    finish(kept)
    finish(gone)
    clock.advance(timedelta(days=1))
    learning.enrol(gone, "bebas")
    learning.record_work(gone, "bebas", what="quiz")
    before = db.session.execute(select(func.sum(StudyDay.lessons_done), func.sum(StudyDay.quizzes_submitted), func.sum(StudyDay.seconds))).one()

    merge(two, agus)

    assert db.session.execute(select(
        func.sum(StudyDay.lessons_done), func.sum(StudyDay.quizzes_submitted), func.sum(StudyDay.seconds))).one() == before
    assert set(db.session.scalars(select(StudyDay.person_id))) == {kept}


@pytest.mark.parametrize("turned", [False, True])
def test_a_completion_that_holds_stays_the_present_state(two: tuple[int, int], agus: int, turned: bool) -> None:
    done, doing = two
    finish(done)
    clock.advance(timedelta(days=1))
    learning.enrol(doing, "sapa")
    kept, gone = (doing, done) if turned else (done, doing)

    merge((kept, gone), agus)

    assert rounds(kept) == [("sapa", 1, False), ("sapa", 2, True)]
    found = learning_queries.progress(kept, "sapa")
    assert found is not None
    assert found.completed_at is not None


def test_two_rounds_going_on_become_one_with_the_lessons_of_both(two: tuple[int, int], agus: int) -> None:
    kept, gone = two
    for person, lesson in ((kept, "menyapa"), (gone, "menyapa"), (gone, "menyimak")):
        learning.enrol(person, "sapa")
        learning.finish_lesson(person, "sapa", lesson)
    learning.pass_final_quiz(db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == kept)).one(), Decimal(90))

    merge(two, agus)

    found = learning_queries.progress(kept, "sapa")
    assert found is not None
    assert (sorted(found.done), found.score, found.completed_at is not None) == (["menyapa", "menyimak"], Decimal(90), True)
    assert db.session.scalar(select(func.count()).select_from(Certificate).where(Certificate.person_id == kept)) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_attempts_are_numbered_anew_and_keep_their_scores(quiz: None, two: tuple[int, int], agus: int, turned: bool) -> None:
    scores = []
    for person, answers in ((two[0], (quizzes.MINTA, quizzes.WRONG_JP)), (two[1], (quizzes.SAPA, quizzes.WRONG_JP))):
        quizzes.studied(person)
        scores.append(quizzes.taken(person, *answers).percent)
        clock.advance(timedelta(hours=1))
    kept, gone = reversed(two) if turned else two

    merge((kept, gone), agus)

    rows = db.session.execute(select(Attempt.person_id, Attempt.number, Attempt.percent, Attempt.passed).order_by(Attempt.number)).all()
    assert [(row.person_id, row.number, row.percent) for row in rows] == [(kept, 1, scores[0]), (kept, 2, scores[1])]
    assert len(set(db.session.scalars(select(Attempt.enrolment_id)))) == 1
    attempt = quizzes.begun(kept)
    assert db.session.get_one(Attempt, attempt).number == 3


def test_two_open_attempts_at_one_quiz_have_to_be_ended_first(quiz: None, two: tuple[int, int], agus: int) -> None:
    for person in two:
        quizzes.studied(person)
        quizzes.begun(person)

    with pytest.raises(Refused) as refused:
        merge(two, agus)

    assert (refused.value.code, refused.value.detail) == ("merge-attempts", {"quiz": "Kuis Contoh"})
    assert [row.merged_into for row in db.session.scalars(select(Person).where(Person.id.in_(two)))] == [None, None]


def test_the_account_that_ends_is_closed_and_leads_to_the_kept_one(two: tuple[int, int], agus: int, sign_in: SignInAs) -> None:
    kept, gone = two
    hers, nip = sign_in(gone), queries.person(gone).nip
    with transaction():
        db.session.add(ActivationCode(person_id=gone, code_hash="x", created_at=clock.now(), expires_at=clock.now()))
        db.session.add(Notice(person_id=gone, kind="certificate-issued", key="x", values={}, created_at=clock.now()))
        grants.add(gone, "supervisor", unit_id=queries.person(gone).unit_id)

    merge(two, agus)

    assert {place: _naming(place, gone) for place, fate in PLACES.items() if fate != "stays" and _naming(place, gone)} == {}
    row = queries.person(gone)
    assert (row.active, row.merged_into, row.nip, row.has_password) == (False, kept, nip, False)
    assert (hers.get("/").status_code, db.session.scalar(select(func.count()).select_from(SignIn).where(SignIn.person_id == gone))) == (302, 0)
    assert db.session.scalars(select(Grant.ended_at).where(Grant.person_id == gone)).one() is not None
    browser = sign_in(agus)
    for page in ("", "all"):
        assert browser.get(f"/people/{gone}/{page}").location == f"/people/{kept}/{page}"
    assert browser.send("/", f"/people/{gone}/active", active="yes", reason="Kembali.").status_code == 303
    assert queries.person(gone).active is False


def test_what_moved_is_recorded_about_both(two: tuple[int, int], agus: int) -> None:
    kept, gone = two
    enrolment = finish(gone)
    source = db.session.scalars(select(Source.id)).one()

    merge(two, agus)

    entries = {row.about_id: row.detail for row in db.session.scalars(select(AuditEntry).where(AuditEntry.act == "people.merged"))}
    number = db.session.scalars(select(Certificate.number)).one()
    assert entries[kept] is not None
    assert entries[kept] == {
        "gone": gone, "nip": queries.person(gone).nip, "reason": "NIP baru sesudah diangkat.", "enrolments": [enrolment], "united": [], "jp_sources": [source], "competency_evidence": 1,
        "study_days": 1, "attempts": 0, "certificates": [number], "programme_completions": [], "assignment_hits": [], "roles_ended": [], "supervised": 0}
    assert entries[gone] == {"kept": kept, "nip": queries.person(kept).nip, "reason": "NIP baru sesudah diangkat."}


def test_an_account_that_had_others_merged_into_it_takes_them_along(two: tuple[int, int], agus: int) -> None:
    third = build.person("Sari D.")

    merge(two, agus)
    merge((third, two[0]), agus)

    assert queries.person(two[1]).merged_into == third


def test_refusals(two: tuple[int, int], agus: int) -> None:
    def code(kept: int, gone: int, by: int, reason: str = "NIP baru.") -> str:
        with pytest.raises(Refused) as refused:
            merging.merge(kept, gone, reason=reason, by=by)
        return refused.value.code

    rina = build.person("Rina")
    found = [code(two[0], two[0], agus), code(agus, two[0], agus), code(two[0], agus, agus), code(two[0], two[1], agus, " "),
             code(two[0], agus, rina)]
    merge(two, agus)

    assert [*found, code(two[0], two[1], agus), code(rina, two[1], agus)] == [
        "merge-same", "merge-self", "merge-self", "reason-missing", "merge-admin", "merge-done", "merge-done"]


def test_the_pages_find_compare_and_merge(two: tuple[int, int], agus: int, sign_in: SignInAs) -> None:
    kept, gone = two
    browser = sign_in(agus)
    browser.set_cookie("lang", "en")
    page = f"/people/{kept}/merge"

    found = browser.get(page).get_data(as_text=True)
    compared = words(browser.get(f"{page}/{gone}").get_data(as_text=True))
    merged = browser.send(f"{page}/{gone}", keep=kept, reason="NIP baru.")
    after = words(browser.get(f"/people/{kept}/all").get_data(as_text=True))

    assert f"{page}/{gone}" in found
    assert "Which account is kept?" in compared
    assert (merged.location, queries.person(gone).merged_into) == (f"/people/{kept}/all", kept)
    assert "Merged from Sari Damanik, S.E." in after


def test_a_form_that_names_a_third_person_merges_nobody(two: tuple[int, int], agus: int, sign_in: SignInAs) -> None:
    third = build.person("Dewi")
    browser = sign_in(agus)

    browser.send(f"/people/{two[0]}/merge/{two[1]}", keep=third, reason="NIP baru.")

    assert [queries.person(person).merged_into for person in (*two, third)] == [None, None, None]
