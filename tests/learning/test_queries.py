"""Reads: what they give, and that their number does not grow with the rows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from lms.base import clock
from lms.learning import queries, service
from lms.learning.events import ModuleCompleted
from tests import build
from tests.learning.test_service import study

Counted = Callable[[int], AbstractContextManager[None]]


@pytest.mark.parametrize("modules", [["sapa"], ["sapa", "bebas", "dengar"]])
def test_one_query_reads_all_progress_of_a_person(
    app: Flask, assert_queries: Counted, published: list[ModuleCompleted], modules: list[str]
) -> None:
    sari = build.person()
    for module_id in modules:
        study(sari, module_id)

    with assert_queries(1):
        found = queries.progress_by_module(sari)

    assert sorted(found) == sorted(modules)


def test_progress_is_that_of_the_last_round(app: Flask, published: list[ModuleCompleted]) -> None:
    sari = build.person()
    study(sari)
    clock.advance(timedelta(days=800))
    service.enrol(sari, "sapa")

    progress = queries.progress(sari, "sapa")

    assert progress is not None
    assert (progress.round, progress.done, progress.completed_at) == (2, frozenset(), None)
    assert queries.completed_modules(sari, ["sapa", "bebas"]) == {"sapa"}


def test_nobody_elses_progress_is_read(app: Flask, published: list[ModuleCompleted]) -> None:
    sari, rini = build.person(), build.person("Rini")
    study(sari)

    assert queries.progress_by_module(rini) == {}
