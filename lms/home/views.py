"""The start page and the pages that show several rooms."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response as AnyResponse

from lms.assignments import labels as assignment_labels
from lms.assignments import queries as assignments
from lms.assignments.rules import STATES
from lms.base import clock, readings
from lms.base.db import db
from lms.certificates import printing
from lms.certificates.models import Certificate
from lms.home import dossier as dossiers
from lms.home import office
from lms.home import start as start_page
from lms.home import team as people
from lms.learning.labels import WEAVES
from lms.notifications.kinds import KINDS
from lms.people import delegates
from lms.people.queries import person as person_row
from lms.people.roles import ROLES
from lms.programmes import queries as programmes
from lms.web import downloads
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.asked import page_number, row_id
from lms.web.content import catalog
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("home", __name__, template_folder="templates")
MOST_MADE_NOW = 20
EXPORTS = "60/15 minutes"
Table = tuple[list[str], list[list[downloads.Cell]]]


@bp.get("/healthz")
@allow(ANYONE)
def healthz() -> dict[str, object]:
    """Whether this process serves: the database answers and content is loaded."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok", "modules": len(catalog().modules)}


@bp.get("/")
@allow(SIGNED_IN)
def start() -> str:
    """What the reader does next, her hours, her modules."""
    return render("home/start.html", page=start_page.start(current_user, catalog()), greeting=_greeting(),
                  programmes=programmes.taken(current_user.id, catalog()),
                  assigned=assignments.open_of(current_user.id), assigned_labels=assignment_labels, assigned_states=STATES, kain=WEAVES)


def _greeting() -> str:
    hour = clock.local(clock.now()).hour
    name = current_user.name.split(",")[0].split()
    called = next((part for part in name if not part.endswith(".")), current_user.name)
    if hour < 11:
        return str(_("Good morning, %(name)s", name=called))
    if hour < 15:
        return str(_("Good day, %(name)s", name=called))
    return str(_("Good afternoon, %(name)s", name=called) if hour < 18 else _("Good evening, %(name)s", name=called))


@bp.get("/content/")
@allow("content.mistakes")
def content_mistakes() -> str:
    """Mistakes in the content, with where and what to write instead."""
    there = catalog()
    found = [(mistake.level == "error", mistake.text(_)) for mistake in (*there.mistakes, *programmes.not_planned(there))]
    return render("home/content_mistakes.html", found=found)


@bp.get("/team/")
@allow("team.see")
def team() -> str:
    """The people of the reader's unit, with hours, modules and certificates."""
    wish = _wish()
    readings.note("team", scope=_scope(wish))
    summary, members = people.first_page(wish)
    pages = max(1, -(-summary.people // people.PAGE))
    member = url_for("home.member", person_id=0, year=wish.year if wish.past else None).partition("0")
    return render("home/team.html", member=member, wish=wish, summary=summary, members=members, pages=pages,
                  years=people.years(clock.today()), units=people.units_of(wish), modules=_modules(),
                  address=lambda number: _address(wish, page=number),
                  standing_in=delegates.stood_in_for(current_user.id) if any(one.behalf_of for one in current_user.grants) else (),
                  leads=any(one.role in delegates.NAMING for one in current_user.grants),
                  query=_query(wish))


@bp.get("/team/export.csv")
@allow("team.see")
@limited(EXPORTS)
def team_csv() -> Response:
    """The filtered team as CSV."""
    _taken("csv")
    header, rows = _table()
    return downloads.csv_response(f"tim-{_wish().year}.csv", header, rows)


@bp.get("/team/export.xlsx")
@allow("team.see")
@limited(EXPORTS)
def team_xlsx() -> Response:
    """The filtered team as XLSX."""
    _taken("xlsx")
    header, rows = _table()
    return downloads.xlsx_response(f"tim-{_wish().year}.xlsx", _("Team"), header, rows)


@bp.get("/team/certificates.zip")
@allow("team.see")
@limited(EXPORTS)
def team_certificates() -> AnyResponse:
    """The certificates of the filtered team as one ZIP."""
    found = people.certificates(_wish())
    unmade = sum(row.sha256 is None for row in found)
    if not found or unmade > MOST_MADE_NOW:
        flash(_("%(count)s certificates are still being made. Try again in a minute.", count=unmade) if found
              else _("No certificate fits these filters. Choose others."), "warn")
        return redirect(_address(_wish()))
    _taken("zip")
    return downloads.zip_response(f"sertifikat-{_wish().year}.zip", [(_name(row), _file(row)) for row in found])


@bp.get("/team/<int(max=2147483647):person_id>/")
@allow("team.see")
def member(person_id: int) -> str:
    """One person of the team: modules, hours, certificates, and what was studied lately."""
    year = _year()
    person = people.person_below(person_id, current_user.paths("team.see"), year)
    readings.note("member", about=person_id)
    if year < clock.today().year:
        return _past_member(person, year)
    return render("home/member.html", person=person, page=start_page.of_person(person, catalog()),
                  programmes=programmes.taken(person.id, catalog()), finished=programmes.completions(person.id), kain=WEAVES)


def _past_member(person: Any, year: int) -> str:
    """What she did in a past year, and nothing of today: she may work elsewhere by now."""
    past = people.year_of(person.id, person.employment, year)
    titles = {module.id: module.title for module in catalog().modules.values()}
    linked = current_user.may("team.see", unit_path=person_row(person.id).unit_path)
    return render("home/member_past.html", person=person, year=year, past=past, titles=titles, linked=linked)


@bp.get("/people/<int(max=2147483647):person_id>/all")
@allow("people.see")
def dossier(person_id: int) -> str | AnyResponse:
    """Everything about one person on one page; nothing is changed here."""
    row = person_row(person_id, current_user.paths("people.see"))
    if row.merged_into is not None:
        flash(_("%(name)s was merged into this account.", name=row.name), "ok")
        return redirect(url_for("home.dossier", person_id=row.merged_into), 303)
    readings.note("person", about=person_id)
    there = catalog()
    return render("home/dossier.html", person=row, page=dossiers.dossier(row, there),
                  finished=programmes.completions(person_id), kain=WEAVES, roles=ROLES, latest=dossiers.LATEST,
                  titles={quiz.id: quiz.title for quiz in there.quizzes.values()}, kinds=KINDS, acts=current_app.extensions["acts"],
                  module_titles={module.id: module.title for module in there.modules.values()}, looks=current_app.extensions["looks"],
                  sees_team=current_user.may("team.see", unit_path=row.unit_path),
                  sees_hours=current_user.may("training.see", unit_path=row.unit_path))


@bp.get("/administration/")
@allow("office.see")
def administration() -> str:
    """The office's pages that the reader may open, each with what it is for."""
    places = [place for place in current_app.extensions["office"] if place.permission is None or current_user.may(place.permission)]
    return render("home/administration.html", places=places, counts=office.counts(current_user))


def _taken(kind: str) -> None:
    wish = _wish()
    readings.note("team-export", scope=_scope(wish))
    people.record_export(kind, _query(wish))


def _scope(wish: people.Wish) -> str:
    return " ".join(wish.within)


def _file(row: Certificate) -> Path:
    return printing.pdf_of(row)


def _name(row: Certificate) -> str:
    holder = "".join(letter for letter in row.snapshot["name"] if letter.isalnum() or letter in " .-")[:60].strip(" .")
    return f"{holder} {row.subject_id} {row.number.replace('/', '-')}.pdf"


def _wish() -> people.Wish:
    given = request.args
    return people.Wish(
        within=current_user.paths("team.see"), text=given.get("q", "").strip()[:100], unit_id=row_id(given, "unit"),
        page=page_number(given),
        module_id=given.get("module", "")[:200], state=given.get("state", "") if given.get("state") in people.STATES else "",
        year=_year(),
    )


def _year() -> int:
    year = request.args.get("year", type=int)
    return year if year is not None and year in people.years(clock.today()) else clock.today().year


def _query(wish: people.Wish) -> dict[str, Any]:
    given = {"q": wish.text, "unit": wish.unit_id, "module": wish.module_id, "state": wish.state, "year": wish.year, "page": wish.page}
    return {name: value for name, value in given.items() if value and (name, value) != ("page", 1)}


def _address(wish: people.Wish, **changes: Any) -> str:
    return url_for("home.team", **_query(replace(wish, **changes)))


def _modules() -> list[tuple[str, str]]:
    return sorted(((module.id, module.title) for module in catalog().modules.values() if module.published), key=lambda pair: pair[1])


def _table() -> Table:
    header = [_("Name"), "NIP", _("Position"), _("Unit"), _("Employment"), _("JP of %(year)s", year=_wish().year), _("Modules in progress"),
              _("Modules completed"), _("Certificates"), _("Last studied")]
    rows: list[list[downloads.Cell]] = [
        [one.name, one.nip, one.position, one.unit, one.employment, one.hours, one.studying, one.completed, one.certificates,
         one.last_seen_at]
        for one in people.everybody(_wish())
    ]
    return header, rows
