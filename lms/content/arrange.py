"""Arranges a text's tree before it is sanitised: headings, anchors, links, pictures, callouts, check boxes.

What authors may not write themselves (icons, pictures, players) becomes a stand-in here and returns after sanitising.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.content.catalog import Heading
from lms.content.identity import anchor
from lms.content.labels import Labels
from lms.content.leaves import Leaves
from lms.content.problems import Problems
from lms.content.references import Reference, link_of, media_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CALLOUT = re.compile(r"\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)?", re.IGNORECASE)
LOOKS = {
    "note": ("", "info"), "tip": ("ok", "bulb"), "important": ("warn", "alert"), "warning": ("warn", "alert"), "caution": ("bad", "ban"),
}
EMBEDS = ("img", "video", "audio", "embed", "object")


@dataclass(slots=True)
class Arranged:
    """What the tree tells about the text."""

    title: str | None = None
    headings: list[Heading] = field(default_factory=list)
    anchors: dict[str, None] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)


class Arranger:
    """Arranges one tree. `prefix` begins every id; `top` is the level of the highest heading."""

    def __init__(self, root: ET.Element, leaves: Leaves, labels: Labels, problems: Problems, *, prefix: str, top: int) -> None:
        self._root = root
        self._leaves = leaves
        self._labels = labels
        self._problems = problems
        self._prefix = prefix
        self._top = top
        self._made = Arranged()
        self._renamed: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def arrange(self, title: str | None, *, titled: bool) -> Arranged:
        """Change the tree in place. A heading that is the page's title goes out of the text."""
        if titled:
            self._take_title(title)
        self._headings()
        self._ids()
        self._embeds(self._root)
        self._links()
        for element in list(self._root.iter()):
            self._own_elements(element)
            _drop_empty(element)
        return self._made

    def words_of(self, element: ET.Element) -> str:
        """The visible words in an element."""
        return " ".join(self._leaves.words("".join(element.itertext())).split())

    def _take_title(self, title: str | None) -> None:
        for parent, place, element in _places(self._root, ("h1",)):
            words = self.words_of(element)
            if words and (title is None or _same(title, words)):
                self._made.title = words
                _replace(parent, parent[place], "")
            if words:
                return

    def _headings(self) -> None:
        """Levels without gaps, beginning at `top`; anchors as Git hosts make them."""
        open_levels: list[int] = []
        for parent, _, element in list(_places(self._root, HEADINGS)):
            if not len(element) and not (element.text or "").strip():
                _replace(parent, element, "")
        for element in [found for found in self._root.iter() if found.tag in HEADINGS]:
            written = int(element.tag[1])
            while open_levels and open_levels[-1] >= written:
                open_levels.pop()
            open_levels.append(written)
            level = min(self._top + len(open_levels) - 1, 6)
            element.tag = f"h{level}"
            words = self.words_of(element)
            element.set("id", element.get("id") or anchor(words) or "section")
            self._unique(element)
            if level <= 3 and words:
                self._made.headings.append(Heading(element.get("id", ""), words, level))

    def _unique(self, element: ET.Element) -> None:
        """A second heading of the same name ends in -1, as on Git hosts."""
        raw = re.sub(r"[^\w:.-]+", "-", element.get("id", ""))[:150]
        name = raw
        while self._prefix + name in self._made.anchors:
            self._counts[raw] = self._counts.get(raw, 0) + 1
            name = f"{raw}-{self._counts[raw]}"
        element.set("id", self._prefix + name)
        self._renamed.setdefault(raw, self._prefix + name)
        self._made.anchors[self._prefix + name] = None

    def _ids(self) -> None:
        for element in self._root.iter():
            name = element.attrib.pop("name", None) if element.tag == "a" else None
            if element.tag not in HEADINGS and (name or element.get("id")):
                element.set("id", element.get("id") or name or "")
                self._unique(element)

    def _links(self) -> None:
        for element in self._root.iter("a"):
            if "href" not in element.attrib:
                continue
            line = int(element.attrib.pop("data-line", 0))
            target = element.attrib.pop("href").strip()
            if target.startswith("#"):
                self._jump(element, target[1:], line)
            else:
                link_of(element, target, line, self)

    def _jump(self, element: ET.Element, fragment: str, line: int) -> None:
        found = self._renamed.get(fragment) or self._renamed.get(anchor(fragment))
        if found or not fragment:
            element.set("href", "#" + (found or ""))
        elif element.get("class") != "footnote-backref":
            element.set("href", self.reference(Reference("anchor", fragment, line)))

    def _embeds(self, parent: ET.Element) -> None:
        """Pictures and players become references; one alone in its paragraph becomes a figure."""
        for element in list(parent):
            if element.tag in EMBEDS:
                word = media_of(element, self, alone=False)
                _replace(parent, element, word)
            elif element.tag == "input":
                _replace(parent, element, self._box(element))
            elif element.tag == "p" and (only := _only_embed(element)) is not None:
                word = media_of(only, self, alone=True)
                _replace(parent, element, word)
            else:
                self._embeds(element)

    def reference(self, found: Reference) -> str:
        """Note a reference; the stand-in for where it leads."""
        self._made.references.append(found)
        return self._leaves.reference(len(self._made.references) - 1)

    @property
    def problems(self) -> Problems:
        """Where mistakes go."""
        return self._problems

    def _own_elements(self, element: ET.Element) -> None:
        if element.tag == "blockquote":
            self._callout(element)
        elif element.tag == "thead":
            for cell in element.iter("th"):
                cell.attrib.setdefault("scope", "col")
        elif element.tag == "a" and element.get("class") == "footnote-backref":
            number = re.sub(r"\D", "", element.get("title") or "") or "1"
            element.set("title", self._labels["back"] % {"n": number})

    def _callout(self, quote: ET.Element) -> None:
        first = quote[0] if len(quote) else None
        found = CALLOUT.match(first.text or "") if first is not None and first.tag == "p" else None
        if first is None or found is None:
            return
        kind = found[1].lower()
        look, icon = LOOKS[kind]
        first.text = (first.text or "")[found.end():]
        quote.tag = "div"
        quote.attrib.clear()
        quote.set("class", f"note {look}".strip())
        quote.text = self._leaves.own(f'<svg class="i" aria-hidden="true"><use href="/static/icons.svg#i-{icon}"/></svg>')
        title = ET.Element("p", {"class": "title"})
        title.text, title.tail = self._labels[kind], "\n"
        if not len(first) and not first.text.strip():
            quote.remove(first)
        quote.insert(0, title)

    def _box(self, box: ET.Element) -> str:
        state, sign = ("done", "☑") if "checked" in box.attrib else ("to-do", "☐")
        return self._leaves.own(f'<span class="task" role="img" aria-label="{self._labels[state]}">{sign}</span>')


def _places(root: ET.Element, tags: tuple[str, ...]) -> Iterator[tuple[ET.Element, int, ET.Element]]:
    for parent in root.iter():
        for place, element in enumerate(parent):
            if element.tag in tags:
                yield parent, place, element


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _drop_empty(parent: ET.Element) -> None:
    """Take out paragraphs that only held a place, and the way back from a footnote that nothing leads to."""
    for element in list(parent):
        idle = element.tag == "p" and not len(element) and not (element.text or "").strip()
        lost = element.tag == "a" and element.get("class") == "footnote-backref" and "href" not in element.attrib
        if idle or lost:
            _replace(parent, element, "")


def _replace(parent: ET.Element, element: ET.Element, word: str) -> None:
    """Put a word where an element stood, with the text that followed it."""
    place = list(parent).index(element)
    text = word + (element.tail or "")
    parent.remove(element)
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _only_embed(paragraph: ET.Element) -> ET.Element | None:
    if len(paragraph) != 1 or (paragraph.text or "").strip() or (paragraph[0].tail or "").strip():
        return None
    return paragraph[0] if paragraph[0].tag in EMBEDS else None
