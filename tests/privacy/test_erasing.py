"""Erasing a person: two officers, what law keeps, and not a word more."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import String, cast, select, update

from lms.accounts import service as accounts
from lms.assessment.models import Attempt, AttemptItem, Mark
from lms.base.audit import AuditEntry
from lms.base.db import Base, db, transaction
from lms.base.errors import Refused
from lms.certificates.models import Certificate
from lms.learning.models import Enrolment
from lms.ops.verifying import verify
from lms.people.models import Person
from lms.people.rules import read_nip
from lms.privacy import erasing
from lms.privacy import service as requests
from lms.privacy.cli import privacy
from lms.privacy.models import Erasure
from tests import build
from tests.assessment import build as quizzes
from tests.inspecting import InspectingClient, words
from tests.privacy.conftest import ADDRESS, BROWSER, EMAIL, ESSAY, NAME, NIP, SECRETS, Filled

SignIn = Callable[[int], InspectingClient]
Make = Callable[..., Filled]


def texts() -> Iterator[tuple[str, str]]:
    """(table, row as text) of the whole database."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(*(cast(column, String) for column in table.columns))):
            yield table.name, repr(tuple(row))


def where_stands(*wanted: str) -> dict[str, set[str]]:
    """Which tables still hold each of these texts."""
    rows = list(texts())
    return {one: {table for table, row in rows if one in row} for one in wanted}


def erased(people: Filled) -> None:
    number = erasing.propose(people.id, "Pensiun 2019", by=people.agus)
    erasing.carry_out(number, NIP[-4:], by=people.tiur)


def essay_of(people: Filled) -> int:
    """An essay of hers that a trainer marked; gives its number."""
    sheet = quizzes.taken(people.id, quizzes.SAPA, {"text": [ESSAY]})
    item = db.session.scalars(select(AttemptItem.id).where(AttemptItem.attempt_id == sheet.id, AttemptItem.question_id == "keluhan")).one()
    with transaction():
        db.session.execute(update(Attempt).where(Attempt.id == sheet.id).values(state="graded"))
        db.session.add(Mark(item_id=item, marker_id=people.agus, points=["2", "4"], comment="Bagus, Rosdiana", marked_at=sheet.started_at))
        db.session.execute(update(Person).where(Person.id == people.id).values(active=False))
    return item


def test_d11_nothing_that_tells_who_it_was_is_left_but_what_certificates_say(app: Flask, filled: Make) -> None:
    people = filled(active=True)
    essay_of(people)
    before = where_stands(NAME, NIP, EMAIL, ADDRESS, BROWSER, "Rosdiana", ESSAY, *SECRETS)

    erased(people)

    after = where_stands(NAME, NIP, EMAIL, ADDRESS, BROWSER, "Rosdiana", "rosdiana", ESSAY, *SECRETS)
    assert [text for text, tables in before.items() if not tables] == []  # else nothing could have leaked
    assert {text: tables for text, tables in after.items() if tables} == {
        NAME: {"certificates"}, "Rosdiana": {"certificates"}, NIP: {"certificates"}}


def test_what_law_keeps_is_kept_under_a_pseudonym(app: Flask, filled: Make) -> None:
    people = filled(active=True)
    item = essay_of(people)

    def kept() -> list[object]:
        return [
            db.session.execute(select(Enrolment.module_id, Enrolment.hours, Enrolment.score).where(Enrolment.person_id == people.id)).all(),
            db.session.execute(select(Certificate.number, Certificate.snapshot, Certificate.state)).all(),
            db.session.execute(select(Attempt.percent, Attempt.passed, Attempt.state)).all(),
            db.session.execute(select(Mark.points, Mark.item_id)).all(),
            db.session.scalars(select(AttemptItem.response).where(AttemptItem.id != item)).all(),
        ]

    before = kept()
    erased(people)

    person = db.session.get_one(Person, people.id, populate_existing=True)
    assert (person.name, person.nip, person.unit_id, person.active) == (f"Pegawai terhapus #{people.id}", f"terhapus-{people.id}", people.unit, False)
    assert read_nip(person.nip) == "nip-digits"
    assert kept() == before
    assert db.session.scalar(select(AttemptItem.response).where(AttemptItem.id == item)) is None


def test_the_certificate_of_an_erased_person_is_still_verified(app: Flask, filled: Make, client: InspectingClient) -> None:
    people = filled()
    serial = db.session.scalars(select(Certificate.serial)).one()

    erased(people)
    page = words(client.get(f"/verify/{serial}").get_data(as_text=True))

    assert NAME in page
    assert NIP not in page


def test_the_audit_log_is_still_whole_and_says_what_was_erased(app: Flask, filled: Make) -> None:
    people = filled()

    erased(people)

    assert verify().broken_at is None
    last = db.session.execute(select(AuditEntry.act, AuditEntry.actor_id, AuditEntry.detail).where(AuditEntry.act == "erasure.done")).one()
    assert last.actor_id == people.tiur
    assert last.detail["certificates"] == 1


def test_an_erased_person_cannot_sign_in_and_her_browsers_are_signed_out(app: Flask, filled: Make, sign_in: SignIn) -> None:
    people = filled(active=True)
    browser = sign_in(people.id)
    with transaction():
        db.session.execute(update(Person).where(Person.id == people.id).values(active=False))

    erased(people)

    assert browser.get("/").status_code == 302
    for nip in (NIP, f"terhapus-{people.id}"):
        with app.test_request_context(), pytest.raises(Refused, match="sign-in-wrong"):
            accounts.sign_in(nip, "rahasia-password-hash", address="::1")


def test_one_officer_alone_cannot_erase(app: Flask, filled: Make) -> None:
    people = filled()
    number = erasing.propose(people.id, "Pensiun 2019", by=people.agus)

    with pytest.raises(Refused, match="erase-same-officer"):
        erasing.carry_out(number, NIP[-4:], by=people.agus)
    with pytest.raises(Refused, match="erase-digits"):
        erasing.carry_out(number, "0000", by=people.tiur)
    with pytest.raises(Refused, match="erase-proposed"):
        erasing.propose(people.id, "Sekali lagi", by=people.tiur)

    assert db.session.scalar(select(Person.name).where(Person.id == people.id)) == NAME


def test_a_proposal_is_carried_out_or_dropped_once(app: Flask, filled: Make) -> None:
    people = filled()
    number = erasing.propose(people.id, "Pensiun 2019", by=people.agus)
    erasing.drop(number, by=people.agus)

    with pytest.raises(Refused, match="erase-decided"):
        erasing.carry_out(number, NIP[-4:], by=people.tiur)
    erased(people)
    with pytest.raises(Refused, match="erase-done"):
        erasing.propose(people.id, "Sekali lagi", by=people.agus)

    assert db.session.scalars(select(Erasure.state).order_by(Erasure.id)).all() == ["dropped", "done"]


def test_who_is_active_has_an_open_attempt_or_waits_for_an_answer_is_not_erased(app: Flask, filled: Make) -> None:
    people = filled(active=True)

    with pytest.raises(Refused, match="erase-active"):
        erasing.propose(people.id, "Pensiun", by=people.agus)
    attempt = quizzes.begun(people.id)
    requests.ask(people.id, "copy", reason="Untuk arsip")
    with transaction():
        db.session.execute(update(Person).where(Person.id == people.id).values(active=False))
    with pytest.raises(Refused, match="erase-attempt"):
        erasing.propose(people.id, "Pensiun", by=people.agus)
    with transaction():
        db.session.execute(update(Attempt).where(Attempt.id == attempt).values(state="graded", submitted_at=Attempt.started_at))
    with pytest.raises(Refused, match="erase-request"):
        erasing.propose(people.id, "Pensiun", by=people.agus)


def test_what_became_true_after_the_proposal_stops_it(app: Flask, filled: Make) -> None:
    people = filled()
    number = erasing.propose(people.id, "Pensiun", by=people.agus)
    with transaction():
        db.session.execute(update(Person).where(Person.id == people.id).values(active=True))

    with pytest.raises(Refused, match="erase-active"):
        erasing.carry_out(number, NIP[-4:], by=people.tiur)


def test_an_account_that_was_merged_into_hers_is_erased_with_it(app: Flask, filled: Make) -> None:
    people = filled()
    twin = build.person("Rosdiana Br. Purba", nip="198703122010012999", active=False)
    with transaction():
        db.session.execute(update(Person).where(Person.id == twin).values(merged_into=people.id))

    erased(people)

    assert where_stands("198703122010012999", "Br. Purba") == {"198703122010012999": set(), "Br. Purba": set()}


def test_the_page_says_what_stays_and_why_before_anything_is_done(app: Flask, filled: Make, sign_in: SignIn) -> None:
    people = filled()
    before = list(texts())

    preview = erasing.preview(people.id, by=people.agus)
    page = sign_in(people.agus).get(f"/office/privacy/people/{people.id}/erase")

    assert preview.obstacle is None
    assert all(why for _label, _count, why in preview.stays)
    assert {"Certificates and what they say", "Modules studied"} <= {label for label, _count, _why in preview.stays}
    assert {"Signed-in browsers", "Notices", "Passkeys"} <= {label for label, _count in preview.goes}
    assert page.status_code == 200
    assert [row for row in texts() if row[0] not in {"sign_ins", "readings"}] == [row for row in before if row[0] not in {"sign_ins", "readings"}]


def test_two_officers_do_it_in_their_browsers(app: Flask, filled: Make, sign_in: SignIn) -> None:
    people = filled()
    page = f"/office/privacy/people/{people.id}/erase"
    agus, tiur = sign_in(people.agus), sign_in(people.tiur)

    agus.send(page, reason="Pensiun 2019")
    number = db.session.scalars(select(Erasure.id)).one()
    own = agus.send(page, f"/office/privacy/erasures/{number}/carry-out", digits=NIP[-4:])
    wrong = tiur.send(page, f"/office/privacy/erasures/{number}/carry-out", digits="")
    done = tiur.send(page, f"/office/privacy/erasures/{number}/carry-out", digits=NIP[-4:])

    assert [one.location for one in (own, wrong, done)] == [page, page, "/office/privacy/erasures/"]
    assert db.session.scalar(select(Person.nip).where(Person.id == people.id)) == f"terhapus-{people.id}"


def test_an_auditor_sees_but_decides_nothing(app: Flask, filled: Make, sign_in: SignIn) -> None:
    people = filled()
    browser = sign_in(build.person(role="auditor"))
    page = f"/office/privacy/people/{people.id}/erase"

    seen = browser.get(page)
    refused = browser.post(page, data={"csrf_token": browser.token("/me/data/"), "reason": "Pensiun 2019"})

    assert (seen.status_code, refused.status_code) == (200, 403)
    assert "Pensiun" not in json.dumps([row for _table, row in texts() if _table == "erasures"])


def test_the_command_line_needs_two_officers_too(app: Flask, filled: Make) -> None:
    people = filled()
    nips = {name: db.session.scalar(select(Person.nip).where(Person.id == one)) for name, one in (("agus", people.agus), ("tiur", people.tiur))}

    def run(*arguments: str) -> int:
        with app.test_request_context():
            return CliRunner().invoke(privacy, ["erase", NIP, *arguments]).exit_code

    assert run("--by", str(nips["agus"])) == 0
    assert db.session.scalars(select(Erasure.id)).all() == []
    assert run("--by", NIP, "--reason", "Pensiun") == 1
    assert run("--by", str(nips["agus"]), "--reason", "Pensiun") == 0
    assert run("--by", str(nips["agus"]), "--last-digits", NIP[-4:]) == 1
    assert run("--by", str(nips["tiur"]), "--last-digits", NIP[-4:]) == 0
    assert db.session.scalar(select(Person.nip).where(Person.id == people.id)) == f"terhapus-{people.id}"


def test_every_table_is_searched(app: Flask, filled: Make) -> None:
    filled()

    assert len({table for table, _row in texts()}) > len(Base.metadata.tables) / 2
