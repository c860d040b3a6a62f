"""Pages for everybody: what is to come, one seminar with my seat, my seminars and calendar; and for supervisors: nominating."""

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import clock, readings
from lms.base.errors import NotFound, Refused
from lms.base.texts import N_
from lms.content.library import render_text
from lms.hours.rules import FORMS
from lms.people import search
from lms.seminars import attending, calendars, queries, rules, service
from lms.seminars.models import Seminar
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.asked import page_number, row_id
from lms.web.errors import sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("seminars", __name__, template_folder="templates")
Page = str | tuple[str, int] | AnyResponse
FEEDS = "120/15 minutes"
CALENDAR = "text/calendar; charset=utf-8"


@bp.get("/seminars/")
@allow(SIGNED_IN)
def coming() -> str:
    """Seminars to come, soonest first."""
    page = page_number(request.args)
    count, rows = queries.coming(current_user.id, page)
    return render("seminars/coming.html", rows=rows, count=count, page=page, pages=_pages(count), rules=rules, forms=FORMS, now=clock.now(),
                  address=lambda number: url_for("seminars.coming", page=number))


@bp.get("/seminars/mine/")
@allow(SIGNED_IN)
def mine() -> str:
    """My seminars, and the private address for my calendar."""
    return _mine_page()


def _mine_page(address: str | None = None) -> str:
    rows = queries.of_person(current_user.id)
    now = clock.now()
    live = [row for row in reversed(rows) if row.mine in rules.LIVE and row.state in {"published", "closed"}]
    coming = [row for row in live if row.last is not None and row.last > now]
    return render("seminars/mine.html", coming=coming, past=[row for row in rows if row not in coming], rules=rules, forms=FORMS,
                  has_feed=calendars.has_feed(current_user.id), feed_address=address, now=now)


@bp.get("/seminars/<code>/")
@allow(SIGNED_IN)
def seminar(code: str) -> str:
    """One seminar: what, when, where, and what I can do next."""
    return _seminar_page(queries.seminar(code))


def _seminar_page(row: Seminar, *, refusal: str | None = None, reason: str = "") -> str:
    window, units = queries.window(row), queries.allowed_units(row.id)
    mine = queries.mine(row.id, current_user.id)
    standing = mine if mine is not None and mine.state in rules.LIVE else None
    in_reach = not units or any(current_user.unit_path.startswith(unit.path) for unit in units)
    blocked = rules.why_not_register(window, clock.now(), in_reach=in_reach)
    late = standing is not None and rules.why_not_leave(window, clock.now(), standing=standing.state, reason="") == "seminar-cancel-reason"
    seated, waits = queries.counts(row.id)
    return render(
        "seminars/seminar.html", seminar=row, window=window, sessions=queries.sessions_of(row.id), units=units, mine=mine,
        standing=standing, seated=seated, waits=waits, late=late, refusal=refusal, reason=reason,
        blocked=sentence(_refused(blocked, row)) if blocked else None,
        may_leave=standing is not None and rules.why_not_leave(window, clock.now(), standing=standing.state, reason="xxx") is None,
        partner=queries.partner_of(row),
        attended=row.state == "held" and rules.enough(attending.attended(row.id, current_user.id), row.min_share),
        begun=rules.has_begun(window, clock.now()), html=described(row.description), form=FORMS[row.form], rules=rules,
        overlapping=queries.overlapping(current_user.id, row.id) if standing is not None or not blocked else [],
        may_nominate=current_user.may("training.see") and rules.why_not_register(window, clock.now(), in_reach=True) is None)


@lru_cache(maxsize=200)
def described(text: str) -> str:
    """Clean html of a description."""
    return render_text(text) if text.strip() else ""


def _refused(code: str, row: Seminar) -> Refused:
    return Refused(code, moment=row.opens_at)


@bp.post("/seminars/<code>/register")
@allow(SIGNED_IN)
def register(code: str) -> Page:
    """Register myself."""
    row = queries.seminar(code)
    try:
        done = service.register(row.id, current_user.id)
    except Refused as refused:
        return _seminar_page(queries.seminar(code), refusal=sentence(refused)), 409
    flash(_registered(done), "ok")
    return redirect(url_for("seminars.seminar", code=code), 303)


def _registered(done: service.Registered) -> str:
    if done.state == "seat":
        return str(_("You have a seat.") if done.new else _("You have a seat already; nothing was changed."))
    if not done.new:
        return str(_("You are on the waiting list already, as number %(place)s.", place=done.position))
    return str(_("You are number %(place)s on the waiting list. If a seat becomes free, you get it by yourself and are told.",
                 place=done.position))


@bp.post("/seminars/<code>/cancel")
@allow(SIGNED_IN)
def cancel(code: str) -> Page:
    """Give my seat or my place on the waiting list back, or decline a nomination."""
    row, reason = queries.seminar(code), request.form.get("reason", "").strip()[:1000]
    try:
        service.cancel(row.id, current_user.id, reason=reason)
    except Refused as refused:
        return _seminar_page(queries.seminar(code), refusal=sentence(refused), reason=reason), 409
    flash(_("You are not registered any more. Thank you for making room."), "ok")
    return redirect(url_for("seminars.seminar", code=code), 303)


@bp.get("/seminars/<code>/event.ics")
@allow(SIGNED_IN)
def event(code: str) -> Response:
    """The seminar for a calendar."""
    return _calendar(calendars.of_seminar(queries.seminar(code)), f"{code}.ics")


@bp.post("/seminars/mine/feed")
@allow(SIGNED_IN)
def make_feed() -> str:
    """Make a private calendar address; it is shown once."""
    token = calendars.make_feed(current_user.id)
    return _mine_page(url_for("seminars.feed", feed_token=token, _external=True))


@bp.post("/seminars/mine/feed/end")
@allow(SIGNED_IN)
def end_feed() -> AnyResponse:
    """Let the private calendar address hold no longer."""
    calendars.end_feed(current_user.id)
    flash(_("The calendar address holds no longer."), "ok")
    return redirect(url_for("seminars.mine"), 303)


@bp.get("/calendar/<feed_token>.ics")
@allow(ANYONE)
@limited(FEEDS)
def feed(feed_token: str) -> Response:
    """The seminars of whoever owns this address."""
    return _calendar(calendars.of_token(feed_token), "simpul.ics")


def _calendar(content: bytes, name: str) -> Response:
    response = Response(content, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/seminars/public/")
@allow(ANYONE)
def public() -> str:
    """Seminars announced to everybody."""
    page = page_number(request.args)
    count, rows = queries.public(page)
    return render("seminars/public.html", rows=rows, count=count, page=page, pages=_pages(count), forms=FORMS, rules=rules,
                  address=lambda number: url_for("seminars.public", page=number))


@bp.get("/seminars/public/<code>/")
@allow(ANYONE)
def announcement(code: str) -> str:
    """One seminar announced to everybody, without anybody who registered."""
    row = queries.seminar(code)
    if not row.public:
        raise NotFound
    return render("seminars/announcement.html", seminar=row, sessions=queries.sessions_of(row.id), units=queries.allowed_units(row.id),
                  html=described(row.description), form=FORMS[row.form], rules=rules, partner=queries.partner_of(row))


@bp.get("/seminars/<code>/nominate")
@allow("training.see")
def nominate_form(code: str) -> str:
    """People of my units whom I can nominate."""
    return _nominate_page(queries.seminar(code))


@bp.post("/seminars/<code>/nominate")
@allow("training.see")
def nominate(code: str) -> Page:
    """Nominate people of my units."""
    row = queries.seminar(code)
    chosen = [int(one) for one in request.form.getlist("person") if one.isascii() and one.isdigit() and len(one) < 10]
    try:
        done = service.nominate(row.id, chosen, by=current_user.id, paths=current_user.paths("training.see"))
    except Refused as refused:
        return _nominate_page(queries.seminar(code), refusal=sentence(refused), chosen=frozenset(chosen)), 409
    for said, people in (
        (N_("They have a seat and are told: %(names)s."), done.seats),
        (N_("They are on the waiting list and are told: %(names)s."), done.waits),
        (N_("They were registered already: %(names)s."), done.already),
        (N_("They cannot register for this seminar: %(names)s."), done.refused),
    ):
        if people:
            flash(_(said, names="; ".join(name for _id, name in people)), "ok" if people is not done.refused else "bad")
    return redirect(url_for("seminars.nominate_form", code=code, **_asked()), 303)


def _asked() -> dict[str, Any]:
    wanted = {"q": request.args.get("q", "").strip()[:100], "page": page_number(request.args)}
    return {name: value for name, value in wanted.items() if value and (name, value) != ("page", 1)}


def _nominate_page(row: Seminar, *, refusal: str | None = None, chosen: frozenset[int] = frozenset()) -> str:
    paths, page, text = current_user.paths("training.see"), page_number(request.args), request.args.get("q", "").strip()[:100]
    found = search.find(search.Wish(within=paths, text=text, unit_id=row_id(request.args, "unit"), active="yes", page=page))
    readings.note("nominees", scope=" ".join(paths))
    seated, waits = queries.counts(row.id)
    ids = [one.id for one in found.rows]
    blocked = rules.why_not_register(queries.window(row), clock.now(), in_reach=True)
    return render(
        "seminars/nominate.html", seminar=row, found=found, standing=queries.standings(row.id, ids), refusal=refusal, chosen=chosen,
        seated=seated, waits=waits, blocked=sentence(_refused(blocked, row)) if blocked else None, text=text, page=page, rules=rules,
        query=_asked(), address=lambda number: url_for("seminars.nominate_form", code=row.code, **{**_asked(), "page": number}))


def _pages(count: int) -> int:
    return max(1, -(-count // queries.PAGE))
