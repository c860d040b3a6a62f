"""A claim from draft to ledger: who may do what when, duplicates, conflicts."""

import contextvars
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.claims import deciding, queries, rules, service
from lms.claims.models import Claim
from lms.hours import queries as ledger
from lms.hours.models import Entry
from lms.notifications.models import Notice
from tests import build
from tests.claims.conftest import BIMTEK, Hand, Office, state, version
from tests.claims.files import pdf, photo

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
STATES = tuple(rules.STATES)
DONE: dict[str, Callable[[int, Office], object]] = {
    "send": lambda claim, office: service.send(claim, office.sari),
    "change": lambda claim, office: service.save(office.sari, BIMTEK, slip="s" * 32, claim_id=claim),
    "withdraw": lambda claim, office: service.withdraw(claim, office.sari),
    "check": lambda claim, office: deciding.check(claim, version=version(claim), by=office.dewi),
    "accept": lambda claim, office: deciding.accept(claim, version=version(claim), by=office.budi),
    "return": lambda claim, office: deciding.send_back(claim, "Foto kabur.", version=version(claim), by=office.dewi),
    "refuse": lambda claim, office: deciding.refuse(claim, "Bukan nama Anda.", version=version(claim), by=office.dewi),
    "revoke": lambda claim, office: deciding.revoke(claim, "Keliru.", version=version(claim), by=office.budi),
}


def told(person: int) -> list[tuple[str, str]]:
    """What a person was told: kind and reason."""
    rows = db.session.execute(select(Notice.kind, Notice.values).where(Notice.person_id == person).order_by(Notice.id))
    return [(row.kind, row.values.get("reason", "")) for row in rows]


@pytest.mark.parametrize("act", DONE)
@pytest.mark.parametrize("before", STATES)
def test_an_act_is_done_only_from_the_states_that_allow_it(office: Office, hand: Hand, before: str, act: str) -> None:
    claim = hand(before)

    try:
        DONE[act](claim, office)
        done = True
    except (Refused, NotFound):
        done = False

    assert done == rules.may(act, before)
    if not done:
        assert state(claim) == before


def test_a_claim_goes_through_both_hands_into_the_ledger(office: Office, hand: Hand) -> None:
    claim = hand("checked", jp=Decimal(16))

    counted = deciding.accept(claim, version=version(claim), by=office.budi)

    row = queries.own(claim, office.sari)
    assert (counted, ledger.total(office.sari, *YEAR)) == (16, 16)
    assert (row.state, row.checker, row.decider) == ("accepted", "Dewi Purba", "Budi Girsang")
    assert [tuple(one) for one in db.session.execute(select(Entry.day, Entry.amount).order_by(Entry.day))] == [
        (date(2026, 2, 2), 8), (date(2026, 2, 3), 8)]
    assert [kind for kind, _reason in told(office.sari)] == ["claim.accepted"]
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.about_id == office.sari).order_by(AuditEntry.seq)).all()
    assert list(acts) == ["claim.sent", "claim.checked", "claim.accepted"]


@pytest.mark.parametrize(("form", "scope", "jp", "counted"), [
    ("guidance", "international", Decimal(10), Decimal(12)), ("seminar", "national", None, Decimal(8)),
    ("seminar", "international", Decimal(2), Decimal(12)), ("benchmarking", "national", None, Decimal(10)),
    ("coaching", "national", None, Decimal(2)), ("e-learning", "national", Decimal(20), Decimal(6)), ("degree", "national", None, Decimal(20)),
])
def test_what_counts_follows_the_form_of_training_and_is_foretold(
    office: Office, hand: Hand, form: str, scope: str, jp: Decimal | None, counted: Decimal,
) -> None:
    from lms.claims import crediting

    claim = hand("checked", form=form, scope=scope, jp=jp)
    foretold = crediting.forecast(crediting.of_claim(db.session.get_one(Claim, claim)))

    assert foretold is not None
    assert (foretold.credited, deciding.accept(claim, version=version(claim), by=office.budi)) == (counted, counted)
    assert ledger.total(office.sari, *YEAR) == counted


def test_a_form_without_a_rate_is_accepted_only_with_the_rule_that_sets_its_jp(office: Office, hand: Hand) -> None:
    claim = hand("checked", form="on-the-job", jp=Decimal(6))

    with pytest.raises(Refused, match="hours-no-rate"):
        deciding.accept(claim, version=version(claim), by=office.budi)
    assert (state(claim), ledger.total(office.sari, *YEAR)) == ("checked", 0)

    assert deciding.accept(claim, version=version(claim), by=office.budi, basis="Perwal 1/2026") == 6


def test_an_acceptance_that_is_taken_back_takes_the_jp_back_and_says_why(office: Office, hand: Hand) -> None:
    claim = hand("accepted")

    deciding.revoke(claim, "Sertifikat ternyata palsu.", version=version(claim), by=office.budi)

    assert (state(claim), ledger.total(office.sari, *YEAR)) == ("refused", 0)
    assert told(office.sari)[-1] == ("claim.refused", "Sertifikat ternyata palsu.")


def test_a_returned_claim_is_mended_sent_and_accepted(office: Office, hand: Hand) -> None:
    claim = hand("returned")
    service.save(office.sari, BIMTEK, slip="x" * 32, claim_id=claim, file=photo((1, 2, 3)))
    assert state(claim) == "returned"
    service.send(claim, office.sari)
    deciding.check(claim, version=version(claim), by=office.dewi)

    assert deciding.accept(claim, version=version(claim), by=office.budi) == 16
    assert told(office.sari)[0] == ("claim.returned", "Foto kabur.")


@pytest.mark.parametrize("before", ["submitted", "checked"])
def test_changing_what_waits_takes_it_out_of_the_queue_and_out_of_the_officers_hands(office: Office, hand: Hand, before: str) -> None:
    claim = hand(before)
    seen = version(claim)

    service.save(office.sari, BIMTEK, slip="x" * 32, claim_id=claim)

    assert state(claim) == "draft"
    service.send(claim, office.sari)
    for act in (lambda: deciding.check(claim, version=seen, by=office.dewi), lambda: deciding.refuse(claim, "Kabur.", version=seen, by=office.dewi)):
        with pytest.raises(Refused, match="claim-changed"):
            act()


@pytest.mark.parametrize("missing", ["title", "organiser", "number", "form", "from_on", "until_on", "jp"])
def test_a_draft_is_kept_with_whatever_is_missing_but_not_sent(office: Office, hand: Hand, missing: str) -> None:
    claim = hand("draft", **{missing: None if missing in {"from_on", "until_on", "jp"} else ""})

    assert service.lacking(claim, office.sari) == (missing,)
    with pytest.raises(Refused, match="claim-incomplete"):
        service.send(claim, office.sari)


def test_a_form_that_was_sent_twice_is_one_claim(office: Office) -> None:
    numbers = {service.save(office.sari, BIMTEK, slip="a" * 32, file=photo()) for _ in range(2)}

    assert len(numbers) == 1
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 1


def test_the_same_certificate_is_handed_in_once(office: Office, hand: Hand) -> None:
    hand("accepted", number="99 / B / 2026", organiser="BPSDM  Provinsi")
    again = hand("draft", number="99/b/2026", organiser="bpsdm provinsi.")
    with pytest.raises(Refused, match="claim-twice"):
        service.send(again, office.sari)

    file = photo((9, 9, 9))
    hand("submitted", file=file)
    other = hand("draft", file=file)
    with pytest.raises(Refused, match="claim-twice"):
        service.send(other, office.sari)


def test_a_refused_certificate_may_be_handed_in_again(office: Office, hand: Hand) -> None:
    file = photo((9, 9, 9))
    hand("refused", number="7/A", file=file)

    assert state(hand("submitted", number="7/A", file=file)) == "submitted"


@pytest.mark.parametrize("file", [photo((9, 9, 9)), pdf()])
def test_the_file_of_somebody_else_is_refused_and_the_draft_kept(office: Office, hand: Hand, file: bytes) -> None:
    hand("submitted", file=file)
    theirs = hand("draft", person=office.rini, file=file)

    with pytest.raises(Refused, match="claim-of-another"):
        service.send(theirs, office.rini)
    assert state(theirs) == "draft"


def test_the_same_picture_with_another_header_is_the_same_file(office: Office, hand: Hand) -> None:
    plain = photo((40, 50, 60), form="PNG")
    padded = plain[:-12] + b"\0\0\0\x05tEXta\0cde" + zlib.crc32(b"tEXta\0cde").to_bytes(4, "big") + plain[-12:]
    hand("submitted", file=plain)
    theirs = hand("draft", person=office.rini, file=padded)

    with pytest.raises(Refused, match="claim-of-another"):
        service.send(theirs, office.rini)


def test_the_number_of_somebody_else_is_shown_to_the_officer_and_kept_out_of_the_batch(office: Office, hand: Hand) -> None:
    hand("checked", number="5/UMUM")
    alone = hand("checked")
    theirs = hand("submitted", person=office.rini, number="5/umum")

    found = queries.likenesses(queries.own(theirs, office.rini))

    assert [(one.person, one.same_file, one.own) for one in found] == [("Sari Damanik", False, False)]
    assert [row.id for row in queries.batch(("/",), office.budi)] == [alone]


def test_nobody_decides_on_her_own_claim(office: Office, hand: Hand) -> None:
    claim = hand("submitted", person=office.dewi)
    hers = hand("checked", person=office.budi)

    for act in (lambda: deciding.check(claim, version=version(claim), by=office.dewi),
                lambda: deciding.accept(hers, version=version(hers), by=office.budi)):
        with pytest.raises(Refused, match="claim-own"):
            act()
    assert hers not in [row.id for row in queries.batch(("/",), office.budi)]


def test_others_claims_do_not_exist_for_a_person_and_drafts_not_for_officers(office: Office, hand: Hand) -> None:
    claim, draft = hand("submitted"), hand("draft")

    for act in (lambda: queries.own(claim, office.rini), lambda: service.send(claim, office.rini), lambda: service.withdraw(claim, office.rini),
                lambda: service.save(office.rini, BIMTEK, slip="z" * 32, claim_id=claim), lambda: queries.seen(draft, ("/",)),
                lambda: deciding.check(draft, version=version(draft), by=office.dewi)):
        with pytest.raises(NotFound):
            act()


def test_the_officers_of_the_unit_and_above_are_told_once_a_day(office: Office, hand: Hand) -> None:
    hand("submitted")
    hand("submitted")

    assert (told(office.dewi), told(office.budi), told(office.lina)) == ([("claim.waiting", "")], [("claim.waiting", "")], [])


def test_two_officers_who_decide_at_once_make_one_decision(app: Flask, office: Office, hand: Hand) -> None:
    claim = hand("checked")
    seen = version(claim)
    other = build.person("Tio", role="training-officer")
    db.session.remove()
    start = Barrier(2)

    def act(by: int, accepts: bool) -> str:
        with app.app_context():
            start.wait()
            try:
                if accepts:
                    deciding.accept(claim, version=seen, by=by)
                else:
                    deciding.refuse(claim, "Nama lain.", version=seen, by=by)
            except Refused as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(contextvars.Context().run, act, by, accepts) for by, accepts in ((office.budi, True), (other, False))]
        answers = sorted(one.result() for one in acts)

    assert answers == ["claim-changed", "done"]
    assert ledger.total(office.sari, *YEAR) == (16 if state(claim) == "accepted" else 0)


def test_one_photo_sent_by_two_people_at_once_is_handed_in_once(app: Flask, office: Office, hand: Hand) -> None:
    file = photo((3, 1, 4))
    drafts = ((hand("draft", file=file), office.sari), (hand("draft", person=office.rini, file=file), office.rini))
    db.session.remove()
    start = Barrier(2)

    def act(claim: int, person: int) -> str:
        with app.app_context():
            start.wait()
            try:
                service.send(claim, person)
            except Refused as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(one.result() for one in [pool.submit(contextvars.Context().run, act, *draft) for draft in drafts])

    assert answers == ["claim-of-another", "done"]


def test_a_batch_is_accepted_once_its_sample_was_opened(office: Office, hand: Hand, app: Flask) -> None:
    from lms.base import clock
    from lms.base.db import transaction
    from lms.base.readings import Reading

    claims = [hand("checked") for _ in range(5)]
    needs_basis = hand("checked", form="on-the-job")
    offered = queries.batch(("/",), office.budi)
    wanted = [(row.id, row.version) for row in offered]
    drawn = rules.sample((row.id, deciding.mark_of(row)) for row in offered)
    with pytest.raises(Refused, match="claims-sample"):
        deciding.accept_many(wanted, by=office.budi, offered=offered)
    with transaction():
        db.session.add_all(Reading(reader_id=office.budi, what="claim", about_id=office.sari, scope=f"claim:{number}", day=clock.today(),
                                   at=clock.now()) for number in drawn)

    assert len(drawn) == 2
    assert deciding.accept_many(wanted, by=office.budi, offered=offered) == (5, 1)
    assert [state(claim) for claim in claims] == ["accepted"] * 5
    assert (state(needs_basis), ledger.total(office.sari, *YEAR)) == ("checked", 80)
