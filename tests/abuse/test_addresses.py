"""Addresses that nobody's page would link to, and requests that no browser of ours sends."""

from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests import build
from tests.house.town import ROLES, SignIn, Town, ask
from tests.inspecting import InspectingClient, words

NIP, PASSWORD = "199001012015012001", "belajar-bersama"
HUGE = "99999999999999999999"
MEDIA = [
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%252e%252e%252fetc%252fpasswd", "..\\..\\etc\\passwd",
    "..%5c..%5cetc%5cpasswd", "%2fetc%2fpasswd", "C:%5cwindows", "%2f%2fhost%2fshare", "x.png%00", "%00", "x.png.", ".", "..", "....",
    "a" * 300, "a" * 5000, "X.PNG", "e%CC%81.png", "%ff",
]
PLACES = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example", "/%09/evil.example",
    "/%0a/evil.example", "@evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie: a=b", "/" + "a" * 4096, "/\u2028/x", "evil.example",
    "%20//evil.example", "/%5cevil.example",
]
SEARCHES = ["' OR 1=1 --", '"; DROP TABLE persons; --', "%", "_", "\\", "a OR", "NEAR(", "col:x", "*", "^", "x" * 5000, "😀", "\u202e", "<script>"]
TITLES = {
    "id": {403: "Halaman ini bukan untuk peran Anda", 404: "Halaman tidak ditemukan"},
    "en": {403: "This page is not for your role", 404: "Page not found", 405: "This address does not take that"},
}


@pytest.mark.parametrize("name", MEDIA)
def test_c12_a_media_path_never_leaves_its_folder(town: Town, name: str) -> None:
    for address in (f"/media/{'0' * 32}/{name}", f"/media/{name}/x.png", f"/media/{name}", f"/static/0/{name}"):
        response = ask(town.browsers["learner"], "GET", address)

        assert response.status_code in {404, 308}  # the router answers doubled slashes with the address without them
        assert b"root:" not in response.data


@pytest.mark.parametrize("place", PLACES)
def test_c15_signing_in_leads_nowhere_but_to_this_site(client: InspectingClient, place: str) -> None:
    build.person(nip=NIP, password=PASSWORD)

    response = client.send("/login", f"/login?next={place}", nip=NIP, password=PASSWORD)

    assert response.status_code == 303
    assert response.location == "/"
    assert "evil" not in str(response.headers)


@pytest.mark.parametrize("place", PLACES)
def test_c15_choosing_a_language_leads_nowhere_but_to_this_site(client: InspectingClient, place: str) -> None:
    address = f"/language?next={place}"

    sent = client.post(address, data={"csrf_token": client.token("/login"), "lang": "en", "next": place})

    assert urlsplit(urljoin("http://localhost/language", sent.location)).netloc == "localhost"


@pytest.mark.parametrize("host", ["evil.example", "localhost@evil.example", "evil.example:99999", "a b", "evil.example/x"])
@pytest.mark.parametrize("address", ["/login", "/team", "/team/", "/modules//", "/verify/AAAA", "/nowhere"])
def test_c39_no_answer_names_the_host_that_the_request_named(client: InspectingClient, host: str, address: str) -> None:
    response = client.get(address, headers={"Host": host})

    assert response.status_code < 500
    assert b"evil" not in response.data
    assert "evil" not in str(response.headers)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
def test_b02_another_verb_opens_no_guarded_page(town: Town, method: str) -> None:
    learner, stranger = town.browsers["learner"], town.browsers[None]
    guarded = ["/team/", "/people/", "/marking/", "/content/", "/team/export.csv"]

    answers = [(ask(browser, method, page), page) for browser in (learner, stranger) for page in guarded]

    expected = {"HEAD": {302, 403}, "OPTIONS": {200}}.get(method, {400, 405})
    assert {answer.status_code for answer, _page in answers} <= expected
    assert [page for answer, page in answers if b"Supervisor Damanik" in answer.data] == []


@pytest.mark.parametrize("method_field", ["_method", "X-HTTP-Method-Override"])
def test_b02_a_verb_in_a_field_or_header_changes_nothing(town: Town, method_field: str) -> None:
    address = "/team/"

    response = ask(town.browsers["learner"], "GET", f"{address}?_method=POST", headers={method_field: "POST"})

    assert response.status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_c36_huge_and_negative_numbers_are_answered(town: Town, role: str) -> None:
    numbers = (HUGE, "-1", "0", "2147483648", "9223372036854775808", "1.5", "1e9", "٣", "0x10")
    pages = [f"{page}?{name}={number}" for page in ("/team/", "/team/export.csv", "/team/certificates.zip", "/people/", "/modules/",
             "/modules/sapa/results/", "/quizzes/kuis/preview/") for name in ("page", "unit", "year", "seed") for number in numbers]
    pages += [page.format(number) for number in numbers for page in ("/team/{}/", "/people/{}/", "/attempts/{}/", "/attempts/{}/review/",
              "/marking/{}/", "/modules/sapa/results/{}/")]

    broken = {page: status for page in pages if (status := ask(town.browsers[role], "GET", page).status_code) >= 500}

    assert broken == {}


@pytest.mark.parametrize("text", SEARCHES)
@pytest.mark.parametrize("page", ["/team/", "/people/", "/modules/", "/team/export.csv"])
def test_c33_a_search_takes_its_words_literally(town: Town, page: str, text: str) -> None:
    response = ask(town.browsers["admin"], "GET", page, query_string={"q": text})

    assert response.status_code == 200
    assert "Supervisor Damanik" not in response.get_data(as_text=True)


@pytest.mark.parametrize("filter", ["unit", "module", "state", "year", "category", "level", "role"])
def test_c33_a_filter_that_is_no_choice_breaks_nothing(town: Town, filter: str) -> None:
    for page in ("/team/", "/people/", "/modules/"):
        for value in ("' OR 1=1 --", "x" * 5000, "😀", ""):
            assert ask(town.browsers["admin"], "GET", page, query_string={filter: value}).status_code == 200


@pytest.mark.parametrize("language", ["id", "en"])
def test_error_pages_speak_the_readers_language(town: Town, language: str) -> None:
    browser = town.browsers["learner"]
    browser.set_cookie("lang", language)
    asked = {403: ("GET", "/team/"), 404: ("GET", "/nowhere"), 405: ("PUT", "/team/")}

    for status, (method, address) in asked.items():
        response = ask(browser, method, address)
        page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
        assert response.status_code == status
        assert page.html["lang"] == language  # type: ignore[index]
        assert page.h1.get_text(strip=True) == TITLES[language].get(status, page.h1.get_text(strip=True))  # type: ignore[union-attr]


@pytest.mark.parametrize(("language", "title"), [("id", "Terlalu banyak percobaan"), ("en", "Too many tries")])
def test_too_many_tries_have_a_page(client: InspectingClient, language: str, title: str) -> None:
    client.set_cookie("lang", language)

    answers = [client.get(f"/verify/{number:020}") for number in range(31)]

    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    assert title in words(answers[-1].get_data(as_text=True))


@pytest.mark.parametrize(("language", "title"), [("id", "Ada kesalahan di pihak kami"), ("en", "Something went wrong on our side")])
def test_c40_a_crash_has_a_page_with_a_reference_and_no_trace(app: Flask, client: InspectingClient, language: str, title: str) -> None:
    library = app.extensions.pop("library")
    client.set_cookie("lang", language)
    try:
        response = client.get("/healthz")
    finally:
        app.extensions["library"] = library

    page = response.get_data(as_text=True)
    assert response.status_code == 500
    assert title in words(page)
    assert "Traceback" not in page
    assert "KeyError" not in page


def test_b06_b08_b11_what_belongs_to_somebody_else_is_not_there(town: Town, sign_in: SignIn) -> None:
    elsewhere = build.unit("Dinas Lain")
    strangers = [sign_in(build.person(f"Rini {role}", role=role, unit_id=elsewhere)) for role in ("learner", "trainer", "supervisor")]
    values = town.values
    attempt, serial, person = values["attempt_id"], values["serial"], values["person_id"]
    theirs = [
        f"/attempts/{attempt}/", f"/attempts/{attempt}/summary/", f"/attempts/{attempt}/review/", f"/certificates/{serial}/",
        f"/certificates/{serial}.pdf", f"/team/{person}/", f"/marking/{values['item_id']}/", f"/modules/sapa/results/{values['enrolment_id']}/",
        f"/people/{person}/",
    ]

    found = [(page, answer.status_code) for browser in strangers for page in theirs
             if (answer := ask(browser, "GET", page)).status_code not in {403, 404} or b"Damanik" in answer.data]

    assert found == []
    assert ask(town.browsers["learner"], "GET", f"/attempts/{attempt}/review/").status_code == 200
