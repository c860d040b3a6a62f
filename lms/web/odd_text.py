"""Refusing what no page of ours sends: text that our databases would not keep alike (PostgreSQL takes no NUL), and JSON for a form."""

from flask import Flask, abort, request


def register(app: Flask) -> None:
    """Answer a request with a NUL in its address or in what was typed before any view sees it: 404 or 400; JSON that is sent: 415."""

    @app.before_request
    def refuse() -> None:
        if "\0" in request.path:
            abort(404)
        if request.method == "POST" and request.is_json:  # Flask-WTF would read it as a form, with values that are no text
            abort(415)
        if b"%00" in request.query_string or _typed_nul():
            abort(400)


def _typed_nul() -> bool:
    if not request.content_length and "chunked" not in request.headers.get("Transfer-Encoding", ""):
        return False
    return any("\0" in text for name, values in request.form.lists() for text in (name, *values))
