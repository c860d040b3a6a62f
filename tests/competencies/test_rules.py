"""What positions require, what evidence is worth on a day, and the gap between."""

from datetime import date

import pytest

from lms.competencies import rules
from lms.competencies.dictionary import found, national
from lms.competencies.rules import Evidence, Matrix, Override, Requirement
from lms.people.careers import POSITION_KINDS

TODAY = date(2026, 3, 10)


def evidence(number: int, level: int, first: str, last: str, **more: object) -> Evidence:
    values = {"code": "M.5", "kind": "module", "title": "Modul", "source": "", "until_on": date.fromisoformat(last), **more}
    return Evidence(number, level=level, on_day=date.fromisoformat(first), valid_until=date.fromisoformat(last), **values)  # type: ignore[arg-type]


def override(level: int | None, first: str, *, kind: str = "", position: str = "", code: str = "M.5") -> Override:
    return Override(code, kind, position, level, date.fromisoformat(first), "Perwal 12/2026")


def test_the_dictionary_is_that_of_the_regulation() -> None:
    there = national()

    assert tuple(one.code for one in there) == rules.NINE
    assert {tuple(level.number for level in one.levels) for one in there} == {rules.LEVELS}
    assert sum(len(level.indicators) for one in there for level in one.levels) == 136
    assert {one.family for one in there} == {"manajerial", "sosial-kultural"}


@pytest.mark.parametrize(("text", "codes"), [
    ("", rules.NINE), ("m.5", ("M.5",)), ("perekat", ("SK.1",)), ("PELAYANAN publik tidak-ada", ()), ("kesesuaian antara perkataan", ()),
    ("berkata sesuai dengan fakta", ("M.1",)),
])
def test_every_word_has_to_stand_somewhere_in_a_competency(text: str, codes: tuple[str, ...]) -> None:
    assert tuple(one.code for one in found(national(), text)) == codes


@pytest.mark.parametrize(("kind", "level"), [
    ("pelaksana", 1), ("klerek", 1), ("pengawas", 2), ("administrator", 3), ("jpt-pratama", 4), ("jpt-madya", 4), ("jpt-utama", 5),
    ("pemula", 1), ("terampil", 2), ("ahli-pertama", 2), ("ahli-muda", 3), ("ahli-madya", 4), ("ahli-utama", 5), ("fungsional", None), ("", None),
])
def test_kinds_of_position_require_the_usual_level(kind: str, level: int | None) -> None:
    required = Matrix((), TODAY).requirement("M.5", kind, "Pengelola Layanan")

    assert (required.level if required else None) == level


def test_every_kind_of_position_has_a_usual_level_but_one_without_level() -> None:
    assert set(POSITION_KINDS) - set(rules.DEFAULTS) == {"fungsional"}


def test_the_level_of_a_functional_position_is_read_from_its_name_where_it_is_not_recorded() -> None:
    assert Matrix((), TODAY).requirement("M.1", "", "Arsiparis Ahli Muda") == Requirement(3, "default", "ahli-muda")


@pytest.mark.parametrize(("overrides", "expected"), [
    ([override(3, "2026-01-01", kind="pelaksana")], (3, "kind")),
    ([override(3, "2026-03-11", kind="pelaksana")], (1, "default")),
    ([override(3, "2026-01-01", kind="pelaksana"), override(4, "2026-02-01", position="pengelola  LAYANAN")], (4, "position")),
    ([override(3, "2026-01-01", kind="pelaksana"), override(2, "2026-02-01", kind="pelaksana")], (2, "kind")),
    ([override(3, "2026-01-01", kind="pelaksana"), override(None, "2026-02-01", kind="pelaksana")], (1, "default")),
    ([override(4, "2026-01-01", position="Pengelola Layanan"), override(None, "2026-02-01", position="Pengelola Layanan"),
      override(2, "2026-01-01", kind="pelaksana")], (2, "kind")),
    ([override(3, "2026-01-01", kind="pelaksana", code="M.6")], (1, "default")),
])
def test_the_exact_position_goes_before_its_kind_and_that_before_the_usual(overrides: list[Override], expected: tuple[int, str]) -> None:
    required = Matrix(overrides, TODAY).requirement("M.5", "pelaksana", "Pengelola Layanan")

    assert required is not None
    assert (required.level, required.scope) == expected


def test_what_was_required_on_a_day_of_the_past_stays_answerable() -> None:
    changes = [override(2, "2025-01-01", kind="pelaksana"), override(3, "2026-01-01", kind="pelaksana")]

    assert [Matrix(changes, date(year, 6, 1)).requirement("M.5", "pelaksana", "").level for year in (2024, 2025, 2026)] == [1, 2, 3]  # type: ignore[union-attr]


def test_a_technical_competency_is_required_only_where_it_is_set() -> None:
    there = Matrix([override(2, "2026-01-01", kind="ahli-muda", code="T.1")], TODAY)

    assert there.codes == (*rules.NINE, "T.1")
    assert [there.requirement("T.1", kind, "") is not None for kind in ("ahli-muda", "pelaksana")] == [True, False]


@pytest.mark.parametrize(("held", "expected"), [
    ([], None),
    ([evidence(1, 2, "2025-01-01", "2027-12-31")], 1),
    ([evidence(1, 2, "2025-01-01", "2026-03-09")], None),  # ended yesterday
    ([evidence(1, 2, "2025-01-01", "2026-03-10")], 1),  # its last day
    ([evidence(1, 2, "2026-03-11", "2027-12-31")], None),  # begins tomorrow
    ([evidence(1, 2, "2025-01-01", "2027-12-31"), evidence(2, 3, "2025-01-01", "2026-12-31")], 2),  # the higher, though it ends first
    ([evidence(1, 2, "2025-01-01", "2027-12-31"), evidence(2, 2, "2025-01-01", "2026-12-31")], 1),  # of equals the longer
    ([evidence(1, 4, "2025-01-01", "2027-12-31", withdrawn=True), evidence(2, 1, "2025-01-01", "2027-12-31")], 2),
])
def test_the_highest_evidence_that_holds_is_what_counts(held: list[Evidence], expected: int | None) -> None:
    best = rules.held(held, TODAY)

    assert (best.id if best else None) == expected


def test_a_gap_says_what_is_left_when_its_evidence_ends() -> None:
    there = [evidence(1, 3, "2025-01-01", "2026-06-30"), evidence(2, 1, "2025-01-01", "2027-12-31")]

    gap = rules.gap("M.5", there, Requirement(4, "kind"), TODAY)

    assert (gap.held, gap.required, gap.gap, gap.missing, gap.afterwards) == (3, 4, -1, 1, 1)


def test_where_nothing_is_required_there_is_no_gap() -> None:
    gap = rules.gap("M.5", [], None, TODAY)

    assert (gap.held, gap.required, gap.gap, gap.missing) == (0, None, None, 0)


@pytest.mark.parametrize(("judgements", "ends"), [
    ([(1, "2025-01-01", "2026-12-31")], {1: "2026-12-31"}),
    ([(1, "2025-01-01", "2026-12-31"), (2, "2025-06-01", "2027-05-31")], {1: "2025-05-31", 2: "2027-05-31"}),
    ([(2, "2025-06-01", "2027-05-31"), (1, "2025-01-01", "2026-12-31")], {1: "2025-05-31", 2: "2027-05-31"}),  # entered the other way round
    ([(1, "2023-01-01", "2024-12-31"), (2, "2025-06-01", "2027-05-31")], {1: "2024-12-31", 2: "2027-05-31"}),  # ended before
    ([(1, "2025-06-01", "2027-05-31"), (2, "2025-06-01", "2027-05-31")], {1: "2025-05-31", 2: "2027-05-31"}),  # the later entry of one day
])
def test_a_judgement_holds_until_the_next_one(judgements: list[tuple[int, str, str]], ends: dict[int, str]) -> None:
    rows = [(number, date.fromisoformat(first), date.fromisoformat(last)) for number, first, last in judgements]

    assert {number: day.isoformat() for number, day in rules.settled(rows).items()} == ends


@pytest.mark.parametrize(("kind", "last"), [("assessment", date(2029, 3, 10)), ("confirmation", date(2028, 3, 10)), ("module", date(2029, 3, 10))])
def test_evidence_without_an_end_of_its_own_ends_after_the_usual_months(kind: str, last: date) -> None:
    assert rules.ends(kind, TODAY) == last


@pytest.mark.parametrize(("ticked", "of", "shown"), [(0, 3, False), (1, 3, False), (2, 3, True), (2, 4, False), (3, 4, True), (0, 0, True)])
def test_more_than_half_of_the_indicators_show_a_level(ticked: int, of: int, shown: bool) -> None:
    assert rules.is_shown(ticked, of) is shown
