"""Refusing text that our databases would not keep alike: PostgreSQL takes no NUL, SQLite does."""

from flask import Flask, abort, request


def register(app: Flask) -> None:
    """Answer a request with a NUL in its address or in what was typed before any view sees it: 404 or 400."""

    @app.before_request
    def refuse() -> None:
        if "\0" in request.path:
            abort(404)
        if b"%00" in request.query_string or _typed_nul():
            abort(400)


def _typed_nul() -> bool:
    if not request.content_length and "chunked" not in request.headers.get("Transfer-Encoding", ""):
        return False
    return any("\0" in text for name, values in request.form.lists() for text in (name, *values))
