"""The designer's command line."""

from pathlib import Path

from click.testing import CliRunner

from lms.certificates.cli import certificates
from tests.certificates.conftest import RESMI


def test_a_preview_is_written(tmp_path: Path) -> None:
    out = tmp_path / "contoh.pdf"

    result = CliRunner().invoke(certificates, ["preview", "resmi", "--content", str(RESMI.parents[1]), "--out", str(out)])

    assert (result.exit_code, result.output) == (0, f"Written: {out}\n")
    assert out.read_bytes().startswith(b"%PDF-1.7")


def test_an_unknown_design_is_told_with_its_missing_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(certificates, ["preview", "tidak-ada", "--content", str(tmp_path)])

    assert result.exit_code == 1
    assert "certificates/tidak-ada/certificate.html:1: The file is missing." in result.output
