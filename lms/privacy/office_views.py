"""Pages of the officers: requests, retention, erasure, the report of a breach."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock, readings
from lms.base.errors import Refused
from lms.people import queries as people
from lms.privacy import breach, erasing, packing, queries, retention, rules, service
from lms.privacy.forms import AnswerForm, BreachForm, ProposalForm, office_moment
from lms.web.access import allow
from lms.web.asked import page_number
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("privacy_office", __name__, template_folder="templates", url_prefix="/office/privacy")
Page = str | tuple[str, int] | Response


@bp.get("/requests/")
@allow("privacy.see")
def requests() -> str:
    """Requests about personal data, the most urgent first."""
    wish = _wish()
    count, rows = queries.find(wish)
    waiting, overdue = queries.counts()
    if rows:
        readings.note("requests", scope="requests")
    return render("privacy/requests.html", wish=wish, count=count, rows=rows, waiting=waiting, overdue=overdue, rules=rules,
                  now=clock.now(), pages=max(1, -(-count // queries.PAGE)), address=lambda number: _address(replace(wish, page=number)))


@bp.get("/requests/<int(max=2147483647):request_id>/")
@allow("privacy.see")
def one_request(request_id: int) -> str:
    """One request, with what may be done about it."""
    return _request_page(queries.one(request_id), AnswerForm())


@bp.post("/requests/<int(max=2147483647):request_id>/decide")
@allow("privacy.decide")
def decide(request_id: int) -> Page:
    """Grant or refuse a request."""
    form, row = AnswerForm(), queries.one(request_id)
    if not form.validate():
        return _request_page(row, form), 422
    granted = request.form.get("decision") == "accept"
    try:
        (service.accept if granted else service.refuse)(request_id, form.answer.data, by=current_user.id)
    except Refused as refused:
        return _request_page(row, form, refusal=sentence(refused)), 409
    flash(_("The request is granted and the person is told.") if granted else _("The request is refused and the person is told."), "ok")
    return redirect(url_for("privacy_office.one_request", request_id=request_id), 303)


@bp.post("/people/<int(max=2147483647):person_id>/download")
@allow("privacy.decide")
def download(person_id: int) -> Response:
    """All data of a person who cannot fetch them herself, as a ZIP."""
    people.person(person_id)
    readings.note("data", about=person_id)
    try:
        return packing.download(person_id, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("privacy_office.erasure", person_id=person_id), refused)


@bp.get("/retention/")
@allow("privacy.see")
def retention_rules() -> str:
    """The retention rules, with what would go now."""
    return render("privacy/retention.html", rows=retention.dry_run(), month=retention.month_names)


@bp.get("/erasures/")
@allow("privacy.see")
def erasures() -> str:
    """Proposals to erase people, and what became of them."""
    page = page_number(request.args)
    count, rows = queries.erasures(page)
    return render("privacy/erasures.html", rows=rows, count=count, page=page, pages=max(1, -(-count // queries.PAGE)),
                  address=lambda number: url_for("privacy_office.erasures", page=number))


@bp.get("/people/<int(max=2147483647):person_id>/erase")
@allow("privacy.see")
def erasure(person_id: int) -> str:
    """What erasing a person would keep and delete, and the proposal to do so."""
    return _erasure_page(person_id, ProposalForm())


@bp.post("/people/<int(max=2147483647):person_id>/erase")
@allow("privacy.decide")
def propose_erasure(person_id: int) -> Page:
    """Propose to erase a person."""
    form = ProposalForm()
    if not form.validate():
        return _erasure_page(person_id, form), 422
    try:
        erasing.propose(person_id, form.reason.data, by=current_user.id)
    except Refused as refused:
        return _erasure_page(person_id, form, refusal=sentence(refused)), 409
    flash(_("Proposed. Another officer has to carry it out."), "ok")
    return redirect(url_for("privacy_office.erasure", person_id=person_id), 303)


@bp.post("/erasures/<int(max=2147483647):erasure_id>/carry-out")
@allow("privacy.decide")
def carry_out(erasure_id: int) -> Response:
    """Erase the person of a proposal."""
    try:
        erasing.carry_out(erasure_id, request.form.get("digits", "").strip(), by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("privacy_office.erasure", person_id=erasing.person_of(erasure_id)), refused)
    flash(_("The person's data are erased. What law keeps stands under a pseudonym."), "ok")
    return redirect(url_for("privacy_office.erasures"), 303)


@bp.post("/erasures/<int(max=2147483647):erasure_id>/drop")
@allow("privacy.decide")
def drop(erasure_id: int) -> Response:
    """Drop a proposal."""
    try:
        erasing.drop(erasure_id, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("privacy_office.erasures"), refused)
    flash(_("The proposal is dropped; nothing was erased."), "ok")
    return redirect(url_for("privacy_office.erasures"), 303)


@bp.get("/breach/")
@allow("privacy.decide")
def breach_form() -> str:
    """The form for the report of a breach."""
    now = clock.local(clock.now()).replace(tzinfo=None, second=0, microsecond=0)
    return _breach_page(BreachForm(formdata=None, data={"found_at": now, "until": now, "unit_id": 0}))


@bp.post("/breach/")
@allow("privacy.decide")
def breach_report() -> Page:
    """The report of a breach as a ZIP."""
    form = BreachForm()
    form.offer(people.units())
    if not form.validate():
        return _breach_page(form), 422
    try:
        return breach.download(breach.Case(
            found_at=office_moment(form.found_at.data), since=office_moment(form.since.data), until=office_moment(form.until.data),
            person_id=queries.person_by_nip(form.nip.data) if form.nip.data else None, unit_id=form.unit_id.data or None,
            address=form.address.data or "", story=form.story.data, handling=form.handling.data or ""))
    except Refused as refused:
        return _breach_page(form, refusal=sentence(refused)), 409


def _breach_page(form: BreachForm, *, refusal: str | None = None) -> str:
    form.offer(people.units())
    return render("privacy/breach.html", form=form, refusal=refusal)


def _request_page(row: Any, form: AnswerForm, *, refusal: str | None = None) -> str:
    readings.note("request", about=row.person_id)
    renamed = queries.certificates_with_another_name(row.person_id) if row.field == "name" and row.state == "accepted" else []
    return render("privacy/request.html", row=row, form=form, refusal=refusal, rules=rules, now=clock.now(), renamed=renamed,
                  own=row.person_id == current_user.id)


def _erasure_page(person_id: int, form: ProposalForm, *, refusal: str | None = None) -> str:
    person = people.person(person_id)
    readings.note("erasure", about=person_id)
    preview = erasing.preview(person_id, by=current_user.id)
    return render("privacy/erasure.html", person=person, form=form, refusal=refusal, preview=preview,
                  obstacle=sentence(Refused(preview.obstacle)) if preview.obstacle else None, proposal=queries.proposed(person_id))


def _wish() -> queries.Wish:
    given = request.args
    state, kind = given.get("state", ""), given.get("kind", "")
    return queries.Wish(state=state if state in {*rules.STATES, "overdue"} else "", kind=kind if kind in rules.KINDS else "",
                        page=page_number(given))


def _address(wish: queries.Wish) -> str:
    named: dict[str, Any] = {"state": wish.state, "kind": wish.kind, "page": wish.page}
    return url_for("privacy_office.requests", **{name: value for name, value in named.items() if value and (name, value) != ("page", 1)})
