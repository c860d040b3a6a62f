"""Pages on which officers enter a training once, with its participants."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import Refused
from lms.claims import crediting, evidence, queries, taking_part, trainings
from lms.claims.forms import PeopleForm, TrainingForm
from lms.claims.models import Training
from lms.claims.showing import as_evidence
from lms.claims.trainings import Facts
from lms.hours.rules import FORMS
from lms.web.access import allow
from lms.web.asked import page_number
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("trainings", __name__, template_folder="templates", url_prefix="/office/trainings")
Page = str | tuple[str, int] | AnyResponse
TRAINING = "<int(max=2147483647):training_id>"


@bp.get("/")
@allow("training.check")
def all_trainings() -> str:
    """Trainings that were entered, the latest first."""
    page = page_number(request.args)
    count, rows = queries.trainings(_narrowed(), page)
    return render("claims/trainings.html", rows=rows, count=count, forms=FORMS, page=page, pages=max(1, -(-count // queries.PAGE)),
                  address=lambda number: url_for("trainings.all_trainings", page=number))


@bp.get("/new")
@allow("training.check")
def new_form() -> str:
    """The form for a training."""
    return _form_page(TrainingForm(formdata=None))


@bp.post("/new")
@allow("training.check")
def new() -> Page:
    """Enter a training and go on to its participants."""
    form = TrainingForm()
    if not form.validate():
        return _form_page(form), 422
    try:
        number = trainings.create(_facts(form), by=current_user.id, file=_sent())
    except Refused as refused:
        return _form_page(form, refusal=sentence(refused)), 422
    return redirect(url_for("trainings.training", training_id=number), 303)


@bp.get(f"/{TRAINING}/")
@allow("training.check")
def training(training_id: int) -> str:
    """A training with those who took part."""
    return _page(queries.training(training_id, _narrowed()), PeopleForm(formdata=None))


@bp.get(f"/{TRAINING}/edit")
@allow("training.check")
def edit_form(training_id: int) -> str:
    """The form to put a training right."""
    row = queries.training(training_id, _narrowed())
    return _form_page(TrainingForm(formdata=None, obj=row), row=row)


@bp.post(f"/{TRAINING}/edit")
@allow("training.check")
def edit(training_id: int) -> Page:
    """Put a training right, with what it gave to everybody who took part."""
    row, form = queries.training(training_id, _narrowed()), TrainingForm()
    if not form.validate():
        return _form_page(form, row=row), 422
    version = request.form.get("version", "")
    try:
        trainings.change(training_id, _facts(form), version=int(version) if version.isdecimal() else -1, by=current_user.id, file=_sent())
    except Refused as refused:
        return _form_page(form, row=row, refusal=sentence(refused)), 409
    flash(_("The training is put right, and so are the JP of everybody who took part."), "ok")
    return redirect(url_for("trainings.training", training_id=training_id), 303)


@bp.post(f"/{TRAINING}/people")
@allow("training.check")
def enter(training_id: int) -> Page:
    """Show what a list of participants would do, or enter it."""
    row, form = queries.training(training_id, _narrowed()), PeopleForm()
    content = _sent()
    try:
        lines = taking_part.in_table(content) if content else taking_part.pasted(form.nips.data or "")
        if not form.validate() or not lines:
            raise Refused("list-empty")
        form.nips.data = taking_part.written_out(lines)
        if request.form.get("act") == "enter" and not content:
            listed = trainings.enter(training_id, lines, paths=current_user.paths("training.check"), by=current_user.id)
            if not listed.faults:
                count = len(listed.new)
                flash(ngettext("%(num)s participant is entered.", "%(num)s participants are entered.", count), "ok")
                return redirect(url_for("trainings.training", training_id=training_id), 303)
        else:
            there = {one.person_id for one in queries.participants(training_id)}
            listed = taking_part.looked_up(lines, paths=current_user.paths("training.check"), there=there)
    except Refused as refused:
        return _page(row, form, refusal=sentence(refused)), 422
    return _page(row, form, listed=listed), 422 if listed.faults else 200


@bp.post(f"/{TRAINING}/people/<int(max=2147483647):participant_id>/remove")
@allow("training.check")
def remove(training_id: int, participant_id: int) -> AnyResponse:
    """Take one off the list; her JP are taken back."""
    queries.training(training_id, _narrowed())
    back = url_for("trainings.training", training_id=training_id)
    try:
        trainings.remove(training_id, participant_id, request.form.get("reason", ""), by=current_user.id)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(_("Removed; the JP are taken back."), "ok")
    return redirect(back, 303)


@bp.get(f"/{TRAINING}/evidence")
@allow("training.check")
def its_evidence(training_id: int) -> Response:
    """The evidence of a training."""
    return as_evidence(queries.training(training_id, _narrowed()).evidence_id)


def _narrowed() -> int | None:
    """Whoever runs training for the whole agency sees all trainings, an officer of a unit those that she entered."""
    return None if current_user.may("training.manage") else current_user.id


def _sent() -> bytes | None:
    sent = request.files.get("file")
    return sent.read() if sent and sent.filename else None


def _facts(form: TrainingForm) -> Facts:
    return Facts(**{name: form[name].data for name in trainings.WRITTEN})


def _form_page(form: TrainingForm, *, row: Training | None = None, refusal: str = "") -> str:
    return render("claims/training_form.html", form=form, row=row, refusal=refusal, largest=evidence.LARGEST // 1024 // 1024)


def _page(row: Training, form: PeopleForm, *, listed: Any = None, refusal: str = "") -> str:
    people = queries.participants(row.id)
    if people:
        readings.note("training", scope=f"training:{row.id}")
    days = crediting.days_of(row.form, row.from_on, row.until_on, row.jp)
    return render("claims/training.html", row=row, form=form, people=people, listed=listed, refusal=refusal, forms=FORMS, amounts=days,
                  per=crediting.unit_of(row.form, row.until_on), statuses=taking_part.STATUSES, faults=taking_part.FAULTS)
