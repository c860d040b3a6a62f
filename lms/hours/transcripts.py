"""A statement of somebody's JP in a period: what the ledger says on a day, numbered, sealed as a PDF, and verifiable by anyone.

A snapshot is a mapping of plain values that says everything the transcript says, in Indonesian:

    name, nip, rank, position, unit      the person on that day; rank, position and unit may be None
    agency, office                       who issues and seals
    first, last, total, given            ISO dates; JP that count and JP by the rates, as text: "19", "2.5"
    lines                                [{title, form, first, last, given, counts}], the earliest first
    serial, issued_on                    the random serial of its verification address, ISO date

Asked for again with nothing changed, the same transcript is given.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any

from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select, update
from weasyprint import Attachment

from lms.base import audit, clock, files, jobs
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.base.words import grouped_nip, long_date, number
from lms.certificates import printing
from lms.certificates.designs import STYLE, TEMPLATE, Design
from lms.certificates.pdf import print_pages
from lms.certificates.rules import read_serial
from lms.certificates.sandbox import Plain
from lms.certificates.service import new_serial
from lms.certificates.signing import sign
from lms.config import Settings
from lms.hours import ledger, rules
from lms.hours.models import Transcript
from lms.people.careers import shown_rank
from lms.people.models import Person, Unit

JOB = "hours.transcript"
LONGEST = 3660  # days
PICTURES = ("lambang.svg", "pita.svg")
HOUSE = "resmi"  # the design whose emblem and ribbon the transcript shows, if the agency has changed them


def issue(person_id: int, first: date, last: date) -> str:
    """The serial of a transcript that says what the ledger says now. Raises NotFound, or Refused "transcript-no-address",
    "transcript-period", "transcript-empty"."""
    if not _settings().base_url:
        raise Refused("transcript-no-address")
    if not first <= last or (last - first).days > LONGEST:
        raise Refused("transcript-period")
    with transaction():
        hold(f"transcript:{person_id}")
        said = _content(person_id, first, last)
        if not said["lines"]:
            raise Refused("transcript-empty")
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        there = db.session.scalar(select(Transcript).where(Transcript.person_id == person_id, Transcript.content == digest))
        return there.serial if there else _write(person_id, first, last, digest, said)


def by_serial(serial: str) -> Transcript | None:
    """The transcript of a serial, typed with or without dashes, in either case. One query."""
    return db.session.scalar(select(Transcript).where(Transcript.serial == read_serial(serial)))


def of_person(person_id: int) -> Sequence[Transcript]:
    """The transcripts of a person, the newest first. One query."""
    wanted = select(Transcript).where(Transcript.person_id == person_id)
    return db.session.scalars(wanted.order_by(Transcript.issued_at.desc(), Transcript.id.desc())).all()


def address_of(serial: str) -> str | None:
    """The page that verifies a transcript; None if there is none of this serial."""
    row = by_serial(serial)
    return url_for("hours.verify", transcript=row.serial) if row is not None else None


def still_holds(row: Transcript) -> bool:
    """Whether the ledger says of this period what the transcript says. Three queries."""
    now = _content(row.person_id, row.first_on, row.last_on)
    return all(now[key] == row.snapshot[key] for key in ("total", "lines"))


def run_job(payload: Mapping[str, Any]) -> None:
    """Make the PDF of a transcript, unless it is there."""
    row = db.session.get(Transcript, payload["transcript_id"])
    if row is not None:
        pdf_of(row)


def pdf_of(row: Transcript) -> Path:
    """The file of a transcript, made now if need be. Two that make it at once agree on the one that was recorded first."""
    if row.sha256 is not None:
        path = _path(row.serial, row.sha256)
        if not path.exists():
            raise Refused("transcript-file-lost")
        return path
    identity, serial = row.id, row.serial
    content = sealed(row)
    digest = hashlib.sha256(content).hexdigest()
    files.write_atomically(_path(serial, digest), content)
    with transaction():
        first = update(Transcript).where(Transcript.id == identity, Transcript.sha256.is_(None))
        db.session.execute(first.values(sha256=digest, size=len(content)))
        kept = db.session.scalar(select(Transcript.sha256).where(Transcript.id == identity))
    if kept != digest:
        _path(serial, digest).unlink(missing_ok=True)
    return _path(serial, str(kept))


def sealed(row: Transcript) -> bytes:
    """The signed PDF, with the snapshot as JSON attached; each call signs anew, so its bytes differ from call to call."""
    address = printing.verify_url(row.serial)
    data = Attachment(string=json.dumps(row.snapshot, ensure_ascii=False, indent=1).encode(), name="transcript.json",
                      description="Isi transkrip", relationship="Data", created=row.issued_at, modified=row.issued_at)
    pdf = print_pages(_design(_settings().content_dir), lambda _density: printed(row.snapshot, verify_url=address), verify_url=address,
                      attached=data, at=row.issued_at)
    return sign(pdf, printing.signer(_settings()), reason=f"Penerbitan transkrip JP {row.serial}", location=_settings().agency,
                at=row.issued_at)


def printed(snapshot: Mapping[str, Any], *, verify_url: str) -> dict[str, Plain]:
    """What the paper shows of a snapshot."""
    copied = ("name", "rank", "position", "unit", "agency", "office", "serial")
    return {
        **{key: snapshot[key] for key in copied}, "nip": grouped_nip(snapshot["nip"]), "first": _day(snapshot["first"]),
        "last": _day(snapshot["last"]), "issued_on": _day(snapshot["issued_on"]), "total": number(Decimal(snapshot["total"])),
        "given": number(Decimal(snapshot["given"])), "verify_address": verify_url.partition("://")[2],
        "lines": [
            {"title": line["title"], "form": line["form"], "given": number(Decimal(line["given"])),
             "counts": number(Decimal(line["counts"])),
             "day": _day(line["last"]) if line["first"] == line["last"] else f"{_day(line['first'])} sampai {_day(line['last'])}"}
            for line in snapshot["lines"]
        ],
    }


def _write(person_id: int, first: date, last: date, digest: str, said: Mapping[str, Any]) -> str:
    row = Transcript(
        serial=new_serial(), person_id=person_id, first_on=first, last_on=last, content=digest, snapshot={},
        issued_by=current_user.id if current_user and current_user.is_authenticated else None, issued_at=clock.now())
    row.snapshot = {**said, "serial": row.serial, "issued_on": clock.today().isoformat()}
    db.session.add(row)
    db.session.flush()
    jobs.enqueue(JOB, {"transcript_id": row.id}, key=str(row.id))
    audit.record("transcript.issued", f"transcript:{row.id}", about=person_id,
                 detail={"from": first.isoformat(), "until": last.isoformat()})
    return row.serial


def _content(person_id: int, first: date, last: date) -> dict[str, Any]:
    """What a transcript says besides its serial and its day."""
    held = [item for item in reversed(ledger.items(person_id, first, last)) if item.taken_back is None]
    with force_locale("id"):
        lines = [
            {"title": item.title, "form": _(rules.FORMS[item.form].label), "first": item.first.isoformat(), "last": item.last.isoformat(),
             "given": _plain(item.gave), "counts": _plain(item.credited)} for item in held
        ]
    return {
        **_holder(person_id), "agency": _settings().agency, "office": _settings().unit, "first": first.isoformat(),
        "last": last.isoformat(), "total": _plain(sum((item.credited for item in held), rules.ZERO)),
        "given": _plain(sum((item.gave for item in held), rules.ZERO)), "lines": lines,
    }


def _holder(person_id: int) -> dict[str, str | None]:
    row = db.session.execute(
        select(Person.name, Person.nip, Person.rank, Person.position, Unit.name.label("unit")).join(Unit).where(Person.id == person_id)
    ).first()
    if row is None:
        raise NotFound
    return {"name": row.name, "nip": row.nip, "rank": shown_rank(row.rank) or None, "position": row.position or None, "unit": row.unit}


def _design(content: Path) -> Design:
    own = content / "certificates" / HOUSE
    stamps = tuple((name, (own / name).stat().st_mtime_ns) for name in PICTURES if (own / name).is_file())
    return _read_design(own, stamps)


@lru_cache(maxsize=2)
def _read_design(own: Path, stamps: tuple[tuple[str, int], ...]) -> Design:
    """The paper of transcripts, with the agency's own emblem and ribbon where its design of certificates has them."""
    seeds = packaged("lms.hours") / "seeds"
    changed = {name for name, _stamp in stamps}
    parts = {TEMPLATE: seeds / "transcript.html", STYLE: seeds / "transcript.css",
             **{name: own / name if name in changed else seeds / name for name in PICTURES}}
    found = {name: part.read_bytes() for name, part in parts.items()}
    digest = hashlib.sha256(b"\0".join(found.values())).hexdigest()
    return Design(
        revision=digest[:32], id="transkrip", title="Transkrip", page="A4 portrait", place="", number="", signatories=(), files=found)


def _path(serial: str, digest: str) -> Path:
    folder: Path = _settings().instance_dir / "transcripts"
    return folder / serial[:2] / f"{serial}-{digest[:16]}.pdf"


def _plain(hours: Decimal) -> str:
    return f"{hours.normalize():f}"


def _day(iso: str) -> str:
    return long_date(date.fromisoformat(iso))


def _settings() -> Settings:
    return current_app.extensions["settings"]  # type: ignore[no-any-return]
