"""Pages of signing in with an OpenID Connect provider."""

from dataclasses import asdict

from flask import Blueprint, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import ties, traces
from lms.accounts.entering import enter
from lms.accounts.provider import Asked, Provider, provider
from lms.base.errors import NotFound, Refused
from lms.people import grants
from lms.people import queries as people
from lms.web.access import ANYONE, allow, safe_next
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("accounts_provider", __name__, template_folder="templates")
Page = str | tuple[str, int] | Response
HELD = "provider"  # where the browser's cookie of form tokens keeps what it was sent with
ABOUT_HER = frozenset({"provider-no-nip", "provider-unknown", "provider-changed"})


@bp.get("/login/provider")
@allow(ANYONE)
def begin() -> Response:
    """Send the browser to the provider."""
    found = provider()
    if found is None:
        return redirect(url_for("accounts.login"))
    try:
        address, asked = found.begin(next_page=safe_next(request.args.get("next")), anew="anew" in request.args)
    except Refused as refused:
        return _with_password(refused)
    session[HELD] = asdict(asked)
    return redirect(address, 303)


@bp.get("/login/provider/back")
@allow(ANYONE)
def back() -> Page:
    """Take the provider's answer; it is good once."""
    found = provider()
    if found is None:
        return redirect(url_for("accounts.login"))
    try:
        return _sign_in(found)
    except Refused as refused:
        if refused.code != "provider-down":
            traces.refused("", refused.code, how="provider")
        if refused.code not in ABOUT_HER:
            return _with_password(refused)
        return render("accounts/provider_refused.html", message=sentence(refused)), 403


def _sign_in(found: Provider) -> Response:
    kept = session.pop(HELD, None)
    asked = Asked(**kept) if kept else None
    told = found.finish(asked, request.args.to_dict())
    return enter(ties.person_of(told), how="provider", strong=told.strong, to=asked.next if asked else None)


def _with_password(refused: Refused) -> Response:
    """The sign-in page with the reason and the fields for a password, also where the provider is the usual way."""
    return refuse_to(url_for("accounts.login", local=1), refused)  # type: ignore[return-value]


@bp.get("/login/provider/out")
@allow(ANYONE)
def out() -> Response:
    """Send the browser to where the provider ends its own sign-in."""
    found = provider()
    try:
        address = found.sign_out_address() if found else None
    except Refused as refused:
        return _with_password(refused)
    if address is None:
        flash(_("Close the browser to end the sign-in there too."), "warn")
    return redirect(address or url_for("accounts.login"), 303)


@bp.get("/login/provider/ended")
@allow(ANYONE)
def ended() -> Page:
    """What is left to do after signing out here, if one had signed in with the provider."""
    if provider() is None:
        return redirect(url_for("accounts.login"))
    return render("accounts/provider_ended.html", label=current_app.extensions["settings"].oidc_label)


@bp.post("/people/<int(max=2147483647):person_id>/provider")
@allow("people.manage")
def untie(person_id: int) -> Response:
    """Forget which account at the provider is a person's."""
    people.person(person_id, current_user.paths("people.manage"))
    try:
        grants.must_be_within(person_id, current_user.grants)
        ties.untie(person_id)
    except Refused as refused:
        return refuse_to(url_for("accounts_admin.account", person_id=person_id), refused)  # type: ignore[return-value]
    except NotFound:
        flash(_("There was nothing to undo."), "warn")
    else:
        flash(_("The tie is undone. The next sign-in there makes a new one by NIP."), "ok")
    return redirect(url_for("accounts_admin.account", person_id=person_id), 303)
