"""Signed-in browsers: seen and ended by their owner and by an administrator, ended by time; cookies; forms that outlive them."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event, select

from lms import config, create_app
from lms.accounts import passwords, service, signins
from lms.accounts.browsers import Browser, read_browser
from lms.accounts.models import SignIn
from lms.assessment import queries
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.people import admin, grants
from lms.people.models import Person
from tests import build
from tests.accounts.conftest import NIP, PASSWORD, enter
from tests.assessment import build as quizzes
from tests.inspecting import InspectingClient, words

Told = list[tuple[int, str]]
SetUp = Callable[..., None]
SignInAs = Callable[[int], InspectingClient]
PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A055F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
DEVICES = "/account/devices/"


@pytest.mark.parametrize(("said", "browser"), [
    (PHONE, Browser("Chrome", "Android")),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", Browser("Edge", "Windows")),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", Browser("Safari", "macOS")),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", Browser("Safari", "iPhone")),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Mobile/15E148 Safari/604.1", Browser("Chrome", "iPhone")),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", Browser("Firefox", "Linux")),
    ("Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A135F) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
     Browser("Samsung Internet", "Android")),
    ("curl/8.5.0", Browser("", "")), (None, Browser("", "")),
])
def test_a_browser_is_named_in_words(said: str | None, browser: Browser) -> None:
    assert read_browser(said) == browser


def test_my_devices_are_listed_with_this_one_marked(sari: int, visitor: InspectingClient, other: InspectingClient) -> None:
    other.post("/login", data={"csrf_token": other.token("/login"), "nip": NIP, "password": PASSWORD},
               headers={"User-Agent": PHONE}, environ_base={"REMOTE_ADDR": "10.1.2.3"})
    clock.advance(timedelta(minutes=1))
    enter(visitor)

    rows = BeautifulSoup(visitor.get(DEVICES).get_data(as_text=True), "html.parser").select("ul.rows > li")

    assert len(rows) == 2
    here, there = (row.get_text() for row in rows)
    assert ("This device" in here, "Sign out" in here) == (True, False)
    assert [text in there for text in ("Chrome on Android", "10.1.2.3", "Sign out", "This device")] == [True, True, True, False]


def test_one_device_or_all_others_are_ended(sari: int, visitor: InspectingClient, sign_in: SignInAs) -> None:
    enter(visitor)
    one, two, three = (sign_in(sari) for _ in range(3))
    cookie = one.get_cookie("signin")
    assert cookie is not None

    visitor.send(DEVICES, "/account/devices/end", device=signins._hash(cookie.value))
    first = [browser.get("/account/").status_code for browser in (visitor, one, two, three)]
    visitor.send(DEVICES, "/account/devices/end-others")
    said = words(visitor.get(DEVICES).get_data(as_text=True))

    assert first == [200, 302, 200, 200]
    assert [browser.get("/account/").status_code for browser in (visitor, two, three)] == [200, 302, 302]
    assert "2 other devices are signed out." in said


def test_the_device_of_somebody_else_is_out_of_reach(sari: int, visitor: InspectingClient, sign_in: SignInAs) -> None:
    enter(visitor)
    budi = sign_in(build.person("Budi"))
    [theirs] = db.session.scalars(select(SignIn.token_hash).where(SignIn.person_id != sari)).all()

    visitor.send(DEVICES, "/account/devices/end", device=theirs)

    assert budi.get("/account/").status_code == 200


def test_what_has_ended_by_time_is_no_device_any_more(sari: int, visitor: InspectingClient, sign_in: SignInAs) -> None:
    sign_in(sari)
    clock.advance(timedelta(minutes=121))
    enter(visitor)

    assert len(BeautifulSoup(visitor.get(DEVICES).get_data(as_text=True), "html.parser").select("ul.rows > li")) == 1


def test_a_sign_in_elsewhere_is_told_and_one_in_a_known_browser_is_not(
    sari: int, visitor: InspectingClient, other: InspectingClient, told: Told
) -> None:
    enter(visitor)
    visitor.send("/account/", "/logout")
    enter(visitor)
    known = list(told)
    enter(other)

    assert (known, told) == ([(sari, "new-device")], [(sari, "new-device")] * 2)


def test_a_browser_is_known_for_each_person_alone(sari: int, visitor: InspectingClient, told: Told) -> None:
    budi = build.person("Budi", nip="199001012015012002", password=PASSWORD)
    enter(visitor)
    visitor.send("/account/", "/logout")
    enter(visitor, nip="199001012015012002")

    assert told == [(sari, "new-device"), (budi, "new-device")]


def test_a_forged_known_browser_is_not_known(sari: int, visitor: InspectingClient, told: Told) -> None:
    visitor.set_cookie("known", "deadbeef.bm90IHNlYWxlZCBieSB1cw==")
    enter(visitor)

    assert told == [(sari, "new-device")]


def test_a07_guesses_behind_the_same_address_do_not_lock_the_owner_out_of_her_own_browser(
    sari: int, visitor: InspectingClient, other: InspectingClient
) -> None:
    enter(visitor)
    visitor.send("/account/", "/logout")

    colleague = [enter(other, password="wrong password") for _ in range(11)]

    assert colleague == [401] * 10 + [429]
    assert enter(visitor) == 303


def test_a07_guesses_in_a_known_browser_are_counted_too(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)
    visitor.send("/account/", "/logout")

    assert [enter(visitor, password="wrong password") for _ in range(11)] == [401] * 10 + [429]


@pytest.mark.parametrize(("role", "minutes"), [("learner", 120), ("supervisor", 30)])
def test_a06_a_sign_in_ends_when_nobody_is_there(role: str, minutes: int, sign_in: SignInAs) -> None:
    browser = sign_in(build.person("Sari", role=role))
    clock.advance(timedelta(minutes=minutes - 1))
    still = browser.get("/account/").status_code
    clock.advance(timedelta(minutes=minutes))

    assert (still, browser.get("/account/").status_code) == (200, 302)


def test_a06_a_sign_in_ends_after_twelve_hours_however_it_is_used(sari: int, sign_in: SignInAs) -> None:
    browser = sign_in(sari)
    seen = []
    for _ in range(12):
        clock.advance(timedelta(hours=1) - timedelta(minutes=1))
        seen.append(browser.get("/account/").status_code)
    clock.advance(timedelta(minutes=13))

    assert (seen, browser.get("/account/").status_code) == ([200] * 12, 302)


@pytest.mark.parametrize("act", ["deactivated", "role ended", "ended by an administrator"])
def test_a05_b03_all_open_tabs_are_refused_at_once(sari: int, sign_in: SignInAs, act: str) -> None:
    with transaction():
        grant = grants.add(sari, "trainer", module_id="sapa")
        db.session.flush()
        number = grant.id
    tabs = [sign_in(sari) for _ in range(3)]
    tokens = [tab.token("/account/") for tab in tabs]
    agus = sign_in(build.person("Agus", role="admin"))

    if act == "deactivated":
        admin.set_active(sari, False)
    elif act == "role ended":
        grants.end(number, by=None)
    else:
        agus.send(f"/people/{sari}/account", f"/people/{sari}/sign-ins/end")

    assert [tab.get("/").status_code for tab in tabs] == [302] * 3
    assert [tab.post("/modules/sapa/enrol/", data={"csrf_token": token}).status_code for tab, token in zip(tabs, tokens, strict=True)] == [401] * 3
    assert db.session.scalars(select(SignIn).where(SignIn.person_id == sari)).all() == []


def test_what_an_administrator_ends_is_recorded(sari: int, sign_in: SignInAs) -> None:
    agus = build.person("Agus", role="admin")
    sign_in(sari)

    sign_in(agus).send(f"/people/{sari}/account", f"/people/{sari}/sign-ins/end")

    assert db.session.execute(select(AuditEntry.actor_id, AuditEntry.about_id).where(AuditEntry.act == "sign-ins.ended")).one() == (agus, sari)


def test_a02_the_secret_is_another_one_after_the_password_changed(app: Flask, sari: int, visitor: InspectingClient) -> None:
    enter(visitor)
    before = visitor.get_cookie("signin")
    visitor.send("/password", old=PASSWORD, new="delapan kucing hijau", again="delapan kucing hijau")
    thief = app.test_client()
    assert before is not None
    thief.set_cookie("signin", before.value)

    assert (visitor.get("/account/").status_code, thief.get("/account/").status_code) == (200, 302)


def test_a03_over_tls_cookies_are_bound_to_this_host(settings: config.Settings, app: Flask) -> None:
    from dataclasses import replace

    secure = create_app(replace(settings, base_url="https://belajar.example.go.id"), library=app.extensions["library"])
    secure.test_client_class = InspectingClient
    build.person(nip=NIP, password=PASSWORD)
    browser = secure.test_client()
    host = {"base_url": "https://belajar.example.go.id"}
    page = BeautifulSoup(browser.get("/login", **host).get_data(as_text=True), "html.parser")
    token = page.find("input", {"name": "csrf_token"})["value"]  # type: ignore[index]

    answer = browser.post("/login", data={"csrf_token": token, "nip": NIP, "password": PASSWORD},
                          headers={"Referer": "https://belajar.example.go.id/login"}, **host)
    with secure.app_context():
        db.engine.dispose()

    parts = {line.partition("=")[0]: {part.strip() for part in line.split(";")[1:]} for line in answer.headers.getlist("Set-Cookie")}
    assert answer.status_code == 303
    assert {"__Host-signin", "__Host-known"} <= set(parts) <= {"__Host-signin", "__Host-known", "__Host-form"}
    flags = {name: {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= said and not any(one.startswith("Domain") for one in said)
             for name, said in parts.items() if name != "__Host-form"}
    assert flags == {"__Host-signin": True, "__Host-known": True}


def test_signing_out_clears_what_the_browser_kept(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)

    answer = visitor.send("/account/", "/logout")

    assert answer.headers["Clear-Site-Data"] == '"cache"'  # not "storage": answers that wait to be sent live there


def test_a24_signing_in_from_another_site_is_refused(sari: int, visitor: InspectingClient) -> None:
    visitor.get("/login")

    answers = [visitor.post("/login", data={"nip": NIP, "password": PASSWORD, **more}).status_code
               for more in ({}, {"csrf_token": "x"})]

    assert (answers, visitor.get_cookie("signin")) == ([400, 400], None)


def test_b22_a_form_token_is_good_for_its_own_browser_and_sign_in_alone(
    sari: int, visitor: InspectingClient, other: InspectingClient
) -> None:
    build.person("Budi", nip="199001012015012002", password=PASSWORD)
    enter(visitor)
    enter(other, nip="199001012015012002")
    token = visitor.token("/account/")

    foreign = other.post("/language", data={"csrf_token": token, "lang": "id"}).status_code
    visitor.send("/account/", "/logout")
    after = visitor.post("/language", data={"csrf_token": token, "lang": "id"}).status_code

    assert (foreign, after) == (400, 400)


@pytest.fixture
def catalog(app: Flask) -> Iterator[None]:
    """A quiz of two questions; the library's own are put back afterwards."""
    library = app.extensions["library"]
    before = library.current
    quizzes.serve(app, quizzes.quiz())
    yield
    library.current = before


@pytest.mark.usefixtures("catalog")
def test_q28_an_answer_sent_after_the_sign_in_ended_comes_back_and_is_stored(app: Flask, sari: int, sign_in: SignInAs) -> None:
    quizzes.studied(sari)
    attempt_id = quizzes.begun(sari)
    browser = sign_in(sari)
    page = f"/attempts/{attempt_id}/"
    fields = {"csrf_token": browser.token(page), "q1-version": "0", "q1-option": "sapa", "q2-version": "0", "q2-number": "20"}
    signins.end_for(sari)

    script = browser.post(f"{page}answers/", data=fields, headers={"Accept": "application/json"}).status_code
    refused = browser.post(f"{page}answers/", data=fields)
    kept = BeautifulSoup(refused.get_data(as_text=True), "html.parser").find("form", {"action": f"{page}answers/"})
    enter(browser)
    again = {str(field["name"]): str(field["value"]) for field in kept.find_all("input")}  # type: ignore[union-attr]
    old = browser.post(f"{page}answers/", data=again)
    fresh = BeautifulSoup(old.get_data(as_text=True), "html.parser").find("form", {"action": f"{page}answers/"})
    sent = {str(field["name"]): str(field["value"]) for field in fresh.find_all("input")}  # type: ignore[union-attr]
    stored = browser.post(f"{page}answers/", data=sent)

    assert (script, refused.status_code, old.status_code, stored.status_code) == (401, 401, 400, 303)
    assert {item.position: item.response for item in queries.items(attempt_id)} == {1: {"option": "sapa"}, 2: {"text": "20"}}


def test_a_proof_of_long_ago_is_asked_for_again_before_one_changes_how_one_signs_in(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)
    fresh = visitor.get("/account/second-step/").status_code
    clock.advance(timedelta(minutes=16))
    stale = visitor.get("/account/second-step/")
    wrong = visitor.send(stale.location, "/account/confirm", password="wrong password", next="/account/second-step/").status_code
    right = visitor.send(stale.location, "/account/confirm", password=PASSWORD, next="/account/second-step/")

    assert (fresh, stale.status_code, stale.location) == (200, 303, "/account/confirm?next=/account/second-step/")
    assert (wrong, right.status_code, right.location) == (401, 303, "/account/second-step/")
    assert visitor.get("/account/second-step/").status_code == 200


def test_a_form_sent_with_an_old_proof_leads_to_its_page_and_changes_nothing(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)
    token = visitor.token("/account/second-step/")
    clock.advance(timedelta(minutes=16))

    answer = visitor.post("/account/second-step/", data={"csrf_token": token, "kept": "x", "code": "000000"})

    assert (answer.status_code, answer.location) == (303, "/account/confirm?next=/account/second-step/")


def test_a11_known_and_unknown_people_cost_the_same_statements_and_one_hash_each(
    app: Flask, sari: int, visitor: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.person("Gone", nip="199001012015012002", password=PASSWORD, active=False)
    build.person("New", nip="199001012015012003")
    hashes, counted = [], passwords.matches

    def matches(kept: str | None, password: str) -> bool:
        hashes.append(1)
        return counted(kept, password)

    monkeypatch.setattr(passwords, "matches", matches)
    costs = [_cost(visitor, nip, hashes) for nip in (NIP, "199001012015012002", "199001012015012003", "199001012015012009")]

    assert len(set(costs)) == 1, costs
    assert costs[0][0] == 1


def _cost(browser: InspectingClient, nip: str, hashes: list[int]) -> tuple[int, tuple[str, ...]]:
    """How many hashes and which statements a wrong password takes, the second time it is tried."""
    enter(browser, nip=nip, password="wrong password")
    token = browser.token("/login")
    hashes.clear()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    browser.post("/login", data={"csrf_token": token, "nip": nip, "password": "wrong password"})
    event.remove(db.engine, "before_cursor_execute", note)
    return len(hashes), tuple(statements)


def test_a12_the_second_step_is_asked_for_only_after_the_right_password(sari: int, visitor: InspectingClient, sign_in: SignInAs) -> None:
    from tests.accounts.test_second_step import turned_on

    turned_on(sign_in(sari))
    answers = [visitor.send("/login", nip=nip, password="wrong password") for nip in (NIP, "199001012015012009")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert len({words(answer.get_data(as_text=True)) for answer in answers}) == 1


def test_a_sign_in_is_found_with_one_query(sari: int, sign_in: SignInAs, assert_queries: Callable[[int], object], app: Flask) -> None:
    with transaction():
        grants.add(sari, "trainer", module_id="sapa")
    cookie = sign_in(sari).get_cookie("signin")
    assert cookie is not None

    with app.test_request_context(headers={"Cookie": f"signin={cookie.value}"}), assert_queries(1):  # type: ignore[attr-defined]
        reader = signins.find_reader()

    assert reader is not None
    assert reader.id == sari


def test_a_right_password_at_the_first_try_writes_no_count(sari: int, app: Flask, assert_queries: Callable[[int], object]) -> None:
    with app.test_request_context(), assert_queries(2):  # type: ignore[attr-defined]
        assert service.sign_in(NIP, PASSWORD, address="::1") == sari


def test_the_account_page_of_a_person_says_how_she_signs_in(sari: int, sign_in: SignInAs, set_up: SetUp) -> None:
    from tests.accounts.test_second_step import turned_on

    turned_on(sign_in(sari))
    browser = sign_in(build.person("Agus", role="admin"))
    browser.set_cookie("lang", "en")

    page = words(browser.get(f"/people/{sari}/account").get_data(as_text=True))

    assert "Second step On since" in page
    assert "10 recovery codes are left." in page
    assert "Passkeys None" in page
    assert "Sign out all devices" in page
    assert "Reset the second step" in page


def test_an_auditor_sees_the_account_page_and_changes_nothing(sari: int, sign_in: SignInAs) -> None:
    browser = sign_in(build.person("Audit", role="auditor"))
    tab = sign_in(sari)

    page = browser.get(f"/people/{sari}/account").get_data(as_text=True)
    answers = [browser.post(f"/people/{sari}/{act}", data={"csrf_token": browser.token("/account/")}).status_code
               for act in ("sign-ins/end", "second-step/reset")]

    assert "sign-ins/end" not in page
    assert (answers, tab.get("/account/").status_code) == ([403, 403], 200)
    assert db.session.scalar(select(Person.active).where(Person.id == sari)) is True
