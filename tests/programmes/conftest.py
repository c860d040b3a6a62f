"""The library as it was, after each test, and without sources."""

from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    library = app.extensions["library"]
    before, sources = library.current, app.extensions["programme_sources"]
    yield
    library.current = before
    app.extensions["programme_sources"] = sources
