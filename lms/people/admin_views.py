"""Pages on which an administrator looks after people: list, one person, import, activation codes."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.base.errors import Refused
from lms.people import admin, codes, importing, queries, service, tables
from lms.people.admin_forms import ROLE_LABELS, CodesForm, ImportForm, PersonForm
from lms.people.models import ROLES
from lms.people.roster import COLUMNS
from lms.web.access import allow
from lms.web.asked import page_number, row_id
from lms.web.content import catalog
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("people_admin", __name__, template_folder="templates", url_prefix="/people")
SHOWN = 200
Page = str | tuple[str, int] | Response


@bp.get("/")
@allow("admin")
def people() -> str:
    """Everybody, searched and filtered."""
    wish = _wish()
    count, rows = queries.find_people(wish)
    return render("people/people.html", wish=wish, count=count, rows=rows, pages=max(1, -(-count // queries.PAGE)),
                  units=queries.units(), roles=ROLE_LABELS, address=lambda number: _address(replace(wish, page=number)))


def _wish() -> queries.Wish:
    given = request.args
    return queries.Wish(
        text=given.get("q", "").strip()[:100], unit_id=row_id(given, "unit"),
        role=given.get("role", "") if given.get("role") in ROLES else "",
        active=given.get("active", "") if given.get("active") in {"yes", "no"} else "", page=page_number(given),
    )


def _address(wish: queries.Wish) -> str:
    named: dict[str, Any] = {"q": wish.text, "unit": wish.unit_id, "role": wish.role, "active": wish.active, "page": wish.page}
    return url_for("people_admin.people", **{name: value for name, value in named.items() if value and (name, value) != ("page", 1)})


@bp.get("/<int(max=2147483647):person_id>/")
@allow("admin")
def person(person_id: int) -> str:
    """One person, with all that may be done about her."""
    row = queries.person(person_id)
    return _person_page(row, PersonForm(data=dict(row._mapping)))


@bp.post("/<int(max=2147483647):person_id>/")
@allow("admin")
def change(person_id: int) -> Page:
    """Write what was changed of a person."""
    row = queries.person(person_id)
    form = PersonForm()
    form.offer(queries.units())
    if not form.validate():
        return _person_page(row, form), 422
    try:
        changed = admin.change(person_id, form.values())  # type: ignore[arg-type]
    except Refused as refused:
        return _person_page(row, form, refusal=sentence(refused)), 409
    flash(_("The changes are saved.") if changed else _("Nothing was different, so nothing was changed."), "ok")
    return _back(person_id)


def _person_page(row: Any, form: PersonForm, *, refusal: str | None = None, code: str | None = None) -> str:
    form.offer(queries.units())
    trained = queries.trained_modules(row.id)
    modules = {module.id: module.title for module in catalog().modules.values()} | {gone: gone for gone in trained - set(catalog().modules)}
    return render("people/person.html", person=row, form=form, refusal=refusal, code=code, trained=trained,
                  modules=sorted(modules.items(), key=lambda pair: pair[1]), days=service.CODE_DAYS)


def _back(person_id: int) -> Response:
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@bp.post("/<int(max=2147483647):person_id>/active")
@allow("admin")
def set_active(person_id: int) -> Response:
    """Deactivate a person, or let her in again."""
    active = request.form.get("active") == "yes"
    try:
        service.set_active(person_id, active)
    except Refused as refused:
        return refuse_to(url_for("people_admin.person", person_id=person_id), refused)
    flash(_("This person may sign in again.") if active else _("This person is deactivated and signed out everywhere."), "ok")
    return _back(person_id)


@bp.post("/<int(max=2147483647):person_id>/code")
@allow("admin")
def new_code(person_id: int) -> Page:
    """Make an activation code and show it, once."""
    try:
        code = admin.new_code(person_id)
    except Refused as refused:
        return refuse_to(url_for("people_admin.person", person_id=person_id), refused)
    row = queries.person(person_id)
    return _person_page(row, PersonForm(formdata=None, data=dict(row._mapping)), code=code)


@bp.post("/<int(max=2147483647):person_id>/modules")
@allow("admin")
def set_modules(person_id: int) -> Response:
    """Say whose results a trainer sees."""
    known = set(catalog().modules) | queries.trained_modules(person_id)
    admin.set_modules(person_id, known & set(request.form.getlist("module")))
    flash(_("The modules are saved."), "ok")
    return _back(person_id)


@bp.get("/import/")
@allow("admin")
def import_form() -> str:
    """The page to choose a file of people."""
    return _import_page(ImportForm())


@bp.post("/import/")
@allow("admin")
def import_preview() -> Page:
    """What the file would change, or its mistakes; nothing is written yet."""
    form = ImportForm()
    if not form.validate():
        return _import_page(form), 422
    try:
        text = tables.decode(form.file.data.read())
    except Refused as refused:
        return _import_page(form, refusal=sentence(refused)), 422
    found = importing.plan(text)
    return _plan_page(found, text), 422 if found.errors else 200


@bp.post("/import/confirm")
@allow("admin")
def import_confirm() -> Page:
    """Import what was previewed; it is checked once more, for the list of people may be another by now."""
    text = request.form.get("text", "")
    try:
        outcome = importing.run(text, with_codes=True)
    except Refused as refused:
        return _import_page(ImportForm(formdata=None), refusal=sentence(refused)), 409
    if outcome.plan.errors:
        return _plan_page(outcome.plan, text), 422
    return render("people/imported.html", plan=outcome.plan, lists=outcome.codes, days=service.CODE_DAYS)


def _import_page(form: ImportForm, *, refusal: str | None = None) -> str:
    return render("people/import.html", form=form, refusal=refusal, columns=COLUMNS)


def _plan_page(plan: importing.Plan, text: str) -> str:
    units = {unit.id: unit.name for unit in queries.units()}
    return render("people/import_plan.html", plan=plan, text=text, shown=SHOWN, gettext_of=_,
                  cell=lambda name, value: _cell(name, value, units))


def _cell(name: str, value: object, units: dict[int, str]) -> str:
    return units[int(str(value))] if name == "unit_id" else str(value or "–")


@bp.get("/codes/")
@allow("admin")
def codes_form() -> str:
    """The page to choose a unit for new activation codes."""
    form = CodesForm()
    form.offer(queries.units())
    return render("people/codes_form.html", form=form, days=service.CODE_DAYS)


@bp.post("/codes/")
@allow("admin")
def new_codes() -> Page:
    """Make the codes of a unit and show the list, once."""
    form = CodesForm()
    form.offer(queries.units())
    if not form.validate():
        return render("people/codes_form.html", form=form, days=service.CODE_DAYS), 422
    return render("people/codes.html", lists=codes.issue_for_unit(form.unit_id.data), days=service.CODE_DAYS)
