"""Browsers in which a person has signed in before, remembered by a sealed cookie of a year.

Such a browser has its own count of wrong tries, so that a stranger's guesses behind the same address cannot lock its owner out
(OWASP calls it a device cookie); and a sign-in in any other is told to the person. The cookie opens nothing.
"""

import json
import secrets
from dataclasses import dataclass

from flask import current_app, request
from werkzeug.wrappers import Response

from lms.base import sealed

YEAR = 31_536_000
PURPOSE = "known browser"
MOST = 20  # people of one shared computer that it keeps apart


@dataclass(frozen=True, slots=True)
class Known:
    """What the cookie says: the browser's own name and who has signed in with it, the latest last."""

    browser: str = ""
    people: tuple[int, ...] = ()


def browser_of(person_id: int | None) -> str | None:
    """The name of this browser, if the person has signed in with it before."""
    found = _read()
    return found.browser if person_id in found.people else None


def remember(response: Response, person_id: int) -> None:
    """Note that the person has signed in with this browser."""
    found = _read()
    people = (*(one for one in found.people if one != person_id), person_id)[-MOST:]
    text = json.dumps([found.browser or secrets.token_hex(8), people], separators=(",", ":"))
    secure = current_app.extensions["settings"].secure
    response.set_cookie(_name(), sealed.seal(text, PURPOSE), max_age=YEAR, httponly=True, samesite="Lax", secure=secure, path="/")


def _name() -> str:
    return "__Host-known" if current_app.extensions["settings"].secure else "known"


def _read() -> Known:
    value = request.cookies.get(_name())
    if not value or len(value) > 1000:
        return Known()
    try:
        browser, people = json.loads(sealed.unseal(value, PURPOSE))
    except sealed.SealBroken:
        return Known()
    return Known(browser, tuple(people))
