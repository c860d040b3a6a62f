"""Nothing grows past what a reader can hold; no drawer for odds and ends."""

import ast

from tests.house.sources import PROGRAM, trees

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 60, 200
DRAWERS = {"utils.py", "helpers.py", "common.py", "misc.py"}


def test_no_file_is_too_long() -> None:
    sizes = {path.relative_to(PROGRAM).as_posix(): len(path.read_text("utf-8").splitlines()) for path, _tree in trees()}

    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    functions = [
        (path.name, node.name, (node.end_lineno or 0) - node.lineno + 1)
        for path, tree in trees() for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]

    assert len(functions) > 300
    assert [one for one in functions if one[2] > LONGEST_FUNCTION] == []


def test_no_template_is_too_long() -> None:
    sizes = {path.name: len(path.read_text("utf-8").splitlines()) for path in PROGRAM.glob("**/templates/**/*.html")}

    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_TEMPLATE} == {}


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert [path.name for path in PROGRAM.rglob("*.py") if path.name in DRAWERS] == []


def test_every_module_says_what_it_is() -> None:
    assert [path.relative_to(PROGRAM).as_posix() for path, tree in trees() if not ast.get_docstring(tree)] == []


def test_errors_are_caught_by_name() -> None:
    broad = [
        path.relative_to(PROGRAM).as_posix() for path, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") == "Exception")
    ]

    assert broad == []
