"""Pages of signing in, signing out, passwords and language."""

from flask import Blueprint, current_app, flash, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import passkeys, queries, service, signins, traces
from lms.accounts.entering import enter, way_in
from lms.accounts.forms import ActivateForm, PasswordForm, SignInForm
from lms.base.errors import Refused
from lms.people.rules import DEMO_PASSWORD, DEMO_SIGN_INS
from lms.web.access import ANYONE, SIGNED_IN, allow, safe_next
from lms.web.errors import sentence
from lms.web.layout import LANGUAGES
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.get("/login")
@allow(ANYONE)
def login() -> str | Response:
    """The sign-in page."""
    if current_user.is_authenticated or signins.half_reader():
        return redirect(way_in())
    return _login_page(SignInForm())


@bp.post("/login")
@allow(ANYONE)
def sign_in() -> Response | tuple[str, int]:
    """Sign in and go where the reader wanted to go."""
    form = SignInForm()
    if not form.validate():
        return _login_page(form), 422
    try:
        person_id = service.sign_in(form.nip.data, form.password.data, address=request.remote_addr or "")
    except Refused as refused:
        traces.refused(form.nip.data, refused.code)
        return _login_page(form, sentence(refused)), 429 if refused.code == "too-many-tries" else 401
    return enter(person_id)


def _login_page(form: SignInForm, refusal: str | None = None) -> str:
    demo = current_app.extensions["settings"].demo
    return render("accounts/login.html", form=form, refusal=refusal, sign_ins=DEMO_SIGN_INS if demo else (), demo_password=DEMO_PASSWORD,
                  passkeys=passkeys.relying_party() is not None, next=safe_next(request.values.get("next")),
                  local=request.method == "POST" or "local" in request.args)


@bp.post("/logout")
@allow(ANYONE)
def logout() -> Response:
    """End this sign-in on the server and in the browser."""
    at_provider = current_user.is_authenticated and queries.how_signed_in(current_user.token_hash) == "provider"
    signins.end()
    session.clear()
    response = redirect(url_for("accounts_provider.ended" if at_provider else "accounts.login"), 303)
    signins.take_back(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/activate")
@allow(ANYONE)
def activation() -> str:
    """The page for a first password with a one-time code."""
    return render("accounts/activation.html", form=ActivateForm(), refusal=None)


@bp.post("/activate")
@allow(ANYONE)
def activate() -> Response | tuple[str, int]:
    """Set the first password and sign in."""
    form = ActivateForm()
    if not form.validate():
        return render("accounts/activation.html", form=form, refusal=None), 422
    try:
        person_id = service.activate(form.nip.data, form.code.data, form.new.data, address=request.remote_addr or "")
    except Refused as refused:
        if refused.code in {"code-wrong", "too-many-tries"}:
            traces.refused(form.nip.data, refused.code, how="code")
        return render("accounts/activation.html", form=form, refusal=sentence(refused)), 429 if refused.code == "too-many-tries" else 409
    return enter(person_id, how="code")


@bp.get("/password")
@allow(SIGNED_IN)
def password() -> str:
    """The page to change one's password."""
    return render("accounts/password.html", form=PasswordForm(), refusal=None)


@bp.post("/password")
@allow(SIGNED_IN)
def change_password() -> Response | tuple[str, int]:
    """Change the password; other browsers are signed out."""
    form = PasswordForm()
    if not form.validate():
        return render("accounts/password.html", form=form, refusal=None), 422
    try:
        service.change_password(current_user.id, form.old.data, form.new.data, keep=current_user.token_hash)
    except Refused as refused:
        return render("accounts/password.html", form=form, refusal=sentence(refused)), 409
    flash(_("Your password is changed. Other devices have been signed out."), "ok")
    response = redirect(url_for("account.overview"), 303)
    signins.hand_over(response, signins.renew(current_user, proved=True))
    return response


@bp.post("/language")
@allow(ANYONE)
@limited("60/15 minutes")
def language() -> Response:
    """Remember the language in which the reader wants the pages."""
    chosen = request.form.get("lang")
    response = make_response(redirect(safe_next(request.form.get("next")) or url_for("home.start"), 303))
    if chosen in LANGUAGES:
        response.set_cookie("lang", chosen, max_age=31_536_000, samesite="Lax", httponly=True,
                            secure=current_app.extensions["settings"].secure)
    return response
