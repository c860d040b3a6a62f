"""What a notice says: its kind's sentences with its values, in one language; and what its values look like in the database."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from lms.base import sealed, words
from lms.notifications.kinds import CHANGES, KINDS, OTHER_CHANGE, How, Kind
from lms.notifications.rules import one_line

Values = Mapping[str, Any]
PLACEHOLDER = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True, slots=True)
class Said:
    """One notice in words; `path` is where it leads to on this site."""

    subject: str
    sentence: str
    paragraphs: tuple[str, ...]
    action: str
    path: str


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Everything within is worded in this language, whatever the reader of the request has chosen."""
    with force_locale(language):
        yield


def said(kind: Kind, values: Values) -> Said:
    """The notice in the present language. Values are put in as they are: nothing in them is taken for a placeholder or for markup."""
    settings = current_app.extensions["settings"]
    shown = {name: _shown(how, values.get(name)) for name, how in kind.values.items() if how != "secret"}
    shown |= {"agency": settings.agency, "unit": settings.unit}
    paragraphs = tuple(_(paragraph, **shown) for paragraph in kind.paragraphs if _has_values(paragraph, shown))
    return Said(one_line(_(kind.subject, **shown)), _(kind.sentence, **shown), paragraphs, _(kind.action), path(kind, values))


def _has_values(paragraph: str, shown: Mapping[str, str]) -> bool:
    return all(shown[name] for name in PLACEHOLDER.findall(paragraph))


def path(kind: Kind, values: Values) -> str:
    """Where the notice leads to on this site; also outside of a request."""
    endpoint, arguments = kind.link
    return address_of(endpoint, **{name: values[value] for name, value in arguments.items()})


def address_of(endpoint: str, **arguments: Any) -> str:
    """The path of a page; also outside of a request."""
    found: str = current_app.url_map.bind("localhost").build(endpoint, arguments)
    return found


def _shown(how: How, value: Any) -> str:
    language = str(get_locale())
    if value is None:
        return ""
    if how == "date":
        return words.long_date(date.fromisoformat(value), language=language)
    if how == "moment":
        return words.moment(datetime.fromisoformat(value), language=language)
    if how == "change":
        return str(_(CHANGES.get(value, OTHER_CHANGE)))
    return one_line(str(value))


def kept(name: str, values: Values) -> dict[str, Any]:
    """The values as a row keeps them. Raises ValueError if they are not those that the kind names."""
    kind = KINDS[name]
    if set(values) != set(kind.values):
        raise ValueError(f"{name} takes {sorted(kind.values)}, not {sorted(values)}")
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.replace("\0", "") if isinstance(value, str) else value


def with_seal(name: str, values: Values, key: str) -> dict[str, Any]:
    """The values with what is secret in them sealed for the mail of this key."""
    secret = KINDS[name].secret
    return {**values, secret: sealed.seal(str(values[secret]), _purpose(key))} if secret else dict(values)


def unsealed(kind: Kind, values: Values, key: str) -> str | None:
    """The secret of a waiting mail; None if the kind has none. Raises SealBroken."""
    return sealed.unseal(str(values.get(kind.secret) or ""), _purpose(key)) if kind.secret else None


def _purpose(key: str) -> str:
    return f"mail:{key}"


def wiped(kind: Kind | None, values: Values) -> dict[str, Any]:
    """The values without what is secret in them; of an unknown kind nothing stays."""
    return {name: value for name, value in values.items() if name != kind.secret} if kind else {}
