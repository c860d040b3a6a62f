"""Verbs of certificates: issue, revoke, issue anew. Numbers, rows and the job of the PDF share one transaction."""

import logging
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the list on a programme's certificate."""

    title: str
    on: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Award:
    """The completion of a programme, as the room says it where it was completed."""

    completion_id: int
    person_id: int
    programme_id: str
    title: str
    revision: str
    design: str
    hours: Decimal
    completed_on: date
    valid_until: date | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What a certificate rests on."""

    person_id: int
    enrolment_id: int | None
    module_id: str | None
    completion_id: int | None
    programme_id: str | None
    valid_until: date | None


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
    grounds = _Grounds(enrolment.person_id, enrolment.id, enrolment.module_id, None, None, enrolment.valid_until)
    return _write(grounds, module.revision, design, _snapshot(enrolment, module, design))


def issue_award(award: Award) -> Certificate | None:
    """The certificate of a completed programme: the one there is, else a new one. Within the caller's transaction.

    None if it cannot be issued now (no address, a broken design): whoever completes programmes asks again later.
    """
    hold(f"certificate:completion:{award.completion_id}")
    there = queries.live_of_completions([award.completion_id]).get(award.completion_id)
    if there is not None or not _settings().base_url:
        return there
    try:
        design = design_of(award.design)
    except Refused as refused:
        log.error("no certificate for the completion %s of a programme: %s", award.completion_id, refused)
        return None
    grounds = _Grounds(award.person_id, None, None, award.completion_id, award.programme_id, award.valid_until)
    return _write(grounds, award.revision, design, _award_snapshot(award, design))


def _write(grounds: _Grounds, revision: str, design: Design, snapshot: dict[str, Any], *, replaces: str | None = None) -> Certificate:
    now = clock.now()
    today = clock.local(now).date()
    series = f"certificate:{today.year}"
    seq = _next(series)
    row = Certificate(
        serial=new_serial(), number=format_number(design.number, seq, today), series=series, seq=seq, person_id=grounds.person_id,
        enrolment_id=grounds.enrolment_id, module_id=grounds.module_id, completion_id=grounds.completion_id,
        programme_id=grounds.programme_id, revision=revision, design=design.id, issued_at=now, valid_until=grounds.valid_until, snapshot={},
    )
    row.snapshot = {**snapshot, "number": row.number, "serial": row.serial, "issued_on": today.isoformat()}
    db.session.add(row)
    db.session.flush()
    jobs.enqueue(PDF_JOB, {"certificate_id": row.id}, key=str(row.id))
    audit.record("certificate.issued", f"certificate:{row.id}", about=row.person_id, detail={"number": row.number})
    publish(CertificateIssued(
        row.id, row.person_id, row.module_id, row.snapshot["module"], row.number, row.serial, row.valid_until, replaces,
        row.programme_id))
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


def _award_snapshot(award: Award, design: Design) -> dict[str, Any]:
    settings = _settings()
    lessons = [{"number": number, "part": None, "title": part.title, "jp": f"{part.hours:f}", "date": part.on.isoformat()}
               for number, part in enumerate(award.parts, 1)]
    return {
        **design.snapshot(), **_holder(award.person_id), "agency": settings.agency, "office": settings.unit, "kind": "programme",
        "module": award.title, "module_id": award.programme_id, "version": award.revision[:8], "jp": f"{award.hours:f}",
        "started": min(part.on for part in award.parts).isoformat(), "completed": award.completed_on.isoformat(),
        "valid_until": award.valid_until.isoformat() if award.valid_until else None, "score": None, "lessons": lessons,
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
        grounds = _Grounds(old.person_id, old.enrolment_id, old.module_id, old.completion_id, old.programme_id, old.valid_until)
        snapshot = {**old.snapshot, **design.snapshot(), **_holder(old.person_id)}
        new = _write(grounds, old.revision, design, snapshot, replaces=old.serial)
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
    hold(f"certificate:{found.enrolment_id}" if found.enrolment_id else f"certificate:completion:{found.completion_id}")
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
