"""Refusing text that no database of ours keeps alike: PostgreSQL takes no NUL, SQLite does."""

from flask import Flask, abort, request


def register(app: Flask) -> None:
    """Answer 400 to a request with a NUL in its query or in what was typed, before any view sees it."""

    @app.before_request
    def refuse() -> None:
        if has_nul():
            abort(400)


def has_nul() -> bool:
    """Whether a name or value of the query or the form of this request holds a NUL."""
    if b"%00" in request.query_string or b"\0" in request.query_string:
        return True
    return any("\0" in name or any("\0" in value for value in values) for name, values in request.form.lists())
