"""What anybody may open tells no whole NIP: pages, files inside of files, names of downloads, addresses."""

import io
import re
from collections.abc import Iterator

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.base.db import db
from lms.certificates import printing, queries
from lms.people.models import Person
from lms.web.access import ANYONE
from tests.house.test_routes import address, rules
from tests.house.town import SignIn, Town, ask, built

NIP = re.compile(r"(?<!\d)(?:19|20)\d{6}[ \u00a0.-]?\d{6}[ \u00a0.-]?[12][ \u00a0.-]?\d{3}(?!\d)")
TYPED = "198609262015051001"


@pytest.fixture
def town(app: Flask, sign_in: SignIn) -> Iterator[Town]:
    library = app.extensions["library"]
    before = library.current
    yield built(app, sign_in)
    library.current = before


def open_to_anyone(app: Flask, method: str) -> list[Rule]:
    """The addresses that need no sign-in."""
    guards = {name: getattr(view, "allowed", frozenset()) for name, view in app.view_functions.items()}
    return [rule for rule in rules(app) if guards[rule.endpoint] == frozenset({ANYONE}) and method in (rule.methods or ())]


def said(response: TestResponse) -> str:
    """Everything that reaches the asker: headers, with address and file name, and body."""
    return f"{response.headers}\n{response.get_data(as_text=True)}"


def test_k11_no_address_that_anyone_may_open_shows_a_whole_nip(app: Flask, town: Town) -> None:
    public = open_to_anyone(app, "GET")
    stranger = town.browsers[None]

    seen = {rule.endpoint: NIP.findall(said(ask(stranger, "GET", address(rule, town)))) for rule in public}
    own = said(ask(town.browsers["admin"], "GET", "/people/"))  # what could leak, is there

    assert len(seen) > 6
    assert {endpoint: found for endpoint, found in seen.items() if found} == {}
    assert NIP.findall(own) != []


def test_what_a_stranger_sends_is_answered_without_anybodys_nip(app: Flask, town: Town) -> None:
    stranger = town.browsers[None]
    public = open_to_anyone(app, "POST")
    token = stranger.token("/login")
    form = {"csrf_token": token, "nip": TYPED, "password": "bukan-kata-sandi", "code": "ABCD-EFGH", "new": "x", "again": "y"}

    seen = {rule.endpoint: NIP.findall(said(ask(stranger, "POST", address(rule, town), data=form))) for rule in public}

    assert len(seen) > 3
    assert {endpoint: set(found) - {TYPED} for endpoint, found in seen.items() if set(found) - {TYPED}} == {}


def test_error_pages_show_no_nip_not_even_one_in_the_address(app: Flask, town: Town) -> None:
    nip = str(db.session.scalar(select(Person.nip).limit(1)))

    pages = [ask(town.browsers[None], "GET", where) for where in (f"/{nip}", f"/people/{nip}/", f"/verify/{nip}")]

    assert [one.status_code for one in pages] == [404, 404, 404]
    assert [one for page in pages for one in NIP.findall(page.get_data(as_text=True))] == []


def test_no_address_and_no_file_name_holds_a_nip(app: Flask, town: Town) -> None:
    readable = [rule for rule in rules(app) if "GET" in (rule.methods or ())]

    names = [
        str(response.headers.get(name, "")) for rule in readable for browser in (town.browsers["admin"], town.browsers["learner"])
        for response in (ask(browser, "GET", address(rule, town)),) for name in ("Location", "Content-Disposition", "Link")
    ]

    assert any("attachment" in one for one in names)
    assert [one for one in names if NIP.search(one)] == []


def test_the_metadata_and_the_badge_inside_a_certificate_hold_no_nip(app: Flask, town: Town) -> None:
    row = queries.by_serial(str(town.values["serial"]))
    assert row is not None

    with pikepdf.open(io.BytesIO(printing.pdf_of(row).read_bytes())) as pdf:
        told = [str(pdf.docinfo), pdf.Root.Metadata.read_bytes().decode(), *(
            file.get_file().read_bytes().decode() for file in pdf.attachments.values())]

    assert len(told) == 3
    assert row.snapshot["nip"] in str(row.snapshot)
    assert [text for text in told if NIP.search(text)] == []
