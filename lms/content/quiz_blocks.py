"""The blocks of a quiz file with their lines: sections under headings, and the text of any block as its author wrote it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

from lms.content.quiz_attributes import Attributes, split_attributes
from lms.questions.source import N_, Problems
from lms.questions.words import plain_words

LISTS = ("bullet_list", "ordered_list")
_PARSER = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
_MARKER = re.compile(r" *(?:[-*+]|\d{1,9}[.)])( {1,4}(?! )| ?)")
_QUOTE = re.compile(r" {0,3}> ?")
_SWALLOWED = re.compile(r"(?m)^ {0,3}#{1,2} +\S")
_COMMENT = re.compile(r"\s*(?:<!--.*?-->\s*)+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of level 1 or 2 (0: the text before any) and the blocks up to the next one. `line` counts from 1 in the file."""

    level: int
    line: int
    title: str
    plain: str
    attributes: Attributes
    nodes: tuple[Node, ...]


class Body:
    """The text of a file below its front matter, which took `offset` lines."""

    def __init__(self, text: str, offset: int) -> None:
        self._lines = [_spaces(line) for line in text.split("\n")]
        self._offset = offset
        self._root = Node(_PARSER.parse(text))

    def line(self, node: Node) -> int:
        """The line in the file where a block begins, from 1."""
        return self._offset + span(node)[0] + 1

    def file_line(self, index: int) -> int:
        """The line in the file of the body's line `index` (from 0)."""
        return self._offset + index + 1

    def sections(self) -> Iterator[Section]:
        """The sections in the order in which they stand; the first may have no heading."""
        heading: Node | None = None
        nodes: list[Node] = []
        for node in self._root.children:
            if is_structure(node):
                yield self._section(heading, nodes)
                heading, nodes = node, []
            else:
                nodes.append(node)
        yield self._section(heading, nodes)

    def text(self, start: int, end: int, *, indent: int = 0) -> str:
        """The lines from `start` to before `end`, `indent` columns taken off, without blank lines around them."""
        return "\n".join(_dedent(line, indent) for line in self._lines[start:end]).strip("\n").rstrip()

    def text_of(self, nodes: Sequence[Node]) -> str:
        """The source of blocks that stand one after the other."""
        return self.text(span(nodes[0])[0], span(nodes[-1])[1]) if nodes else ""

    def quoted(self, quote: Node, *, indent: int = 0) -> str:
        """What a block quote says, without its marks."""
        lines = self.text(*span(quote), indent=indent).split("\n")
        return "\n".join(_QUOTE.sub("", line, count=1) for line in lines).strip("\n")

    def item_indent(self, item: Node) -> int:
        """The column at which the text of a list item begins."""
        mark = _MARKER.match(self._lines[span(item)[0]])
        return mark.end() if mark else 0

    def touches(self, before: Node, after: Node) -> bool:
        """Whether no blank line stands between two blocks."""
        start = span(after)[0]
        return start > span(before)[0] and bool(self._lines[start - 1].strip())

    def report_lost_structure(self, problems: Problems) -> None:
        """Warn where something that looks like a heading is none."""
        for node in self._root.children:
            if node.type == "heading" and not is_hash_heading(node):
                problems.warning(
                    self.line(node), "setext-heading",
                    N_("A line underlined with --- or === is read as part of the text, not as a heading."),
                    N_("Write ## before a question's heading, and leave a blank line above a dividing ---."),
                )
            elif node.type in ("fence", "html_block") and self._swallows(node):
                problems.warning(
                    self.line(node), "swallowed-heading", N_("This block is not closed and swallows the headings below it."),
                    N_("Close it, or leave a blank line after the HTML."),
                )
            elif node.type == "paragraph" and re.match(r"##(?=[^\s#])", self.text(*span(node))):
                problems.warning(
                    self.line(node), "heading-without-space", N_("“%(text)s” is text, because no space follows the ##."),
                    N_("Write ## and a space before the heading."), text=self.text(*span(node)).split("\n")[0],
                )

    def _swallows(self, node: Node) -> bool:
        if not _SWALLOWED.search(node.content):
            return False
        last = self.text(*span(node)).split("\n")[-1].strip()
        return node.type == "html_block" or not (last.startswith(node.markup) and not last.strip(node.markup[0]))

    def _section(self, heading: Node | None, nodes: list[Node]) -> Section:
        if heading is None:
            return Section(0, self.file_line(0), "", "", Attributes(None, {}), tuple(nodes))
        title, attributes = split_attributes(heading.children[0].content)
        return Section(int(heading.tag[1]), self.line(heading), title, plain_words(title), attributes, tuple(nodes))


def span(node: Node) -> tuple[int, int]:
    """First line and the line after the last, from 0."""
    lines = node.map
    if lines is None:
        raise ValueError(f"a {node.type} has no lines")
    return lines


def is_structure(node: Node) -> bool:
    """Whether a block is a heading that starts a pool or a question."""
    return is_hash_heading(node) and node.tag in ("h1", "h2")


def is_hash_heading(node: Node) -> bool:
    """Whether a block is a heading written with #."""
    return node.type == "heading" and node.markup.startswith("#")


def is_silent(node: Node) -> bool:
    """Whether a block says nothing: a dividing line or a comment."""
    return node.type == "hr" or (node.type == "html_block" and _COMMENT.fullmatch(node.content) is not None)


def _spaces(line: str) -> str:
    head = line[: len(line) - len(line.lstrip(" \t"))]
    return head.expandtabs(4) + line[len(head):]


def _dedent(line: str, indent: int) -> str:
    head = line[:indent]
    return line[len(head) - len(head.lstrip(" ")):] if head.strip() else line[indent:]
