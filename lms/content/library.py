"""The courses in service: loaded, kept at their last good revision, watched for changes."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from lms.content import scan
from lms.content.cache import Cache
from lms.content.catalog import Catalog, Mistake, Module, Quiz
from lms.content.check import Names, is_broken, review
from lms.content.drafts import Draft, assemble
from lms.content.labels import default_language, labels
from lms.content.media import missing
from lms.content.mistakes import mistake
from lms.content.modules import Builder
from lms.content.pool import Pool
from lms.content.programmefiles import ProgrammeStock
from lms.content.programmes import Programme
from lms.content.records import PLACE
from lms.content.render import compile_snippet
from lms.content.shelves import Records
from lms.content.stock import ModuleStock, OneAtATime, QuizStock, is_unfinished
from lms.content.watching import Watcher

PAGES_IN_MEMORY = 64
log = logging.getLogger(__name__)


class Library:
    """One process's view of a content folder. Several processes may share `cache_dir`."""

    def __init__(self, content_dir: Path, cache_dir: Path) -> None:
        self.content_dir = content_dir.resolve()
        self.current = Catalog({}, {}, frozenset(), (), 0)
        cache_dir.mkdir(parents=True, exist_ok=True)
        self._cache = Cache(cache_dir)
        self._pool = Pool()
        builder = Builder(self.content_dir, self._cache, self._pool)
        self._shelf = builder.shelf
        records = Records(self._cache)
        self._turn = OneAtATime(cache_dir / "lock")
        self._modules = ModuleStock(self.content_dir, builder, records, self._turn, self._pool.size)
        self._quizzes = QuizStock(self.content_dir, builder, records, self._turn, self._cache, self._pool)
        self._programmes = ProgrammeStock(self.content_dir, self._cache, self._pool, builder.shelf, records)
        self._assembled: dict[str, tuple[Draft, tuple[object, ...], Module]] = {}
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._loading = threading.Lock()
        self._reading = threading.Lock()
        self._watcher: Watcher | None = None

    def load(self) -> Catalog:
        """Look at every file, render what is new, and put the result in service."""
        return self.refresh(None)

    def refresh(self, folders: set[str] | None) -> Catalog:
        """Look only at these module folders (all when None), and at all quizzes, programmes and designs."""
        with self._loading:
            if self.current.modules and not (self.content_dir / "modules").is_dir():
                log.error("%s is gone (not mounted?): the last good content stays in service", self.content_dir / "modules")
                return self.current
            try:
                self._modules.refresh(folders)
                self._quizzes.refresh(self._modules.site())
                self._programmes.refresh(self._modules.site())
                self._serve()
                self._modules.save()
            finally:
                self._turn.release()
            return self.current

    def watch(self) -> None:
        """Follow changes in a background thread until `stop`."""
        if self._watcher is None:
            self._watcher = Watcher(self)
            self._watcher.start()

    def stop(self) -> None:
        """End the watching and the rendering processes."""
        if self._watcher:
            self._watcher.stop()
            self._watcher = None
        self._pool.rest()

    def rest(self, seconds: float) -> None:
        """Let the rendering processes go when nobody used them for so long."""
        self._pool.rest(seconds)

    @property
    def unfinished(self) -> bool:
        """Whether a file was still being written when it was last looked at."""
        return is_unfinished(self.current.mistakes)

    def html(self, revision: str) -> str:
        """The clean html of a lesson or an introduction. KeyError for a revision that is nowhere to be found."""
        with self._reading:
            if revision in self._pages:
                self._pages.move_to_end(revision)
                return self._pages[revision]
        html = self._cache.read("html", revision)
        if html is None:
            html = self._rendered_again(revision)
        with self._reading:
            self._pages[revision] = html
            while len(self._pages) > PAGES_IN_MEMORY:
                self._pages.popitem(last=False)
        return html

    def media(self, digest: str, name: str) -> Path | None:
        """The file behind /media/<digest>/<name>, or None."""
        return self._shelf.path(digest, name)

    def _rendered_again(self, revision: str) -> str:
        """A damaged or lost page, made again from its module's files."""
        with self._loading:
            self._cache.remove("html", revision)
            for folder, kept in self._modules.kept.items():
                if revision in (kept.draft.intro, *(one.lesson.revision for one in kept.draft.lessons)):
                    self._modules.again(folder)
            self._programmes.again(revision, self._modules.site())
        html = self._cache.read("html", revision)
        if html is None:
            raise KeyError(revision)
        return html

    def _serve(self) -> None:
        """Check everything together and swap the catalogue if anything differs."""
        quizzes, doubled = self._good_quizzes()
        designs = self._designs()
        drafts = {name: kept.draft for name, kept in self._modules.kept.items()}
        beside = review(drafts, Names(self._quiz_names(), quizzes, designs))
        modules: dict[str, Module] = {}
        for name, draft in drafts.items():
            if not is_broken(draft, beside[name]):
                self._modules.mark_good(name)
            good = self._modules.kept[name].good
            if good and good.id not in modules:
                modules[good.id] = self._module(name, good, quizzes)
        shown = {draft.id: modules[draft.id].published if draft.id in modules else False for draft in drafts.values()}
        programmes, wrong = self._programmes.serve(shown, designs)
        found = (
            *(one for name, draft in drafts.items() for one in (*draft.mistakes, *beside[name])),
            *(one for kept in self._quizzes.kept.values() for one in kept.draft.mistakes), *doubled, *wrong,
        )
        self._swap(modules, quizzes, designs, found, programmes)

    def _swap(
        self, modules: dict[str, Module], quizzes: dict[str, Quiz], designs: frozenset[str], found: tuple[Mistake, ...],
        programmes: dict[str, Programme],
    ) -> None:
        now, made = self.current, Catalog(modules, quizzes, designs, found, self.current.generation + 1, programmes)
        if not now.generation or replace(made, generation=now.generation) != now:
            self.current = made

    def _module(self, name: str, draft: Draft, quizzes: dict[str, Quiz]) -> Module:
        """The module of a draft; the same object as long as nothing it shows has changed."""
        known = (draft.id in quizzes, *(quizzes[quiz].drawn for one in draft.lessons if (quiz := one.lesson.quiz) and quiz in quizzes))
        before = self._assembled.get(name)
        if before and before[0] is draft and before[1] == known:
            return before[2]
        made = assemble(draft, quizzes)
        self._assembled[name] = (draft, known, made)
        return made

    def _designs(self) -> frozenset[str]:
        base = self.content_dir / "certificates"
        return frozenset(name for name in scan.names(base) if (base / name / "certificate.html").is_file())

    def _quiz_names(self) -> set[str]:
        """Every quiz there is, also those whose file has never been good."""
        kept = self._quizzes.kept
        return {one.good.id for one in kept.values() if one.good} | {Path(file).stem for file, one in kept.items() if not one.good}

    def _good_quizzes(self) -> tuple[dict[str, Quiz], list[Mistake]]:
        quizzes: dict[str, Quiz] = {}
        owners: dict[str, str] = {}
        doubled = []
        for file, kept in self._quizzes.kept.items():
            if kept.good and kept.good.id in owners:
                doubled.append(mistake("duplicate-id", file, subject=kept.good.id, id=kept.good.id, other=owners[kept.good.id]))
            elif kept.good:
                owners[kept.good.id] = file
                quizzes[kept.good.id] = kept.good
        return quizzes, doubled


def render_text(markdown: str) -> str:
    """Clean html of a short text, in this process; pictures stay as words. A text that cannot be rendered is shown as it is."""
    made = compile_snippet(markdown, "", 1, labels(default_language()))

    def put(found: object) -> str:
        reference = made.references[int(found[1])]  # type: ignore[index]
        return missing(reference, reference.target)
    return PLACE.sub(put, made.html)


