"""What the layout of every page needs: navigation, language, formats of numbers and dates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from gettext import NullTranslations

from flask import Flask, current_app, g, request
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from lms.base import clock, words
from lms.web.content import catalog

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `label` is an English msgid, `permission` is what its page needs, None if nothing.

    `hint` says in a sentence what the page is for; the page Administration shows it.
    """

    endpoint: str
    icon: str
    label: str
    permission: str | None = None
    hint: str = ""


def language() -> str:
    """The reader's language: her choice in a cookie, else the installation's."""
    chosen = request.cookies.get("lang")
    return chosen if chosen in LANGUAGES else current_app.extensions["settings"].language


def register(app: Flask, places: tuple[Place, ...]) -> None:
    """Give the templates of the app what the layout needs."""
    settings = app.extensions["settings"]
    Babel(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(_=_said, gettext=_said)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=in_language(words.number), date=in_language(words.long_date), time=in_language(words.moment),
        short_date=in_language(words.short_date), percent=in_language(words.percent), clock_time=in_language(words.clock_time),
        size=in_language(words.size), nip=words.grouped_nip, initials=words.initials,
    )
    app.jinja_env.globals.update(settings=settings, navigation=lambda: places_for(places), mistakes=mistakes, today=clock.today,
                                 endpoints=app.view_functions)

    @app.context_processor
    def reader() -> dict[str, object]:
        return {"reader": current_user, "lang": str(get_locale())}


@pass_eval_context
def _said(eval_context: EvalContext, msgid: str, **values: object) -> str:
    """A sentence with its values, as Jinja's own gettext gives it, which looks itself up by name each time: a quiz has two hundred."""
    text = _translations().gettext(msgid)
    if eval_context.autoescape:
        text = Markup(text)  # noqa: S704 - sentences are ours; their values are escaped by %
    return text % values if "%" in text else text


def _gettext(msgid: str) -> str:
    return _translations().gettext(msgid)


def _ngettext(singular: str, plural: str, count: int) -> str:
    return _translations().ngettext(singular, plural, count)


def _translations() -> NullTranslations:
    """The reader's catalogue, looked up once a request: a page has some forty sentences."""
    if "translations" not in g:
        g.translations = get_translations()
    found: NullTranslations = g.translations
    return found


def places_for(places: tuple[Place, ...]) -> list[Place]:
    """The reader's navigation, in order."""
    return [place for place in places if place.permission is None or current_user.may(place.permission)]


def mistakes() -> int:
    """How many errors of content trainers and admins should know about."""
    return sum(1 for mistake in catalog().mistakes if mistake.level == "error")


Value = date | datetime | Decimal | Fraction | int | float | str


def in_language(write: Callable[..., str]) -> Callable[..., str]:
    """A template filter that writes in the reader's language."""

    def filtered(value: Value, *args: object) -> str:
        return write(value, *args, language=str(get_locale()))

    return filtered

