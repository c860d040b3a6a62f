"""Links, pictures and players of a text: what the author wrote and where it stands, resolved later by `links`."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from lms.content.arrange import Arranger

Kind = Literal["anchor", "page", "picture", "player"]
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
IGNORED_IN_SCHEME = re.compile("[\x00-\x20\x7f\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff\ufffd]")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
HOST = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A path that the author wrote. `alone`: a picture that is the whole of its paragraph; `line` counts from 0 in the text."""

    kind: Kind
    target: str
    line: int
    alt: str | None = None
    caption: str = ""
    alone: bool = False


def link_of(element: ET.Element, target: str, line: int, arranger: Arranger) -> None:
    """Give a link its address: a stand-in for a path, the address itself for another site, none for what is not allowed."""
    bare = IGNORED_IN_SCHEME.sub("", target)
    if SCHEME.match(bare) or bare.startswith(("//", "\\")):
        _foreign(element, bare, line, arranger)
        return
    element.attrib.pop("class", None)
    element.set("href", arranger.reference(Reference("page", target, line)))


def _foreign(element: ET.Element, target: str, line: int, arranger: Arranger) -> None:
    scheme, host = _scheme_and_host(target)
    if scheme == "mailto":
        element.set("href", target)
    elif scheme in ("http", "https") and host:
        element.set("href", target)
        element.set("rel", "noopener noreferrer")
        _show_host(element, host, arranger.words_of(element))
    else:
        arranger.problems.note("bad-link", line, url=target[:80])
        element.tag = "span"
        element.set("class", "gone")


def _scheme_and_host(target: str) -> tuple[str, str]:
    try:
        parts = urlsplit(target)
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return "", ""


def _show_host(element: ET.Element, host: str, words: str) -> None:
    """Say where a link leads when its words could deceive: another host's name, letters of other scripts, reversed text."""
    claimed = HOST.fullmatch(words.strip())
    strange = BIDI.search(words) or not host.isascii() or "xn--" in host
    if not strange and (claimed is None or _same_host(claimed[1], host)):
        return
    shown = ET.SubElement(element, "span", {"class": "foreign"})
    shown.text = f" ({_plain_host(host)})"
    for part in element.iter():
        part.text = BIDI.sub("", part.text or "")
        part.tail = part.tail if part is element else BIDI.sub("", part.tail or "")


def _same_host(one: str, other: str) -> bool:
    return one.lower().removeprefix("www.") == other.lower().removeprefix("www.")


def _plain_host(host: str) -> str:
    try:
        return unicodedata.normalize("NFKC", host).encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()


def media_of(element: ET.Element, arranger: Arranger, *, alone: bool) -> str:
    """Note a picture, player or frame; the stand-in for it."""
    target = (element.get("src") or element.get("data") or _first_source(element) or "").strip()
    line = int(element.get("data-line") or 0)
    alt = element.get("alt") if element.tag == "img" else (element.get("title") or arranger.words_of(element))
    caption = element.get("title") or "" if element.tag == "img" else ""
    kind: Kind = "picture" if element.tag == "img" else "player"
    return arranger.reference(Reference(kind, target, line, alt, caption, alone))


def _first_source(element: ET.Element) -> str | None:
    source = element.find("source")
    return source.get("src") if source is not None else None
