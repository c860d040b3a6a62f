"""Pages of trainers: marking, participants and results, extra attempts, preview."""

import secrets
from fractions import Fraction
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.assessment import cards, marking, results, rules
from lms.assessment.forms import LONGEST_COMMENT, read_answers, read_marks, read_reason
from lms.base import readings
from lms.base.errors import NotFound, Refused
from lms.content.catalog import Module, Quiz
from lms.questions import BadResponse
from lms.web.access import allow
from lms.web.asked import page_number
from lms.web.content import catalog
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

# lms.questions is pure and has no blueprint; its templates come in through this one.
bp = Blueprint("assessment_results", __name__, template_folder="../questions/templates")
SEEDS = 2**31


@bp.get("/marking/")
@allow("module.mark")
def to_mark() -> str:
    """The answers that wait for my mark."""
    waiting = results.to_mark(current_user.modules("module.mark"))
    return render("assessment/to_mark.html", waiting=waiting, modules=catalog().modules)


@bp.get("/marking/<int(max=2147483647):item_id>/")
@allow("module.mark")
def mark(item_id: int) -> str:
    """One answer with its rubric."""
    script = _script(item_id)
    readings.note("answer", about=script.person_id, scope=f"attempt:{script.attempt_id}")
    return _mark_page(script, refusal=None)


@bp.post("/marking/<int(max=2147483647):item_id>/")
@allow("module.mark")
def give_mark(item_id: int) -> Response | tuple[str, int]:
    """Store the mark and go back to the list."""
    script = _script(item_id)
    try:
        points = read_marks(request.form, tuple(line.most for line in script.rubric))
        marking.mark(item_id, current_user.id, points, request.form.get("comment", "").strip()[:LONGEST_COMMENT])
    except Refused as refused:
        return _mark_page(script, refusal=sentence(refused)), 422
    flash(_("The mark is saved."), "ok")
    return redirect(url_for(".to_mark"), 303)


@bp.get("/modules/<slug>/results/")
@allow("module.results")
def participants(slug: str) -> str:
    """Who takes part in a module and how far they are."""
    module = _module(slug)
    page = page_number(request.args)
    readings.note("participants", scope=f"module:{slug}")
    shown, total = results.participants(slug, page=page)
    return render("assessment/participants.html", module=module, participants=shown, total=total, page=page,
                  pages=max(1, -(-total // results.PAGE)))


@bp.get("/modules/<slug>/results/questions/")
@allow("module.results")
def questions(slug: str) -> str:
    """How each question of the module's quizzes did."""
    module = _module(slug)
    known = catalog().quizzes
    parts = [
        (known[quiz_id].title if quiz_id in known else quiz_id, purpose, results.questions(slug, quiz_id, purpose))
        for quiz_id, purpose in _quizzes(module)
    ]
    return render("assessment/questions.html", module=module, parts=parts)


@bp.get("/modules/<slug>/results/<int(max=2147483647):enrolment_id>/")
@allow("module.results")
def participant(slug: str, enrolment_id: int) -> str:
    """One participant's attempts, and the form for an extra one."""
    taker = _taker(slug, enrolment_id)
    readings.note("participant", about=taker.person_id, scope=f"enrolment:{enrolment_id}")
    return render("assessment/participant.html", module=_module(slug), taker=taker, quizzes=catalog().quizzes)


@bp.post("/modules/<slug>/results/<int(max=2147483647):enrolment_id>/extra/")
@allow("module.attempts")
def extra_attempt(slug: str, enrolment_id: int) -> Response:
    """Give one more attempt at the final quiz, with a reason."""
    module = _module(slug, "module.attempts")
    taker = _taker(slug, enrolment_id)
    address = url_for(".participant", slug=slug, enrolment_id=enrolment_id)
    if module.quiz is None:
        raise NotFound
    try:
        marking.give_extra_attempt(enrolment_id, module.quiz, giver_id=current_user.id, reason=read_reason(request.form))
    except Refused as refused:
        return refuse_to(address, refused)
    flash(_("%(name)s has one more attempt.", name=taker.name), "ok")
    return redirect(address, 303)


@bp.get("/quizzes/<slug>/preview/")
@allow("module.preview")
def preview(slug: str) -> str:
    """The questions as a learner may get them; nothing is stored."""
    seed = request.args.get("seed", secrets.randbelow(SEEDS), type=int)
    quiz = _quiz(slug)
    return render("assessment/preview.html", quiz=quiz, cards=cards.preview(quiz, seed), seed=seed, graded=False, percent=None)


@bp.post("/quizzes/<slug>/preview/")
@allow("module.preview")
def graded_preview(slug: str) -> str | tuple[str, int]:
    """The same questions with my answers graded; nothing is stored."""
    quiz = _quiz(slug)
    seed = request.form.get("seed", 0, type=int)
    try:
        given = {position: answer.fields for position, answer in read_answers(request.form).items()}
        shown = cards.graded_preview(quiz, seed, given)
    except (BadResponse, Refused):
        return render("assessment/bad_form.html", attempt_id=None, message=sentence(Refused("bad-form"))), 400
    return render("assessment/preview.html", quiz=quiz, cards=shown, seed=seed, graded=True, percent=_percent(shown))


def _percent(shown: tuple[cards.Card, ...]) -> object:
    graded = [card for card in shown if card.share is not None]
    earned = rules.total((card.share or Fraction(0), card.points) for card in graded)
    return rules.shown(rules.percent(earned, sum((card.points for card in graded), start=0 * rules.shown(Fraction(0)))))


def _script(item_id: int) -> marking.Script:
    script = marking.script(item_id)
    if not current_user.may("module.mark", module_id=script.module_id):
        raise NotFound
    return script


def _mark_page(script: marking.Script, *, refusal: str | None) -> str:
    typed = [request.form.get(f"points-{line}") for line in range(len(script.rubric))]
    kept = script.given or [""] * len(script.rubric)
    values = [now if now is not None else before for now, before in zip(typed, kept, strict=False)]
    return render("assessment/mark.html", script=script, values=values, refusal=refusal,
                  comment=request.form.get("comment", script.comment or ""))


def _module(slug: str, permission: str = "module.results") -> Module:
    module = catalog().modules.get(slug)
    if module is None or not current_user.may(permission, module_id=slug):
        raise NotFound
    return module


def _taker(slug: str, enrolment_id: int) -> results.Taker:
    taker = results.taker(enrolment_id)
    _module(slug)
    if taker.module_id != slug:
        raise NotFound
    return taker


def _quizzes(module: Module) -> list[tuple[str, str]]:
    practice = dict.fromkeys((lesson.quiz, "practice") for lesson in module.lessons if lesson.quiz)
    return [
        *([(module.quiz, "final")] if module.quiz else []), *practice, *([(module.pretest, "pretest")] if module.pretest else []),
    ]


def _quiz(slug: str) -> Quiz:
    quiz = catalog().quizzes.get(slug)
    if quiz is None:
        raise NotFound
    uses: Any = catalog().uses(slug)
    if uses and not any(current_user.may("module.preview", module_id=use.module_id) for use in uses):
        raise NotFound
    return quiz
