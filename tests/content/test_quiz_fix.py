"""`lms quizzes fix`: ids are written, and nothing else changes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.content.quiz_fix import with_ids
from lms.content.quizzes import load_quiz
from lms.content.quizzes_cli import quizzes
from lms.questions.question import short_hash
from tests.questions.reading import render

FILE = Path("quizzes/uji.md")
A, B = short_hash("Ya"), short_hash("Tidak **kok** panjang")


@pytest.mark.parametrize(("before", "after"), [
    ("## Apa itu?\n\n- [x] Ya\n- [ ] (50%) Tidak **kok**\n  panjang\n  > Umpan\n",
     f"## Apa itu? {{#apa-itu}}\n\n- [x] Ya {{#{A}}}\n- [ ] (50%) Tidak **kok**\n  panjang {{#{B}}}\n  > Umpan\n"),
    ("## Apa {points=2}  \r\n\r\n- [x] Ya  \r\n- [ ] B {#b}\r\n",
     f"## Apa {{#apa points=2}}  \r\n\r\n- [x] Ya {{#{A}}}  \r\n- [ ] B {{#b}}\r\n"),
    ("---\ntitle: x\n---\n\n# P\n\n## Apa ##\n\n- catatan\n\n- [x] Ya\n- [ ] B {#b}",
     f"---\ntitle: x\n---\n\n# P\n\n## Apa {{#apa}} ##\n\n- catatan\n\n- [x] Ya {{#{A}}}\n- [ ] B {{#b}}"),
    ("## Urut {#u type=order}\n\n1. A\n2. B\n", "## Urut {#u type=order}\n\n1. A\n2. B\n"),
    ("## Isi [[Medan]]\n", "## Isi [[Medan]] {#isi}\n"),
])
def test_missing_ids_are_written(before: str, after: str) -> None:
    assert with_ids(FILE, before) == after


def test_fixing_changes_no_identity_and_fixing_twice_changes_nothing() -> None:
    text = "## Apa itu?\n\nBenarkah?\n\n- [x] Ya `kode`\n- [ ] (50%) Tidak\n\n## Lalu\n\n```answer\n20\n```\n"
    fixed = with_ids(FILE, text)
    assert fixed is not None

    before, _ = load_quiz(FILE, text, render=render)
    after, _ = load_quiz(FILE, fixed, render=render)

    assert before is not None
    assert fixed != text
    assert after == before
    assert with_ids(FILE, fixed) == fixed


def test_the_command_leaves_files_with_errors_as_they_are(tmp_path: Path) -> None:
    good, bad, guide = tmp_path / "baik.md", tmp_path / "rusak.md", tmp_path / "README.md"
    good.write_text("## Apa\n\n- [x] Ya\n- [ ] B {#b}\n")
    bad.write_text("## Apa\n\n- [ ] Ya\n")
    guide.write_text("## Apa\n\n- [x] Ya\n")

    result = CliRunner().invoke(quizzes, ["fix", str(tmp_path)])

    assert result.exit_code == 1
    assert good.read_text() == f"## Apa {{#apa}}\n\n- [x] Ya {{#{A}}}\n- [ ] B {{#b}}\n"
    assert bad.read_text() == "## Apa\n\n- [ ] Ya\n"
    assert guide.read_text() == "## Apa\n\n- [x] Ya\n"
