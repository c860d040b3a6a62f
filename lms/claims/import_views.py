"""Pages on which the training office enters lists with the columns of SIASN."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import Refused
from lms.claims import importing, queries, siasn
from lms.web.access import allow
from lms.web.downloads import Cell, csv_response, xlsx_response
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("training_lists", __name__, template_folder="templates", url_prefix="/office/trainings/lists")
Page = str | tuple[str, int] | AnyResponse
LIST = "<string(length=32):list_token>"
NAMES = "'kursus.csv', 'kursus.xlsx', 'diklat.csv', 'diklat.xlsx'"


@bp.get("/")
@allow("training.manage")
def send_form() -> str:
    """The page to choose a list."""
    return render("claims/list_form.html", refusal="")


@bp.post("/")
@allow("training.manage")
def send() -> Page:
    """Keep the list and go on to what it would do; nothing is entered yet."""
    sent = request.files.get("file")
    if not sent or not sent.filename:
        return render("claims/list_form.html", refusal=_("Choose a CSV or XLSX file.")), 422
    try:
        token = importing.take_in(sent.read(), sent.filename, by=current_user.id)
    except Refused as refused:
        return render("claims/list_form.html", refusal=sentence(refused)), 422
    return redirect(url_for("training_lists.preview", list_token=token), 303)


@bp.get(f"/{LIST}/")
@allow("training.manage")
def preview(list_token: str) -> Page:
    """What the list would do, or its mistakes."""
    row = queries.list_of(list_token, current_user.id)
    try:
        plan = importing.plan(list_token, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("training_lists.send_form"), refused)
    readings.note("training", scope="list")
    return _page(row, plan)


@bp.post(f"/{LIST}/confirm")
@allow("training.manage")
def confirm(list_token: str) -> Page:
    """Enter what was shown; if the list would do something else by now, show that."""
    row = queries.list_of(list_token, current_user.id)
    try:
        plan, done = importing.confirm(list_token, by=current_user.id, mark=request.form.get("mark", ""))
    except Refused as refused:
        return refuse_to(url_for("training_lists.send_form"), refused)
    if not done:
        return _page(row, plan, changed=True), 409
    flash(ngettext("%(num)s participation is entered.", "%(num)s participations are entered.", plan.new), "ok")
    return redirect(url_for("trainings.all_trainings"), 303)


@bp.post(f"/{LIST}/cancel")
@allow("training.manage")
def cancel(list_token: str) -> AnyResponse:
    """Throw the list away."""
    importing.cancel(list_token, by=current_user.id)
    flash(_("The file is thrown away; nothing was changed."), "ok")
    return redirect(url_for("training_lists.send_form"), 303)


@bp.get(f"/{LIST}/mistakes.csv")
@allow("training.manage")
def mistakes(list_token: str) -> Response | AnyResponse:
    """The mistakes of the list as a table, for whoever mends it."""
    try:
        plan = importing.plan(list_token, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("training_lists.send_form"), refused)
    header = (_("Cell"), _("Row"), _("Column"), _("Value"), _("What is wrong"), _("What to do"))
    rows: list[list[Cell]] = [[one.cell, one.row or None, one.column, one.value, one.what(_), one.remedy(_)] for one in plan.mistakes]
    return csv_response("mistakes.csv", header, rows)


@bp.get(f"/<any({NAMES}):template>")
@allow("training.manage")
def template(template: str) -> Response:
    """A table with the columns and a row that shows what to write."""
    kind, _dot, form = template.partition(".")
    header, row = siasn.TEMPLATES[kind]
    return csv_response(template, header, [row]) if form == "csv" else xlsx_response(template, kind, header, [row])


def _page(row: Any, plan: importing.Plan, *, changed: bool = False) -> str:
    shown = list(plan.groups.values())[:200]
    return render("claims/list.html", row=row, plan=plan, changed=changed, shown=shown, faults=list(plan.mistakes)[:200], gettext_of=_)
