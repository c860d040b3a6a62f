"""Pages of programmes: the list, one programme with the way through it, joining and leaving."""

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base.errors import NotFound, Refused
from lms.certificates import queries as certificates
from lms.content.programmes import Programme
from lms.learning import queries as learning
from lms.programmes import labels, queries, rules, service, shelf
from lms.programmes.outline import outline, required_modules
from lms.web.access import SIGNED_IN, allow
from lms.web.asked import page_number
from lms.web.content import catalog, library
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("programmes", __name__, template_folder="templates")


@bp.get("/programmes/")
@allow(SIGNED_IN)
def programmes() -> str:
    """The programmes with search and filters."""
    there, wish = catalog(), _wish()
    cards = shelf.cards_for(current_user.id, [one for one in there.programmes.values() if _may_see(one)], there)
    values = {"kind": labels.KINDS, "state": labels.STATES}
    return render("programmes/programmes.html", shelf=shelf.browse(cards, wish, values), wish=wish, labels=values, weaves=labels.WEAVES,
                  address=_address)


@bp.get("/programmes/<slug>/")
@allow(SIGNED_IN)
def programme(slug: str) -> str | tuple[str, int]:
    """One programme: the way through it and where the reader stands."""
    there, found = catalog(), _visible(slug)
    if found is None:
        return _gone(slug)
    standing = queries.standings(current_user.id, [found])[found.id]
    offers = queries.offers([found])
    hours = queries.hours_by_item(found, there, offers)
    completed = learning.completed_modules(current_user.id, required_modules(found, there))
    last = queries.completion(current_user.id, found.id) if standing.last else None
    return render(
        "programmes/programme.html", programme=found, standing=standing, span=rules.span(found, hours), labels=labels,
        outline=outline(found, standing, there, hours, offers, completed), joined=queries.joined(current_user.id, found.id),
        intro=library().html(found.intro) if found.intro else "", last=last,
        certificate=certificates.live_of_completions([last.id]).get(last.id) if last else None,
        trail=[(url_for("learning.catalogue"), _("Catalogue")), (url_for("programmes.programmes"), _("Programmes")), (None, found.title)])


@bp.post("/programmes/<slug>/join/")
@allow(SIGNED_IN)
def join(slug: str) -> Response:
    """Take part in a programme."""
    found = _found(slug)
    try:
        completed = service.join(current_user.id, found.id)
    except Refused as refused:
        return refuse_to(url_for("programmes.programme", slug=slug), refused)
    flash(_("You have completed this programme.") if completed
          else _("You take part now. The programme stands on your start page until it is completed."), "ok")
    return redirect(url_for("programmes.programme", slug=slug), 303)


@bp.post("/programmes/<slug>/leave/")
@allow(SIGNED_IN)
def leave(slug: str) -> Response:
    """Take part no longer."""
    found = _found(slug)
    service.leave(current_user.id, found.id)
    flash(_("You no longer take part. What you have done stays and counts if you come back."), "ok")
    return redirect(url_for("programmes.programme", slug=slug), 303)


def _wish() -> shelf.Wish:
    asked = {name: request.args.get(name, "")[:200].strip() for name in ("kind", "state")}
    return shelf.Wish(request.args.get("q", "")[:200].strip(), **asked, page=page_number(request.args))


def _address(wish: shelf.Wish, **changes: str | int) -> str:
    query = urlencode({name: value for name, value in {**wish.without_page(), **changes}.items() if value})
    return url_for("programmes.programmes") + (f"?{query}" if query else "")


def _may_see(one: Programme) -> bool:
    """Drafts are seen by whoever runs programmes, and by whoever may look at all their modules beforehand."""
    if one.published or current_user.may("training.manage"):
        return True
    previews = current_user.modules("module.preview")
    return previews is None or (bool(previews) and one.module_ids <= previews)


def _visible(slug: str) -> Programme | None:
    found = catalog().programmes.get(slug)
    return found if found is not None and _may_see(found) else None


def _found(slug: str) -> Programme:
    found = _visible(slug)
    if found is None:
        raise NotFound
    return found


def _gone(slug: str) -> tuple[str, int]:
    """A programme that left the catalogue: whoever completed it finds what she did."""
    last = queries.completion(current_user.id, slug) if "\0" not in slug else None
    if last is None:
        raise NotFound
    return render("programmes/gone.html", last=last, certificate=certificates.live_of_completions([last.id]).get(last.id)), 404
