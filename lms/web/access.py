"""Who may open a page: each view carries exactly one @allow(...); a view without one is refused by a house test.

What a permission covers, and who holds it, is said in lms.people.roles; the reader of the request answers `may(...)`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, g, redirect, render_template, request, url_for
from flask_login import current_user

ANYONE = "anyone"
SIGNED_IN = "signed-in"
SETTING_UP = "setting-up"  # signed in, or kept from it until a second factor is set up
NEVER_KEPT = frozenset({"csrf_token", "password", "old", "new", "again", "code"})  # secrets are typed again
P = ParamSpec("P")
R = TypeVar("R")


def allow(*permissions: str) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Guard a view: `allow(ANYONE)`, `allow(SIGNED_IN)` or the permissions of which the reader needs one.

    A view that shows one thing asks again whether the permission covers it: `current_user.may("people.see", unit_path=...)`.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if ANYONE not in permissions:
                if not current_user.is_authenticated:
                    return view(*args, **kwargs) if SETTING_UP in permissions and _sets_up() else _to_sign_in()
                if not {SIGNED_IN, SETTING_UP} & set(permissions):
                    held = next((one for one in permissions if current_user.may(one)), None)
                    if held is None:
                        abort(403)
                    g.acting_for = current_user.stands_in_for(held)
            return view(*args, **kwargs)

        guarded.allowed = frozenset(permissions)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _sets_up() -> bool:
    half = g.get("half_reader")
    return half is not None and half.stage == "enrol"


def _to_sign_in() -> Any:
    if request.method == "POST" and request.form:
        return render_template("web/sign_in_first.html", kept=kept_fields(), action=request.full_path.removesuffix("?")), 401
    return redirect(url_for("accounts.login", next=local_address()))


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
