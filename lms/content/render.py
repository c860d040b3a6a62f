"""One text from Markdown to clean HTML. Runs in a child process: see `child`."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

import markdown
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from pymdownx.betterem import BetterEmExtension
from pymdownx.tilde import DeleteSubExtension

from lms.content.arrange import Arranger
from lms.content.cache import digest
from lms.content.catalog import Heading, Mistake
from lms.content.dress import dress
from lms.content.files import CONTROL
from lms.content.labels import Labels
from lms.content.leaves import Leaves, show_marks
from lms.content.normalise import normalise
from lms.content.problems import Problems
from lms.content.references import Reference
from lms.content.sanitise import sanitise, tidy

RENDERER_VERSION = "2"
DEEPEST = 200
WORD = re.compile(r"\w+")
LEAD = 200


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rendered text. Where the html has `\\x02n\\x03`, reference number n is put in by `links`."""

    html: str
    title: str | None
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    words: int = 0
    lead: str = ""
    mistakes: tuple[Mistake, ...] = field(default=())


def compile_page(text: str, file: str, first_line: int, labels: Labels, title: str | None) -> Compiled:
    """A lesson or an introduction. The heading equal to `title`, or the first when title is None, is taken out.

    Raises Unreadable, with the located mistake, for a text that cannot be served.
    """
    return _compile(text, labels, Problems(file, first_line), title=title, titled=True, prefix="mc-", top=2)


def compile_snippet(text: str, file: str, first_line: int, labels: Labels) -> Compiled:
    """A short text that stands with others on one page (a prompt, an option): its ids carry a hash of the text."""
    prefix = f"mc-{digest(text)[:8]}-"
    return _compile(text, labels, Problems(file, first_line), title=None, titled=False, prefix=prefix, top=3)


def _compile(text: str, labels: Labels, problems: Problems, *, title: str | None, titled: bool, prefix: str, top: int) -> Compiled:
    text = CONTROL.sub("\ufffd", text)
    leaves = Leaves(text)
    root = _tree(leaves.return_author(show_marks(_markdown().reset().convert(normalise(text, leaves, problems)))), problems)
    arranger = Arranger(root, leaves, labels, problems, prefix=prefix, top=top)
    made = arranger.arrange(title, titled=titled)
    visible = arranger.words_of(root)
    html = sanitise(_html(root))
    html = dress(html, labels)
    html = leaves.references.sub("\x02\\1\x03", leaves.return_own(html))
    return Compiled(
        html.strip(), made.title, tuple(made.headings), tuple(made.anchors), tuple(made.references), len(WORD.findall(visible)),
        _lead(root, arranger), tuple(problems.found),
    )


@lru_cache(maxsize=1)
def _markdown() -> markdown.Markdown:
    """Python-Markdown for normalised text: what stands as stand-ins or hidden marks needs no pattern of its own."""
    md = markdown.Markdown(
        extensions=[
            TableExtension(use_align_attribute=True), FootnoteExtension(BACKLINK_TITLE="{}"), DefListExtension(), AbbrExtension(),
            SaneListExtension(), BetterEmExtension(), DeleteSubExtension(subscript=False),
        ],
        output_format="html", tab_length=4,
    )
    md.preprocessors.deregister("html_block")
    for name in ("code", "setextheader", "hr", "reference"):
        md.parser.blockprocessors.deregister(name)
    for name in ("backtick", "escape", "reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref",
                 "autolink", "automail", "linebreak", "html", "entity"):
        md.inlinePatterns.deregister(name)
    return md


def _tree(html: str, problems: Problems) -> ET.Element:
    """The tree a browser would make of the HTML."""
    tidied = re.sub(r"<(br|hr|img|input|col|source|embed|wbr)\b((?:[^>\"]|\"[^\"]*\")*)>", r"<\1\2/>", tidy(html))
    _check_depth(tidied, problems)
    try:
        return ET.fromstring(f"<div>{tidied.replace('&nbsp;', '&#160;')}</div>")  # noqa: S314 - nh3 wrote it, no entities
    except ET.ParseError:
        problems.stop("bad-html", 0)


def _check_depth(html: str, problems: Problems) -> None:
    level = 0
    for found in re.finditer(r"<(/?)[a-z](?:[^>\"]|\"[^\"]*\")*?(/?)>", html):
        level += -1 if found[1] else 0 if found[2] else 1
        if level > DEEPEST:
            problems.stop("too-deep", 0, limit="50")


def _html(root: ET.Element) -> str:
    body = escape(root.text or "", quote=False)
    return body + "".join(ET.tostring(child, encoding="unicode", method="html") for child in root)


def _lead(root: ET.Element, arranger: Arranger) -> str:
    """The first paragraph, cut at a word."""
    for element in root.iter("p"):
        words = arranger.words_of(element)
        if words and element.get("class") != "title":
            return words if len(words) <= LEAD else words[:LEAD].rsplit(" ", 1)[0] + "…"
    return ""
