"""Pages of forgotten passwords, of links that came by mail, and of one's own mail address."""

from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import links
from lms.accounts.entering import enter
from lms.accounts.forms import EmailForm, ForgotForm, NewPassword
from lms.accounts.links import Link
from lms.accounts.proving import fresh
from lms.base.errors import Refused
from lms.people import queries as people
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("accounts_links", __name__, template_folder="templates")
Page = str | tuple[str, int] | Response
HELD = "link"  # where the browser's cookie of form tokens keeps the link that was opened


@bp.get("/forgot")
@allow(ANYONE)
def forgot() -> str:
    """The page that helps whoever forgot a password."""
    return render("accounts/forgot.html", form=ForgotForm(), possible=links.possible(), refusal=None)


@bp.post("/forgot")
@allow(ANYONE)
def ask() -> Page:
    """Take the wish for a link; the answer is the same whoever asks for whomever."""
    form = ForgotForm()
    if not links.possible():
        return redirect(url_for("accounts_links.forgot"), 303)
    if not form.validate():
        return render("accounts/forgot.html", form=form, possible=True, refusal=None), 422
    try:
        links.ask_reset(form.account.data, address=request.remote_addr or "")
    except Refused as refused:
        return render("accounts/forgot.html", form=form, possible=True, refusal=sentence(refused)), 429
    return redirect(url_for("accounts_links.asked"), 303)


@bp.get("/forgot/asked")
@allow(ANYONE)
def asked() -> str:
    """What happens now that a link was asked for."""
    return render("accounts/asked.html", holds=links.HOLDS["reset"].seconds // 60)


@bp.get("/link/<token>")
@allow(ANYONE)
def opened(token: str) -> Response:
    """Take the token out of the address at once, so that no history, log or next site sees it; nothing is spent yet."""
    session[HELD] = token[:100]
    return _secret(redirect(url_for("accounts_links.link"), 303))


@bp.get("/link/")
@allow(ANYONE)
def link() -> Page:
    """What the link that was opened is for."""
    found = links.find(session.get(HELD, ""))
    if found is None:
        session.pop(HELD, None)
        return refuse_to(url_for("accounts_links.forgot"), Refused("link-dead"))
    return _secret(make_response(_link_page(found, NewPassword())))


@bp.post("/link/")
@allow(ANYONE)
def use() -> Page:
    """Do what the link is for."""
    found = links.find(session.get(HELD, ""))
    if found is None:
        return refuse_to(url_for("accounts_links.forgot"), Refused("link-dead"))
    return _confirm() if found.purpose == "email" else _set_password(found)


def _confirm() -> Page:
    try:
        links.confirm_email(session.pop(HELD))
    except Refused as refused:
        return refuse_to(url_for("accounts_links.forgot"), refused)
    flash(_("This is your mail address from now on."), "ok")
    return redirect(url_for("accounts_links.email" if current_user.is_authenticated else "accounts.login"), 303)


def _set_password(found: Link) -> Page:
    form = NewPassword()
    if not form.validate():
        return _link_page(found, form), 422
    try:
        person_id = links.set_password(session[HELD], form.new.data)
    except Refused as refused:
        return _link_page(found, form, sentence(refused)), 409
    return enter(person_id, how="link")


def _link_page(found: Link, form: NewPassword, refusal: str | None = None) -> str:
    if found.purpose == "email":
        return render("accounts/confirm_email.html", link=found)
    return render("accounts/new_password.html", link=found, form=form, refusal=refusal)


def _secret(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/email")
@allow(SIGNED_IN)
@fresh("accounts_links.email")
def email() -> str:
    """One's own mail address."""
    return _email_page(EmailForm())


@bp.post("/email")
@allow(SIGNED_IN)
@fresh("accounts_links.email")
def ask_email() -> Page:
    """Send a link to a new address."""
    form = EmailForm()
    if not form.validate():
        return _email_page(form), 422
    try:
        links.ask_email(current_user.id, form.email.data)
    except Refused as refused:
        return _email_page(form, sentence(refused)), 429 if refused.code == "too-many-tries" else 409
    flash(_("A link is on its way to %(email)s. Your address changes when you open it.", email=form.email.data), "ok")
    return redirect(url_for("accounts_links.email"), 303)


def _email_page(form: EmailForm, refusal: str | None = None) -> str:
    return render("accounts/email.html", form=form, refusal=refusal, person=people.person(current_user.id), possible=links.possible())


@bp.post("/people/<int(max=2147483647):person_id>/link")
@allow("people.manage")
def send(person_id: int) -> Response:
    """Send somebody a link for a first password."""
    row = people.person(person_id, current_user.paths("people.manage"))
    back = url_for("accounts_admin.account", person_id=person_id)
    try:
        links.send_activation(person_id, by=current_user.grants)
    except Refused as refused:
        return refuse_to(back, refused)
    flash(_("A link is on its way to %(email)s. It works once and holds for %(days)s days.", email=row.email,
            days=links.HOLDS["activation"].days), "ok")
    return redirect(back, 303)
