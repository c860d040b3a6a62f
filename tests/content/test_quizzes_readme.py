"""The guide for authors is true: its examples parse, and it names every key and type."""

import re
from pathlib import Path

import pytest

from lms.content import frontmatter
from lms.content.quiz_settings import PRESETS, SETTING_KEYS, read_settings
from lms.content.quizzes import POOL_KEYS, QUESTION_KEYS, load_quiz
from lms.questions import NOT_YET, TYPES
from lms.questions.source import Problems
from tests.questions.reading import render

GUIDE = (Path(__file__).parents[2] / "quizzes" / "README.md").read_text()
EXAMPLES = re.findall(r"^````markdown\n(.*?)^````$", GUIDE, re.MULTILINE | re.DOTALL)
SETTINGS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_guide_parses_without_mistakes(example: str) -> None:
    quiz, mistakes = load_quiz(Path("quizzes/contoh.md"), example, render=render)

    assert mistakes == ()
    assert quiz is not None
    assert quiz.questions


def test_the_examples_show_every_type() -> None:
    quizzes = [load_quiz(Path("quizzes/contoh.md"), example, render=render)[0] for example in EXAMPLES]

    assert {question.type for quiz in quizzes if quiz for question in quiz.questions} == set(TYPES)


def test_the_settings_of_the_guide_are_all_there_are() -> None:
    (example,) = SETTINGS
    document = frontmatter.split(f"---\n{example}---\n", "contoh.md")
    problems = Problems()

    read_settings(document.entries, problems)

    assert problems.found == []
    assert set(document.entries) == {*SETTING_KEYS, "navigation", "certainty"}


@pytest.mark.parametrize("preset", PRESETS)
def test_the_table_of_presets_says_what_the_program_does(preset: str) -> None:
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in GUIDE.split("\n") if line.startswith("|")]
    table = next(place for place, row in enumerate(rows) if row[:2] == ["kunci", "practice"])
    column = rows[table].index(preset)
    written = "\n".join(f"{row[0]}: {row[column]}" for row in rows[table + 2 : table + 10])
    documents = [frontmatter.split(f"---\n{text}\n---\n", "contoh.md") for text in (f"preset: {preset}\n{written}", f"preset: {preset}")]

    spelled_out, short = (read_settings(document.entries, Problems()) for document in documents)

    assert spelled_out == short


def test_the_guide_names_every_key_and_every_type_that_is_not_there_yet() -> None:
    keys = {*QUESTION_KEYS, *POOL_KEYS, *(key for kind in TYPES.values() for key in kind.KEYS)}

    assert [key for key in keys if f"`{key}=" not in GUIDE] == []
    assert [name for name in NOT_YET if f"`{name}`" not in GUIDE] == []
