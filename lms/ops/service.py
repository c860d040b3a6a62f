"""Verbs of looking after the program: checking and exporting the audit log, running a failed job again."""

import csv
import hmac
import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, TextIO

from flask import current_app
from sqlalchemy import update

from lms.base import audit, clock, security
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.base.files import write_atomically
from lms.base.jobs import Job
from lms.config import Settings
from lms.ops import queries, verifying
from lms.ops.models import AuditCheck
from lms.ops.verifying import Verdict

CHECK_JOB = "audit.check"


def check() -> Verdict:
    """Walk along the chain and write down what was found; a break is an alert in the log and on the page of the audit log."""
    path = mark_file()
    verdict = verifying.verify(verifying.read_mark(path))
    with transaction():
        db.session.add(AuditCheck(
            at=clock.now(), entries=verdict.entries, head=verdict.head, broken_at=verdict.broken_at, fault=verdict.fault))
    if verdict.broken_at is None:
        verifying.write_mark(path, verdict)
    else:
        security.note("audit.broken", level=logging.ERROR, entry=verdict.broken_at, fault=verdict.fault)
    return verdict


def mark_file() -> Path:
    """Where it is remembered up to where the chain was whole."""
    folder: Path = current_app.extensions["settings"].instance_dir
    return folder / "audit-mark"


def export(path: Path) -> int:
    """Write every entry to a file, as CSV or, if its name ends so, as JSON lines; gives how many. Raises Refused "file-not-writable".

    The export is an entry itself, the last one of the file.
    """
    with transaction():
        audit.record("audit.exported", "audit", detail={"file": path.name})
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
            count = _as_lines(file) if path.suffix in {".jsonl", ".ndjson", ".json"} else _as_csv(file)
        os.replace(beside, path)
    except OSError as error:
        raise Refused("file-not-writable", path=str(path), problem=error.strerror) from None
    finally:
        beside.unlink(missing_ok=True)
    return count


def _as_lines(file: TextIO) -> int:
    return _each(lambda row: file.write(json.dumps(row, ensure_ascii=False) + "\n"))


def _as_csv(file: TextIO) -> int:
    writer = csv.writer(file)
    writer.writerow(queries.RAW)
    return _each(lambda row: writer.writerow([_cell(value) for value in row.values()]))


def _each(write: Callable[[dict[str, Any]], object]) -> int:
    count = 0
    for row in _plain_rows():
        write(row)
        count += 1
    return count


def _plain_rows() -> Iterator[dict[str, Any]]:
    for row in queries.raw_entries():
        yield {name: value.isoformat() if name == "at" else value for name, value in row._mapping.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return audit.written(value)
    return f"'{value}" if isinstance(value, str) and value[:1] in queries.FORMULA_STARTS else value


def note_settings() -> None:
    """Record which settings are others than at the start before; the first start records none. Of secrets only that they changed."""
    settings: Settings = current_app.extensions["settings"]
    kept = settings.instance_dir / "settings-seen"
    now = {one.name: _shown(one.name, str(getattr(settings, one.name))) for one in fields(Settings) if one.name != "instance_dir"}
    before = json.loads(kept.read_text("utf-8")) if kept.exists() else now
    changed = {name: ["(…)", "(…)"] if _is_secret(name) else [before.get(name), value]
               for name, value in now.items() if before.get(name) != value}
    if changed:
        with transaction():
            audit.record("settings.changed", "settings", detail=changed)
    write_atomically(kept, json.dumps(now).encode(), mode=0o600)


def _is_secret(name: str) -> bool:
    return name.endswith(("_key", "_secret", "_passphrase")) or name in {"smtp_password", "database_url", "redis_url"}


def _shown(name: str, value: str) -> str:
    return hmac.digest(audit.audit_key(), f"{name}:{value}".encode(), "sha256").hex() if _is_secret(name) else value


def run_again(job_id: int) -> None:
    """Put a failed job back, to be run at once with all its tries. Raises NotFound if no such job has failed."""
    with transaction():
        hold(f"job:{job_id}")
        row = db.session.get(Job, job_id)
        if row is None or row.state != "failed":
            raise NotFound
        db.session.execute(update(Job).where(Job.id == job_id).values(state="todo", attempts=0, run_at=clock.now(), lease_until=None))
        audit.record("job.again", f"job:{job_id}", detail={"job": row.kind})


def noted_export(act: str, *, asked: dict[str, Any]) -> None:
    """Record that what the page filters was exported."""
    with transaction():
        audit.record(act, act.partition(".")[0], detail={"filter": asked})
