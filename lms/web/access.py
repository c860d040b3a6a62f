"""Who may open a page: each view carries exactly one @allow(...); a view without one is refused by a house test."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user

ANYONE = "anyone"
SIGNED_IN = "signed-in"
NEVER_KEPT = frozenset({"csrf_token", "password", "old", "new", "again", "code"})  # secrets are typed again
P = ParamSpec("P")
R = TypeVar("R")


def allow(*roles: str) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Guard a view: `allow(ANYONE)`, `allow(SIGNED_IN)` or the roles that may open it."""

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if ANYONE not in roles:
                if not current_user.is_authenticated:
                    return _to_sign_in()
                if SIGNED_IN not in roles and current_user.role not in roles:
                    abort(403)
            return view(*args, **kwargs)

        guarded.allowed = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in() -> Any:
    if request.method == "POST" and request.form:
        return render_template("web/sign_in_first.html", kept=kept_fields(), action=request.full_path.removesuffix("?")), 401
    return redirect(url_for("people.login", next=local_address()))


def kept_fields() -> list[tuple[str, str]]:
    """What a form held, without its token and passwords, to be sent once more; nothing if it was very much."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    return kept if sum(len(value) for _name, value in kept) < 200_000 else []


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
