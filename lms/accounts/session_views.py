"""My account: how I sign in, in which browsers I am signed in, and showing again who I am."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import passkeys, proving, queries, signins
from lms.accounts.entering import wanted
from lms.accounts.factor_forms import ConfirmForm
from lms.base.errors import Refused
from lms.web.access import SIGNED_IN, allow
from lms.web.errors import sentence
from lms.web.pages import render

bp = Blueprint("account", __name__, template_folder="templates", url_prefix="/account")


@bp.get("/")
@allow(SIGNED_IN)
def overview() -> str:
    """How I sign in, in one place."""
    return render("accounts/overview.html", ways=queries.factors_of(current_user.id), passkeys=passkeys.relying_party() is not None,
                  devices=len(queries.sign_ins_of(current_user.id)), required=signins.must_be_strong(current_user.grants))


@bp.get("/devices/")
@allow(SIGNED_IN)
def devices() -> str:
    """Where I am signed in."""
    return render("accounts/devices.html", devices=queries.sign_ins_of(current_user.id), here=current_user.token_hash)


@bp.post("/devices/end")
@allow(SIGNED_IN)
def end_device() -> Response:
    """End one of my sign-ins."""
    ended = signins.end_one(current_user.id, request.form.get("device", ""))
    flash(_("That device is signed out.") if ended else _("That device was signed out already."), "ok")
    return redirect(url_for("account.devices"), 303)


@bp.post("/devices/end-others")
@allow(SIGNED_IN)
def end_others() -> Response:
    """End all of my sign-ins but this one."""
    count = signins.end_others(current_user.id, but=current_user.token_hash)
    flash(ngettext("%(num)s other device is signed out.", "%(num)s other devices are signed out.", count), "ok")
    return redirect(url_for("account.devices"), 303)


@bp.get("/confirm")
@allow(SIGNED_IN)
def confirm() -> str:
    """The page on which I show again who I am."""
    return _confirm_page(ConfirmForm())


@bp.post("/confirm")
@allow(SIGNED_IN)
def confirmed() -> Response | tuple[str, int]:
    """Take the password and go back to what I wanted to change."""
    form = ConfirmForm()
    if not form.validate():
        return _confirm_page(form), 422
    try:
        proving.check_password(current_user.id, form.password.data)
    except Refused as refused:
        return _confirm_page(form, sentence(refused)), 429 if refused.code == "too-many-tries" else 401
    response = redirect(wanted() or url_for("account.overview"), 303)
    signins.hand_over(response, signins.renew(current_user, proved=True))
    return response


def _confirm_page(form: ConfirmForm, refusal: str | None = None) -> str:
    ways = queries.factors_of(current_user.id)
    return render("accounts/confirm.html", form=form, refusal=refusal, next=wanted(), ways=ways,
                  passkeys=ways.passkeys and passkeys.relying_party() is not None)
