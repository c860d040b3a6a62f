"""Partners with what belongs to them: recorded, changed by one at a time, ended and taken up again, found, warned of."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.notifications.models import Notice
from lms.partners import notices, papers, queries, service, study_queries
from tests import build
from tests.conftest import NOW
from tests.partners.conftest import AGREEMENT, PDF, PROGRAMME, City, sent

DAY = NOW.date()
EXPERT = {"name": "Prof. Ruth Sitorus", "field": "Administrasi publik", "competencies": "M.5", "email": "ruth@contoh.ac.id", "phone": ""}
OFFER = {"kind": "course", "title": "Bahasa isyarat", "form": "course", "jp": Decimal("12.5"), "cost": 0, "language": "id", "remarks": ""}
CONTACT = {"name": "Ibu Mawar", "role": "Kerja sama", "email": "mawar@contoh.ac.id", "phone": "0622 12345"}


def refusal(act: Any, *args: Any, **kwargs: Any) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code, refused.value.detail


def agreed(city: City, **changes: Any) -> int:
    return service.add_part(city.partner, "agreements", {**AGREEMENT, **changes})


def test_a_second_partner_of_the_same_name_is_refused(city: City) -> None:
    values = {"name": "Universitas Contoh", "kind": "other", "address": "", "website": "", "note": ""}

    assert refusal(service.add_partner, values) == ("partner-there", {"name": "Universitas Contoh"})
    other = service.add_partner({**values, "name": "Lain"})
    assert refusal(service.change_partner, other, values, seen=None)[0] == "partner-there"


def test_of_two_who_change_at_once_the_second_is_told(city: City) -> None:
    row = queries.partner(city.partner)
    values = {name: getattr(row, name) for name in service.EDITED["partner"]}
    seen = service.fingerprint("partner", row)

    assert service.change_partner(city.partner, {**values, "address": "Jalan Baru"}, seen=seen) is True
    assert refusal(service.change_partner, city.partner, {**values, "note": "x"}, seen=seen)[0] == "changed-meanwhile"
    assert service.change_partner(city.partner, {**values, "address": "Jalan Baru"}, seen=None) is False


@pytest.mark.parametrize(("part", "values", "changed"), [
    ("agreements", AGREEMENT, {"subject": "Seminar dan magang"}), ("contacts", CONTACT, {"phone": "0811 1"}),
    ("experts", EXPERT, {"field": "Hukum"}), ("offers", OFFER, {"cost": 250_000}), ("programmes", PROGRAMME, {"semesters": 5}),
])
def test_everything_of_a_partner_is_changed_with_care_and_ended_not_deleted(
    city: City, part: Any, values: dict[str, Any], changed: dict[str, Any],
) -> None:
    made = service.add_part(city.partner, part, values)
    seen = service.fingerprint(part, queries.part(city.partner, part, made))

    assert service.change_part(city.partner, part, made, {**values, **changed}, seen=seen) is True
    assert refusal(service.change_part, city.partner, part, made, values, seen=seen)[0] == "changed-meanwhile"
    for ended in (True, True, False):
        service.end_part(city.partner, part, made, ended=ended)
        assert (queries.part(city.partner, part, made).ended_on == DAY) is ended
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == f"{part}:{made}").order_by(AuditEntry.seq)).all()
    assert acts == ["partner.part-added", "partner.part-changed", "partner.part-ended", "partner.part-resumed"]


def test_a_part_of_another_partner_does_not_exist(city: City) -> None:
    other = service.add_partner({"name": "Lain", "kind": "agency", "address": "", "website": "", "note": ""})
    made = service.add_part(city.partner, "offers", OFFER)

    with pytest.raises(NotFound):
        service.end_part(other, "offers", made, ended=True)
    with pytest.raises(NotFound):
        queries.part(other, "offers", made)


def test_outsiders_stay_out_of_the_log_that_is_never_deleted(city: City) -> None:
    service.add_part(city.partner, "contacts", CONTACT)
    expert = service.add_part(city.partner, "experts", EXPERT)
    service.change_part(city.partner, "experts", expert, {**EXPERT, "name": "Ruth S."}, seen=None)

    said = [row.detail for row in db.session.scalars(select(AuditEntry).where(AuditEntry.act.like("partner.part%")))]
    assert [text for text in map(str, said) if "Mawar" in text or "Ruth" in text] == []


def test_nothing_new_is_recorded_for_a_partner_that_is_over_until_it_is_taken_up_again(city: City) -> None:
    service.end_partner(city.partner, ended=True)

    assert refusal(agreed, city) == ("partner-over", {"name": "Universitas Contoh"})
    assert (list(queries.choices()), [row.name for row in queries.choices(ended=True)]) == ([], ["Universitas Contoh"])
    assert list(study_queries.programmes()) == []
    service.end_partner(city.partner, ended=False)
    agreed(city)


def test_an_agreement_has_a_period_and_a_number_of_its_own(city: City) -> None:
    made = agreed(city)

    assert refusal(agreed, city) == ("agreement-there", {"number": "045/MoU/2025"})
    assert refusal(agreed, city, number="2", until_on=date(2024, 1, 1))[0] == "agreement-period"
    assert service.change_part(city.partner, "agreements", made, AGREEMENT, seen=None) is False


def test_what_other_rooms_ask_about_agreements(city: City) -> None:
    lasting = agreed(city)
    agreed(city, number="2", until_on=date(2026, 6, 30))

    found = queries.agreements_on(DAY)
    on_day = queries.agreement_on(city.partner, DAY)
    assert ({partner: row.id for partner, row in found.items()}, on_day.id) == ({city.partner: lasting}, lasting)
    assert (queries.agreement_on(city.partner, date(2024, 12, 31)), queries.agreement_on(city.partner, date(2027, 1, 1))) == (None, None)
    service.must_be_agreed(city.partner, DAY)


def test_an_expired_agreement_is_refused_with_the_day_it_expired(city: City) -> None:
    bare = refusal(service.must_be_agreed, city.partner, DAY)
    agreed(city)

    assert bare == ("agreement-none", {"name": "Universitas Contoh", "day": DAY})
    assert refusal(service.must_be_agreed, city.partner, date(2027, 1, 1)) == (
        "agreement-expired", {"name": "Universitas Contoh", "day": date(2027, 1, 1), "until": date(2026, 12, 31)})
    assert refusal(service.must_be_agreed, city.partner, date(2024, 1, 1)) == (
        "agreement-coming", {"name": "Universitas Contoh", "day": date(2024, 1, 1), "begins": date(2025, 1, 1)})


def test_those_who_run_the_training_are_warned_three_times_and_each_once(city: City) -> None:
    until = DAY + timedelta(days=90)
    agreed(city, until_on=until)
    warned = []
    for days in (0, 1, 59, 1, 22, 1, 5, 5):
        clock.advance(timedelta(days=days))
        warned.append(notices.warn_ending())

    told = db.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert warned == [1, 0, 1, 0, 1, 0, 0, 0]
    assert {(row.person_id, row.kind) for row in told} == {(city.budi, "agreement.ending")}
    assert told[0].values == {"partner": "Universitas Contoh", "number": "045/MoU/2025", "until": until.isoformat(), "partner_id": city.partner}


def test_nobody_is_warned_of_what_is_followed_ended_or_over(city: City) -> None:
    soon = DAY + timedelta(days=20)
    first = agreed(city, until_on=soon)
    assert notices.warn_ending() == 1
    agreed(city, number="2", from_on=soon, until_on=soon + timedelta(days=365))
    assert queries.ending(DAY) == []
    other = service.add_partner({"name": "Lain", "kind": "agency", "address": "", "website": "", "note": ""})
    service.add_part(other, "agreements", {**AGREEMENT, "until_on": soon})
    assert len(queries.ending(DAY)) == 1
    service.end_partner(other, ended=True)

    assert (queries.ending(DAY), first > 0) == ([], True)


def test_the_job_waits_for_the_morning(city: City) -> None:
    agreed(city, until_on=DAY + timedelta(days=5))
    clock.advance(timedelta(hours=-5))  # four in the office
    notices.run_job({})
    before = db.session.scalars(select(Notice.id)).all()
    clock.advance(timedelta(hours=3))
    notices.run_job({})

    assert (before, len(db.session.scalars(select(Notice.id)).all())) == ([], 1)


@pytest.mark.parametrize(("wish", "names"), [
    ({}, ["Balai Diklat", "Universitas Contoh", "Lama"]), ({"text": "sangnaw"}, ["Universitas Contoh"]), ({"text": "isyarat"}, ["Balai Diklat"]),
    ({"text": "Ruth"}, ["Balai Diklat"]), ({"text": "Mawar"}, []), ({"text": "045/mou"}, ["Universitas Contoh"]), ({"text": "100%"}, []),
    ({"text": "administrasi publik"}, ["Balai Diklat", "Universitas Contoh"]), ({"kind": "university"}, ["Universitas Contoh", "Lama"]),
    ({"state": "agreed"}, ["Universitas Contoh"]), ({"state": "uncovered"}, ["Balai Diklat"]), ({"state": "over"}, ["Lama"]),
    ({"state": "ending"}, []),
])
def test_partners_are_found_by_what_they_have_but_not_by_their_contacts(city: City, wish: dict[str, str], names: list[str]) -> None:
    agreed(city)
    school = service.add_partner({"name": "Balai Diklat", "kind": "training", "address": "", "website": "", "note": ""})
    for part, values in (("experts", EXPERT), ("offers", OFFER), ("contacts", CONTACT)):
        service.add_part(school, part, values)  # type: ignore[arg-type]
    old = service.add_partner({"name": "Lama", "kind": "university", "address": "", "website": "", "note": ""})
    service.end_partner(old, ended=True)

    count, rows = queries.find(queries.Wish(**wish))

    assert (count, [row.name for row in rows]) == (len(names), names)


def test_lists_ask_as_often_for_three_partners_as_for_one(city: City, assert_queries: Callable[[int], Any]) -> None:
    agreed(city)
    with assert_queries(2):
        queries.find(queries.Wish())
    for number in range(3):
        service.add_partner({"name": f"Mitra {number}", "kind": "other", "address": "", "website": "", "note": ""})
    with assert_queries(2):
        assert queries.find(queries.Wish())[0] == 4
    with assert_queries(4):
        assert set(queries.found_within("publik")) == {"programmes"}


def test_agreements_that_need_care_come_first(city: City) -> None:
    for number, first, last in (("holds", 2025, date(2028, 1, 1)), ("coming", 2027, date(2028, 1, 1)), ("expired", 2024, date(2026, 1, 1)),
                                ("ending", 2025, date(2026, 4, 1))):
        agreed(city, number=number, from_on=date(first, 1, 1), until_on=last)

    assert [state for _row, state in queries.agreements("", 1)[1]] == ["ending", "expired", "holds", "coming"]
    for state in ("holds", "coming", "expired", "ending", "ended"):
        assert [row.number for row, _state in queries.agreements(state, 1)[1]] == ([state] if state != "ended" else [])


def test_experts_and_choices_for_other_rooms(city: City) -> None:
    service.add_part(city.partner, "experts", EXPERT)
    gone = service.add_part(city.partner, "experts", {**EXPERT, "name": "Pensiun"})
    service.end_part(city.partner, "experts", gone, ended=True)

    assert [row.name for row in queries.experts_of(city.partner)] == ["Prof. Ruth Sitorus"]
    assert [(row.id, row.name) for row in queries.choices()] == [(city.partner, "Universitas Contoh")]
    assert [row.title for row in study_queries.programmes_for("M.5")] == ["Magister Administrasi Publik"]
    assert study_queries.programmes_for("M.1") == []


def test_the_last_signed_file_of_an_agreement_counts(city: City) -> None:
    with papers.taken(sent(name="lama.pdf"), {papers.PDF}) as kept:
        made = service.add_part(city.partner, "agreements", AGREEMENT, paper=kept)
    with papers.taken(sent(PDF + b"%baru", "baru.pdf"), {papers.PDF}) as kept:
        assert service.change_part(city.partner, "agreements", made, AGREEMENT, seen=None, paper=kept) is True

    assert queries.paper_of(made).name == "baru.pdf"


def test_nobody_manages_who_is_gone_or_of_one_unit_only(app: Flask, city: City) -> None:
    build.person("Agus", role="admin")
    gone = build.person("Pergi", role="admin", active=False)

    assert city.budi in queries.managers()
    assert not {gone, city.wati, city.tiur} & set(queries.managers())
    assert len(queries.managers()) == 2
