"""Evidence: entered once, judged one after the other, withdrawn with a reason; requirements and technical competencies."""

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.competencies import heat, queries, rules, service, standards
from lms.competencies.models import LevelEvidence
from lms.competencies.service import Shown
from lms.notifications.models import Notice
from lms.people.events import PeopleMerged, PersonErased
from lms.people.models import Person
from tests import build
from tests.home.test_merging import finish

TODAY = date(2026, 3, 10)
ALL_OF_TWO = ((2, 0), (2, 1), (2, 2))
LEVELS = [{"description": f"Level {number}", "indicators": ["Satu", "Dua"]} for number in rules.LEVELS]
TECHNICAL = {"code": "T.1", "name": "Menyusun Perda", "definition": "Menyusun rancangan peraturan daerah.", "levels": LEVELS}


@pytest.fixture
def sari(app: Flask) -> int:
    """A learner who holds an executing position."""
    return person("pelaksana")


@pytest.fixture
def wati(app: Flask) -> int:
    """Her supervisor."""
    return build.person("Wati Purba", role="supervisor")


def person(kind: str, name: str = "Sari Damanik", **more: object) -> int:
    made = build.person(name, **more)  # type: ignore[arg-type]
    with transaction():
        db.session.get_one(Person, made).position_kind = kind
    return made


def shown(person_id: int, level: int = 2, **more: object) -> Shown:
    values = {"code": "M.5", "kind": "certificate", "key": "LAN:1", "title": "Pelatihan", "on_day": TODAY, **more}
    return Shown(person_id, level=level, **values)  # type: ignore[arg-type]


def held(person_id: int, code: str = "M.5", on: date | None = None) -> int:
    return {gap.code: gap.held for gap in queries.gaps_of(person_id, on)}.get(code, 0)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("compet%")).order_by(AuditEntry.seq)))


def test_evidence_is_entered_once(sari: int) -> None:
    first = service.record_evidence(shown(sari))

    assert service.record_evidence(shown(sari, 4)) == first
    assert held(sari) == 2


def test_evidence_for_a_competency_that_no_dictionary_has_is_refused(sari: int) -> None:
    assert refused(lambda: service.record_evidence(shown(sari, code="M.99"))) == "competency-unknown"
    assert refused(lambda: service.record_evidence(shown(sari, valid_until=TODAY - timedelta(days=1)))) == "competency-period"


def test_a_gap_names_evidence_and_requirement(sari: int) -> None:
    service.record_evidence(shown(sari))

    (gap,) = [one for one in queries.gaps_of(sari) if one.code == "M.5"]

    assert (gap.held, gap.required, gap.gap) == (2, 1, 1)
    assert gap.evidence is not None
    assert (gap.evidence.title, gap.evidence.until_on) == ("Pelatihan", date(2029, 3, 10))
    assert gap.requirement == rules.Requirement(1, "default", "pelaksana")


def test_gaps_take_three_queries_however_much_evidence(sari: int, assert_queries: Callable[[int], object]) -> None:
    for key in ("1", "2", "3"):
        service.record_evidence(shown(sari, key=key))
    db.session.rollback()

    with assert_queries(3):  # type: ignore[attr-defined]
        queries.gaps_of(sari)


def test_a_module_that_is_passed_shows_its_levels_as_long_as_it_is_valid(sari: int) -> None:
    finish(sari)

    (row,) = db.session.scalars(select(LevelEvidence))
    assert (row.code, row.level, row.kind, row.title, row.valid_until, row.made_by) == (
        "M.5", 2, "module", "Menyapa Warga", date(2028, 3, 10), None)


def test_completions_from_before_are_entered_once_and_withdrawn_ones_never_again(sari: int, wati: int) -> None:
    finish(sari)
    with transaction():
        db.session.execute(delete(LevelEvidence))

    entered = [service.enter_completions(), service.enter_completions()]
    service.withdraw(db.session.scalars(select(LevelEvidence.id)).one(), reason="Salah orang.", by=wati)

    assert (entered, service.enter_completions(), held(sari)) == ([1, 0], 0, 0)


def test_a_supervisor_confirms_a_level_against_its_indicators(sari: int, wati: int) -> None:
    service.confirm(sari, "M.5", level=2, ticked=[*ALL_OF_TWO[:2], (9, 9)], note="Di loket, Februari.", by=wati)

    (found,) = queries.evidence_of(sari)
    assert (found.fact.level, found.fact.valid_until, found.made_by, [level for level, _text in found.indicators]) == (
        2, date(2028, 3, 10), "Wati Purba", [2, 2])
    assert (held(sari), acts()) == (2, ["competency.confirmed"])
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.person_id, notice.kind, notice.values) == (
        sari, "competency.confirmed", {"competency": "Pelayanan Publik", "level": 2, "by": "Wati Purba"})


def test_too_few_indicators_confirm_nothing_and_nobody_confirms_herself(sari: int, wati: int) -> None:
    def confirm(person_id: int, *ticked: tuple[int, int], code: str = "M.5") -> str:
        return refused(lambda: service.confirm(person_id, code, level=2, ticked=ticked, note="", by=wati))

    assert [confirm(sari, (2, 0)), confirm(sari, (1, 0), (1, 1), (1, 2)), confirm(wati, *ALL_OF_TWO)] == [
        "competency-ticks", "competency-ticks", "competency-self"]
    with pytest.raises(NotFound):
        service.confirm(sari, "X.1", level=2, ticked=ALL_OF_TWO, note="", by=wati)
    assert held(sari) == 0


def test_a_later_confirmation_takes_the_place_of_the_one_before_also_if_it_is_lower(sari: int, wati: int) -> None:
    service.confirm(sari, "M.5", level=2, ticked=ALL_OF_TWO, note="", by=wati)
    clock.advance(timedelta(days=60))
    later = service.confirm(sari, "M.5", level=1, ticked=((1, 0), (1, 1)), note="", by=wati)

    assert [held(sari, on=TODAY), held(sari)] == [2, 1]
    service.withdraw(later, reason="Keliru menilai.", by=wati)
    assert held(sari) == 2


def test_a_confirmation_sent_twice_is_one_and_one_mended_on_the_same_day_replaces_it(sari: int, wati: int) -> None:
    once = [service.confirm(sari, "M.5", level=2, ticked=ALL_OF_TWO, note="", by=wati) for _time in range(2)]
    service.confirm(sari, "M.5", level=1, ticked=((1, 0), (1, 1)), note="", by=wati)

    assert (len(set(once)), held(sari), [one.fact.withdrawn for one in queries.evidence_of(sari)]) == (1, 1, [False, True])


def test_a_confirmation_leaves_other_kinds_of_evidence_as_they_are(sari: int, wati: int) -> None:
    service.record_evidence(shown(sari, 3))
    service.confirm(sari, "M.5", level=1, ticked=((1, 0), (1, 1)), note="", by=wati)

    assert held(sari) == 3


def test_the_person_says_something_to_it_and_nobody_else_does(sari: int, wati: int) -> None:
    number = service.confirm(sari, "M.5", level=2, ticked=ALL_OF_TWO, note="", by=wati)
    service.remark(number, "Saya setuju.", by=sari)

    with pytest.raises(NotFound):
        service.remark(number, "Bukan saya.", by=wati)
    assert [one.remark for one in queries.evidence_of(sari)] == ["Saya setuju."]


def test_what_is_withdrawn_keeps_its_reason_and_counts_no_more(sari: int, wati: int) -> None:
    number = service.enter_by_hand(shown(sari))
    codes = [refused(lambda: service.withdraw(number, reason="", by=wati))]
    service.withdraw(number, reason="Sertifikat palsu.", by=wati)

    assert (held(sari), [one.withdrawn_for for one in queries.evidence_of(sari)]) == (0, ["Sertifikat palsu."])
    assert [*codes, refused(lambda: service.withdraw(number, reason="Lagi.", by=wati))] == ["reason-missing", "competency-withdrawn"]


def test_what_an_officer_enters_twice_or_of_tomorrow_is_refused(sari: int) -> None:
    service.enter_by_hand(shown(sari))

    assert [refused(lambda: service.enter_by_hand(shown(sari))),
            refused(lambda: service.enter_by_hand(shown(sari, key="2", on_day=TODAY + timedelta(days=1))))] == [
        "competency-entered", "date-future"]



def test_what_was_required_on_a_past_day_stays_when_it_changes(sari: int) -> None:
    first = build.person("Agus", role="admin")
    changed = [
        standards.require(codes=["M.5"], position_kind="pelaksana", position="", level=level, from_on=day, basis="Perwal", by=first)
        for level, day in ((2, date(2026, 1, 1)), (3, date(2026, 3, 1)), (3, date(2026, 3, 1)))]

    then, now = ({gap.code: gap.required for gap in queries.gaps_of(sari, day)}["M.5"] for day in (date(2026, 3, 9), TODAY))

    assert changed == [1, 1, 0]
    assert queries.matrix(date(2026, 2, 1)).requirement("M.5", "pelaksana", "").level == 2  # type: ignore[union-attr]
    assert (then, now) == (None, 3)  # on the ninth she had no posting here yet
    assert refused(lambda: standards.require(
        codes=["M.5"], position_kind="pelaksana", position="", level=1, from_on=date(2026, 2, 1), basis="Perwal", by=first)) == "date-early"


def test_requirements_name_a_kind_or_a_position_and_a_known_competency(sari: int) -> None:
    agus = build.person("Agus", role="admin")

    def code(kind: str, position: str, *codes: str) -> str:
        return refused(lambda: standards.require(
            codes=codes, position_kind=kind, position=position, level=2, from_on=TODAY, basis="x", by=agus))

    assert [code("", "", "M.5"), code("pelaksana", "Camat", "M.5"), code("raja", "", "M.5"), code("pelaksana", "", "Z.1")] == [
        "requirement-scope", "requirement-scope", "requirement-scope", "competency-unknown"]


def test_a_technical_competency_is_added_changed_and_ended_but_never_deleted(sari: int) -> None:
    agus = build.person("Agus", role="admin")
    standards.add(TECHNICAL, by=agus)
    service.record_evidence(shown(sari, code="T.1"))
    changed = [standards.change("T.1", {**TECHNICAL, "name": "Perancangan Perda"}), standards.change("T.1", {**TECHNICAL, "name": "Perancangan Perda"})]
    standards.end("T.1")

    assert changed == [True, False]
    assert [one.code for one in queries.dictionary()] == list(rules.NINE)
    assert [one.name for one in queries.dictionary(ended=True) if one.id] == ["Perancangan Perda"]
    assert held(sari, "T.1") == 2
    assert [refused(lambda: standards.add(TECHNICAL, by=agus)), refused(lambda: standards.end("T.1")),
            refused(lambda: standards.change("T.1", TECHNICAL)),
            refused(lambda: service.enter_by_hand(shown(sari, code="T.1", key="2"))),
            refused(lambda: service.confirm(sari, "T.1", level=1, ticked=[(1, 0), (1, 1)], note="", by=agus))] == [
        "competency-code-taken", "competency-ended", "competency-ended", "competency-unknown", "competency-ended"]
    with pytest.raises(NotFound):
        standards.change("M.5", TECHNICAL)
    assert acts() == ["competency.added", "competency.changed", "competency.ended"]


def test_the_gaps_of_a_unit_are_summed_over_its_people(app: Flask) -> None:
    unit = build.unit()
    below = build.unit("Seksi", parent=unit)
    sari, budi, dewi = (person(kind, name, unit_id=where) for kind, name, where in (
        ("pelaksana", "Sari", unit), ("administrator", "Budi", below), ("", "Dewi", unit)))
    person("administrator", "Tigor")  # of another unit
    for who in (sari, budi, dewi):
        service.record_evidence(shown(who, 2))

    gaps = {one.code: one for one in heat.gaps_of_unit((f"/{unit}/",))}

    assert gaps["M.5"] == heat.Share("M.5", 2, 1, 1)
    assert gaps["M.1"] == heat.Share("M.1", 2, 2, 4)
    assert [one.code for one in heat.gaps_of_unit((f"/{unit}/",))][-1] == "M.5"


@pytest.mark.parametrize("people", [1, 3])
def test_unit_pages_take_two_queries_for_any_number_of_people(app: Flask, assert_queries: Callable[[int], object], people: int) -> None:
    unit = build.unit()
    for number in range(people):
        service.record_evidence(shown(person("pelaksana", f"Sari {number}", unit_id=unit)))
    wish = heat.Wish((f"/{unit}/",))
    db.session.rollback()

    with assert_queries(6):  # type: ignore[attr-defined]
        count, members = heat.page(wish)
        assert (count, len(list(heat.everybody(wish)))) == (people, people)
        assert sum(one.people for one in heat.positions(wish)) == people

    assert [(cell.held, cell.required, cell.state) for cell in members[0].cells if cell.code in {"M.4", "M.5"}] == [(0, 1, "one"), (2, 1, "met")]


def test_merged_accounts_have_one_set_of_evidence(sari: int, wati: int) -> None:
    other = person("pelaksana", "Sari D.")
    service.confirm(sari, "M.5", level=2, ticked=ALL_OF_TWO, note="", by=wati)
    service.confirm(other, "M.5", level=1, ticked=((1, 0), (1, 1)), note="", by=wati)
    service.record_evidence(shown(other, 4, code="M.3"))
    fact = PeopleMerged(sari, other)

    with transaction():
        publish(fact)

    assert (held(sari), held(sari, "M.3"), queries.evidence_of(other), fact.moved["competency_evidence"]) == (2, 4, [], 2)


def test_evidence_goes_when_a_persons_data_are_erased(sari: int, wati: int) -> None:
    service.confirm(sari, "M.5", level=2, ticked=ALL_OF_TWO, note="Rahasia", by=wati)
    kept = service.record_evidence(shown(wati))

    with transaction():
        publish(PersonErased(sari))

    assert list(db.session.scalars(select(LevelEvidence.id))) == [kept]


def test_the_same_evidence_from_two_workers_is_entered_once_and_two_judgements_follow_one_another(app: Flask, sari: int) -> None:
    db.session.remove()
    start = Barrier(4)
    wanted = [shown(sari), shown(sari), *(shown(sari, level, kind="assessment", key=f"UPT:{level}", code="M.3") for level in (2, 3))]

    def record(one: Shown) -> int:
        with app.app_context():
            start.wait()
            return service.record_evidence(one)

    with ThreadPoolExecutor(4) as pool:
        numbers = [act.result() for act in [pool.submit(contextvars.Context().run, record, one) for one in wanted]]

    rows = db.session.execute(select(LevelEvidence.code, LevelEvidence.id, LevelEvidence.until_on)).all()
    assert (numbers[0] == numbers[1], sorted(row.code for row in rows)) == (True, ["M.3", "M.3", "M.5"])
    first, last = sorted((row for row in rows if row.code == "M.3"), key=lambda row: row.id)
    assert (first.until_on, last.until_on) == (TODAY - timedelta(days=1), date(2029, 3, 10))
