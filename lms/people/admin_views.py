"""Pages on which people are found and their records looked after: the list, one record, somebody new."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import audit, readings
from lms.base.db import transaction
from lms.base.errors import Refused
from lms.people import admin, names, queries, search
from lms.people.admin_forms import NewPersonForm, PersonForm
from lms.people.roles import ROLES
from lms.web import downloads
from lms.web.access import allow
from lms.web.asked import page_number, row_id
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("people_admin", __name__, template_folder="templates", url_prefix="/people")
EXPORTS = "60/15 minutes"
Page = str | tuple[str, int] | AnyResponse


@bp.get("/")
@allow("people.see")
def people() -> str:
    """Everybody, searched and filtered."""
    wish = _wish()
    filters = bool(request.args.get("filters") or wish.unit_id is not None or wish.role or wish.active)
    units = queries.units(wish.within) if filters else ()
    return render("people/people.html", filters=filters, units=units, query=_query(wish),
                  with_filters=url_for("people_admin.people", filters="yes", **_query(wish)), **_found(wish))


@bp.get("/found")
@allow("people.see")
def found() -> dict[str, str]:
    """The list alone, for the search that answers while one types."""
    return {"html": render_template("people/found.html", **_found(_wish()))}


def _found(wish: search.Wish) -> dict[str, Any]:
    there = search.find(wish)
    readings.note("people", scope=" ".join(wish.within))
    before, _zero, behind = url_for("home.dossier", person_id=0).partition("/0/")  # making an address fifty times takes a millisecond
    return {"wish": wish, "found": there, "pages": there.pages, "address": lambda number: _address(replace(wish, page=number)),
            "dossier": (f"{before}/", f"/{behind}"), "roles": ROLES}


def _wish() -> search.Wish:
    given = request.args
    role = given.get("role", "")
    return search.Wish(
        within=current_user.paths("people.see"), text=given.get("q", "").strip()[:100], unit_id=row_id(given, "unit"),
        role=role if role in {*ROLES, search.LEARNER} else "",
        active=given.get("active", "") if given.get("active") in {"yes", "no"} else "", page=page_number(given),
    )


def _query(wish: search.Wish) -> dict[str, Any]:
    named: dict[str, Any] = {"q": wish.text, "unit": wish.unit_id, "role": wish.role, "active": wish.active, "page": wish.page}
    return {name: value for name, value in named.items() if value and (name, value) != ("page", 1)}


def _address(wish: search.Wish) -> str:
    return url_for("people_admin.people", **_query(wish))


@bp.post("/export.<any(csv, xlsx):kind>")
@allow("people.see")
@limited(EXPORTS)
def export(kind: str) -> Response:
    """Everybody who fits as CSV or XLSX; that it was made is recorded."""
    wish = _wish()
    readings.note("people-export", scope=" ".join(wish.within))
    with transaction():
        audit.record("people.exported", "people", detail={"kind": kind, "within": list(wish.within), **_query(replace(wish, page=1))})
    header = ["NIP", _("Name"), _("Unit"), _("Position"), _("Rank"), _("Employment"), _("E-mail"), _("State")]
    words = {True: _("Active"), False: _("Deactivated")}
    rows = ([one.nip, one.name, one.unit, one.position, one.rank, one.employment, one.email, words[one.active]]
            for one in search.everybody(wish))
    if kind == "csv":
        return downloads.csv_response("pegawai.csv", header, list(rows))
    return downloads.xlsx_response("pegawai.xlsx", _("People"), header, rows)


@bp.get("/<int(max=2147483647):person_id>/")
@allow("people.see")
def person(person_id: int) -> Page:
    """The record of one person, with what may be changed of it."""
    row = queries.person(person_id, current_user.paths("people.see"))
    if row.merged_into is not None:
        flash(_("%(name)s was merged into this account.", name=row.name), "ok")
        return _back(row.merged_into)
    readings.note("person", about=person_id)
    return _person_page(row, PersonForm(formdata=None, data={**row._mapping, "seen": admin.fingerprint(row)}))


@bp.post("/<int(max=2147483647):person_id>/")
@allow("people.manage")
def change(person_id: int) -> Page:
    """Write what was changed of a person."""
    row = _managed(person_id)
    form = PersonForm()
    form.offer(queries.units(current_user.paths("people.manage")), now=row)
    if not form.validate():
        return _person_page(row, form), 422
    if doubts := _doubts(form, but=row):
        return _person_page(row, form, doubts=doubts), 422
    try:
        changed = admin.change(person_id, form.values(), seen=form.seen.data or None, by=current_user.grants)  # type: ignore[arg-type]
    except Refused as refused:
        form.seen.data = admin.fingerprint(row)  # whoever saves again has seen what is stored now
        return _person_page(row, form, refusal=sentence(refused), both=refused.code == "changed-meanwhile"), 409
    flash(_("The changes are saved.") if changed else _("Nothing was different, so nothing was changed."), "ok")
    return _back(person_id)


def _doubts(form: PersonForm, *, but: Any = None) -> list[str]:
    """What should be looked at twice about a name that was typed; empty if it is as before or was confirmed."""
    name = form.name.data
    if form.sure.data or (but is not None and but.name == name):
        return []
    alike = search.same_name(name, but=but.id if but is not None else None)
    found = [_("This name looks like %(name)s, but is written with other letters.", name=row.name) for row in alike]
    return [*found, _("This name mixes letters of several scripts that look alike.")] if names.mixes_scripts(name) else found


def _person_page(row: Any, form: PersonForm, *, refusal: str | None = None, doubts: list[str] | None = None, both: bool = False) -> str:
    form.offer(queries.units(current_user.paths("people.see")), now=row)
    stored = PersonForm(formdata=None, data=dict(row._mapping)) if both else None
    if stored is not None:
        stored.offer(queries.units(current_user.paths("people.see")), now=row)
    return render("people/person.html", person=row, form=form, refusal=refusal, doubts=doubts or [], differing=_differing(form, stored),
                  may_change=current_user.may("people.manage", unit_path=row.unit_path))


def _differing(form: PersonForm, stored: PersonForm | None) -> list[tuple[str, str, str]]:
    """(label, stored, typed) of each field that differs from what somebody else has stored."""
    if stored is None:
        return []
    pairs = [(field, stored[field.name]) for field in form if field.name in admin.EDITED and field.data != stored[field.name].data]
    return [(str(typed.label.text), _shown(there), _shown(typed)) for typed, there in pairs]


def _shown(field: Any) -> str:
    chosen = [label for value, label, selected, *_rest in field.iter_choices() if selected] if hasattr(field, "iter_choices") else []
    return str(chosen[0]).lstrip("– ") if chosen else str(field.data or "–")


def _managed(person_id: int) -> Any:
    return queries.person(person_id, current_user.paths("people.manage"))


def _back(person_id: int) -> AnyResponse:
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@bp.get("/new/")
@allow("people.manage")
def new() -> str:
    """The form for somebody who is in no list yet."""
    return _new_page(NewPersonForm(formdata=None))


@bp.post("/new/")
@allow("people.manage")
def add() -> Page:
    """Record a new person; the next page makes the code with which she signs in first."""
    form = NewPersonForm()
    form.offer(queries.units(current_user.paths("people.manage")))
    if not form.validate():
        return _new_page(form), 422
    if doubts := _doubts(form):
        return _new_page(form, doubts=doubts), 422
    try:
        person_id = admin.add(form.nip.data, form.values())  # type: ignore[arg-type]
    except Refused as refused:
        return _new_page(form, refusal=sentence(refused)), 409
    flash(_("The record is made. Give this person a way to sign in now."), "ok")
    return redirect(url_for("accounts_admin.account", person_id=person_id), 303)


def _new_page(form: NewPersonForm, *, refusal: str | None = None, doubts: list[str] | None = None) -> str:
    form.offer(queries.units(current_user.paths("people.manage")))
    return render("people/new.html", form=form, refusal=refusal, doubts=doubts or [])


@bp.post("/<int(max=2147483647):person_id>/active")
@allow("people.manage")
def set_active(person_id: int) -> AnyResponse:
    """Deactivate a person, or let her in again."""
    _managed(person_id)
    active = request.form.get("active") == "yes"
    try:
        admin.set_active(person_id, active, reason=admin.check_reason(request.form.get("reason", "")),
                         by=current_user.grants)
    except Refused as refused:
        return refuse_to(url_for("people_admin.person", person_id=person_id), refused)
    flash(_("This person may sign in again.") if active else _("This person is deactivated and signed out everywhere."), "ok")
    return _back(person_id)
