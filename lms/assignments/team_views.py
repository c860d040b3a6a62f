"""Pages of how the people of a unit, or of the city, stand with what is assigned to them."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from lms.assignments import labels, queries, rules, service
from lms.assignments.queries import Counted, Wish
from lms.base import audit, clock, readings
from lms.base import words as written
from lms.base.db import transaction
from lms.people import queries as people
from lms.web import downloads
from lms.web.access import allow
from lms.web.asked import page_number, row_id
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("assignments_team", __name__, template_folder="templates")


@bp.get("/assignments/unit/")
@allow("training.see")
def unit() -> str:
    """How many stand how in each assignment, and who."""
    wish = _wish()
    readings.note("assignments", scope=" ".join(wish.within))
    _settled()
    counted = queries.counts(replace(wish, assignment_id=None))
    shown = [one for one in counted if wish.assignment_id in (None, one.id)]
    total = sum(one.states[wish.state] if wish.state in rules.STATES else one.people for one in shown)  # type: ignore[index]
    members = queries.page(wish) if total else ()
    language, words, sums = str(get_locale()), labels.states(), _sums(shown)
    return render("assignments/unit.html", wish=wish, counted=shown, everything=counted, total=total, sums=sums, words=words,
                  badges=labels.BADGES,
                  used={name: word for name, word in words.items() if sums[name]},
                  days={day: written.long_date(day, language=language) for day in {one.due_on for one in members}}, members=members,
                  pages=max(1, -(-total // queries.PAGE)),
                  places=people.units(wish.within), query=_query(wish), address=lambda number: _address(replace(wish, page=number)))


@bp.post("/assignments/unit/export")
@allow("training.see")
@limited("60/15 minutes")
def export() -> Response:
    """The filtered list as CSV or XLSX."""
    wish, kind = _wish(), "xlsx" if request.form.get("file") == "xlsx" else "csv"
    readings.note("assignments-export", scope=" ".join(wish.within))
    _settled()
    with transaction():
        audit.record("assignments.exported", "assignments", detail={"file": kind, "filter": _query(wish)})
    header = [_("Assignment"), _("How binding"), _("Name"), "NIP", _("Position"), _("Unit"), _("State"), _("Due on"), _("Completed"),
              _("Counts until")]
    rows: list[list[downloads.Cell]] = [
        [one.title, _("Required") if one.required else _("Recommended"), one.name, one.nip, one.position, one.unit,
         str(labels.STATES[one.state]), one.due_on, one.completed_on, one.expires_on]
        for one in queries.everybody(wish)
    ]
    name = f"penugasan-{clock.today()}"
    if kind == "xlsx":
        return downloads.xlsx_response(f"{name}.xlsx", _("Assignments"), header, rows)
    return downloads.csv_response(f"{name}.csv", header, rows)


def _settled() -> None:
    """Time may have changed states since the last job; they are settled before they are counted."""
    if queries.stale(clock.today()):
        service.settle_stale()


def _sums(counted: list[Counted]) -> dict[str, int]:
    return {state: sum(one.states[state] for one in counted) for state in rules.STATES}


def _wish() -> Wish:
    given = request.args
    state = given.get("state", "")
    return Wish(current_user.paths("training.see"), row_id(given, "unit"), row_id(given, "assignment"),
                state if state in rules.STATES else "", page_number(given))


def _query(wish: Wish) -> dict[str, Any]:
    given = {"unit": wish.unit_id, "assignment": wish.assignment_id, "state": wish.state, "page": wish.page}
    return {name: value for name, value in given.items() if value and (name, value) != ("page", 1)}


def _address(wish: Wish) -> str:
    return url_for("assignments_team.unit", **_query(wish))
