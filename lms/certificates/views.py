"""Pages of certificates: mine, one, its PDF, and verification by anyone."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock, readings, throttle
from lms.base.errors import NotFound, Refused
from lms.certificates import checking, printing, queries, rules, service
from lms.certificates.models import Certificate
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.errors import refuse_to
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("certificates", __name__, template_folder="templates")
UNKNOWN_TRIES, WINDOW = 30, timedelta(minutes=15)
BADGES = {"valid": "ok", "expired": "warn", "revoked": "bad", "superseded": "bad"}


@bp.get("/certificates/")
@allow(SIGNED_IN)
def mine() -> str:
    """My certificates, by year."""
    rows = [(row, _status(row)) for row in queries.of_person(current_user.id)]
    years = sorted({clock.local(row.issued_at).year for row, _state in rows}, reverse=True)
    groups = [(year, [pair for pair in rows if clock.local(pair[0].issued_at).year == year]) for year in years]
    return render("certificates/mine.html", groups=groups, badges=BADGES)


@bp.get("/certificates/<serial>/")
@allow(SIGNED_IN)
def certificate(serial: str) -> str:
    """One certificate; an administrator may revoke it or issue it anew."""
    row = _visible(serial)
    return render("certificates/certificate.html", row=row, status=_status(row), badges=BADGES, holder=queries.holder(row),
                  successor=queries.successor(row))


@bp.get("/certificates/<serial>.pdf")
@allow(SIGNED_IN)
def pdf(serial: str) -> Response:
    """The PDF of a certificate; one that was revoked or superseded is not handed out."""
    row = _visible(serial)
    if _status(row) in {"revoked", "superseded"}:
        return redirect(url_for("certificates.certificate", serial=row.serial))
    path = printing.pdf_of(row)
    name = f"sertifikat-{row.number.replace('/', '-')}.pdf"
    response = send_file(path, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/certificates/<serial>/revoke")
@allow("certificates.manage")
def revoke(serial: str) -> Response:
    """Revoke with a reason, which the verification page shows."""
    try:
        service.revoke(serial, request.form.get("reason", ""))
    except Refused as refused:
        return refuse_to(url_for("certificates.certificate", serial=serial), refused)
    flash(_("The certificate is revoked. Its verification page says so from now on."), "ok")
    return redirect(url_for("certificates.certificate", serial=serial), 303)


@bp.post("/certificates/<serial>/reissue")
@allow("certificates.manage")
def reissue(serial: str) -> Response:
    """Issue anew with the person's corrected name; the old one is superseded."""
    try:
        new = service.reissue(serial, request.form.get("reason", ""))
    except Refused as refused:
        return refuse_to(url_for("certificates.certificate", serial=serial), refused)
    flash(_("A new certificate is issued; the old one is marked as superseded."), "ok")
    return redirect(url_for("certificates.certificate", serial=new), 303)


@bp.get("/verify/")
@allow(ANYONE)
def verify_form() -> str | Response:
    """The form for a code from a certificate."""
    typed = rules.read_serial(request.args.get("code", ""))
    return redirect(url_for("certificates.verify", serial=typed)) if typed else render("certificates/verify_form.html")


@bp.get("/verify/<serial>")
@allow(ANYONE)
def verify(serial: str) -> str | tuple[str, int] | Response:
    """What a certificate is worth now, from its stored snapshot; the code of another paper leads to its own page."""
    row = queries.by_serial(serial)
    return _elsewhere(serial) if row is None else _verdict(row, None)


@bp.post("/verify/<serial>")
@allow(ANYONE)
@limited("30/15 minutes")
def compare(serial: str) -> str | tuple[str, int]:
    """Whether a PDF is the file that was issued."""
    row = queries.by_serial(serial)
    if row is None:
        return _unknown()
    upload = request.files.get("pdf")
    content = upload.read() if upload else b""
    if not content.startswith(b"%PDF-"):
        return _verdict(row, None, wrong_file=True), 422
    return _verdict(row, checking.compare(row.sha256, content))


def _verdict(row: Certificate, comparison: checking.Comparison | None, *, wrong_file: bool = False) -> str:
    return render("certificates/verify.html", row=row, snapshot=row.snapshot, status=_status(row), comparison=comparison,
                  wrong_file=wrong_file, masked=rules.mask_nip(row.snapshot["nip"]), now=clock.now(), **_dates(row))


def _elsewhere(serial: str) -> tuple[str, int] | Response:
    found = next((address for find in current_app.extensions["papers"] if (address := find(serial)) is not None), None)
    return _unknown() if found is None else redirect(found)


def _unknown() -> tuple[str, int]:
    throttle.count_try("verify", request.remote_addr or "", most=UNKNOWN_TRIES, window=WINDOW)
    return render("certificates/unknown.html"), 404


def _dates(row: Certificate) -> dict[str, Any]:
    return {"issued_on": clock.local(row.issued_at).date(), "host": current_app.extensions["settings"].base_url}


def _status(row: Certificate) -> rules.Status:
    return rules.status(on=clock.today(), valid_until=row.valid_until, revoked=row.state == "revoked", superseded=row.state == "superseded")


def _visible(serial: str) -> Certificate:
    row = queries.by_serial(serial)
    if row is None:
        raise NotFound
    own = row.person_id == current_user.id
    if not own and not current_user.may("team.see", unit_path=queries.holder(row).unit_path):
        raise NotFound
    readings.note("certificate", about=row.person_id, scope=f"certificate:{row.id}")
    return row
