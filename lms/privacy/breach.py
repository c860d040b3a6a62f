"""The report of a breach (UU 27/2022 Ps 46): who is concerned, what was done and seen, and drafts of the two written notices.

The notices must say which data were revealed, when and how, and what is done about it, at the latest 3 x 24 hours after it was found.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import markdown
import nh3
from flask import Response, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Engine, Select, and_, func, literal, or_, select, true
from sqlalchemy.orm import aliased
from zipstream import ZipStream

from lms.accounts.models import SignIn
from lms.base import audit, clock, words
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.readings import Reading
from lms.people import queries as people
from lms.people.models import Person, Unit
from lms.privacy import packing, rules
from lms.web.downloads import Cell, plain

AT_ONCE = 500
LETTERS = ("pemberitahuan-subjek", "laporan-lembaga")
Actor, About = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class Case:
    """What is known: when it was found, the period, and optionally to whom or to which address it is narrowed down."""

    found_at: datetime
    since: datetime
    until: datetime
    person_id: int | None = None
    unit_id: int | None = None
    address: str = ""
    story: str = ""
    handling: str = ""

    @property
    def due_at(self) -> datetime:
        """Until when the notices must be written."""
        return rules.due_at(self.found_at)


def download(case: Case) -> Response:
    """The report as a ZIP, recorded in the audit log; tables are written as they are sent."""
    record(case)
    response = Response(iter(pack(case)), mimetype="application/zip")
    name = clock.local(case.found_at).strftime("%Y%m%d-%H%M")
    response.headers["Content-Disposition"] = f'attachment; filename="laporan-kegagalan-{name}.zip"'
    return response


def record(case: Case) -> None:
    """Say in the audit log that a report was made."""
    with transaction():
        audit.record("privacy.breach-reported", "breach", about=case.person_id, detail={
            "found": case.found_at.isoformat(), "since": case.since.isoformat(), "until": case.until.isoformat(),
            "unit": case.unit_id, "address": case.address})


def pack(case: Case) -> ZipStream:
    """The ZIP, ready to be written; in Indonesian whatever the reader's language, because it goes to Indonesian readers."""
    archive = ZipStream()
    with force_locale("id"):
        for name in LETTERS:
            text = letter(name, case)
            archive.add(text.encode(), f"{name}.md")
            archive.add(_as_html(text).encode(), f"{name}.html")
        for name, header, rows in _tables(case):
            archive.add(_lines(header, rows), name)
    return archive


def letter(name: str, case: Case) -> str:
    """The draft of a letter as Markdown."""
    moments = {"due": case.due_at, "found": case.found_at, "since": case.since, "until": case.until}
    return current_app.jinja_env.get_template(f"privacy/letters/{name}.md").render(
        case=case, settings=current_app.extensions["settings"], count=affected_count(case), categories=categories(),
        **{key: words.moment(value, language="id") for key, value in moments.items()})


def _as_html(text: str) -> str:
    title = text.partition("\n")[0].removeprefix("# ")
    body = nh3.clean(markdown.markdown(text, extensions=["sane_lists"]))
    return f'<!doctype html>\n<html lang="id"><meta charset="utf-8"><title>{title}</title>\n<body>\n{body}\n</body></html>\n'


def affected_count(case: Case) -> int:
    """How many people are concerned. One query."""
    return db.session.scalar(select(func.count()).select_from(_affected(case).subquery())) or 0


def categories() -> list[tuple[str, str]]:
    """What is held about people: (room's table, what it is)."""
    return [(one.table, _(one.label)) for part in packing.parts() for one in part.given]


def _tables(case: Case) -> Iterator[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]:
    yield "terdampak.csv", [_("NIP"), _("Name"), _("Unit"), _("E-mail")], _rows(db.engine, _affected(case))
    yield "kategori-data.csv", [_("Table"), _("What it is")], categories()
    yield ("jejak-audit.csv",
           [_("Number"), _("When"), _("Who did it"), _("About whom"), _("Act"), _("What it was done to"), _("Network address")],
           _rows(db.engine, _acts(case)))
    yield ("pembacaan.csv", [_("When"), _("Who looked"), _("About whom"), _("Page"), _("Part"), _("Network address")],
           _rows(db.engine, _readings(case)))
    yield ("masuk.csv", [_("Signed in"), _("Last used"), _("NIP"), _("Name"), _("Network address"), _("Browser")],
           _rows(db.engine, _sign_ins(case)))


def _lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write("\ufeff")
    writer.writerow(header)
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _rows(engine: Engine, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Cell]]:
    """The rows as they are sent, on a connection of their own: the request's is gone by then."""
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
            yield list(row)


def _acts(case: Case) -> Select[*tuple[Any, ...]]:
    return (
        select(AuditEntry.seq, AuditEntry.at, Actor.name, About.name, AuditEntry.act, AuditEntry.subject, AuditEntry.address)
        .outerjoin(Actor, Actor.id == AuditEntry.actor_id).outerjoin(About, About.id == AuditEntry.about_id)
        .where(_acts_of(case)).order_by(AuditEntry.seq))


def _readings(case: Case) -> Select[*tuple[Any, ...]]:
    return (
        select(Reading.at, Actor.name, About.name, Reading.what, Reading.scope, Reading.address)
        .join(Actor, Actor.id == Reading.reader_id).outerjoin(About, About.id == Reading.about_id)
        .where(_readings_of(case)).order_by(Reading.id))


def _sign_ins(case: Case) -> Select[*tuple[Any, ...]]:
    return (
        select(SignIn.created_at, SignIn.seen_at, Person.nip, Person.name, SignIn.address, SignIn.browser)
        .join(Person, Person.id == SignIn.person_id).where(_sign_ins_of(case)).order_by(SignIn.created_at, Person.id))


def _affected(case: Case) -> Select[*tuple[Any, ...]]:
    """The people named in the case; else those whose data were touched, seen (also in a list of their unit) or whose account was used."""
    found = select(Person.nip, Person.name, Unit.name.label("unit"), Person.email).join(Unit, Unit.id == Person.unit_id)
    return found.where(_touched(case)).order_by(Unit.name, Person.name, Person.id)


def _touched(case: Case) -> ColumnElement[bool]:
    if case.person_id is not None:
        return Person.id == case.person_id
    listed = select(Reading.id).where(
        _readings_of(case), Reading.about_id.is_(None), Reading.scope.startswith("/"), Unit.path.like(Reading.scope + literal("%")))
    touched = or_(
        Person.id.in_(select(AuditEntry.about_id).where(_acts_of(case), AuditEntry.about_id.is_not(None))),
        Person.id.in_(select(Reading.about_id).where(_readings_of(case), Reading.about_id.is_not(None))),
        Person.id.in_(select(SignIn.person_id).where(_sign_ins_of(case))), listed.correlate(Unit).exists())
    return and_(touched, Person.id.in_(_of_unit(case))) if case.unit_id is not None else touched


def _acts_of(case: Case) -> ColumnElement[bool]:
    return and_(AuditEntry.at.between(case.since, case.until), _from(case, AuditEntry.address),
                _concerning(case, AuditEntry.about_id, AuditEntry.actor_id))


def _readings_of(case: Case) -> ColumnElement[bool]:
    concerned = _concerning(case, Reading.about_id, Reading.reader_id)
    return and_(Reading.at.between(case.since, case.until), _from(case, Reading.address), or_(concerned, Reading.about_id.is_(None)))


def _sign_ins_of(case: Case) -> ColumnElement[bool]:
    used = and_(SignIn.created_at <= case.until, SignIn.seen_at >= case.since)
    return and_(used, _from(case, SignIn.address), _concerning(case, SignIn.person_id))


def _from(case: Case, address: Any) -> ColumnElement[bool]:
    return address == case.address if case.address else true()


def _concerning(case: Case, *columns: Any) -> ColumnElement[bool]:
    if case.person_id is not None:
        return or_(*(column == case.person_id for column in columns))
    if case.unit_id is not None:
        return or_(*(column.in_(_of_unit(case)) for column in columns))
    return true()


def _of_unit(case: Case) -> Select[*tuple[Any, ...]]:
    return select(Person.id).where(Person.unit_id.in_(people.subtree(case.unit_id or 0)))
