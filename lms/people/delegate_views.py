"""The page on which a supervisor lets somebody stand in for her."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock
from lms.base.errors import NotFound, Refused
from lms.people import admin, delegates, grants, queries, search
from lms.people.roles import ROLES
from lms.web.access import allow
from lms.web.asked import row_id
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("people_delegates", __name__, template_folder="templates")
PAGE = "/people/<int(max=2147483647):person_id>/delegates"
CHOICES = 10


@bp.get(PAGE, endpoint="delegates")
@allow("delegates.name")
def page(person_id: int) -> str:
    """Who stands in for a supervisor, and the form to name somebody; the search for whom is on the same page."""
    person = _whose(person_id)
    sought = request.args.get("q", "").strip()[:100]
    return render("people/delegates.html", person=person, rows=grants.delegations_of(person_id), led=delegates.led_by(person_id),
                  sought=sought, found=_choices(sought, but=person_id), today=clock.today(), most=delegates.MOST_DAYS, roles=ROLES,
                  own=person_id == current_user.id)


def _whose(person_id: int) -> Any:
    """The supervisor; raises NotFound unless it is the reader herself or she may give roles."""
    if person_id != current_user.id and not current_user.may("roles.grant"):
        raise NotFound
    return queries.person(person_id)


def _choices(sought: str, *, but: int) -> list[Any]:
    """The people who fit a name; a NIP must be typed whole, so that nobody can read NIPs off here."""
    digits = "".join(sought.split())
    if not sought or (any(sign.isdigit() for sign in digits) and len(digits) != 18):
        return []
    return [row for row in search.find(search.Wish(text=sought, active="yes")).rows if row.id != but][:CHOICES]


@bp.post(PAGE)
@allow("delegates.name")
def name(person_id: int) -> Response:
    """Let somebody stand in."""
    _whose(person_id)
    back = url_for("people_delegates.delegates", person_id=person_id)
    form = request.form
    try:
        delegates.name(
            person_id, row_id(form, "delegate") or 0, unit_id=None if form.get("unit") == "all" else row_id(form, "unit") or 0,
            starts_on=_day("from"), ends_on=_day("until"), reason=admin.check_reason(form.get("reason", "")), by=current_user.id)
    except Refused as refused:
        return refuse_to(back, refused)
    own = person_id == current_user.id
    flash(_("From the first day on this person sees your team; what is done there is recorded as done for you.") if own
          else _("The delegate is named."), "ok")
    return redirect(back, 303)


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Refused("date-unknown") from None


@bp.post(f"{PAGE}/<int(max=2147483647):grant_id>/end")
@allow("delegates.name")
def end(person_id: int, grant_id: int) -> Response:
    """End it before its time."""
    _whose(person_id)
    delegates.end(grant_id, person_id, by=current_user.id)
    flash(_("Nobody stands in by that any more."), "ok")
    return redirect(url_for("people_delegates.delegates", person_id=person_id), 303)
