"""A quiz file becomes a quiz, or the list of what is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from lms.content import frontmatter
from lms.content.catalog import Mistake, Pool, Quiz
from lms.content.identity import slug
from lms.content.quiz_answers import Closing, read_question
from lms.content.quiz_attributes import check_id, check_keys
from lms.content.quiz_blocks import Body, Section
from lms.content.quiz_settings import Metadata, read_settings
from lms.questions import TYPES, Question, blanks
from lms.questions.numbers import NotANumber, number
from lms.questions.question import Face, Key, revision_of
from lms.questions.source import N_, Problem, Problems, Source

Render = Callable[[str], str]
QUESTION_KEYS = ("points", "type", "tags")
POOL_KEYS = ("draw", "points")
_TYPE_KEYS = tuple(sorted({key for kind in TYPES.values() for key in kind.KEYS}))
_NOT_YET = ("accept", "max", "penalty")
_ALL_KEYS = (*QUESTION_KEYS, *POOL_KEYS, *_TYPE_KEYS)


@dataclass(slots=True)
class _File:
    """One reading of a file: what all its parts share."""

    body: Body
    render: Render
    problems: Problems
    ids: dict[str, int]


def load_quiz(path: Path, text: str, *, render: Render) -> tuple[Quiz | None, tuple[Mistake, ...]]:
    """The quiz in `text`, and all mistakes in the order of their lines; None for the quiz where one of them is an error.

    `path` names the file in the mistakes, its stem the quiz where no `id` is written. `render` makes clean HTML of Markdown.
    """
    file = path.as_posix()
    document = frontmatter.split(text, file)
    problems = Problems()
    metadata = read_settings(document.entries, problems)
    id = metadata.id or path.stem
    reading = _File(Body(document.body, document.first_line - 1), lru_cache(maxsize=None)(render), problems, {})
    quiz = _quiz(id, metadata, reading)
    mistakes = [_located(problem, file, id) for problem in sorted(problems.found, key=lambda problem: problem.line)]
    found = (*(_about(mistake, id) for mistake in document.mistakes), *mistakes)
    return (None if any(mistake.level == "error" for mistake in found) else quiz), found


def heading_id(section: Section) -> str:
    """The id that a question has by its heading: its words, without what blanks hold, or a hash where it has none."""
    words = slug(blanks.without_blanks(section.plain, instead=" "))
    return words[:64].strip("-") or f"q-{revision_of(section.plain)[:8]}"


def _quiz(id: str, metadata: Metadata, reading: _File) -> Quiz:
    reading.body.report_lost_structure(reading.problems)
    intro, *sections = reading.body.sections()
    pools = tuple(_pools(sections, reading))
    if not any(pool.questions for pool in pools) and not reading.problems.found:
        reading.problems.error(
            intro.line, "no-questions", N_("The quiz has no questions."),
            N_("Write a question under a heading that begins with ##."),
        )
    title = metadata.title or next((section.plain for section in sections if section.level == 1), None) or id
    intro_html = _html(reading, intro)
    revision = revision_of([title, intro_html, repr(metadata.settings), [_pool_content(pool) for pool in pools]])
    return Quiz(id, title, intro_html, metadata.settings, pools, revision)


def _pool_content(pool: Pool) -> list[object]:
    return [pool.title, pool.intro_html, pool.draw, [[question.id, question.revision] for question in pool.questions]]


def _pools(sections: list[Section], reading: _File) -> Iterator[Pool]:
    groups: list[list[Section]] = []
    for section in sections:
        if section.level == 1 or not groups:
            groups.append([])
        groups[-1].append(section)
    for group in groups:
        heading = group[0] if group[0].level == 1 else None
        yield _pool(heading, group[1:] if heading else group, reading)


def _pool(heading: Section | None, sections: list[Section], reading: _File) -> Pool:
    points = _points(heading, reading.problems) if heading else None
    questions = tuple(question for section in sections if (question := _question(section, points or Decimal(1), reading)))
    if heading is None:
        return Pool(None, "", None, questions)
    check_keys(heading.attributes, POOL_KEYS, _ALL_KEYS, heading.line, reading.problems)
    if not sections:
        reading.problems.warning(
            heading.line, "empty-pool", N_("No question stands under “%(title)s”."),
            N_("Write questions under headings that begin with ##."), title=heading.plain,
        )
    return Pool(heading.plain, _html(reading, heading), _draw(heading, len(sections), reading.problems), questions)


def _draw(heading: Section, count: int, problems: Problems) -> int | None:
    written = heading.attributes.values.get("draw")
    if written is None:
        return None
    if not written.isascii() or not written.isdigit() or not 1 <= len(written) <= 4 or int(written) == 0:
        problems.error(
            heading.line, "bad-draw", N_("“draw=%(value)s” is no number of questions."),
            N_("Write draw=3, or leave it out to ask all."), value=written,
        )
        return None
    if int(written) > count:
        problems.error(
            heading.line, "draw-too-many", N_("%(draw)s questions are to be drawn, but there are only %(count)s."),
            N_("Write draw=%(count)s or less, or add questions."), draw=written, count=count,
        )
    return int(written)


def _question(section: Section, points: Decimal, reading: _File) -> Question | None:
    id = _question_id(section, reading)
    found = read_question(reading.body, section, reading.render, reading.problems)
    if found is None:
        return None
    kind = TYPES[found.type]
    _report_keys(section, kind.KEYS, reading.problems)
    face, type_key = kind.parse(found.source)
    key = {"feedback": {}, **type_key, **_closing_html(found.closing, found.source)}
    return _as_question(section, id, found.type, _points(section, reading.problems) or _worth(key) or points, face, key)


def _as_question(section: Section, id: str, type: str, points: Decimal, face: Face, key: Key) -> Question:
    title = blanks.without_blanks(section.plain) if type == "cloze" else section.plain
    tags = tuple(tag.strip() for tag in section.attributes.values.get("tags", "").split(",") if tag.strip())
    revision = revision_of([type, title, str(points), list(tags), face, key])
    return Question(id, type, title, points, tags, face, key, revision)


def _question_id(section: Section, reading: _File) -> str:
    written = check_id(section.attributes.id, section.line, reading.problems)
    id = written or heading_id(section)
    if id in reading.ids:
        reading.problems.error(
            section.line, "duplicate-question-id", N_("The question's id “%(id)s” is already used in line %(other)s."),
            N_("Write another id at the end of the heading, such as {#%(id)s-2}."), id=id, other=reading.ids[id],
        )
    reading.ids.setdefault(id, section.line)
    return id


def _report_keys(section: Section, type_keys: tuple[str, ...], problems: Problems) -> None:
    check_keys(section.attributes, (*QUESTION_KEYS, *type_keys, *_NOT_YET), _ALL_KEYS, section.line, problems)
    for key in _NOT_YET:
        value = section.attributes.values.get(key)
        if value is not None and (key, value.rstrip("%")) != ("penalty", "0"):
            problems.error(
                section.line, "key-not-yet", N_("The key “%(key)s” is not yet supported."), N_("Delete it until it is."), key=key
            )


def _points(section: Section, problems: Problems) -> Decimal | None:
    written = section.attributes.values.get("points")
    if written is None:
        return None
    try:
        value = number(written)
    except NotANumber:
        value = number("0")
    if 0 < value <= 1000 and 100 % value.denominator == 0:
        return Decimal(value.numerator) / value.denominator
    problems.error(
        section.line, "bad-points", N_("“points=%(value)s” is no number of points."),
        N_("Write a number above 0, such as points=2 or points=1,5."), value=written,
    )
    return None


def _worth(key: Key) -> Decimal | None:
    return Decimal(key["worth"]) if key.get("worth") else None


def _closing_html(closing: Closing, source: Source) -> Key:
    return {
        "explanation": source.block(closing.explanation) if closing.explanation else None,
        "hints": [source.block(hint) for hint in closing.hints],
    }


def _html(reading: _File, section: Section) -> str:
    text = reading.body.text_of(section.nodes)
    return reading.render(text) if text else ""


def _located(problem: Problem, file: str, id: str) -> Mistake:
    return Mistake(file, problem.line, problem.level, problem.code, problem.message, problem.params, problem.remedy, id)


def _about(mistake: Mistake, id: str) -> Mistake:
    return Mistake(mistake.file, mistake.line, mistake.level, mistake.code, mistake.message, mistake.params, mistake.remedy, id)
