"""A mail as it goes out: text and HTML made from the same words, headers that no name can break."""

import secrets
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from flask import current_app
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lms.base import clock
from lms.config import MAIL_ADDRESS
from lms.notifications.kinds import DIGEST, KINDS
from lms.notifications.rules import one_line
from lms.notifications.wording import Values, address_of, in_language, said, unsealed

MOST_SHOWN = 30  # notices in one digest; the rest is counted


class Unsendable(ValueError):
    """A mail that can never be sent; the message is the code of its reason."""


@dataclass(frozen=True, slots=True)
class Item:
    """One notice of a digest."""

    text: str
    action: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one mail in one language; `address` and those of the items are whole, `settings` leads to the preferences."""

    language: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    items: tuple[Item, ...]
    action: str
    address: str
    after: tuple[str, ...]
    footer: tuple[str, ...]
    settings: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail to write: for whom, of what kind, under which key and Message-ID."""

    kind: str
    values: Values
    key: str
    message_id: str
    name: str
    address: str
    language: str


def message(one: Envelope) -> EmailMessage:
    """The whole message. Raises Unsendable for an address that is none, a kind that is no more, or values that do not fit it."""
    if not MAIL_ADDRESS.fullmatch(one.address):
        raise Unsendable("address-odd")
    with in_language(one.language):
        letter = worded(one)
        return _message(one, letter)


def worded(one: Envelope) -> Letter:
    """The words of a mail, in the present language. Raises Unsendable."""
    kind = KINDS.get(one.kind)
    if one.kind == DIGEST:
        return _digest(one)
    if kind is None:
        raise Unsendable("kind-gone")
    try:
        words = said(kind, one.values)
        link = unsealed(kind, one.values, one.key)
    except (KeyError, ValueError, TypeError, LookupError) as error:  # values of another version, or a seal whose key is gone
        raise Unsendable("broken") from error
    return Letter(
        language=str(get_locale()), subject=words.subject, greeting=_greeting(one.name), paragraphs=words.paragraphs, items=(),
        action=words.action, address=link or whole(words.path), after=(), footer=_footer(mandatory=kind.mandatory),
        settings="" if kind.mandatory else _settings_page(),
    )


def _digest(one: Envelope) -> Letter:
    told = [row for row in one.values["notices"] if row["kind"] in KINDS]
    if not told:
        raise Unsendable("kind-gone")
    ordered = sorted(told, key=lambda row: list(KINDS).index(row["kind"]))
    items = tuple(_item(row) for row in ordered[:MOST_SHOWN])
    count = len(told) + int(one.values["more"])
    return Letter(
        language=str(get_locale()), subject=ngettext("%(num)s notice from Simpul Belajar", "%(num)s notices from Simpul Belajar", count),
        greeting=_greeting(one.name), paragraphs=(_("This is new since your last digest:"),), items=items,
        action=_("All notices"), address=whole(address_of("notices.mine")),
        after=(_("%(count)s more are on your page of notices.", count=count - len(items)),) if count > len(items) else (),
        footer=_footer(mandatory=False), settings=_settings_page(),
    )


def _item(row: Values) -> Item:
    words = said(KINDS[row["kind"]], row["values"])
    return Item(words.sentence, words.action, whole(words.path))


def _greeting(name: str) -> str:
    return str(_("Dear %(name)s,", name=one_line(name)))


def _footer(*, mandatory: bool) -> tuple[str, ...]:
    settings = current_app.extensions["settings"]
    sender = f"Simpul Belajar · {settings.unit}, {settings.agency}"
    no_reply = _("This mail was sent by a program; nobody reads answers to it.")
    return (sender, no_reply, _("It is about the safety of your account and is always sent.")) if mandatory else (sender, no_reply)


def _settings_page() -> str:
    return whole(address_of("notices.preferences"))


def whole(path: str) -> str:
    """The public address of a page."""
    return f"{current_app.extensions['settings'].base_url}{path}"


def text_of(letter: Letter) -> str:
    """The text part; complete by itself."""
    items = tuple(f"- {item.text}\n  {item.address}" for item in letter.items)
    settings = (f"{_('Choose what you are mailed:')}\n{letter.settings}",) if letter.settings else ()
    parts = (letter.greeting, *letter.paragraphs, *items, *letter.after, f"{letter.action}:\n{letter.address}",
             "\n".join(("-- ", *letter.footer)), *settings)
    return "\n\n".join(parts) + "\n"


def html_of(letter: Letter) -> str:
    """The HTML part, from the same words; nothing in it is fetched from anywhere."""
    settings = current_app.extensions["settings"]
    return current_app.jinja_env.get_template("notifications/mail.html").render(
        letter=letter, agency=settings.agency, choose=_("Choose what you are mailed:").rstrip(":"))


def _message(one: Envelope, letter: Letter) -> EmailMessage:
    settings = current_app.extensions["settings"]
    found = EmailMessage(policy=SMTP)
    found["From"] = Address(one_line(f"Simpul Belajar {settings.agency}"), addr_spec=settings.mail_from)
    found["To"] = Address(one_line(one.name), addr_spec=one.address)
    found["Subject"] = one_line(letter.subject)
    found["Date"] = format_datetime(clock.local(clock.now()))
    found["Message-ID"] = f"<{one.message_id}>"
    found["Auto-Submitted"] = "auto-generated"
    found["X-Auto-Response-Suppress"] = "All"
    if letter.settings:
        found["List-Unsubscribe"] = f"<{letter.settings}>"
    found.set_content(text_of(letter), cte="quoted-printable")
    found.add_alternative(html_of(letter), subtype="html", cte="quoted-printable")
    found["Content-Language"] = letter.language  # not earlier: giving a message its content drops all headers of this name
    return found


def test_message(address: str) -> EmailMessage:
    """A mail that shows that mail works. Raises Unsendable for an address that is none."""
    settings = current_app.extensions["settings"]
    if not MAIL_ADDRESS.fullmatch(address):
        raise Unsendable("address-odd")
    with in_language(settings.language):
        letter = Letter(
            language=settings.language, subject=_("Test: mail from Simpul Belajar works"), greeting=_greeting(address),
            paragraphs=(_("If you can read this, the mail server takes mail from this installation."),), items=(),
            action=_("To the start page"), address=whole("/"), after=(), footer=_footer(mandatory=False), settings="",
        )
        message_id = f"{secrets.token_hex(16)}@{settings.mail_from.rpartition('@')[2]}"
        own = Envelope("", {}, "", message_id, address, address, settings.language)
        return _message(own, letter)
