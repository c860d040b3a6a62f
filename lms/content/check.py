"""Looks at all modules and quizzes together: ids that stand twice, names that lead nowhere, requirements in a circle."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lms.content.catalog import Mistake
from lms.content.drafts import Draft
from lms.content.identity import nearest
from lms.content.mistakes import is_fatal, mistake, near_mistake


@dataclass(frozen=True, slots=True)
class Names:
    """What there is to refer to. `quizzes` are all quiz files' ids, `good_quizzes` those that can be served."""

    quizzes: Collection[str]
    good_quizzes: Collection[str]
    designs: Collection[str]


def review(drafts: Mapping[str, Draft], names: Names) -> dict[str, list[Mistake]]:
    """For each folder the mistakes that only show beside the others."""
    found: dict[str, list[Mistake]] = {folder: [] for folder in drafts}
    owners = _owners(drafts, found)
    for folder, draft in drafts.items():
        found[folder] += _references(draft, names, owners)
    for folder, path in _circles(drafts, owners):
        draft = drafts[folder]
        found[folder].append(_at(draft, "requires", "requires-circle", path=" → ".join(path)))
    return found


def is_broken(draft: Draft, found: list[Mistake]) -> bool:
    """Whether a folder's last good revision has to stand in for it."""
    return any(is_fatal(one) for one in (*draft.mistakes, *found))


def _at(draft: Draft, key: str, code: str, **params: str) -> Mistake:
    return mistake(code, draft.file or f"modules/{draft.folder}", draft.lines.get(key, 1), subject=draft.id, **params)


def _owners(drafts: Mapping[str, Draft], found: dict[str, list[Mistake]]) -> dict[str, str]:
    """Which folder has which id; the first in order keeps it."""
    owners: dict[str, str] = {}
    for folder, draft in drafts.items():
        if draft.id in owners:
            found[folder].append(_at(draft, "id", "duplicate-id", id=draft.id, other=f"modules/{owners[draft.id]}"))
        owners.setdefault(draft.id, folder)
    return owners


def _references(draft: Draft, names: Names, owners: Mapping[str, str]) -> list[Mistake]:
    found: list[Mistake] = []
    file = draft.file or f"modules/{draft.folder}"
    for key in ("quiz", "pretest"):
        found += _quiz(draft.values.get(key), file, draft.lines.get(key, 1), draft.id, names)
    if not draft.values.get("quiz") and draft.id in names.quizzes and draft.id not in names.good_quizzes:
        found.append(mistake("broken-quiz", file, subject=draft.id, id=draft.id))
    for one in draft.lessons:
        found += _quiz(one.lesson.quiz, one.lesson.file, one.quiz_line, draft.id, names)
    design = draft.values.get("certificate")
    if design and design not in names.designs:
        found.append(missing("missing-certificate", design, file, draft.lines["certificate"], draft.id, names.designs))
    for wanted in draft.values.get("requires", ()):
        if wanted not in owners:
            found.append(missing("missing-module", wanted, file, draft.lines["requires"], draft.id, owners))
    return found


def _quiz(wanted: str | None, file: str, line: int, subject: str, names: Names) -> list[Mistake]:
    if not wanted or wanted in names.good_quizzes:
        return []
    if wanted in names.quizzes:
        return [mistake("broken-quiz", file, line, subject=subject, id=wanted)]
    return [missing("missing-quiz", wanted, file, line, subject, names.quizzes)]


def missing(code: str, wanted: str, file: str, line: int, subject: str, known: Collection[str]) -> Mistake:
    """The mistake of a name that leads nowhere, with the known name nearest to it."""
    return near_mistake(code, file, line, near=nearest(wanted, known), subject=subject, id=wanted)


def _circles(drafts: Mapping[str, Draft], owners: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Each folder that requires itself through others, with the ids on the way."""
    requires = {owned: tuple(drafts[folder].values.get("requires", ())) for owned, folder in owners.items()}
    found = []
    for start, folder in owners.items():
        path = _way_back(start, requires)
        if path:
            found.append((folder, path))
    return found


def _way_back(start: str, requires: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """The shortest way from a module along its requirements back to itself."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for wanted in requires.get(way[-1], ()):
            if wanted == start:
                return [*way, start]
            if wanted not in seen:
                seen.add(wanted)
                ways.append([*way, wanted])
    return None
