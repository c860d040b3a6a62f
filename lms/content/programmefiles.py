"""Programme files as the library keeps them: read, rendered in a child process, the last good one kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lms.content import frontmatter, programmes, records, schema
from lms.content.cache import Cache, digest
from lms.content.catalog import Mistake
from lms.content.check import missing
from lms.content.files import MARKDOWN, Stamp, Unreadable, read_source
from lms.content.identity import readable, slug, stem, without_number
from lms.content.labels import Labels, default_language, labels
from lms.content.links import Linker, Site, described
from lms.content.media import Shelf, seen_stamp
from lms.content.mistakes import is_fatal, mistake
from lms.content.modules import ask
from lms.content.pool import Pool
from lms.content.programmes import KEYS, Programme, Way
from lms.content.render import RENDERER_VERSION, Compiled
from lms.content.scan import names
from lms.content.shelves import Records
from lms.content.stock import as_seen, is_unfinished

FOLDER = "modules/_programmes"


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """A programme's file as it is now: what it says, the lines of its keys, its mistakes, and what it depends on."""

    file: str
    seen: Stamp | None
    programme: Programme
    lines: Mapping[str, int]
    mistakes: tuple[Mistake, ...]
    depends: tuple[tuple[str, Stamp | None], ...] = ()
    outside: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptProgramme:
    """A file with the last programme that could be served."""

    draft: ProgrammeDraft
    good: Programme | None


def files(root: Path) -> list[str]:
    """The programmes' files, in natural order."""
    found = [name for name in names(root / FOLDER) if name.lower().endswith(MARKDOWN) and stem(name).lower() != "readme"]
    return [f"{FOLDER}/{name}" for name in found if (root / FOLDER / name).is_file()]


class ProgrammeStock:
    """The drafts of the programmes' files."""

    def __init__(self, root: Path, cache: Cache, pool: Pool, shelf: Shelf, stored: Records) -> None:
        self._root = root
        self._cache = cache
        self._pool = pool
        self._shelf = shelf
        self._stored = stored
        self.kept: dict[str, KeptProgramme] = {}

    def refresh(self, site: Site) -> None:
        """Look at every file and build what has changed."""
        found = files(self._root)
        for file in self.kept.keys() - set(found):
            self._stored.forget("programme", file)
        before = {file: self.kept.get(file) or self._recalled(file) for file in found}
        stale = {file for file, one in before.items() if one is None or self._changed(one.draft, site)}
        self.kept = {file: self._built(file, site, one) if one is None or file in stale else one for file, one in before.items()}

    def again(self, revision: str, site: Site) -> None:
        """Build the file whose text has this revision: the text was lost."""
        for file, kept in self.kept.items():
            if revision in (kept.draft.programme.intro, kept.good and kept.good.intro):
                self._built(file, site, kept)

    def serve(self, modules: Mapping[str, bool], designs: frozenset[str]) -> tuple[dict[str, Programme], list[Mistake]]:
        """What goes into service, and every mistake; `modules` says of each module that there is whether it is published."""
        served: dict[str, Programme] = {}
        owners: dict[str, str] = {}
        mistakes: list[Mistake] = []
        for file, kept in self.kept.items():
            found = [*kept.draft.mistakes, *self._beside(kept.draft, modules, designs, owners)]
            mistakes += found
            if not any(is_fatal(one) for one in found) and kept.good != kept.draft.programme:
                self.kept[file] = kept = replace(kept, good=kept.draft.programme)
                self._stored.keep("programme", file, _to_json(kept))
            if kept.good and kept.good.id not in served:
                served[kept.good.id] = kept.good
        return served, mistakes

    def _beside(
        self, draft: ProgrammeDraft, modules: Mapping[str, bool], designs: frozenset[str], owners: dict[str, str],
    ) -> Iterable[Mistake]:
        """The mistakes that only show beside the other files."""
        made = draft.programme
        if made.id in owners:
            yield mistake("duplicate-id", draft.file, draft.lines.get("id", 1), subject=made.id, id=made.id, other=owners[made.id])
        owners.setdefault(made.id, draft.file)
        if made.certificate and made.certificate not in designs:
            yield missing("missing-certificate", made.certificate, draft.file, draft.lines.get("certificate", 1), made.id, designs)
        published = {id for id, shown in modules.items() if shown}
        yield from programmes.review(made.steps, dict(made.places), draft.file, made.id, known=modules.keys(), published=published)

    def _changed(self, draft: ProgrammeDraft, site: Site) -> bool:
        same = draft.seen == seen_stamp(self._root, draft.file) and as_seen(self._root, draft.depends)
        moved = any(site.address(file) != address for file, address in draft.outside)
        return moved or not same or is_unfinished(draft.mistakes)

    def _built(self, file: str, site: Site, before: KeptProgramme | None) -> KeptProgramme:
        kept = KeptProgramme(self._draft(file, site), before.good if before else None)
        self._stored.keep("programme", file, _to_json(kept))
        return kept

    def _recalled(self, file: str) -> KeptProgramme | None:
        stored = self._stored.recall("programme", file)
        return _from_json(stored) if stored else None

    def _draft(self, file: str, site: Site) -> ProgrammeDraft:
        seen = seen_stamp(self._root, file)
        try:
            text = read_source(self._root, file).text
        except Unreadable as refusal:
            empty = _programme(file, {}, programmes.Way(), "", "")
            return ProgrammeDraft(file, seen, empty, {}, described([refusal.found], empty.id))
        document = frontmatter.split(text, file)
        metadata = schema.read(document.entries, KEYS, file)
        values = dict(metadata.values)
        way = programmes.way(values.pop("items", None), file, metadata.lines.get("items", 1))
        found = [*document.mistakes, *metadata.mistakes, *([] if any(map(is_fatal, document.mistakes)) else way.mistakes)]
        words = labels(values.get("language") or default_language())
        made = self._compiled(document, file, values.get("title"), words, found)
        linker = Linker(self._root, site, self._shelf, words, {file: made.anchors}, FOLDER)
        html = linker.link(made.html, made.references, file, lambda reference: document.first_line + reference.line)
        title = values.get("title") or made.title or readable(stem(Path(file).name))
        programme = _programme(file, values, way, title, self._write(title, html) if html else "")
        found += [*made.mistakes, *linker.made.mistakes]
        return ProgrammeDraft(
            file, seen, programme, metadata.lines, described(found, programme.id), tuple(linker.made.depends.items()),
            tuple(linker.made.outside.items()),
        )

    def _compiled(self, document: frontmatter.Document, file: str, title: str | None, words: Labels, found: list[Mistake]) -> Compiled:
        key = digest("programme", RENDERER_VERSION, repr(words), repr(title), file, str(document.first_line), document.body)
        stored = self._cache.read("compiled", key)
        if stored:
            return records.compiled_from_json(json.loads(stored))
        answer = ask(self._pool, {
            "kind": "page", "text": document.body, "file": file, "first_line": document.first_line, "labels": words, "title": title})
        if "refused" in answer:
            found.append(records.mistake_from_json(answer["refused"]))
            return Compiled("", None)
        self._cache.write("compiled", key, json.dumps(answer))
        return records.compiled_from_json(answer)

    def _write(self, title: str, html: str) -> str:
        revision = digest(RENDERER_VERSION, title, html)
        if not self._cache.has("html", revision):
            self._cache.write("html", revision, html)
        return revision


def _programme(file: str, values: Mapping[str, Any], way: Way, title: str, intro: str) -> Programme:
    name = stem(Path(file).name)
    made = Programme(
        id=values.get("id") or slug(without_number(name)) or "program", title=title or readable(name), summary=values.get("summary") or "",
        kind=values.get("kind"), objectives=values.get("objectives", ()), authors=values.get("authors", ()),
        language=values.get("language") or default_language(), order=values.get("order", "free"), certificate=values.get("certificate"),
        expires_months=values.get("expires"), published=values.get("published", True), steps=tuple(way.steps), intro=intro, file=file,
        places=tuple(way.places.items()), revision="",
    )
    said = [repr(getattr(made, name)) for name in Programme.__slots__ if name not in ("file", "places", "revision")]
    return replace(made, revision=digest(*said))


def _to_json(kept: KeptProgramme) -> dict[str, Any]:
    draft = kept.draft
    return {
        "draft": {
            "file": draft.file, "seen": draft.seen, "programme": _one_to_json(draft.programme), "lines": dict(draft.lines),
            "mistakes": [records.mistake_to_json(one) for one in draft.mistakes], "depends": draft.depends,
            "outside": draft.outside,
        },
        "good": _one_to_json(kept.good) if kept.good else None,
    }


def _from_json(stored: Mapping[str, Any]) -> KeptProgramme:
    said = stored["draft"]
    draft = ProgrammeDraft(
        said["file"], tuple(said["seen"]) if said["seen"] else None, _one_from_json(said["programme"]), said["lines"],
        tuple(records.mistake_from_json(one) for one in said["mistakes"]),
        tuple((file, tuple(seen) if seen else None) for file, seen in said["depends"]),
        tuple((file, address) for file, address in said["outside"]),
    )
    return KeptProgramme(draft, _one_from_json(stored["good"]) if stored["good"] else None)


def _one_to_json(made: Programme) -> dict[str, Any]:
    return {**{name: getattr(made, name) for name in Programme.__slots__}, "steps": programmes.steps_to_json(made.steps)}


def _one_from_json(stored: Mapping[str, Any]) -> Programme:
    return Programme(**{
        **stored, "steps": programmes.steps_from_json(stored["steps"]), "objectives": tuple(stored["objectives"]),
        "authors": tuple(stored["authors"]), "places": tuple((key, line) for key, line in stored["places"]),
    })
