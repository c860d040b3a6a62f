"""Keeps media by the hash of their content, with sizes and smaller WebP variants of pictures. Runs in the rendering process."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from lms.content.files import MEDIA_LIMIT, Unreadable, open_inside
from lms.content.mistakes import mistake

PIXELS = 50_000_000
WIDTHS = (480, 960, 1440)
RASTER = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}
QUALITY = 80


def keep(root: Path, file: str, store: Path) -> dict[str, Any]:
    """Copy a file to `store/<digest>/<name>`; its name, digest, size in bytes, and for a picture its measures and variants.

    Raises Unreadable with a warning for a file that cannot be shown.
    """
    descriptor = open_inside(root, file)
    with os.fdopen(descriptor, "rb") as opened:
        size = os.fstat(descriptor).st_size
        if size > MEDIA_LIMIT:
            raise Unreadable(mistake("media-too-large", file, path=file, limit="1 GB"))
        found = hashlib.file_digest(opened, "sha256").hexdigest()[:32]
        opened.seek(0)
        name = plain_name(PurePosixPath(file).name)
        folder = store / found
        made = {"digest": found, "name": name, "bytes": size, "width": 0, "height": 0, "variants": []}
        if not (folder / name).exists():
            _fill(folder, name, opened)
    return made | _measures(folder, name, file)


def plain_name(name: str) -> str:
    """A file name that needs no quoting anywhere."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, suffix = ascii_only.rpartition(".")
    return (re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "file") + dot + re.sub(r"[^A-Za-z0-9]", "", suffix).lower()


def _fill(folder: Path, name: str, opened: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    with os.fdopen(descriptor, "wb") as written:
        shutil.copyfileobj(opened, written, 1 << 20)
    Path(temporary).replace(folder / name)


def _measures(folder: Path, name: str, file: str) -> dict[str, Any]:
    suffix = Path(name).suffix
    if suffix == ".svg":
        width, height = _svg_size(folder / name)
        return {"width": width, "height": height}
    if suffix not in RASTER:
        return {}
    try:
        with Image.open(folder / name) as picture:
            if picture.width * picture.height > PIXELS:
                raise Unreadable(mistake("picture-too-large", file, path=file, limit="50"))
            return _variants(picture, folder, Path(name))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as failure:
        raise Unreadable(mistake("bad-picture", file, path=file)) from failure


def _variants(picture: Image.Image, folder: Path, name: Path) -> dict[str, Any]:
    """Smaller copies as WebP; where a camera noted a place or a turn, the picture is saved upright without the notes."""
    moving = getattr(picture, "is_animated", False)
    upright = picture if moving else ImageOps.exif_transpose(picture)
    if not moving and picture.getexif():
        _save(upright, folder / name, format=picture.format or "PNG", quality=90)
    made = []
    for width in () if moving else [width for width in WIDTHS if width < upright.width * 0.8]:
        variant = f"{name.stem}-{width}.webp"
        if not (folder / variant).exists():
            shown = upright if upright.mode in ("RGB", "RGBA") else upright.convert("RGBA" if "transparency" in upright.info else "RGB")
            height = max(1, round(upright.height * width / upright.width))
            _save(shown.resize((width, height), Image.Resampling.LANCZOS), folder / variant, format="WEBP", quality=QUALITY)
        made.append([variant, width])
    return {"width": upright.width, "height": upright.height, "variants": made}


def _save(picture: Image.Image, path: Path, *, format: str, quality: int) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as opened:
        picture.save(opened, format=format, quality=quality)
    Path(temporary).replace(path)


def _svg_size(path: Path) -> tuple[int, int]:
    """The measures an SVG states, else those of its view box; 0 when it states none."""
    head = path.read_bytes()[:4096].decode("utf-8", "replace")
    root = re.search(r"<svg\b([^>]*)>", head)
    stated = dict(re.findall(r"([\w:-]+)\s*=\s*[\"']([^\"']*)[\"']", root[1])) if root else {}
    box = re.findall(r"[\d.]+", stated.get("viewBox", ""))
    sizes = [re.fullmatch(r"([\d.]+)(?:px)?", stated.get(side, "")) for side in ("width", "height")]
    if all(sizes):
        return tuple(round(float(size[1])) for size in sizes if size)  # type: ignore[return-value]
    return (round(float(box[2])), round(float(box[3]))) if len(box) == 4 else (0, 0)
