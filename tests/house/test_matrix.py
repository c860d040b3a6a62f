"""B01, B02, B05: every address, by every verb, for every role, on own and on other things, has an answer that is declared.

The matrix is made from the URL map, so that a page nobody thought of fails here. What one may open is said by ROUTES (test_routes); this
file adds whose things are whose: a learner's own and another's, those of a unit within and beyond an officer's reach, of a trainer's module
and another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule

from lms.base.db import db, transaction
from lms.people import admin, grants
from lms.people.models import Posting
from lms.people.roles import PERMISSIONS
from lms.people.roles import ROLES as TABLE
from tests import build
from tests.house import town as towns
from tests.house.test_routes import ANYONE, ROUTES, SETTING_UP, SIGNED_IN
from tests.house.town import SignIn, Town, ask
from tests.inspecting import InspectingClient

VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
OVERRIDES = ({"_method": "DELETE"}, {"_method": "PUT"})
# Beside the roles: nobody, somebody deactivated while signed in, and officers of one unit and one module who meet what is not theirs.
READERS = ("nobody", "deactivated", *towns.ROLES, "unit-admin", "unit-auditor", "foreign-supervisor", "foreign-trainer", "foreign-marker")
FOREIGN = {"unit-admin": "admin", "unit-auditor": "auditor", "foreign-supervisor": "supervisor", "foreign-trainer": "trainer",
           "foreign-marker": "marker"}
SEEN = ("admin",)  # whose pages are inspected here; those of the others are by the tests of their rooms
WITHOUT_OBJECT = {"digest", "name", "kind", "sample", "token", "path", "filename", "partner_part"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str


@pytest.fixture
def town(app: Flask, sign_in: SignIn) -> Iterator[tuple[Town, Mapping[str, InspectingClient]]]:
    """The town of test_routes, and readers who have no business with what its addresses name."""
    library = app.extensions["library"]
    before = library.current
    built = towns.built(app, sign_in)
    elsewhere = build.unit("Kecamatan Lain")
    readers: dict[str, InspectingClient] = {"nobody": app.test_client(), **{name: built.browsers[name] for name in towns.ROLES}}  # type: ignore[dict-item]
    for name, role in FOREIGN.items():
        readers[name] = sign_in(_officer(name, role, elsewhere))
    gone = build.person("Yang Pergi", unit_id=elsewhere)
    readers["deactivated"] = sign_in(gone)
    admin.set_active(gone, False)
    with transaction():
        again = sign_in(gone)
    readers["deactivated"] = again
    yield built, readers
    library.current = before


def _officer(name: str, role: str, unit: int) -> int:
    person = build.person(name.title(), unit_id=unit)
    with transaction():
        if TABLE[role].binds == "unit":
            grants.add(person, role, unit_id=unit)
        else:
            grants.add(person, role, module_id="dengar")
    return person


def _addresses(app: Flask, town: Town) -> list[tuple[Rule, str]]:
    """Each rule with an address that it serves."""
    found = []
    for rule in app.url_map.iter_rules():
        built = rule.build({name: town.values[name] for name in rule.arguments})
        assert built is not None, rule
        found.append((rule, built[1]))
    return found


def _reaches(reader: str, endpoint: str) -> bool:
    """Whether the guard lets a reader in, before the thing itself is looked at."""
    needed = ROUTES[endpoint]
    if needed == ANYONE:
        return True
    if reader in {"nobody", "deactivated"}:
        return False
    if needed in {SIGNED_IN, SETTING_UP}:
        return True
    role = FOREIGN.get(reader, reader)
    held = role in TABLE and needed in TABLE[role].permissions
    return held and not (reader in {"unit-admin", "unit-auditor"} and PERMISSIONS[needed].bound != "unit")


def _expected(app: Flask, reader: str, target: str, verb: str) -> set[int]:
    """The statuses that a request without a form token may have; two views can share an address."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(target.partition("?")[0], method=verb)
    except MethodNotAllowed:
        return {405, 400}  # the token is asked for before the verb is looked at
    if verb == "OPTIONS":
        return {200}
    if verb not in {"GET", "HEAD"}:
        return {400}
    if not _reaches(reader, endpoint):
        return {302} if reader in {"nobody", "deactivated"} else {403}
    return {200, 302, 303, 304, 404, 409, 410}


def test_b01_b02_b05_every_role_meets_every_address_by_every_verb_as_declared(
    app: Flask, town: tuple[Town, Mapping[str, InspectingClient]], record_property: Any,
) -> None:
    place, readers = town
    before = towns.noticed()
    wrong: dict[tuple[str, str, str], Answer] = {}
    checks = 0
    addresses = _addresses(app, place)
    for reader, browser in readers.items():
        quick = _quick(app, browser)
        for rule, target in addresses:
            for verb, override in _tries(frozenset(rule.methods or ())):
                answer = ask(quick, verb, target, data=override, headers=_headers(override))
                checks += 1
                if answer.status_code not in _expected(app, reader, target, verb):
                    wrong[rule.endpoint, reader, f"{verb} {override or ''}"] = Answer(answer.status_code, answer.location or "")

    record_property("checks", checks)
    print(f"matrix: {len(addresses)} addresses x {len(readers)} readers x verbs = {checks} checks")
    assert checks > 5000
    assert wrong == {}
    assert towns.noticed() == before


def test_b01_what_each_role_may_read_is_what_is_declared(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]]) -> None:
    place, readers = town
    wrong = {}
    for rule, target in _addresses(app, place):
        if "GET" in (rule.methods or ()):
            for reader, browser in readers.items():
                status = ask(browser if reader in SEEN else _quick(app, browser), "GET", target).status_code
                if status not in _expected(app, reader, target, "GET"):
                    wrong[rule.endpoint, reader] = status

    assert wrong == {}


def test_b01_b08_what_belongs_to_another_does_not_exist(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]]) -> None:
    """Each address that names a thing of Sari's: whoever has no business with her or her module gets 404 (or 403 from the guard)."""
    place, readers = town
    seen: dict[tuple[str, str], int] = {}
    for rule, target in _addresses(app, place):
        if "GET" in (rule.methods or ()) and rule.arguments - WITHOUT_OBJECT and _belongs(rule):
            for reader in FOREIGN:
                if _reaches(reader, rule.endpoint):
                    seen[rule.endpoint, reader] = ask(readers[reader], "GET", target).status_code

    assert len(seen) > 20
    assert {where: status for where, status in seen.items() if status != 404} == {}


def _tries(methods: frozenset[str]) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    """Every verb but GET, whose pages are read below; and forms that claim to be another verb."""
    for verb in VERBS:
        if verb != "GET":
            yield verb, None
    if "POST" in methods:
        for override in OVERRIDES:
            yield "POST", override


def _headers(override: Mapping[str, str] | None) -> dict[str, str]:
    """Scripts get short answers; this test reads none of them."""
    claimed = {"X-HTTP-Method-Override": override["_method"]} if override else {}
    return {"Accept": "application/json", **claimed}


def _quick(app: Flask, browser: InspectingClient) -> Any:
    """The same browser without a look at every page, which takes longer than making it."""
    plain = FlaskClient(app, Response)
    cookie = browser.get_cookie("signin")
    if cookie is not None:
        plain.set_cookie("signin", cookie.value)
    return plain


def _belongs(rule: Rule) -> bool:
    """Whether what the address names is somebody's: a person, an attempt, a certificate, an enrolment, an answer, a request."""
    owned = {"person_id", "attempt_id", "item_id", "enrolment_id", "serial", "request_id", "posting_id", "other_id", "notice_id", "passkey_id", "study_id"}
    return bool(rule.arguments & owned) and ROUTES[rule.endpoint] != ANYONE


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_b06_b11_another_learners_things_do_not_exist(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]], sign_in: SignIn, verb: str) -> None:
    place, _readers = town
    other = sign_in(build.person("Dewi Purba"))
    token = other.token("/account/password" if "/account/password" in {rule.rule for rule in app.url_map.iter_rules()} else "/modules/sapa/")

    found = {}
    for rule, target in _addresses(app, place):
        if verb in (rule.methods or ()) and _belongs(rule) and ROUTES[rule.endpoint] in {SIGNED_IN, SETTING_UP}:
            data = {"csrf_token": token} if verb == "POST" else None
            found[rule.endpoint] = ask(other, verb, target, data=data).status_code

    assert len(found) >= 2
    assert {endpoint: status for endpoint, status in found.items() if status != 404} == {}


def test_b20_ids_counted_through_show_nothing_to_a_stranger(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]], sign_in: SignIn) -> None:
    place, _readers = town
    other = sign_in(build.person("Dewi Purba"))
    top = int(place.values["attempt_id"])

    statuses = {ask(other, "GET", f"/attempts/{number}/").status_code for number in range(1, top + 40)}

    assert statuses == {404}
    assert len(str(place.values["serial"])) == 20  # a certificate's address has 100 random bits


@pytest.mark.parametrize("query", ["unit={own}&unit={other}", "unit={other}&unit={own}", "unit={other}", "unit={own},{other}", "unit[]={other}"])
@pytest.mark.parametrize("page", ["/people/", "/people/found", "/team/", "/team/export.csv"])
def test_b10_b12_ids_of_other_units_mixed_into_a_filter_show_nobody_else(
    app: Flask, sign_in: SignIn, page: str, query: str,
) -> None:
    own, other = build.unit("Sendiri"), build.unit("Lain")
    build.person("Sari Damanik", unit_id=own)
    build.person("Dewi Purba", unit_id=other)
    rina = build.person("Rina Sinaga", unit_id=own)
    with transaction():
        grants.add(rina, "admin", unit_id=own)

    answer = sign_in(rina).get(f"{page}?{query.format(own=own, other=other)}")

    assert answer.status_code == 200
    assert "Dewi" not in answer.get_data(as_text=True)


def test_b25_b26_no_page_lets_others_read_or_frame_it(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]]) -> None:
    place, readers = town
    loose = {}
    for rule, target in _addresses(app, place):
        if "GET" in (rule.methods or ()):
            answer = ask(readers["admin"], "GET", target, headers={"Origin": "null"})
            if "Access-Control-Allow-Origin" in answer.headers or "frame-ancestors 'none'" not in answer.headers["Content-Security-Policy"]:
                loose[rule.endpoint] = dict(answer.headers)

    assert loose == {}


def test_b23_no_address_carries_a_token(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]]) -> None:
    place, readers = town
    found = []
    for rule, target in _addresses(app, place):
        if "GET" in (rule.methods or ()) and ROUTES[rule.endpoint] != ANYONE:
            page = ask(readers["admin"], "GET", target)
            if page.mimetype == "text/html" and any(word in page.get_data(as_text=True) for word in ("?csrf_token=", "&amp;csrf_token=", "&csrf_token=")):
                found.append(rule.endpoint)

    assert found == []


def test_b28_a_role_taken_away_is_gone_with_the_next_request(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]], sign_in: SignIn) -> None:
    person = build.person("Tigor")
    grant = grants.give(person, "auditor", by=None)
    browser = sign_in(person)
    before = browser.get("/people/").status_code

    grants.end(grant, by=None)

    assert (before, browser.get("/people/").status_code, sign_in(person).get("/people/").status_code) == (200, 302, 403)


def test_b04_what_a_page_does_not_offer_is_refused_when_it_is_sent_all_the_same(
    app: Flask, town: tuple[Town, Mapping[str, InspectingClient]],
) -> None:
    place, readers = town
    before = towns.noticed()
    auditor = readers["auditor"]
    token = auditor.token("/modules/sapa/")

    found = {}
    for rule, target in _addresses(app, place):
        if "POST" in (rule.methods or ()) and ROUTES[rule.endpoint] not in {ANYONE, SIGNED_IN, SETTING_UP} and not _reaches("auditor", rule.endpoint):
            found[rule.endpoint] = ask(auditor, "POST", target, data={"csrf_token": token, "reason": "Coba saja."}).status_code

    assert len(found) > 20
    assert {endpoint: status for endpoint, status in found.items() if status != 403} == {}
    assert towns.noticed() == before


def test_b22_a_token_serves_only_the_browser_it_was_made_for(app: Flask, town: tuple[Town, Mapping[str, InspectingClient]], sign_in: SignIn) -> None:
    _place, readers = town
    token = readers["admin"].token("/modules/sapa/")
    dewi = sign_in(build.person("Dewi Purba"))

    answer = ask(dewi, "POST", "/modules/sapa/enrol/" if "/modules/<slug>/enrol/" in {rule.rule for rule in app.url_map.iter_rules()} else "/language",
                 data={"csrf_token": token, "lang": "en"})

    assert answer.status_code == 400
    assert db.session.scalar(select(Posting.id).limit(1)) is not None  # the town stands
