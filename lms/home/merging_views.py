"""Pages on which two accounts of one person are compared and made one."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import readings
from lms.base.errors import Refused
from lms.home import dossier
from lms.people import merging, queries, search
from lms.people.roles import ROLES
from lms.web.access import allow
from lms.web.content import catalog
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("people_merging", __name__, template_folder="templates")
PERSON = "/people/<int(max=2147483647):person_id>/merge"
OTHER = f"{PERSON}/<int(max=2147483647):other_id>"
CHOICES = 10


@bp.get(PERSON)
@allow("people.merge")
def choose(person_id: int) -> str:
    """Find the second account of a person."""
    person = queries.person(person_id)
    text = request.args.get("q", person.name).strip()[:100]
    found: Sequence[Any] = [row for row in search.find(search.Wish(text=text)).rows if row.id != person_id and row.merged_into is None]
    readings.note("people", scope="people")
    return render("home/merge_choose.html", person=person, sought=text, found=found[:CHOICES])


@bp.get(OTHER)
@allow("people.merge")
def compare(person_id: int, other_id: int) -> str | Response:
    """Both accounts side by side, and which one is to be kept."""
    people = [queries.person(person_id), queries.person(other_id)]
    if person_id == other_id or any(person.merged_into is not None for person in people):
        reason = Refused("merge-same" if person_id == other_id else "merge-done")
        return refuse_to(url_for("people_merging.choose", person_id=person_id), reason)
    for person in people:
        readings.note("person", about=person.id)
    there = catalog()
    sides = [(person, dossier.dossier(person, there)) for person in people]
    return render("home/merge.html", sides=sides, roles=ROLES, titles={module.id: module.title for module in there.modules.values()})


@bp.post(OTHER)
@allow("people.merge")
def merge(person_id: int, other_id: int) -> Response:
    """Make one account of both; the form says which one is kept."""
    kept = other_id if request.form.get("keep") == str(other_id) else person_id
    gone = person_id if kept == other_id else other_id
    back = url_for("people_merging.compare", person_id=person_id, other_id=other_id)
    if request.form.get("keep") not in {str(person_id), str(other_id)}:
        return refuse_to(back, Refused("merge-same"))
    try:
        merging.merge(kept, gone, reason=request.form.get("reason", ""), by=current_user.id)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(_("The two accounts are one now."), "ok")
    return redirect(url_for("home.dossier", person_id=kept), 303)
