"""Exporting the audit log, the command line, and settings that are others than before."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask, current_app
from sqlalchemy import select, text

from lms import config
from lms.base import audit, clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.ops import cli, queries, service
from tests import build


@pytest.fixture(autouse=True)
def log(app: Flask) -> Iterator[None]:
    """Three entries, and no mark of a test before."""
    sari = build.person(nip="199001012015012001")
    for number, detail in enumerate(({"name": ["Sari", "Sári; \"D\""]}, {}, {"reason": "=1+1"})):
        with transaction():
            audit.record("person.changed", "=person" if number == 2 else f"person:{sari}", about=sari, detail=detail)
    service.mark_file().unlink(missing_ok=True)
    yield
    service.mark_file().unlink(missing_ok=True)


def run(*arguments: str) -> tuple[int, str]:
    with current_app.test_request_context(headers={"Cookie": "lang=en"}):  # as the command line makes one
        result = CliRunner().invoke(cli.ops, ["audit", *arguments])
    return result.exit_code, result.output


def test_json_lines_hold_every_column_and_the_export_itself(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    count = service.export(file)

    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    kept = [dict(row._mapping) for row in db.session.execute(select(*AuditEntry.__table__.c).order_by(AuditEntry.seq))]
    assert count == 4
    assert lines == [{**row, "at": row["at"].isoformat()} for row in kept]
    assert (lines[-1]["act"], lines[-1]["detail"]) == ("audit.exported", {"file": "audit.jsonl"})
    assert file.stat().st_mode & 0o777 == 0o600


def test_csv_holds_every_column_and_no_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.raw_entries, "__defaults__", (2,))
    service.export(tmp_path / "audit.csv")

    with (tmp_path / "audit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["seq"] for row in rows] == ["1", "2", "3", "4"]
    assert json.loads(rows[0]["detail"]) == {"name": ["Sari", 'Sári; "D"']}
    assert rows[2]["subject"] == "'=person"


def test_an_export_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="file-not-writable"):
        service.export(tmp_path / "nowhere" / "audit.csv")

    assert list(tmp_path.iterdir()) == []


def test_the_command_says_that_the_log_is_whole() -> None:
    head = db.session.scalars(select(AuditEntry.hash).order_by(AuditEntry.seq.desc())).first() or ""

    assert run("verify") == (0, f"3 entries, unbroken, head {head[:16]}\n")


def test_the_command_names_the_first_entry_that_does_not_fit() -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE seq = 2"))

    assert run("verify") == (1, "The chain is broken at entry 2: it is missing.\n")


def test_a_database_put_back_from_a_backup_is_told_how_to_go_on() -> None:
    run("verify")
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_heads"))
        connection.execute(text("DELETE FROM audit_entries"))

    status, output = run("verify")
    assert (status, str(service.mark_file()) in output) == (1, True)
    service.mark_file().unlink()
    assert run("verify")[0] == 0


def test_the_command_exports(tmp_path: Path) -> None:
    status, output = run("export", str(tmp_path / "a.csv"))

    assert (status, "4" in output, (tmp_path / "a.csv").exists()) == (0, True, True)


@pytest.fixture
def seen(app: Flask, settings: config.Settings) -> Iterator[Path]:
    kept = settings.instance_dir / "settings-seen"
    kept.unlink(missing_ok=True)
    yield kept
    kept.unlink(missing_ok=True)
    app.extensions["settings"] = settings


def test_d10_other_settings_than_at_the_start_before_are_recorded_without_secrets(app: Flask, settings: config.Settings, seen: Path) -> None:
    service.note_settings()
    service.note_settings()
    app.extensions["settings"] = replace(settings, workers=4, smtp_password="sangat-rahasia", database_url="postgresql://x:sandi@db/lms")
    service.note_settings()
    service.note_settings()

    rows = db.session.execute(select(AuditEntry.at, AuditEntry.detail).where(AuditEntry.act == "settings.changed")).all()
    assert [tuple(row) for row in rows] == [
        (clock.now(), {"workers": ["2", "4"], "smtp_password": ["(…)", "(…)"], "database_url": ["(…)", "(…)"]})]
    assert not {"rahasia", "sandi"} & set(seen.read_text("utf-8").replace("-", " ").split())
    assert seen.stat().st_mode & 0o777 == 0o600
