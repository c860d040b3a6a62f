"""Front matter: every scalar a string, every mistake located."""

import time

import pytest

from lms.content.frontmatter import Entry, split


def plain(entry: Entry) -> object:
    if isinstance(entry.value, list):
        return [plain(one) for one in entry.value]
    if isinstance(entry.value, dict):
        return {key: plain(one) for key, one in entry.value.items()}
    return entry.value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a: no", "no"), ("a: 012", "012"), ("a: 1:30", "1:30"), ("a: 1.10", "1.10"), ("a: 2026-01-31", "2026-01-31"), ("a: 70%", "70%"),
        ("a: 4,5", "4,5"), ("a: ~", "~"), ('a: "Kuis: Etika"', "Kuis: Etika"), ("a: [x, y]", ["x", "y"]), ("a: {M.5: 2}", {"M.5": "2"}),
        ("a:\n  - x\n  - y", ["x", "y"]), ("a: |\n  satu\n  dua", "satu\ndua\n"), ("a:", ""), ("a: " + "9" * 5000, "9" * 5000),
    ],
)
def test_c08_c09_every_scalar_means_what_it_looks_like(written: str, read: object) -> None:
    document = split(f"---\n{written}\n---\nIsi\n", "f.md")

    assert {key: plain(entry) for key, entry in document.entries.items()} == {"a": read}
    assert (document.body, document.mistakes) == ("Isi\n", ())


@pytest.mark.parametrize(
    ("written", "code", "line"),
    [
        ("title: Kuis: Etika", "yaml-colon", 2), ("id: a\ntitle: b\nid: c", "yaml-duplicate", 4), ("a: &x 1\nb: *x", "yaml-alias", 2),
        ("b: 1\na: !!python/object:os.system x", "yaml-alias", 3), ("a:\n\t- b", "yaml-broken", 3), ("a: 'x", "yaml-broken", 3),
        ("- a\n- b", "yaml-broken", 2), ("a: " + "[" * 60 + "]" * 60, "yaml-deep", 2), ("{[a]: b}", "yaml-broken", 2),
        ("a: x\n" + "b: y\n" * 20_000, "yaml-long", 2),
    ],
)
def test_c04_c05_c07_broken_front_matter_is_an_error_with_its_line(written: str, code: str, line: int) -> None:
    document = split(f"---\n{written}\n---\nIsi\n", "f.md")

    assert [(found.code, found.line, found.level) for found in document.mistakes] == [(code, line, "error")]
    assert document.body == "Isi\n"


@pytest.mark.parametrize("bomb", ["[" * 20_000, "- " * 20_000, "{a: " * 10_000, "? " * 20_000])
def test_c06_a_bomb_is_refused_at_once(bomb: str) -> None:
    started = time.process_time()

    document = split(f"---\na: {bomb}\n---\n", "f.md")

    assert [found.level for found in document.mistakes] == ["error"]
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("text", ["Tanpa apa pun\n", "---\n\nkalimat biasa\n\n---\nlagi\n", "---\n\nkalimat\n", "", "--- x\n"])
def test_c11_a_text_without_front_matter_is_all_body(text: str) -> None:
    document = split(text, "f.md")

    assert (document.entries, document.body, document.first_line, document.mistakes) == ({}, text, 1, ())


def test_c11_front_matter_that_is_never_closed_is_an_error() -> None:
    document = split("---\ntitle: x\n\nIsi\n", "f.md")

    assert [(found.code, found.line) for found in document.mistakes] == [("yaml-open", 1)]


def test_c11_a_second_document_is_body() -> None:
    document = split("---\ntitle: x\n---\n---\nlain: y\n---\n", "f.md")

    assert (set(document.entries), document.body, document.first_line) == ({"title"}, "---\nlain: y\n---\n", 4)


def test_front_matter_between_plus_signs_is_a_warning() -> None:
    document = split('+++\ntitle = "x"\n+++\nIsi\n', "f.md")

    assert (document.body, [found.code for found in document.mistakes]) == ("Isi\n", ["toml-front-matter"])
