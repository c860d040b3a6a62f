"""Writes parsed inline Markdown (emphasis, links, pictures, code) for Python-Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it.tree import SyntaxTreeNode

from lms.content.leaves import Leaves, hide_marks
from lms.content.mathml import formula
from lms.content.problems import Problems

SYNTAX = {"em": "*", "strong": "**", "s": "~~"}
TASK = re.compile(r"\[([ xX])\](?=\s|$)")
BARE_ADDRESS = re.compile(r"(?:www\.|[a-z][a-z0-9+.-]*://|mailto:)|@", re.IGNORECASE)


class InlineWriter:
    """The inline text of one file; footnotes are numbered in the order of their first mention."""

    def __init__(self, leaves: Leaves, problems: Problems) -> None:
        self._leaves = leaves
        self._problems = problems
        self._numbers: dict[str, int] = {}
        self._line = 0

    def number(self, label: str) -> int:
        """The number by which Python-Markdown knows this footnote."""
        return self._numbers.setdefault(label, len(self._numbers) + 1)

    def write(self, nodes: Sequence[SyntaxTreeNode], line: int) -> str:
        """One run of inline text that begins in this line (from 0)."""
        self._line = line
        written = self._all(nodes)
        if nodes and nodes[0].type == "text" and (box := TASK.match(nodes[0].content)) and _begins_item(nodes[0]):
            return self._box(box[1] != " ") + written[3:]
        return "\n".join(part.strip(" \t") for part in written.split("\n"))

    def _all(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        return "".join(self._one(node, place, nodes) for place, node in enumerate(nodes))

    def _one(self, node: SyntaxTreeNode, place: int, nodes: Sequence[SyntaxTreeNode]) -> str:
        kind = node.type
        if kind in ("softbreak", "hardbreak"):
            self._line += 1
            return "\n" if kind == "softbreak" else self._leaves.author("<br>") + "\n"
        if kind in SYNTAX:
            return self._emphasis(node, place, nodes)
        if kind == "link":
            return self._link(node)
        return self._leaf(node)

    def _leaf(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "code_inline":
                return self._leaves.author(f"<code>{escape(node.content)}</code>")
            case "html_inline":
                line, self._line = self._line, self._line + node.content.count("\n")
                return self._leaves.author(_with_line(node.content, line))
            case "image":
                return self._picture(node)
            case "math_inline" | "math_inline_double":
                return self._math(node)
            case "footnote_ref":
                return f"[^{self.number(str(node.meta['label']))}]"
            case _:
                return hide_marks(node.content)

    def _math(self, node: SyntaxTreeNode) -> str:
        display = node.type == "math_inline_double"
        line, self._line = self._line, self._line + node.content.count("\n")
        return formula(node.content, line, self._leaves, self._problems, display=display)

    def _emphasis(self, node: SyntaxTreeNode, place: int, nodes: Sequence[SyntaxTreeNode]) -> str:
        """Plain emphasis as Markdown; where marks would touch or nest, as tags, for there the two parsers differ."""
        beside = [other.type for other in (*nodes[max(place - 1, 0):place], *nodes[place + 1:place + 2])]
        nested = node.parent is not None and node.parent.type in SYNTAX
        inside = any(child.type in SYNTAX or child.type == "link" for child in node.children)
        inner = self._all(node.children)
        if nested or inside or any(kind in SYNTAX for kind in beside) or "\n" in inner:
            tag = "del" if node.type == "s" else node.type
            return self._leaves.author(f"<{tag}>") + inner + self._leaves.author(f"</{tag}>")
        return SYNTAX[node.type] + inner + SYNTAX[node.type]

    def _link(self, node: SyntaxTreeNode) -> str:
        if node.info == "auto" and node.markup == "linkify" and not BARE_ADDRESS.search(node.children[0].content):
            return self._all(node.children)
        title = f' title="{escape(str(node.attrs["title"]))}"' if "title" in node.attrs else ""
        opening = f'<a href="{escape(str(node.attrs.get("href", "")))}"{title} data-line="{self._line}">'
        return self._leaves.author(opening) + self._all(node.children) + self._leaves.author("</a>")

    def _picture(self, node: SyntaxTreeNode) -> str:
        title = f' title="{escape(str(node.attrs["title"]))}"' if "title" in node.attrs else ""
        alt = escape(plain(node.children))
        line, self._line = self._line, self._line + node.content.count("\n")
        return self._leaves.author(f'<img src="{escape(str(node.attrs.get("src", "")))}" alt="{alt}"{title} data-line="{line}">')

    def _box(self, done: bool) -> str:
        return self._leaves.author(f'<input type="checkbox"{" checked" * done}>')


def plain(nodes: Sequence[SyntaxTreeNode]) -> str:
    """The words of inline nodes, as an alternative text needs them."""
    words = []
    for node in nodes:
        if node.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif node.type != "html_inline":
            words.append(plain(node.children) if node.children else node.content)
    return "".join(words)


def _begins_item(node: SyntaxTreeNode) -> bool:
    paragraph = node.parent.parent if node.parent else None
    item = paragraph.parent if paragraph else None
    return bool(item and item.type == "list_item" and paragraph and item.children[0] is paragraph)


def _with_line(html: str, line: int) -> str:
    shown = without_frames(html)
    return re.sub(r"^<(?:a|img|video|audio|source|embed|object)(?=[\s/>])", rf'\g<0> data-line="{line}"', shown, flags=re.IGNORECASE)


def without_frames(html: str) -> str:
    """HTML with `<embed>` for `<iframe>`, whose content no parser would escape."""
    return re.sub(r"<iframe(?=[\s/>])", "<embed", html, flags=re.IGNORECASE)
