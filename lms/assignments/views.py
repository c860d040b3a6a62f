"""The page of what is assigned to oneself."""

from flask import Blueprint
from flask_login import current_user

from lms.assignments import labels, queries, rules
from lms.web.access import SIGNED_IN, allow
from lms.web.pages import render

bp = Blueprint("assignments", __name__, template_folder="templates")


@bp.get("/assignments/")
@allow(SIGNED_IN)
def mine() -> str:
    """What is assigned to me, and how I stand."""
    found = queries.mine(current_user.id)
    return render("assignments/mine.html", to_do=[one for one in found if one.standing.state in rules.OPEN],
                  others=[one for one in found if one.standing.state not in rules.OPEN], labels=labels)
