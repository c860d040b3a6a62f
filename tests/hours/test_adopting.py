"""Adopting another conversion table: validated, withdrawn before it holds, and reckoning anew what an older day now gives."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import clock, jobs
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.base.jobs import Job
from lms.hours import adopting, drafts, queries, service
from lms.hours.models import Entry, RateTable, Target
from lms.hours.rates import NATIONAL
from lms.hours.rules import Rate
from lms.hours.service import Earned
from lms.wiring import JOBS
from tests import build
from tests.inspecting import InspectingClient, words

SignInAs = Callable[[int], InspectingClient]
YEAR, DAY = (date(2026, 1, 1), date(2026, 12, 31)), date(2026, 3, 9)
BASIS = "Perwali 3/2026"


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner."""
    return build.person("Sari Damanik")


@pytest.fixture
def officer(app: Flask, sign_in: SignInAs) -> InspectingClient:
    """The browser of BKPSDM's training officer."""
    return sign_in(build.person("Budi Sinaga", role="training-officer"))


def earned(person: int, key: str, form: str, amount: str, *, day: date = DAY) -> Earned:
    return Earned(person, "claim", key, f"Pelatihan {key}", form, ((day, Decimal(amount)),))


def changed(**rates: Mapping[str, object]) -> dict[str, Rate]:
    """The national rates with some columns of some forms changed; a form of None is left out."""
    found = dict(NATIONAL)
    for form, columns in rates.items():
        found[form.replace("_", "-")] = replace(found[form.replace("_", "-")], **columns)  # type: ignore[arg-type]
    return found


def run() -> int:
    return jobs.run_due({adopting.JOB: JOBS[adopting.JOB]})


def total(person: int) -> Decimal:
    return queries.total(person, *YEAR)


def test_a_table_from_a_past_day_reckons_anew_what_was_earned_since(sari: int) -> None:
    service.credit(earned(sari, "1", "seminar", "1"))
    service.credit(earned(sari, "2", "seminar", "1", day=date(2026, 1, 9)))
    service.credit(earned(sari, "3", "course", "10"))

    adopting.adopt([adopting.New(date(2026, 2, 1), changed(seminar={"national": Decimal(6)}))], basis=BASIS)
    run()

    assert total(sari) == 6 + 4 + 10
    rows = db.session.execute(select(Entry.kind, Entry.credited, Entry.rule).order_by(Entry.id))
    assert [tuple(row) for row in rows] == [
        ("credit", 4, "national:1"), ("credit", 4, "national:1"), ("credit", 10, "national:1"), ("reversal", -4, ""),
        ("credit", 6, f"table:{db.session.scalars(select(RateTable.id)).one()}")]


def test_a_changed_cap_counts_too_and_running_again_changes_nothing(sari: int) -> None:
    service.credit(earned(sari, "1", "e-learning", "5"))

    adopting.adopt([adopting.New(date(2026, 2, 1), changed(**{"e-learning": {"day_cap": Decimal(4)}}))], basis=BASIS)
    run()
    lines = db.session.scalar(select(func.count()).select_from(Entry))
    for _again in range(2):
        adopting.run_job({})

    assert (total(sari), db.session.scalar(select(func.count()).select_from(Entry))) == (4, lines)


def test_many_are_reckoned_anew_in_batches(sari: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adopting, "BATCH", 2)
    for number in range(5):
        service.credit(earned(sari, str(number), "seminar", "1", day=DAY + timedelta(days=number)))

    adopting.adopt([adopting.New(date(2026, 2, 1), changed(seminar={"national": Decimal(5)}))], basis=BASIS)

    assert run() == 3
    assert total(sari) == 25


def test_what_was_taken_back_stays_so_and_what_an_officer_stated_too(sari: int) -> None:
    service.credit(earned(sari, "1", "seminar", "1"))
    service.reverse("claim", "1", reason="keliru")
    service.credit(replace(earned(sari, "2", "on-the-job", "3"), basis="SK 1"))

    adopting.adopt([adopting.New(date(2026, 2, 1), {
        **changed(seminar={"national": Decimal(6)}), "on-the-job": Rate("on-the-job", "day", Decimal(9), Decimal(9))})], basis=BASIS)
    run()

    assert total(sari) == 3


def test_a_table_to_come_changes_nothing_and_may_be_withdrawn(sari: int) -> None:
    service.credit(earned(sari, "1", "seminar", "1"))
    (number,) = adopting.adopt([adopting.New(clock.today() + timedelta(days=1), changed(seminar={"national": Decimal(6)}))], basis=BASIS)

    assert db.session.scalars(select(Job.kind).where(Job.kind == adopting.JOB)).all() == []
    adopting.withdraw(number)

    assert db.session.scalars(select(RateTable.id)).all() == []
    with pytest.raises(NotFound):
        adopting.withdraw(number)
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("rates.%")).order_by(AuditEntry.seq))
    assert acts.all() == ["rates.adopted", "rates.withdrawn"]


def test_a_table_in_force_cannot_be_withdrawn(app: Flask) -> None:
    (number,) = adopting.adopt([adopting.New(clock.today(), NATIONAL)], basis=BASIS)

    with pytest.raises(Refused, match="rates-in-force"):
        adopting.withdraw(number)


@pytest.mark.parametrize(("first", "rates", "basis", "code"), [
    (date(2026, 5, 1), NATIONAL, "", "rates-basis"), (date(2026, 5, 1), NATIONAL, "x" * 301, "rates-basis"),
    (date(2026, 5, 1), {}, BASIS, "rates-empty"), (date(2026, 4, 1), NATIONAL, BASIS, "rates-before"),
    (date(2026, 3, 1), NATIONAL, BASIS, "rates-before"),
])
def test_what_cannot_be_adopted(app: Flask, first: date, rates: Mapping[str, Rate], basis: str, code: str) -> None:
    adopting.adopt([adopting.New(date(2026, 4, 1), NATIONAL)], basis=BASIS)

    with pytest.raises(Refused, match=code):
        adopting.adopt([adopting.New(first, rates)], basis=basis)

    assert db.session.scalars(select(RateTable.from_on)).all() == [date(2026, 4, 1)]


@pytest.mark.parametrize("rates", [
    {form: rate for form, rate in NATIONAL.items() if form != "seminar"}, changed(seminar={"per": "jp"})])
def test_a_form_for_which_hours_are_entered_keeps_a_rate_in_its_unit(sari: int, rates: Mapping[str, Rate]) -> None:
    service.credit(earned(sari, "1", "seminar", "1"))

    with pytest.raises(Refused, match="rates-form-used"):
        adopting.adopt([adopting.New(date(2026, 2, 1), rates)], basis=BASIS)
    adopting.adopt([adopting.New(DAY + timedelta(days=1), rates)], basis=BASIS)
    run()

    assert total(sari) == 4


def test_several_periods_are_adopted_together_or_not_at_all(app: Flask) -> None:
    with pytest.raises(Refused, match="rates-before"):
        adopting.adopt([adopting.New(date(2026, 1, 1), NATIONAL), adopting.New(date(2026, 1, 1), NATIONAL)], basis=BASIS)

    assert db.session.scalars(select(RateTable.id)).all() == []


class TestPages:
    """The table for everybody, the form and the file for the officer."""

    def fields(self, **other: str) -> dict[str, str]:
        texts = {f"{form}.{column}": value for form, rate in NATIONAL.items() for column, value in drafts.texts_of(rate).items()}
        return {**texts, "first": "2026-05-01", "basis": BASIS, "note": "", **other}

    def test_everybody_sees_the_rates_with_their_basis(self, sari: int, sign_in: SignInAs) -> None:
        shown = words(sign_in(sari).get("/hours/rates/").text)

        assert "PerLAN 10/2018" in shown
        assert "E-learning" in shown

    def test_the_form_is_filled_from_the_latest_table_and_adopts_another(self, officer: InspectingClient) -> None:
        filled = officer.get("/hours/rates/new").text

        answer = officer.send("/hours/rates/new", **self.fields(**{"seminar.national": "5,5"}))

        assert 'name="e-learning.day_cap" inputmode="decimal" autocomplete="off" maxlength="12" value="3"' in filled
        assert answer.status_code == 303
        held = queries.holding(queries.rate_tables(), date(2026, 5, 1)).rates
        assert held == changed(seminar={"national": Decimal("5.5")})
        assert "Perwali 3/2026" in officer.get("/hours/rates/").text

    @pytest.mark.parametrize(("other", "status", "kept"), [
        ({"seminar.national": "-4"}, 422, 'value="-4"'), ({"first": "kemarin"}, 422, 'value="kemarin"'),
        ({"basis": "", "note": "Catatan."}, 409, 'value="Catatan."'), ({"first": "2026-05-01"}, 303, "")])
    def test_the_form_stays_filled_when_something_is_wrong(
        self, officer: InspectingClient, other: dict[str, str], status: int, kept: str,
    ) -> None:
        answer = officer.send("/hours/rates/new", **self.fields(**other))

        assert (answer.status_code, kept in answer.text) == (status, True)

    def test_a_table_to_come_is_withdrawn_twice_without_harm(self, officer: InspectingClient) -> None:
        (number,) = adopting.adopt([adopting.New(date(2026, 12, 1), NATIONAL)], basis=BASIS)
        token = officer.token("/hours/rates/")

        answers = [officer.post(f"/hours/rates/{number}/withdraw", data={"csrf_token": token}).status_code for _try in range(2)]

        assert answers == [303, 303]
        assert db.session.scalars(select(RateTable.id)).all() == []

    def test_a_file_is_looked_at_and_then_adopted(self, officer: InspectingClient) -> None:
        content = drafts.as_csv([(None, None, changed(seminar={"national": Decimal(7)}))])

        seen = officer.send("/hours/rates/file", file=(io.BytesIO(content.encode()), "tabel.csv"), first="2026-06-01", basis=BASIS)
        assert (seen.status_code, db.session.scalars(select(RateTable.id)).all()) == (200, [])
        done = officer.send("/hours/rates/file", content=content, first="2026-06-01", basis=BASIS, confirm="1")

        assert done.status_code == 303
        assert queries.holding(queries.rate_tables(), date(2026, 6, 1)).rates["seminar"].national == 7

    @pytest.mark.parametrize(("content", "status"), [
        (b"form,per\n", 422), (b"\xff\xfe\x00", 422), (b"", 422), (b"PK\x03\x04\x00\x00", 422),
        (drafts.as_csv([(date(2026, 1, 1), date(2026, 5, 30), NATIONAL), (date(2026, 7, 1), None, NATIONAL)]).encode(), 422),
    ])
    def test_a_file_with_mistakes_or_a_gap_in_time_adopts_nothing(self, officer: InspectingClient, content: bytes, status: int) -> None:
        answer = officer.send("/hours/rates/file", file=(io.BytesIO(content), "tabel.csv"), basis=BASIS, confirm="1")

        assert answer.status_code == status
        assert db.session.scalars(select(RateTable.id)).all() == []

    def test_a_learner_may_not_adopt(self, sari: int, sign_in: SignInAs) -> None:
        assert sign_in(sari).get("/hours/rates/new").status_code == 403

    def test_a_target_is_set_and_shown(self, officer: InspectingClient) -> None:
        wrong = officer.send("/hours/targets/", employment="PPPK", first="2026-01-01", year="calendar", least="banyak", notice="", basis=BASIS)
        right = officer.send("/hours/targets/", employment="PPPK", first="2026-01-01", year="calendar", least="12,5", notice="", basis=BASIS)

        assert (wrong.status_code, "banyak" in wrong.text, right.status_code) == (422, True, 303)
        assert db.session.scalars(select(Target.least)).all() == [Decimal("12.5")]
        assert "12,5" in words(officer.get("/hours/targets/").text)
