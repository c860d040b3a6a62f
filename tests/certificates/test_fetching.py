"""Nothing outside the design's folder is loaded while a certificate is printed, whoever asks and however."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from lms.base.errors import Refused
from lms.certificates.designs import Design, load_design
from tests.certificates.conftest import RESMI, Printer

XLINK = "http://www.w3.org/1999/xlink"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="{XLINK}" viewBox="0 0 9 9" width="9mm" height="9mm">'
IN_TEMPLATE = {
    "picture from a file": '<img alt="x" src="file:///etc/passwd">',
    "picture by a bare path": '<img alt="x" src="/etc/passwd">',
    "picture by dots": '<img alt="x" src="../../../../etc/passwd">',
    "picture by coded dots": '<img alt="x" src="%2e%2e/%2e%2e/etc/passwd">',
    "picture from this machine": '<img alt="x" src="{server}/a">',
    "picture without scheme": '<img alt="x" src="//127.0.0.1/a">',
    "picture from elsewhere": '<img alt="x" src="https://example.org/a.png">',
    "picture by ftp": '<img alt="x" src="ftp://127.0.0.1/a">',
    "picture by gopher": '<img alt="x" src="gopher://127.0.0.1/a">',
    "picture as data": '<img alt="x" src="data:image/svg+xml,%3Csvg/%3E">',
    "picture in capitals": '<img alt="x" src="FILE:///etc/passwd">',
    "picture by user part": '<img alt="x" src="https://design.invalid@127.0.0.1/a">',
    "picture by a longer host": '<img alt="x" src="https://design.invalid.example.org/qr.svg">',
    "object": '<object data="{server}/a"></object>',
    "embed": '<embed src="{server}/a">',
    "style sheet": '<link rel="stylesheet" href="file:///etc/passwd">',
    "style sheet from this machine": '<link rel="stylesheet" href="{server}/a.css">',
    "attached file": '<link rel="attachment" href="file:///etc/passwd">',
    "attached by a link": '<a rel="attachment" href="file:///etc/passwd">x</a>',
    "base address": '<base href="file:///etc/"><img alt="x" src="passwd">',
    "imported style": "<style>@import url(file:///etc/passwd);</style>",
    "font": "<style>@font-face { font-family: x; src: url(file:///etc/passwd); }</style>",
    "background": '<p style="background: url(file:///etc/passwd)">x</p>',
    "border picture": '<p style="border: 1mm solid; border-image: url({server}/a) 1">x</p>',
    "list picture": '<ul><li style="list-style-image: url({server}/a)">x</li></ul>',
    "content": '<style>.isi::before { content: url(file:///etc/passwd); }</style>',
    "picture in SVG": SVG + '<image href="file:///etc/passwd" width="9" height="9"/></svg>',
    "picture in SVG by xlink": SVG + '<image xlink:href="{server}/a" width="9" height="9"/></svg>',
    "symbol in SVG": SVG + '<use href="{server}/a.svg#x"/></svg>',
    "style in SVG": SVG + "<style>@import url({server}/a.css);</style><path d='M0 0h9v9z'/></svg>",
}
# WeasyPrint does not follow the one and stumbles over the other; neither is fetched.
OTHERWISE = {"symbol in SVG": None, "style in SVG": "certificate-picture-broken"}


class _Recorder(HTTPServer):
    asked: list[str]


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Recorder)
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server():  # type: ignore[no-untyped-def]
    """A web server on this machine that remembers what it was asked for."""
    recorder = _Recorder(("127.0.0.1", 0), _Answer)
    recorder.asked = []
    thread = threading.Thread(target=recorder.serve_forever)
    thread.start()
    yield recorder
    recorder.shutdown()
    thread.join()
    recorder.server_close()


def changed(folder: Path, name: str, old: str, new: str) -> Design:
    target = folder / "uji"
    shutil.copytree(RESMI, target)
    text = (target / name).read_text()
    assert old in text
    (target / name).write_text(text.replace(old, new, 1))
    return load_design(target)


def outcome(printer: Printer, design: Design) -> str | None:
    try:
        printer(design=design)
    except Refused as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("vector", IN_TEMPLATE)
def test_c17_a_template_that_asks_for_more_than_its_folder_is_refused(
    printer: Printer, server: _Recorder, tmp_path: Path, vector: str
) -> None:
    wish = IN_TEMPLATE[vector].replace("{server}", f"http://127.0.0.1:{server.server_port}")
    design = changed(tmp_path, "certificate.html", '<div class="isi" id="isi">', f'<div class="isi" id="isi">{wish}')

    refusal = outcome(printer, design)

    assert refusal == OTHERWISE.get(vector, "certificate-fetch-blocked")
    assert server.asked == []


@pytest.mark.parametrize("vector", IN_TEMPLATE)
@pytest.mark.parametrize("key", ["name", "module"])
def test_c17_a_name_or_title_asks_for_nothing(printer: Printer, server: _Recorder, key: str, vector: str) -> None:
    wish = IN_TEMPLATE[vector].replace("{server}", f"http://127.0.0.1:{server.server_port}")

    pdf = printer(**{key: wish})

    assert pdf.startswith(b"%PDF-")
    assert server.asked == []


@pytest.mark.parametrize("wish", ["@import url(file:///etc/passwd);", ".isi { background: url(file:///etc/passwd) }"])
def test_a_style_that_asks_for_more_than_its_folder_is_refused(printer: Printer, tmp_path: Path, wish: str) -> None:
    design = changed(tmp_path, "certificate.css", "/* Sertifikat resmi", f"{wish}\n/* Sertifikat resmi")

    with pytest.raises(Refused, match="certificate-fetch-blocked"):
        printer(design=design)


def test_a_picture_of_the_folder_that_asks_for_more_is_refused_every_time(printer: Printer, tmp_path: Path) -> None:
    design = changed(tmp_path, "lambang.svg", "</svg>", '<image href="file:///etc/passwd" width="9" height="9"/></svg>')

    for _ in range(2):
        with pytest.raises(Refused, match="certificate-fetch-blocked"):
            printer(design=design)


def test_after_a_refusal_the_next_certificate_is_printed_as_ever(printer: Printer, tmp_path: Path) -> None:
    before = printer()
    design = changed(tmp_path, "certificate.html", "lambang.svg", "file:///etc/passwd")

    with pytest.raises(Refused):
        printer(design=design)

    assert printer() == before


def test_a_picture_that_cannot_be_drawn_is_refused(printer: Printer, tmp_path: Path) -> None:
    design = changed(tmp_path, "lambang.svg", "</svg>", "")

    with pytest.raises(Refused, match="certificate-picture-broken"):
        printer(design=design)
