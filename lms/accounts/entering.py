"""What happens once a person has shown who she is: her sign-in begins on this browser and she goes where she wanted to go."""

from flask import redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import factors, known, signins, traces
from lms.accounts.browsers import read_browser
from lms.accounts.events import AccountChanged
from lms.accounts.signins import Reader
from lms.base.db import publish, transaction
from lms.web.access import safe_next

OWN_NEWS = frozenset({"code", "link"})  # a new password is told by itself


def enter(person_id: int, *, how: str = "password", strong: bool = False, to: str | None = None) -> Response:
    """Sign a person in on this browser and send her where she wanted to go: first to the second step, if she has set one up.

    `how` says by what she showed who she is: "password", "code", "link", "provider" or "passkey"; `strong`, that it was two
    factors in one, as a passkey is, so that no second step is asked for; `to`, the page of ours she wanted
    if the request itself does not say it.
    """
    with transaction():
        if not strong and factors.has_app(person_id):
            token = signins.begin(person_id, how=how, strength="half")
            response = redirect(url_for("factors.second_step", next=to or wanted()), 303)
        else:
            token = signins.begin(person_id, how=how, strength="double" if strong else "single")
            response = redirect(to or wanted() or url_for("home.start"), 303)
            arrive(response, person_id, how=how)
    session.clear()
    signins.hand_over(response, token)
    return response


def finish(reader: Reader) -> Response:
    """The second step is done: the sign-in is whole, under another secret, and leads where she wanted to go."""
    response = redirect(wanted() or url_for("home.start"), 303)
    with transaction():
        token = signins.renew(reader, strength="double", proved=True)
        arrive(response, reader.id, how="second step")
    session.clear()
    signins.hand_over(response, token)
    return response


def arrive(response: Response, person_id: int, *, how: str) -> None:
    """Know this browser from now on; tell the person if it was new. In the caller's transaction."""
    traces.signed_in(person_id, how=how)
    if known.browser_of(person_id) is None and how not in OWN_NEWS:
        publish(AccountChanged(person_id, "new-device", where_from()))
    known.remember(response, person_id)


def where_from() -> str:
    """Browser, system and address of the request, as they stand in a notice."""
    return ", ".join(part for part in (str(read_browser(request.user_agent.string)), request.remote_addr or "") if part)


def wanted() -> str | None:
    """The page to which the reader was on her way, if it is one of ours."""
    return safe_next(request.values.get("next"))


def way_in() -> str:
    """Where somebody belongs who is not signed in, or who is already."""
    half = signins.half_reader()
    if current_user.is_authenticated:
        return wanted() or url_for("home.start")
    if half is None:
        return url_for("accounts.login", next=wanted())
    return url_for("factors.second_step" if half.stage == "second" else "factors.setup", next=wanted())


def person_here() -> Reader:
    """The reader, or who is kept from being one until a second factor is set up."""
    half = signins.half_reader()
    reader: Reader = half.person if half else current_user._get_current_object()
    return reader
