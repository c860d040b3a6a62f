"""Puts addresses into rendered text: lessons, files, pictures. What is missing gets a visible stand-in and a warning."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from lms.content import media
from lms.content.catalog import Mistake
from lms.content.files import MARKDOWN, Stamp, Unreadable
from lms.content.identity import anchor, nearest, nearest_path
from lms.content.labels import Labels
from lms.content.mistakes import about, mistake, near_mistake
from lms.content.references import SCHEME, Reference

PLACE = re.compile("(?: href=\")?\x02(\\d+)\x03\"?")
OWN_PAGES = ("/modules/", "/programmes/", "/quizzes/", "/certificates/", "/verify/", "/team/")
INDEXES = ("module.md", "index.md", "README.md", "readme.md")


class Site:
    """Where the files of all modules are served: `modules/x/10-y.md` at `/modules/x/y/`."""

    def __init__(self, ids: Mapping[str, str], pages: Mapping[str, Mapping[str, str]]) -> None:
        self._ids = ids
        self._pages = pages

    def address(self, file: str) -> str | None:
        """The page that a file, or a folder by its index, is served as."""
        parts = file.split("/", 2)
        if len(parts) < 2 or parts[0] != "modules" or parts[1] not in self._ids:
            return None
        folder, rest = parts[1], parts[2] if len(parts) > 2 else ""
        base = f"/modules/{quote(self._ids[folder])}/"
        if not rest:
            return base
        pages = self._pages[folder]
        names = (rest, f"{rest}.md", *(f"{rest}/{index}" for index in INDEXES))
        lesson = next((pages[name] for name in names if name in pages), None)
        return None if lesson is None else base + (f"{quote(lesson)}/" if lesson else "")

    def files(self, folder: str) -> Iterable[str]:
        """The Markdown files of a module."""
        return self._pages.get(folder, {})


@dataclass(slots=True)
class Linked:
    """Finished html, what was wrong, and what it depends on: files as they were seen, pages as they were addressed."""

    mistakes: list[Mistake] = field(default_factory=list)
    depends: dict[str, Stamp | None] = field(default_factory=dict)
    outside: dict[str, str | None] = field(default_factory=dict)


class Linker:
    """Links the texts of one module or quiz."""

    def __init__(
        self, root: Path, site: Site, shelf: media.Shelf, labels: Labels, anchors: Mapping[str, Iterable[str]], folder: str,
    ) -> None:
        self._root = root
        self._site = site
        self._shelf = shelf
        self._labels = labels
        self._anchors = anchors
        self._folder = folder
        self.made = Linked()

    def link(self, html: str, references: tuple[Reference, ...], file: str, line_of: Callable[[Reference], int]) -> str:
        """The html of a text in `file` with every reference put in."""
        if not references:
            return html

        def put(found: re.Match[str]) -> str:
            reference = references[int(found[1])]
            line = line_of(reference)
            if found[0].startswith(" href"):
                return self._attribute(reference, file, line)
            return self._media(reference, file, line)
        return PLACE.sub(put, html)

    def _attribute(self, reference: Reference, file: str, line: int) -> str:
        address = self._page(reference, file, line)
        if address is None:
            return f' class="gone" title="{escape(self._labels["gone"])}"'
        return f' href="{escape(address)}"'

    def _page(self, reference: Reference, file: str, line: int) -> str | None:
        if reference.kind == "anchor":
            self._no_anchor(reference.target, file, file, line)
            return None
        path, _, fragment = reference.target.partition("#")
        path = path.partition("?")[0]
        if path.startswith("/"):
            return reference.target if path.startswith(OWN_PAGES) or path == "/" else self._broken(reference, path, file, line)
        target = _inside(file, path)
        if target is None:
            return self._broken(reference, path, file, line)
        address = self._site.address(target)
        if not target.startswith(self._folder + "/"):
            self.made.outside[target] = address
        if address is not None:
            return address + self._fragment(fragment, target, file, line)
        if PurePosixPath(target).suffix.lower() in ("", *MARKDOWN):
            self.made.depends.setdefault(target, None)
            return self._broken(reference, path, file, line)
        return self._download(target, reference, file, line)

    def _fragment(self, fragment: str, target: str, file: str, line: int) -> str:
        if not fragment:
            return ""
        wanted = unquote(fragment)
        known = self._known_anchors(target)
        if known is None:
            return f"#mc-{quote(anchor(wanted))}"
        for name in (f"mc-{wanted}", f"mc-{anchor(wanted)}"):
            if name in known:
                return f"#{quote(name)}"
        self._no_anchor(wanted, target, file, line)
        return ""

    def _known_anchors(self, target: str) -> set[str] | None:
        names = (target, f"{target}.md", *(f"{target}/{index}" for index in INDEXES))
        found = next((self._anchors[name] for name in names if name in self._anchors), None)
        return None if found is None else set(found)

    def _no_anchor(self, wanted: str, target: str, file: str, line: int) -> None:
        known = {name.removeprefix("mc-") for name in self._known_anchors(target) or ()}
        near = nearest(anchor(wanted), known)
        self.made.mistakes.append(near_mistake("broken-anchor", file, line, near=near, anchor=wanted[:80], path=target))

    def _broken(self, reference: Reference, path: str, file: str, line: int) -> str | None:
        near = nearest_path(unquote(path), list(self._site.files(self._folder.rpartition("/")[2])))
        near = near and posixpath.relpath(f"{self._folder}/{near}", posixpath.dirname(file))
        self.made.mistakes.append(near_mistake("broken-link", file, line, near=near, path=unquote(path)[:120] or reference.target[:120]))
        return None

    def _download(self, target: str, reference: Reference, file: str, line: int) -> str | None:
        found = self._find(target)
        if isinstance(found, Mistake):
            return self._broken(reference, reference.target, file, line)
        return found.address

    def _find(self, target: str) -> media.Media | Mistake:
        self.made.depends[target] = media.seen_stamp(self._root, target)
        try:
            return self._shelf.find(target)
        except Unreadable as refusal:
            return refusal.found

    def _media(self, reference: Reference, file: str, line: int) -> str:
        target = reference.target
        if SCHEME.match(target) or target.startswith("//"):
            return self._elsewhere(reference, file, line)
        plain = target.partition("#")[0].partition("?")[0]
        path = _inside(file, plain) if plain else None
        if path is None:
            code = "outside" if _climbs(file, plain) else "missing-media"
            self.made.mistakes.append(mistake(code, file, line, path=target[:120]))
            return media.missing(reference, self._labels["missing-file"])
        found = self._find(path)
        if isinstance(found, Mistake):
            return self._not_shown(found, reference, path, file, line)
        if not (reference.alt or "").strip():
            self.made.mistakes.append(mistake("no-alt", file, line, path=target[:120]))
        return media.embed(found, reference, self._captions(path), self._labels)

    def _elsewhere(self, reference: Reference, file: str, line: int) -> str:
        parts = _parts(reference.target)
        if parts is None:
            self.made.mistakes.append(mistake("bad-link", file, line, url=reference.target[:80]))
            return media.missing(reference, self._labels["missing-file"])
        self.made.mistakes.append(mistake("remote-media", file, line, url=reference.target[:120]))
        return media.remote(reference, self._labels["remote" if reference.kind == "picture" else "remote-media"] % {"host": parts})

    def _not_shown(self, found: Mistake, reference: Reference, path: str, file: str, line: int) -> str:
        if found.code in ("missing-media", "not-readable"):
            near = self._similar(path, file)
            found = near_mistake("missing-media", file, line, near=near, path=reference.target[:120])
        else:
            found = mistake(found.code, file, line, **dict(found.params))
        self.made.mistakes.append(found)
        picture = PurePosixPath(path).suffix.lower() in media.PICTURES
        return media.missing(reference, self._labels["missing" if picture else "missing-file"])

    def _similar(self, path: str, file: str) -> str | None:
        """A file in the same folder with a similar name, as the author would write it."""
        folder = posixpath.dirname(path)
        try:
            names = [entry.name for entry in (self._root / folder).iterdir()]
        except OSError:
            return None
        near = nearest(posixpath.basename(path), names)
        return near and posixpath.relpath(f"{folder}/{near}", posixpath.dirname(file))

    def _captions(self, path: str) -> list[tuple[str, media.Media]]:
        """`x.id.vtt` beside `x.mp4`."""
        video = PurePosixPath(path)
        if video.suffix.lower() not in media.VIDEOS:
            return []
        beside = sorted((self._root / video.parent).glob(f"{glob_escape(video.stem)}.*.vtt"))
        found = [(one.name.split(".")[-2], self._find(str(video.parent / one.name))) for one in beside]
        return [(language, kept) for language, kept in found if not isinstance(kept, Mistake)]


def glob_escape(name: str) -> str:
    """A name in which no character is a wildcard."""
    return re.sub(r"([*?[])", r"[\1]", name)


def described(mistakes: Iterable[Mistake], subject: str) -> tuple[Mistake, ...]:
    """The mistakes as those of a module or quiz, each once."""
    return tuple(dict.fromkeys(about(found, subject) for found in mistakes))


def _inside(file: str, path: str) -> str | None:
    """A relative path as a path in the content folder; None when it leads out of it or is no path."""
    plain = unquote(path)
    if "\0" in plain or "\\" in plain or plain.startswith("/") or re.match(r"[A-Za-z]:", plain):
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(file), plain))
    return None if joined.startswith("..") or joined.startswith("/") else joined


def _climbs(file: str, path: str) -> bool:
    """Whether a relative path leads out of the content folder by its dots."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(path).replace("\\", "/").lstrip("/"))).startswith("..")


def _parts(address: str) -> str | None:
    """The host of an http address; None for any other scheme."""
    try:
        parts = urlsplit("https:" + address if address.startswith("//") else address)
    except ValueError:
        return None
    return parts.hostname if parts.scheme.lower() in ("http", "https") else None
