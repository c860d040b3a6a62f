"""The papers say what is so: commands, settings, sign-ins, dependencies, version."""

import re
from dataclasses import fields

import pytest

from lms.config import Settings
from lms.people.rules import DEMO_PASSWORD, DEMO_SIGN_INS
from tests.house.sources import ROOT, dependencies, setup, tracked

# Put together here, so that this file does not hold what it looks for.
WORKPLACE = ("/" + "work/", "/" + "tmp/x")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?![a-z]+:|#|/)([^)#\s]+)")


def paper(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", paper("Makefile"), re.MULTILINE))


@pytest.mark.parametrize(("name", "most"), [("README.md", 200), ("CONTRIBUTING.md", 150)])
def test_papers_are_short(name: str, most: int) -> None:
    assert len(paper(name).splitlines()) <= most


def test_the_readme_names_the_commands_that_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", " ".join(CODE.findall(paper("README.md")))))

    assert named == make_targets()


def test_the_readme_has_every_setting_in_a_table() -> None:
    rows = [line for line in paper("README.md").splitlines() if line.startswith("|")]
    described = {name for line in rows for name in re.findall(r"`(LMS_[A-Z_0-9]+)`", line.split("|")[1])}

    assert described == {f"LMS_{field.name.upper()}" for field in fields(Settings)}


def test_the_readme_has_the_sign_ins_of_the_demo() -> None:
    text = paper("README.md")

    assert [nip for _name, _role, nip in DEMO_SIGN_INS if nip not in text] == []
    assert DEMO_PASSWORD in text


def test_every_dependency_has_its_decision() -> None:
    text = paper("DECISIONS.md").lower()

    assert [name for name in dependencies(extras=True) if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)] == []


def test_the_newest_version_of_the_changelog_is_the_one_installed() -> None:
    newest = re.search(r"^## \[?([0-9]+\.[0-9]+\.[0-9]+)", paper("CHANGELOG.md"), re.MULTILINE)

    assert newest is not None
    assert newest[1] == setup()["metadata"]["version"]


def test_relative_links_of_the_papers_lead_somewhere() -> None:
    papers = [path for path in tracked() if path.name == "README.md" or (path.parent == ROOT and path.suffix == ".md")]

    links = [(path, target) for path in papers for target in LINK.findall(CODE.sub("", path.read_text("utf-8")))]

    assert [(path.relative_to(ROOT).as_posix(), target) for path, target in links if not (path.parent / target).exists()] == []


def test_no_file_names_the_place_where_it_was_written() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), word)
        for path in tracked() for word in WORKPLACE if word.encode() in path.read_bytes()
    ]

    assert found == []
