"""What a grant covers."""

import pytest

from lms.people.roles import WHOLE, Granted, may, modules, paths, stands_in_for

WATI = (Granted("supervisor", "/1/5/"),)


@pytest.mark.parametrize(("path", "expected"), [("/1/5/", True), ("/1/5/9/", True), ("/1/", False), ("/1/6/", False), ("/1/55/", False)])
def test_a_supervisor_sees_exactly_her_subtree(path: str, expected: bool) -> None:
    assert may(WATI, "team.see", unit_path=path) is expected


@pytest.mark.parametrize(("grant", "permission", "expected"), [
    (Granted("admin"), "audit.read", True),
    (Granted("admin", "/1/5/"), "audit.read", False),
    (Granted("admin", "/1/5/"), "people.manage", True),
    (Granted("admin", "/1/5/"), "module.results", False),
    (Granted("auditor"), "people.see", True),
    (Granted("auditor"), "people.manage", False),
    (Granted("trainer", module_id="sapa"), "module.results", True),
    (Granted("trainer", module_id="sapa"), "team.see", False),
])
def test_what_is_bound_to_the_agency_needs_a_grant_for_all_of_it(grant: Granted, permission: str, expected: bool) -> None:
    assert may([grant], permission) is expected


def test_nobody_may_anything_without_a_grant() -> None:
    assert (may((), "team.see"), paths((), "team.see"), modules((), "module.mark")) == (False, (), frozenset())


def test_grants_add_up() -> None:
    held = (*WATI, Granted("supervisor", "/1/7/"), Granted("trainer", module_id="sapa"), Granted("marker", module_id="modul"))

    assert paths(held, "team.see") == ("/1/5/", "/1/7/")
    assert (modules(held, "module.mark"), modules(held, "module.results")) == (frozenset({"sapa", "modul"}), frozenset({"sapa"}))
    assert (paths([*held, Granted("admin")], "team.see"), modules([*held, Granted("admin")], "module.mark")) == ((WHOLE,), None)


def test_whoever_holds_a_permission_herself_stands_in_for_nobody() -> None:
    delegate = Granted("delegate", "/1/5/", behalf_of=7)

    assert stands_in_for([delegate], "team.see") == 7
    assert stands_in_for([delegate, *WATI], "team.see") is None
