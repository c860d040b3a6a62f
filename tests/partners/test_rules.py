"""Decisions about agreements, competencies, applications and semesters, as tables of cases."""

from datetime import date, timedelta

import pytest

from lms.partners import rules, studying
from lms.people.roles import Granted

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MOMENTS = {
    "the day before": (date(2025, 12, 31), None, "coming"), "the first day": (FIRST, None, "holds"),
    "91 days before the end": (LAST - timedelta(days=91), None, "holds"), "90 days before": (LAST - timedelta(days=90), None, "ending"),
    "the last day": (LAST, None, "ending"), "the day after": (LAST + timedelta(days=1), None, "expired"),
    "ended early, that day": (date(2026, 5, 1), date(2026, 5, 1), "holds"),
    "ended early, the day after": (date(2026, 5, 2), date(2026, 5, 1), "ended"),
    "ended early, long after": (date(2028, 1, 1), date(2026, 5, 1), "ended"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_how_an_agreement_stands(moment: str) -> None:
    day, ended_on, expected = MOMENTS[moment]

    assert rules.agreement_state(FIRST, LAST, ended_on, day) == expected


@pytest.mark.parametrize(("states", "why"), [
    ([], "none"), (["coming"], "coming"), (["expired"], "expired"), (["ended"], "expired"), (["coming", "expired"], "expired"),
    (["expired", "ending"], None), (["holds"], None),
])
def test_why_a_day_is_not_covered(states: list[rules.AgreementState], why: str | None) -> None:
    assert rules.why_uncovered(states) == why


@pytest.mark.parametrize(("typed", "read"), [
    ("", ()), ("M.5 3", (("M.5", 3),)), ("sk.1: 2, M.5=3", (("M.5", 3), ("SK.1", 2))), ("T.PJK.04 (4)", (("T.PJK.04", 4),)),
    ("M.5 3;\nM.1 1,", (("M.1", 1), ("M.5", 3))), ("M.5", None), ("M.5 0", None), ("M.5 6", None), ("M.5 3, m.5 2", None),
    ("Pelayanan 3", None), ("M.5 3 4", None),
])
def test_codes_with_levels(typed: str, read: tuple[tuple[str, int], ...] | None) -> None:
    assert rules.read_competencies(typed) == read
    if read is not None:
        assert rules.read_competencies(rules.written_competencies(read)) == read


STEPS = {  # state: who may do what
    "draft": {"own": {"change", "submit", "withdraw"}}, "returned": {"own": {"change", "submit", "withdraw"}},
    "submitted": {"own": {"withdraw"}, "advises": {"advise"}, "manages": {"return"}},
    "advised": {"own": {"withdraw"}, "manages": {"approve", "refuse", "return"}},
    "approved": {"own": {"begin"}, "manages": {"begin", "stop"}},
    "studying": {"own": {"report"}, "manages": {"finish", "stop"}},
    "finished": {"own": {"report"}}, "stopped": {"own": {"report"}}, "refused": {}, "withdrawn": {},
}


@pytest.mark.parametrize("state", studying.STATES)
def test_who_may_do_what_in_each_state(state: studying.State) -> None:
    parts: tuple[studying.Who, ...] = ("own", "advises", "manages")
    found = {part: set(studying.offered(state, frozenset({part}))) for part in parts}

    assert {part: steps for part, steps in found.items() if steps} == STEPS[state]
    assert studying.offered(state, frozenset()) == frozenset()


@pytest.mark.parametrize(("roles", "own", "parts"), [
    ((), True, {"own"}), ((), False, set()), ((Granted("supervisor", "/1/"),), False, {"advises"}),
    ((Granted("supervisor", "/2/"),), False, set()), ((Granted("delegate", "/1/2/", behalf_of=3),), False, {"advises"}),
    ((Granted("supervisor", "/1/"),), True, {"own"}), ((Granted("admin"),), True, {"own"}),
    ((Granted("auditor"),), False, set()), ((Granted("auditor"), Granted("supervisor", "/1/")), False, {"advises"}),
    ((Granted("training-officer"),), False, {"advises", "manages"}), ((Granted("training-officer", "/1/"),), False, {"advises"}),
    ((Granted("admin"),), False, {"advises", "manages"}), ((Granted("trainer"),), False, set()),
])
def test_in_which_parts_somebody_meets_an_application(roles: tuple[Granted, ...], own: bool, parts: set[str]) -> None:
    assert studying.parts_of(roles, own=own, unit_path="/1/2/") == parts


TODAY = date(2026, 3, 10)
SEMESTERS = {
    "in order": (date(2025, 8, 1), date(2025, 12, 31), None), "ends today": (date(2025, 12, 1), TODAY, None),
    "ends tomorrow": (date(2025, 12, 1), date(2026, 3, 11), "semester-future"),
    "turned around": (date(2025, 12, 31), date(2025, 8, 1), "semester-period"),
    "too long": (date(2024, 2, 2), date(2025, 12, 31), "semester-period"),
    "before the study": (date(2024, 7, 31), date(2024, 12, 31), "semester-early"),
    "after the study": (date(2026, 2, 2), date(2026, 3, 1), "semester-late"),
    "touches another": (date(2025, 6, 30), date(2025, 12, 31), "semester-overlap"),
    "holds another within": (date(2025, 1, 31), date(2025, 12, 31), "semester-overlap"),
}


@pytest.mark.parametrize("case", SEMESTERS)
def test_what_is_wrong_with_the_days_of_a_semester(case: str) -> None:
    first, last, expected = SEMESTERS[case]

    assert studying.fault_of_semester(
        first, last, today=TODAY, begun=date(2024, 8, 1), ended=date(2026, 2, 1),
        others=[(date(2025, 2, 1), date(2025, 6, 30))]) == expected


def test_every_state_has_a_way_in_and_every_step_leads_somewhere_known() -> None:
    reached = {move.to for move in studying.STEPS.values() if move.to} | {"draft"}

    assert reached == set(studying.STATES)
    assert {frm for move in studying.STEPS.values() for frm in move.frm} <= set(studying.STATES)
