"""What may reach a reader's browser. One allow-list feeds bleach and then nh3.

bleach has announced its last release, so nh3 decides; both get the same list. Pictures, players, formulas, icons and
scroll regions are of our own making and come after this step; authors cannot write them.
"""

from __future__ import annotations

import re

import bleach
import nh3

from lms.content.highlight import CLASSES

TAGS = frozenset([
    "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details",
    "dfn", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul", "var", "wbr",
])
ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"id", "class", "lang", "dir", "title"}),
    "a": frozenset({"href", "rel"}),
    "ol": frozenset({"start", "type", "reversed"}), "li": frozenset({"value"}),
    "th": frozenset({"colspan", "rowspan", "scope", "align", "headers"}), "td": frozenset({"colspan", "rowspan", "align", "headers"}),
    "col": frozenset({"span"}), "colgroup": frozenset({"span"}),
    "details": frozenset({"open"}), "time": frozenset({"datetime"}), "del": frozenset({"datetime"}), "ins": frozenset({"datetime"}),
    "p": frozenset({"align"}), "div": frozenset({"align"}), **{f"h{level}": frozenset({"align"}) for level in range(2, 7)},
}
SCHEMES = frozenset({"http", "https", "mailto"})
OWN_CLASSES = frozenset([
    "note", "ok", "warn", "bad", "title", "footnote", "footnote-ref", "footnote-backref", "gone", "foreign", "stand-in",
])
ALLOWED_CLASSES = CLASSES | OWN_CLASSES
ID = re.compile(r"mc-[\w:.-]{1,200}")
# The tidying pass keeps what `arrange` must see (pictures, players, frames, check boxes); the list above follows it.
SEEN = TAGS | frozenset([
    "img", "video", "audio", "source", "embed", "object", "h1", "figure", "figcaption", "input", "center", "section",
])


def sanitise(html: str) -> str:
    """HTML in which nothing runs, nothing loads and nothing poses as the page around it."""
    return _nh3(_bleach(html))


def only_bleach(html: str) -> str:
    """The first half alone, for the test that holds each sanitiser to the same promise."""
    return _bleach(html)


def only_nh3(html: str) -> str:
    """The second half alone."""
    return _nh3(html)


def tidy(html: str) -> str:
    """Well-formed HTML of tag soup as a browser would read it; not yet safe to show."""
    return nh3.clean(
        html, tags=set(SEEN), attributes={tag: set(names) for tag, names in _SEEN_ATTRIBUTES.items()}, link_rel=None,
        url_schemes=_ANY_SCHEME, strip_comments=True,
    )


def allowed(tag: str, name: str, value: str) -> str | None:
    """The attribute's value as it may be served, or None when it may not."""
    if name not in ATTRIBUTES["*"] and name not in ATTRIBUTES.get(tag, ()):
        return None
    if name == "id":
        return value if ID.fullmatch(value) else None
    if name == "class":
        return " ".join(word for word in value.split() if word in ALLOWED_CLASSES) or None
    return value


def _bleach(html: str) -> str:
    return bleach.clean(html, tags=TAGS, attributes=_keep, protocols=SCHEMES, strip=True, strip_comments=True)


def _keep(tag: str, name: str, value: str) -> bool:
    kept = allowed(tag, name, value)
    return kept == value or (name == "class" and kept is not None)


def _nh3(html: str) -> str:
    return nh3.clean(
        html, tags=set(TAGS), attributes={tag: set(names) for tag, names in ATTRIBUTES.items()}, attribute_filter=allowed,
        url_schemes=set(SCHEMES), link_rel=None, strip_comments=True,
    )


_SEEN_ATTRIBUTES: dict[str, frozenset[str]] = {
    **ATTRIBUTES,
    "*": ATTRIBUTES["*"] | {"data-line"},
    "a": frozenset({"href", "name"}), "img": frozenset({"src", "alt", "width", "height"}), "video": frozenset({"src"}),
    "audio": frozenset({"src"}), "source": frozenset({"src"}), "embed": frozenset({"src"}),
    "object": frozenset({"data"}), "input": frozenset({"type", "checked"}), "h1": frozenset({"align"}),
}
_ANY_SCHEME = {"http", "https", "mailto", "data", "javascript", "vbscript", "file", "ftp", "tel"}
