"""A file under modules/_programmes becomes a programme; its mistakes stand with line and remedy; a broken one keeps its last good version."""

import re
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lms.content.library import Library
from lms.content.programmes import CHOICE_KEYS, ITEM_KEYS, KEYS, KINDS, ORDERS, Item, Step
from tests.content.courses import codes, load, write

FILE = "modules/_programmes/dasar.md"
MODULES = {f"modules/{name}/module.md": f"---\ntitle: {name.title()}\nhours: 2\n---\n" for name in ("sapa", "dengar", "tulis")} | {
    f"modules/{name}/10-satu.md": "# Satu\n\nIsi.\n" for name in ("sapa", "dengar", "tulis")} | {"certificates/resmi/certificate.html": "x"}
GOOD = """---
title: Dasar Melayani
summary: Tiga langkah.
kind: teknis
objectives: [Menyapa, Mendengar]
authors: [BKPSDM]
order: sequential
items:
  - sapa
  - seminar:pp-2026-01
  - item: "external:Pelatihan Dasar: CPNS"
    hours: 4,5
  - choose: 1
    title: Pilihan
    from:
      - dengar
      - tulis
  - choose: 0
    from: [seminar:pp-2026-02]
certificate: resmi
expires: 2 tahun
---
Untuk **Anda**. Lihat [sapa](../sapa/module.md).
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "content", {**MODULES, FILE: GOOD})


@pytest.fixture
def library(root: Path) -> Iterator[Library]:
    library = Library(root, root.with_name("cache"))
    library.load()
    yield library
    library.stop()


def with_items(root: Path, items: str, rest: str = "") -> list[tuple[int, str]]:
    """Line and code of every mistake of a file with these items, which begin on line 3."""
    write(root, {FILE: f"---\ntitle: T\n{items}\n{rest}---\n"})
    found = codes(load(root))
    assert {file for file, _line, _code in found} <= {FILE}
    return [(line, code) for _file, line, code in found]


def test_a_file_says_a_programme(library: Library) -> None:
    made = library.current.programmes["dasar"]

    assert library.current.mistakes == ()
    assert (made.title, made.kind, made.order, made.certificate, made.expires_months, made.published) == (
        "Dasar Melayani", "teknis", "sequential", "resmi", 24, True)
    assert made.steps == (
        Step((Item("module", "sapa"),), 1), Step((Item("seminar", "pp-2026-01"),), 1),
        Step((Item("external", "Pelatihan Dasar: CPNS", Decimal("4.5")),), 1),
        Step((Item("module", "dengar"), Item("module", "tulis")), 1, "Pilihan"), Step((Item("seminar", "pp-2026-02"),), 0),
    )
    assert library.html(made.intro) == '<p>Untuk <strong>Anda</strong>. Lihat <a href="/modules/sapa/">sapa</a>.</p>'


@pytest.mark.parametrize(("items", "step"), [
    ("items: sapa", Step((Item("module", "sapa"),), 1)),
    ("items:\n  - seminar: S 1", None),
    ("items:\n  - seminar: s-1\n    hours: 3", Step((Item("seminar", "s-1", Decimal(3)),), 1)),
    ("items:\n  - external:  Diklat   PIM", Step((Item("external", "Diklat PIM"),), 1)),
    ("items:\n  - choose: all\n    from: [sapa, dengar]", Step((Item("module", "sapa"), Item("module", "dengar")), 2)),
    ("items:\n  - choose: semua\n    from: sapa\n", None),
])
def test_small_differences_of_writing_are_understood_or_refused(root: Path, items: str, step: Step | None) -> None:
    write(root, {FILE: f"---\n{items}\n---\n"})

    made = load(root).programmes.get("dasar")

    assert (made.steps[0] if made else None) == step


@pytest.mark.parametrize(("items", "found"), [
    ("items:", [(3, "programme-empty")]),
    ("kind: teknis", [(1, "programme-empty")]),
    ("items:\n  - sapa\n  - dengarr", [(5, "programme-module-near")]),
    ("items:\n  - qqqqq", [(4, "programme-module")]),
    ("items:\n  - sapa\n  - dengar\n  - sapa", [(6, "programme-twice")]),
    ("items:\n  - Sapa Warga", [(4, "programme-item")]),
    ("items:\n  - kursus:A", [(4, "programme-item")]),
    ("items:\n  - seminar:A_1", [(4, "programme-item")]),
    ("items:\n  - 'seminar:'", [(4, "programme-item")]),
    ("items:\n  - [sapa]", [(4, "programme-item")]),
    ("items:\n  - choose: 3\n    from: [sapa, dengar]", [(4, "programme-choose")]),
    ("items:\n  - from: [sapa, dengar]", [(4, "programme-choose")]),
    ("items:\n  - choose: 1\n    from: []", [(5, "programme-from")]),
    ("items:\n  - choose: 1", [(4, "programme-from")]),
    ("items:\n  - choose: 0\n    from: [sapa]", [(3, "programme-nothing")]),
    ("items:\n  - choose: 1\n    form: [sapa]\n    from: [sapa]", [(5, "unknown-key-near")]),
    ("items:\n  - item: sapa\n    hours: 3", [(4, "programme-hours")]),
    ("items:\n  - item: seminar:a\n    hours: banyak", [(5, "bad-value")]),
    ("items: [sapa]\ncertificate: resm", [(4, "missing-certificate-near")]),
    ("items: [sapa]\nkind: tekniss", [(4, "bad-value")]),
    ("items: [sapa]\ntittle: x", [(4, "unknown-key-near")]),
    ("items:\n - sapa\n- x", [(5, "yaml-broken")]),
])
def test_a_mistake_stands_with_its_line(root: Path, items: str, found: list[tuple[int, str]]) -> None:
    assert with_items(root, items) == found


def test_a_module_that_is_not_in_service_is_a_warning(root: Path) -> None:
    write(root, {"modules/tulis/module.md": "---\ntitle: Tulis\npublished: false\n---\n"})

    assert [(one.line, one.code, one.level) for one in load(root).mistakes] == [(17, "programme-draft", "warning")]


def test_two_files_with_one_id_are_a_mistake_and_the_first_is_served(root: Path) -> None:
    write(root, {"modules/_programmes/lain.md": "---\nid: dasar\ntitle: Lain\nitems: [sapa]\n---\n"})

    catalog = load(root)

    assert [(file, code) for file, _line, code in codes(catalog)] == [("modules/_programmes/lain.md", "duplicate-id")]
    assert {id: one.title for id, one in catalog.programmes.items()} == {"dasar": "Dasar Melayani"}


def test_a_broken_file_keeps_the_last_good_version_also_after_a_restart(library: Library, root: Path) -> None:
    good = library.current.programmes["dasar"]
    write(root, {FILE: GOOD.replace("- sapa", "- tidakada")})
    library.load()
    again = Library(root, root.with_name("cache"))

    assert library.current.programmes["dasar"] == good
    assert again.load().programmes["dasar"] == good
    assert [found.code for found in again.current.mistakes] == ["programme-module"]
    again.stop()


def test_a_mended_module_mends_the_programme(library: Library, root: Path) -> None:
    write(root, {FILE: GOOD.replace("- sapa", "- baru")})
    library.load()
    write(root, {"modules/baru/module.md": "# Baru\n", "modules/baru/1.md": "x"})
    library.load()

    assert library.current.mistakes == ()
    assert library.current.programmes["dasar"].steps[0].items[0].code == "baru"


def test_readme_and_hidden_names_are_no_programmes_and_a_removed_file_is_gone(library: Library, root: Path) -> None:
    write(root, {"modules/_programmes/README.md": "# Panduan\n", "modules/_programmes/_draf.md": "x", "modules/_programmes/.x.md": "x"})
    assert set(library.load().programmes) == {"dasar"}

    (root / FILE).unlink()

    assert (library.load().programmes, library.current.mistakes) == ({}, ())


def test_nothing_changes_without_a_change(library: Library) -> None:
    assert library.load().generation == 1


def test_the_text_is_cleaned_and_a_lost_page_is_made_again(library: Library, root: Path) -> None:
    write(root, {FILE: GOOD + "\n<script>alert(1)</script>\n\n## Lanjut\n"})
    made = library.load().programmes["dasar"]
    library._cache.remove("html", made.intro)

    html = library.html(made.intro)

    assert "<script" not in html
    assert '<h2 id="mc-lanjut">Lanjut</h2>' in html


def test_a_saved_file_is_live_soon(library: Library, root: Path) -> None:
    library.watch()
    time.sleep(0.5)
    write(root, {FILE: GOOD.replace("Dasar Melayani", "Dasar Baru")})
    started = time.monotonic()

    while library.current.programmes["dasar"].title != "Dasar Baru":
        assert time.monotonic() - started < 8, "it never happened"
        time.sleep(0.02)

    assert time.monotonic() - started < 3


GUIDE = (Path(__file__).parents[2] / "modules" / "_programmes" / "README.md").read_text()


def test_the_example_of_the_guide_checks_clean(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```markdown\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    modules = ("tertib-arsip", "arsip-digital", "arsip-keuangan")
    root = write(tmp_path / "c", {f"modules/{name}/10-satu.md": "# Satu\n\nIsi.\n" for name in modules} | {
        "certificates/resmi/certificate.html": "x", "modules/_programmes/arsip-tertib.md": example})

    catalog = load(root)

    assert catalog.mistakes == ()
    assert [len(step.items) for step in catalog.programmes["arsip-tertib"].steps] == [1, 1, 1, 2, 1]


def test_the_guide_describes_every_key() -> None:
    described = set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE))

    assert described == {*KEYS, *CHOICE_KEYS, *ITEM_KEYS}
    assert [word for word in (*KINDS, *ORDERS) if f"`{word}`" not in GUIDE] == []


def test_the_programmes_of_the_city_check_clean(tmp_path: Path) -> None:
    library = Library(Path(__file__).parents[2], tmp_path / "cache")
    try:
        catalog = library.load()
    finally:
        library.stop()

    assert [found.text(str) for found in catalog.mistakes if found.file.startswith("modules/_programmes/")] == []
    assert len(catalog.programmes) == 3
