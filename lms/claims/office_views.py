"""Pages of the officers: the queue of certificates from elsewhere, one with its evidence, many at once."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import Refused
from lms.base.words import number as in_words
from lms.claims import crediting, deciding, queries, rules
from lms.claims.showing import as_evidence
from lms.hours.rules import FORMS
from lms.web.access import allow
from lms.web.asked import page_number
from lms.web.errors import refuse_to, sentence
from lms.web.layout import language
from lms.web.pages import render

bp = Blueprint("claims_office", __name__, template_folder="templates", url_prefix="/office/claims")
Page = str | tuple[str, int] | AnyResponse
CLAIM = "<int(max=2147483647):claim_id>"


@bp.get("/")
@allow("training.check")
def queue() -> str:
    """Certificates from elsewhere, those that wait longest first."""
    wish = _wish()
    count, rows = queries.find(wish)
    if rows:
        readings.note("claims", scope=" ".join(wish.paths))
    return render(
        "claims/queue.html", wish=wish, count=count, rows=rows, waiting=queries.waiting(wish.paths), rules=rules, forms=FORMS,
        pages=max(1, -(-count // queries.PAGE)), address=lambda number: _address(replace(wish, page=number)))


@bp.get(f"/{CLAIM}/")
@allow("training.check")
def one(claim_id: int) -> str:
    """One certificate, with what may be done about it."""
    return _page(_seen(claim_id))


@bp.get(f"/{CLAIM}/evidence")
@allow("training.check")
def its_evidence(claim_id: int) -> Response:
    """The photo or PDF of a certificate."""
    return as_evidence(_seen(claim_id).evidence_id)


@bp.post(f"/{CLAIM}/check")
@allow("training.check")
def check(claim_id: int) -> Page:
    """Say that evidence and form agree."""
    return _decided(claim_id, lambda: deciding.check(claim_id, **_by()), _("Checked. The training office may accept it now."))


@bp.post(f"/{CLAIM}/return")
@allow("training.check")
def send_back(claim_id: int) -> Page:
    """Return it with a reason, to be mended."""
    return _decided(claim_id, lambda: deciding.send_back(claim_id, _reason(), **_by()), _("Returned; the person is told why."))


@bp.post(f"/{CLAIM}/refuse")
@allow("training.check")
def refuse(claim_id: int) -> Page:
    """Refuse it with a reason."""
    return _decided(claim_id, lambda: deciding.refuse(claim_id, _reason(), **_by()), _("Not accepted; the person is told why."))


@bp.post(f"/{CLAIM}/accept")
@allow("training.manage")
def accept(claim_id: int) -> Page:
    """Enter it in the ledger."""
    basis = request.form.get("basis", "")

    def done() -> str:
        counted = deciding.accept(claim_id, basis=basis, **_by())
        return str(_("Accepted: %(jp)s JP count. The person is told.", jp=in_words(counted, language=language())))

    return _decided(claim_id, done)


@bp.post(f"/{CLAIM}/revoke")
@allow("training.manage")
def revoke(claim_id: int) -> Page:
    """Take an acceptance back."""
    done = _("The acceptance is taken back, and so are its JP. The person is told why.")
    return _decided(claim_id, lambda: deciding.revoke(claim_id, _reason(), **_by()), done)


@bp.get("/batch")
@allow("training.manage")
def batch() -> str:
    """Checked certificates that may be accepted together, and the sample that has to be looked at."""
    rows = queries.batch(current_user.paths("training.check"), current_user.id)
    drawn = rules.sample((row.id, deciding.mark_of(row)) for row in rows)
    if rows:
        readings.note("claims", scope=" ".join(current_user.paths("training.check")))
    return render("claims/batch.html", rows=rows, drawn=drawn, looked=queries.looked_at(current_user.id, drawn), forms=FORMS)


@bp.post("/batch")
@allow("training.manage")
def accept_batch() -> AnyResponse:
    """Accept those that were chosen."""
    pairs = [value.partition("-")[::2] for value in request.form.getlist("claim")]
    wanted = [(int(number), int(version)) for number, version in pairs if number.isdecimal() and version.isdecimal() and len(number) < 10]
    offered = queries.batch(current_user.paths("training.check"), current_user.id)
    try:
        done, left = deciding.accept_many(wanted, by=current_user.id, offered=offered)
    except Refused as refused:
        return refuse_to(url_for("claims_office.batch"), refused)
    flash(ngettext("%(num)s certificate is accepted.", "%(num)s certificates are accepted.", done), "ok")
    if left:
        flash(ngettext("%(num)s stays in the queue: it was changed, or needs a basis.",
                       "%(num)s stay in the queue: they were changed, or need a basis.", left), "warn")
    return redirect(url_for("claims_office.queue", state="checked"), 303)


def _seen(claim_id: int) -> Any:
    row = queries.seen(claim_id, current_user.paths("training.check"))
    readings.note("claim", about=row.person_id, scope=f"claim:{row.id}")
    return row


def _decided(claim_id: int, act: Any, told: str = "") -> Page:
    row = _seen(claim_id)
    try:
        said = act()
    except Refused as refused:
        return _page(_seen(row.id), refusal=sentence(refused)), 409
    flash(told or said, "ok")
    return redirect(url_for("claims_office.one", claim_id=claim_id), 303)


def _by() -> dict[str, int]:
    version = request.form.get("version", "")
    return {"version": int(version) if version.isdecimal() and len(version) < 10 else -1, "by": current_user.id}


def _reason() -> str:
    return request.form.get("reason", "")


def _page(row: Any, *, refusal: str = "") -> str:
    waits = row.state in rules.WAITING
    return render(
        "claims/one.html", row=row, refusal=refusal, rules=rules, forms=FORMS, reason=_reason(), basis=request.form.get("basis", ""),
        own=row.person_id == current_user.id, alike=queries.likenesses(row) if waits else [], beside=queries.beside(row) if waits else [],
        forecast=crediting.forecast(crediting.of_claim(row)) if waits else None,
        counted=queries.credited(row.person_id).get(str(row.id)), may_see=current_user.paths("training.check"))


def _wish() -> queries.Wish:
    given = request.args
    mine = "checked" if current_user.may("training.manage") else "submitted"
    state = given.get("state", mine)
    form = given.get("form", "")
    return queries.Wish(
        paths=current_user.paths("training.check"), state=state if state in rules.SEEN or state == "" else mine,
        text=given.get("q", "").strip()[:100], form=form if form in FORMS else "", page=page_number(given))


def _address(wish: queries.Wish) -> str:
    return url_for("claims_office.queue", state=wish.state, q=wish.text or None, form=wish.form or None, page=wish.page)
