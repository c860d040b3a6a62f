"""The start page and the pages that show several rooms."""

from flask import Blueprint
from flask_login import current_user

from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.content import catalog
from lms.web.pages import render

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/healthz")
@allow(ANYONE)
def healthz() -> tuple[dict[str, object], int]:
    """Whether this process serves: the database answers and content is loaded."""
    from sqlalchemy import text

    from lms.base.db import db

    db.session.execute(text("SELECT 1"))
    return {"status": "ok", "modules": len(catalog().modules)}, 200


@bp.get("/")
@allow(SIGNED_IN)
def start() -> str:
    """What the reader does next, her hours, her modules."""
    return render("home/start.html", name=current_user.name)


@bp.get("/content/")
@allow("trainer", "admin")
def content_mistakes() -> str:
    """Mistakes in the content, with where and what to write instead."""
    return render("home/content_mistakes.html", found=catalog().mistakes)
