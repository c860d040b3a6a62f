"""A mail server, and the program set up to use it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from lms import config
from tests.notifications.post import Postman, serving

Configure = Callable[..., None]


@pytest.fixture
def configure(app: Flask, settings: config.Settings) -> Iterator[Configure]:
    """A function that changes settings for this test."""

    def change(**values: Any) -> None:
        app.extensions["settings"] = replace(app.extensions["settings"], **values)

    yield change
    app.extensions["settings"] = settings


@pytest.fixture
def public(configure: Configure) -> None:
    """An installation that people reach over TLS."""
    configure(base_url="https://belajar.example.go.id")


@pytest.fixture
def postman(configure: Configure) -> Iterator[Postman]:
    """The mail server, to which all mail goes."""
    postman = Postman()
    with serving(postman) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", mail_from="belajar@example.go.id", mail_per_minute=0)
        yield postman
