"""What the doctor says: ports, parts and their licences; and a server that cannot listen ends with a sentence."""

import json
import re
import socket
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, requires
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lms import config, doctor, running
from lms.cli import main


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens who is not us."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_found(taken: int, settings: config.Settings) -> None:
    from dataclasses import replace

    fault = doctor.port_fault("127.0.0.1", taken)

    assert fault == (f"Port {taken} di 127.0.0.1 sedang dipakai program lain. Hentikan program itu, "
                     "atau pilih port lain dengan --port atau LMS_PORT.")
    assert doctor._port(replace(settings, port=taken)) == doctor.Finding(False, f"Port {taken} di 127.0.0.1", fault)


def test_a_free_port_is_good_and_an_address_of_elsewhere_is_not() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        free = listening.getsockname()[1]

    assert doctor.port_fault("127.0.0.1", free) is None
    assert "192.0.2.1" in (doctor.port_fault("192.0.2.1", free) or "")
    assert "no-such-host.invalid" in (doctor.port_fault("no-such-host.invalid", free) or "")


def test_serving_on_a_port_in_use_ends_with_one_sentence(taken: int, settings: config.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_INSTANCE_DIR", str(settings.instance_dir / "other"))

    result = CliRunner().invoke(main, ["serve", "--port", str(taken)])

    assert result.exit_code == 1
    assert result.output == (f"Error: Port {taken} di 127.0.0.1 sedang dipakai program lain. Hentikan program itu, "
                             "atau pilih port lain dengan --port atau LMS_PORT.\n")


def test_a_server_that_always_dies_at_once_ends_with_one_sentence(settings: config.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[int] = []
    monkeypatch.setattr(running, "_serve_until_stopped", lambda _settings: starts.append(1))
    monkeypatch.setattr(running.time, "sleep", lambda _seconds: None)

    with pytest.raises(click.ClickException, match="Server selalu segera berhenti"):
        running._serve_again_and_again(settings)
    assert len(starts) == running.MOST_FALLS


def test_every_package_that_the_program_needs_is_listed_and_none_of_the_tests() -> None:
    wanted = {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in requires("simpul") or () if "extra ==" not in line}
    found = {part.name.lower() for part in doctor.parts()}

    assert wanted <= found
    assert found >= {"jinja2", "werkzeug", "pydyf", "psycopg-binary"}
    assert not found & {"pytest", "playwright", "ruff", "simpul"}


def test_licences_are_told_and_what_says_nothing_is_marked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "METADATA").write_text("Metadata-Version: 2.4\nName: limits\nVersion: 5.8.0\n", "utf-8")
    monkeypatch.setattr(doctor, "distribution", lambda name: Distribution.at(tmp_path) if name == "limits" else distribution(name))
    licences = {part.name.lower(): part.licence for part in doctor.parts()}

    assert (licences["flask"], licences["cryptography"], licences["bleach"], licences["pysqlite3"]) == (
        "BSD-3-Clause", "Apache-2.0 OR BSD-3-Clause", "Apache Software License", "Zlib")
    assert licences["limits"] is None
    result = CliRunner().invoke(main, ["doctor", "--licences"])
    assert re.search(r"^limits +\S+ +TIDAK DIKETAHUI$", result.output, re.MULTILINE)


def test_the_bill_of_materials_is_cyclonedx() -> None:
    result = CliRunner().invoke(main, ["doctor", "--licences", "--json"])
    bill = json.loads(result.output)

    assert (bill["bomFormat"], bill["specVersion"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "1.6", "simpul")
    flask = next(one for one in bill["components"] if one["name"] == "Flask")
    assert flask["purl"] == f"pkg:pypi/flask@{flask['version']}"
    assert flask["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
