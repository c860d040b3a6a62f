"""Quiz files as the library keeps them: parsed and rendered in a child process, cached by their text."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lms.content import records
from lms.content.cache import Cache, digest
from lms.content.catalog import Mistake, Quiz
from lms.content.catalog import Pool as QuestionPool
from lms.content.files import MARKDOWN, Stamp, Unreadable, read_source
from lms.content.identity import stem
from lms.content.labels import default_language, labels
from lms.content.links import Linker, Site, described
from lms.content.media import Shelf, seen_stamp
from lms.content.mistakes import is_fatal
from lms.content.modules import ask, line_finder
from lms.content.pool import Pool
from lms.content.render import RENDERER_VERSION
from lms.content.scan import names


@dataclass(frozen=True, slots=True)
class QuizDraft:
    """A quiz file as it is now. `quiz` is None when it cannot be served."""

    file: str
    seen: Stamp | None
    quiz: Quiz | None
    mistakes: tuple[Mistake, ...]
    depends: tuple[tuple[str, Stamp | None], ...]
    outside: tuple[tuple[str, str | None], ...]

    @property
    def sound(self) -> bool:
        """Whether the file can go into service."""
        return self.quiz is not None and not any(is_fatal(found) for found in self.mistakes)


def files(root: Path) -> list[str]:
    """The quiz files, in natural order."""
    found = [name for name in names(root / "quizzes") if name.lower().endswith(MARKDOWN) and stem(name).lower() != "readme"]
    return [f"quizzes/{name}" for name in found if (root / "quizzes" / name).is_file()]


def build(root: Path, file: str, cache: Cache, pool: Pool, shelf: Shelf, site: Site) -> QuizDraft:
    """A quiz file's draft."""
    seen = seen_stamp(root, file)
    subject = stem(Path(file).name)
    try:
        text = read_source(root, file).text
    except Unreadable as refusal:
        return QuizDraft(file, seen, None, described([refusal.found], subject), (), ())
    answer = _parsed(file, text, cache, pool)
    if "refused" in answer:
        return QuizDraft(file, seen, None, described([records.mistake_from_json(answer["refused"])], subject), (), ())
    references = tuple(records.reference_from_json(one) for one in answer["references"])
    linker = Linker(root, site, shelf, labels(default_language()), {}, "quizzes")
    find = line_finder(text)

    def link(value: Any) -> Any:
        return linker.link(value, references, file, find)
    quiz = _linked(answer["quiz"], link) if answer["quiz"] else None
    subject = quiz.id if quiz else subject
    found = [*(records.mistake_from_json(one) for one in answer["mistakes"]), *linker.made.mistakes]
    return QuizDraft(file, seen, quiz, described(found, subject), tuple(linker.made.depends.items()), tuple(linker.made.outside.items()))


def _parsed(file: str, text: str, cache: Cache, pool: Pool) -> dict[str, Any]:
    words = labels(default_language())
    key = digest("quiz", RENDERER_VERSION, repr(words), file, text)
    stored = cache.read("compiled", key)
    if stored:
        return dict(json.loads(stored))
    answer = ask(pool, {"kind": "quiz", "text": text, "file": file, "first_line": 1, "labels": words})
    if "refused" not in answer:
        cache.write("compiled", key, json.dumps(answer))
    return answer


def _linked(stored: dict[str, Any], link: Any) -> Quiz:
    """The quiz with its references put in; a question whose pictures changed has another revision."""
    quiz = records.quiz_from_json(_walk(stored, link))
    before = [question for pool in stored["pools"] for question in pool["questions"]]
    changed = {one["id"] for one in before if "\x02" in json.dumps(one, ensure_ascii=False)}
    if not changed:
        return quiz
    pools = (
        replace(pool, questions=tuple(_renewed(one) if one.id in changed else one for one in pool.questions)) for pool in quiz.pools
    )
    return _with_pools(quiz, tuple(pools))


def _renewed(question: Any) -> Any:
    return replace(question, revision=digest(question.revision, json.dumps(question.to_json(), sort_keys=True)))


def _with_pools(quiz: Quiz, pools: tuple[QuestionPool, ...]) -> Quiz:
    return replace(quiz, pools=pools, revision=digest(quiz.revision, *(question.revision for pool in pools for question in pool.questions)))


def _walk(value: Any, link: Any) -> Any:
    if isinstance(value, str):
        return link(value) if "\x02" in value else value
    if isinstance(value, list):
        return [_walk(one, link) for one in value]
    return {key: _walk(one, link) for key, one in value.items()} if isinstance(value, dict) else value


def to_json(draft: QuizDraft) -> dict[str, Any]:
    """A draft as JSON."""
    return {
        "file": draft.file, "seen": draft.seen, "quiz": records.quiz_to_json(draft.quiz) if draft.quiz else None,
        "mistakes": [records.mistake_to_json(one) for one in draft.mistakes], "depends": draft.depends, "outside": draft.outside,
    }


def from_json(stored: dict[str, Any]) -> QuizDraft:
    """The draft that was stored."""
    return QuizDraft(
        stored["file"], tuple(stored["seen"]) if stored["seen"] else None,
        records.quiz_from_json(stored["quiz"]) if stored["quiz"] else None,
        tuple(records.mistake_from_json(one) for one in stored["mistakes"]),
        tuple((file, tuple(seen) if seen else None) for file, seen in stored["depends"]),
        tuple((file, address) for file, address in stored["outside"]),
    )
