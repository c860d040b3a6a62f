"""Passkeys: my list of them, signing in with one. The browser's script asks for what is to be signed and fills the forms."""

import secrets

from flask import Blueprint, flash, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import factors, passkeys, queries, signins, traces
from lms.accounts.browsers import read_browser
from lms.accounts.entering import enter, finish, person_here, wanted, way_in
from lms.accounts.factor_views import stronger
from lms.accounts.proving import fresh
from lms.base import throttle
from lms.base.errors import Refused
from lms.web.access import ANYONE, SETTING_UP, SIGNED_IN, allow
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("passkeys", __name__, template_folder="templates")
ASKED = 120  # challenges that an address may ask for within the window
LONGEST_ANSWER = 20_000


@bp.get("/account/passkeys/")
@allow(SETTING_UP)
@fresh("passkeys.mine")
def mine() -> str:
    """My passkeys, and the button for another."""
    reader = person_here()
    return render("accounts/passkeys.html", rows=queries.passkeys_of(reader.id), possible=passkeys.relying_party() is not None,
                  half=signins.half_reader(), next=wanted(), most=passkeys.MOST, suggested=str(read_browser(request.user_agent.string)))


@bp.post("/account/passkeys/options")
@allow(SETTING_UP)
@fresh("passkeys.mine")
def registration_options() -> Response:
    """What the browser needs to make a passkey."""
    return jsonify(passkeys.registration_options(person_here(), _browser()))


@bp.post("/account/passkeys/")
@allow(SETTING_UP)
@fresh("passkeys.mine")
def register() -> Response:
    """Keep the passkey that the device made. Where the role demands it, the recovery codes come with it."""
    reader = person_here()
    try:
        codes = passkeys.register(reader, _browser(), _credential(), request.form.get("name", ""))
    except Refused as refused:
        return refuse_to(url_for("passkeys.mine", next=wanted()), refused)
    if codes:
        return stronger(reader, codes)
    flash(_("The passkey is kept. You can sign in with it from now on."), "ok")
    response = redirect(url_for("passkeys.mine"), 303)
    signins.hand_over(response, signins.renew(reader, strength="double", proved=True))
    return response


@bp.post("/account/passkeys/<int(max=2147483647):passkey_id>/name")
@allow(SIGNED_IN)
def rename(passkey_id: int) -> Response:
    """Give a passkey another name."""
    passkeys.rename(current_user.id, passkey_id, request.form.get("name", ""))
    flash(_("The name is changed."), "ok")
    return redirect(url_for("passkeys.mine"), 303)


@bp.post("/account/passkeys/<int(max=2147483647):passkey_id>/remove")
@allow(SIGNED_IN)
@fresh("passkeys.mine")
def remove(passkey_id: int) -> Response:
    """Refuse a passkey from now on."""
    try:
        passkeys.remove(current_user, passkey_id)
    except Refused as refused:
        return refuse_to(url_for("passkeys.mine"), refused)
    flash(_("The passkey is removed. Other devices have been signed out."), "ok")
    response = redirect(url_for("passkeys.mine"), 303)
    signins.hand_over(response, signins.renew(current_user, proved=True))
    return response


@bp.post("/login/passkey/options")
@allow(ANYONE)
def challenge() -> Response:
    """What the browser needs to sign in with a passkey."""
    throttle.count_try("passkey", request.remote_addr or "", most=ASKED, window=factors.WINDOW)
    return jsonify(passkeys.challenge_for(_browser()))


@bp.post("/login/passkey")
@allow(ANYONE)
def sign_in() -> Response:
    """Sign in with a passkey, take the second step with it, or show again who one is."""
    half = signins.half_reader()
    try:
        person_id = passkeys.proved_by(_browser(), _credential())
        if (half or current_user.is_authenticated) and person_here().id != person_id:
            raise Refused("passkey-refused")
    except Refused as refused:
        traces.refused("", refused.code, how="passkey")
        return refuse_to(_back(), refused)
    if half:
        return finish(half.person)
    if not current_user.is_authenticated:
        return enter(person_id, how="passkey", strong=True)
    response = redirect(wanted() or url_for("account.overview"), 303)
    signins.hand_over(response, signins.renew(current_user, strength="double", proved=True))
    return response


def _back() -> str:
    return url_for("account.confirm", next=wanted()) if current_user.is_authenticated else way_in()


def _browser() -> str:
    """A name for this browser's challenges, in the signed cookie that also holds its form token."""
    if "challenges" not in session:
        session["challenges"] = secrets.token_hex(16)
    return str(session["challenges"])


def _credential() -> str:
    return request.form.get("credential", "")[:LONGEST_ANSWER]
