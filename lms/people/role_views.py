"""Pages about roles: the table of who may do what, who holds which role, and the roles of one person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import audit, readings
from lms.base.db import transaction
from lms.base.errors import NotFound, Refused
from lms.people import admin, grants, queries
from lms.people.roles import PERMISSIONS, ROLES
from lms.web import downloads
from lms.web.access import allow
from lms.web.asked import page_number, row_id
from lms.web.content import catalog
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("people_roles", __name__, template_folder="templates")
PERSON = "/people/<int(max=2147483647):person_id>/roles"
GIVEN_HERE = tuple(name for name in ROLES if name != "delegate")  # a delegate is named on the page of the supervisor


@bp.get("/roles/")
@allow("roles.see")
def table() -> str:
    """Which role may do what, and who holds it."""
    wish = _wish()
    count, rows = grants.holders(wish)
    readings.note("roles", scope="roles")
    return render("people/roles.html", roles=ROLES, permissions=PERMISSIONS, wish=wish, count=count, rows=rows, counts=grants.counts(),
                  pages=max(1, -(-count // grants.PAGE)), units=queries.units(), titles=_titles(), query=_query(wish),
                  address=lambda number: url_for("people_roles.table", **_query(wish), page=number))


def _wish() -> grants.HeldBy:
    given = request.args
    return grants.HeldBy(role=given.get("role", "") if given.get("role") in ROLES else "", unit_id=row_id(given, "unit"),
                         page=page_number(given))


def _query(wish: grants.HeldBy) -> dict[str, Any]:
    return {name: value for name, value in {"role": wish.role, "unit": wish.unit_id}.items() if value}


@bp.post("/roles/export.<any(csv, xlsx):kind>")
@allow("roles.see")
@limited("60/15 minutes")
def export(kind: str) -> FileResponse:
    """Who holds which role today, as a file; that it was made is recorded."""
    wish, titles = _wish(), _titles()
    readings.note("roles-export", scope="roles")
    with transaction():
        audit.record("roles.exported", "roles", detail={"kind": kind, **_query(wish)})
    header = [_("Name"), "NIP", _("Role"), _("For"), _("From"), _("Until"), _("Stands in for")]
    rows: list[list[downloads.Cell]] = [
        [row.name, row.nip, _(ROLES[row.role].label), _bound(row, titles), row.starts_on, row.ends_on, row.behalf]
        for row in grants.all_holders(wish)
    ]
    if kind == "csv":
        return downloads.csv_response("peran.csv", header, rows)
    return downloads.xlsx_response("peran.xlsx", _("Roles"), header, rows)


def _bound(row: Any, titles: dict[str, str]) -> str:
    if ROLES[row.role].binds == "module":
        return str(_("All modules")) if row.module_id is None else titles.get(row.module_id, row.module_id)
    return row.unit or str(_("The whole agency"))


def _titles() -> dict[str, str]:
    return {module.id: module.title for module in catalog().modules.values()}


@bp.get(PERSON)
@allow("roles.see")
def roles(person_id: int) -> str:
    """The roles of one person, now and before."""
    return _roles_page(person_id, {})


def _roles_page(person_id: int, chosen: Mapping[str, str]) -> str:
    row = queries.person(person_id)
    readings.note("person", about=person_id)
    trained = queries.trained_modules(person_id)
    modules = sorted(({gone: gone for gone in trained} | _titles()).items(), key=lambda pair: pair[1])
    return render("people/person_roles.html", person=row, rows=grants.of_person(person_id), roles=ROLES, given=GIVEN_HERE, modules=modules,
                  trained=trained, titles=_titles(), units=queries.units(), leads=bool(_leads(person_id)), chosen=chosen)


def _leads(person_id: int) -> bool:
    held = queries.roles_of([person_id]).get(person_id, ())
    return "supervisor" in held


@bp.post(PERSON)
@allow("roles.grant")
def give(person_id: int) -> Response | tuple[str, int]:
    """Give a role."""
    queries.person(person_id)
    try:
        grants.give(person_id, by=current_user.id, **_asked())
    except Refused as refused:
        flash(sentence(refused), "bad")
        return _roles_page(person_id, request.form), 422
    flash(_("The role is given. This person signs in again to use it."), "ok")
    return redirect(url_for("people_roles.roles", person_id=person_id), 303)


def _asked() -> dict[str, Any]:
    """What the form asks for; raises NotFound for what it did not offer, Refused for what is missing."""
    form = request.form
    role = form.get("role", "")
    if role not in GIVEN_HERE:
        raise NotFound
    binding = "unit" if ROLES[role].binds == "unit" else "module"
    chosen = form.get(binding, "")
    if not chosen:
        raise Refused("grant-bound")
    values: dict[str, Any] = {"unit_id": None, "module_id": None}
    if binding == "unit" and chosen != "all":
        values["unit_id"] = row_id(form, "unit")
        if values["unit_id"] not in {unit.id for unit in queries.units()}:
            raise NotFound
    if binding == "module" and chosen != "all":
        values["module_id"] = chosen
        if chosen not in _titles():
            raise NotFound
    period = {"starts_on": _day("from"), "ends_on": _day("until")}
    return {"role": role, **values, **period, "reason": admin.check_reason(form.get("reason", ""))}


def _day(name: str) -> date | None:
    text = request.form.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("date-unknown") from None


@bp.post(f"{PERSON}/<int(max=2147483647):grant_id>/end")
@allow("roles.grant")
def end(person_id: int, grant_id: int) -> Response:
    """End a role; also one's own."""
    grants.one(grant_id, person_id)
    back = url_for("people_roles.roles", person_id=person_id)
    try:
        grants.end(grant_id, by=current_user.id)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(_("The role is ended."), "ok")
    return redirect(back if person_id != current_user.id else url_for("home.start"), 303)


@bp.post("/people/<int(max=2147483647):person_id>/modules")
@allow("roles.grant")
def set_modules(person_id: int) -> Response:
    """Say whose results a trainer sees."""
    queries.person(person_id)
    known = set(catalog().modules) | set(queries.trained_modules(person_id))
    back = url_for("people_roles.roles", person_id=person_id)
    try:
        admin.set_modules(person_id, known & set(request.form.getlist("module")), by=current_user.id)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(_("The modules are saved."), "ok")
    return redirect(back, 303)
