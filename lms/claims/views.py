"""Pages on which a person hands in certificates from elsewhere."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base.errors import NotFound, Refused
from lms.claims import crediting, evidence, queries, rules, service
from lms.claims.forms import ClaimForm
from lms.claims.showing import as_evidence
from lms.hours.rules import FORMS
from lms.web.access import SIGNED_IN, allow
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("claims", __name__, template_folder="templates", url_prefix="/claims")
Page = str | tuple[str, int] | AnyResponse
CLAIM = "<int(max=2147483647):claim_id>"


@bp.get("/")
@allow(SIGNED_IN)
def mine() -> str:
    """My certificates from elsewhere and where they stand."""
    rows = queries.of_person(current_user.id)
    return render("claims/mine.html", rows=rows, credited=queries.credited(current_user.id), rules=rules, forms=FORMS)


@bp.get("/new")
@allow(SIGNED_IN)
def new_form() -> str:
    """The form for a certificate."""
    form = ClaimForm(formdata=None)
    form.slip.data = form.mark()
    return _form_page(form)


@bp.post("/new")
@allow(SIGNED_IN)
@limited("120/hour")
def new() -> Page:
    """Keep a certificate as a draft or send it."""
    return _kept(None)


@bp.get(f"/{CLAIM}/")
@allow(SIGNED_IN)
def claim(claim_id: int) -> str:
    """One of my certificates from elsewhere."""
    row = queries.own(claim_id, current_user.id)
    return _claim_page(row)


@bp.get(f"/{CLAIM}/edit")
@allow(SIGNED_IN)
def edit_form(claim_id: int) -> Page:
    """The form of a certificate that is not decided yet."""
    row = queries.own(claim_id, current_user.id)
    if not rules.may("change", row.state):
        return refuse_to(url_for("claims.claim", claim_id=claim_id), Refused("claim-decided"))
    return _form_page(ClaimForm(formdata=None, data=dict(row._mapping)), row=row)


@bp.post(f"/{CLAIM}/edit")
@allow(SIGNED_IN)
@limited("120/hour")
def edit(claim_id: int) -> Page:
    """Keep or send a certificate that is not decided yet."""
    queries.own(claim_id, current_user.id)
    return _kept(claim_id)


@bp.post(f"/{CLAIM}/withdraw")
@allow(SIGNED_IN)
def withdraw(claim_id: int) -> AnyResponse:
    """Take a certificate back."""
    try:
        service.withdraw(claim_id, current_user.id)
    except Refused as refused:
        return refuse_to(url_for("claims.claim", claim_id=claim_id), refused)
    flash(_("The certificate is withdrawn; nobody decides on it any more."), "ok")
    return redirect(url_for("claims.mine"), 303)


@bp.get(f"/{CLAIM}/evidence")
@allow(SIGNED_IN)
def my_evidence(claim_id: int) -> Response:
    """The photo or PDF of one of my certificates."""
    row = queries.own(claim_id, current_user.id)
    return as_evidence(row.evidence_id)


def _kept(claim_id: int | None) -> Page:
    form = ClaimForm()
    valid = form.validate()
    sent = request.files.get("file")
    content = sent.read() if sent and sent.filename else None
    refusal, number = "", claim_id
    try:
        number = service.save(current_user.id, form.told(), slip=form.mark(), claim_id=claim_id, file=content)
        if valid and request.form.get("act") == "send":
            return _sent(number, form)
    except NotFound:
        raise
    except Refused as refused:
        valid, refusal = False, sentence(refused)
    if not valid:
        return _form_page(form, row=queries.own(number, current_user.id) if number else None, refusal=refusal), 422
    flash(_("The draft is kept. Nobody sees it until you send it."), "ok")
    return redirect(url_for("claims.claim", claim_id=number), 303)


def _sent(claim_id: int, form: ClaimForm) -> Page:
    row = queries.own(claim_id, current_user.id)
    for name in service.lacking(claim_id, current_user.id):
        field = form["file" if name == "evidence" else name]
        field.errors = [*field.errors, _(rules.MISSING[name])]
    if form.errors:
        return _form_page(form, row=row), 422
    try:
        service.send(claim_id, current_user.id)
    except Refused as refused:
        return _form_page(form, row=row, refusal=sentence(refused)), 409
    flash(_("Sent. The officer of your unit checks it first, then the training office; you are told what they decide."), "ok")
    return redirect(url_for("claims.claim", claim_id=claim_id), 303)


def _form_page(form: ClaimForm, *, row: Any = None, refusal: str = "") -> str:
    if not form.slip.data:
        form.slip.data = form.mark()
    return render("claims/form.html", form=form, row=row, refusal=refusal, rules=rules, largest=evidence.LARGEST // 1024 // 1024)


def _claim_page(row: Any) -> str:
    counted = queries.credited(row.person_id).get(str(row.id))
    days = crediting.days_of(row.form, row.from_on, row.until_on, row.jp) if row.form else ()
    forecast = crediting.forecast(crediting.of_claim(row)) if days and row.state in rules.OPEN else None
    return render("claims/claim.html", row=row, rules=rules, forms=FORMS, counted=counted, forecast=forecast)
