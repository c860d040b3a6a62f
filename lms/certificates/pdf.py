"""One certificate as one file: PDF/A-3a and PDF/UA-1, with the Open Badges credential attached. Signing follows in signing.py.

A snapshot is a mapping of plain values (JSON's, without fractions) that says everything the certificate says:

    title, place     from the design: "Sertifikat", "Pematangsiantar"
    signatories      from the design: [{position, name, rank or None, nip or None}]
    name, nip        the person's name with titles; the NIP's digits
    rank, position   "Penata Muda, III/a", "Pengelola Layanan Operasional"; None if unknown
    unit             the person's unit; None if unknown
    agency, office   "Pemerintah Kota Pematangsiantar"; the office that issues and seals
    kind             "programme" for one of a programme; missing for one of a module
    module, module_id, version   title, slug, and revision (None: not printed) of the module or programme
    jp               hours as text: "4", "2.5"
    started, completed, issued_on, valid_until   ISO dates; started and valid_until may be None
    score            text such as "85", None: not printed
    lessons          [{part or None, number, title, date or None, jp}] in the module's order; of a programme its items
    number, serial   "0007/SERT/BKPSDM/III/2026" and the random serial of its verification address

What the design's template sees of it is in printed.py. The same design, snapshot, credential and moment give the same bytes.
"""

import importlib.resources
import io
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pydyf  # type: ignore[import-untyped]
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from lms.base.errors import Refused
from lms.certificates.designs import Design
from lms.certificates.fetching import BASE_URL, QR_NAME, DesignFetcher, listening
from lms.certificates.printed import printed
from lms.certificates.qr import qr_svg
from lms.certificates.sandbox import Plain, fill

DENSITIES = range(4)
PAPER = "paper"
OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/a-3a", "pdf_tags": True, "presentational_hints": False, "output_intent": PAPER}
# WeasyPrint states one standard per file; this adds PDF/UA-1, with the schema that PDF/A asks of foreign names.
UA_CLAIM = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description></rdf:li></rdf:Seq>"
    b"</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
# Pango's font map is shared by all certificates of a design and is not made for two threads.
_printing = threading.Lock()


def render_pdf(design: Design, snapshot: Mapping[str, Any], *, verify_url: str, credential: bytes, issued_at: datetime) -> bytes:
    """The unsigned PDF of a certificate.

    Refused "certificate-fetch-blocked" if anything outside the design was asked for, "certificate-letters-missing" if no
    installed font has a letter, "certificate-does-not-fit" if page 1 overflows at the highest density,
    "certificate-picture-broken" if a picture cannot be drawn. Raises jinja2.TemplateError for a template
    that does what it may not.
    """
    moment = issued_at.astimezone(UTC)
    badge = Attachment(
        string=credential, name="credential.json", description="Open Badges 3.0", relationship="Data", created=moment, modified=moment)
    return print_pages(
        design, lambda density: printed(snapshot, verify_url=verify_url, density=density), verify_url=verify_url, attached=badge, at=moment)


def print_pages(
    design: Design, values: Callable[[int], dict[str, Plain]], *, verify_url: str, attached: Attachment, at: datetime,
) -> bytes:
    """The unsigned PDF of a design filled with the values of a density, with the code of its verification and a file attached.

    Refused as `render_pdf` says.
    """
    with _printing, listening() as heard:
        press = _press(design)
        press.fetcher.blocked.clear()
        press.fetcher.files[QR_NAME] = qr_svg(verify_url)
        try:
            content = _print(press, values, attached, at.astimezone(UTC))
        except FatalURLFetchingError as error:
            # A BaseException: let through, it would end the worker and not only this job.
            raise _blocked(press) from error
        if press.fetcher.blocked:
            raise _blocked(press)
    if heard.missing:
        letters = " ".join(f"U+{ord(letter):04X}" for letter in sorted(set(heard.missing)))
        raise Refused("certificate-letters-missing", letters=letters)
    if heard.errors:
        raise Refused("certificate-picture-broken", design=design.id, problem=heard.errors[0])
    return content


class _Colours(ColorProfile):  # type: ignore[misc]
    """The colours of the paper, sRGB, as the profile's file has them.

    WeasyPrint's own way opens the file for every document without closing it, and lets lcms write a header that depends on the
    machine's time zone.
    """

    def __init__(self) -> None:
        self.file = (importlib.resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
        super().__init__(io.BytesIO(self.file), "sRGB2014.icc", "relative-colorimetric", ["r", "g", "b"])

    @property
    def content(self) -> bytes:
        return self.file


class _Press:
    """What all certificates of a design share: fonts, parsed style, static pictures."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.fetcher = DesignFetcher(design.files)
        self.fonts = FontConfiguration()
        self.style = CSS(string=design.style, base_url=BASE_URL, url_fetcher=self.fetcher, font_config=self.fonts)
        self.pictures: dict[str, Any] = {}
        self.colours = {PAPER: _Colours()}

    def lay_out(self, html: str) -> Document:
        """The pages of a certificate; the QR code never stays in the store of pictures."""
        pictures = dict(self.pictures)
        document = HTML(string=html, base_url=BASE_URL, url_fetcher=self.fetcher).render(
            font_config=self.fonts, stylesheets=[self.style], color_profiles=self.colours, cache=pictures, **OPTIONS
        )
        self.pictures.update((url, picture) for url, picture in pictures.items() if url != BASE_URL + QR_NAME)
        return document


@lru_cache(maxsize=8)
def _press(design: Design) -> _Press:
    try:
        return _Press(design)
    except FatalURLFetchingError as error:
        raise Refused("certificate-fetch-blocked", design=design.id, urls=str(error)) from error


def _print(press: _Press, values: Callable[[int], dict[str, Plain]], attached: Attachment, moment: datetime) -> bytes:
    document = _fitting(press, values)
    document.metadata.created = document.metadata.modified = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    content: bytes = document.write_pdf(finisher=_claim_ua, attachments=[attached], **OPTIONS)
    return content


def _fitting(press: _Press, values: Callable[[int], dict[str, Plain]]) -> Document:
    """The pages at the lowest density at which page 1 holds its content; nearly always the first one tried."""
    for density in DENSITIES:
        document = press.lay_out(fill(press.design.template, values(density)))
        if _fits(document):
            return document
    raise Refused("certificate-does-not-fit", design=press.design.id)


def _fits(document: Document) -> bool:
    """Whether the element with the id "isi" ends above the one with the id "kaki"; true for designs without them."""
    places = document.pages[0].anchors
    return "isi" not in places or "kaki" not in places or places["isi"][3] <= places["kaki"][1]


def _claim_ua(document: Document, pdf: pydyf.PDF) -> None:
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = next(part for part in pdf.objects if part.number == number)
    metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", UA_CLAIM + b"</rdf:RDF>", 1)


def _blocked(press: _Press) -> Refused:
    return Refused("certificate-fetch-blocked", design=press.design.id, urls=", ".join(press.fetcher.blocked))
