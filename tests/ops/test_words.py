"""Everything that the program records has words."""

import ast

from lms.ops.acts import ACTS, READINGS
from lms.ops.verifying import FAULTS
from lms.web.layout import Place
from lms.wiring import OFFICE
from tests.house.sources import trees


def literals(node: ast.expr) -> list[str]:
    """The texts that an expression may be, as far as they are written there."""
    if isinstance(node, ast.IfExp):
        return [*literals(node.body), *literals(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def said(module: str, function: str) -> set[str]:
    """The first arguments of every call module.function(...) in the program."""
    return {
        text for _path, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == function
        and isinstance(node.func.value, ast.Name) and node.func.value.id == module and node.args
        for text in literals(node.args[0])
    }


def test_every_act_has_words() -> None:
    acts = said("audit", "record")

    assert len(acts) > 20
    assert sorted(acts - set(ACTS)) == []


def test_every_reading_has_words() -> None:
    found = said("readings", "note")

    assert len(found) > 5
    assert sorted(found - set(READINGS)) == []


def test_every_fault_has_words_and_the_pages_a_place() -> None:
    assert all(FAULTS.values())
    assert {place.endpoint for place in OFFICE if isinstance(place, Place)} >= {"ops.audit", "ops.jobs"}
