"""What a certificate may load while it is printed: its design's files and the QR code; all else is noted and blocked."""

import logging
import mimetypes
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# A reserved name that no resolver answers: even a leak would lead nowhere.
BASE_URL = "https://design.invalid/"
QR_NAME = "qr.svg"
LOGGER = logging.getLogger("weasyprint")


class DesignFetcher(URLFetcher):  # type: ignore[misc]
    """Serves a design's files; `blocked` holds every other address that was asked for since it was last cleared.

    A fatal error stops the printing, but a picture inside an SVG swallows even that one, so `blocked` is read afterwards.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.files = dict(files)
        self.blocked: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The file behind an address of the design; raises FatalURLFetchingError for any other address."""
        name = unquote(urlsplit(url).path).lstrip("/") if url.startswith(BASE_URL) else None
        if name is None or name not in self.files:
            self.blocked.append(url)
            raise FatalURLFetchingError(f"blocked: {url}")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, self.files[name], {"Content-Type": kind})


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if glyph := re.search(r"\.notdef glyph .*\(U\+([0-9A-F]+)\)$", text, re.DOTALL):
            self.missing.append(chr(int(glyph[1], 16)))
        elif record.levelno >= logging.ERROR:
            self.errors.append(text)


@contextmanager
def listening() -> Iterator[_Listener]:
    """Collect what WeasyPrint only logs: letters that no font has, and pictures that could not be drawn."""
    listener = _Listener()
    LOGGER.addHandler(listener)
    try:
        yield listener
    finally:
        LOGGER.removeHandler(listener)
