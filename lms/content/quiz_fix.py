"""Missing ids written into a quiz file: the ids that questions and options have already, so that nothing changes for anyone."""

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it.tree import SyntaxTreeNode as Node

from lms.content import frontmatter
from lms.content.quiz_attributes import split_attributes
from lms.content.quiz_blocks import Body, Section, span
from lms.content.quiz_options import first_task, is_task_list, options_of
from lms.content.quizzes import heading_id, load_quiz
from lms.questions.question import short_hash
from lms.questions.source import Problems

_CLOSING = re.compile(r"(?:[ \t]+#+)?\s*\Z")
_SPACE = re.compile(r"\s*\Z")


def with_ids(path: Path, text: str) -> str | None:
    """The text with an id for each question and option that has none, all else as it was; None for a quiz with errors."""
    plain = text.replace("\r\n", "\n")
    quiz, _ = load_quiz(path, plain, render=str)
    if quiz is None:
        return None
    document = frontmatter.split(plain, path.as_posix())
    lines = text.split("\n")
    body = Body(document.body, document.first_line - 1)
    for section in body.sections():
        if section.level == 2 and section.attributes.id is None:
            lines[section.line - 1] = _in_heading(lines[section.line - 1], heading_id(section))
        for line, id in _missing_in_options(body, section):
            lines[line - 1] = _in_option(lines[line - 1], id)
    return "\n".join(lines)


def _missing_in_options(body: Body, section: Section) -> Iterator[tuple[int, str]]:
    for node in section.nodes:
        if is_task_list(body, node):
            items = node.children[first_task(body, node) or 0 :]
            for option, item in zip(options_of(body, node, Problems()), items, strict=True):
                if option.id is None:
                    yield _last_line(body, item), short_hash(option.text)


def _last_line(body: Body, item: Node) -> int:
    return body.file_line(span(item.children[0])[1] - 1)


def _in_heading(line: str, id: str) -> str:
    """The heading's line with {#id} at the end of its words, or with #id in the braces that are there."""
    words, rest = _split(_CLOSING, line)
    _, attributes = split_attributes(words)
    if not attributes.values:
        return f"{words} {{#{id}}}{rest}"
    brace = words.rindex("{") + 1
    return f"{words[:brace]}#{id} {words[brace:].lstrip()}{rest}"


def _in_option(line: str, id: str) -> str:
    words, rest = _split(_SPACE, line)
    return f"{words} {{#{id}}}{rest}"


def _split(end: re.Pattern[str], line: str) -> tuple[str, str]:
    found = end.search(line)
    start = found.start() if found else len(line)
    return line[:start], line[start:]
