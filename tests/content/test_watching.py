"""A saved file is live within a second, in every process; a text that costs too much stops nobody."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms.content.labels import labels
from lms.content.library import Library
from lms.content.pool import ChildDied, Pool
from tests.content.courses import write

BOMBS = {
    "open brackets": "[" * 200_000, "pictures": "![" * 30_000, "tags": "<a " * 30_000, "nested tags": "<div>" * 50_000,
    "definitions": "".join(f"*[A{number}]: x\n" for number in range(2000)) + "\n" + " ".join(f"A{number}" for number in range(2000)),
    "ticks": "".join("`" * (number % 300 + 1) + " " for number in range(5000)), "attributes": "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">",
}


@pytest.fixture
def libraries(tmp_path: Path) -> Iterator[list[Library]]:
    root = write(tmp_path / "content", {"modules/a/module.md": "# A\n", "modules/a/10-satu.md": "# Satu\n\nIsi satu.\n"})
    (root / "quizzes").mkdir()
    made = [Library(root, tmp_path / "cache") for _ in range(2)]
    for library in made:
        library.load()
        library.watch()
    time.sleep(0.5)
    yield made
    for library in made:
        library.stop()


def seconds_until(happened: Callable[[], bool], patience: float = 8.0) -> float:
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < patience, "it never happened"
        time.sleep(0.01)
    return time.monotonic() - started


def shown(library: Library) -> list[str]:
    module = library.current.modules.get("a")
    return [library.html(lesson.revision) for lesson in module.lessons] if module else []


def test_a_saved_file_is_live_in_every_process(libraries: list[Library], tmp_path: Path) -> None:
    write(tmp_path / "content", {"modules/a/10-satu.md": "# Satu\n\nBaru.\n"})
    waited = max(seconds_until(lambda library=library: shown(library) == ["<p>Baru.</p>"]) for library in libraries)  # type: ignore[misc]

    assert waited < 3.0


def test_a_new_module_a_new_lesson_and_a_removed_one_are_seen(libraries: list[Library], tmp_path: Path) -> None:
    root = tmp_path / "content"

    write(root, {"modules/b/1.md": "# B\n"})
    seconds_until(lambda: "b" in libraries[0].current.modules)
    write(root, {"modules/a/20-dua.md": "Dua"})
    seconds_until(lambda: shown(libraries[0]) == ["<p>Isi satu.</p>", "<p>Dua</p>"])
    (root / "modules/a/10-satu.md").unlink()
    seconds_until(lambda: shown(libraries[0]) == ["<p>Dua</p>"])


def test_f16_a_file_written_slowly_is_never_seen_half(libraries: list[Library], tmp_path: Path) -> None:
    seen = set()
    with (tmp_path / "content/modules/a/10-satu.md").open("w") as opened:
        for word in ("# Satu\n\n", "Ini ", "ditulis ", "perlahan."):
            opened.write(word)
            opened.flush()
            for _ in range(30):
                seen.add(tuple(shown(libraries[0])))
                time.sleep(0.01)

    seconds_until(lambda: shown(libraries[0]) == ["<p>Ini ditulis perlahan.</p>"])
    assert seen == {("<p>Isi satu.</p>",)}


def test_the_folder_of_quizzes_is_watched_too(libraries: list[Library], tmp_path: Path) -> None:
    write(tmp_path / "content", {"quizzes/latihan.md": "# Kuis\n\n## Satu\n\nApa?\n\n- [x] ya\n- [ ] tidak\n"})

    seconds_until(lambda: "latihan" in libraries[1].current.quizzes)


@pytest.mark.parametrize("name", BOMBS)
def test_c01_c02_c03_a_text_that_costs_too_much_is_a_located_mistake_or_rendered_in_time(tmp_path: Path, name: str) -> None:
    root = write(tmp_path / "c", {"modules/a/1.md": "# Baik\n", "modules/b/1.md": f"# B\n\nbaris\n\n{BOMBS[name]}\n"})
    library = Library(root, tmp_path / "cache")

    catalog = library.load()
    library.stop()

    assert "a" in catalog.modules
    errors = [(found.file, found.code) for found in catalog.mistakes if found.level == "error"]
    assert "b" in catalog.modules or errors in ([("modules/b/1.md", "too-costly")], [("modules/b/1.md", "too-deep")])


def test_a_bomb_is_stopped_by_its_processor_time_and_the_next_text_is_rendered() -> None:
    pool = Pool(1)
    task = {"kind": "page", "file": "f.md", "first_line": 1, "labels": dict(labels("xx")), "title": None}

    with pytest.raises(ChildDied):
        pool.run({**task, "text": "![" * 60_000})
    answer = pool.run({**task, "text": "baik"})
    pool.rest()

    assert answer["html"] == "<p>baik</p>"


def test_a_renderer_knows_nothing_of_the_programs_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "rahasia")
    pool = Pool(1)

    pool.run({"kind": "page", "file": "f.md", "first_line": 1, "labels": dict(labels("xx")), "title": None, "text": "x"})
    child = pool._idle.queue[-1]
    assert child is not None
    environment = Path(f"/proc/{child._process.pid}/environ").read_text()
    pool.rest()

    assert "rahasia" not in environment
