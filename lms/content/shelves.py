"""What is kept of every module folder and quiz file: the draft as it is, and the last good revision; on disk too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lms.content import drafts, quizfiles, records
from lms.content.cache import Cache, digest
from lms.content.catalog import Quiz
from lms.content.drafts import Draft
from lms.content.quizfiles import QuizDraft
from lms.content.render import RENDERER_VERSION


@dataclass(frozen=True, slots=True)
class KeptModule:
    """A folder. `good` is the last draft without errors; the same object as `draft` when that has none."""

    stamp: str
    draft: Draft
    good: Draft | None


@dataclass(frozen=True, slots=True)
class KeptQuiz:
    """A quiz file with the last quiz that could be served."""

    draft: QuizDraft
    good: Quiz | None


class Records:
    """The kept things on disk, so that a restart finds them, the last good ones too."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def module(self, folder: str) -> KeptModule | None:
        """What is kept of a folder, or None."""
        stored = self._read("module", folder)
        if stored is None:
            return None
        draft = drafts.from_json(stored["draft"])
        good = draft if stored["good"] == "draft" else drafts.from_json(stored["good"]) if stored["good"] else None
        return KeptModule(stored["stamp"], draft, good)

    def keep_module(self, folder: str, kept: KeptModule) -> None:
        """Keep a folder."""
        good = "draft" if kept.good is kept.draft else drafts.to_json(kept.good) if kept.good else None
        self._write("module", folder, {"stamp": kept.stamp, "draft": drafts.to_json(kept.draft), "good": good})

    def quiz(self, file: str) -> KeptQuiz | None:
        """What is kept of a quiz file, or None."""
        stored = self._read("quiz", file)
        if stored is None:
            return None
        draft = quizfiles.from_json(stored["draft"])
        good = draft.quiz if stored["good"] == "draft" else records.quiz_from_json(stored["good"]) if stored["good"] else None
        return KeptQuiz(draft, good)

    def keep_quiz(self, file: str, kept: KeptQuiz) -> None:
        """Keep a quiz file."""
        good = "draft" if kept.good is kept.draft.quiz else records.quiz_to_json(kept.good) if kept.good else None
        self._write("quiz", file, {"draft": quizfiles.to_json(kept.draft), "good": good})

    def recall(self, kind: str, name: str) -> dict[str, Any] | None:
        """What is kept of something else, as it was handed over."""
        stored = self._read(kind, name)
        return {key: value for key, value in stored.items() if key != "version"} if stored else None

    def keep(self, kind: str, name: str, value: dict[str, Any]) -> None:
        """Keep plain values of something else."""
        self._write(kind, name, value)

    def forget(self, kind: str, name: str) -> None:
        """A folder or file that is gone has no last good revision."""
        self._cache.remove(kind, _key(name))

    def _read(self, kind: str, name: str) -> dict[str, Any] | None:
        text = self._cache.read(kind, _key(name))
        stored = json.loads(text) if text else None
        return stored if stored and stored["version"] == RENDERER_VERSION else None

    def _write(self, kind: str, name: str, value: dict[str, Any]) -> None:
        self._cache.write(kind, _key(name), json.dumps({"version": RENDERER_VERSION, **value}, separators=(",", ":")))


def _key(name: str) -> str:
    return digest(name)
