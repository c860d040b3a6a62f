"""Pages on which officers assign modules and programmes, and change, end, extend and waive what is assigned."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.assignments import deciding, labels, queries, service, targets
from lms.assignments.forms import AssignmentForm, DueForm, EndForm, ExtensionForm, WaiverForm
from lms.assignments.models import Assignment
from lms.base import clock, readings
from lms.base.errors import NotFound, Refused
from lms.organisation import queries as organisation
from lms.people import queries as people
from lms.people.careers import POSITION_KINDS
from lms.people.roles import WHOLE
from lms.web.access import allow
from lms.web.content import catalog
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("assignments_office", __name__, template_folder="templates")
ONE = "/assignments/<int(max=2147483647):assignment_id>"
PERSON = f"{ONE}/people/<int(max=2147483647):person_id>"
Page = str | tuple[str, int] | Response


@bp.get("/assignments/all/")
@allow("training.check")
def assignments() -> str:
    """What is assigned in the units of the reader, and how many have done it."""
    paths = current_user.paths("training.check")
    over = request.args.get("show") == "over"
    rows = queries.managed(paths, over=over)
    counted = {one.id: one for one in queries.counts(queries.Wish(paths))}
    return render("assignments/assignments.html", rows=rows, counted=counted, over=over,
                  units=organisation.names([row.unit_id for row in rows if row.unit_id is not None]))


@bp.get("/assignments/new/")
@allow("training.check")
def new_form() -> str:
    """The form of a new assignment."""
    return _form_page(_form())


@bp.post("/assignments/new/")
@allow("training.check")
def new() -> Page:
    """Show whom the assignment would hit, or make it."""
    form = _form()
    if not form.validate():
        return _form_page(form), 422
    unit_id = int(form.unit.data) or None
    within = WHOLE if unit_id is None else organisation.unit(unit_id, current_user.paths("training.check")).path
    found = targets.people_by_nip(form.typed_nips)
    unknown = sorted(set(form.typed_nips) - set(found))
    if unknown:
        form.nips.errors = [_("Nobody has these NIPs: %(nips)s", nips=", ".join(unknown[:5]))]
        return _form_page(form), 422
    kind, _colon, name = form.subject.data.partition(":")
    aim = form.aim(within, frozenset(found.values()))
    draft = service.Draft(kind, name, aim, form.terms(), form.reason.data, unit_id, form.last_on.data)
    try:
        if request.form.get("step") != "make":
            service.check(draft)
            return _preview(form, draft)
        number = service.make(draft, by=current_user.id, slip=form.slip.data, mark=form.mark.data)
    except Refused as refused:
        preview = _preview(form, draft, sentence(refused)) if refused.code == "assignment-crowd" else None
        return preview or _form_page(form, refusal=sentence(refused)), 409
    flash(_("The assignment is made. Whom it concerns is told within a few minutes."), "ok")
    return redirect(url_for("assignments_office.assignment", assignment_id=number), 303)


@bp.get(f"{ONE}/")
@allow("training.see")
def assignment(assignment_id: int) -> str:
    """One assignment: its terms, how many stand how; for officers what they may change."""
    return _detail(_seen(assignment_id))


@bp.post(f"{ONE}/due")
@allow("training.check")
def change(assignment_id: int) -> Page:
    """Change when it is due, for everybody."""
    row, form = _managed(assignment_id), DueForm()
    if not form.validate():
        return _detail(row, form=form), 422
    return _done(row, lambda: deciding.change(
        row.id, _version(form.version.data), due_on=form.due_on.data, due_days=form.due_days.data, grace_days=form.grace_days.data or 0,
        last_on=form.last_on.data, reason=form.reason.data), _("The assignment is changed for everybody whom it concerns."))


@bp.post(f"{ONE}/end")
@allow("training.check")
def end(assignment_id: int) -> Page:
    """End the assignment today."""
    row, form = _managed(assignment_id), EndForm()
    if not form.validate():
        return refuse_to(_address(row.id), Refused("reason-missing", most=500))
    return _done(row, lambda: deciding.end(row.id, _version(form.version.data), by=current_user.id, why=form.reason.data),
                 _("The assignment has ended."))


@bp.get(f"{PERSON}/")
@allow("training.check")
def person(assignment_id: int, person_id: int) -> str:
    """One person in one assignment: more time, or a waiver."""
    return _person_page(*_managed_person(assignment_id, person_id), ExtensionForm(formdata=None), WaiverForm(formdata=None))


@bp.post(f"{PERSON}/more-time")
@allow("training.check")
def extend(assignment_id: int, person_id: int) -> Page:
    """Give one person more time."""
    row, someone = _managed_person(assignment_id, person_id)
    form = ExtensionForm()
    if not form.validate():
        return _person_page(row, someone, form, WaiverForm(formdata=None)), 422
    return _done(row, lambda: deciding.extend(row.id, person_id, until=form.until.data, why=form.reason.data),
                 _("%(name)s has more time now.", name=someone.name), person_id)


@bp.post(f"{PERSON}/waiver")
@allow("training.check")
def waive(assignment_id: int, person_id: int) -> Page:
    """Waive the assignment for one person."""
    row, someone = _managed_person(assignment_id, person_id)
    form = WaiverForm()
    if not form.validate():
        return _person_page(row, someone, ExtensionForm(formdata=None), form), 422
    return _done(row, lambda: deciding.waive(row.id, person_id, until=form.until.data, why=form.reason.data, by=current_user.id),
                 _("The assignment is waived for %(name)s.", name=someone.name), person_id)


@bp.post(f"{PERSON}/waiver/end")
@allow("training.check")
def end_waiver(assignment_id: int, person_id: int) -> Page:
    """Take a waiver back."""
    row, someone = _managed_person(assignment_id, person_id)
    return _done(row, lambda: deciding.take_waiver_back(row.id, person_id),
                 _("The assignment holds for %(name)s again.", name=someone.name), person_id)


def _form() -> AssignmentForm:
    paths, there = current_user.paths("training.check"), catalog()
    places = people.units(paths)
    shown = [(str(place.id), "– " * place.depth + place.name) for place in places]
    modules = sorted((one.title, f"module:{one.id}") for one in there.modules.values() if one.published)
    programmes = sorted((one.title, f"programme:{one.id}") for one in there.programmes.values() if one.published)
    subjects = [(value, _("Module: %(title)s", title=title)) for title, value in modules]
    subjects += [(value, _("Programme: %(title)s", title=title)) for title, value in programmes]
    scopes = [("0", _("the whole agency"))] if WHOLE in paths else []
    return AssignmentForm(subjects, shown, [*scopes, *shown])


def _form_page(form: AssignmentForm, refusal: str | None = None) -> str:
    return render("assignments/new.html", form=form, refusal=refusal, preview=None, why=labels.WHY)


def _preview(form: AssignmentForm, draft: service.Draft, refusal: str | None = None) -> str:
    readings.note("assignments", scope=draft.aim.within)
    seen = targets.preview(draft.aim, draft.terms.first_on, clock.today())
    form.mark.data = seen.mark
    return render("assignments/new.html", form=form, refusal=refusal, preview=seen, why=labels.WHY)


def _seen(assignment_id: int) -> Assignment:
    """An assignment made for the reader's units, or that hits somebody there."""
    row, paths = queries.assignment(assignment_id), current_user.paths("training.see")
    made_here = any(queries.path_of(row).startswith(path) for path in paths)
    if not made_here and not queries.concerns(row.id, paths):
        raise NotFound
    return row


def _managed(assignment_id: int) -> Assignment:
    row = queries.assignment(assignment_id)
    if not current_user.may("training.check", unit_path=queries.path_of(row)):
        raise NotFound
    return row


def _managed_person(assignment_id: int, person_id: int) -> tuple[Assignment, Any]:
    """Whoever checks the training of a unit may give its people more time, also where the assignment is that of a unit above."""
    row, someone = queries.assignment(assignment_id), people.person(person_id, current_user.paths("training.check"))
    if queries.hits_of(row.id, person_id) is None:
        raise NotFound
    return row, someone


def _detail(row: Assignment, form: DueForm | None = None) -> str:
    paths = current_user.paths("training.see")
    readings.note("assignments", scope=" ".join(paths))
    counted = queries.counts(queries.Wish(paths, assignment_id=row.id))
    manages = row.ended_on is None and current_user.may("training.check", unit_path=queries.path_of(row))
    aim = targets.of_assignment(row)
    terms = {"due_on": row.due_on, "due_days": row.due_days, "grace_days": row.grace_days, "last_on": row.last_on, "reason": row.reason,
             "version": row.version}
    return render("assignments/assignment.html", row=row, counted=counted[0] if counted else None, manages=manages,
                  aim=aim, words=labels.states(),
                  units=organisation.names([*aim.units, *([row.unit_id] if row.unit_id is not None else [])]), kinds=POSITION_KINDS,
                  form=form or DueForm(formdata=None, data=terms), ending=EndForm(formdata=None, data={"version": row.version}))


def _person_page(row: Assignment, someone: Any, extension: ExtensionForm, waiver: WaiverForm) -> str:
    readings.note("assignments", about=someone.id)
    found = next((one for one in queries.mine(someone.id) if one.assignment.id == row.id), None)
    return render("assignments/person.html", row=row, person=someone, mine=found, extension=extension, waiver=waiver, labels=labels)


def _done(row: Assignment, act: Callable[[], None], said: str, person_id: int | None = None) -> Response:
    address = _address(row.id, person_id)
    try:
        act()
    except Refused as refused:
        return refuse_to(address, refused)
    flash(said, "ok")
    return redirect(address, 303)


def _address(assignment_id: int, person_id: int | None = None) -> str:
    if person_id is None:
        return url_for("assignments_office.assignment", assignment_id=assignment_id)
    return url_for("assignments_office.person", assignment_id=assignment_id, person_id=person_id)


def _version(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
