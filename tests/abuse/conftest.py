"""What the tests of bad input share: a town with every role, and content that a test writes itself."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask

from lms.content.catalog import Catalog
from lms.content.library import Library
from tests.house.town import SignIn, Town, built

Publish = Callable[[Mapping[str, str]], Catalog]


@pytest.fixture(autouse=True)
def _restored_catalog(request: pytest.FixtureRequest) -> Iterator[None]:
    if "app" not in request.fixturenames:
        yield
        return
    library = request.getfixturevalue("app").extensions["library"]
    before = library.current
    yield
    library.current = before


@pytest.fixture
def town(app: Flask, sign_in: SignIn) -> Town:
    """Sari with a certificate, attempts and an essay that waits, and a browser for each role of her unit."""
    return built(app, sign_in)


@pytest.fixture
def publish(app: Flask, tmp_path: Path) -> Iterator[Publish]:
    """`publish({"modules/a/10-x.md": "# X"})` writes files and puts the folder in service; called again, it changes them."""
    before = app.extensions["library"]
    library = app.extensions["library"] = Library(tmp_path / "content", tmp_path / "cache")

    def put(files: Mapping[str, str]) -> Catalog:
        for name, text in files.items():
            path = tmp_path / "content" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return library.load()

    yield put
    app.extensions["library"] = before
    library.stop()
