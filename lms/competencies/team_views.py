"""Pages about the people of a unit: their levels on one page, a person's own page, a supervisor's confirmation."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import audit, readings
from lms.base.db import transaction
from lms.base.errors import NotFound, Refused
from lms.competencies import heat, queries, rules, service
from lms.competencies.forms import ConfirmForm
from lms.competencies.told import about
from lms.people import queries as people
from lms.people.careers import POSITION_KINDS
from lms.web import downloads
from lms.web.access import allow
from lms.web.asked import page_number, row_id
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("competencies_team", __name__, template_folder="templates", static_folder=None, url_prefix="/competencies")
Page = str | tuple[str, int] | AnyResponse
PERSON = "/people/<int(max=2147483647):person_id>"
CONFIRM = f"{PERSON}/confirm/<string(maxlength=30):competency_code>/"
EXPORTS = "60/15 minutes"
CONFIRMING = ("supervisor", "delegate")


@bp.get("/unit/")
@allow("training.see")
def unit() -> str:
    """The people of the reader's units beside the nine competencies."""
    wish = _wish()
    readings.note("competencies", scope=" ".join(wish.paths))
    count, members = heat.page(wish)
    return _unit_page("unit", wish, count=count, members=members, pages=max(1, -(-count // heat.PAGE)),
                      address=lambda number: url_for("competencies_team.unit", **{**_asked(wish), "page": number}))


@bp.get("/unit/positions/")
@allow("training.see")
def positions() -> str:
    """The positions of the reader's units beside the nine competencies."""
    wish = _wish()
    found = heat.positions(wish)
    first = (wish.page - 1) * heat.PAGE
    return _unit_page("positions", wish, count=len(found), found=found[first:first + heat.PAGE],
                      pages=max(1, -(-len(found) // heat.PAGE)), kinds=POSITION_KINDS,
                      address=lambda number: url_for("competencies_team.positions", **{**_asked(wish), "page": number}))


@bp.get("/unit/gaps/")
@allow("training.see")
def gaps() -> str:
    """What the people of the reader's units miss, the largest gap first."""
    wish = _wish()
    return _unit_page("gaps", wish, shares=heat.gaps_of_unit(wish.paths, wish.unit_id))


@bp.post("/unit/export.<any('csv', 'xlsx'):kind>")
@allow("training.see")
@limited(EXPORTS)
def export(kind: str) -> Response:
    """All people that are asked for, with what they hold and what is required of them."""
    wish = _wish()
    readings.note("competencies-export", scope=" ".join(wish.paths))
    with transaction():
        audit.record("competencies.exported", "competencies", detail={"file": kind, "filter": _asked(wish)})
    header = [_("Name"), "NIP", _("Position"), _("Unit")]
    for code in rules.NINE:
        header += [_("%(code)s held", code=code), _("%(code)s required", code=code)]
    if kind == "csv":
        return downloads.csv_response("kompetensi.csv", header, list(_lines(wish)))  # asked for before the request ends
    return downloads.xlsx_response("kompetensi.xlsx", _("Competencies"), header, _lines(wish))


@bp.get(f"{PERSON}/")
@allow("training.see")
def person(person_id: int) -> str:
    """One person's levels, for her supervisor and the officers."""
    row = _seen(person_id)
    return render("competencies/person.html", person=row, may_confirm=_may_confirm(row), **about(person_id),
                  may_check=current_user.may("training.check", unit_path=row.unit_path))


@bp.get(CONFIRM)
@allow("training.see")
def confirm_form(person_id: int, competency_code: str) -> str:
    """The indicators of a competency, to be ticked."""
    row = _confirmed(person_id)
    form = ConfirmForm(formdata=None)
    held = {gap.code: gap for gap in queries.gaps_of(person_id)}.get(competency_code)
    form.level.data = str(max(held.held, 1) if held else 1)
    return _confirm_page(row, competency_code, form)


@bp.post(CONFIRM)
@allow("training.see")
def confirm(person_id: int, competency_code: str) -> Page:
    """Confirm a level."""
    row, form = _confirmed(person_id), ConfirmForm()
    form.offer()
    if not form.validate():
        return _confirm_page(row, competency_code, form), 422
    try:
        service.confirm(person_id, competency_code, level=int(form.level.data), ticked=_ticked(), note=form.note.data, by=current_user.id)
    except Refused as refused:
        return _confirm_page(row, competency_code, form, sentence(refused)), 422
    flash(_("The level is confirmed. %(name)s sees it and can add a remark.", name=row.name), "ok")
    return redirect(url_for("competencies_team.person", person_id=person_id), 303)


@bp.post(f"{PERSON}/evidence/<int(max=2147483647):evidence_id>/withdraw")
@allow("training.see")
def withdraw(person_id: int, evidence_id: int) -> AnyResponse:
    """Let evidence count no more: an officer any, a supervisor what she confirmed herself."""
    row = _seen(person_id)
    found = queries.owner_of(evidence_id, current_user.paths("training.see"))
    own = found.kind == "confirmation" and found.made_by == current_user.id
    if found.person_id != person_id or not (own or current_user.may("training.check", unit_path=row.unit_path)):
        raise NotFound
    back = url_for("competencies_team.person", person_id=person_id)
    if person_id == current_user.id:
        return refuse_to(back, Refused("competency-self"))
    try:
        service.withdraw(evidence_id, reason=request.form.get("reason", "").strip(), by=current_user.id)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(_("The evidence is withdrawn. It stays on the page with your reason."), "ok")
    return redirect(back, 303)


def _seen(person_id: int) -> Any:
    row = people.person(person_id, current_user.paths("training.see"))
    readings.note("competency", about=person_id)
    return row


def _confirmed(person_id: int) -> Any:
    row = _seen(person_id)
    if not _may_confirm(row):
        raise NotFound
    return row


def _may_confirm(person: Any) -> bool:
    """Whether the reader confirms levels of a person: who leads her unit, or an officer of training; nobody her own."""
    leads = any(one.role in CONFIRMING and person.unit_path.startswith(one.unit_path) for one in current_user.grants)
    return person.active and person.id != current_user.id and (leads or current_user.may("training.check", unit_path=person.unit_path))


def _confirm_page(person: Any, code: str, form: ConfirmForm, refusal: str | None = None) -> str:
    form.offer()
    one = queries.competency(code)
    there = {gap.code: gap for gap in queries.gaps_of(person.id)}
    return render("competencies/confirm.html", person=person, one=one, form=form, refusal=refusal, ticked=_ticked(), gap=there.get(code),
                  level_names=form.level.choices)


def _ticked() -> list[tuple[int, int]]:
    """The indicators that were ticked, as (level, place from 0)."""
    pairs = (one.partition("-") for one in request.form.getlist("seen") if len(one) < 8)
    return [(int(level), int(place)) for level, _dash, place in pairs
            if level.isascii() and level.isdigit() and place.isascii() and place.isdigit()]


def _unit_page(tab: str, wish: heat.Wish, **values: Any) -> str:
    return render("competencies/unit.html", tab=tab, wish=wish, asked=_asked(wish), units=people.units(wish.paths),
                  names={one.code: one for one in queries.dictionary(ended=True)}, nine=rules.NINE, **values)


def _wish() -> heat.Wish:
    given = request.args
    return heat.Wish(current_user.paths("training.see"), row_id(given, "unit"), given.get("q", "").strip()[:100], page_number(given))


def _asked(wish: heat.Wish) -> dict[str, Any]:
    return {name: value for name, value in (("q", wish.text), ("unit", wish.unit_id)) if value}


def _lines(wish: heat.Wish) -> Iterator[Sequence[downloads.Cell]]:
    for one in heat.everybody(wish):
        yield [one.name, one.nip, one.position, one.unit, *(level for cell in one.cells for level in (cell.held, cell.required))]
