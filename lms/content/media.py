"""Pictures, players and download cards as they stand in a lesson."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from lms.content import records
from lms.content.cache import Cache, digest
from lms.content.files import Stamp, Unreadable, stamp
from lms.content.labels import Labels
from lms.content.mistakes import mistake
from lms.content.pool import ChildDied, Pool
from lms.content.references import Reference

PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif"}
VIDEOS = {".mp4": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".m4v": "video/mp4", ".mov": "video/quicktime"}
SOUNDS = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".opus": "audio/ogg"}
COLUMN = "(min-width: 60em) 44rem, 100vw"
ICON = '<svg class="i" aria-hidden="true"><use href="/static/icons.svg#i-{}"/></svg>'


@dataclass(frozen=True, slots=True)
class Media:
    """A kept file. Pictures have measures (0 = unknown) and smaller variants of (name, width)."""

    digest: str
    name: str
    bytes: int
    width: int = 0
    height: int = 0
    variants: tuple[tuple[str, int], ...] = ()

    @property
    def address(self) -> str:
        """Where the file is served."""
        return f"/media/{self.digest}/{quote(self.name)}"


class Shelf:
    """Keeps media files by their content; what is known of a file is remembered until the file changes."""

    def __init__(self, root: Path, cache: Cache, pool: Pool) -> None:
        self._root = root
        self._cache = cache
        self._pool = pool
        self.folder = cache.folder / "media"

    def find(self, file: str) -> Media:
        """The kept file for a path in the content folder. Raises Unreadable with a warning or error."""
        seen = seen_stamp(self._root, file)
        if seen is None:
            raise Unreadable(mistake("missing-media", file, path=file))
        key = digest("media 1", file, str(seen))
        stored = self._cache.read("media-known", key)
        made = json.loads(stored) if stored else self._keep(file, key)
        if "refused" in made:
            raise Unreadable(records.mistake_from_json(made["refused"]))
        return Media(**{**made, "variants": tuple((name, width) for name, width in made["variants"])})

    def path(self, wanted: str, name: str) -> Path | None:
        """The file behind an address, or None."""
        if not (wanted.isalnum() and wanted.isascii()) or name.startswith(".") or "/" in name or "\0" in name:
            return None
        path = self.folder / wanted / name
        try:
            return path if path.is_file() else None
        except OSError:  # the name is longer than a file's may be
            return None

    def _keep(self, file: str, key: str) -> dict[str, Any]:
        try:
            made = self._pool.run({"kind": "media", "root": str(self._root), "file": file, "store": str(self.folder)})
        except ChildDied:
            made = {"died": True}
        if "died" in made:
            made = {"refused": records.mistake_to_json(mistake("bad-picture", file, path=file))}
        self._cache.write("media-known", key, json.dumps(made))
        return made


def seen_stamp(root: Path, file: str) -> Stamp | None:
    """What the file looks like now; None when there is no such file."""
    try:
        return stamp(os.stat(root / file))
    except (OSError, ValueError):
        return None


def embed(found: Media, reference: Reference, captions: list[tuple[str, Media]], labels: Labels) -> str:
    """The picture, player or card for a file."""
    suffix = PurePosixPath(found.name).suffix.lower()
    if suffix in PICTURES:
        return _figure(_picture(found, reference), reference)
    title = reference.alt or found.name
    if suffix in VIDEOS:
        return _player("video", found, VIDEOS[suffix], labels["video"] % {"title": title}, captions, title)
    if suffix in SOUNDS:
        return _player("audio", found, SOUNDS[suffix], labels["audio"] % {"title": title}, [], title)
    return _card(found, title, reference, labels)


def missing(reference: Reference, words: str) -> str:
    """The visible stand-in for a file that is not shown."""
    said = f"{words}: {reference.alt}" if reference.alt else words
    shown = f'<span class="stand-in">{ICON.format("info")} {escape(said)}</span>'
    return f"<p>{shown}</p>" if reference.alone else shown


def remote(reference: Reference, words: str) -> str:
    """The stand-in for a file on another server: a link, so that nothing is loaded unasked."""
    said = f"{reference.alt} ({words})" if reference.alt else words
    address = escape(reference.target if not reference.target.startswith("//") else "https:" + reference.target)
    shown = f'<a class="stand-in" href="{address}" rel="noopener noreferrer">{escape(said)}</a>'
    return f"<p>{shown}</p>" if reference.alone else f'<span class="stand-in">{escape(said)}</span>'


def _picture(found: Media, reference: Reference) -> str:
    measures = f' width="{found.width}" height="{found.height}"' if found.width and found.height else ""
    title = f' title="{escape(reference.caption)}"' if reference.caption and not reference.alone else ""
    shown = f'src="{found.address}"{_sources(found)} alt="{escape(reference.alt or "")}"{title}{measures}'
    return f'<img {shown} loading="lazy" decoding="async">'


def _sources(found: Media) -> str:
    if not found.variants:
        return ""
    listed = [f"/media/{found.digest}/{quote(name)} {width}w" for name, width in found.variants]
    return f' srcset="{", ".join([*listed, f"{found.address} {found.width}w"])}" sizes="{COLUMN}"'


def _figure(picture: str, reference: Reference) -> str:
    if not reference.alone:
        return picture
    caption = f"<figcaption>{escape(reference.caption)}</figcaption>" if reference.caption else ""
    return f"<figure>{picture}{caption}</figure>"


def _player(tag: str, found: Media, mime: str, label: str, captions: list[tuple[str, Media]], title: str) -> str:
    tracks = "".join(
        f'<track kind="captions" src="{media.address}" srclang="{escape(language)}" label="{escape(language)}"{" default" * (place == 0)}>'
        for place, (language, media) in enumerate(captions)
    )
    source = f'<source src="{found.address}" type="{mime}">'
    player = f'<{tag} controls preload="none" aria-label="{escape(label)}">{source}{tracks}</{tag}>'
    return f'<figure class="player">{player}<figcaption>{escape(title)}, {_size(found.bytes)}</figcaption></figure>'


def _card(found: Media, title: str, reference: Reference, labels: Labels) -> str:
    kind = PurePosixPath(found.name).suffix.lstrip(".").upper()
    words = f"{escape(title)} ({kind}, {_size(found.bytes)})"
    link = f'<a class="btn" href="{found.address}" download>{ICON.format("down")}{words}</a>'
    return f"<p>{link}</p>" if reference.alone else link


def _size(count: int) -> str:
    """Bytes as people read them, with a decimal comma."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1_000_000:.1f} MB".replace(".", ",")
