"""Pages of quizzes and attempts for those who take them."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.assessment import cards, queries, rules, service
from lms.assessment.forms import read_answers
from lms.assessment.standing import Place, place_for, standing
from lms.base import clock, words
from lms.base.errors import NotFound, Refused
from lms.learning import queries as learning_queries
from lms.questions import BadResponse
from lms.web.access import SIGNED_IN, allow
from lms.web.content import catalog
from lms.web.errors import refuse_to, sentence, wants_json
from lms.web.pages import render

bp = Blueprint("assessment", __name__, template_folder="templates")
Page = str | Response | tuple[str | Response, int]


@bp.get("/quizzes/<slug>/")
@allow(SIGNED_IN)
def quiz(slug: str) -> Page:
    """The start page of a quiz: its terms, my attempts, and whether I may begin."""
    place = _place(slug)
    progress = learning_queries.progress(current_user.id, place.module.id)
    mine = queries.attempts(progress.enrolment_id, slug, place.purpose) if progress else ()
    facts = standing(progress, place, mine)
    return render(
        "assessment/quiz.html", place=place, terms=place.terms, standing=facts, attempts=mine, refusal=_refusal(place, facts),
        open=next((one for one in mine if one.state == "open"), None), counted=_counted(mine, place.terms),
        left=rules.attempts_left(place.purpose, place.terms.attempts, extra=facts.extra, used=facts.used),
    )


@bp.post("/quizzes/<slug>/")
@allow(SIGNED_IN)
def start(slug: str) -> Response:
    """Begin an attempt, or go on with the open one."""
    place = _place(slug)
    try:
        attempt_id = service.start(current_user.id, place)
    except Refused as refused:
        return refuse_to(_quiz_address(place), refused)
    return redirect(url_for(".attempt", attempt_id=attempt_id), 303)


@bp.get("/attempts/<int(max=2147483647):attempt_id>/")
@allow(SIGNED_IN)
def attempt(attempt_id: int) -> Page:
    """The questions of an open attempt; a finished one shows its result."""
    sheet = _own(attempt_id)
    if sheet.state != "open":
        return redirect(url_for(".review", attempt_id=attempt_id), 303)
    return _attempt_page(sheet)


@bp.post("/attempts/<int(max=2147483647):attempt_id>/answers/")
@allow(SIGNED_IN)
def answers(attempt_id: int) -> Page:
    """Save one or many answers; a script gets JSON, a form the next page."""
    try:
        saved = service.save(attempt_id, current_user.id, read_answers(request.form))
        checked = request.form.get("check", type=int)
        if checked is not None and not wants_json():
            service.check(attempt_id, current_user.id, checked)
            return redirect(url_for(".attempt", attempt_id=attempt_id, _anchor=f"q{checked}"), 303)
    except BadResponse:
        return _refused(attempt_id, Refused("bad-form"), 400)
    except Refused as refused:
        return _refused(attempt_id, refused, 409 if refused.code in {"attempt-over", "no-answer", "not-checkable"} else 400)
    return _saved_as_json(saved) if wants_json() else _saved_as_page(attempt_id, saved)


@bp.get("/attempts/<int(max=2147483647):attempt_id>/summary/")
@allow(SIGNED_IN)
def summary(attempt_id: int) -> Page:
    """What is answered, empty, flagged or unclear, before submitting."""
    sheet = _own(attempt_id)
    if sheet.state != "open":
        return redirect(url_for(".review", attempt_id=attempt_id), 303)
    shown = cards.of_open_attempt(sheet, queries.items(attempt_id), clock.now())
    return render("assessment/summary.html", sheet=sheet, cards=shown, left=_seconds_left(sheet))


@bp.post("/attempts/<int(max=2147483647):attempt_id>/submit/")
@allow(SIGNED_IN)
def submit(attempt_id: int) -> Response:
    """End the attempt and show its result; a second time only shows it."""
    service.submit(attempt_id, current_user.id)
    return redirect(url_for(".review", attempt_id=attempt_id), 303)


@bp.get("/attempts/<int(max=2147483647):attempt_id>/review/")
@allow(SIGNED_IN)
def review(attempt_id: int) -> Page:
    """Result and answers of a finished attempt; keys as the feedback policy allows."""
    sheet = _readable(attempt_id)
    if sheet.state == "open":
        return redirect(url_for(".attempt", attempt_id=attempt_id), 303)
    all_ = queries.attempts(sheet.enrolment_id, sheet.quiz_id, sheet.purpose)
    extra = queries.extra_attempts(sheet.enrolment_id, sheet.quiz_id)
    left = rules.attempts_left(sheet.purpose, sheet.terms.attempts, extra=extra, used=len(all_))
    items = queries.items(attempt_id)
    if sheet.person_id != current_user.id:
        shown = cards.for_trainer(items)
    else:
        passed = any(one.passed for one in all_)
        over = left == 0 and all(one.state != "open" for one in all_)  # the last attempt may ask the same questions
        shown = cards.of_ended_attempt(sheet, items, clock.now(), no_attempt_left=over, passed=passed)
    return render(
        "assessment/review.html", sheet=sheet, cards=shown, left=left, counted=_counted(all_, sheet.terms), attempts=len(all_),
        own=sheet.person_id == current_user.id, module=catalog().modules.get(sheet.module_id),
        with_keys=any(card.key is not None for card in shown),
    )


def _place(slug: str) -> Place:
    hints = request.values
    return place_for(
        catalog(), slug, module_id=hints.get("module"), purpose=hints.get("purpose"), lesson_id=hints.get("lesson")
    )


def _quiz_address(place: Place) -> str:
    return url_for(".quiz", slug=place.quiz.id, module=place.module.id, purpose=place.purpose, lesson=place.lesson_id)


def _refusal(place: Place, facts: rules.Standing) -> str | None:
    try:
        rules.check_start(facts, place.terms, opens=place.quiz.settings.opens, now=clock.now())
    except Refused as refused:
        return sentence(refused)
    return None


def _counted(attempts: tuple[queries.Sheet, ...], terms: rules.Terms) -> object:
    score = rules.counted([one.exact for one in attempts if one.exact is not None], terms.counts)
    return None if score is None else rules.shown(score)


def _own(attempt_id: int) -> queries.Sheet:
    sheet = queries.own_sheet(attempt_id, current_user.id)
    return queries.sheet(attempt_id) if _overdue(sheet) and service.close_if_late(attempt_id) else sheet


def _readable(attempt_id: int) -> queries.Sheet:
    sheet = queries.sheet(attempt_id)
    if sheet.person_id == current_user.id:
        return _own(attempt_id)
    if not current_user.may("module.results", module_id=sheet.module_id):
        raise NotFound
    return sheet


def _overdue(sheet: queries.Sheet) -> bool:
    return sheet.state == "open" and rules.is_late(sheet.deadline, clock.now())


def _seconds_left(sheet: queries.Sheet) -> int | None:
    return None if sheet.deadline is None else max(0, int((sheet.deadline - clock.now()).total_seconds()))


def _attempt_page(sheet: queries.Sheet, stale: frozenset[int] = frozenset()) -> str:
    shown = cards.of_open_attempt(sheet, queries.items(sheet.id), clock.now())
    return render("assessment/attempt.html", sheet=sheet, cards=shown, stale=stale, left=_seconds_left(sheet), now=clock.now())


def _refused(attempt_id: int, refused: Refused, status: int) -> Page:
    if refused.code == "attempt-over":
        _own(attempt_id)
    if wants_json():
        return jsonify(error=refused.code, message=sentence(refused)), status
    if refused.code == "attempt-over":
        return render("assessment/late.html", sheet=queries.sheet(attempt_id)), status
    if status == 409:
        return refuse_to(url_for(".attempt", attempt_id=attempt_id), refused)
    return render("assessment/bad_form.html", attempt_id=attempt_id, message=sentence(refused)), status


def _saved_as_json(saved: tuple[service.Saved, ...]) -> Page:
    conflict = any(one.writing in {"stale", "final"} for one in saved)
    body = {
        "time": words.clock_time(clock.now(), language=str(get_locale())),
        "answers": [
            {"position": one.position, "writing": one.writing, "version": one.version, "response": one.response,
             "answered": one.response is not None, "unclear": list(one.unclear)}
            for one in saved
        ],
    }
    return jsonify(body), 409 if conflict else 200


def _saved_as_page(attempt_id: int, saved: tuple[service.Saved, ...]) -> Page:
    stale = frozenset(one.position for one in saved if one.writing == "stale")
    if stale:
        return _attempt_page(queries.own_sheet(attempt_id, current_user.id), stale), 409
    if request.form.get("go") == "summary":
        return redirect(url_for(".summary", attempt_id=attempt_id), 303)
    flash(_("Saved at %(time)s.", time=words.clock_time(clock.now(), language=str(get_locale()))), "ok")
    return redirect(url_for(".attempt", attempt_id=attempt_id), 303)
