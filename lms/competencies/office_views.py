"""Pages of the training office: what positions require, technical competencies, evidence entered by hand."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock, readings
from lms.base.errors import NotFound, Refused
from lms.competencies import dictionary, queries, rules, service, standards
from lms.competencies.forms import NINE_AT_ONCE, EvidenceForm, RequirementForm, TechnicalForm
from lms.people import queries as people
from lms.people.careers import POSITION_KINDS
from lms.web.access import allow
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("competencies_office", __name__, template_folder="templates", static_folder=None, url_prefix="/competencies")
Page = str | tuple[str, int] | Response
OWN = "/technical/<string(maxlength=30):competency_code>/"
PERSON = "/people/<int(max=2147483647):person_id>"


@bp.get("/requirements/")
@allow("training.manage")
def requirements() -> str:
    """What positions require, and the form to set it."""
    return _requirements_page(RequirementForm(formdata=None))


@bp.post("/requirements/")
@allow("training.manage")
def require() -> Page:
    """Set what a position requires from a day on."""
    form = RequirementForm()
    form.offer(queries.dictionary())
    if not form.validate():
        return _requirements_page(form), 422
    codes = rules.NINE if form.code.data == NINE_AT_ONCE else (form.code.data,)
    try:
        changed = standards.require(
            codes=codes, position_kind=form.position_kind.data, position=form.position.data, level=int(form.level.data) or None,
            from_on=form.from_on.data, basis=form.basis.data, by=current_user.id)
    except Refused as refused:
        return _requirements_page(form, sentence(refused)), 409
    flash(_("Saved. What was required before that day stays as it was.") if changed
          else _("Nothing was different, so nothing was changed."), "ok")
    return redirect(url_for("competencies_office.requirements"), 303)


def _requirements_page(form: RequirementForm, refusal: str | None = None) -> str:
    there = queries.dictionary()
    form.offer(there)
    day = _day()
    now = queries.matrix(day)
    rows = [(one.label, [now.requirement(code, kind, "") for code in now.codes]) for kind, one in POSITION_KINDS.items()]
    return render("competencies/requirements.html", form=form, refusal=refusal, day=day, codes=now.codes, rows=rows,
                  names={one.code: one for one in queries.dictionary(ended=True)}, changes=queries.requirements_set(), kinds=POSITION_KINDS,
                  positions=queries.positions())


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return clock.today()


@bp.get("/technical/")
@allow("training.manage")
def technical() -> str:
    """The agency's own competencies."""
    there = [one for one in queries.dictionary(ended=True) if one.id is not None]
    return render("competencies/technical.html", there=there)


@bp.get("/technical/new")
@allow("training.manage")
def new_form() -> str:
    """The form for a new technical competency."""
    return _technical_page(TechnicalForm(formdata=None), None)


@bp.post("/technical/new")
@allow("training.manage")
def new() -> Page:
    """Add a technical competency."""
    form = TechnicalForm()
    if not form.validate():
        return _technical_page(form, None), 422
    try:
        code = standards.add(form.given(), by=current_user.id)
    except Refused as refused:
        return _technical_page(form, None, sentence(refused)), 409
    flash(_("The competency stands in the dictionary."), "ok")
    return redirect(url_for("competencies.competency", competency_code=code), 303)


@bp.get(OWN)
@allow("training.manage")
def change_form(competency_code: str) -> str:
    """The form of a technical competency as it is."""
    one = _own(competency_code)
    given = standards.as_given(one)
    levels = {f"level{number}": {"description": level["description"], "indicators": "\n".join(level["indicators"])}
              for number, level in enumerate(given["levels"], 1)}
    return _technical_page(TechnicalForm(formdata=None, data={**given, **levels}), one)


@bp.post(OWN)
@allow("training.manage")
def change(competency_code: str) -> Page:
    """Save a technical competency."""
    one, form = _own(competency_code), TechnicalForm()
    form.code.data = one.code
    if not form.validate():
        return _technical_page(form, one), 422
    try:
        changed = standards.change(one.code, form.given())
    except Refused as refused:
        return _technical_page(form, one, sentence(refused)), 409
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was changed."), "ok")
    return redirect(url_for("competencies.competency", competency_code=one.code), 303)


@bp.post(f"{OWN}end")
@allow("training.manage")
def end(competency_code: str) -> Response:
    """End a technical competency."""
    one = _own(competency_code)
    try:
        standards.end(one.code)
    except Refused as refused:
        return refuse_to(url_for("competencies_office.technical"), refused)
    flash(_("Ended. Evidence and requirements that name it stay readable; nothing new is entered for it."), "ok")
    return redirect(url_for("competencies_office.technical"), 303)


def _own(code: str) -> dictionary.Competency:
    one = queries.competency(code)
    if one.id is None:
        raise NotFound
    return one


def _technical_page(form: TechnicalForm, one: dictionary.Competency | None, refusal: str | None = None) -> str:
    return render("competencies/technical_form.html", form=form, one=one, refusal=refusal, level_names=dictionary.LEVEL_NAMES)


@bp.get(f"{PERSON}/evidence/")
@allow("training.check")
def evidence_form(person_id: int) -> str:
    """The form for evidence that an officer enters."""
    return _evidence_page(_checked(person_id), EvidenceForm(formdata=None))


@bp.post(f"{PERSON}/evidence/")
@allow("training.check")
def enter(person_id: int) -> Page:
    """Enter evidence about a person."""
    person, form = _checked(person_id), EvidenceForm()
    form.offer(queries.dictionary())
    if not form.validate():
        return _evidence_page(person, form), 422
    try:
        if person_id == current_user.id:
            raise Refused("competency-self")
        service.enter_by_hand(service.Shown(
            person_id, form.code.data, int(form.level.data), form.kind.data, f"{form.source.data}:{form.number.data}", form.title.data,
            form.on_day.data, source=form.source.data, valid_until=form.valid_until.data, note=form.note.data))
    except Refused as refused:
        return _evidence_page(person, form, sentence(refused)), 409
    flash(_("The evidence is entered."), "ok")
    return redirect(url_for("competencies_team.person", person_id=person_id), 303)


def _checked(person_id: int) -> Any:
    row = people.person(person_id, current_user.paths("training.check"))
    readings.note("competency", about=person_id)
    return row


def _evidence_page(person: Any, form: EvidenceForm, refusal: str | None = None) -> str:
    form.offer(queries.dictionary())
    return render("competencies/evidence.html", person=person, form=form, refusal=refusal)
