"""Error pages and the sentences of refusals."""

import errno
import logging
from datetime import date, datetime

from flask import Flask, Response, flash, g, jsonify, make_response, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from lms.base import asking, words
from lms.base.db import db
from lms.base.errors import NotFound, Refused
from lms.web.access import kept_fields
from lms.web.refusals import SENTENCES

log = logging.getLogger(__name__)
COLLIDED = {"40001", "40P01"}  # PostgreSQL: two transactions stood in each other's way, one was taken back
TRIES = 3
PARTS = ("web/error.html", "base.html", "web/macros.html", "web/masthead.html", "web/public_head.html", "web/messages.html",
         "web/foot.html")
STATUS = {"too-many-tries": 429, "too-large": 413}


def sentence(refused: Refused) -> str:
    """What happened and what to do, in the reader's language."""
    language = str(get_locale())
    values = {name: _written(value, language) for name, value in refused.detail.items()}
    return str(_(SENTENCES[refused.code], **values))


def _written(value: object, language: str) -> object:
    if isinstance(value, datetime):
        return words.moment(value, language=language)
    return words.long_date(value, language=language) if isinstance(value, date) else value


def wants_json() -> bool:
    """Whether the asker is a script of ours rather than a person's browser."""
    return request.accept_mimetypes.best == "application/json"


def page(status: int, *, message: str | None = None, reference: str | None = None) -> tuple[str | Response, int]:
    """The error page of a status, or its JSON twin."""
    if wants_json():
        return jsonify(error=status, message=message), status
    return render_template("web/error.html", status=status, message=message, reference=reference), status


def register(app: Flask) -> None:
    """Give the app its error pages; their templates are read now, for later there may be no file to spare."""
    for name in PARTS:
        app.jinja_env.get_template(name)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> AnyResponse | tuple[str | Response, int]:
        if error.code is None or error.code < 400:
            return error.get_response()
        known = error.code if error.code in {403, 404, 405, 413, 429} else 400 if error.code < 500 else 500
        return page(known)[0], error.code

    @app.errorhandler(NotFound)
    def missing(error: NotFound) -> tuple[str | Response, int]:
        return page(404)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[str | Response, int]:
        return page(STATUS.get(error.code, 409), message=sentence(error))

    @app.errorhandler(CSRFError)
    def expired_form(error: CSRFError) -> AnyResponse | tuple[str | Response, int]:
        if wants_json():
            message = _("This form is too old. Load the page again, then send it once more.")
            return jsonify(error="form-expired", message=message, token=generate_csrf()), 400
        return keep_form(error)

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> tuple[str | Response, int] | AnyResponse:
        if getattr(error.orig, "sqlstate", None) in COLLIDED and g.setdefault("collisions", 0) < TRIES:
            g.collisions += 1
            db.session.rollback()
            return app.full_dispatch_request()  # nothing of the try before was written
        log.error("database: %s", error)
        return _later()

    @app.errorhandler(OSError)
    def full(error: OSError) -> tuple[str | Response, int] | AnyResponse:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE}:
            return crash(error)
        log.error("the machine has no room: %s", error)
        return _later()

    @app.errorhandler(Exception)
    def crash(error: Exception) -> tuple[str | Response, int]:
        db.session.rollback()  # PostgreSQL answers nothing more in a transaction that failed, and the page asks who reads it
        reference = asking.request_id()
        # The rule and not the address: a one-time link is a secret.
        log.exception("request %s %s %r", reference, request.method, str(request.url_rule or request.path))
        return page(500, reference=reference)


def _later() -> Response:
    db.session.rollback()
    response = make_response(page(503))
    response.headers["Retry-After"] = "5"
    return response


def keep_form(error: CSRFError) -> tuple[str | Response, int]:
    """A page that shows what was typed and sends it again with a fresh token: nothing is lost."""
    return render_template("web/expired_form.html", kept=kept_fields(), action=request.full_path.removesuffix("?")), 400


def refuse_to(address: str, refused: Refused) -> AnyResponse:
    """Go to a page that shows the refusal as a message."""
    flash(sentence(refused), "bad")
    return redirect(address, 303)
