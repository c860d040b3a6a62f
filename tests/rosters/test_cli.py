"""`lms people` on the command line."""

import getpass
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from lms import config
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.people.models import Person
from lms.rosters.cli import people
from tests import build
from tests.rosters.files import kept

NIP, OTHER = "198609262015051001", "199009132025242014"


@pytest.fixture
def office(app: Flask) -> int:
    """The unit of the tests."""
    return build.unit("Dinas Kesehatan", code="dinkes")


def run(app: Flask, *args: str) -> Result:
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        return CliRunner().invoke(people, args)


def names() -> set[str]:
    return set(db.session.scalars(select(Person.name)))


def test_an_import_prints_counts_and_writes_the_codes(app: Flask, office: int, tmp_path: Path) -> None:
    file, target = kept(tmp_path, f"nip,name,unit\n{NIP},Sari,dinkes\n"), tmp_path / "codes.html"

    result = run(app, "import", str(file), "--codes", str(target))

    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0, "People: 1 new, 0 changed, 0 unchanged, 0 returning, 0 leaving.")
    page = BeautifulSoup(target.read_text("utf-8"), "html.parser")
    assert "Sari" in page.get_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_without_a_file_for_codes_it_says_where_codes_are_made(app: Flask, office: int, tmp_path: Path) -> None:
    result = run(app, "import", str(kept(tmp_path, f"nip,name,unit\n{NIP},Sari,dinkes\n")))

    assert result.stdout.splitlines()[1] == "New people need activation codes: make them on the page People, Activation codes."


def test_mistakes_are_told_with_their_cell_and_exit_status_one(app: Flask, office: int, tmp_path: Path) -> None:
    result = run(app, "import", str(kept(tmp_path, "nip,name,unit\n1,Sari,dinkes\n")))

    assert (result.exit_code, result.stderr.splitlines()) == (1, [
        "A2, nip (1): A NIP has 18 digits, this has 1 signs. Write the 18 digits; spaces are allowed.",
        "Error: Nothing was imported. Mend the cells above, then run this once more.",
    ])


def test_a_dry_run_changes_nothing(app: Flask, office: int, tmp_path: Path) -> None:
    result = run(app, "import", str(kept(tmp_path, f"nip,name,unit\n{NIP},Sari,dinkes\n")), "--dry-run")

    assert (result.stdout.splitlines(), names()) == (
        ["People: 1 new, 0 changed, 0 unchanged, 0 returning, 0 leaving.", "Nothing was changed."], set())


def test_columns_can_be_said_and_are_remembered(app: Flask, office: int, tmp_path: Path) -> None:
    file = kept(tmp_path, f"Nomor;Orang;dinas;hobi\n{NIP};Sari;dinkes;x\n")

    unsaid = run(app, "import", str(file))
    wrong = run(app, "import", str(file), "--map", "Nomor=password")
    said = run(app, "import", str(file), "--map", "Nomor=nip", "--map", "Orang=name", "--map", "dinas=unit", "--map", "*=-")
    again = run(app, "import", str(file))

    assert [one.exit_code for one in (unsaid, wrong, said, again)] == [1, 1, 0, 0]
    assert again.stdout.startswith("People: 0 new, 0 changed, 1 unchanged")


def test_who_is_missing_leaves_only_if_it_is_asked_for_and_confirmed(app: Flask, office: int, tmp_path: Path) -> None:
    build.person("Budi", nip=OTHER, unit_id=office)
    file = str(kept(tmp_path, f"nip,name,unit\n{NIP},Sari,dinkes\n"))

    unknown = run(app, "import", file, "--complete", "nowhere")
    unconfirmed = run(app, "import", file, "--complete", "dinkes")
    before = names()
    db.session.rollback()
    done = run(app, "import", file, "--complete", "dinkes", "--leaving-confirmed")

    assert ([one.exit_code for one in (unknown, unconfirmed, done)], before) == ([1, 1, 0], {"Budi"})
    assert {row.name: row.active for row in db.session.execute(select(Person.name, Person.active))} == {"Budi": False, "Sari": True}


def test_the_citys_units_are_loaded_and_others_imported(app: Flask, tmp_path: Path) -> None:
    assert run(app, "units").stdout == "Units: 89 new, 0 changed, 0 unchanged; 0 not in the file, left as they are.\n"
    assert run(app, "import", str(kept(tmp_path, "code,parent,name\nx,1272,Baru\n")), "--units").stdout == (
        "Units: 1 new, 0 changed, 0 unchanged; 89 not in the file, left as they are.\n")


def test_a_sheet_that_is_not_there_and_a_file_that_is_no_table_are_said_in_a_line(app: Flask, tmp_path: Path) -> None:
    assert run(app, "import", str(kept(tmp_path, b"%PDF-1"))).exit_code == 1


def test_c27_an_import_that_is_killed_leaves_nothing(app: Flask, office: int, settings: config.Settings, tmp_path: Path) -> None:
    rows = "".join(f"{1960 + number % 40}0101{1990 + number % 30}011{number // 40 % 999 + 1:03},Orang,dinkes\n" for number in range(40 * 900))
    file = kept(tmp_path, f"nip,name,unit\n{rows}")
    db.session.rollback()
    environment = {**os.environ, "LMS_INSTANCE_DIR": str(settings.instance_dir), "LMS_CONTENT_DIR": str(settings.content_dir),
                   "LMS_DATABASE_URL": settings.database_url, "LMS_BASE_URL": settings.base_url}
    command = subprocess.Popen([sys.executable, "-c", KILLED, str(file)], env=environment, stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None

    line = command.stdout.readline()
    os.kill(command.pid, signal.SIGKILL)
    command.wait(10)
    command.stdout.close()

    time.sleep(0.1)
    assert (line, command.returncode, names()) == ("written 2000\n", -signal.SIGKILL, set())


KILLED = """
import sys
from pathlib import Path
from lms import config, create_app
from lms.content.library import Library
from lms.rosters import importing_people, service

settings = config.load()
app = create_app(settings, library=Library(settings.content_dir, settings.cache_dir / "content"))
add, written = importing_people._Writing._add, []

def told(self, new):
    add(self, new)
    written.extend(new)
    if len(written) == 2000:
        print("written 2000", flush=True)

importing_people._Writing._add = told
with app.test_request_context():
    service.run(Path(sys.argv[1]), "people")
"""


def test_d13_what_is_done_at_the_shell_is_recorded_with_the_systems_user(app: Flask, office: int, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("nip,name,unit\n199009132025242014,Sari,dinkes\n", "utf-8")

    run(app, "import", str(file))

    entry = db.session.execute(select(AuditEntry.channel, AuditEntry.address).where(AuditEntry.act == "people.imported")).one()
    assert tuple(entry) == ("shell", f"os:{getpass.getuser()}")
