"""Every address is declared here, guarded once, refuses forms without a token, and changes nothing when it is only read."""

import inspect
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.house.town import ROLES, SignIn, Town, ask, built, noticed

ANYONE, SIGNED_IN = "anyone", "signed-in"
TRAINERS, LEADERS, ADMINS = "trainer admin", "supervisor admin", "admin"
ROUTES = {
    "people.login": ANYONE, "people.sign_in": ANYONE, "people.logout": ANYONE, "people.activation": ANYONE, "people.activate": ANYONE,
    "people.password": SIGNED_IN, "people.change_password": SIGNED_IN, "people.language": ANYONE,
    "people_admin.people": ADMINS, "people_admin.person": ADMINS, "people_admin.change": ADMINS, "people_admin.set_active": ADMINS,
    "people_admin.set_modules": ADMINS, "people_admin.new_code": ADMINS, "people_admin.codes_form": ADMINS,
    "people_admin.new_codes": ADMINS, "people_admin.import_form": ADMINS, "people_admin.import_preview": ADMINS,
    "people_admin.import_confirm": ADMINS,
    "static_files.file": ANYONE, "static_files.icons": ANYONE,
    "learning.catalogue": SIGNED_IN, "learning.module": SIGNED_IN, "learning.lesson": SIGNED_IN, "learning.enrol": SIGNED_IN,
    "learning.finish": SIGNED_IN, "learning.media": SIGNED_IN,
    "assessment.quiz": SIGNED_IN, "assessment.start": SIGNED_IN, "assessment.attempt": SIGNED_IN, "assessment.answers": SIGNED_IN,
    "assessment.summary": SIGNED_IN, "assessment.submit": SIGNED_IN, "assessment.review": SIGNED_IN,
    "assessment_results.to_mark": TRAINERS, "assessment_results.mark": TRAINERS, "assessment_results.give_mark": TRAINERS,
    "assessment_results.participants": TRAINERS, "assessment_results.questions": TRAINERS, "assessment_results.participant": TRAINERS,
    "assessment_results.extra_attempt": TRAINERS, "assessment_results.preview": TRAINERS, "assessment_results.graded_preview": TRAINERS,
    "certificates.mine": SIGNED_IN, "certificates.certificate": SIGNED_IN, "certificates.pdf": SIGNED_IN,
    "certificates.revoke": ADMINS, "certificates.reissue": ADMINS,
    "certificates.verify_form": ANYONE, "certificates.verify": ANYONE, "certificates.compare": ANYONE,
    "home.healthz": ANYONE, "home.start": SIGNED_IN, "home.content_mistakes": TRAINERS, "home.team": LEADERS, "home.team_csv": LEADERS,
    "home.team_xlsx": LEADERS, "home.team_certificates": LEADERS, "home.member": LEADERS,
}
SENDING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def town(app: Flask, sign_in: SignIn) -> Iterator[Town]:
    """A town; the library's catalogue is put back afterwards."""
    library = app.extensions["library"]
    before = library.current
    yield built(app, sign_in)
    library.current = before


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def address(rule: Rule, town: Town) -> str:
    built = rule.build({name: town.values[name] for name in rule.arguments})
    assert built is not None, rule
    return built[1]


def opens_to(role: str | None, endpoint: str) -> bool:
    allowed = set(ROUTES[endpoint].split())
    return ANYONE in allowed or (role is not None and (SIGNED_IN in allowed or role in allowed))


def test_every_view_has_exactly_the_guard_that_is_declared_here(app: Flask) -> None:
    guards = {name: getattr(view, "allowed", None) for name, view in app.view_functions.items()}

    assert guards == {endpoint: frozenset(allowed.split()) for endpoint, allowed in ROUTES.items()}


def test_no_view_has_two_guards(app: Flask) -> None:
    twice = [name for name, view in app.view_functions.items() if hasattr(inspect.unwrap(view), "allowed")]
    nested = [name for name, view in app.view_functions.items() if hasattr(getattr(view, "__wrapped__", None), "allowed")]

    assert (twice, nested) == ([], [])


def test_a_form_without_its_token_is_refused_and_changes_nothing(app: Flask, town: Town) -> None:
    before = noticed()
    sent = [(rule.endpoint, method, address(rule, town)) for rule in rules(app) for method in SENDING if method in (rule.methods or ())]

    answers = {
        (endpoint, role): ask(browser, method, target, data={"reason": "karena", "lang": "en"}).status_code
        for endpoint, method, target in sent for role, browser in town.browsers.items()
    }

    assert len(sent) > 10
    assert {where: status for where, status in answers.items() if status != 400} == {}
    assert noticed() == before


@pytest.mark.parametrize("role", ROLES)
def test_reading_pages_changes_nothing(app: Flask, town: Town, role: str) -> None:
    before = noticed()
    browser = town.browsers[role]
    pages = {rule.endpoint: address(rule, town) for rule in rules(app) if "GET" in (rule.methods or ())}

    found = {endpoint: ask(browser, "GET", target).status_code for endpoint, target in pages.items() if opens_to(role, endpoint)}

    assert {endpoint: status for endpoint, status in found.items() if status >= 500} == {}
    assert noticed() == before


def test_every_page_has_something_to_show_to_somebody(app: Flask, town: Town) -> None:
    pages = {rule.endpoint: address(rule, town) for rule in rules(app) if "GET" in (rule.methods or ())}

    unseen = [
        endpoint for endpoint, target in pages.items()
        if all(ask(browser, "GET", target).status_code >= 400 for role, browser in town.browsers.items() if opens_to(role, endpoint))
    ]

    # Their addresses hold the hash of a file, which this town does not know.
    assert sorted(unseen) == ["learning.media", "static_files.file"]


def test_guarded_pages_send_strangers_to_the_sign_in_page_and_refuse_wrong_roles(app: Flask, town: Town) -> None:
    seen = {}
    for rule in rules(app):
        for role, browser in town.browsers.items():
            if "GET" in (rule.methods or ()) and not opens_to(role, rule.endpoint):
                response = ask(browser, "GET", address(rule, town))
                seen[rule.endpoint, role] = (response.status_code, (response.location or "").partition("?")[0])

    expected = {where: (302, "/login") if where[1] is None else (403, "") for where in seen}
    assert len(seen) > 30
    assert seen == expected
