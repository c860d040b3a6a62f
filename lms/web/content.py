"""The content in service, as rooms look it up."""

from flask import current_app

from lms.content.catalog import Catalog
from lms.content.library import Library


def library() -> Library:
    """The library of this process."""
    return current_app.extensions["library"]  # type: ignore[no-any-return]


def catalog() -> Catalog:
    """The catalogue as it is now; one request should look it up once."""
    return library().current
