"""A folder of Markdown becomes a catalogue, and stays one when files break, move or vanish."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lms.content.library import Library
from tests.content.courses import QUIZ, codes, html_of, load, picture, write

MODULE = "---\ntitle: Pelayanan\nhours: 2\n---\nPengantar.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "content", {"modules/a/module.md": MODULE, "modules/a/10-satu.md": "# Satu\n\nIsi satu.\n"})


@pytest.fixture
def library(root: Path) -> Iterator[Library]:
    library = Library(root, root.with_name("cache"))
    library.load()
    yield library
    library.stop()


def reader(root: Path) -> Library:
    return Library(root, root.with_name("cache"))


def test_a_folder_of_plain_markdown_is_a_module(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {
        "modules/02-catatan/README.md": "# Catatan kami\n\nHalo.\n", "modules/02-catatan/10-b.md": "# Kedua\n\nIsi\n",
        "modules/02-catatan/9-a.md": "Tanpa judul\n", "modules/02-catatan/20-lanjut/README.md": "# Lanjutan\n", "modules/02-catatan/20-lanjut/1-x.md": "x\n",
        "modules/02-catatan/_buram.md": "x", "modules/02-catatan/.tersembunyi/y.md": "x", "modules/02-catatan/LICENSE.md": "x",
        "modules/_draf/a.md": "x", "modules/kosong/gambar.txt": "x",
    })

    module = load(root).modules["02-catatan"]

    assert (module.title, module.hours, module.order, module.published) == ("Catatan kami", Decimal(1), "sequential", True)
    assert [(one.id, one.title, one.part) for one in module.lessons] == [
        ("a", "A", None), ("b", "Kedua", None), ("lanjut", "Lanjutan", "Lanjutan"), ("lanjut-x", "X", "Lanjutan"),
    ]


def test_front_matter_of_other_tools_gives_warnings_only(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {"modules/m/a.md": "---\nsidebar_position: 1\ntags:\n  - x\nnav: {a: {b: c}}\ntitle: T\n---\nIsi\n"})

    catalog = load(root)

    assert catalog.modules["m"].lessons[0].title == "T"
    assert {found.level for found in catalog.mistakes} == {"warning"}


def test_lessons_say_their_minutes_and_quizzes(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {
        "modules/m/module.md": "---\ntitle: M\n---\n", "modules/m/1-a.md": "kata " * 361, "modules/m/2-b.md": "---\nquiz: latihan\noptional: true\n---\nx",
        "modules/m/3-c.md": "---\nminutes: 40\npart: Akhir\n---\nx", "quizzes/latihan.md": QUIZ, "quizzes/m.md": QUIZ,
    })

    module = load(root).modules["m"]

    assert [(one.minutes, one.quiz, one.optional, one.part) for one in module.lessons] == [
        (3, None, False, None), (3, "latihan", True, None), (40, None, False, "Akhir"),
    ]
    assert (module.hours, module.quiz) == (Decimal(1), "m")


def test_the_second_load_changes_nothing(library: Library, root: Path) -> None:
    again = reader(root)

    assert (again.load().modules, again.current.quizzes) == (library.current.modules, library.current.quizzes)
    assert library.load().generation == 1


def test_a_changed_lesson_has_another_revision_and_so_has_its_module(library: Library, root: Path) -> None:
    before = library.current.modules["a"]

    write(root, {"modules/a/10-satu.md": "# Satu\n\nIsi lain.\n", "modules/a/20-dua.md": "x"})
    after = library.load().modules["a"]

    assert after.revision != before.revision
    assert (after.intro, [one.id for one in after.lessons]) == (before.intro, ["satu", "dua"])
    assert after.lessons[0].revision != before.lessons[0].revision
    assert library.html(after.lessons[0].revision) == "<p>Isi lain.</p>"
    assert library.html(before.lessons[0].revision) == "<p>Isi satu.</p>"


@pytest.mark.parametrize("broken", [b"---\ntitle: a: b\n---\n", b"\xff\xfe\x00", b"[" * 20_000 + b"![" * 30_000, b"x" * 1_000_001, b"> " * 500 + b"x"])
def test_f16_a_broken_file_leaves_the_last_good_revision_in_service(library: Library, root: Path, broken: bytes) -> None:
    good = library.current.modules["a"]

    write(root, {"modules/a/10-satu.md": broken})
    catalog = library.load()

    assert catalog.modules["a"] == good
    assert [(found.file, found.level, found.subject) for found in catalog.mistakes if found.level == "error"] == [
        ("modules/a/10-satu.md", "error", "a"),
    ]


def test_f16_the_last_good_revision_survives_a_restart(library: Library, root: Path) -> None:
    good = library.current.modules["a"]
    write(root, {"modules/a/10-satu.md": b"\xff"})
    library.load()

    after_restart = reader(root)
    catalog = after_restart.load()

    assert catalog.modules["a"] == good
    assert after_restart.html(good.lessons[0].revision) == "<p>Isi satu.</p>"


def test_a_file_broken_while_nobody_watched_does_not_end_the_service(root: Path, library: Library) -> None:
    good = library.current.modules["a"]
    library.stop()
    write(root, {"modules/a/10-satu.md": b"\xff"})

    assert reader(root).load().modules["a"] == good


def test_a_module_that_was_never_good_is_only_listed_with_its_mistakes(tmp_path: Path) -> None:
    catalog = load(write(tmp_path / "c", {"modules/a/module.md": "---\nquiz: tiada\n---\n", "modules/a/x.md": "x"}))

    assert (dict(catalog.modules), [(found.code, found.subject) for found in catalog.mistakes]) == ({}, [("missing-quiz", "a")])


def test_a_mended_module_is_back(library: Library, root: Path) -> None:
    write(root, {"modules/a/10-satu.md": b"\xff"})
    library.load()

    write(root, {"modules/a/10-satu.md": "# Satu\n\nDiperbaiki.\n"})
    catalog = library.load()

    assert library.html(catalog.modules["a"].lessons[0].revision) == "<p>Diperbaiki.</p>"
    assert catalog.mistakes == ()


def test_a_removed_module_is_gone_and_its_return_is_a_new_start(library: Library, root: Path) -> None:
    shutil.rmtree(root / "modules/a")

    assert dict(library.load().modules) == {}

    write(root, {"modules/a/module.md": "---\nrequires: [tiada]\n---\n", "modules/a/x.md": "x"})
    assert dict(library.load().modules) == {}


def test_a_file_still_open_for_writing_is_not_read(library: Library, root: Path) -> None:
    good = library.current.modules["a"]

    with (root / "modules/a/10-satu.md").open("w") as opened:
        opened.write("# Satu\n\nSeten")
        opened.flush()
        during = library.load()
        unfinished = library.unfinished

    assert (during.modules["a"], unfinished, [found.code for found in during.mistakes]) == (good, True, ["still-written"])
    assert library.load().modules["a"] != good


def test_a_broken_quiz_keeps_its_last_good_revision(library: Library, root: Path) -> None:
    write(root, {"quizzes/latihan.md": QUIZ})
    good = library.load().quizzes["latihan"]

    write(root, {"quizzes/latihan.md": "# Kuis\n\n## Satu\n\nApa?\n\n- [ ] ya\n- [ ] tidak\n"})
    catalog = library.load()

    assert catalog.quizzes["latihan"] == good
    assert [found.level for found in catalog.mistakes] == ["error"]
    assert reader(root).load().quizzes["latihan"] == good


def test_a_picture_that_changes_changes_the_lesson(library: Library, root: Path) -> None:
    picture(root / "modules/a/media/x.png", 100, 50)
    write(root, {"modules/a/10-satu.md": "![Peta](media/x.png)"})
    before = library.load().modules["a"].lessons[0].revision

    picture(root / "modules/a/media/x.png", 120, 60)
    after = library.load().modules["a"].lessons[0].revision

    assert before != after
    assert 'width="120" height="60"' in library.html(after)


def test_f29_a_damaged_page_is_rendered_again(library: Library, root: Path) -> None:
    revision = library.current.modules["a"].lessons[0].revision
    kept = next(root.with_name("cache").glob(f"html/*/{revision}"))
    kept.write_bytes(kept.read_bytes()[:-3] + b"xxx")

    assert reader_after_load(root).html(revision) == "<p>Isi satu.</p>"


def reader_after_load(root: Path) -> Library:
    library = reader(root)
    library.load()
    return library


def test_f29_a_damaged_record_costs_only_time(library: Library, root: Path) -> None:
    good = library.current.modules
    for kept in root.with_name("cache").glob("module/*/*"):
        kept.write_bytes(b"{}")
    for kept in root.with_name("cache").glob("compiled/*/*"):
        kept.write_bytes(b"")

    assert reader(root).load().modules == good


def test_a_page_that_is_nowhere_is_a_key_error(library: Library) -> None:
    with pytest.raises(KeyError):
        library.html("0" * 32)


def test_links_follow_a_lesson_that_is_renamed_in_another_module(library: Library, root: Path) -> None:
    write(root, {"modules/b/x.md": "[lihat](../a/10-satu.md) [modul](../a/)"})
    library.load()
    assert 'href="/modules/a/satu/"' in library.html(library.current.modules["b"].lessons[0].revision)

    write(root, {"modules/a/10-satu.md": "---\nid: pertama\n---\n# Satu\n"})
    library.load()

    html = library.html(library.current.modules["b"].lessons[0].revision)
    assert html == '<p><a href="/modules/a/pertama/">lihat</a> <a href="/modules/a/">modul</a></p>'


def test_two_processes_share_one_cache(root: Path) -> None:
    one, two = reader(root), reader(root)

    assert one.load().modules == two.load().modules
    write(root, {"modules/a/10-satu.md": "# Satu\n\nBaru.\n"})
    assert two.load().modules == one.load().modules
    assert codes(one.current) == []


def test_the_html_of_a_lesson_refers_to_its_neighbours(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {"modules/m/1-a.md": "[b](2-b.md#nada-suara) [c](3-c.md)", "modules/m/2-b.md": "# B\n\n## Nada suara\n"})

    html = html_of(root, "m", "a")

    assert html.startswith('<p><a href="/modules/m/b/#mc-nada-suara">b</a> <a class="gone" title="')
