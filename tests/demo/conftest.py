"""The demo city, loaded once for the tests of this folder into a database of its own, from the content of the repository."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from lms import config, create_app
from lms.base import clock, schema
from lms.base.db import db
from lms.content.library import Library
from lms.demo import city
from tests.conftest import NOW

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="package")
def content(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The six modules."""
    library = Library(REPOSITORY, tmp_path_factory.mktemp("content-cache"))
    library.load()
    yield library
    library.stop()


@contextmanager
def loaded(folder: Path, content: Library, today: datetime) -> Iterator[Flask]:
    """A program whose demo city was loaded at this moment, which the clock still shows."""
    settings = config.load(
        {}, instance_dir=folder, content_dir=REPOSITORY, database_url=f"sqlite:///{folder / 'lms.db'}", base_url="http://localhost",
        demo=True,
    )
    schema.upgrade(settings.database_url)
    app = create_app(settings, library=content)
    with clock.stopped(today), app.test_request_context():
        city.load()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory, content: Library) -> Iterator[Flask]:
    """The city on a Tuesday in March; tests read it and change nothing."""
    with loaded(tmp_path_factory.mktemp("city"), content, NOW) as app:
        yield app
