"""Files as people send them, good and bad."""

import io
import struct
import zipfile
import zlib

from PIL import Image, TiffImagePlugin

GPS_TEXT = b"2 58 12.0"
PDF_OBJECTS = b"1 0 obj<</Type/Catalog/Pages 2 0 R%s>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"


def photo(colour: tuple[int, int, int] = (200, 180, 120), *, form: str = "JPEG", size: tuple[int, int] = (320, 240), exif: bool = False) -> bytes:
    """A picture of one colour with a line in it; with `exif` it says where it was taken, by what, and that it lies on its side."""
    picture = Image.new("RGB", size, colour)
    picture.paste((0, 0, 0), (10, 10, size[0] // 2, 14))
    options = {}
    if exif:
        held = Image.Exif()
        held[0x010F], held[0x0112] = "KAMERA RAHASIA", 6
        place = held.get_ifd(0x8825)
        place[1], place[2] = "N", tuple(TiffImagePlugin.IFDRational(number) for number in (2, 58, 12))
        options["exif"] = held
    kept = io.BytesIO()
    picture.save(kept, form, **options)
    return kept.getvalue()


def pdf(extra: bytes = b"", *, tail: bytes = b"", more: bytes = b"") -> bytes:
    """A small PDF; `extra` stands in its catalogue, `more` after its objects, `tail` behind its end."""
    return b"%PDF-1.7\n" + PDF_OBJECTS % extra + more + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n9\n%%EOF\n" + tail


def object_stream(content: bytes) -> bytes:
    """Objects packed into a stream, as PDF 1.5 does."""
    packed = zlib.compress(content)
    return b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream endobj\n"


def bomb(side: int = 30_000) -> bytes:
    """A PNG of few bytes that says it has very many points."""
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""))


def archive(name: str = "a.txt", content: bytes = b"halo") -> bytes:
    """A ZIP."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        packed.writestr(name, content)
    return kept.getvalue()
