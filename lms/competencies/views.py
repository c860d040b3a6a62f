"""Pages for everybody: the dictionary, one competency, and one's own levels."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base.errors import Refused
from lms.competencies import dictionary, queries, service
from lms.competencies.told import about
from lms.web.access import SIGNED_IN, allow
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("competencies", __name__, template_folder="templates", static_folder=None, url_prefix="/competencies")


@bp.get("/")
@allow(SIGNED_IN)
def competencies() -> str:
    """The dictionary, searched."""
    text = request.args.get("q", "").strip()[:100]
    found = dictionary.found(queries.dictionary(), text)
    return render("competencies/competencies.html", text=text, found=found, families=dictionary.FAMILIES)


@bp.get("/dictionary/<string(maxlength=30):competency_code>/")
@allow(SIGNED_IN)
def competency(competency_code: str) -> str:
    """One competency with its levels and indicators."""
    one = queries.competency(competency_code)
    mine = {gap.code: gap for gap in queries.gaps_of(current_user.id)}
    return render("competencies/competency.html", one=one, families=dictionary.FAMILIES, level_names=dictionary.LEVEL_NAMES,
                  mine=mine.get(one.code))


@bp.get("/mine")
@allow(SIGNED_IN)
def mine() -> str:
    """The reader's levels beside what her position requires, why, and what would help."""
    return render("competencies/mine.html", **about(current_user.id))


@bp.post("/evidence/<int(max=2147483647):evidence_id>/remark")
@allow(SIGNED_IN)
def remark(evidence_id: int) -> Response:
    """What the reader says to evidence about herself."""
    try:
        service.remark(evidence_id, request.form.get("remark", "").strip(), by=current_user.id)
    except Refused as refused:
        return refuse_to(url_for("competencies.mine"), refused)
    flash(_("Your remark is saved. Your supervisor sees it too."), "ok")
    return redirect(url_for("competencies.mine", _anchor="evidence"), 303)
