"""A module's folder becomes a draft: front matter, order, ids, parts, rendered texts, mistakes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from lms.content import frontmatter, media, records, schema
from lms.content.cache import Cache, digest
from lms.content.catalog import Lesson, Mistake
from lms.content.drafts import Draft, LessonDraft
from lms.content.files import Unreadable, read_source
from lms.content.identity import INDEX_NAMES, lesson_ids, readable, slug, stem
from lms.content.labels import Labels, default_language, labels
from lms.content.links import Linker, Site, described
from lms.content.mistakes import mistake
from lms.content.pool import ChildDied, Pool
from lms.content.references import Reference
from lms.content.render import RENDERER_VERSION, Compiled
from lms.content.scan import Folder

INTRODUCTIONS = ("module.md", "index.md", "readme.md")


@dataclass(slots=True)
class Page:
    """One Markdown file of a module, read but not rendered."""

    rel: str
    file: str
    document: frontmatter.Document
    metadata: schema.Metadata
    id: str = ""

    @property
    def title(self) -> str | None:
        """The title that the front matter states."""
        return self.metadata.values.get("title")


@dataclass(slots=True)
class Survey:
    """All files of a module with their ids. `intro` is the module's own page."""

    folder: str
    id: str
    intro: Page | None
    lessons: list[Page]
    mistakes: list[Mistake] = field(default_factory=list)
    _indexes: dict[str, Page] | None = field(default=None, repr=False)

    @property
    def pages(self) -> dict[str, str]:
        """Lesson ids by path in the folder; the introduction's is empty."""
        return {page.rel: page.id for page in ([self.intro] if self.intro else []) + self.lessons}

    def index(self, inside: str) -> Page | None:
        """The page that stands for a sub-folder, if it has one."""
        if self._indexes is None:
            at_index = [page for page in self.lessons if stem(PurePosixPath(page.rel).name).lower() in INDEX_NAMES]
            self._indexes = {str(PurePosixPath(page.rel).parent): page for page in reversed(at_index)}
        return self._indexes.get(inside)


def survey(root: Path, folder: Folder) -> Survey:
    """Read a module's files and name its lessons."""
    found: list[Mistake] = []
    intro_rel = _introduction(folder)
    pages = [page for rel in folder.files if (page := _read(root, folder.name, rel, found, intro=rel == intro_rel))]
    intro = next((page for page in pages if page.rel == intro_rel), None)
    lessons = [page for page in pages if page is not intro]
    found += [mistake("outside", f"modules/{folder.name}/{rel}", path=rel) for rel in folder.broken]
    found += [mistake("markdown-in-media", f"modules/{folder.name}/{rel}", path=rel) for rel in folder.strays]
    _name(lessons, found)
    stated = intro.metadata.values.get("id") if intro else None
    return Survey(folder.name, stated or slug(folder.name) or "module", intro, lessons, found)


def _introduction(folder: Folder) -> str | None:
    at_top = {rel.lower(): rel for rel in folder.files if "/" not in rel}
    return next((at_top[name] for name in INTRODUCTIONS if name in at_top), None)


def _read(root: Path, folder: str, rel: str, found: list[Mistake], *, intro: bool) -> Page | None:
    file = f"modules/{folder}/{rel}"
    try:
        source = read_source(root, file)
    except Unreadable as refusal:
        found.append(refusal.found)
        return None
    document = frontmatter.split(source.text, file)
    metadata = schema.read(document.entries, schema.MODULE if intro else schema.LESSON, file)
    found.extend((*document.mistakes, *metadata.mistakes))
    return Page(rel, file, document, metadata)


def _name(lessons: list[Page], found: list[Mistake]) -> None:
    """Ids: the one in the file; else the path's. Stated ids are given out first, so that nobody takes them."""
    taken: dict[str, str] = {}
    for page in lessons:
        stated = page.metadata.values.get("id")
        if stated and stated in taken:
            found.append(mistake("duplicate-id", page.file, page.metadata.lines["id"], id=stated, other=taken[stated]))
        if stated:
            page.id = stated
            taken.setdefault(stated, page.file)
    for page in lessons:
        if not page.id:
            page.id = _free_id(page, taken, found)
            taken[page.id] = page.file


def _free_id(page: Page, taken: Mapping[str, str], found: list[Mistake]) -> str:
    short, full = lesson_ids(page.rel)
    if short and short not in taken:
        return short
    if full not in taken:
        return full
    count = next(count for count in range(2, len(taken) + 3) if f"{full}-{count}" not in taken)
    found.append(mistake("renamed-id", page.file, taken=full, id=f"{full}-{count}"))
    return f"{full}-{count}"


class Builder:
    """Renders and links the modules of one content folder."""

    def __init__(self, root: Path, cache: Cache, pool: Pool) -> None:
        self._root = root
        self._cache = cache
        self._pool = pool
        self.shelf = media.Shelf(root, cache, pool)

    def build(self, folder: Folder, site: Site) -> Draft:
        """The draft of a folder, its html written to the cache."""
        seen = survey(self._root, folder)
        language = seen.intro.metadata.values.get("language") if seen.intro else None
        words = labels(language or default_language())
        compiled = {page.file: self._compile(page, words, seen.mistakes) for page in [*seen.lessons, *([seen.intro] if seen.intro else [])]}
        anchors = {file: made.anchors for file, made in compiled.items()}
        linker = Linker(self._root, site, self.shelf, words, anchors, f"modules/{seen.folder}")
        lessons = tuple(self._lesson(page, compiled, linker, seen) for page in seen.lessons)
        intro = compiled[seen.intro.file] if seen.intro else Compiled("", None)
        title = (seen.intro.title if seen.intro else None) or intro.title
        file = seen.intro.file if seen.intro else ""
        revision = self._write(title or "", self._linked(seen.intro, intro, linker) if seen.intro else "")
        found = [*seen.mistakes, *(one for made in compiled.values() for one in made.mistakes), *linker.made.mistakes]
        if set(folder.files) <= {_introduction(folder)} and not folder.broken:
            found.append(mistake("no-lessons", file or f"modules/{seen.folder}"))
        values = dict(seen.intro.metadata.values) if seen.intro else {}
        return Draft(
            seen.folder, file, seen.id, values, dict(seen.intro.metadata.lines) if seen.intro else {}, title or "", revision, intro.lead,
            lessons, described(found, seen.id), tuple(linker.made.depends.items()), tuple(linker.made.outside.items()),
        )

    def _lesson(self, page: Page, compiled: Mapping[str, Compiled], linker: Linker, seen: Survey) -> LessonDraft:
        made, values = compiled[page.file], page.metadata.values
        title = page.title or made.title or readable(stem(PurePosixPath(page.rel).name))
        if not page.title and not made.title and stem(page.rel).rsplit("/", 1)[-1].lower() in INDEX_NAMES and "/" in page.rel:
            title = readable(PurePosixPath(page.rel).parent.name)
        revision = self._write(title, self._linked(page, made, linker))
        part = values.get("part") or _part(page.rel, seen, compiled)
        stated = values.get("minutes", 0)
        lesson = Lesson(
            page.id, title, page.file, stated, part, values.get("quiz"), values.get("optional", False), made.headings, made.words, revision,
            made.lead,
        )
        return LessonDraft(lesson, stated, page.metadata.lines.get("quiz", 1))

    def _linked(self, page: Page, made: Compiled, linker: Linker) -> str:
        first = page.document.first_line
        return linker.link(made.html, made.references, page.file, lambda reference: first + reference.line)

    def _write(self, title: str, html: str) -> str:
        revision = digest(RENDERER_VERSION, title, html)
        if not self._cache.has("html", revision):
            self._cache.write("html", revision, html)
        return revision

    def _compile(self, page: Page, words: Labels, found: list[Mistake]) -> Compiled:
        """The rendered text, from the cache or from a child process; nothing, with an error, when it cannot be rendered."""
        document = page.document
        key = digest(RENDERER_VERSION, repr(words), repr(page.title), page.file, str(document.first_line), document.body)
        stored = self._cache.read("compiled", key)
        if stored:
            return records.compiled_from_json(json.loads(stored))
        task = {
            "kind": "page", "text": document.body, "file": page.file, "first_line": document.first_line, "labels": words,
            "title": page.title,
        }
        answer = ask(self._pool, task)
        if "refused" in answer:
            found.append(records.mistake_from_json(answer["refused"]))
            return Compiled("", None)
        self._cache.write("compiled", key, json.dumps(answer))
        return records.compiled_from_json(answer)


def ask(pool: Pool, task: dict[str, Any]) -> dict[str, Any]:
    """What the child makes of a text; a refusal with the most suspicious line when it died of it."""
    try:
        answer = pool.run(task)
    except ChildDied:
        answer = {"died": True}
    if "died" not in answer:
        return answer
    line = task.get("first_line", 1) + suspicious_line(task["text"])
    return {"refused": records.mistake_to_json(mistake("too-costly", task["file"], line))}


def suspicious_line(text: str) -> int:
    """The line (from 0) with the most marks: where a text that cannot be rendered is likely to go wrong."""
    marks = [sum(line.count(mark) for mark in "[]()<>`*_!|$") for line in text.split("\n")]
    return marks.index(max(marks))


def _part(rel: str, seen: Survey, compiled: Mapping[str, Compiled]) -> str | None:
    """The sub-folder as a heading: the title of its index file, else its name."""
    names = PurePosixPath(rel).parts[:-1]
    titles = []
    for depth in range(1, len(names) + 1):
        index = seen.index("/".join(names[:depth]))
        titles.append((index and (index.title or compiled[index.file].title)) or readable(names[depth - 1]))
    return " / ".join(titles) or None


def line_finder(text: str) -> Any:
    """Finds the line on which a reference's target is written, for texts that are rendered in pieces."""
    lines = text.split("\n")

    def find(reference: Reference) -> int:
        return next((number for number, line in enumerate(lines, 1) if reference.target in line), 1)
    return find
