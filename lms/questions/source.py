"""A question as its author wrote it: the pieces that the parser found, each with its line, and a place for mistakes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Literal

Level = Literal["error", "warning"]


def N_(sentence: str) -> str:
    """Marks an English sentence for translation; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake at a line of the quiz file. `message` and `remedy` are English sentences with %(name)s for `params`."""

    line: int
    level: Level
    code: str
    message: str
    remedy: str
    params: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Problems:
    """The mistakes found so far, in the order in which they were found."""

    found: list[Problem] = field(default_factory=list)

    def error(self, line: int, code: str, message: str, remedy: str, **params: object) -> None:
        """Note a mistake with which the quiz cannot be served or marked rightly."""
        self._note(line, "error", code, message, remedy, params)

    def warning(self, line: int, code: str, message: str, remedy: str, **params: object) -> None:
        """Note a mistake with which the quiz is served all the same."""
        self._note(line, "warning", code, message, remedy, params)

    def _note(self, line: int, level: Level, code: str, message: str, remedy: str, params: Mapping[str, object]) -> None:
        shown = tuple((name, _short(str(value))) for name, value in params.items())
        self.found.append(Problem(line, level, code, message, remedy, shown))


@dataclass(frozen=True, slots=True)
class Option:
    """An item of a task list: `text` is Markdown without box, weight and id; `weight` is a share from -1 to 1."""

    line: int
    text: str
    right: bool
    weight: Fraction | None = None
    id: str | None = None
    feedback: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block, or one item of a list, as Markdown."""

    line: int
    text: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table's cells as Markdown: the header row, then the rows with their lines."""

    line: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """All that was written for one question. `render` makes clean HTML of Markdown."""

    line: int
    title: str
    prompt: str
    prompt_line: int
    settings: Mapping[str, str]
    render: Callable[[str], str]
    problems: Problems
    options: tuple[Option, ...] = ()
    answers: tuple[Line, ...] = ()
    items: tuple[Line, ...] = ()
    ordered: bool = False
    table: Table | None = None

    def block(self, markdown: str) -> str:
        """HTML of a text of any length; one paragraph alone comes without its <p>, so that it can stand in a label."""
        if needs_rendering(markdown):
            return without_paragraph(self.render(markdown))
        return escape(" ".join(markdown.split()), quote=False)

    def switch(self, name: str, *, default: bool | None) -> bool | None:
        """The value of a true/false key, reported if it is neither."""
        value = self.settings.get(name)
        if value is None or value.lower() in ("true", "false"):
            return default if value is None else value.lower() == "true"
        self.problems.error(
            self.line, "not-true-or-false", N_("“%(key)s=%(value)s” is neither true nor false."),
            N_("Write %(key)s=true or %(key)s=false."), key=name, value=value,
        )
        return default

    def all_or_nothing(self) -> bool:
        """Whether `grading=all` was written."""
        value = self.settings.get("grading", "all")
        if value != "all":
            self.problems.error(
                self.line, "unknown-grading", N_("“grading=%(value)s” is not known."),
                N_("Write grading=all or leave it out."), value=value,
            )
        return self.settings.get("grading") == "all"


_SINGLE_PARAGRAPH = re.compile(r"\s*<p>((?:(?!</?p\b).)*)</p>\s*", re.DOTALL)
_PLAIN = re.compile(r"(?!\d+[.)])[^\W_](?:[\w ,;()?!'\"/%–—-]|[.:](?!\S)|[.,](?=\d))*", re.DOTALL)


def without_paragraph(html: str) -> str:
    """The HTML of a single paragraph without its <p>; any other HTML as it is."""
    alone = _SINGLE_PARAGRAPH.fullmatch(html)
    return alone.group(1) if alone else html.strip()


def needs_rendering(markdown: str) -> bool:
    """False for a line that says the same as plain text: most options do, and rendering each would cost milliseconds."""
    return "_" in markdown or _PLAIN.fullmatch(markdown.strip()) is None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"
