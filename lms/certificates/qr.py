"""The QR code of a certificate's verification address, as SVG: a PNG one is scaled with interpolation, which PDF/A forbids."""

import io

import segno

INK = "#231d19"


def qr_svg(url: str) -> bytes:
    """An SVG picture of the code, error correction M, with the quiet zone of four modules that scanners ask for."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="svg", border=4, dark=INK, xmldecl=False, svgclass=None, lineclass=None, omitsize=True, nl=False
    )
    return picture.getvalue()
