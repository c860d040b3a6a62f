"""Passkeys: made, used to sign in, as the second step and to show again who one is; what is forged is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from lms.accounts import passkeys, recovery
from lms.accounts.models import Challenge, Passkey, SignIn
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.people import admin, grants
from tests import build
from tests.accounts.authenticator import Device
from tests.accounts.conftest import NIP, PASSWORD, enter
from tests.accounts.test_second_step import code_of, turned_on
from tests.inspecting import InspectingClient, words

Told = list[tuple[int, str]]
SetUp = Callable[..., None]
SignInAs = Callable[[int], InspectingClient]
MINE, LOGIN = "/account/passkeys/", "/login/passkey"


def options(browser: InspectingClient, page: str, address: str) -> dict[str, Any]:
    """What the script asks for."""
    answer = browser.post(address, headers={"Accept": "application/json", "X-CSRFToken": browser.token(page)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(answer.get_json())


def made(browser: InspectingClient, device: Device, name: str = "Office computer", **more: str) -> Any:
    """Make a passkey through the page; the answer."""
    answer = device.make(options(browser, MINE, f"{MINE}options"))
    return browser.send(MINE, credential=answer, name=name, **more)


def used(browser: InspectingClient, device: Device, page: str = "/login", **more: str) -> Any:
    """Use a passkey from a page; the answer."""
    answer = device.sign(options(browser, page, f"{LOGIN}/options"))
    return browser.send(page, LOGIN, credential=answer, **more)


@pytest.fixture
def device(sari: int, sign_in: SignInAs) -> Device:
    """Sari's passkey."""
    device = Device()
    assert made(sign_in(sari), device).status_code == 303
    return device


def test_signing_in_with_a_passkey_needs_no_nip_and_counts_as_two_factors(sari: int, device: Device, visitor: InspectingClient) -> None:
    answer = used(visitor, device, next="/certificates/")

    assert (answer.status_code, answer.location) == (303, "/certificates/")
    assert visitor.get("/certificates/").status_code == 200
    row = db.session.execute(select(SignIn.person_id, SignIn.strength, SignIn.how).where(SignIn.how == "passkey")).one()
    assert row == (sari, "double", "passkey")


def test_a_passkey_is_kept_with_its_name_and_is_told(sari: int, sign_in: SignInAs, told: Told) -> None:
    browser, device = sign_in(sari), Device()

    made(browser, device, name="  Office \u202e computer ")

    assert db.session.scalars(select(Passkey.name)).all() == ["Office computer"]
    assert told == [(sari, "passkey-added")]
    assert "Office computer" in browser.get(MINE).get_data(as_text=True)
    assert db.session.scalar(select(AuditEntry.detail).where(AuditEntry.act == "passkey.added")) == {"name": "Office computer"}


def test_what_the_device_learns_of_the_person_is_a_random_name_that_stays(sari: int, sign_in: SignInAs) -> None:
    browser = sign_in(sari)
    first, second = Device(), Device()

    made(browser, first)
    made(browser, second)

    assert (len(first.handle), first.handle) == (32, second.handle)


def test_a_passkey_takes_the_second_step(sari: int, sign_in: SignInAs, visitor: InspectingClient) -> None:
    browser, device = sign_in(sari), Device()
    turned_on(browser)
    made(browser, device)
    enter(visitor)

    answer = used(visitor, device, "/login/second", next="/modules/")

    assert (answer.status_code, answer.location, visitor.get("/modules/").status_code) == (303, "/modules/", 200)


def test_a_passkey_of_another_person_does_not_take_the_second_step(sari: int, sign_in: SignInAs, visitor: InspectingClient) -> None:
    turned_on(sign_in(sari))
    device = Device()
    made(sign_in(build.person("Budi")), device)
    enter(visitor)

    answer = used(visitor, device, "/login/second")

    assert answer.location == "/login/second"
    assert visitor.get("/modules/").status_code == 302


def test_a21_a_passkey_answers_for_our_address_alone(sari: int, device: Device, visitor: InspectingClient) -> None:
    device.origin = "http://localhost.evil.example"
    origin = used(visitor, device)
    device.origin, device.party = "http://localhost", "evil.example"
    party = used(visitor, device)

    assert (origin.location, party.location, visitor.get("/modules/").status_code) == ("/login", "/login", 302)
    assert "not accepted" in words(visitor.get("/login").get_data(as_text=True))


def test_a21_a_challenge_is_answered_once(sari: int, device: Device, visitor: InspectingClient, other: InspectingClient) -> None:
    asked = options(visitor, "/login", f"{LOGIN}/options")
    answer = device.sign(asked)
    first = visitor.send("/login", LOGIN, credential=answer).location
    again = visitor.send("/account/confirm", LOGIN, credential=answer).location
    elsewhere = other.send("/login", LOGIN, credential=answer).location

    assert (first, again, elsewhere) == ("/", "/account/confirm", "/login")
    assert db.session.scalars(select(Challenge)).all() == []


def test_a21_a_challenge_of_another_browser_is_refused(sari: int, device: Device, visitor: InspectingClient, other: InspectingClient) -> None:
    options(other, "/login", f"{LOGIN}/options")
    answer = device.sign(options(visitor, "/login", f"{LOGIN}/options"))

    assert other.send("/login", LOGIN, credential=answer).location == "/login"
    assert other.get("/modules/").status_code == 302


def test_a21_a_challenge_is_over_after_five_minutes(sari: int, device: Device, visitor: InspectingClient) -> None:
    answer = device.sign(options(visitor, "/login", f"{LOGIN}/options"))
    clock.advance(timedelta(minutes=5, seconds=1))

    assert visitor.send("/login", LOGIN, credential=answer).location == "/login"
    assert "took too long" in words(visitor.get("/login").get_data(as_text=True))


def test_a21_a_count_that_goes_back_is_a_copy_and_is_refused(sari: int, device: Device, visitor: InspectingClient, other: InspectingClient) -> None:
    device.count = 7
    assert used(visitor, device).location == "/"
    device.count = 7

    assert used(other, device).location == "/login"
    assert db.session.scalars(select(Passkey.sign_count)).one() == 8


def test_a21_a_device_that_does_not_know_its_owner_is_refused(sari: int, device: Device, visitor: InspectingClient, sign_in: SignInAs) -> None:
    device.verifies = False
    careless = Device(verifies=False)

    entered, registered = used(visitor, device), made(sign_in(sari), careless)

    assert (entered.location, registered.location) == ("/login", MINE)
    assert len(db.session.scalars(select(Passkey)).all()) == 1


def test_a21_a_signature_of_another_key_or_for_another_person_is_refused(sari: int, device: Device, visitor: InspectingClient) -> None:
    forged = Device(id=device.id, handle=device.handle)
    stranger = Device(id=device.id, handle=b"x" * 32, key=device.key)

    assert [used(visitor, one).location for one in (forged, stranger)] == ["/login", "/login"]


@pytest.mark.parametrize("answer", [
    "", "null", "[]", "{}", "not json", '"text"', '{"id": 1}', json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA", "attestationObject": "AA"}}),
    json.dumps({"id": "é", "rawId": "é", "type": "public-key", "response": {
        "clientDataJSON": "é", "authenticatorData": "é", "signature": "é", "userHandle": "é", "attestationObject": "oA"}}),
    "[" * 5000,
])
def test_a21_an_answer_that_is_none_is_refused_and_breaks_nothing(
    sari: int, device: Device, visitor: InspectingClient, sign_in: SignInAs, answer: str
) -> None:
    browser = sign_in(sari)
    options(visitor, "/login", f"{LOGIN}/options")
    options(browser, MINE, f"{MINE}options")

    assert visitor.send("/login", LOGIN, credential=answer).location == "/login"
    assert browser.send(MINE, credential=answer, name="x").location == MINE


def test_a_registration_is_refused_for_another_address_and_for_a_passkey_that_is_known(
    sari: int, device: Device, sign_in: SignInAs
) -> None:
    budi = build.person("Budi")
    again = Device(id=device.id, key=device.key)

    assert made(sign_in(budi), Device(origin="http://evil.example")).location == MINE
    assert made(sign_in(budi), again).location == MINE
    assert db.session.scalars(select(Passkey.person_id)).all() == [sari]


def test_a_deactivated_person_has_no_passkey_that_opens(sari: int, device: Device, visitor: InspectingClient) -> None:
    admin.set_active(sari, False)

    assert used(visitor, device).location == "/login"


def test_passkeys_are_renamed_and_removed_by_their_owner_alone(sari: int, device: Device, sign_in: SignInAs, visitor: InspectingClient) -> None:
    number = db.session.scalars(select(Passkey.id)).one()
    budi, owner = sign_in(build.person("Budi")), sign_in(sari)

    foreign = [budi.send("/account/", f"{MINE}{number}/{act}", name="mine").status_code for act in ("name", "remove")]
    renamed = owner.send(MINE, f"{MINE}{number}/name", name="Laptop").status_code
    name = db.session.scalars(select(Passkey.name)).one()
    removed = owner.send(MINE, f"{MINE}{number}/remove").status_code

    assert (foreign, renamed, name, removed) == ([404, 404], 303, "Laptop", 303)
    assert used(visitor, device).location == "/login"


def test_a_role_that_demands_two_factors_is_content_with_a_passkey_and_gives_recovery_codes(
    visitor: InspectingClient, set_up: SetUp
) -> None:
    set_up(second_factor_for="admin")
    agus, nip, device = build.person("Agus", role="admin", nip="198004042006041004", password=PASSWORD), "198004042006041004", Device()
    enter(visitor, nip=nip)

    page = made(visitor, device, next="/people/").get_data(as_text=True)
    codes = [code.get_text() for code in BeautifulSoup(page, "html.parser").select(".recovery code")]
    inside = visitor.get("/people/").status_code
    visitor.send("/account/", "/logout")
    enter(visitor, nip=nip)
    half = visitor.get(visitor.get("/people/").location).location
    second = visitor.send(half, "/login/second", code=codes[0], next="/people/")

    assert (len(codes), inside, half) == (10, 200, "/login/second?next=/people/")
    assert (second.location, visitor.get("/people/").status_code, recovery.left(agus)) == ("/people/", 200, 9)


def test_whoever_has_only_passkeys_makes_new_recovery_codes_with_an_old_one(visitor: InspectingClient, set_up: SetUp) -> None:
    set_up(second_factor_for="admin")
    agus = build.person("Agus", role="admin", nip="198004042006041004", password=PASSWORD)
    enter(visitor, nip="198004042006041004")
    page = made(visitor, Device()).get_data(as_text=True)
    old = [code.get_text() for code in BeautifulSoup(page, "html.parser").select(".recovery code")]

    answer = visitor.send("/account/recovery-codes/", password=PASSWORD, code=old[0])

    new = [code.get_text() for code in BeautifulSoup(answer.get_data(as_text=True), "html.parser").select(".recovery code")]
    assert (answer.status_code, len(new), recovery.left(agus)) == (200, 10, 10)
    assert set(new) & set(old) == set()


def test_the_last_strong_factor_stays_where_the_role_demands_one(sari: int, device: Device, sign_in: SignInAs, visitor: InspectingClient,
                                                                 set_up: SetUp) -> None:
    set_up(second_factor_for="trainer")
    with transaction():
        grants.add(sari, "trainer", module_id="sapa")
    used(visitor, device)
    number = db.session.scalars(select(Passkey.id)).one()

    visitor.send(MINE, f"{MINE}{number}/remove")

    assert "Your role needs a second factor" in words(visitor.get(MINE).get_data(as_text=True))
    assert db.session.scalars(select(Passkey.id)).all() == [number]


def test_nobody_collects_more_than_ten(sari: int, sign_in: SignInAs) -> None:
    browser = sign_in(sari)
    for _ in range(passkeys.MOST):
        assert made(browser, Device()).location == MINE

    answer = browser.post(f"{MINE}options", headers={"Accept": "application/json", "X-CSRFToken": browser.token(MINE)})

    assert (answer.status_code, len(db.session.scalars(select(Passkey.id)).all())) == (409, passkeys.MOST)


@pytest.mark.parametrize(("base_url", "party"), [
    ("https://belajar.example.go.id", ("belajar.example.go.id", "https://belajar.example.go.id")),
    ("https://belajar.example.go.id:8443/simpul", ("belajar.example.go.id", "https://belajar.example.go.id:8443")),
    ("http://localhost:8000", ("localhost", "http://localhost:8000")),
    ("http://belajar.example.go.id", None), ("http://127.0.0.1:8000", None), ("https://[::1]:8000", None), ("", None),
])
def test_passkeys_are_for_a_secure_address_with_a_name(app: Flask, set_up: SetUp, base_url: str, party: tuple[str, str] | None) -> None:
    set_up(base_url=base_url)

    assert passkeys.relying_party() == party


def test_without_such_an_address_nobody_is_offered_one(sari: int, visitor: InspectingClient, sign_in: SignInAs, set_up: SetUp) -> None:
    set_up(base_url="http://127.0.0.1:8000")
    browser = sign_in(sari)

    assert "passkey" not in visitor.get("/login").get_data(as_text=True)
    assert browser.get(MINE).status_code == 200
    assert visitor.post(f"{LOGIN}/options", headers={"X-CSRFToken": visitor.token("/login")}).status_code == 404


def test_an_old_proof_is_shown_again_with_a_passkey(sari: int, device: Device, sign_in: SignInAs) -> None:
    browser = sign_in(sari)
    clock.advance(timedelta(minutes=16))
    asked = browser.get(MINE).location

    answer = used(browser, device, asked, next=MINE)

    assert (asked, answer.location, browser.get(MINE).status_code) == (f"/account/confirm?next={MINE}", MINE, 200)


def test_the_second_step_page_of_an_app_offers_the_passkey_only_if_there_is_one(
    sari: int, sign_in: SignInAs, visitor: InspectingClient
) -> None:
    browser = sign_in(sari)
    secret, _codes = turned_on(browser)
    enter(visitor)
    before = "data-passkey" in visitor.get("/login/second").get_data(as_text=True)
    made(browser, Device())
    enter(visitor)

    assert (before, "data-passkey" in visitor.get("/login/second").get_data(as_text=True)) == (False, True)
    assert visitor.send("/login/second", code=code_of(secret)).status_code == 303


def test_the_person_of_the_passkey_signs_in_not_whose_nip_was_typed_before(
    sari: int, device: Device, visitor: InspectingClient
) -> None:
    build.person("Budi", nip="199001012015012002", password=PASSWORD)
    enter(visitor, nip="199001012015012002", password="wrong password")

    used(visitor, device)

    assert "Sari Damanik" in visitor.get("/").get_data(as_text=True)
    assert NIP not in visitor.get("/account/").get_data(as_text=True)
