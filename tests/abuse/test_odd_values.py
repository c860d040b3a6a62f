"""Every form of every page, sent with odd values in its fields, and JSON sent in place of a form: refused or taken, but answered."""

import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from tests.house.test_routes import address, opens_to, rules
from tests.house.town import Town, ask

Sent = dict[str, list[str]]
ODD = (
    "", "-1", "2147483648", "9" * 30, "1e999", "NaN", "Infinity", "٣", "²", "2026-02-30", "0001-01-01", "9999-12-31", "24:00",
    "\ud7ff\uffff", "\u202e", "😀" * 50, "x" * 5000, "\x01\x1f", "{{7*7}}", "%s %(x)s {0.x}", "'\"><", "[" * 2000, "a\r\nB: c", "on",
)
DAYS = ("0001-01-01", "9999-12-31")
PLAIN = {"date": "2026-03-02", "number": "1", "checkbox": "on", "email": "rini@example.org", "file": "", "hidden": ""}
JSON = ("[null, null]", '{"nip": 5, "email": {"a": []}, "kind": 1e999}', '{"nip": "a\\u0000b", "nip": NaN}', "[" * 100_000, "{", "")
ENDS = re.compile(r"/logout|/end$|/active$|/sign-ins/|/devices/|/merge|/password$|/language$|/second-step")  # ends the sign-in that tries


def forms(html: str) -> Iterator[tuple[str, str, Sent]]:
    """Method, address and the fields with what stands in them, of each form on a page."""
    for form in BeautifulSoup(html, "html.parser").find_all("form"):
        fields: Sent = {}
        for field in form.find_all(["input", "select", "textarea", "button"]):
            unchosen = field.get("type") in {"radio", "checkbox"} and field.get("checked") is None
            if field.get("name") and not (unchosen and field["name"] in fields):
                fields[str(field["name"])] = [_value(field)]
        yield str(form.get("method", "get")).upper(), str(form.get("action") or ""), fields


def _value(field: Tag) -> str:
    """What stands in a field; in one that must not be empty, what somebody might type, so that the odd value is the only mistake."""
    if field.name == "select":
        options = [str(option.get("value", "")) for option in field.find_all("option", selected=True) or field.find_all("option")]
        return next(filter(None, options), "")
    stands = field.get_text() if field.name == "textarea" else str(field.get("value", ""))
    return stands or (PLAIN.get(str(field.get("type", "text")), "Bidang Arsip") if field.has_attr("required") else "")


def _found(app: Flask, town: Town, role: str) -> Iterator[tuple[str, str, Sent]]:
    """The forms of all pages that are open to a role, each once."""
    seen = set()
    for rule in rules(app):
        if "GET" not in (rule.methods or ()) or not opens_to(role, rule.endpoint):
            continue
        page = address(rule, town)
        response = ask(town.browsers[role], "GET", page)
        for method, action, fields in forms(response.get_data(as_text=True)) if response.mimetype == "text/html" else ():
            target = action or page
            key = method, re.sub(r"\d+", "0", target), frozenset(fields)
            if key not in seen and not ENDS.search(target):
                seen.add(key)
                yield method, target, fields


@pytest.mark.parametrize("role", ["learner", "admin", "trainer", "supervisor"])
def test_c36_a_wrong_value_in_any_field_is_answered(app: Flask, town: Town, role: str) -> None:
    odd, answers = cycle(ODD), []

    for method, target, fields in _found(app, town, role):
        typed = sorted(fields.keys() - {"csrf_token"})
        dates = [name for name in typed if re.fullmatch(r"2026-\d\d-\d\d", fields[name][0])]
        tries = [{**fields, **{name: [day] for name in some}} for some in (dates, dates[:1], dates[1:]) if some for day in DAYS]
        tries += [{**fields, name: [next(odd)]} for name in typed]  # each in turn, so that what is right does not hide it
        tries += [{**fields, **{name: [next(odd)] for name in typed}} for _ in range(3)]
        tries += [{name: fields[name] for name in fields.keys() - set(typed)}, {name: value * 2 for name, value in fields.items()}]
        for sent in tries:
            answer = ask(town.browsers[role], method, target, **{"query_string" if method == "GET" else "data": sent})
            answers.append((answer.status_code, method, target, sent))

    assert len(answers) > 50
    assert [answer for answer in answers if answer[0] >= 500] == []


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json"])
def test_c36_json_in_place_of_a_form_is_refused(app: Flask, town: Town, kind: str) -> None:
    browser = town.browsers["admin"]
    headers = {"X-CSRFToken": browser.token("/notices/preferences")}
    addresses = [address(rule, town) for rule in rules(app) if "POST" in (rule.methods or ())]

    answers = {ask(browser, "POST", target, data=body, content_type=kind, headers=headers).status_code
               for number, target in enumerate(addresses) for body in (JSON[0], JSON[number % len(JSON)])}

    assert len(addresses) > 50
    assert answers == {415}
