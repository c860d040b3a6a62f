"""Evidence under a seal that we know is verified automatically; everything else is left to the officers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import weasyprint
from flask import Flask

from lms.base import clock
from lms.certificates.signing import create_key, load_signer, sign
from lms.claims import evidence, proofs, queries
from tests.claims.conftest import Hand, Office
from tests.claims.files import pdf, photo
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]


@pytest.fixture
def partner(app: Flask, tmp_path: Path) -> Iterator[bytes]:
    """A certificate under the seal of a partner whom we know."""
    create_key(tmp_path, agency="Universitas Simalungun", at=clock.now())
    signer = load_signer(tmp_path)
    known = app.extensions["settings"].instance_dir / "keys" / proofs.SEALS / "usi.pem"
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_bytes(signer.certificate)
    plain = weasyprint.HTML(string="<h1>Sertifikat</h1>").write_pdf() or b""
    yield sign(plain, signer, reason="Sertifikat", location="Pematangsiantar", at=clock.now())
    known.unlink()


def test_a_pdf_under_the_seal_of_a_partner_says_whose_it_is(office: Office, hand: Hand, partner: bytes, sign_in: SignIn) -> None:
    claim = hand("submitted", file=partner)
    browser = sign_in(office.dewi)
    browser.set_cookie("lang", "en")

    row = queries.own(claim, office.sari)

    assert (row.proof, row.issuer) == ("seal", "Segel Universitas Simalungun")
    assert "The file carries the seal of Segel Universitas Simalungun" in words(browser.get(f"/office/claims/{claim}/").get_data(as_text=True))


@pytest.mark.parametrize("change", [lambda sealed: sealed + b"\n% more", lambda sealed: sealed.replace(b"/Type /Page", b"/Type /Pagf", 1),
                                    lambda sealed: sealed[:200] + bytes([sealed[200] ^ 1]) + sealed[201:]])
def test_a_sealed_pdf_that_was_changed_proves_nothing(app: Flask, partner: bytes, change: Callable[[bytes], bytes]) -> None:
    changed = change(partner)

    assert changed != partner
    assert proofs.of(evidence.Read("pdf", changed, "")) == proofs.NONE


def test_a_seal_that_nobody_knows_proves_nothing(app: Flask, tmp_path: Path) -> None:
    create_key(tmp_path, agency="Universitas Simalungun", at=clock.now())
    sealed = sign(weasyprint.HTML(string="<h1>Sertifikat</h1>").write_pdf() or b"", load_signer(tmp_path), reason="x", location="y", at=clock.now())

    assert proofs.of(evidence.read(sealed)) == proofs.NONE


@pytest.mark.parametrize("sent", [photo(), pdf(), pdf(b"/ByteRange[0 1 2 3]")])
def test_a_file_without_a_seal_proves_nothing(app: Flask, sent: bytes) -> None:
    assert proofs.of(evidence.read(sent)) == proofs.NONE
