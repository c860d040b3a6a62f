"""Forms that are wrong, empty, old, huge or not text."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from lms.assessment import queries
from tests import build
from tests.assessment.build import begun, quiz, serve, studied
from tests.house.town import SignIn
from tests.inspecting import InspectingClient, words

NIP, PASSWORD = "199001012015012001", "belajar-bersama"
WRITTEN = {"q1-version": "0", "q1-option": "sapa", "q2-version": "0", "q2-number": "20"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def english(client: InspectingClient) -> InspectingClient:
    client.set_cookie("lang", "en")
    return client


def kept_form(html: str) -> tuple[str, dict[str, str]]:
    """The address and the fields of the page that offers to send a form once more."""
    form = next(form for form in BeautifulSoup(html, "html.parser").find_all("form") if form.find_parent("main"))
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    return str(form["action"]), fields


@pytest.mark.parametrize("nip", [
    "12", "1990010120150120010", "199013012015012001", "199001012015012002", "abc", "١٩٩٠٠١٠١٢٠١٥٠١٢٠٠١", "9" * 100_000,
])
def test_a_wrong_nip_is_refused_without_saying_who_is_known(english: InspectingClient, nip: str) -> None:
    build.person(nip=NIP, password=PASSWORD)

    response = english.send("/login", nip=nip, password=PASSWORD)

    assert response.status_code in {401, 422}
    assert not re.search("unknown|not found|no such person", words(response.get_data(as_text=True)), re.IGNORECASE)
    assert english.get_cookie("signin") is None


def test_an_empty_form_says_at_each_field_what_is_missing(english: InspectingClient) -> None:
    response = english.send("/login", nip="", password="")

    page = words(response.get_data(as_text=True))
    assert response.status_code == 422
    assert "Write your NIP of 18 digits." in page
    assert "Write your password." in page


def test_a_form_that_grew_old_keeps_what_was_typed_and_is_sent_again(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)

    old = browser.post(f"/attempts/{attempt_id}/answers/", data={"csrf_token": "old", **WRITTEN, "go": "summary"})
    address, fields = kept_form(old.get_data(as_text=True))
    again = browser.post(address, data=fields)

    assert old.status_code == 400
    assert {name: fields[name] for name in WRITTEN} == WRITTEN
    assert (again.status_code, again.location) == (303, f"/attempts/{attempt_id}/summary/")
    assert [item.response is not None for item in queries.items(attempt_id)] == [True, True]


def test_signing_in_again_in_another_tab_loses_no_form_of_the_first(app: Flask, client: InspectingClient) -> None:
    serve(app, quiz())
    sari = build.person(nip=NIP, password=PASSWORD)
    studied(sari)
    attempt_id = begun(sari)
    client.send("/login", nip=NIP, password=PASSWORD)
    token = client.token(f"/attempts/{attempt_id}/")
    client.post("/logout", data={"csrf_token": token})
    client.send("/login", nip=NIP, password=PASSWORD)

    old = client.post(f"/attempts/{attempt_id}/answers/", data={"csrf_token": token, **WRITTEN})
    address, fields = kept_form(old.get_data(as_text=True))
    again = client.post(address, data=fields)

    assert (old.status_code, again.status_code) == (400, 303)
    assert [item.response is not None for item in queries.items(attempt_id)] == [True, True]


def test_a_script_whose_token_is_old_is_given_a_new_one(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    address = f"/attempts/{begun(sari)}/answers/"
    browser = sign_in(sari)

    old = browser.post(address, data={"csrf_token": "old", **WRITTEN}, headers=JSON)
    again = browser.post(address, data={"csrf_token": old.get_json()["token"], **WRITTEN}, headers=JSON)

    assert (old.status_code, old.get_json()["error"]) == (400, "form-expired")
    assert again.status_code == 200


def test_q28_a_form_sent_after_the_sign_in_ended_is_kept_to_be_sent_again(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)
    token = browser.token(f"/attempts/{attempt_id}/")
    secret = browser.get_cookie("signin")
    browser.delete_cookie("signin")

    ended = browser.post(f"/attempts/{attempt_id}/answers/", data={"csrf_token": token, **WRITTEN})
    browser.set_cookie("signin", secret.value)  # type: ignore[union-attr]
    address, fields = kept_form(ended.get_data(as_text=True))
    again = browser.post(address, data=fields)

    assert (ended.status_code, again.status_code) == (401, 303)
    assert [item.response is not None for item in queries.items(attempt_id)] == [True, True]


@pytest.mark.parametrize("field", ["password", "old", "new", "again", "code"])
def test_a_secret_is_never_written_into_a_page(client: InspectingClient, field: str) -> None:
    response = client.post("/login", data={"csrf_token": "old", "nip": "kept", field: "do-not-print"})

    assert response.status_code == 400
    assert b"kept" in response.data
    assert b"do-not-print" not in response.data


@pytest.mark.parametrize("path", ["/login", "/activate", "/language", "/verify/AAAA"])
def test_a_nul_in_a_form_is_refused_in_words(english: InspectingClient, path: str) -> None:
    token = english.token("/login")

    response = english.post(path, data={"csrf_token": token, "nip": "1990\0", "password": "a\0b", "code": "\0", "lang": "id\0"})

    assert response.status_code == 400
    assert "This request cannot be understood" in words(response.get_data(as_text=True))


@pytest.mark.parametrize("address", ["/login?next=%00", "/verify/?code=a%00b", "/login?%00=1"])
def test_a_nul_in_a_query_is_refused(client: InspectingClient, address: str) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("address", ["/verify/?code=%ff%fe", "/login?next=/%ff", "/verify/%ff%fe", "/login?%ff=%c3%28"])
def test_text_that_is_not_utf_8_breaks_nothing(client: InspectingClient, address: str) -> None:
    assert client.get(address).status_code in {200, 302, 404}


def test_a_form_that_is_not_utf_8_breaks_nothing(client: InspectingClient) -> None:
    body = f"csrf_token={client.token('/login')}&nip=%ff%fe&password=%c3%28".encode()

    response = client.post("/login", data=body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 401


def test_c35_more_than_eight_megabytes_are_refused_in_words(english: InspectingClient) -> None:
    response = english.post("/login", data={"nip": "1" * 9_000_000})

    assert response.status_code == 413
    assert "At most 8 MB can be sent at once." in words(response.get_data(as_text=True))


def test_c35_a_thousand_parts_at_once_are_refused(english: InspectingClient) -> None:
    fields = {f"f{number}": "x" for number in range(1100)}

    response = english.post("/verify/AAAA", data=fields, content_type="multipart/form-data")

    assert response.status_code == 413
