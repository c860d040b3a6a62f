"""What shows only when all files are looked at together, and what the command prints."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.content.cli import content
from tests.content.courses import QUIZ, codes, load, write

LESSON = "# Satu\n\nIsi.\n"


def course(**keys: str) -> str:
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items()) + "---\n"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"quiz": "latihn"}, "modules/a/module.md:2: There is no quiz `latihn`. - Did you mean `latihan`?"),
        ({"pretest": "zzz"}, "modules/a/module.md:2: There is no quiz `zzz`. - Create quizzes/zzz.md or correct the name."),
        ({"certificate": "remsi"}, "modules/a/module.md:2: There is no certificate design `remsi`. - Did you mean `resmi`?"),
        ({"title": "x", "requires": "[dasr]"}, "modules/a/module.md:3: `requires` names the module `dasr`, which does not exist. - Did you mean `dasar`?"),
        ({"requires": "[a]"}, "modules/a/module.md:2: `requires` goes in a circle: a → a. - Remove one of these requirements."),
        ({"quiz": "rusak"}, "modules/a/module.md:2: The quiz `rusak` has no good revision. - Correct the mistakes in its file."),
        ({"id": "dasar"}, None),
    ],
)
def test_names_that_lead_nowhere_are_errors_with_the_remedy(tmp_path: Path, keys: dict[str, str], text: str | None) -> None:
    root = write(tmp_path / "c", {
        "modules/a/module.md": course(**keys), "modules/a/1.md": LESSON, "modules/dasar/module.md": course(), "modules/dasar/1.md": LESSON,
        "quizzes/latihan.md": QUIZ, "quizzes/rusak.md": QUIZ.replace("[x]", "[ ]"), "certificates/resmi/certificate.html": "x",
    })

    catalog = load(root)

    errors = [found for found in catalog.mistakes if found.level == "error" and not found.file.startswith("quizzes/")]
    if text is None:
        assert [(found.code, found.file) for found in errors] == [("duplicate-id", "modules/dasar/module.md")]
        assert list(catalog.modules) == ["dasar"]
    else:
        assert [found.text(str) for found in errors] == [text]
        assert list(catalog.modules) == ["dasar"]


def test_a_circle_is_told_to_everyone_in_it_and_to_nobody_else(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {f"modules/{name}/{file}": text for name, need in {"a": "b", "b": "c", "c": "a", "d": "a"}.items()
                                  for file, text in {"module.md": course(requires=f"[{need}]"), "1.md": LESSON}.items()})

    assert [(file, code) for file, _, code in codes(load(root))] == [(f"modules/{name}/module.md", "requires-circle") for name in "abc"]


def test_ids_that_stand_twice_in_a_module(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {
        "modules/m/1-a.md": "---\nid: x\n---\n", "modules/m/2-b.md": "---\nid: x\n---\n", "modules/m/10-c.md": "c", "modules/m/20-c.md": "c",
        "modules/m/c/x.md": "1", "modules/m/c-x.md": "2",
    })

    catalog = load(root)

    assert codes(catalog)[0] == ("modules/m/2-b.md", 2, "duplicate-id")
    assert [code for _, _, code in codes(catalog)] == ["duplicate-id", "renamed-id"]


def run(*arguments: str, root: Path) -> tuple[int, str]:
    os.environ["LMS_LANGUAGE"] = "xx"
    try:
        result = CliRunner().invoke(content, [*arguments, "--content-dir", str(root)])
    finally:
        del os.environ["LMS_LANGUAGE"]
    return result.exit_code, result.output


def test_the_check_prints_every_mistake_and_its_status_says_how_bad_it_is(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {"modules/a/module.md": course(titel="x"), "modules/a/1.md": LESSON, "modules/b/1.md": LESSON})

    assert run("check", root=root) == (
        0, "modules/a/module.md:2: The key `titel` is not known. - Did you mean `title`?\n1 mistake found.\n",
    )
    assert run("check", "--strict", root=root)[0] == 1
    assert run("check", "--strict", str(root / "modules/b"), root=root) == (0, "0 mistakes found.\n")

    write(root, {"modules/b/1.md": b"\xff"})
    status, printed = run("check", "--format", "json", "modules/b", root=root)
    assert status == 1
    assert [(one["file"], one["line"], one["code"], one["level"]) for one in json.loads(printed)] == [("modules/b/1.md", 1, "not-utf8", "error")]


def test_fix_writes_the_missing_ids_and_nothing_else(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {
        "modules/02-a/module.md": "---\ntitle: A\n---\nIsi\n", "modules/02-a/10-satu.md": "# Satu\r\n\r\nIsi\r\n", "modules/02-a/20-dua.md": "---\nid: x\n---\n",
        "modules/02-a/30-tiga.md": b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\nx", "modules/02-a/40-rusak.md": "---\na: b: c\n---\nx",
    })

    status, printed = run("fix", root=root)

    assert (status, sorted(printed.split())) == (0, [f"modules/02-a/{name}.md" for name in ("10-satu", "30-tiga", "module")])
    assert {path.name: path.read_bytes() for path in root.glob("modules/02-a/*")} == {
        "module.md": b"---\nid: 02-a\ntitle: A\n---\nIsi\n", "10-satu.md": b"---\r\nid: satu\r\n---\r\n# Satu\r\n\r\nIsi\r\n",
        "20-dua.md": b"---\nid: x\n---\n", "30-tiga.md": b"\xef\xbb\xbf---\r\nid: tiga\r\ntitle: T\r\n---\r\nx",
        "40-rusak.md": b"---\na: b: c\n---\nx",
    }
    assert run("fix", root=root) == (0, "")
