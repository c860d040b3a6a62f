"""What lies in the content folders: names and stamps, nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lms.content.files import MARKDOWN, Stamp, stamp
from lms.content.identity import natural, stem

MEDIA_FOLDERS = {"media", "images", "image", "img", "imgs", "assets", "figures", "gambar", "video", "videos", "audio"}
NO_LESSONS = {
    "LICENSE", "LICENCE", "COPYING", "NOTICE", "CONTRIBUTING", "CODE_OF_CONDUCT", "CODE-OF-CONDUCT", "CHANGELOG", "CHANGES",
    "SECURITY", "AUTHORS", "CONTRIBUTORS", "MAINTAINERS", "GOVERNANCE", "SUPPORT", "PULL_REQUEST_TEMPLATE", "ISSUE_TEMPLATE",
}
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Folder:
    """A module's folder: its Markdown files in lesson order with their stamps, and Markdown that lies in media folders."""

    name: str
    files: dict[str, Stamp]
    strays: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def stamp(self) -> str:
        """Text that changes when any of the files changes."""
        return repr((self.files, self.strays, self.broken))


def names(parent: Path) -> list[str]:
    """The folders or files in a content folder that may hold content, in natural order."""
    try:
        found = os.listdir(parent)
    except OSError:
        return []
    return sorted((name for name in found if not name.startswith(("_", "."))), key=natural)


def folder(root: Path, name: str) -> Folder | None:
    """A module's folder; None when it holds no Markdown at all."""
    files: dict[str, Stamp] = {}
    strays: list[str] = []
    broken: list[str] = []
    base = root / "modules" / name
    if not base.is_dir():
        return None
    for path in _walk(root, base, "", False, 0):
        seen = _stamp(base / path.rel)
        if path.stray:
            strays.append(path.rel)
        elif path.broken or seen is None:
            broken.append(path.rel)
        else:
            files[path.rel] = seen
    return Folder(name, files, tuple(strays), tuple(broken)) if files or broken else None


@dataclass(frozen=True, slots=True)
class _Found:
    rel: str
    stray: bool
    broken: bool


def _walk(root: Path, base: Path, inside: str, stray: bool, depth: int) -> Iterator[_Found]:
    """Markdown files below `base` in natural order; links are followed only to what lies inside the content folder."""
    for name in names(base / inside):
        rel = f"{inside}/{name}" if inside else name
        path = base / rel
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            if name.lower().endswith(MARKDOWN) or path.is_dir():
                yield _Found(rel, False, True)
        elif path.is_dir():
            if depth < DEEPEST and not (path.is_symlink() and (base / inside).resolve().is_relative_to(path.resolve())):
                yield from _walk(root, base, rel, stray or name.lower() in MEDIA_FOLDERS, depth + 1)
        elif name.lower().endswith(MARKDOWN) and stem(name) not in NO_LESSONS:
            yield _Found(rel, stray, not path.is_file())


def _stamp(path: Path) -> Stamp | None:
    try:
        return stamp(os.stat(path))
    except OSError:
        return None
