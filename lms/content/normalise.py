"""CommonMark text made fit for Python-Markdown.

The two disagree about lists and tables after a line of text, nesting by 2 or 3 spaces, fences in lists, HTML blocks,
adjacent quotes, backslashes and more. So the text is parsed by markdown-it and written out again in the one way that
both read alike: four spaces per level, blank lines between blocks, every literal punctuation mark hidden, and code,
HTML, links, pictures and formulas as stand-ins.
"""

from __future__ import annotations

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from lms.content import dialect
from lms.content.blocks import Writer
from lms.content.leaves import Leaves, hide_marks
from lms.content.problems import Problems


def normalise(text: str, leaves: Leaves, problems: Problems) -> str:
    """Markdown for Python-Markdown. Pieces it must not read are left with `leaves`."""
    env: dict[str, object] = {}
    tokens = dialect.parser().parse(text, env)
    level, line = dialect.depth(tokens)
    if level > 2 * dialect.DEEPEST:
        problems.stop("too-deep", line, limit=str(dialect.DEEPEST))
    abbreviations = _take_abbreviations(tokens)
    writer = Writer(leaves, problems, text.split("\n"))
    parts = [writer.blocks(SyntaxTreeNode(tokens).children), *writer.footnotes()]
    parts += [f"*[{hide_marks(short)}]: {hide_marks(meaning)}" for short, meaning in abbreviations]
    return "\n\n".join(part for part in parts if part) + "\n"


def _take_abbreviations(tokens: list[Token]) -> list[tuple[str, str]]:
    """Remove the paragraphs that only define abbreviations; their definitions."""
    found: dict[str, str] = {}
    inlines = [place for place, token in enumerate(tokens) if token.type == "inline"]
    for place in reversed(inlines):
        in_paragraph = tokens[place - 1].type == "paragraph_open"
        defined = dialect.abbreviations(tokens[place].content) if in_paragraph else None
        if defined:
            found.update(defined)
            del tokens[place - 1:place + 2]
    return list(found.items())
