"""The demo city: who is in it, in which state, and that its past is one that the rooms could have written."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lms.accounts import passwords
from lms.accounts import service as accounts
from lms.assessment import queries as sheets
from lms.assessment.models import Attempt, AttemptItem
from lms.base import clock
from lms.base.db import db
from lms.base.errors import Refused
from lms.base.jobs import Job
from lms.certificates import rules as certificate_rules
from lms.certificates.models import Certificate, Counter
from lms.demo.named import BUDI, LED_BY_WATI, NAMED, SARI, SIGN_INS, WATI, State, named
from lms.home import team
from lms.hours import service as hours_service
from lms.hours import sums
from lms.hours.models import Entry, Source
from lms.learning import queries as learning
from lms.learning import rules as learning_rules
from lms.learning.models import Enrolment, LessonProgress, StudyDay
from lms.people import queries
from lms.people.models import Grant, Person, Unit
from lms.people.rules import DEMO_PASSWORD, DEMO_SIGN_INS, Nip, read_nip
from lms.web.content import catalog

pytestmark = [pytest.mark.xdist_group("demo city"), pytest.mark.usefixtures("town")]


def someone(nip: str) -> Person:
    return db.session.scalars(select(Person).where(Person.nip == nip)).one()


def progress(state: State) -> learning.Progress:
    one = named(state)
    found = learning.progress(someone(one.nip).id, one.module_id)
    assert found is not None
    return found


def attempts(state: State) -> list[tuple[str, str | None, bool]]:
    """(state, how it ended, passed) of the person's attempts at the final quiz."""
    one = named(state)
    quiz_id = catalog().modules[one.module_id].quiz
    found = sheets.attempts(progress(state).enrolment_id, str(quiz_id), "final")
    return [(sheet.state, sheet.ended, sheet.passed) for sheet in found]


def statuses(state: State) -> list[str]:
    """What the person's certificates are worth today, the oldest first."""
    return [
        certificate_rules.status(
            on=clock.today(), valid_until=row.valid_until, revoked=row.state == "revoked", superseded=row.state == "superseded",
        )
        for row in certificates(state)
    ]


def certificates(state: State) -> Sequence[Certificate]:
    """The person's certificates, the oldest first."""
    person_id = someone(named(state).nip).id
    return db.session.scalars(select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id)).all()


def test_there_are_40_units_below_one_city() -> None:
    roots = db.session.scalars(select(Unit.name).where(Unit.parent_id.is_(None))).all()

    assert db.session.scalar(select(func.count()).select_from(Unit)) == 40
    assert roots == ["Pemerintah Kota Pematangsiantar"]


def test_there_are_600_people_whose_nips_are_valid_and_fit_their_employment() -> None:
    rows = db.session.execute(select(Person.nip, Person.employment)).all()
    read = [(read_nip(row.nip), row.employment) for row in rows]
    misfits = [nip for nip, employment in read if not isinstance(nip, Nip) or nip.suggests != employment.removesuffix("-PW")]

    assert len(rows) == 600
    assert {row.employment for row in rows} == {"PNS", "PPPK", "PPPK-PW"}
    assert misfits == []


@pytest.mark.parametrize(("nip", "role"), [(nip, role) for _name, role, nip in DEMO_SIGN_INS])
def test_each_of_the_four_signs_in_and_has_the_role_that_the_sign_in_page_names(nip: str, role: str) -> None:
    person = someone(nip)

    assert queries.roles_of([person.id]).get(person.id, ("learner",)) == (role,)
    assert passwords.matches(person.password_hash, DEMO_PASSWORD)


def test_the_four_are_the_ones_of_the_sign_in_page() -> None:
    assert [one.nip for one in SIGN_INS] == [nip for _name, _role, nip in DEMO_SIGN_INS]


def test_budi_trains_all_modules() -> None:
    trained = db.session.scalars(select(Grant.module_id).where(Grant.person_id == someone(BUDI.nip).id)).all()

    assert set(trained) == set(catalog().modules)


def test_wati_leads_the_unit_in_which_sari_works() -> None:
    unit = db.session.get_one(Unit, someone(WATI.nip).unit_id)

    assert unit.name == LED_BY_WATI
    assert someone(SARI.nip).unit_id == unit.id


def test_sari_has_two_modules_of_this_year_and_reads_a_third() -> None:
    sari = someone(SARI.nip)
    hours = sums.of_person(sari.id, sari.employment, sari.contract_start, clock.today())
    mine = learning.progress_by_module(sari.id)

    assert {module_id: (one.completed_at is not None, len(one.done)) for module_id, one in mine.items()} == {
        "nilai-berakhlak": (True, 5), "pelayanan-prima": (True, 5), "komunikasi-efektif": (False, 2),
    }
    assert (hours.standing.total, hours.uncounted) == (Decimal(6), ())


def test_every_completion_is_in_the_ledger_and_the_pages_show_its_sum() -> None:
    completed = set(db.session.scalars(select(Enrolment.id).where(Enrolment.completed_at.is_not(None))))
    year = clock.today().year
    counted = db.session.scalar(select(func.sum(Entry.credited)).where(Entry.on_day.between(date(year, 1, 1), date(year, 12, 31))))
    members = list(team.everybody(team.Wish(within=("/",), year=year)))

    assert {int(key) for key in db.session.scalars(select(Source.key).where(Source.kind == "module"))} == completed
    assert hours_service.enter_missing() == 0
    gone = sum(sums.by_person([someone(named("deactivated").nip).id], date(year, 1, 1), date(year, 12, 31)).values(), Decimal(0))
    assert sum((one.hours for one in members), Decimal(0)) == (counted or Decimal(0)) - gone


def test_each_state_has_one_person() -> None:
    assert [one.state for one in NAMED] == list(State.__args__)  # type: ignore[attr-defined]
    assert {one.nip: someone(one.nip).name for one in NAMED} == {one.nip: one.name for one in NAMED}


def test_who_has_not_started_is_enrolled_nowhere() -> None:
    assert learning.progress_by_module(someone(named("not-started").nip).id) == {}


def test_who_reads_has_done_two_lessons_and_opened_the_third() -> None:
    found = progress("reading")

    assert (len(found.done), len(found.opened), found.completed_at) == (2, 3, None)


def test_who_is_stuck_before_the_quiz_has_done_all_lessons_and_tried_nothing() -> None:
    module = catalog().modules[named("before-quiz").module_id]

    assert learning_rules.may_take_final_quiz(module, progress("before-quiz").done)
    assert attempts("before-quiz") == []


def test_the_open_attempt_has_some_answers_and_can_go_on() -> None:
    sheet = sheets.open_attempts(someone(named("attempt-open").nip).id)[0]
    answered = [item.response is not None for item in sheets.items(sheet.id)]

    assert attempts("attempt-open") == [("open", None, False)]
    assert sheet.deadline is None or sheet.deadline > clock.now()
    assert any(answered)
    assert not all(answered)


@pytest.mark.parametrize(("state", "expected"), [
    ("attempt-expired", [("graded", "expired", False)]),
    ("failed-once", [("graded", "submitted", False)]),
    ("failed-for-good", [("graded", "submitted", False)] * 3),
    ("passed", [("graded", "submitted", False), ("graded", "submitted", True)]),
    ("certificate-valid", [("graded", "submitted", True)]),
])
def test_attempts_ended_as_the_state_says(state: State, expected: list[tuple[str, str | None, bool]]) -> None:
    assert attempts(state) == expected


@pytest.mark.parametrize(("state", "left"), [("failed-once", 2), ("attempt-expired", 2), ("failed-for-good", 0)])
def test_so_many_attempts_are_left(state: State, left: int) -> None:
    quiz = catalog().quizzes[str(catalog().modules[named(state).module_id].quiz)]

    assert quiz.settings.attempts - len(attempts(state)) == left


def test_one_essay_waits_for_budis_mark() -> None:
    person_id = someone(named("waiting-for-mark").nip).id
    waiting = db.session.execute(select(Attempt.module_id, Attempt.purpose, Attempt.state).where(Attempt.person_id == person_id)).all()

    assert [tuple(row) for row in waiting] == [("survei-kepuasan", "practice", "waiting")]


@pytest.mark.parametrize(("state", "expected"), [
    ("passed", ["valid"]),
    ("certificate-valid", ["valid"]),
    ("certificate-expired", ["expired"]),
    ("certificate-revoked", ["revoked"]),
    ("certificate-superseded", ["superseded", "valid"]),
    ("deactivated", ["valid"]),
    ("failed-for-good", []),
])
def test_certificates_are_worth_what_the_state_says(state: State, expected: list[str]) -> None:
    assert statuses(state) == expected


def test_the_replaced_certificate_has_the_misspelt_name_and_the_new_one_the_right_one() -> None:
    rows = certificates("certificate-superseded")

    assert [row.snapshot["name"] for row in rows] == ["Fitriyani Nasution, A.Md.", "Fitriani Nasution, A.Md."]
    assert rows[0].superseded_by == rows[1].id


def test_an_expired_certificate_lets_its_holder_begin_a_second_round() -> None:
    found = progress("certificate-expired")

    assert learning_rules.may_retake(completed=True, expires_on=found.valid_until, today=clock.today())


def test_the_deactivated_cannot_sign_in_with_the_right_password() -> None:
    with pytest.raises(Refused) as refused:
        accounts.sign_in(named("deactivated").nip, DEMO_PASSWORD, address="127.0.0.1")

    assert refused.value.code == "sign-in-wrong"


def test_every_supervisor_sees_her_subtree_and_nobody_else() -> None:
    rows = db.session.execute(select(Person.id, Unit.path).join(Unit).where(Person.active.is_(True))).all()
    held = select(Unit.path).join(Grant, Grant.unit_id == Unit.id).where(Grant.role == "supervisor", Grant.ends_on.is_(None))
    supervisors = db.session.scalars(held.order_by(Unit.path)).all()

    assert len(supervisors) == 40
    for supervisor in random.Random(1).sample(supervisors, 8):
        wish = team.Wish(within=(supervisor,), year=clock.today().year)
        seen = {member.id for member in team.everybody(wish)}
        assert seen == {row.id for row in rows if row.path.startswith(supervisor)}


def test_watis_team_is_in_all_states() -> None:
    unit = db.session.get_one(Unit, someone(WATI.nip).unit_id)
    wish = team.Wish(within=(unit.path,), year=clock.today().year)
    sizes = {state: len(list(team.everybody(replace(wish, state=state)))) for state in ("not-started", "studying", "completed")}

    assert min(sizes.values()) >= 5


def test_who_completed_has_passed_and_holds_one_live_certificate() -> None:
    completed = db.session.scalars(select(Enrolment).where(Enrolment.completed_at.is_not(None))).all()
    live = select(Certificate.enrolment_id).where(Certificate.state != "superseded")

    assert len(completed) > 120
    assert all(one.quiz_passed_at and one.score is not None and one.score >= 70 and one.hours == 3 for one in completed)
    assert sorted(db.session.scalars(live)) == sorted(one.id for one in completed)


def test_certificates_are_numbered_without_a_gap_in_the_order_of_their_dates() -> None:
    rows = db.session.execute(select(Certificate.series, Certificate.seq).order_by(Certificate.issued_at, Certificate.id)).all()
    counters = {row.series: row.value for row in db.session.execute(select(Counter.series, Counter.value))}
    numbers: dict[str, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.series, []).append(row.seq)

    assert numbers == {series: list(range(1, last + 1)) for series, last in counters.items()}


def test_every_certificate_has_a_job_for_its_pdf() -> None:
    wanted = {str(number) for number in db.session.scalars(select(Certificate.id))}

    assert set(db.session.scalars(select(Job.key).where(Job.kind == "certificate.pdf"))) == wanted


def test_lessons_are_done_in_order_and_nothing_lies_in_the_future() -> None:
    rows = db.session.scalars(select(LessonProgress).order_by(LessonProgress.enrolment_id, LessonProgress.opened_at)).all()
    now = clock.now()

    assert [row.id for row in rows if row.done_at and not row.opened_at < row.done_at <= now] == []
    assert db.session.scalars(select(AttemptItem.id).where(AttemptItem.saved_at >= now)).all() == []
    assert db.session.scalars(select(Certificate.id).where(Certificate.issued_at >= now)).all() == []


def test_the_days_of_study_count_what_was_done() -> None:
    done = db.session.scalar(select(func.count()).where(LessonProgress.done_at.is_not(None)))
    answered = db.session.scalar(select(func.count()).where(AttemptItem.response.is_not(None)))
    ended = db.session.scalar(select(func.count()).where(Attempt.submitted_at.is_not(None)))
    counted = select(func.sum(StudyDay.lessons_done), func.sum(StudyDay.answers_saved), func.sum(StudyDay.quizzes_submitted))

    assert tuple(db.session.execute(counted).one()) == (done, answered, ended)
