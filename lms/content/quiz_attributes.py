"""The attribute group {#id key=value …} that may end a heading, and the id that may end an option."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lms.content.identity import nearest
from lms.questions.source import N_, Problems

ID = re.compile(r"[^\W_][\w-]{0,63}")
_GROUP = re.compile(r"(?:^|\s+)\{([^{}]*)\}$")
_PART = re.compile(r"""#(?P<id>\S*)|(?P<key>[\w-]+)=(?:"(?P<quoted>[^"]*)"|(?P<value>\S*))|(?P<other>\S+)""")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What stood in the braces: an id, values by key, and the words that are neither."""

    id: str | None
    values: Mapping[str, str]
    strange: tuple[str, ...] = ()


def split_attributes(text: str) -> tuple[str, Attributes]:
    """The heading's text without its attribute group, and the group. Braces that hold nothing of ours are text."""
    text = text.strip()
    group = _GROUP.search(text)
    parts = list(_PART.finditer(group.group(1))) if group else []
    if group is None or not any(part["id"] is not None or part["key"] for part in parts):
        return text, Attributes(None, {})
    ids = [part["id"] for part in parts if part["id"] is not None]
    values = {part["key"]: part["value"] if part["quoted"] is None else part["quoted"] for part in parts if part["key"]}
    strange = tuple(part["other"] for part in parts if part["other"])
    return text[: group.start()].rstrip(), Attributes(ids[0] if ids else None, values, strange)


def check_id(id: str | None, line: int, problems: Problems) -> str | None:
    """The id if it can be one."""
    if id is None or ID.fullmatch(id):
        return id
    problems.error(
        line, "bad-id", N_("“%(id)s” cannot be an id."), N_("Use letters, digits and hyphens, such as {#menyapa-warga}."), id=id
    )
    return None


def check_keys(attributes: Attributes, known: tuple[str, ...], elsewhere: tuple[str, ...], line: int, problems: Problems) -> None:
    """Warn of keys that nothing reads here; `elsewhere` are keys that another place or type reads."""
    for word in attributes.strange:
        problems.warning(
            line, "strange-attribute", N_("“%(word)s” in the braces is neither an id nor a key with a value."),
            N_("Write {#id key=value}, or \\{ if the braces are text."), word=word,
        )
    for key in attributes.values:
        if key in elsewhere and key not in known:
            problems.warning(line, "idle-key", N_("The key “%(key)s” does nothing here."), N_("Delete it."), key=key)
        elif key not in known:
            unknown_key(key, known, line, problems)


def unknown_key(key: str, known: tuple[str, ...], line: int, problems: Problems) -> None:
    """Warn of a key that nothing knows, with the one that may have been meant."""
    meant = nearest(key.lower().replace("-", "_"), known)
    message = N_("The key “%(key)s” is not known.")
    if meant:
        problems.warning(line, "unknown-key", message, N_("Did you mean “%(meant)s”?"), key=key, meant=meant)
    else:
        problems.warning(line, "unknown-key", message, N_("Delete it; known here: %(known)s."), key=key, known=", ".join(known))
