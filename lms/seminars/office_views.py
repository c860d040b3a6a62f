"""Pages of the training office: all seminars, planning one, its participants and its attendance."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import audit, clock, readings
from lms.base.db import transaction
from lms.base.errors import NotFound, Refused
from lms.hours.rules import FORMS
from lms.people import queries as people
from lms.seminars import attending, planning, queries, rules, service
from lms.seminars.forms import CopyForm, NewSeminarForm, SeminarForm, SessionForm, filled, filled_session, typed_moment
from lms.seminars.models import Seminar
from lms.web import downloads
from lms.web.access import allow
from lms.web.asked import page_number, row_id
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("seminars_office", __name__, template_folder="templates", url_prefix="/office/seminars")
Page = str | tuple[str, int] | AnyResponse
EXPORTS = "60/15 minutes"
SESSION = "/<code>/sessions/<int(max=2147483647):session_id>"
REGISTRATION = "/<code>/participants/<int(max=2147483647):registration_id>"


@bp.get("/")
@allow("training.manage")
def seminars() -> str:
    """All seminars, the latest first."""
    text, state, page = request.args.get("q", "").strip()[:100], request.args.get("state", ""), page_number(request.args)
    chosen = state if state in rules.STATES else ""
    count, rows = queries.of_office(text, chosen, page)
    asked: dict[str, Any] = {name: value for name, value in (("q", text), ("state", chosen)) if value}
    return render("seminars/seminars.html", rows=rows, count=count, text=text, state=chosen, page=page, rules=rules, forms=FORMS,
                  pages=max(1, -(-count // queries.PAGE)), address=lambda number: url_for("seminars_office.seminars", **asked, page=number))


@bp.get("/new")
@allow("training.manage")
def new_form() -> str:
    """The form for a new seminar."""
    now = clock.local(clock.now()).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    form = NewSeminarForm(formdata=None, data={"opens_at": now, "closes_at": now + timedelta(days=14), "min_share": 80, "seats": 50})
    return _new_page(form)


@bp.post("/new")
@allow("training.manage")
def new() -> Page:
    """Plan a new seminar."""
    form = NewSeminarForm()
    form.offer(people.units())
    if not form.validate():
        return _new_page(form), 422
    try:
        planning.create(form.code.data, form.plan(), by=current_user.id)
    except Refused as refused:
        return _new_page(form, sentence(refused)), 409
    flash(_("The draft is there. Add its sessions now."), "ok")
    return _to(form.code.data)


def _new_page(form: NewSeminarForm, refusal: str | None = None) -> str:
    form.offer(people.units())
    return render("seminars/new.html", form=form, refusal=refusal)


@bp.get("/<code>/")
@allow("training.manage")
def plan(code: str) -> str:
    """One seminar with its sessions and the steps that are open."""
    return _plan_page(queries.seminar(code, drafts=True))


def _plan_page(row: Seminar, *, refusal: str | None = None, copying: CopyForm | None = None, reason: str = "") -> str:
    seated, waits = queries.counts(row.id)
    window = queries.window(row)
    return render("seminars/plan.html", seminar=row, sessions=queries.sessions_of(row.id), window=window, seated=seated, waits=waits,
                  units=queries.allowed_units(row.id), rules=rules, form=FORMS[row.form], refusal=refusal, reason=reason,
                  over=window.ends_at is not None and clock.now() >= window.ends_at, copying=copying or CopyForm(formdata=None))


@bp.get("/<code>/edit")
@allow("training.manage")
def edit_form(code: str) -> str:
    """The form of a seminar."""
    row = queries.seminar(code, drafts=True)
    return _edit_page(row, SeminarForm(formdata=None, data=filled(row, [unit.id for unit in queries.allowed_units(row.id)])))


@bp.post("/<code>/edit")
@allow("training.manage")
def edit(code: str) -> Page:
    """Write what was changed of a seminar."""
    row, form = queries.seminar(code, drafts=True), SeminarForm()
    form.offer(people.units())
    if not form.validate():
        return _edit_page(row, form), 422
    try:
        planning.change(row.id, form.plan(), seen=_seen(form))
    except Refused as refused:
        row = queries.seminar(code, drafts=True)
        differing = _differing(row, form) if refused.code == "changed-meanwhile" else []
        form.seen.data = row.version  # whoever saves again has seen what is stored now
        return _edit_page(row, form, sentence(refused), differing), 409
    flash(_("The changes are saved."), "ok")
    return _to(code)


def _edit_page(row: Seminar, form: SeminarForm, refusal: str | None = None, differing: list[tuple[str, Any, Any]] | None = None) -> str:
    form.offer(people.units())
    return render("seminars/edit.html", seminar=row, form=form, refusal=refusal, differing=differing or [])


def _differing(row: Seminar, form: SeminarForm) -> list[tuple[str, Any, Any]]:
    """(label, stored, typed) of each field that differs from what somebody else has stored."""
    stored = filled(row, [unit.id for unit in queries.allowed_units(row.id)])
    return [(str(field.label.text), stored[field.name], field.data) for field in form
            if field.name in stored and field.name != "seen" and stored[field.name] != field.data]


def _seen(form: Any) -> int:
    text = form.seen.data or ""
    return int(text) if str(text).isdigit() and len(str(text)) < 10 else 0


@bp.get("/<code>/sessions/new")
@allow("training.manage")
def new_session_form(code: str) -> str:
    """The form for another session."""
    row = queries.seminar(code, drafts=True)
    before = queries.sessions_of(row.id)
    data: dict[str, Any] = {"seen": row.version}
    if before:
        at = typed_moment(before[-1].ends_at)
        data |= {"day": at.date() if at else None, "place": before[-1].place, "link": before[-1].link}
    return _session_page(row, None, SessionForm(formdata=None, data=data))


@bp.post("/<code>/sessions/new")
@allow("training.manage")
def new_session(code: str) -> Page:
    """Add a session."""
    return _put_session(queries.seminar(code, drafts=True), None)


@bp.get(f"{SESSION}/")
@allow("training.manage")
def session_form(code: str, session_id: int) -> str:
    """The form of a session."""
    row = queries.seminar(code, drafts=True)
    return _session_page(row, session_id, SessionForm(formdata=None, data=filled_session(queries.session(row.id, session_id), row.version)))


@bp.post(f"{SESSION}/")
@allow("training.manage")
def session(code: str, session_id: int) -> Page:
    """Write what was changed of a session."""
    row = queries.seminar(code, drafts=True)
    queries.session(row.id, session_id)
    return _put_session(row, session_id)


def _put_session(row: Seminar, session_id: int | None) -> Page:
    form = SessionForm()
    if not form.validate():
        return _session_page(row, session_id, form), 422
    try:
        planning.put_session(row.id, session_id, form.slot(), seen=_seen(form))
    except Refused as refused:
        row = queries.seminar(row.code, drafts=True)
        form.seen.data = row.version
        return _session_page(row, session_id, form, sentence(refused)), 409
    flash(_("The session is saved."), "ok")
    return _to(row.code)


def _session_page(row: Seminar, session_id: int | None, form: SessionForm, refusal: str | None = None) -> str:
    return render("seminars/session.html", seminar=row, session_id=session_id, form=form, refusal=refusal)


@bp.post(f"{SESSION}/drop")
@allow("training.manage")
def drop_session(code: str, session_id: int) -> AnyResponse:
    """Take a session away."""
    row = queries.seminar(code, drafts=True)
    try:
        planning.drop_session(row.id, session_id, seen=row.version)
    except Refused as refused:
        return refuse_to(url_for("seminars_office.plan", code=code), refused)
    flash(_("The session is taken away."), "ok")
    return _to(code)


@bp.post("/<code>/state")
@allow("training.manage")
def set_state(code: str) -> Page:
    """Publish, close, hold or cancel a seminar."""
    row, wanted, reason = queries.seminar(code, drafts=True), request.form.get("state", ""), request.form.get("reason", "")[:1000]
    try:
        if wanted == "held":
            count = attending.held(row.id)
            flash(ngettext("The seminar is held; %(num)s person has learning hours from it.",
                           "The seminar is held; %(num)s people have learning hours from it.", count), "ok")
        elif wanted == "cancelled":
            planning.cancel(row.id, reason=reason)
            flash(_("The seminar is cancelled; whoever was registered is told."), "ok")
        elif wanted in {"published", "closed"}:
            (planning.publish if wanted == "published" else planning.close)(row.id)
            flash(_("Registration is open.") if wanted == "published" else _("Registration is closed."), "ok")
        else:
            raise NotFound
    except Refused as refused:
        return _plan_page(queries.seminar(code, drafts=True), refusal=sentence(refused), reason=reason), 409
    return _to(code)


@bp.post("/<code>/copy")
@allow("training.manage")
def copy(code: str) -> Page:
    """The same seminar once more, as a draft."""
    row, form = queries.seminar(code, drafts=True), CopyForm()
    if not form.validate():
        return _plan_page(row, copying=form), 422
    try:
        planning.copy(row.id, form.code.data, form.first_day.data, by=current_user.id)
    except Refused as refused:
        return _plan_page(queries.seminar(code, drafts=True), copying=form, refusal=sentence(refused)), 409
    flash(_("The copy is a draft. Look at its days, then publish it."), "ok")
    return _to(form.code.data)


def _to(code: str) -> AnyResponse:
    return redirect(url_for("seminars_office.plan", code=code), 303)


@bp.get("/<code>/participants/")
@allow("training.manage")
def participants(code: str) -> str:
    """Who registered, filtered."""
    return _participants_page(queries.seminar(code, drafts=True))


def _participants_page(row: Seminar, *, refusal: str | None = None) -> str:
    asked = _filter()
    readings.note("seminar-participants", scope=f"seminar:{row.code}")
    seated, waits = queries.counts(row.id)
    return render("seminars/participants.html", seminar=row, rows=_found(row, asked), asked=asked, rules=rules, refusal=refusal,
                  units=people.units(), seated=seated, waits=waits)


def _filter() -> dict[str, Any]:
    state, text = request.args.get("state", ""), request.args.get("q", "").strip()[:100]
    asked = {"state": state if state in rules.STANDINGS else "", "unit": row_id(request.args, "unit"), "q": text}
    return {name: value for name, value in asked.items() if value}


def _found(row: Seminar, asked: dict[str, Any]) -> Any:
    states = (asked["state"],) if "state" in asked else rules.LIVE
    path = queries.unit_path(asked["unit"]) if "unit" in asked else ""
    return queries.participants(row.id, states=states, unit_path=path, text=asked.get("q", ""))


@bp.post("/<code>/participants/export.<any(csv, xlsx):kind>")
@allow("training.manage")
@limited(EXPORTS)
def export(code: str, kind: str) -> Response:
    """Those who fit as CSV or XLSX; that it was made is recorded."""
    row, asked = queries.seminar(code, drafts=True), _filter()
    readings.note("seminar-export", scope=f"seminar:{row.code}")
    with transaction():
        audit.record("seminar.exported", f"seminar:{row.code}", detail={"kind": kind, **asked})
    header = [_("Number"), "NIP", _("Name"), _("Unit"), _("Position"), _("State"), _("Waiting list"), _("How"), _("Registered"),
              _("Reason")]
    rows = [[one.number, one.nip, one.name, one.unit, one.job, _(rules.STANDINGS[one.state]), one.position, _(rules.WAYS[one.how]),
             one.made_at, one.reason] for one in _found(row, asked)]
    if kind == "csv":
        return downloads.csv_response(f"peserta-{code}.csv", header, rows)
    return downloads.xlsx_response(f"peserta-{code}.xlsx", _("Participants"), header, rows)


@bp.post(f"{REGISTRATION}/remove")
@allow("training.manage")
def remove(code: str, registration_id: int) -> Page:
    """Take a registration away; the first who waits moves up."""
    row = queries.seminar(code, drafts=True)
    try:
        service.remove(row.id, registration_id, reason=request.form.get("reason", "")[:1000], by=current_user.id)
    except Refused as refused:
        return _participants_page(queries.seminar(code, drafts=True), refusal=sentence(refused)), 409
    flash(_("The registration is taken away. Whoever waited first has the seat now."), "ok")
    return redirect(url_for("seminars_office.participants", code=code), 303)


@bp.get("/<code>/list")
@allow("training.manage")
def printed(code: str) -> str:
    """The attendance list for signing, a sheet for each session."""
    row = queries.seminar(code, drafts=True)
    readings.note("seminar-participants", scope=f"seminar:{row.code}")
    return render("seminars/printed.html", seminar=row, sessions=queries.sessions_of(row.id), form=FORMS[row.form],
                  rows=sorted(queries.participants(row.id, states=("seat",)), key=lambda one: (one.unit, one.name)))
