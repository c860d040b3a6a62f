"""The start page and the pages that show several rooms."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response as AnyResponse

from lms.base import clock
from lms.base.db import db
from lms.certificates import printing
from lms.certificates.models import Certificate
from lms.home import start as start_page
from lms.home import team as people
from lms.learning.labels import WEAVES
from lms.web import downloads
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.asked import page_number, row_id
from lms.web.content import catalog
from lms.web.pages import render

bp = Blueprint("home", __name__, template_folder="templates")
MOST_MADE_NOW = 20
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
    return render("home/start.html", page=start_page.start(current_user, catalog()), greeting=_greeting(), kain=WEAVES)


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
@allow("trainer", "admin")
def content_mistakes() -> str:
    """Mistakes in the content, with where and what to write instead."""
    found = [(mistake.level == "error", mistake.text(_)) for mistake in catalog().mistakes]
    return render("home/content_mistakes.html", found=found)


@bp.get("/team/")
@allow("supervisor", "admin")
def team() -> str:
    """The people of the reader's unit, with hours, modules and certificates."""
    wish = _wish()
    summary, members = people.first_page(wish)
    pages = max(1, -(-summary.people // people.PAGE))
    return render("home/team.html", wish=wish, summary=summary, members=members, pages=pages, years=people.years(clock.today()),
                  units=people.units_below(wish.root_path), modules=_modules(), address=lambda number: _address(wish, page=number),
                  query=_query(wish))


@bp.get("/team/export.csv")
@allow("supervisor", "admin")
def team_csv() -> Response:
    """The filtered team as CSV."""
    header, rows = _table()
    return downloads.csv_response(f"tim-{_wish().year}.csv", header, rows)


@bp.get("/team/export.xlsx")
@allow("supervisor", "admin")
def team_xlsx() -> Response:
    """The filtered team as XLSX."""
    header, rows = _table()
    return downloads.xlsx_response(f"tim-{_wish().year}.xlsx", _("Team"), header, rows)


@bp.get("/team/certificates.zip")
@allow("supervisor", "admin")
def team_certificates() -> AnyResponse:
    """The certificates of the filtered team as one ZIP."""
    found = people.certificates(_wish())
    unmade = sum(row.sha256 is None for row in found)
    if not found or unmade > MOST_MADE_NOW:
        flash(_("%(count)s certificates are still being made. Try again in a minute.", count=unmade) if found
              else _("No certificate fits these filters. Choose others."), "warn")
        return redirect(_address(_wish()))
    return downloads.zip_response(f"sertifikat-{_wish().year}.zip", [(_name(row), _file(row)) for row in found])


@bp.get("/team/<int(max=2147483647):person_id>/")
@allow("supervisor", "admin")
def member(person_id: int) -> str:
    """One person of the team: modules, hours, certificates, and what was studied lately."""
    person = people.person_below(person_id, _root())
    return render("home/member.html", person=person, page=start_page.of_person(person, catalog()), kain=WEAVES)


def _file(row: Certificate) -> Path:
    return printing.pdf_of(row)


def _name(row: Certificate) -> str:
    holder = "".join(letter for letter in row.snapshot["name"] if letter.isalnum() or letter in " .-")[:60].strip(" .")
    return f"{holder} {row.module_id} {row.number.replace('/', '-')}.pdf"


def _root() -> str:
    return "/" if current_user.role == "admin" else current_user.unit_path


def _wish() -> people.Wish:
    given = request.args
    year = given.get("year", type=int)
    return people.Wish(
        root_path=_root(), text=given.get("q", "").strip()[:100], unit_id=row_id(given, "unit"),
        page=page_number(given),
        module_id=given.get("module", "")[:200], state=given.get("state", "") if given.get("state") in people.STATES else "",
        year=year if year is not None and year in people.years(clock.today()) else clock.today().year,
    )


def _query(wish: people.Wish) -> dict[str, Any]:
    given = {"q": wish.text, "unit": wish.unit_id, "module": wish.module_id, "state": wish.state, "year": wish.year, "page": wish.page}
    return {name: value for name, value in given.items() if value and (name, value) != ("page", 1)}


def _address(wish: people.Wish, **changes: Any) -> str:
    return url_for("home.team", **_query(replace(wish, **changes)))


def _modules() -> list[tuple[str, str]]:
    return sorted(((module.id, module.title) for module in catalog().modules.values() if module.published), key=lambda pair: pair[1])


def _table() -> Table:
    header = [_("Name"), "NIP", _("Position"), _("Unit"), _("Employment"), _("JP this year"), _("Modules in progress"),
              _("Modules completed"), _("Certificates"), _("Last studied")]
    rows: list[list[downloads.Cell]] = [
        [one.name, one.nip, one.position, one.unit, one.employment, one.hours, one.studying, one.completed, one.certificates,
         one.last_seen_at]
        for one in people.everybody(_wish())
    ]
    return header, rows
