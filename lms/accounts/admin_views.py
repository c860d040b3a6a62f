"""Pages on which somebody else's way of signing in is looked after: one person's account, a unit's activation codes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import codes, factors, links, queries, signins, ties
from lms.accounts.forms import CodesForm
from lms.base import readings
from lms.base.errors import NotFound, Refused
from lms.people import grants
from lms.people import queries as people
from lms.web.access import allow
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("accounts_admin", __name__, template_folder="templates", url_prefix="/people")
Page = str | tuple[str, int] | Response


@bp.get("/<int(max=2147483647):person_id>/account")
@allow("people.see")
def account(person_id: int) -> str:
    """How a person signs in."""
    row = people.person(person_id, current_user.paths("people.see"))
    readings.note("account", about=person_id)
    return _account_page(row)


@bp.post("/<int(max=2147483647):person_id>/code")
@allow("people.manage")
def new_code(person_id: int) -> Page:
    """Make an activation code and show it, once."""
    row = people.person(person_id, current_user.paths("people.manage"))
    try:
        code = codes.issue_for_person(person_id, by=current_user.grants)
    except Refused as refused:
        return refuse_to(url_for("accounts_admin.account", person_id=person_id), refused)
    return _account_page(row, code=code)


def _account_page(row: Any, *, code: str | None = None) -> str:
    return render("accounts/account.html", person=row, code=code, code_until=queries.code_until(row.id), days=codes.CODE_DAYS,
                  ways=queries.factors_of(row.id), devices=queries.sign_ins_of(row.id), mails=links.possible(), tied=ties.is_tied(row.id),
                  demanded=signins.must_be_strong(queries.granted_to(row.id)))


@bp.post("/<int(max=2147483647):person_id>/second-step/reset")
@allow("people.manage")
def reset_factors(person_id: int) -> Response:
    """Take the second step from a person who lost her phone; nobody does it to herself in this way."""
    people.person(person_id, current_user.paths("people.manage"))
    return _acted(person_id, factors.reset, _("The second step is reset. This person sets it up anew."))


@bp.post("/<int(max=2147483647):person_id>/sign-ins/end")
@allow("people.manage")
def end_sign_ins(person_id: int) -> Response:
    """End all sign-ins of a person."""
    people.person(person_id, current_user.paths("people.manage"))
    return _acted(person_id, signins.end_for, _("This person is signed out everywhere."))


def _acted(person_id: int, act: Callable[[int], None], said: str) -> Response:
    back = url_for("accounts_admin.account", person_id=person_id)
    try:
        if person_id == current_user.id:
            raise Refused("account-own")
        grants.must_be_within(person_id, current_user.grants)
        act(person_id)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(said, "ok")
    return redirect(back, 303)


@bp.get("/codes/")
@allow("people.manage")
def codes_form() -> str:
    """The page to choose a unit for new activation codes."""
    form = CodesForm()
    form.offer(people.units(current_user.paths("people.manage")))
    return _codes_form(form)


@bp.post("/codes/")
@allow("people.manage")
def new_codes() -> Page:
    """Make the codes of a unit and show the list, once; those who may get a link by mail get that instead if it is wished."""
    form = CodesForm()
    form.offer(people.units(current_user.paths("people.manage")))
    if not form.validate():
        return _codes_form(form), 422
    if form.unit_id.data not in {unit.id for unit in people.units(current_user.paths("people.manage"))}:
        raise NotFound
    if form.way.data == "mail":
        sent = links.send_activations(form.unit_id.data, by=current_user.grants)
    else:
        sent = links.Sent(0, codes.issue_for_unit(form.unit_id.data, by=current_user.grants))
    return render("accounts/codes.html", lists=sent.lists, mailed=sent.mailed, days=codes.CODE_DAYS)


def _codes_form(form: CodesForm) -> str:
    form.tell(codes.counts(current_user.grants))
    return render("accounts/codes_form.html", form=form, days=codes.CODE_DAYS, possible=links.possible())
