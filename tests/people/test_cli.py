"""`lms people` on the command line."""

import stat
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask import Flask

from lms.people.cli import people
from tests import build

NIP = "198609262015051001"


@pytest.fixture
def office(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan", code="dinkes")


def run(app: Flask, *args: str) -> Result:
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        return CliRunner().invoke(people, args)


def test_an_import_prints_counts_and_writes_the_codes(app: Flask, office: int, tmp_path: Path) -> None:
    file, target = tmp_path / "people.csv", tmp_path / "codes.html"
    file.write_text(f"nip,name,unit\n{NIP},Sari,dinkes\n", "utf-8")

    result = run(app, "import", str(file), "--codes", str(target))

    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "People: 1 new, 0 changed, 0 unchanged.")
    page = BeautifulSoup(target.read_text("utf-8"), "html.parser")
    assert [head.get_text() for head in page.select("tbody th")] == ["Sari"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_mistakes_are_told_with_row_and_column_and_exit_status_one(app: Flask, office: int, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("nip,name,unit\n1,Sari,dinkes\n", "utf-8")

    result = run(app, "import", str(file))

    assert (result.exit_code, result.stderr.splitlines()) == (1, [
        "Row 2, nip: A NIP has 18 digits, this has 1 signs. Write the 18 digits; spaces are allowed.",
        "Error: Nothing was imported. Mend the rows above, then run this once more.",
    ])


def test_the_citys_units_are_loaded(app: Flask) -> None:
    assert run(app, "units").stdout == "Units: 89 new, 0 changed, 0 unchanged.\n"
