"""Pages on which tables are imported: technical competencies, and results of assessment centres."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import Refused
from lms.competencies import importing
from lms.competencies.forms import TableForm
from lms.web import downloads
from lms.web.access import allow
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("competencies_import", __name__, template_folder="templates", static_folder=None, url_prefix="/competencies/import")
Page = str | tuple[str, int] | AnyResponse
KIND = "/<any('technical', 'assessment'):table_kind>/"
SHOWN = 50


@bp.get(KIND)
@allow("training.manage")
def table(table_kind: importing.Kind) -> str:
    """The page to choose a table; one that waits is shown with what it would enter."""
    return _page(table_kind, TableForm(formdata=None))


@bp.post(KIND)
@allow("training.manage")
@limited("60/15 minutes")
def send(table_kind: importing.Kind) -> Page:
    """Read a table; with a mistake nothing is kept, and all mistakes are shown."""
    form = TableForm()
    if not form.validate():
        return _page(table_kind, form), 422
    sent = form.file.data
    try:
        found = importing.take_in(sent.stream, sent.filename or "", table_kind, by=current_user.id)
    except Refused as refused:
        return _page(table_kind, form, refusal=sentence(refused)), 422
    if found.mistakes.errors:
        return _page(table_kind, form, faults=found.mistakes), 422
    return redirect(url_for("competencies_import.table", table_kind=table_kind), 303)


@bp.post(f"{KIND}confirm")
@allow("training.manage")
def confirm(table_kind: importing.Kind) -> AnyResponse:
    """Write the table that was shown."""
    number = request.form.get("file", "")
    try:
        count = importing.confirm(table_kind, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0,
                                  by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("competencies_import.table", table_kind=table_kind), refused)
    flash(ngettext("%(num)s row is entered.", "%(num)s rows are entered.", count) if count
          else _("Nothing is new: all of it was entered before."), "ok")
    return redirect(url_for("competencies_office.technical" if table_kind == "technical" else "competencies_team.unit"), 303)


@bp.post(f"{KIND}cancel")
@allow("training.manage")
def cancel(table_kind: importing.Kind) -> AnyResponse:
    """Throw the waiting table away."""
    importing.cancel(table_kind, by=current_user.id)
    flash(_("The file is thrown away; nothing was changed."), "ok")
    return redirect(url_for("competencies_import.table", table_kind=table_kind), 303)


@bp.get(f"{KIND}sample.<any('csv', 'xlsx'):kind>")
@allow("training.manage")
def sample(table_kind: importing.Kind, kind: str) -> Response:
    """A table with the header and a row that shows what to write."""
    header, row = importing.HEADERS[table_kind], importing.SAMPLES[table_kind]
    if kind == "csv":
        return downloads.csv_response(f"{table_kind}.csv", header, [row])
    return downloads.xlsx_response(f"{table_kind}.xlsx", table_kind, header, [row])


def _page(kind: importing.Kind, form: TableForm, *, faults: Any = None, refusal: str | None = None) -> str:
    waiting = importing.waiting(kind, current_user.id)
    if kind == "assessment" and waiting is not None:
        readings.note("import", scope="assessment")
    return render("competencies/import.html", kind=kind, form=form, faults=faults, refusal=refusal, waiting=waiting, shown=SHOWN,
                  columns=importing.COLUMNS[kind], needed=importing.NEEDED[kind], gettext_of=_, separator=importing.SEPARATOR)
