"""A person's data as one ZIP: data.json, a CSV for each table, her certificates, and a README in two languages."""

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from flask import Response, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from zipstream import ZipStream

from lms.base import audit, clock, throttle, words
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.base.personal import Given, Part, Row
from lms.certificates import printing
from lms.certificates import queries as certificates
from lms.web.downloads import harmless

FORMAT, VERSION = "simpul-personal-data", 1
LIMIT, WINDOW = 3, timedelta(hours=1)
LANGUAGES = ("id", "en")


def parts() -> Sequence[Part]:
    """What each room gives out, as lms.wiring lists it."""
    found: Sequence[Part] = current_app.extensions["personal"]
    return found


def pack(person_id: int) -> ZipStream:
    """The ZIP of a person, ready to be written; certificates are read from the disk only as it is sent."""
    found = [(one, rows) for part in parts() for one, rows in zip(part.given, part.export(person_id).values(), strict=True)]
    files, missing = _certificates(person_id)
    archive = ZipStream()
    archive.add(_readme(found, missing), "README.txt")
    archive.add(_data(found), "data.json")
    for one, rows in found:
        archive.add(_table(one, rows), f"csv/{one.table}.csv")
    for name, path in files:
        archive.add_path(str(path), f"certificates/{name}")
    return archive


def download(person_id: int, *, by: int) -> Response:
    """The ZIP as a download, recorded in the audit log. Raises Refused "too-many-tries" after three in an hour for one asker."""
    throttle.count_try("my-data", str(by), most=LIMIT, window=WINDOW)
    record(person_id)
    response = Response(iter(pack(person_id)), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="data-pribadi-{clock.today().isoformat()}.zip"'
    return response


def record(person_id: int) -> None:
    """Say in the audit log that a person's data were handed out."""
    with transaction():
        audit.record("privacy.exported", f"person:{person_id}", about=person_id)


def write(file: Path, archive: ZipStream) -> None:
    """Write a ZIP into a file that only its owner may read. Raises Refused "file-not-writable"."""
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            for piece in archive:
                target.write(piece)
    except OSError as error:
        raise Refused("file-not-writable", path=str(file), problem=error.strerror) from None


def held(person_id: int) -> list[tuple[str, list[tuple[str, int]]]]:
    """What each room holds about a person: (room, [(label, number of rows)]); tables without rows are left out."""
    counted = [(part, part.counts(person_id)) for part in parts()]
    found = [(part.room, [(one.label, counts[one.table]) for one in part.given if counts[one.table]]) for part, counts in counted]
    return [(room, tables) for room, tables in found if tables]


def plain(value: Any) -> Any:
    """A value as JSON has it: moments with their zone, exact numbers as text."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, Fraction)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _data(found: list[tuple[Given, list[Row]]]) -> bytes:
    settings = current_app.extensions["settings"]
    document = {
        "format": FORMAT, "version": VERSION, "made_at": plain(clock.now()), "agency": settings.agency, "office": settings.unit,
        "tables": {one.table: [plain(row) for row in rows] for one, rows in found},
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _table(one: Given, rows: list[Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    keys = _keys(one, rows)
    writer.writerow(keys)
    for row in rows:
        writer.writerow([_cell(row[key]) for key in keys])
    return ("\ufeff" + buffer.getvalue()).encode()


def _keys(one: Given, rows: list[Row]) -> list[str]:
    keys = [key for key, _column, _meaning in one.columns]
    return [key for key in keys if key in rows[0]] if rows else keys


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _certificates(person_id: int) -> tuple[list[tuple[str, Path]], list[str]]:
    files, missing = [], []
    for row in certificates.of_person(person_id):
        number = re.sub(r"[^0-9A-Za-z.-]+", "-", row.number)
        if row.state != "issued":
            continue
        try:
            files.append((f"{number}.pdf", printing.pdf_of(row)))
        except Refused:
            missing.append(row.number)
            db.session.rollback()
    return files, missing


def _readme(found: list[tuple[Given, list[Row]]], missing: list[str]) -> bytes:
    texts = []
    for language in LANGUAGES:
        with force_locale(language):
            texts.append("\r\n".join(_described(found, missing, language)))
    return ("\ufeff" + "\r\n\r\n\r\n".join(texts) + "\r\n").encode()


def _described(found: list[tuple[Given, list[Row]]], missing: list[str], language: str) -> Iterator[str]:
    settings = current_app.extensions["settings"]
    yield _("Your personal data").upper()
    yield _("From %(agency)s, %(office)s, %(moment)s.", agency=settings.agency, office=settings.unit,
            moment=words.moment(clock.now(), language=language))
    yield ""
    yield _("data.json holds everything, format %(format)s, version %(version)s.", format=FORMAT, version=VERSION)
    yield _("The folder csv holds the same as tables, separated by semicolons.")
    yield _("The folder certificates holds the certificates that are valid now. Passwords, codes and other secrets are never handed out.")
    for number in missing:
        yield _("The file of certificate %(number)s could not be made; ask for it.", number=number)
    for one, rows in found:
        yield ""
        yield f"{one.table}: {_(one.label)} ({len(rows)})"
        keys = set(_keys(one, rows))
        yield from (f"  {key}: {_(meaning)}" for key, _column, meaning in one.columns if key in keys)
