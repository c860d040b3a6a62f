"""Every case of the catalogue has a test named after it, or waits for a feature that is really not there."""

import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from flask import Flask

from lms.base.db import Base
from lms.cli import main
from tests.abuse.catalogue import CASES, WAITING

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"^\s*(?:async )?def test((?:_[abcqkvfld]\d\d)+)_", re.MULTILINE)


def proved() -> set[str]:
    """The cases that have a test."""
    names = [name for path in TESTS.rglob("test_*.py") for name in NAMED.findall(path.read_text("utf-8"))]
    return {case.upper() for name in names for case in name.strip("_").split("_")}


def signs(app: Flask) -> str:
    """Whatever the program offers, one name a line: addresses, tables, commands, dependencies."""
    commands = [f"{group} {name}" for group, command in main.commands.items() for name in getattr(command, "commands", {group: None})]
    rules = [f"{rule.endpoint} {rule.rule}" for rule in app.url_map.iter_rules()]
    return "\n".join([*rules, *Base.metadata.tables, *commands, *(requires("simpul") or ())])


def test_every_case_is_proved_or_waits() -> None:
    assert sorted(set(CASES) - proved() - set(WAITING)) == []


def test_no_test_is_named_after_an_unknown_case_and_none_waits_that_is_proved() -> None:
    assert (sorted(proved() - set(CASES)), sorted(proved() & set(WAITING)), sorted(set(WAITING) - set(CASES))) == ([], [], [])


@pytest.mark.parametrize("case", sorted(WAITING))
def test_what_a_case_waits_for_is_not_there_yet(app: Flask, case: str) -> None:
    waits = WAITING[case]

    found = [line for line in signs(app).splitlines() if re.search(waits.signs, line, re.IGNORECASE)]

    assert found == [], f"{waits.feature} has come: write the test of {case} and take it off the list"
