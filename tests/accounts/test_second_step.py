"""The second step: set up, taken, thrown away, demanded by a role; codes that work once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import factors, recovery
from lms.accounts.models import Authenticator, Passkey, RecoveryCode, SignIn
from lms.base import clock, sealed
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.people import grants
from tests import build
from tests.accounts.conftest import NIP, PASSWORD, enter
from tests.inspecting import InspectingClient, words

Told = list[tuple[int, str]]
SetUp = Callable[..., None]
SignInAs = Callable[[int], InspectingClient]
OFF, STATE, CODES = "/account/second-step/off", "/account/second-step/", "/account/recovery-codes/"


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an app with the secret shows at this moment, or some half minutes away."""
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30 + steps)


def turned_on(browser: InspectingClient, page: str = STATE, **more: str) -> tuple[str, list[str]]:
    """Set the second step up through the pages; the secret and the recovery codes."""
    shown = BeautifulSoup(browser.get(page).get_data(as_text=True), "html.parser")
    kept = str(shown.find("input", {"name": "kept"})["value"])  # type: ignore[index]
    secret = str(shown.find(class_="otp-key").get_text(strip=True)).replace(" ", "")  # type: ignore[union-attr]
    answer = browser.post(STATE, data={"csrf_token": browser.token(page), "kept": kept, "code": code_of(secret), **more})
    codes = [code.get_text() for code in BeautifulSoup(answer.get_data(as_text=True), "html.parser").select(".recovery code")]
    assert answer.status_code == 200, words(answer.get_data(as_text=True))
    clock.advance(timedelta(seconds=30))
    return secret, codes


@pytest.fixture
def secret(sari: int, visitor: InspectingClient, sign_in: SignInAs) -> str:
    """The secret of Sari's app; she is signed in nowhere."""
    browser = sign_in(sari)
    found, _codes = turned_on(browser)
    browser.send(STATE, "/logout")
    return found


def test_after_the_password_the_second_step_leads_to_the_page_that_was_wanted(secret: str, visitor: InspectingClient) -> None:
    first = visitor.send("/login?next=/certificates/", "/login", nip=NIP, password=PASSWORD, next="/certificates/")
    second = visitor.send(first.location, "/login/second", code=code_of(secret), next="/certificates/")

    assert (first.status_code, first.location) == (303, "/login/second?next=/certificates/")
    assert (second.status_code, second.location) == (303, "/certificates/")
    assert visitor.get("/certificates/").status_code == 200


@pytest.mark.parametrize("page", ["/", "/modules/", "/certificates/", "/account/", STATE, "/account/passkeys/", OFF])
def test_a19_a_deep_link_after_the_password_leads_to_the_second_step(secret: str, visitor: InspectingClient, page: str) -> None:
    enter(visitor)
    signed_in = visitor.get(page)
    second = visitor.get(signed_in.location) if signed_in.location else signed_in

    assert signed_in.location.startswith("/login")
    assert (second.status_code, second.location.partition("?")[0]) == (302, "/login/second")
    assert visitor.get(f"/login/second?next={page}").status_code == 200


def test_a19_a_form_sent_after_the_password_alone_changes_nothing(sari: int, secret: str, visitor: InspectingClient) -> None:
    enter(visitor)

    answer = visitor.post("/password", data={"csrf_token": visitor.token("/login/second"), "old": PASSWORD, "new": "a b c d e f g h", "again": ""})

    assert answer.status_code == 401
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "password.changed")).all() == []


def test_the_second_step_has_to_be_taken_within_ten_minutes(secret: str, visitor: InspectingClient) -> None:
    enter(visitor)
    clock.advance(timedelta(minutes=11))

    assert visitor.get("/login/second").location == "/login"


def test_a01_a02_the_secret_of_the_first_step_is_dead_after_the_second(app: Flask, secret: str, visitor: InspectingClient) -> None:
    enter(visitor)
    first = visitor.get_cookie("signin")
    visitor.send("/login/second", code=code_of(secret))
    thief = app.test_client()
    assert first is not None
    thief.set_cookie("signin", first.value)

    assert visitor.get("/account/").status_code == 200
    assert thief.get("/account/").status_code == 302
    assert thief.get("/login/second").location == "/login"


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_a17_a_code_holds_for_its_half_minute_and_one_beside(secret: str, visitor: InspectingClient, steps: int, status: int) -> None:
    clock.advance(timedelta(minutes=5))
    enter(visitor)

    assert visitor.send("/login/second", code=code_of(secret, steps=steps)).status_code == status


def test_a17_a_code_is_never_taken_twice(secret: str, visitor: InspectingClient, other: InspectingClient) -> None:
    code = code_of(secret)
    enter(visitor)
    enter(other)

    first, again = visitor.send("/login/second", code=code).status_code, other.send("/login/second", code=code)

    assert (first, again.status_code) == (303, 401)
    assert "has been used" in words(again.get_data(as_text=True))


def test_a17_a_code_older_than_the_last_one_used_is_refused(secret: str, visitor: InspectingClient, other: InspectingClient) -> None:
    older, newer = code_of(secret), code_of(secret, steps=1)
    enter(visitor)
    enter(other)
    visitor.send("/login/second", code=newer)

    assert other.send("/login/second", code=older).status_code == 401


def test_a17_the_code_that_set_the_step_up_does_not_open_it(sari: int, sign_in: SignInAs, visitor: InspectingClient) -> None:
    found, _codes = turned_on(sign_in(sari))
    enter(visitor)

    assert visitor.send("/login/second", code=code_of(found, steps=-1)).status_code == 401


def test_a17_after_five_wrong_codes_even_the_right_one_waits_and_the_person_is_told(
    sari: int, secret: str, visitor: InspectingClient, told: Told
) -> None:
    enter(visitor)

    tries = [visitor.send("/login/second", code="000000").status_code for _ in range(5)]
    sixth = visitor.send("/login/second", code=code_of(secret)).status_code
    clock.advance(timedelta(minutes=16))
    enter(visitor)

    assert (tries, sixth) == ([401] * 5, 429)
    assert told.count((sari, "second-step-tried")) == 1
    assert visitor.send("/login/second", code=code_of(secret)).status_code == 303


def test_a17_guessing_from_many_addresses_comes_to_an_end(sari: int, secret: str, app: Flask) -> None:
    from lms.base.errors import Refused

    ends = []
    for number in range(31):
        with app.test_request_context(), pytest.raises(Refused) as refused:
            factors.take(sari, "000000", where=f"10.0.0.{number}")
        ends.append(refused.value.code)

    assert ends == ["factor-code-wrong"] * 30 + ["too-many-tries"]


def test_a18_there_are_ten_recovery_codes_and_only_their_hashes_are_kept(sari: int, sign_in: SignInAs) -> None:
    _secret, codes = turned_on(sign_in(sari))

    kept = db.session.scalars(select(RecoveryCode.code_hash)).all()

    assert (len(codes), len(set(codes)), len(kept)) == (10, 10, 10)
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", code) for code in codes)
    assert [hash for hash in kept for code in codes if code in hash or code.replace("-", "") in hash] == []


def test_a18_a_recovery_code_opens_once_however_it_is_typed(
    sari: int, sign_in: SignInAs, visitor: InspectingClient, other: InspectingClient, told: Told
) -> None:
    _secret, codes = turned_on(sign_in(sari))
    enter(visitor)
    enter(other)

    first = visitor.send("/login/second", code=codes[3].upper().replace("-", " ")).status_code
    again = other.send("/login/second", code=codes[3]).status_code

    assert (first, again, recovery.left(sari)) == (303, 401, 9)
    assert (sari, "recovery-code-used") in told


def test_new_recovery_codes_take_password_and_code_and_end_the_old_ones(sari: int, sign_in: SignInAs, visitor: InspectingClient) -> None:
    browser = sign_in(sari)
    found, old = turned_on(browser)

    refused = [
        browser.send(CODES, password="wrong password", code=code_of(found)).status_code,
        browser.send(CODES, password=PASSWORD, code="000000").status_code,
    ]
    shown = browser.send(CODES, password=PASSWORD, code=code_of(found)).get_data(as_text=True)
    new = [code.get_text() for code in BeautifulSoup(shown, "html.parser").select(".recovery code")]
    enter(visitor)

    assert (refused, len(new), set(new) & set(old)) == ([409, 409], 10, set())
    assert visitor.send("/login/second", code=old[0]).status_code == 401
    assert visitor.send("/login/second", code=new[0]).status_code == 303


def test_a20_turning_it_off_takes_password_and_code(sari: int, sign_in: SignInAs, visitor: InspectingClient) -> None:
    browser = sign_in(sari)
    found, _codes = turned_on(browser)

    wrong = [
        browser.send(OFF, password="wrong password", code=code_of(found)).status_code,
        browser.send(OFF, password=PASSWORD, code="000000").status_code,
        browser.send(OFF, password=PASSWORD, code="").status_code,
    ]
    on = factors.has_app(sari)
    right = browser.send(OFF, password=PASSWORD, code=code_of(found)).status_code

    assert (wrong, on, right, factors.has_app(sari), recovery.left(sari)) == ([409, 409, 422], True, 303, False, 0)
    assert browser.get("/account/").status_code == 200
    assert (enter(visitor), visitor.get("/account/").status_code) == (303, 200)


def test_a20_a_role_that_demands_it_keeps_it_on(sari: int, sign_in: SignInAs, set_up: SetUp) -> None:
    browser = sign_in(sari)
    found, _codes = turned_on(browser)
    set_up(second_factor_for="trainer")
    with transaction():
        grants.add(sari, "trainer", module_id="sapa")

    answer = browser.post(OFF, data={"csrf_token": browser.token("/account/"), "password": PASSWORD, "code": code_of(found)})

    assert (answer.status_code, factors.has_app(sari)) == (409, True)
    assert "name=\"password\"" not in browser.get(OFF).get_data(as_text=True)


def test_whoever_keeps_a_passkey_in_a_demanding_role_may_turn_the_app_off_and_stays_signed_in(
    sari: int, sign_in: SignInAs, set_up: SetUp
) -> None:
    browser = sign_in(sari)
    found, _codes = turned_on(browser)
    set_up(second_factor_for="trainer")
    with transaction():
        grants.add(sari, "trainer", module_id="sapa")
        db.session.add(Passkey(person_id=sari, name="Laptop", credential_id="a", public_key="b", user_handle="c", sign_count=0,
                               created_at=clock.now()))

    answer = browser.send(OFF, password=PASSWORD, code=code_of(found))

    assert (answer.status_code, factors.has_app(sari), recovery.left(sari)) == (303, False, 10)
    assert browser.get("/account/").status_code == 200


def test_a02_setting_it_up_changes_the_secret_and_ends_other_sign_ins(
    app: Flask, sari: int, sign_in: SignInAs, told: Told
) -> None:
    browser, elsewhere = sign_in(sari), sign_in(sari)
    before = browser.get_cookie("signin")
    turned_on(browser)
    thief = app.test_client()
    assert before is not None
    thief.set_cookie("signin", before.value)

    assert [one.get("/account/").status_code for one in (browser, elsewhere, thief)] == [200, 302, 302]
    assert told == [(sari, "second-step-on")]


def test_the_secret_is_never_kept_readable(sari: int, secret: str) -> None:
    kept = db.session.scalars(select(Authenticator.secret)).one()

    assert secret not in kept
    assert sealed.unseal(kept, f"totp:{sari}") == secret


def test_a_secret_moved_to_another_person_is_not_readable(sari: int, secret: str) -> None:
    kept = db.session.scalars(select(Authenticator.secret)).one()

    with pytest.raises(sealed.SealBroken):
        sealed.unseal(kept, f"totp:{sari + 1}")


def test_a_wrong_first_code_leaves_it_off_and_shows_the_same_secret_again(sari: int, sign_in: SignInAs) -> None:
    browser = sign_in(sari)
    page = BeautifulSoup(browser.get(STATE).get_data(as_text=True), "html.parser")
    kept = page.find("input", {"name": "kept"})["value"]  # type: ignore[index]

    again = browser.send(STATE, kept=kept, code="000000")

    shown = BeautifulSoup(again.get_data(as_text=True), "html.parser")
    assert (again.status_code, factors.has_app(sari)) == (422, False)
    assert shown.find(class_="otp-key") == page.find(class_="otp-key")


@pytest.mark.parametrize("minutes", [0, 31])
def test_a_set_up_of_somebody_else_or_of_long_ago_begins_anew(sari: int, sign_in: SignInAs, minutes: int) -> None:
    budi = build.person("Budi")
    source = sign_in(sari if minutes else budi)
    page = BeautifulSoup(source.get(STATE).get_data(as_text=True), "html.parser")
    kept, key = page.find("input", {"name": "kept"})["value"], page.find(class_="otp-key").get_text()  # type: ignore[index,union-attr]
    clock.advance(timedelta(minutes=minutes))
    browser = sign_in(sari)

    answer = browser.send(STATE, kept=kept, code=code_of(key.replace(" ", "")))

    assert (answer.status_code, answer.location, factors.has_app(sari)) == (303, STATE, False)


def test_a_role_that_demands_a_second_factor_opens_only_its_set_up(visitor: InspectingClient, set_up: SetUp) -> None:
    set_up(second_factor_for="admin, supervisor")
    agus = build.person("Agus", role="admin", nip="198004042006041004", password=PASSWORD)
    enter(visitor, nip="198004042006041004")

    closed = [visitor.get(page).location for page in ("/people/", "/account/", "/modules/", OFF)]
    login = visitor.get("/login?next=/people/").location
    _secret, codes = turned_on(visitor, login, next="/people/")

    assert closed == ["/login?next=/people/", "/login?next=/account/", "/login?next=/modules/", "/login?next=/account/second-step/off"]
    assert login == "/account/second-step/?next=/people/"
    assert len(codes) == 10
    assert visitor.get("/people/").status_code == 200
    assert db.session.execute(select(AuditEntry.actor_id, AuditEntry.about_id).where(AuditEntry.act == "second-step.on")).one() == (agus, agus)


def test_a_role_that_demands_a_second_factor_leaves_language_and_sign_out_open(visitor: InspectingClient, set_up: SetUp) -> None:
    set_up(second_factor_for="supervisor")
    build.person("Wati", role="supervisor", nip="197803032005012003", password=PASSWORD)
    enter(visitor, nip="197803032005012003")

    chosen = visitor.send(STATE, "/language", lang="id", next=STATE)
    out = visitor.send(STATE, "/logout")

    assert (chosen.status_code, out.status_code, visitor.get(STATE).location) == (303, 303, f"/login?next={STATE}")


def test_a_role_that_begins_later_is_held_back_from_its_first_request(sari: int, sign_in: SignInAs, set_up: SetUp) -> None:
    set_up(second_factor_for="supervisor", idle_minutes=100_000, office_idle_minutes=100_000, session_hours=10_000)
    browser = sign_in(sari)
    with transaction():
        grants.add(sari, "supervisor", unit_id=None, starts_on=clock.today() + timedelta(days=1))
    before = browser.get("/modules/").status_code
    clock.advance(timedelta(days=1))

    assert (before, browser.get("/modules/").status_code) == (200, 302)


def test_a_setting_that_names_no_role_stops_the_start(app: Flask, set_up: SetUp) -> None:
    from lms.accounts import signins
    from lms.config import SettingsError

    set_up(second_factor_for="admins")

    with pytest.raises(SettingsError, match="there is no role admins"):
        signins.register(app)


def test_an_administrator_resets_what_a_lost_phone_held(sari: int, sign_in: SignInAs, visitor: InspectingClient, told: Told) -> None:
    turned_on(sign_in(sari))
    agus = build.person("Agus", role="admin")
    elsewhere = sign_in(sari)

    answer = sign_in(agus).send(f"/people/{sari}/account", f"/people/{sari}/second-step/reset")

    assert answer.status_code == 303
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Authenticator, RecoveryCode, Passkey)] == [0, 0, 0]
    assert elsewhere.get("/account/").status_code == 302
    assert (enter(visitor), visitor.get("/account/").status_code) == (303, 200)
    assert told[1] == (sari, "second-step-reset")
    assert db.session.execute(select(AuditEntry.actor_id, AuditEntry.about_id).where(AuditEntry.act == "second-step.reset")).one() == (agus, sari)


def test_an_administrator_does_not_reset_her_own(app: Flask, sign_in: SignInAs) -> None:
    agus = build.person("Agus", role="admin", password=PASSWORD)
    browser = sign_in(agus)
    turned_on(browser)

    browser.set_cookie("lang", "en")

    browser.post(f"/people/{agus}/second-step/reset", data={"csrf_token": browser.token("/account/")})

    assert factors.has_app(agus)
    assert "This is your own account" in words(browser.get(f"/people/{agus}/account").get_data(as_text=True))


def test_an_administrator_of_a_unit_does_not_reset_one_of_the_whole_agency(app: Flask, sign_in: SignInAs) -> None:
    unit = build.unit()
    agus = build.person("Agus", role="admin", unit_id=unit, password=PASSWORD)
    turned_on(sign_in(agus))
    officer = build.person("Rina", unit_id=unit)
    with transaction():
        grants.add(officer, "admin", unit_id=unit)
    browser = sign_in(officer)
    chief = sign_in(agus)

    browser.send(f"/people/{agus}/account", f"/people/{agus}/second-step/reset")
    browser.send(f"/people/{agus}/account", f"/people/{agus}/sign-ins/end")

    assert factors.has_app(agus)
    assert db.session.scalar(select(func.count()).select_from(SignIn).where(SignIn.person_id == agus)) == 2
    assert chief.get("/account/").status_code == 200


def test_after_a_change_of_keys_the_secret_is_read_and_sealed_anew(
    sari: int, secret: str, visitor: InspectingClient, app: Flask, set_up: SetUp
) -> None:
    before = db.session.scalars(select(Authenticator.secret)).one()
    set_up(data_key=f"{'n' * 40} {app.extensions['settings'].data_key}")
    enter(visitor)

    taken = visitor.send("/login/second", code=code_of(secret)).status_code

    after = db.session.scalars(select(Authenticator.secret)).one()
    assert (taken, sealed.is_newest(before), sealed.is_newest(after)) == (303, False, True)


def test_a_lost_key_refuses_codes_of_the_app_and_leaves_recovery_codes(
    sari: int, sign_in: SignInAs, visitor: InspectingClient, set_up: SetUp
) -> None:
    secret, codes = turned_on(sign_in(sari))
    set_up(data_key="n" * 40)
    enter(visitor)

    assert visitor.send("/login/second", code=code_of(secret)).status_code == 401
    assert visitor.send("/login/second", code=codes[0]).status_code == 303
