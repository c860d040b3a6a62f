"""Content folders for tests: written in one call, loaded by a library that is stopped afterwards."""

from pathlib import Path

from PIL import Image

from lms.content.catalog import Catalog
from lms.content.labels import labels
from lms.content.library import Library
from lms.content.render import Compiled, compile_page

QUIZ = "# Kuis\n\n## Satu\n\nApa?\n\n- [x] ya\n- [ ] tidak\n"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files by path; returns the root."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def picture(path: Path, width: int = 1200, height: int = 800) -> None:
    """A picture of this size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), "navy").save(path)


def load(root: Path) -> Catalog:
    """The catalogue of a folder, read once; its cache stands beside it."""
    library = Library(root, root.with_name(root.name + "-cache"))
    try:
        return library.load()
    finally:
        library.stop()


def html_of(root: Path, module: str, lesson: str) -> str:
    """A lesson's html, freshly loaded."""
    library = Library(root, root.with_name(root.name + "-cache"))
    try:
        found = library.load().modules[module].lesson(lesson)
        assert found is not None
        return library.html(found.revision)
    finally:
        library.stop()


def codes(catalog: Catalog) -> list[tuple[str, int, str]]:
    """File, line and code of every mistake."""
    return [(found.file, found.line, found.code) for found in catalog.mistakes]


def compiled(text: str, title: str | None = None) -> Compiled:
    """A text rendered in this process, with Indonesian words as they are in English (no catalogue needed)."""
    return compile_page(text, "f.md", 1, labels("xx"), title)
