"""Verbs of certificates: issue, revoke, issue anew. Numbers, rows and the job of the PDF share one transaction."""

import logging
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from lms.base import audit, clock, jobs
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.certificates import queries, rules
from lms.certificates.designs import Design, format_number, load_design
from lms.certificates.events import CertificateIssued
from lms.certificates.models import Certificate, Counter
from lms.config import Settings
from lms.content.catalog import Module
from lms.learning.events import ModuleCompleted
from lms.learning.models import Enrolment, LessonProgress
from lms.people.careers import shown_rank
from lms.people.models import Person, Unit
from lms.web.content import catalog

PDF_JOB = "certificate.pdf"
LONGEST_REASON = 500
log = logging.getLogger(__name__)


def on_completed(fact: ModuleCompleted) -> None:
    """React to a completed module; what cannot be issued now (no address, a broken design) is left to `issue_missing`."""
    _issue_if_possible(fact.enrolment_id)


def issue_missing() -> int:
    """Issue what could not be issued when it was due; gives how many were."""
    count = 0
    for enrolment_id in queries.without_certificate():
        with transaction():
            count += _issue_if_possible(enrolment_id)
    return count


def _issue_if_possible(enrolment_id: int) -> bool:
    enrolment = db.session.get_one(Enrolment, enrolment_id)
    module = catalog().modules.get(enrolment.module_id)
    if module is None or module.certificate is None or not _settings().base_url:
        return False
    try:
        design = design_of(module.certificate)
    except Refused as refused:
        log.error("no certificate for enrolment %s: %s", enrolment_id, refused)
        return False
    issue(enrolment, module, design)
    return True


def issue(enrolment: Enrolment, module: Module, design: Design) -> Certificate:
    """The certificate of a completed enrolment: the one there is, else a new one. Within the caller's transaction."""
    hold(f"certificate:{enrolment.id}")
    there = queries.live_of([enrolment.id]).get(enrolment.id)
    if there is not None:
        return there
    return _write(enrolment, module.revision, design, _snapshot(enrolment, module, design))


def _write(enrolment: Enrolment, revision: str, design: Design, snapshot: dict[str, Any], *, replaces: str | None = None) -> Certificate:
    now = clock.now()
    today = clock.local(now).date()
    series = f"certificate:{today.year}"
    seq = _next(series)
    row = Certificate(
        serial=new_serial(), number=format_number(design.number, seq, today), series=series, seq=seq, person_id=enrolment.person_id,
        enrolment_id=enrolment.id, module_id=enrolment.module_id, revision=revision, design=design.id, issued_at=now,
        valid_until=enrolment.valid_until, snapshot={},
    )
    row.snapshot = {**snapshot, "number": row.number, "serial": row.serial, "issued_on": today.isoformat()}
    db.session.add(row)
    db.session.flush()
    jobs.enqueue(PDF_JOB, {"certificate_id": row.id}, key=str(row.id))
    audit.record("certificate.issued", f"certificate:{row.id}", about=row.person_id, detail={"number": row.number})
    publish(CertificateIssued(
        row.id, row.person_id, row.module_id, row.snapshot["module"], row.number, row.serial, row.valid_until, replaces))
    return row


def _next(series: str) -> int:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(Counter).values(series=series, value=1)
    statement = statement.on_conflict_do_update(index_elements=["series"], set_={"value": Counter.value + 1})
    return int(db.session.execute(statement.returning(Counter.value)).scalar_one())


def new_serial() -> str:
    """A serial of 100 random bits in letters and digits that are not mistaken for one another."""
    return "".join(secrets.choice(rules.SERIAL_LETTERS) for _ in range(rules.SERIAL_LENGTH))


def _snapshot(enrolment: Enrolment, module: Module, design: Design) -> dict[str, Any]:
    settings = _settings()
    completed = enrolment.completed_at or clock.now()
    return {
        **design.snapshot(), **_holder(enrolment.person_id), "agency": settings.agency, "office": settings.unit, "module": module.title,
        "module_id": module.id, "version": module.revision[:8], "jp": str(enrolment.hours),
        "started": _day(enrolment.started_at), "completed": _day(completed),
        "valid_until": enrolment.valid_until.isoformat() if enrolment.valid_until else None,
        "score": None if enrolment.score is None else f"{enrolment.score:f}", "lessons": _lessons(enrolment, module),
    }


def _holder(person_id: int) -> dict[str, str | None]:
    person = db.session.execute(
        select(Person.name, Person.nip, Person.rank, Person.position, Unit.name.label("unit")).join(Unit).where(Person.id == person_id)
    ).one()
    rank, position = shown_rank(person.rank) or None, person.position or None
    return {"name": person.name, "nip": person.nip, "rank": rank, "position": position, "unit": person.unit}


def _lessons(enrolment: Enrolment, module: Module) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(LessonProgress.lesson_id, LessonProgress.done_at).where(LessonProgress.enrolment_id == enrolment.id))
    done = {row.lesson_id: row.done_at for row in rows}
    shares = zip(module.lessons, module.lesson_hours(), strict=True)
    counted = [(lesson, hours) for lesson, hours in shares if not lesson.optional]
    return [
        {"number": number, "part": lesson.part, "title": lesson.title, "jp": f"{hours:f}",
         "date": _day(moment) if (moment := done.get(lesson.id)) else None}
        for number, (lesson, hours) in enumerate(counted, 1)
    ]


def revoke(serial: str, reason: str) -> None:
    """Revoke a certificate for good. Raises NotFound, or Refused "reason-missing" or "certificate-ended"."""
    with transaction():
        row = _live(serial, reason)
        row.state, row.ended_at, row.reason = "revoked", clock.now(), reason.strip()
        audit.record("certificate.revoked", f"certificate:{row.id}", about=row.person_id, detail={"reason": row.reason})


def reissue(serial: str, reason: str) -> str:
    """Issue a certificate anew with the person's present name, rank, position and unit; the old one is superseded.

    Gives the new serial. Raises NotFound, or Refused "reason-missing" or "certificate-ended".
    """
    with transaction():
        old = _live(serial, reason)
        design = design_of(old.design)
        old.state, old.ended_at, old.reason = "superseded", clock.now(), reason.strip()
        db.session.flush()
        enrolment = db.session.get_one(Enrolment, old.enrolment_id)
        snapshot = {**old.snapshot, **design.snapshot(), **_holder(old.person_id)}
        new = _write(enrolment, old.revision, design, snapshot, replaces=old.serial)
        old.superseded_by = new.id
        audit.record("certificate.reissued", f"certificate:{old.id}", about=old.person_id,
                     detail={"reason": old.reason, "old": old.number, "new": new.number})
        return new.serial


def _live(serial: str, reason: str) -> Certificate:
    if not 3 <= len(reason.strip()) <= LONGEST_REASON:
        raise Refused("reason-missing", most=LONGEST_REASON)
    found = queries.by_serial(serial)
    if found is None:
        raise NotFound
    hold(f"certificate:{found.enrolment_id}")
    db.session.refresh(found)
    if found.state != "issued":
        raise Refused("certificate-ended")
    return found


def design_of(name: str) -> Design:
    """The design of a name, as its folder is now."""
    folder = _settings().content_dir / "certificates" / name
    stamps = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.glob("**/*")))
    return _read_design(folder, stamps)


@lru_cache(maxsize=16)
def _read_design(folder: Path, _stamps: tuple[tuple[str, int, int], ...]) -> Design:
    return load_design(folder)


def _settings() -> Settings:
    return current_app.extensions["settings"]  # type: ignore[no-any-return]


def _day(moment: datetime) -> str:
    return clock.local(moment).date().isoformat()
