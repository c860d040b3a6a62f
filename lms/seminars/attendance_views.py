"""Pages on which attendance is noted: the list of a session, and whoever came without a seat."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import Refused
from lms.seminars import attending, queries, rules
from lms.seminars.models import Seminar
from lms.web.access import allow
from lms.web.asked import LARGEST_ID
from lms.web.errors import sentence
from lms.web.pages import render

bp = Blueprint("seminars_attendance", __name__, template_folder="templates", url_prefix="/office/seminars")
Page = str | tuple[str, int] | AnyResponse
SESSION = "/<code>/sessions/<int(max=2147483647):session_id>"


@bp.get(f"{SESSION}/attendance")
@allow("training.manage")
def attendance_form(code: str, session_id: int) -> str:
    """The list on which attendance of a session is ticked."""
    return _attendance_page(queries.seminar(code, drafts=True), session_id)


@bp.post(f"{SESSION}/attendance")
@allow("training.manage")
def attendance(code: str, session_id: int) -> Page:
    """Write who was there."""
    row = queries.seminar(code, drafts=True)
    marks = {int(name[1:]): value for name, value in request.form.items()
             if name[:1] == "p" and name[1:].isascii() and name[1:].isdigit() and int(name[1:]) <= LARGEST_ID}
    try:
        count = attending.note(row.id, session_id, marks, by=current_user.id)
    except Refused as refused:
        return _attendance_page(queries.seminar(code, drafts=True), session_id, marks=marks, refusal=sentence(refused)), 409
    flash(ngettext("Saved; %(num)s mark changed.", "Saved; %(num)s marks changed.", count), "ok")
    return redirect(url_for("seminars_attendance.attendance_form", code=code, session_id=session_id), 303)


@bp.post(f"{SESSION}/walk-in")
@allow("training.manage")
def walk_in(code: str, session_id: int) -> Page:
    """Note somebody who came without a seat."""
    row, nip = queries.seminar(code, drafts=True), request.form.get("nip", "")[:60]
    try:
        name = attending.walk_in(row.id, session_id, nip, by=current_user.id)
    except Refused as refused:
        return _attendance_page(queries.seminar(code, drafts=True), session_id, nip=nip, refusal=sentence(refused)), 409
    flash(_("%(name)s is noted as present.", name=name), "ok")
    return redirect(url_for("seminars_attendance.attendance_form", code=code, session_id=session_id), 303)


def _attendance_page(
    row: Seminar, session_id: int, *, marks: dict[int, str] | None = None, nip: str = "", refusal: str | None = None,
) -> str:
    session = queries.session(row.id, session_id)
    readings.note("seminar-participants", scope=f"seminar:{row.code}")
    rows = sorted(queries.participants(row.id, states=("seat",)), key=lambda one: one.name)
    noted = {person: state for (where, person), state in queries.attendance_of(row.id).items() if where == session_id}
    return render("seminars/attendance.html", seminar=row, session=session, rows=rows, noted=noted if marks is None else marks,
                  rules=rules, nip=nip, refusal=refusal, sessions=queries.sessions_of(row.id),
                  counts={state: sum(1 for one in noted.values() if one == state) for state in rules.PRESENCE})
