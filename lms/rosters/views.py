"""Pages on which people and units are imported: choose a file, say what its columns hold, look at what would change, confirm."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import Refused
from lms.people import queries as people
from lms.rosters import columns, exports, queries, service
from lms.rosters.forms import ImportForm, scope_choice
from lms.rosters.plans import Plan, revive
from lms.rosters.told import SECTIONS, tell
from lms.web.access import allow
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("rosters", __name__, template_folder="templates", static_folder=None, url_prefix="/people/import")
Page = str | tuple[str, int] | AnyResponse
FILE = "<string(length=32):import_token>"


@bp.get("/")
@allow("people.import")
def import_form() -> str:
    """The page to choose a file of people or units."""
    scope = request.args.get("scope", "")
    return _form_page(ImportForm(formdata=None, data={"kind": request.args.get("kind", "people"), "scope": scope}))


@bp.post("/")
@allow("people.import")
def import_send() -> Page:
    """Keep the file and go on to what it would change; nothing is written yet."""
    form = _offered(ImportForm())
    if not form.validate():
        return _form_page(form), 422
    sent = form.file.data
    try:
        token = service.take_in(sent.stream, sent.filename or "", by=current_user.id, kind=form.kind.data, scope=form.scope_path())
    except Refused as refused:
        return _form_page(form, refusal=sentence(refused)), 422
    clear = service.look(token, by=current_user.id).layout.is_clear
    return redirect(url_for("rosters.import_preview" if clear else "rosters.import_columns", import_token=token), 303)


@bp.get(f"/{FILE}/")
@allow("people.import")
def import_preview(import_token: str) -> Page:
    """What the file would change, or its mistakes."""
    try:
        row = queries.file_of(import_token, current_user.id)
    except Refused as refused:
        return refuse_to(url_for("rosters.import_form"), refused)
    if row.kind == "people":
        readings.note("import", scope=row.scope or "file")
    return _preview_page(row, revive(row.plan))


@bp.get(f"/{FILE}/columns")
@allow("people.import")
def import_columns(import_token: str) -> Page:
    """The page to say what the columns of the file hold."""
    try:
        row = queries.file_of(import_token, current_user.id)
        look = service.look(import_token, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("rosters.import_form"), refused)
    return render("rosters/import_columns.html", file=row, look=look, fields=columns.FIELDS[row.kind], ignored=columns.IGNORED,
                  missing=[field for name, field in columns.FIELDS[row.kind].items() if field.needed and name not in look.layout.meant])


@bp.post(f"/{FILE}/columns")
@allow("people.import")
def import_say(import_token: str) -> AnyResponse:
    """Keep what the columns hold, for this and all later files with the same header."""
    said = {int(name[1:]): value for name, value in request.form.items() if name[:1] == "c" and name[1:].isdecimal() and len(name) < 5}
    return _then(import_token, lambda: service.say_columns(import_token, said, by=current_user.id))


@bp.post(f"/{FILE}/sheet")
@allow("people.import")
def import_sheet(import_token: str) -> AnyResponse:
    """Take another sheet of the file."""
    sheet = request.form.get("sheet", "")
    return _then(import_token, lambda: service.choose_sheet(import_token, sheet, by=current_user.id), "import_columns")


@bp.post(f"/{FILE}/confirm")
@allow("people.import")
def import_confirm(import_token: str) -> Page:
    """Import what was shown; if the file would do something else by now, show that."""
    confirmed = request.form.get("leaving") == "yes"
    try:
        row = queries.file_of(import_token, current_user.id)
        outcome = service.confirm(import_token, by=current_user.id, mark=request.form.get("mark", ""), leaving_confirmed=confirmed)
    except Refused as refused:
        return refuse_to(url_for("rosters.import_form"), refused)
    if not outcome.done:
        fault = "leaving" if outcome.plan.mark == request.form.get("mark") else "changed"
        return _preview_page(row, outcome.plan, fault=fault), 409
    return render("rosters/imported.html", file=row, plan=outcome.plan, lists=outcome.codes)


@bp.post(f"/{FILE}/cancel")
@allow("people.import")
def import_cancel(import_token: str) -> AnyResponse:
    """Throw the file away."""
    try:
        service.cancel(import_token, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("rosters.import_form"), refused)
    flash(_("The file is thrown away; nothing was changed."), "ok")
    return redirect(url_for("rosters.import_form"), 303)


@bp.get(f"/{FILE}/mistakes.csv")
@allow("people.import")
def import_mistakes(import_token: str) -> Response | AnyResponse:
    """The mistakes of the file as a table, for whoever mends it."""
    try:
        row = queries.file_of(import_token, current_user.id)
    except Refused as refused:
        return refuse_to(url_for("rosters.import_form"), refused)
    return exports.mistakes_csv(revive(row.plan))


@bp.get("/samples/<any('people.csv', 'people.xlsx', 'units.csv', 'units.xlsx'):sample>")
@allow("people.import")
def import_sample(sample: str) -> Response:
    """A table with the header and a row that shows what to write."""
    return exports.sample(sample)


def _then(token: str, act: Any, page: str = "import_preview") -> AnyResponse:
    try:
        act()
    except Refused as refused:
        return refuse_to(url_for("rosters.import_form"), refused)
    return redirect(url_for(f"rosters.{page}", import_token=token), 303)


def _offered(form: ImportForm) -> ImportForm:
    form.offer(people.units())
    return form


def _form_page(form: ImportForm, *, refusal: str | None = None) -> str:
    return render("rosters/import.html", form=_offered(form), refusal=refusal, waiting=queries.waiting_of(current_user.id),
                  columns={"people": columns.PEOPLE, "units": columns.UNITS})


def _preview_page(row: Any, plan: Plan, *, fault: str = "") -> str:
    sections = [section for section in SECTIONS if section.count(plan)]
    asked = request.args.get("show", "")
    section = next((one for one in sections if one.key == asked), sections[0] if sections else None)
    return render("rosters/import_plan.html", file=row, plan=plan, fault=fault, sections=sections, section=section, gettext_of=_, tell=tell,
                  scope=queries.scope_name(row.scope), chosen=scope_choice(row.scope))


