"""The Markdown that authors write: CommonMark, GFM, footnotes, definition lists and mathematics, parsed with line numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

DEEPEST = 50
BEYOND = 4 * DEEPEST
ABBREVIATION = re.compile(r"\*\[([^\]\n]+)\]:[ \t]*(.*)")


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The one CommonMark parser of this process."""
    # The parser drops what lies deeper than maxNesting without a word, so it must see more than is served.
    md = MarkdownIt("gfm-like", {"html": True, "linkify": True, "maxNesting": BEYOND})
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.use(deflist_plugin)
    md.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    return md


def depth(tokens: list[Token]) -> tuple[int, int]:
    """How deep the blocks are nested, and the line (from 0) where that is."""
    deepest = max(tokens, key=lambda token: token.level, default=None)
    return (deepest.level, (deepest.map or [0])[0]) if deepest else (0, 0)


def abbreviations(content: str) -> list[tuple[str, str]] | None:
    """The definitions if a paragraph consists of `*[HTML]: …` lines and nothing else."""
    found = [ABBREVIATION.fullmatch(line.strip()) for line in content.split("\n")]
    return [(match[1], match[2]) for match in found if match] if all(found) else None
