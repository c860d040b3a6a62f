"""Pages for everybody: the notice, my data, my requests."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock
from lms.base.errors import Refused
from lms.people.roles import PERMISSIONS, ROLES
from lms.privacy import packing, queries, retention, rules, service, wording
from lms.privacy.forms import RequestForm
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("privacy", __name__, template_folder="templates")
Page = str | tuple[str, int] | Response


@bp.get("/privacy/")
@allow(ANYONE)
def notice() -> str:
    """What is kept about people, why, for how long, who sees it, and which rights they have."""
    return render("privacy/notice.html", version=wording.NOTICE_DATE, rules=retention.told(), roles=wording.who_sees(ROLES, PERMISSIONS))


@bp.get("/me/data/")
@allow(SIGNED_IN)
def my_data() -> str:
    """What is held about the reader, who looked at it, what was done about her, and her requests."""
    return render(
        "privacy/my_data.html", held=packing.held(current_user.id), readings=queries.looked_at(current_user.id, current_user.unit_path),
        acts=queries.done_about(current_user.id), requests=queries.of_person(current_user.id), now=clock.now(), limit=packing.LIMIT,
        rules=rules, rooms=wording.ROOMS, names=current_app.extensions["acts"], looks=current_app.extensions["looks"])


@bp.post("/me/data/download")
@allow(SIGNED_IN)
def download() -> Response:
    """All of the reader's data as a ZIP."""
    try:
        return packing.download(current_user.id, by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("privacy.my_data"), refused)


@bp.get("/me/data/requests/new")
@allow(SIGNED_IN)
def ask_form() -> str:
    """The form for a request about one's data."""
    kind = request.args.get("kind", "")
    form = RequestForm(data={"kind": kind if kind in rules.KINDS else "correction"})
    return _ask_page(form)


@bp.post("/me/data/requests/new")
@allow(SIGNED_IN)
def ask() -> Page:
    """Make a request."""
    form = RequestForm()
    if not form.validate():
        return _ask_page(form), 422
    try:
        service.ask(current_user.id, form.kind.data, field=form.field.data, wanted=form.wanted.data, reason=form.reason.data,
                    note=form.note.data)
    except Refused as refused:
        return _ask_page(form, refusal=sentence(refused)), 409
    flash(_("Your request is made. You get an answer within 3 x 24 hours; it will stand on this page."), "ok")
    return redirect(url_for("privacy.my_data", _anchor="requests"), 303)


@bp.post("/me/data/requests/<int(max=2147483647):request_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(request_id: int) -> Response:
    """Take one's own request back."""
    try:
        service.withdraw(request_id, current_user.id)
    except Refused as refused:
        return refuse_to(url_for("privacy.my_data"), refused)
    flash(_("The request is withdrawn."), "ok")
    return redirect(url_for("privacy.my_data", _anchor="requests"), 303)


def _ask_page(form: RequestForm, *, refusal: str | None = None) -> str:
    return render("privacy/ask.html", form=form, refusal=refusal, kinds=rules.KINDS, fields=rules.FIELDS,
                  record=queries.record_of(current_user.id))
