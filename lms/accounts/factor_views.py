"""Pages of the second step: taking it, setting it up, its recovery codes, turning it off."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import factors, passkeys, queries, signins, traces
from lms.accounts.entering import arrive, finish, person_here, wanted, way_in
from lms.accounts.factor_forms import BothForm, CodeForm, SetUpForm
from lms.accounts.proving import fresh
from lms.accounts.signins import Reader
from lms.base.db import transaction
from lms.base.errors import Refused
from lms.web.access import ANYONE, SETTING_UP, SIGNED_IN, allow
from lms.web.errors import sentence
from lms.web.pages import render

bp = Blueprint("factors", __name__, template_folder="templates")
Shown = str | Response
Page = Shown | tuple[Shown, int]


@bp.get("/login/second")
@allow(ANYONE)
def second_step() -> Page:
    """The second step, for whose password was right; anybody else is led to where she belongs."""
    half = signins.half_reader()
    return redirect(way_in()) if half is None or half.stage != "second" else _second_page(half.person, CodeForm())


@bp.post("/login/second")
@allow(ANYONE)
def take_second_step() -> Page:
    """Take a code and let her in."""
    half = signins.half_reader()
    if half is None or half.stage != "second":
        return redirect(way_in(), 303)
    form = CodeForm()
    if not form.validate():
        return _second_page(half.person, form), 422
    try:
        factors.take(half.person.id, form.code.data, where=request.remote_addr or "")
    except Refused as refused:
        traces.refused(half.person.nip, refused.code, how="second step")
        return _second_page(half.person, form, sentence(refused)), 429 if refused.code == "too-many-tries" else 401
    return finish(half.person)


def _second_page(reader: Reader, form: CodeForm, refusal: str | None = None) -> str:
    form.code.data = ""
    return render("accounts/second_step.html", form=form, refusal=refusal, next=wanted(), person=reader,
                  ways=queries.factors_of(reader.id), passkeys=passkeys.relying_party() is not None)


@bp.get("/account/second-step/")
@allow(SETTING_UP)
@fresh("factors.setup")
def setup() -> Page:
    """What the second step is, with the QR code for an app; or how it stands, where it is set up."""
    reader = person_here()
    if factors.has_app(reader.id):
        return _state_page(reader)
    return _setup_page(reader, SetUpForm(data={"kept": factors.new_secret(reader)}))


@bp.post("/account/second-step/")
@allow(SETTING_UP)
@fresh("factors.setup")
def turn_on() -> Page:
    """Set it up with the first code, and show the recovery codes, once."""
    reader, form = person_here(), SetUpForm()
    if not form.validate():
        return _setup_page(reader, form), 422
    try:
        codes = factors.turn_on(reader, form.kept.data or "", form.code.data)
    except Refused as refused:
        if refused.code != "factor-code-wrong":
            flash(sentence(refused), "bad")
            return redirect(url_for("factors.setup", next=wanted()), 303)
        return _setup_page(reader, form, sentence(refused)), 422
    return stronger(reader, codes)


def stronger(reader: Reader, codes: list[str]) -> Response:
    """The page of the recovery codes, with which the sign-in goes on as one of two factors under another secret."""
    response, arriving = Response(_codes_page(codes), mimetype="text/html"), signins.half_reader() is not None
    with transaction():
        token = signins.renew(reader, strength="double", proved=True)
        if arriving:
            arrive(response, reader.id, how="second step")
    signins.hand_over(response, token)
    return response


def _setup_page(reader: Reader, form: SetUpForm, refusal: str | None = None) -> Shown:
    try:
        secret = factors.readable(reader, form.kept.data or "")
    except Refused:
        return redirect(url_for("factors.setup", next=wanted()), 303)
    side, path = factors.qr(factors.address(secret, reader.nip))
    form.code.data = ""
    return render("accounts/second_step_setup.html", form=form, refusal=refusal, side=side, path=path, next=wanted(),
                  typed=" ".join(secret[start:start + 4] for start in range(0, len(secret), 4)), half=signins.half_reader(),
                  passkeys=passkeys.relying_party() is not None)


def _state_page(reader: Reader, form: BothForm | None = None, refusal: str | None = None) -> str:
    return render("accounts/second_step_state.html", ways=queries.factors_of(reader.id), form=form or BothForm(), refusal=refusal,
                  required=signins.must_be_strong(reader.grants))


def _codes_page(codes: list[str]) -> str:
    return render("accounts/recovery_codes.html", codes=codes, next=wanted() or url_for("account.overview"))


@bp.get("/account/recovery-codes/")
@allow(SIGNED_IN)
def recovery_codes() -> Page:
    """How many are left, and the form for new ones."""
    return _recovery_page(BothForm())


@bp.post("/account/recovery-codes/")
@allow(SIGNED_IN)
def renew_recovery_codes() -> Page:
    """Make new ones and show them, once."""
    return _with_both(lambda form: _codes_page(factors.renew_codes(
        current_user, form.password.data, form.code.data, where=request.remote_addr or "")), _recovery_page)


def _recovery_page(form: BothForm, refusal: str | None = None) -> Shown:
    ways = queries.factors_of(current_user.id)
    if not ways.app_since and not ways.codes_left:
        return redirect(url_for("factors.setup"))
    return render("accounts/recovery_state.html", form=form, refusal=refusal, ways=ways)


@bp.get("/account/second-step/off")
@allow(SIGNED_IN)
def off() -> Page:
    """The page to turn it off."""
    return _off_page(BothForm())


@bp.post("/account/second-step/off")
@allow(SIGNED_IN)
def turn_off() -> Page:
    """Turn it off with password and code; other devices are signed out."""
    def done(form: BothForm) -> Response:
        factors.turn_off(current_user, form.password.data, form.code.data, where=request.remote_addr or "")
        flash(_("The second step is off. Other devices have been signed out."), "ok")
        response = redirect(url_for("account.overview"), 303)
        signins.hand_over(response, signins.renew(current_user, proved=True))
        return response

    return _with_both(done, _off_page)


def _off_page(form: BothForm, refusal: str | None = None) -> Shown:
    ways = queries.factors_of(current_user.id)
    if not ways.app_since:
        return redirect(url_for("factors.setup"))
    required = signins.must_be_strong(current_user.grants) and not ways.passkeys
    return render("accounts/second_step_off.html", form=form, refusal=refusal, required=required)


def _with_both(act: Callable[[BothForm], Shown], page: Callable[..., Shown]) -> Page:
    form = BothForm()
    if not form.validate():
        return page(form), 422
    try:
        return act(form)
    except Refused as refused:
        form.code.data = ""
        return page(form, sentence(refused)), 429 if refused.code == "too-many-tries" else 409
