"""Questions and pages for the tests: one question from Markdown, and the templates without a web program around them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

import lms.questions
from lms.content.quizzes import load_quiz
from lms.questions import Question

TEMPLATES = Path(lms.questions.__file__).parent / "templates"
render = MarkdownIt("gfm-like").render


def question(markdown: str) -> Question:
    """The only question of a file without mistakes; a heading is put above it where it has none."""
    text = markdown if markdown.startswith(("# ", "## ", "---")) else f"## Soal\n\n{markdown}"
    quiz, mistakes = load_quiz(Path("quizzes/uji.md"), text, render=render)
    assert quiz is not None, [mistake.text(str) for mistake in mistakes]
    assert mistakes == ()
    (only,) = quiz.questions
    return only


def page(question: Question, macro: str, **values: Any) -> str:
    """The HTML of `ask` or `review`."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=True)  # type: ignore[attr-defined]
    item = SimpleNamespace(**{"face": question.face, "prefix": "q3-", "disabled": False, **values})
    template = "{% from 'questions/" + question.type + ".html' import " + macro + " with context %}{{ " + macro + "(item) }}"
    return env.from_string(template).render(item=item)
