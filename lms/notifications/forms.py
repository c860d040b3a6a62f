"""What the page of preferences sends."""

from typing import Any

from werkzeug.datastructures import MultiDict

from lms.notifications.kinds import KINDS
from lms.notifications.rules import Channel
from lms.web.layout import LANGUAGES

CHANNELS: tuple[Channel, ...] = ("now", "digest", "off")


def wishes(sent: "MultiDict[str, Any]") -> dict[str, Channel]:
    """The channel of each kind that may be chosen; one that was not sent, or is none, is the kind's default."""
    return {name: _channel(sent.get(f"channel-{name}", ""), kind.default) for name, kind in KINDS.items() if not kind.mandatory}


def _channel(sent: str, default: Channel) -> Channel:
    return next((channel for channel in CHANNELS if channel == sent), default)


def language(sent: "MultiDict[str, Any]") -> str:
    """The language of mail, "" for the installation's."""
    chosen: str = sent.get("language", "")
    return chosen if chosen in LANGUAGES else ""
