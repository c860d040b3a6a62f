"""Files that are never half there, and paths that stay in their folder."""

import os
import stat
from pathlib import Path

import pytest

from lms.base.files import inside, write_atomically


def test_a_file_is_written_with_its_folder_and_mode(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "secret"

    write_atomically(target, b"content", mode=0o600)

    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"content", 0o600)
    assert os.listdir(target.parent) == ["secret"]


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "kept").write_bytes(b"old")

    with pytest.raises(OSError):
        write_atomically(target, b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert (target / "kept").read_bytes() == b"old"


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "link", "a\0b", "missing", ".", "below"])
def test_nothing_outside_the_folder_is_found(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (tmp_path / "outside").write_bytes(b"secret")
    (folder / "link").symlink_to(tmp_path / "outside")

    assert inside(folder, name) is None


def test_a_file_of_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"here")

    assert inside(tmp_path, "below/file") == tmp_path / "below" / "file"
