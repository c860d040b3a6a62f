"""Stand-ins: pieces of a text that must pass a step untouched wait as plain words that no author can write."""

from __future__ import annotations

import hashlib
import re
from html import escape

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_HIDE = {ord(mark): chr(0x10FF00 + ord(mark)) for mark in PUNCTUATION}
_SHOW = {ord(hidden): escape(chr(mark)) for mark, hidden in _HIDE.items()}


def hide_marks(text: str) -> str:
    """Text in which no character means anything to a Markdown parser."""
    return text.translate(_HIDE)


def show_marks(html: str) -> str:
    """HTML with the characters hidden by `hide_marks` written out."""
    return html.translate(_SHOW)


class Leaves:
    """The pieces hidden from one text.

    `author` pieces return before sanitising, `own` pieces after it; `plain` says what an own piece reads as in a
    title. The words carry a hash of the text, which the text itself cannot contain.
    """

    def __init__(self, text: str) -> None:
        self._mark = "mc" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        self._author: list[str] = []
        self._own: list[str] = []
        self._plain: dict[str, str] = {}
        self.references = re.compile(self._mark + r"r(\d+)z")

    def author(self, html: str) -> str:
        """A stand-in for inline HTML that will be sanitised."""
        self._author.append(html)
        return f"{self._mark}a{len(self._author) - 1}z"

    def block(self, html: str) -> str:
        """A stand-in for a block of HTML that will be sanitised; it stands alone in its paragraph."""
        self._author.append(html)
        return f"{self._mark}k{len(self._author) - 1}z"

    def own(self, html: str, plain: str = "") -> str:
        """A stand-in for HTML of our own making that no sanitiser touches."""
        self._own.append(html)
        word = f"{self._mark}o{len(self._own) - 1}z"
        self._plain[word] = plain
        return word

    def reference(self, place: int) -> str:
        """A stand-in for the address or picture that reference number `place` leads to."""
        return f"{self._mark}r{place}z"

    def return_author(self, html: str) -> str:
        """HTML with the author's pieces back in their places."""
        mark = self._mark
        html = re.sub(rf"<p>{mark}k(\d+)z</p>", lambda found: self._author[int(found[1])], html)
        return re.sub(rf"{mark}[ak](\d+)z", lambda found: self._author[int(found[1])], html)

    def return_own(self, html: str) -> str:
        """Sanitised HTML with our own pieces in their places; inside an attribute only as plain words."""
        html = re.sub(r'="[^"]*"', self._in_attribute, html)
        return re.sub(rf"{self._mark}o(\d+)z", lambda found: self._own[int(found[1])], html)

    def words(self, text: str) -> str:
        """Text with our own pieces as plain words and without references."""
        return re.sub(rf"{self._mark}o\d+z", lambda found: self._plain[found[0]], self.references.sub("", text))

    def _in_attribute(self, found: re.Match[str]) -> str:
        return re.sub(rf"{self._mark}o\d+z", lambda word: escape(self._plain[word[0]]), found[0])
