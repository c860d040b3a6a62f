"""Showing again who one is before one changes how one signs in."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from lms.accounts import passwords
from lms.base import throttle
from lms.base.db import db
from lms.base.errors import Refused
from lms.people.models import Person
from lms.web.access import local_address
from lms.web.errors import wants_json

TRIES = 10
WINDOW = timedelta(minutes=15)
P = ParamSpec("P")
R = TypeVar("R")


def check_password(person_id: int, password: str) -> None:
    """Accept the present password of a signed-in person. Raises Refused "password-wrong" or "too-many-tries"."""
    limit = throttle.Limit("password", str(person_id), TRIES, WINDOW)
    throttle.look(limit)
    if not passwords.matches(db.session.scalar(select(Person.password_hash).where(Person.id == person_id)), password):
        throttle.count_tries(limit)
        raise Refused("password-wrong")


def fresh(back: str) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Guard a view, below @allow, against a browser left open: who showed long ago who she is does so again, then comes back.

    `back` is the endpoint to come back to where the request itself cannot be made again.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not current_user.is_authenticated or current_user.is_fresh:
                return view(*args, **kwargs)
            page = url_for("account.confirm", next=local_address() if request.method == "GET" else url_for(back))
            if wants_json():
                return jsonify(error="prove-again", message=_("Show once more who you are."), next=page), 403
            return redirect(page, 303)

        return guarded

    return decorate
