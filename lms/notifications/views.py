"""Pages of notices: mine, how I want to be told, and the outgoing mail."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import readings
from lms.base.errors import Refused
from lms.notifications import forms, queries, service
from lms.notifications import outbox as outgoing
from lms.notifications.kinds import DIGEST, KINDS
from lms.notifications.rules import Channel
from lms.notifications.wording import path, said
from lms.web.access import SIGNED_IN, allow
from lms.web.asked import page_number
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")
BELL_MOST = 99


@bp.app_template_global()
def at_the_bell(unread: int) -> str:
    """The number of unread notices as the bell shows it."""
    return str(unread) if unread <= BELL_MOST else f"{BELL_MOST}+"


@bp.get("/")
@allow(SIGNED_IN)
def mine() -> str:
    """What I was told, newest first."""
    page = page_number(request.args)
    count, rows = queries.mine(current_user.id, page)
    told = [(row, KINDS[row.kind], said(KINDS[row.kind], row.values)) for row in rows]
    return render("notifications/mine.html", told=told, page=page, pages=max(1, -(-count // queries.PAGE)),
                  address=lambda number: url_for("notices.mine", page=number))


@bp.post("/<int(max=2147483647):notice_id>/open")
@allow(SIGNED_IN)
def open_notice(notice_id: int) -> Response:
    """Mark one as read and go where it leads to."""
    row = queries.notice(current_user.id, notice_id)
    service.mark_read(current_user.id, notice_id)
    return redirect(path(KINDS[row.kind], row.values), 303)


@bp.post("/<int(max=2147483647):notice_id>/read")
@allow(SIGNED_IN)
def read_one(notice_id: int) -> Response:
    """Mark one as read and stay."""
    queries.notice(current_user.id, notice_id)
    service.mark_read(current_user.id, notice_id)
    return redirect(url_for("notices.mine", page=page_number(request.form)), 303)


@bp.post("/read")
@allow(SIGNED_IN)
def read_all() -> Response:
    """Mark all as read."""
    service.mark_read(current_user.id)
    flash(_("All notices are marked as read."), "ok")
    return redirect(url_for("notices.mine"), 303)


@bp.get("/preferences")
@allow(SIGNED_IN)
def preferences() -> str:
    """How I want to be told."""
    address, language = queries.address_and_language(current_user.id)
    settings = current_app.extensions["settings"]
    return render("notifications/preferences.html", channels=_offered(), kinds=KINDS, address=address,
                  language=language, server=bool(settings.smtp_host), hour=f"{settings.digest_hour:02}.00", always=[
                      kind for kind in KINDS.values() if kind.mandatory])


def _offered() -> dict[str, Channel]:
    """How I am told of each kind that may be chosen and that I may be told of at all."""
    chosen = queries.channels(current_user.id)
    return {name: channel for name, channel in chosen.items() if not KINDS[name].needs or current_user.may(KINDS[name].needs)}


@bp.post("/preferences")
@allow(SIGNED_IN)
def prefer() -> Response:
    """Write it down."""
    service.prefer(current_user.id, forms.wishes(request.form), forms.language(request.form))
    flash(_("Your choice is saved."), "ok")
    return redirect(url_for("notices.preferences"), 303)


@bp.get("/outbox")
@allow("notices.see")
def outbox() -> str:
    """The outgoing mail, with what could not be sent and why."""
    readings.note("outbox", scope="outbox")
    wish = _wish()
    count, rows = queries.mails(wish)
    return render("notifications/outbox.html", wish=wish, count=count, rows=rows, pages=max(1, -(-count // queries.PAGE)),
                  counts=queries.counts(), trouble=queries.server_trouble(), reasons=outgoing.REASONS, label=outgoing.label,
                  keeps_secret=outgoing.keeps_secret, server=bool(current_app.extensions["settings"].smtp_host),
                  kinds=(*KINDS, DIGEST), address=lambda number: _address(replace(wish, page=number)))


def _wish() -> queries.Wish:
    asked: Any = request.values
    state, kind = asked.get("state", ""), asked.get("kind", "")
    return queries.Wish(state=state if state in queries.STATES else "dead", kind=kind if kind in {*KINDS, DIGEST} else "",
                        page=page_number(asked))


def _address(wish: queries.Wish) -> str:
    named: dict[str, Any] = {"state": wish.state, "kind": wish.kind, "page": wish.page}
    return url_for("notices.outbox", **{name: value for name, value in named.items() if value and (name, value) != ("page", 1)})


@bp.post("/outbox/<int(max=2147483647):mail_id>/again")
@allow("notices.manage")
def send_again(mail_id: int) -> Response:
    """Send a mail once more."""
    try:
        outgoing.send_again(mail_id)
    except Refused as refused:
        return refuse_to(_address(_wish()), refused)
    flash(_("The mail is sent again."), "ok")
    return redirect(_address(_wish()), 303)


@bp.post("/outbox/<int(max=2147483647):mail_id>/drop")
@allow("notices.manage")
def drop(mail_id: int) -> Response:
    """Give a mail up."""
    try:
        outgoing.drop(mail_id)
    except Refused as refused:
        return refuse_to(_address(_wish()), refused)
    flash(_("The mail is dropped."), "ok")
    return redirect(_address(_wish()), 303)


@bp.post("/outbox/again")
@allow("notices.manage")
def send_all_again() -> Response:
    """Send all dead mail of a kind once more."""
    count = outgoing.send_all_again(_wish().kind)
    flash(ngettext("%(num)s mail is sent again.", "%(num)s mails are sent again.", count), "ok")
    return redirect(_address(_wish()), 303)


@bp.post("/outbox/drop")
@allow("notices.manage")
def drop_all() -> Response:
    """Give up all mail of a kind that waits or is dead."""
    wish = _wish()
    count = outgoing.drop_all(wish.state, wish.kind) if wish.state in {"dead", "waiting"} else 0
    flash(ngettext("%(num)s mail is dropped.", "%(num)s mails are dropped.", count), "ok")
    return redirect(_address(wish), 303)
