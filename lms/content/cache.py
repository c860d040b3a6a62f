"""A cache on disk that several processes share: written whole or not at all, checked when read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def digest(*parts: str) -> str:
    """32 hex digits that name these parts and no others."""
    summed = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        summed.update(f"{len(raw)}:".encode() + raw)
    return summed.hexdigest()[:32]


class Cache:
    """Texts by kind and key under one folder. A damaged entry reads as absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, kind: str, key: str) -> str | None:
        """The text kept under this key, or None."""
        try:
            raw = self._path(kind, key).read_bytes()
        except OSError:
            return None
        checksum, _, body = raw.partition(b"\n")
        return body.decode() if checksum == _checksum(body) else None

    def write(self, kind: str, key: str, text: str) -> None:
        """Keep a text; readers see the old one or the new one, never a part."""
        body = text.encode("utf-8", "replace")
        write_whole(self._path(kind, key), _checksum(body) + b"\n" + body)

    def has(self, kind: str, key: str) -> bool:
        """Whether there is an entry, good or damaged."""
        return self._path(kind, key).exists()

    def keys(self, kind: str) -> list[str]:
        """The keys kept of this kind."""
        return [path.name for path in (self.folder / kind).glob("*/*") if not path.name.startswith(".")]

    def remove(self, kind: str, key: str) -> None:
        """Forget an entry."""
        self._path(kind, key).unlink(missing_ok=True)

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / kind / hashlib.sha256(key.encode()).hexdigest()[:2] / key


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name and put it in its place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()
