"""Writes parsed blocks as Markdown that Python-Markdown reads as CommonMark does."""

from __future__ import annotations

import re
from html import escape

from markdown_it.tree import SyntaxTreeNode

from lms.content.highlight import code_block
from lms.content.inlines import InlineWriter, without_frames
from lms.content.leaves import Leaves
from lms.content.mathml import formula
from lms.content.problems import Problems

INDENT = "    "
LISTS = ("bullet_list", "ordered_list")
FENCE = re.compile(r"[ >]*(?:`{3,}|~{3,})\s*$")
HIDDEN_HEADING = re.compile(r"^[ ]{0,3}#{1,6} +\S", re.MULTILINE)


class Writer:
    """One text's blocks. Footnotes are kept aside and written last."""

    def __init__(self, leaves: Leaves, problems: Problems, lines: list[str]) -> None:
        self._leaves = leaves
        self._problems = problems
        self._lines = lines
        self._inline = InlineWriter(leaves, problems)
        self._footnotes: list[SyntaxTreeNode] = []
        self._between = leaves.block("")

    def blocks(self, nodes: list[SyntaxTreeNode]) -> str:
        """Sibling blocks with blank lines between; lists or quotes side by side are kept apart."""
        written: list[str] = []
        before = ""
        for node in nodes:
            text = self._block(node)
            if not text:
                continue
            if before == node.type or (before in LISTS and node.type in LISTS):
                written.append(self._between if node.type in (*LISTS, "blockquote", "dl", "table") else "")
            written.append(text)
            before = node.type
        return "\n\n".join(part for part in written if part)

    def footnotes(self) -> list[str]:
        """The definitions of the footnotes, in the order of the text."""
        written = []
        while self._footnotes:
            node = self._footnotes.pop(0)
            number = self._inline.number(str(node.meta["label"]))
            written.append(f"[^{number}]: " + self._hanging(node.children, INDENT))
        return written

    def _block(self, node: SyntaxTreeNode) -> str:
        write = getattr(self, f"_{node.type}", None)
        if write is None:
            return self._leaves.block(f"<p>{escape(node.content)}</p>") if node.content else self.blocks(node.children)
        return str(write(node))

    def _text(self, node: SyntaxTreeNode) -> str:
        return "\n\n".join(self._inline.write(child.children, _line(child)) for child in node.children)

    def _paragraph(self, node: SyntaxTreeNode) -> str:
        return self._text(node)

    def _heading(self, node: SyntaxTreeNode) -> str:
        text = self._text(node).replace("\n", " ")
        marks = "#" * int(node.tag[1])
        if node.markup in ("=", "-"):
            title = " ".join(child.content for child in node.children)
            self._problems.note("setext", _line(node), marks=marks, title=title[:80])
        return f"{marks} {text or self._leaves.author('')}"

    def _hr(self, node: SyntaxTreeNode) -> str:
        return self._leaves.block("<hr>")

    def _fence(self, node: SyntaxTreeNode) -> str:
        first, after = node.map or (0, 0)
        last = self._lines[after - 1] if 0 < after <= len(self._lines) else ""
        inside = node.level == 0 and not FENCE.match(last)
        if inside and HIDDEN_HEADING.search(node.content):
            self._problems.note("open-fence", first, marks=node.markup)
        return code_block(node.content, node.info, self._leaves)

    def _code_block(self, node: SyntaxTreeNode) -> str:
        return code_block(node.content, "", self._leaves)

    def _math_block(self, node: SyntaxTreeNode) -> str:
        return formula(node.content, _line(node), self._leaves, self._problems, display=True)

    def _html_block(self, node: SyntaxTreeNode) -> str:
        html, line = node.content, _line(node)
        markup = not re.match(r"\s*<(?:!--|pre|script|style|textarea)", html, re.IGNORECASE)
        if markup and (swallowed := HIDDEN_HEADING.search(html)):
            self._problems.note("html-heading", line + html.count("\n", 0, swallowed.start()))
        return self._leaves.block(with_lines(html, line))

    def _blockquote(self, node: SyntaxTreeNode) -> str:
        inner = self.blocks(node.children) or self._between
        return "\n".join(f"> {line}" if line else ">" for line in inner.split("\n"))

    def _bullet_list(self, node: SyntaxTreeNode) -> str:
        return self._items(node, ["-   "] * len(node.children))

    def _ordered_list(self, node: SyntaxTreeNode) -> str:
        start = int(node.attrs.get("start", 1))
        return self._items(node, [f"{start + place}.".ljust(3) + " " for place in range(len(node.children))])

    def _items(self, node: SyntaxTreeNode, marks: list[str]) -> str:
        loose = any(block.type == "paragraph" and not block.hidden for item in node.children for block in item.children)
        written = ""
        for item, mark in zip(node.children, marks, strict=True):
            text = mark + self._hanging(item.children, INDENT, tight=not loose)
            roomy = loose or "\n\n" in written
            written += ("\n\n" if roomy else "\n") * bool(written) + text
        return written

    def _hanging(self, nodes: list[SyntaxTreeNode], indent: str, *, tight: bool = False) -> str:
        """Blocks whose first line follows a marker. One that is no paragraph first gets an empty one before it."""
        if not nodes or nodes[0].type != "paragraph":
            inner = self._leaves.author("") + "\n\n" + self.blocks(nodes)
        elif tight and len(nodes) == 2 and nodes[1].type in LISTS:
            inner = self._block(nodes[0]) + "\n" + self._block(nodes[1])
        else:
            inner = self.blocks(nodes)
        return inner.rstrip("\n").replace("\n", "\n" + indent).replace("\n" + indent + "\n", "\n\n")

    def _table(self, node: SyntaxTreeNode) -> str:
        rows = [row for part in node.children for row in part.children]
        header = [self._cell(cell) for cell in rows[0].children]
        aligned = [_alignment(str(cell.attrs.get("style", ""))) for cell in rows[0].children]
        lines = [header, aligned, *([self._cell(cell) for cell in row.children] for row in rows[1:])]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def _cell(self, node: SyntaxTreeNode) -> str:
        return self._text(node).replace("\n", " ") or self._leaves.author("")

    def _dl(self, node: SyntaxTreeNode) -> str:
        written = []
        for child in node.children:
            if child.type == "dt":
                written.append(self._text(child).replace("\n", " ") or self._leaves.author(""))
            else:
                written.append(":   " + self._hanging(child.children, INDENT))
        return _terms_with_meanings(written)

    def _footnote_reference(self, node: SyntaxTreeNode) -> str:
        self._footnotes.append(node)
        return ""


def _terms_with_meanings(written: list[str]) -> str:
    """A term stands directly above its first meaning; everything else is a paragraph apart."""
    text = ""
    for place, part in enumerate(written):
        joined = part.startswith(":   ") and place > 0 and not written[place - 1].startswith(":   ")
        text += ("\n" if joined else "\n\n") * bool(text) + part
    return text


def _alignment(style: str) -> str:
    if style.endswith("center"):
        return ":---:"
    return "---:" if style.endswith("right") else ":---" if style.endswith("left") else "---"


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] if node.map else 0


def with_lines(html: str, first: int) -> str:
    """The author's HTML with the line of every link and picture noted on it."""
    def note(found: re.Match[str]) -> str:
        return f'{found[0]} data-line="{first + html.count(chr(10), 0, found.start())}"'
    return re.sub(r"<(?:a|img|video|audio|source|embed|object)(?=[\s/>])", note, without_frames(html), flags=re.IGNORECASE)
