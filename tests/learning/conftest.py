"""What the tests of learning share: the events published, and courses that a test may change."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms.content.catalog import Module
from lms.content.library import Library
from lms.learning.events import ModuleCompleted


@pytest.fixture
def published(app: Flask) -> Iterator[list[ModuleCompleted]]:
    """The completions published during the test, in order; nobody else reacts to them."""
    reactions = app.extensions["reactions"]
    events: list[ModuleCompleted] = []
    app.extensions["reactions"] = {ModuleCompleted: (events.append,)}
    yield events
    app.extensions["reactions"] = reactions


@pytest.fixture
def change(library: Library) -> Iterator[Callable[..., None]]:
    """`change("sapa", published=False)` puts another revision of a module in service, `change("sapa", None)` takes it out."""
    before = library.current

    def put(module_id: str, gone: None = None, **changes: object) -> None:
        modules: dict[str, Module] = dict(library.current.modules)
        old = modules.pop(module_id)
        if changes:
            modules[module_id] = replace(old, revision=f"{old.revision}-changed", **changes)  # type: ignore[arg-type]
        library.current = replace(library.current, modules=modules)

    yield put
    library.current = before
