"""Pages of supervisors and of the training office: what waits for them, an opinion, the decision, semesters to confirm."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import readings
from lms.base.errors import NotFound, Refused
from lms.partners import rules, semesters, studies, study_queries, studying
from lms.partners.study_forms import DecisionForm, EndForm, OpinionForm
from lms.partners.study_views import SEMESTER, STUDY, met, page_of
from lms.people.roles import Granted, paths
from lms.web.access import allow
from lms.web.asked import page_number
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("studies_office", __name__, template_folder="templates", url_prefix="/studies")
Page = str | tuple[str, int] | Response


@bp.get("/applications/")
@allow("training.see")
def applications() -> str:
    """The applications of the units one sees, those that wait on top; for the training office also the semesters to confirm."""
    given = request.args
    state = given.get("state", "")
    seen = current_user.paths("training.see")
    wish = study_queries.Wish(seen, current_user.id, state if state in studying.STATES and state != "draft" else "",
                              given.get("q", "").strip()[:100], page_number(given))
    count, rows = study_queries.find(wish)
    if rows:
        readings.note("studies", scope=" ".join(seen))
    advising, deciding, reported = study_queries.waiting(
        _advising_paths(), current_user.id, manages=current_user.may("training.manage"))
    return render("partners/applications.html", wish=wish, count=count, rows=rows, advising=advising, deciding=deciding, reported=reported,
                  rules=rules, studying=studying, pages=max(1, -(-count // study_queries.PAGE)),
                  address=lambda number: _address(replace(wish, page=number)))


def _advising_paths() -> tuple[str, ...]:
    held: list[Granted] = [grant for grant in current_user.grants if grant.role != "auditor"]
    return paths(held, "training.see")


def _address(wish: study_queries.Wish) -> str:
    named: dict[str, Any] = {"q": wish.text, "state": wish.state, "page": wish.page}
    kept = {name: value for name, value in named.items() if value and (name, value) != ("page", 1)}
    return url_for("studies_office.applications", **kept)


@bp.post(f"{STUDY}/opinion")
@allow("training.see")
def advise(study_id: int) -> Page:
    """Give the supervisor's opinion."""
    met(study_id)
    form = OpinionForm()
    form.offer()
    if not form.validate():
        return page_of(study_id, opinion=form), 422
    try:
        studies.advise(study_id, form.opinion.data, form.why.data, by=current_user.id, grants=current_user.grants, seen=_seen())
    except Refused as refused:
        return page_of(study_id, refusal=sentence(refused), opinion=form), 409
    flash(_("Your opinion is recorded. BKPSDM decides next."), "ok")
    return _to(study_id)


@bp.post(f"{STUDY}/decide")
@allow("training.manage")
def decide(study_id: int) -> Page:
    """Approve, refuse or return."""
    met(study_id)
    form, decision = DecisionForm(), request.form.get("decision", "")
    if not form.validate():
        return page_of(study_id, decision=form), 422
    who: dict[str, Any] = {"by": current_user.id, "grants": current_user.grants, "seen": _seen()}
    try:
        if decision == "approve":
            studies.approve(study_id, decree_number=form.decree_number.data, decree_on=form.decree_on.data, answer=form.answer.data, **who)
        elif decision in {"refuse", "return"}:
            (studies.refuse if decision == "refuse" else studies.give_back)(study_id, form.answer.data, **who)
        else:
            raise Refused("study-step")
    except Refused as refused:
        return page_of(study_id, refusal=sentence(refused), decision=form), 409
    flash(_("The decision is recorded, and the applicant is told."), "ok")
    return _to(study_id)


@bp.post(f"{STUDY}/end")
@allow("training.manage")
def end(study_id: int) -> Page:
    """Say that a study is finished or was stopped."""
    met(study_id)
    form = EndForm()
    form.offer()
    if not form.validate():
        return page_of(study_id, end=form), 422
    try:
        studies.end(study_id, form.step.data, form.day.data, form.reason.data, by=current_user.id, grants=current_user.grants, seen=_seen())
    except Refused as refused:
        return page_of(study_id, refusal=sentence(refused), end=form), 409
    flash(_("Recorded, and the applicant is told."), "ok")
    return _to(study_id)


@bp.post(f"{SEMESTER}/decide")
@allow("training.manage")
def decide_semester(study_id: int, semester_id: int) -> Response:
    """Confirm a semester, which then counts, or return it."""
    _row, parts = met(study_id)
    if "manages" not in parts:
        raise NotFound
    seen, confirmed = request.form.get("seen", ""), request.form.get("decision") == "confirm"
    who: dict[str, Any] = {"by": current_user.id, "grants": current_user.grants, "seen": seen}
    try:
        if confirmed:
            counted = semesters.confirm(study_id, semester_id, **who)
            flash(ngettext("Confirmed: %(num)s JP count.", "Confirmed: %(num)s JP count.", int(counted)), "ok")
        else:
            semesters.give_back(study_id, semester_id, request.form.get("reason", ""), **who)
            flash(_("Returned; what had counted for it is taken back."), "ok")
    except Refused as refused:
        return refuse_to(url_for("studies.study", study_id=study_id, _anchor="semesters"), refused)
    return _to(study_id, "semesters")


def _seen() -> int:
    text = request.form.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _to(study_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("studies.study", study_id=study_id, _anchor=anchor), 303)
