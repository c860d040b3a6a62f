"""Writes ids into files, so that renaming a file later does not cut learners off from what they have done."""

from __future__ import annotations

import os
from pathlib import Path

from lms.content import scan
from lms.content.cache import write_whole
from lms.content.frontmatter import FENCE
from lms.content.modules import Page, survey


def write_ids(root: Path) -> list[str]:
    """Give every module and lesson its id in its front matter; the files that were changed. A file with mistakes stays as it is."""
    changed = []
    for name in scan.names(root / "modules"):
        folder = scan.folder(root, name)
        if folder is None:
            continue
        seen = survey(root, folder)
        broken = {found.file for found in seen.mistakes if found.level == "error"}
        owned = [(page, page.id) for page in seen.lessons] + ([(seen.intro, seen.id)] if seen.intro else [])
        for page, id in owned:
            if "id" not in page.metadata.lines and page.file not in broken:
                _write(root / page.file, page, id)
                changed.append(page.file)
    return changed


def _write(path: Path, page: Page, id: str) -> None:
    """Put the id in, byte for byte beside what is there."""
    raw = path.read_bytes()
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    body = raw.removeprefix(mark)
    line = b"id: " + id.encode() + end
    if page.document.first_line > 1 and FENCE.match(body.replace(b"\r\n", b"\n").decode()):
        first, rest = body.split(end, 1)
        written = first + end + line + rest
    else:
        written = b"---" + end + line + b"---" + end + body
    mode = os.stat(path).st_mode
    write_whole(path, mark + written)
    path.chmod(mode)
