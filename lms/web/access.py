"""Who may open a page: each view carries exactly one @allow(...); a view without one is refused by a house test."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, redirect, request, url_for
from flask_login import current_user

ANYONE = "anyone"
SIGNED_IN = "signed-in"
P = ParamSpec("P")
R = TypeVar("R")


def allow(*roles: str) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Guard a view: `allow(ANYONE)`, `allow(SIGNED_IN)` or the roles that may open it."""

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if ANYONE not in roles:
                if not current_user.is_authenticated:
                    return redirect(url_for("people.login", next=local_address()))
                if SIGNED_IN not in roles and current_user.role not in roles:
                    abort(403)
            return view(*args, **kwargs)

        guarded.allowed = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def local_address() -> str | None:
    """The page to come back to after signing in; None for the start page and for what is not a page."""
    if request.method != "GET" or request.path == "/":
        return None
    return request.full_path.removesuffix("?")


def safe_next(address: str | None) -> str | None:
    """The address if it is a plain path on this site, else None."""
    if not address or len(address) > 500 or not address.startswith("/") or not address.isprintable():
        return None
    return None if address.startswith("//") or "\\" in address else address
