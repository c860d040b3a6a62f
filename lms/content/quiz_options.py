"""The task list that holds a question's options: which items are options, what each says, and what is nearly one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markdown_it.tree import SyntaxTreeNode as Node

from lms.content.quiz_attributes import check_id
from lms.content.quiz_blocks import LISTS, Body, span
from lms.questions.numbers import NotANumber, number
from lms.questions.source import N_, Line, Option, Problems

_TASK = re.compile(r"\[([ xX])\](?:[ \n]+|$)")
_NEAR = re.compile(r"\[\s*([xX✓✔√]?)\s*\](?![(\[:])\s*")
_WEIGHT = re.compile(r"\(([+\-−]?\d[\d.,]*) ?%\)\s*")
_ID = re.compile(r"(?:^|\s+)\{#([^{}\s]*)\}$")


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: its first paragraph, what follows it, its quotes, as Markdown. `box` is "", "x" or None for no box."""

    line: int
    first: str
    rest: str
    quotes: tuple[str, ...]
    box: str | None
    near: str

    @property
    def text(self) -> str:
        """All but the quotes."""
        return f"{self.first}\n\n{self.rest}".strip()


def is_task_list(body: Body, node: Node) -> bool:
    """Whether a block is a list with an option in it, or with what was meant as one."""
    return node.type in LISTS and first_task(body, node) is not None


def first_task(body: Body, node: Node) -> int | None:
    """The place of the first item of a list that is an option, or was meant as one."""
    return next((place for place, child in enumerate(node.children) if _box(_first_text(body, child))[0] is not None), None)


def options_of(body: Body, node: Node, problems: Problems) -> tuple[Option, ...]:
    """The options of a task list, from its first task item on."""
    start = first_task(body, node) or 0
    if node.type == "ordered_list":
        problems.error(
            body.line(node), "numbered-options", N_("Options stand in a numbered list."),
            N_("Write “- [x] …” instead of “1. [x] …”."),
        )
    items = [item_of(body, child) for child in node.children[start:]]
    return tuple(_option(item, problems) for item in items if _is_option(item, problems))


def item_of(body: Body, node: Node) -> Item:
    """The parts of a list item."""
    indent = body.item_indent(node)
    first = _first_text(body, node)
    box, near, first = _box(first)
    quotes = tuple(body.quoted(child, indent=indent) for child in node.children if child.type == "blockquote")
    others = [child for child in node.children[1:] if child.type != "blockquote"]
    rest = "\n\n".join(body.text(*span(child), indent=indent) for child in others)
    return Item(body.line(node), first, rest, quotes, box, near)


def plain_items(body: Body, node: Node, problems: Problems) -> tuple[Line, ...]:
    """The items of a list that holds no options."""
    return tuple(_line(item_of(body, child), problems) for child in node.children)


def split_id(text: str, line: int, problems: Problems) -> tuple[str, str | None]:
    """A text without the {#id} at its end, and the id."""
    mark = _ID.search(text)
    return (text, None) if mark is None else (text[: mark.start()].rstrip(), check_id(mark[1], line, problems))


def _line(item: Item, problems: Problems) -> Line:
    first, id = split_id(item.first, item.line, problems)
    return Line(item.line, "\n\n".join(part for part in (first, item.rest, *item.quotes) if part), id)


def _first_text(body: Body, item: Node) -> str:
    if not item.children or item.children[0].type != "paragraph":
        return ""
    start, end = span(item.children[0])
    lines = body.text(start, end, indent=body.item_indent(item)).split("\n")
    if start == span(item)[0]:
        lines[0] = body.text(start, start + 1)[body.item_indent(item) :]
    return "\n".join(lines).strip()


def _box(text: str) -> tuple[str | None, str, str]:
    task = _TASK.match(text)
    if task:
        return task[1].strip().lower(), "", text[task.end() :].strip()
    near = _NEAR.match(text)
    if near:
        return "x" if near[1] else "", text[: near.end()].strip(), text[near.end() :].strip()
    return None, "", text


def _is_option(item: Item, problems: Problems) -> bool:
    if item.box is None:
        problems.error(
            item.line, "item-without-box", N_("“%(item)s” stands among the options but has no box."),
            N_("Write “- [ ] …”, or “- [x] …” if it is right."), item=item.text,
        )
        return False
    if item.near:
        problems.error(
            item.line, "bad-box", N_("“%(box)s” is not read as an option's box."), N_("Write “- %(meant)s %(text)s”."),
            box=item.near, meant="[x]" if item.box else "[ ]", text=item.first,
        )
    elif not item.text:
        problems.error(
            item.line, "empty-option", N_("An option says nothing."), N_("Write its text after the box, or delete it.")
        )
    return True


def _option(item: Item, problems: Problems) -> Option:
    weight, first = _weight(item, problems)
    first, id = split_id(first, item.line, problems)
    text = f"{first}\n\n{item.rest}".strip()
    return Option(item.line, text, item.box == "x", weight, id, "\n\n".join(item.quotes) or None)


def _weight(item: Item, problems: Problems) -> tuple[Fraction | None, str]:
    mark = _WEIGHT.match(item.first)
    if mark is None:
        return None, item.first
    rest = item.first[mark.end() :]
    try:
        percent = number(mark[1])
    except NotANumber:
        percent = Fraction(1000)
    if abs(percent) <= 100:
        return percent / 100, rest
    problems.error(
        item.line, "bad-weight", N_("“%(weight)s” is no percentage from -100 to 100."),
        N_("Write (50%%) or (-25%%), or \\( before a bracket that is text."), weight=mark[0].strip(),
    )
    return None, rest


def report_scattered(body: Body, nodes: Sequence[Node], problems: Problems) -> None:
    """Report task lists after the first."""
    for node in nodes:
        problems.error(
            body.line(node), "second-list", N_("The options stand in two lists."),
            N_("Put all options in one list, with the same mark - before each and no text between them."),
        )
