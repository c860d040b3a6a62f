"""The career of one person: where she worked, moves, acting for others, corrections, and who her supervisor is."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock, readings
from lms.base.errors import NotFound, Refused
from lms.organisation import posts, queries
from lms.organisation.career_forms import ActingForm, EntryForm, PlaceForm
from lms.people import careers, postings
from lms.people.queries import person as find_person
from lms.people.queries import units as living_units
from lms.web.access import allow
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("people_career", __name__, template_folder="templates", url_prefix="/people")
Page = str | tuple[str, int] | Response
PERSON = "/<int(max=2147483647):person_id>/career"
ENTRY = f"{PERSON}/<int(max=2147483647):posting_id>"


@bp.get(f"{PERSON}/")
@allow("people.see")
def career(person_id: int) -> str:
    """All entries of a person, the latest first, and her supervisor."""
    person = find_person(person_id, current_user.paths("people.see"))
    readings.note("career", about=person_id)
    return render("organisation/career.html", person=person, entries=queries.career(person_id), supervisor=queries.supervisor(person),
                  kinds=careers.POSITION_KINDS, rank=careers.shown_rank, day=clock.today(),
                  may_manage=current_user.may("people.manage", unit_path=person.unit_path))


@bp.get(f"{PERSON}/move")
@allow("people.manage")
def move_form(person_id: int) -> str:
    """The form of a move, filled with what holds now."""
    person = _managed(person_id)
    return _move_page(person, PlaceForm(formdata=None, data={name: getattr(person, name) for name in postings.PLACE}))


@bp.post(f"{PERSON}/move")
@allow("people.manage")
def move(person_id: int) -> Page:
    """Record a move."""
    person, form = _managed(person_id), PlaceForm()
    form.offer(living_units(current_user.paths("people.manage")), person)
    if not form.validate():
        return _move_page(person, form), 422
    try:
        moved = postings.move(person_id, from_on=form.from_on.data, basis=form.basis.data, **form.values())
    except Refused as refused:
        return _move_page(person, form, sentence(refused)), 409
    flash(_("The move is recorded. Reports about the time before stay as they were.") if moved
          else _("Nothing was different, so nothing was changed."), "ok")
    return _back(person_id)


def _move_page(person: Any, form: PlaceForm, refusal: str | None = None) -> str:
    form.offer(living_units(current_user.paths("people.manage")), person)
    return render("organisation/career_form.html", act="move", person=person, form=form, entry=None, refusal=refusal)


@bp.get(f"{PERSON}/acting")
@allow("people.manage")
def acting_form(person_id: int) -> str:
    """The form that lets a person act in an office."""
    return _acting_page(_managed(person_id), ActingForm(formdata=None))


@bp.post(f"{PERSON}/acting")
@allow("people.manage")
def set_acting(person_id: int) -> Page:
    """Let a person act in an office for a time."""
    person, form = _managed(person_id), ActingForm()
    form.offer(living_units(current_user.paths("people.manage")))
    if not form.validate():
        return _acting_page(person, form), 422
    try:
        posts.set_acting(
            person_id, unit_id=form.unit_id.data, title=form.title.data, position=form.position.data, from_on=form.from_on.data,
            until_on=form.until_on.data, basis=form.basis.data, stands_in_for=_named(form.stands_in_for.data), by=current_user.id)
    except Refused as refused:
        return _acting_page(person, form, sentence(refused)), 409
    flash(_("Recorded. The role of supervisor of that unit holds for exactly this time."), "ok")
    return _back(person_id)


def _acting_page(person: Any, form: ActingForm, refusal: str | None = None) -> str:
    form.offer(living_units(current_user.paths("people.manage")))
    return render("organisation/acting.html", person=person, form=form, refusal=refusal)


@bp.get(f"{ENTRY}/")
@allow("people.manage")
def correct_form(person_id: int, posting_id: int) -> str:
    """One entry, to be mended."""
    person, entry = _managed(person_id), _entry(person_id, posting_id)
    return _correct_page(person, entry, _form_of(entry, formdata=None, data=dict(entry._mapping)))


@bp.post(f"{ENTRY}/")
@allow("people.manage")
def correct(person_id: int, posting_id: int) -> Page:
    """Mend one entry."""
    person, entry = _managed(person_id), _entry(person_id, posting_id)
    form = _form_of(entry)
    if not form.validate():
        return _correct_page(person, entry, form), 422
    values = form.values() if isinstance(form, PlaceForm) else {"position": form.position.data}
    day = form.from_on.data if isinstance(form, PlaceForm) else entry.from_on
    try:
        mended = posts.correct(posting_id, from_on=day, **values, basis=form.basis.data)
    except Refused as refused:
        return _correct_page(person, entry, form, sentence(refused)), 409
    flash(_("The entry is corrected, and the correction is in the audit log.") if mended
          else _("Nothing was different, so nothing was changed."), "ok")
    return _back(person_id)


def _form_of(entry: Any, **given: Any) -> PlaceForm | EntryForm:
    """The form of an entry; the units are those of its first day."""
    if entry.kind == "acting":
        return EntryForm(**given)
    form = PlaceForm(**given)
    form.offer(queries.units_on(entry.from_on, current_user.paths("people.manage")), entry)
    return form


def _correct_page(person: Any, entry: Any, form: PlaceForm | EntryForm, refusal: str | None = None) -> str:
    return render("organisation/career_form.html", act="correct", person=person, form=form, entry=entry, refusal=refusal,
                  latest=_is_latest(person.id, entry))


def _is_latest(person_id: int, entry: Any) -> bool:
    definitive = _definitive(person_id)
    return len(definitive) > 1 and definitive[0].id == entry.id


def _definitive(person_id: int) -> list[Any]:
    return sorted((row for row in queries.career(person_id) if row.kind == "definitive"), key=lambda row: row.from_on, reverse=True)


@bp.post(f"{ENTRY}/back")
@allow("people.manage")
def take_back(person_id: int, posting_id: int) -> Response:
    """Delete the latest entry, which was a mistake."""
    _managed(person_id)
    for row in _definitive(person_id)[:2]:
        _entry(person_id, row.id)  # where she goes back to is the reader's to decide as well
    _entry(person_id, posting_id)
    try:
        posts.take_back(posting_id)
    except Refused as refused:
        return refuse_to(url_for("people_career.career", person_id=person_id), refused)
    flash(_("The entry is taken back; the one before it holds again."), "ok")
    return _back(person_id)


@bp.post(f"{ENTRY}/end")
@allow("people.manage")
def end_acting(person_id: int, posting_id: int) -> Response:
    """End an acting entry before its time."""
    _managed(person_id)
    if _entry(person_id, posting_id).kind != "acting":
        raise NotFound
    posts.end_acting(posting_id, by=current_user.id)
    flash(_("Ended. The role that came with it is gone."), "ok")
    return _back(person_id)


@bp.post(f"{PERSON}/supervisor")
@allow("people.manage")
def set_supervisor(person_id: int) -> Response:
    """Name the supervisor, or leave it to the unit."""
    _managed(person_id)
    try:
        posts.set_supervisor(person_id, _named(request.form.get("nip", "").strip()))
    except Refused as refused:
        return refuse_to(url_for("people_career.career", person_id=person_id), refused)
    flash(_("The supervisor is saved."), "ok")
    return _back(person_id)


def _managed(person_id: int) -> Any:
    return find_person(person_id, current_user.paths("people.manage"))


def _entry(person_id: int, posting_id: int) -> Any:
    return queries.posting(posting_id, person_id, current_user.paths("people.manage"))


def _named(nip: str) -> int | None:
    """The person whose NIP was written; None if none was."""
    if not nip:
        return None
    found = queries.person_with(nip, current_user.paths("people.see"))
    if found is None:
        raise Refused("nip-unknown", nip=nip)
    return found


def _back(person_id: int) -> Response:
    return redirect(url_for("people_career.career", person_id=person_id), 303)
