"""Sari with a password, a browser in English, settings that a test may change."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms import config
from lms.accounts.events import AccountChanged
from tests import build
from tests.accounts.mailbox import post as post
from tests.inspecting import InspectingClient

NIP = "199001012015012001"
PASSWORD = "tujuh gajah biru"


@pytest.fixture
def sari(app: Flask) -> int:
    """Sari, who has a password."""
    return build.person(nip=NIP, password=PASSWORD)


@pytest.fixture
def visitor(client: InspectingClient) -> InspectingClient:
    """A browser in English that nobody is signed in with."""
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def other(app: Flask) -> InspectingClient:
    """Another browser in English."""
    browser = app.test_client()
    browser.set_cookie("lang", "en")
    return browser  # type: ignore[return-value]


@pytest.fixture
def set_up(app: Flask, settings: config.Settings) -> Iterator[Callable[..., None]]:
    """A function that changes settings until the end of the test."""
    def changed(**values: object) -> None:
        app.extensions["settings"] = replace(app.extensions["settings"], **values)

    yield changed
    app.extensions["settings"] = settings


@pytest.fixture
def told(app: Flask) -> Iterator[list[tuple[int, str]]]:
    """Whom a change of her account was told, and which, in order."""
    heard: list[tuple[int, str]] = []
    before = app.extensions["reactions"]
    app.extensions["reactions"] = {
        **before, AccountChanged: (*before.get(AccountChanged, ()), lambda fact: heard.append((fact.person_id, fact.what)))}
    yield heard
    app.extensions["reactions"] = before


def enter(browser: InspectingClient, nip: str = NIP, password: str = PASSWORD, **more: str) -> int:
    """Sign in by the form; the status of the answer."""
    return browser.send("/login", nip=nip, password=password, **more).status_code
