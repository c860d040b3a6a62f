"""The agency's seal on a PDF: PAdES B-B with an EC P-256 key that is made at first start, or with one from a PKCS#12 file.

The seal proves that the file is the one the agency issued. It is not a certified electronic signature (PP 71/2019 Ps 60):
the certificate is the agency's own, no Indonesian provider such as BSrE has issued it.
"""

import io
import logging
import os
import secrets
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import keys, parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12 as bundles
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.base.errors import Refused
from lms.base.files import write_atomically

KEY_FILE = "seal.pem"
KNOWN_FOLDER = "seal-certificates"
FIELD = "Segel"
YEARS = 20
# Hexadecimal digits for a signature without its certificates; with a size given pyHanko need not sign twice to find one.
RESERVED = 8192
# Anybody may hand in a file; that pyHanko distrusts it is our answer to them, not an error of ours with a stack trace.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
# All that a parser meets in a file somebody has damaged or forged; such a file is an expected answer, not a fault of the program.
DAMAGE = (
    PdfError,
    SigningError,
    SignatureValidationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class SignatureReport:
    """What a PDF's signature says; all three must hold. A validator alone still says yes after bytes were appended."""

    covers_whole_file: bool
    intact: bool
    trusted: bool
    signer: str

    @property
    def good(self) -> bool:
        """Whether the file is whole, unchanged, and sealed with a certificate we know."""
        return self.covers_whole_file and self.intact and self.trusted


NO_SIGNATURE = SignatureReport(covers_whole_file=False, intact=False, trusted=False, signer="")


class Signer(SimpleSigner):
    """A key and its certificate in memory; load it once per process."""

    signing_cert: asn1.Certificate

    @property
    def certificate(self) -> bytes:
        """The certificate as PEM, to be handed to `check_signature` or to whoever wants to trust it."""
        return x509.load_der_x509_certificate(self.signing_cert.dump()).public_bytes(serialization.Encoding.PEM)


def create_key(folder: Path, *, agency: str, at: datetime) -> Path:
    """The file with the agency's key and certificate, made now if there is none: mode 0600, whole or absent.

    Two processes that start together end with the same key: the first link to the final name wins.
    """
    path = folder / KEY_FILE
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{KEY_FILE}.{secrets.token_hex(6)}"
    write_atomically(draft, _key_and_certificate(agency, at), mode=0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path


def load_signer(folder: Path, pkcs12: Path | None = None, passphrase: str = "") -> Signer:
    """The agency's signer from a PKCS#12 file, else from the key in the folder; its certificate is kept among the known ones.

    Refused "seal-key-unreadable" with the path if the file is missing, damaged or the passphrase is wrong.
    """
    path = pkcs12 or folder / KEY_FILE
    try:
        content = path.read_bytes()
        signer = _from_pkcs12(content, passphrase) if pkcs12 else _from_pem(content)
    except (OSError, ValueError) as error:
        raise Refused("seal-key-unreadable", path=str(path), problem=str(error)) from error
    _remember(folder, signer)
    return signer


def known_certificates(folder: Path) -> tuple[bytes, ...]:
    """The certificates of this key and of all earlier ones as PEM: old PDFs stay checkable after a change of key."""
    return tuple(path.read_bytes() for path in sorted((folder / KNOWN_FOLDER).glob("*.pem")))


def sign(pdf: bytes, signer: Signer, *, reason: str, location: str, at: datetime) -> bytes:
    """The PDF with an invisible certifying signature (DocMDP: no changes allowed) that names `at` as its time."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    wish = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
        location=location,
    )
    place = SigFieldSpec(FIELD, on_page=0, readable_field_name="Segel elektronik penerbit")
    sealer = _DatedSigner(wish, signer=signer, new_field_spec=place)
    sealer.at = at
    sealed = io.BytesIO()
    sealer.sign_pdf(writer, output=sealed, bytes_reserved=_reserved(signer))
    return sealed.getvalue()


def check_signature(pdf: bytes, signer_certs: Iterable[bytes]) -> SignatureReport:
    """What the one signature of a PDF is worth, given the certificates (PEM) we trust; damage counts as not intact."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        found = reader.embedded_regular_signatures
        return _report(pdf, found[0], signer_certs) if len(found) == 1 else NO_SIGNATURE
    except DAMAGE:
        return NO_SIGNATURE


def _reserved(signer: Signer) -> int:
    return RESERVED + 2 * sum(len(certificate.dump()) for certificate in (signer.signing_cert, *signer.cert_registry))


class _DatedSigner(PdfSigner):
    """pyHanko reads the clock of the machine; ours is handed in, so that seal and certificate agree."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def _report(pdf: bytes, signature: EmbeddedPdfSignature, signer_certs: Iterable[bytes]) -> SignatureReport:
    roots = [certificate for pem in signer_certs for certificate in load_certs_from_pemder_data(pem)]
    # As roots they are believed beyond their expiry: a certificate that was ours when it sealed stays a witness.
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    status = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints({"digital_signature"}))
    return SignatureReport(
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE and _hole_is_plain(pdf, signature),
        intact=status.intact and status.valid and bool(status.docmdp_ok),
        trusted=status.trusted,
        signer=str(signature.signer_cert.subject.native.get("common_name", "")),
    )


def _hole_is_plain(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the place that no signature covers, its own digits, holds them as they were written and only zeros after."""
    _, start, end, _ = (int(number) for number in signature.byte_range)
    digits = pdf[start + 1 : end - 1]
    length = parser.peek(bytes.fromhex(digits.decode("ascii")))
    return digits == digits.upper() and not digits[2 * length :].strip(b"0")


def _key_and_certificate(agency: str, at: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, agency, at)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _certificate(key: ec.EllipticCurvePrivateKey, agency: str, at: datetime) -> x509.Certificate:
    # X.520 allows 64 characters for these names; a longer agency is cut rather than refused.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Segel {agency}"[:64]),
        ]
    )
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        # A day back: another machine's clock may be slow.
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _from_pem(content: bytes) -> Signer:
    key = serialization.load_pem_private_key(content, None)
    return _signer(key, [x509.load_pem_x509_certificate(content)])


def _from_pkcs12(content: bytes, passphrase: str) -> Signer:
    store = bundles.load_pkcs12(content, passphrase.encode() or None)
    if store.key is None or store.cert is None:
        raise ValueError("no key or no certificate in it")
    return _signer(store.key, [store.cert.certificate, *(extra.certificate for extra in store.additional_certs)])


def _signer(key: PrivateKeyTypes, chain: list[x509.Certificate]) -> Signer:
    own, *others = (asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)) for certificate in chain)
    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(others)
    return Signer(signing_cert=own, signing_key=keys.PrivateKeyInfo.load(private), cert_registry=store)


def _remember(folder: Path, signer: Signer) -> None:
    path = folder / KNOWN_FOLDER / f"{signer.signing_cert.sha256.hex()}.pem"
    if not path.exists():
        write_atomically(path, signer.certificate)
