"""The rendering process: reads one task per line, answers one line, and dies by the kernel's hand if a text is too much."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from lms.content import pictures, records
from lms.content.files import Unreadable
from lms.content.labels import Labels
from lms.content.references import Reference
from lms.content.render import compile_page, compile_snippet

MEMORY = 1536 << 20
SECONDS = 2.0
SECONDS_PER_MEGABYTE = 6.0
MEDIA_SECONDS = 40.0
RECURSION = 3000


def main() -> None:
    """Serve tasks until the parent closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(RECURSION)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        task = json.loads(line)
        limit(task)
        answers.write(json.dumps(answer(task)).encode() + b"\n")
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.flush()


def limit(task: dict[str, Any]) -> None:
    """Allow this much processor time; the signal's default action ends the process, also inside C code."""
    seconds = MEDIA_SECONDS if task["kind"] == "media" else SECONDS + SECONDS_PER_MEGABYTE * len(task["text"]) / 1e6
    signal.setitimer(signal.ITIMER_PROF, seconds)


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """What the task asks for; `refused` is the located mistake of a text that cannot be served."""
    try:
        return TASKS[task["kind"]](task)
    except Unreadable as refusal:
        return {"refused": records.mistake_to_json(refusal.found)}
    except (RecursionError, MemoryError):
        return {"died": True}


def _page(task: dict[str, Any]) -> dict[str, Any]:
    made = compile_page(task["text"], task["file"], task["first_line"], task["labels"], task["title"])
    return records.compiled_to_json(made)


def _quiz(task: dict[str, Any]) -> dict[str, Any]:
    from lms.content.quizzes import load_quiz

    snippets = Snippets(task["file"], task["labels"])
    quiz, mistakes = load_quiz(Path(task["file"]), task["text"], render=snippets.render)
    return {
        "quiz": records.quiz_to_json(quiz) if quiz else None,
        "mistakes": [records.mistake_to_json(found) for found in (*mistakes, *snippets.mistakes)],
        "references": [records.reference_to_json(found) for found in snippets.references],
    }


def _media(task: dict[str, Any]) -> dict[str, Any]:
    return pictures.keep(Path(task["root"]), task["file"], Path(task["store"]))


class Snippets:
    """Renders the short texts of one quiz; their references are numbered through."""

    def __init__(self, file: str, labels: Labels) -> None:
        self._file = file
        self._labels = labels
        self.references: list[Reference] = []
        self.mistakes: list[Any] = []

    def render(self, text: str) -> str:
        """Clean HTML with the references' places as `\\x02n\\x03`."""
        made = compile_snippet(text, self._file, 1, self._labels)
        shift = len(self.references)
        self.references.extend(made.references)
        self.mistakes.extend(made.mistakes)
        return records.shifted(made.html, shift)


TASKS = {"page": _page, "quiz": _quiz, "media": _media}
