"""One certificate as the tests know it: design, snapshot, seal, and a printer with visible defaults."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lms.certificates.designs import Design, load_design
from lms.certificates.openbadges import credential
from lms.certificates.pdf import render_pdf
from lms.certificates.signing import Signer, create_key, known_certificates, load_signer, sign

RESMI = Path(__file__).parents[2] / "certificates" / "resmi"
ISSUED_AT = datetime(2025, 9, 18, 3, 0, tzinfo=UTC)
BASE_URL = "https://belajar.example.go.id"
Printer = Callable[..., bytes]


@pytest.fixture(scope="session")
def design() -> Design:
    return load_design(RESMI)


@pytest.fixture(scope="session")
def snapshot(design: Design) -> dict[str, Any]:
    return design.preview()


@pytest.fixture(scope="session")
def printer(design: Design, snapshot: dict[str, Any]) -> Printer:
    """print(name="…") gives the unsigned PDF of the example with that name; print(design=…) uses another design."""

    def make(*, design: Design = design, **changes: object) -> bytes:
        content = {**snapshot, **changes}
        attached = credential(content, base_url=BASE_URL, issued_at=ISSUED_AT)
        address = f"{BASE_URL}/verify/{content['serial']}"
        return render_pdf(design, content, verify_url=address, credential=attached, issued_at=ISSUED_AT)

    return make


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    create_key(folder, agency="Pemerintah Kota Pematangsiantar", at=ISSUED_AT)
    return folder


@pytest.fixture(scope="session")
def signer(key_folder: Path) -> Signer:
    return load_signer(key_folder)


@pytest.fixture(scope="session")
def known(key_folder: Path, signer: Signer) -> tuple[bytes, ...]:
    return known_certificates(key_folder)


@pytest.fixture(scope="session")
def sealed(printer: Printer, signer: Signer) -> bytes:
    return sign(printer(), signer, reason="Penerbitan sertifikat", location="Pematangsiantar", at=ISSUED_AT)


@pytest.fixture(scope="session")
def words() -> Callable[[bytes, int], str]:
    """The text of one page as pdftotext reads it, with single spaces."""

    def read(pdf: bytes, page: int) -> str:
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-", "-"]
        text = subprocess.run(command, input=pdf, check=True, capture_output=True, timeout=60).stdout.decode()
        return " ".join(text.split())

    return read
