"""The drafts of all module folders and quiz files, kept up to date with what lies on disk."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from lms.content import quizfiles, scan
from lms.content.cache import Cache
from lms.content.catalog import Mistake
from lms.content.drafts import Draft
from lms.content.files import Stamp
from lms.content.links import Site
from lms.content.media import seen_stamp
from lms.content.modules import Builder, survey
from lms.content.pool import Pool
from lms.content.shelves import KeptModule, KeptQuiz, Records


class OneAtATime:
    """One process renders at a time, so that the others take over what it made. Taken only when there is something to render."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: TextIO | None = None

    def take(self) -> None:
        """Wait for the turn; held until `release`."""
        if self._opened is None:
            self._opened = self._path.open("w")
            fcntl.flock(self._opened, fcntl.LOCK_EX)

    def release(self) -> None:
        """Give the turn back, if it was taken."""
        if self._opened:
            self._opened.close()
            self._opened = None


class Pages(Mapping[str, Mapping[str, str]]):
    """Lesson ids by path for each folder, worked out when somebody asks."""

    def __init__(self, kept: Mapping[str, KeptModule], surveyed: Mapping[str, Mapping[str, str]]) -> None:
        self._kept = kept
        self._known = dict(surveyed)

    def __getitem__(self, folder: str) -> Mapping[str, str]:
        if folder not in self._known:
            self._known[folder] = self._kept[folder].draft.pages
        return self._known[folder]

    def __iter__(self) -> Iterable[str]:  # type: ignore[override]
        return iter({**self._kept, **self._known})

    def __len__(self) -> int:
        return len({**self._kept, **self._known})


class ModuleStock:
    """The drafts of the module folders, in natural order of their names."""

    def __init__(self, root: Path, builder: Builder, records: Records, turn: OneAtATime, threads: int) -> None:
        self._root = root
        self._builder = builder
        self._records = records
        self._turn = turn
        self._threads = threads
        self.kept: dict[str, KeptModule] = {}
        self._unsaved: set[str] = set()

    def refresh(self, only: set[str] | None) -> None:
        """Look at these folders, at all when None, and build what has changed."""
        names = scan.names(self._root / "modules")
        looked = names if only is None else [name for name in names if name in only]
        seen = {name: folder for name in looked if (folder := scan.folder(self._root, name))}
        self._forget((set(self.kept) if only is None else only & set(self.kept)) - set(seen))
        self._recall(name for name in seen if name not in self.kept)
        changed = [folder for name, folder in seen.items() if self._changed(self.kept.get(name), folder)]
        changed += [folder for name in self.kept.keys() - seen.keys() if (folder := self._with_changed_files(name))]
        if changed:
            self._turn.take()
            self._build(changed)
        self._relink()
        place = {name: number for number, name in enumerate(names)}
        self.kept = {name: self.kept[name] for name in sorted(self.kept, key=lambda name: place.get(name, len(place)))}

    def again(self, folder: str) -> None:
        """Build a folder although nothing changed: something it made was lost."""
        found = scan.folder(self._root, folder)
        if found:
            self._builder.build(found, self.site())

    def mark_good(self, name: str) -> None:
        """The folder's draft goes into service."""
        kept = self.kept[name]
        if kept.good is not kept.draft:
            self.kept[name] = replace(kept, good=kept.draft)
            self._unsaved.add(name)

    def save(self) -> None:
        """Write what has changed to disk."""
        for name in self._unsaved & self.kept.keys():
            self._records.keep_module(name, self.kept[name])
        self._unsaved.clear()

    def site(self, surveyed: Mapping[str, tuple[str, Mapping[str, str]]] | None = None) -> Site:
        """Where every lesson is served; folders just surveyed come before what is kept of them."""
        ids = {name: kept.draft.id for name, kept in self.kept.items()} | {name: id for name, (id, _) in (surveyed or {}).items()}
        return Site(ids, Pages(self.kept, {name: pages for name, (_, pages) in (surveyed or {}).items()}))

    def _forget(self, gone: set[str]) -> None:
        for name in gone:
            del self.kept[name]
            self._records.forget("module", name)

    def _recall(self, names: Iterable[str]) -> None:
        for name in names:
            if stored := self._records.module(name):
                self.kept[name] = stored

    def _changed(self, kept: KeptModule | None, folder: scan.Folder) -> bool:
        return kept is None or kept.stamp != folder.stamp or not self._as_seen(kept.draft)

    def _with_changed_files(self, name: str) -> scan.Folder | None:
        return None if self._as_seen(self.kept[name].draft) else scan.folder(self._root, name)

    def _as_seen(self, draft: Draft) -> bool:
        return not is_unfinished(draft.mistakes) and as_seen(self._root, draft.depends)

    def _build(self, changed: list[scan.Folder]) -> None:
        """Build, on all cores, what no other process has built meanwhile."""
        todo = [folder for folder in changed if not self._taken_over(folder)]
        surveys = {folder.name: survey(self._root, folder) for folder in todo}
        site = self.site({name: (found.id, found.pages) for name, found in surveys.items()})
        with ThreadPoolExecutor(self._threads) as threads:
            for folder, draft in zip(todo, threads.map(lambda folder: self._builder.build(folder, site), todo), strict=True):
                self._keep(folder, draft)

    def _taken_over(self, folder: scan.Folder) -> bool:
        stored = self._records.module(folder.name)
        if stored is None or self._changed(stored, folder):
            return False
        self.kept[folder.name] = stored
        return True

    def _keep(self, folder: scan.Folder, draft: Draft) -> None:
        before = self.kept.get(folder.name)
        self.kept[folder.name] = KeptModule(folder.stamp, draft, before.good if before else None)
        self._unsaved.add(folder.name)

    def _relink(self) -> None:
        """Build again what links to pages of other modules that have moved."""
        site = self.site()
        for name, kept in list(self.kept.items()):
            moved = any(site.address(file) != address for file, address in kept.draft.outside)
            if moved and (folder := scan.folder(self._root, name)):
                self._turn.take()
                self._keep(folder, self._builder.build(folder, site))


class QuizStock:
    """The drafts of the quiz files, in natural order of their names."""

    def __init__(self, root: Path, builder: Builder, records: Records, turn: OneAtATime, cache: Cache, pool: Pool) -> None:
        self._root = root
        self._records = records
        self._turn = turn
        self._threads = pool.size
        self._make: Callable[[str, Site], quizfiles.QuizDraft] = lambda file, site: quizfiles.build(
            root, file, cache, pool, builder.shelf, site
        )
        self.kept: dict[str, KeptQuiz] = {}

    def refresh(self, site: Site) -> None:
        """Look at every quiz file and build what has changed."""
        files = quizfiles.files(self._root)
        for file in self.kept.keys() - set(files):
            del self.kept[file]
            self._records.forget("quiz", file)
        kept = {file: self.kept.get(file) or self._records.quiz(file) for file in files}
        stale = [file for file, one in kept.items() if one is None or self._changed(one, site)]
        if stale:
            self._turn.take()
            with ThreadPoolExecutor(self._threads) as threads:
                kept |= zip(stale, threads.map(lambda file: self._built(file, site), stale), strict=True)
        self.kept = {file: one for file in files if (one := kept[file])}

    def _changed(self, kept: KeptQuiz, site: Site) -> bool:
        draft = kept.draft
        same = draft.seen == seen_stamp(self._root, draft.file) and as_seen(self._root, draft.depends)
        moved = any(site.address(file) != address for file, address in draft.outside)
        return moved or not same or is_unfinished(draft.mistakes)

    def _built(self, file: str, site: Site) -> KeptQuiz:
        before = self._records.quiz(file)
        if before and not self._changed(before, site):
            return before
        draft = self._make(file, site)
        kept = KeptQuiz(draft, draft.quiz if draft.sound else before.good if before else None)
        self._records.keep_quiz(file, kept)
        return kept


def as_seen(root: Path, depends: Iterable[tuple[str, Stamp | None]]) -> bool:
    """Whether the files are as they were."""
    return all(seen_stamp(root, file) == seen for file, seen in depends)


def is_unfinished(mistakes: Iterable[Mistake]) -> bool:
    """Whether a file was still being written when it was looked at."""
    return any(found.code == "still-written" for found in mistakes)
