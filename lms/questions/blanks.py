"""Blanks [[…]] in a prompt: found before inline Markdown is read, never inside code or mathematics."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
_SCAN = re.compile(
    r"""(?P<escaped>\\\[\[|\\.)
      | (?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)) | (?P<bare>`+)
      | (?P<math>\$\$.+?\$\$|\$(?![\s$])(?:\\.|[^$\\])*?(?<!\s)\$(?!\d))
      | (?P<html><!--.*?-->|</?[a-zA-Z][^<>]*>)
      | (?P<blank>\[\[(?!\[)(?P<inside>(?:(?!\[\[|\]\]).)*)\]\])
      | (?P<open>\[\[(?!\[))""",
    re.VERBOSE | re.DOTALL,
)
_START, _END = "\uec00", "\uec01"
_TOKEN = re.compile(f"{_START}([0-9]+){_END}")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Blank:
    """What stands between the brackets, and its line in the prompt (from 0)."""

    line: int
    inside: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt whose blanks are replaced by marks that survive rendering; `unpaired` are the lines of [[ without ]]."""

    markdown: str
    blanks: tuple[Blank, ...]
    unpaired: tuple[int, ...]


def find(markdown: str) -> Prompt:
    """The blanks of a text and the text with marks in their place."""
    lines = markdown.replace(_START, "").replace(_END, "").split("\n")
    blanks: list[Blank] = []
    unpaired: list[int] = []
    for start, end, in_table in _inline_blocks("\n".join(lines)):
        text = "\n".join(lines[start:end])
        cells = re.split(r"(?<!\\)(\|)", text) if in_table else [text]
        lines[start:end] = "".join(_mark(cell, start, in_table, blanks, unpaired) for cell in cells).split("\n")
    return Prompt("\n".join(lines), tuple(blanks), tuple(unpaired))


def split(html: str) -> list[str] | None:
    """Rendered HTML cut at the marks, n + 1 pieces for n blanks; None where a mark was lost or ended inside a tag."""
    pieces = _TOKEN.split(html)
    in_order = pieces[1::2] == [str(place) for place in range(len(pieces) // 2)]
    inside_tag = any(_TOKEN.search(tag) for tag in _TAG.findall(html))
    return pieces[::2] if in_order and not inside_tag else None


def without_blanks(markdown: str, instead: str = "…") -> str:
    """A text that does not tell what its blanks hold."""
    return _TOKEN.sub(instead, find(markdown).markdown)


def _inline_blocks(markdown: str) -> Iterator[tuple[int, int, bool]]:
    row = False
    seen: set[tuple[int, int]] = set()
    for token in _PARSER.parse(markdown):
        if token.type in ("tr_open", "tr_close"):
            row = token.type == "tr_open"
        if token.type == "inline" and (place := _place(token)) not in seen:
            seen.add(place)
            yield *place, row


def _place(token: Token) -> tuple[int, int]:
    start, end = token.map or (0, 0)
    return start, end


def _mark(text: str, line: int, in_table: bool, blanks: list[Blank], unpaired: list[int]) -> str:
    def replace(found: re.Match[str]) -> str:
        at = line + text.count("\n", 0, found.start())
        if found["open"]:
            unpaired.append(at)
        if found["blank"] is None:
            return found[0]
        inside = found["inside"].replace("\\|", "|") if in_table else found["inside"]
        blanks.append(Blank(at, " ".join(inside.split())))
        newlines = "\n" * found[0].count("\n")
        return f"{_START}{len(blanks) - 1}{_END}{newlines}"

    return _SCAN.sub(replace, text)
