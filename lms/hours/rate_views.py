"""Pages of the rules: the conversion table, adopting another one, and the targets."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lms.base import clock
from lms.base.errors import NotFound, Refused
from lms.hours import adopting, drafts, rules, service, sums, targets
from lms.hours.forms import YEARS, TargetForm
from lms.hours.rates import NATIONAL_BASIS
from lms.web.access import SIGNED_IN, allow
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("hours_rates", __name__, template_folder="templates")
Page = str | tuple[str, int] | AnyResponse
LARGEST = 200_000  # signs of a file


@bp.get("/hours/rates/")
@allow(SIGNED_IN)
def rates() -> str:
    """The conversion table in force, and those before and after it."""
    tables = adopting.tables()
    today = clock.today()
    now = next(table for table in tables if table.first is None or table.first <= today)
    asked = request.args.get("table", "")
    shown = next((table for table in tables if asked == str(table.number or "national")), now)
    return render("hours/rates.html", tables=tables, now=now, shown=shown, forms=rules.FORMS, pers=drafts.PERS, national=NATIONAL_BASIS,
                  day=today)


@bp.get("/hours/rates/table.csv")
@allow(SIGNED_IN)
def rates_file() -> Response:
    """The table in force as a file, the pattern for one to be sent."""
    now = next(table for table in adopting.tables() if table.first is None or table.first <= clock.today())
    answer = Response("\ufeff" + drafts.as_csv([(None, None, now.rates)]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="tabel-konversi-jp.csv"'
    return answer


@bp.get("/hours/rates/new")
@allow("training.manage")
def adopt_form() -> str:
    """The form for another table, filled from the latest one."""
    latest = adopting.tables()[0]
    return _adopt_page({form: drafts.texts_of(latest.rates.get(form)) for form in rules.FORMS}, {}, MultiDict())


@bp.post("/hours/rates/new")
@allow("training.manage")
def adopt() -> Page:
    """Adopt the table of the form."""
    given = request.form
    texts = {form: {column: given.get(f"{form}.{column}", "") for column in drafts.COLUMNS} for form in rules.FORMS}
    read = {form: drafts.read_row(form, row) for form, row in texts.items()}
    faults = {form: wrong for form, (_rate, wrong) in read.items() if wrong}
    first = drafts.read_day(given.get("first", ""))
    if faults or first is None:
        said = _("Mend the marked fields; nothing is lost.") if first else _(drafts.BAD_DAY)
        return _adopt_page(texts, faults, given, refusal=said), 422
    new = adopting.New(first, {form: rate for form, (rate, _wrong) in read.items() if rate})
    try:
        adopting.adopt([new], basis=given.get("basis", ""), note=given.get("note", ""))
    except Refused as refused:
        return _adopt_page(texts, faults, given, refusal=_why(refused)), 409
    _say_adopted(first)
    return redirect(url_for("hours_rates.rates"), 303)


@bp.post("/hours/rates/<int(max=2147483647):table_id>/withdraw")
@allow("training.manage")
def withdraw(table_id: int) -> AnyResponse:
    """Withdraw a table that does not hold yet."""
    try:
        adopting.withdraw(table_id)
    except NotFound:
        flash(_("This table is withdrawn already."), "warn")
        return redirect(url_for("hours_rates.rates"), 303)
    except Refused as refused:
        return refuse_to(url_for("hours_rates.rates"), refused)
    flash(_("The table is withdrawn."), "ok")
    return redirect(url_for("hours_rates.rates"), 303)


@bp.get("/hours/rates/file")
@allow("training.manage")
def file_form() -> str:
    """The form for a file with one table or several."""
    return _file_page({})


@bp.post("/hours/rates/file")
@allow("training.manage")
@limited("30/15 minutes")
def send_file() -> Page:
    """Look at a file, or adopt the one looked at."""
    content, problem = _content()
    if content is None:
        return _file_page(request.form, refusal=problem), 422
    tables, mistakes = drafts.read_file(content)
    first = drafts.read_day(request.form.get("first", ""))
    if not mistakes and first is None and any(table.first is None for table in tables):
        return _file_page(request.form, content=content, refusal=_(drafts.BAD_DAY)), 422
    if mistakes:
        return _file_page(request.form, mistakes=mistakes), 422
    new = [adopting.New(table.first or first, table.rates) for table in tables]  # type: ignore[arg-type]
    if "confirm" not in request.form:
        return _file_page(request.form, content=content, preview=new)
    try:
        adopting.adopt(new, basis=request.form.get("basis", ""))
    except Refused as refused:
        return _file_page(request.form, content=content, preview=new, refusal=_why(refused)), 409
    _say_adopted(min(one.first for one in new))
    return redirect(url_for("hours_rates.rates"), 303)


@bp.get("/hours/targets/")
@allow(SIGNED_IN)
def all_targets() -> str:
    """The targets in force, those before and those to come."""
    return _targets_page(TargetForm(formdata=None, data={"first": clock.today()}))


@bp.post("/hours/targets/")
@allow("training.manage")
def set_target() -> Page:
    """Set a target for an employment type from a day on."""
    form = TargetForm()
    if not form.validate():
        return _targets_page(form), 422
    try:
        service.set_target(form.target())
    except Refused as refused:
        return _targets_page(form, refusal=sentence(refused)), 409
    flash(_("The target is set."), "ok")
    return redirect(url_for("hours_rates.all_targets"), 303)


def _targets_page(form: TargetForm, *, refusal: str | None = None) -> str:
    own, today = sums.own_targets(), clock.today()
    held = [targets.holding(own, one, today) for one in targets.EMPLOYMENTS]
    rest = [one for one in (*targets.NATIONAL, *own) if one not in held]
    others = sorted(rest, key=lambda one: (one.first, one.employment), reverse=True)
    return render("hours/targets.html", held=held, others=others, form=form, refusal=refusal, year_words=YEARS, day=today,
                  manages=current_user.may("training.manage"))


def _adopt_page(texts: dict[str, dict[str, str]], faults: dict[str, dict[str, str]], given: Any, *, refusal: str | None = None) -> str:
    return render("hours/adopt.html", texts=texts, faults=faults, given=given, refusal=refusal, forms=rules.FORMS, pers=drafts.PERS,
                  columns=drafts.NAMES, most=adopting.LONGEST)


def _file_page(given: Any, *, content: str = "", preview: list[adopting.New] | None = None,
               mistakes: list[drafts.Mistake] | None = None, refusal: str | None = None) -> str:
    return render("hours/file.html", given=given, content=content, preview=preview or [], wrong=mistakes or [], refusal=refusal,
                  columns=drafts.NAMES, forms=rules.FORMS, pers=drafts.PERS, most=adopting.LONGEST)


def _content() -> tuple[str | None, str]:
    """The text of the file sent, or that of the one looked at before; else what is wrong with it."""
    upload = request.files.get("file")
    raw = upload.read(LARGEST * 2) if upload and upload.filename else b""
    if not raw:
        kept = request.form.get("content", "")
        return (kept, "") if kept else (None, _("Choose a file first."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, _("This file is no CSV in UTF-8. Save it from the spreadsheet as CSV UTF-8.")
    if "\0" in text or len(text) > LARGEST:
        return None, _("This file is no CSV in UTF-8. Save it from the spreadsheet as CSV UTF-8.")
    return text, ""


def _why(refused: Refused) -> str:
    """The sentence of a refusal, with the form of training in the reader's language."""
    detail = {name: _(value) if name == "form" else value for name, value in refused.detail.items()}
    return sentence(Refused(refused.code, **detail))


def _say_adopted(first: date) -> None:
    flash(_("The table is adopted."), "ok")
    if first <= clock.today():
        flash(_("What was earned since its first day is being reckoned anew; that takes some minutes."), "ok")
