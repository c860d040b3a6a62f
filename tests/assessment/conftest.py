"""The catalogue that a test puts in service goes when the test ends."""

from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _restored_catalog(request: pytest.FixtureRequest) -> Iterator[None]:
    if "app" not in request.fixturenames:
        yield
        return
    app: Flask = request.getfixturevalue("app")
    kept = app.extensions["library"].current
    yield
    app.extensions["library"].current = kept
