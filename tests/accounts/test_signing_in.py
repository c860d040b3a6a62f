"""Signing in and out, throttling, cookies, activation codes, through the client."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import codes, service
from lms.accounts.models import SignIn
from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.people import admin, grants
from lms.people.models import Grant, Person
from tests import build
from tests.inspecting import InspectingClient, words

NIP = "199001012015012001"
PASSWORD = "tujuh gajah biru"
NEW = "delapan kucing hijau"


@pytest.fixture
def sari(app: Flask) -> int:
    """Sari, who has a password."""
    return build.person(nip=NIP, password=PASSWORD)


@pytest.fixture
def visitor(client: InspectingClient) -> InspectingClient:
    """A browser in English that nobody is signed in with."""
    client.set_cookie("lang", "en")
    return client


def enter(browser: InspectingClient, nip: str = NIP, password: str = PASSWORD) -> int:
    return browser.send("/login", nip=nip, password=password).status_code


def test_signing_in_leads_to_the_page_that_was_wanted(sari: int, visitor: InspectingClient) -> None:
    response = visitor.send("/login?next=/certificates/", "/login", nip="19900101 201501 2 001", password=PASSWORD, next="/certificates/")

    assert (response.status_code, response.location) == (303, "/certificates/")
    assert visitor.get("/certificates/").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_away(sari: int, visitor: InspectingClient, target: str) -> None:
    assert visitor.send("/login", nip=NIP, password=PASSWORD, next=target).location == "/"


def test_the_answer_never_says_what_was_wrong(app: Flask, sari: int, visitor: InspectingClient) -> None:
    build.person("Gone", nip="199001012015012002", password=PASSWORD, active=False)
    build.person("New", nip="199001012015012003")
    wrong = [(NIP, "wrong password"), ("199001012015012009", PASSWORD), ("199001012015012002", PASSWORD), ("199001012015012003", PASSWORD)]

    answers = [visitor.send("/login", nip=nip, password=password) for nip, password in wrong]

    assert [answer.status_code for answer in answers] == [401] * 4
    pages = {words(answer.get_data(as_text=True)) for answer in answers}
    assert len(pages) == 1
    assert "NIP or password is not right." in pages.pop()


def test_after_ten_wrong_tries_even_the_right_password_waits(sari: int, visitor: InspectingClient) -> None:
    tries = [enter(visitor, password="wrong password") for _ in range(10)]

    assert (tries, enter(visitor)) == ([401] * 10, 429)
    clock.advance(timedelta(minutes=16))
    assert enter(visitor) == 303


def test_throttling_one_account_leaves_others_alone(sari: int, visitor: InspectingClient) -> None:
    build.person("Budi", nip="199001012015012002", password=PASSWORD)

    for _ in range(11):
        enter(visitor, password="wrong password")

    assert enter(visitor, nip="199001012015012002") == 303


def test_a04_a_cookie_kept_from_before_signing_out_is_dead(app: Flask, sari: int, visitor: InspectingClient) -> None:
    enter(visitor)
    cookie = visitor.get_cookie("signin")
    assert cookie is not None
    visitor.send("/password", "/logout")
    thief = app.test_client()
    thief.set_cookie("signin", cookie.value)

    assert thief.get("/password").status_code == 302


def test_a_secret_planted_before_signing_in_is_not_used(app: Flask, sari: int, visitor: InspectingClient) -> None:
    visitor.set_cookie("signin", "planted")
    enter(visitor)
    cookie = visitor.get_cookie("signin")
    thief = app.test_client()
    thief.set_cookie("signin", "planted")

    assert cookie is not None
    assert cookie.value != "planted"
    assert thief.get("/password").status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_the_row_holds_no_secret(sari: int, visitor: InspectingClient) -> None:
    response = visitor.send("/login", nip=NIP, password=PASSWORD)
    [header] = [value for value in response.headers.getlist("Set-Cookie") if value.startswith("signin=")]
    secret = header.split(";")[0].removeprefix("signin=")

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in header.split(";")}
    assert secret not in db.session.scalars(select(SignIn.token_hash)).all()


def test_a_sign_in_ends_after_two_idle_hours(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)
    clock.advance(timedelta(minutes=119))
    still = visitor.get("/password").status_code
    clock.advance(timedelta(minutes=121))

    assert (still, visitor.get("/password").status_code) == (200, 302)


def test_deactivation_ends_sign_ins_at_once(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)

    admin.set_active(sari, False)

    assert visitor.get("/password").status_code == 302
    assert db.session.scalars(select(SignIn)).all() == []
    assert enter(visitor) == 401


def test_another_role_ends_sign_ins(sari: int, visitor: InspectingClient) -> None:
    enter(visitor)

    grants.give(sari, "trainer", module_id="sapa", by=None)

    assert visitor.get("/password").status_code == 302


def test_changing_the_password_signs_other_browsers_out(app: Flask, sari: int, visitor: InspectingClient,
                                                        sign_in: Callable[[int], InspectingClient]) -> None:
    other = sign_in(sari)
    enter(visitor)

    changed = visitor.send("/password", old=PASSWORD, new=NEW, again=NEW).status_code

    assert (changed, visitor.get("/password").status_code, other.get("/password").status_code) == (303, 200, 302)
    assert build.signed_in(app, NIP, NEW) == sari


def test_an_activation_code_works_once(app: Flask, visitor: InspectingClient) -> None:
    budi = build.person("Budi", nip=NIP)
    code = codes.issue_for_person(budi)
    form = {"nip": NIP, "code": code.lower(), "new": NEW, "again": NEW}

    first = visitor.send("/activate", **form).status_code
    visitor.send("/password", "/logout")
    second = visitor.send("/activate", **form)

    assert (first, second.status_code) == (303, 409)
    assert "the code has been used" in words(second.get_data(as_text=True))
    assert build.signed_in(app, NIP, NEW) == budi


def test_an_activation_code_is_over_after_seven_days(app: Flask) -> None:
    code = codes.issue_for_person(build.person("Budi", nip=NIP))
    clock.advance(timedelta(days=7, seconds=1))

    with pytest.raises(Refused, match="code-wrong"):
        service.activate(NIP, code, NEW, address="::1")


def test_a_newer_code_replaces_the_older(app: Flask) -> None:
    budi = build.person("Budi", nip=NIP)
    older, newer = codes.issue_for_person(budi), codes.issue_for_person(budi)

    with pytest.raises(Refused, match="code-wrong"):
        service.activate(NIP, older, NEW, address="::1")
    assert service.activate(NIP, newer, NEW, address="::1") == budi


def test_a_guessable_first_password_leaves_the_code_unspent(app: Flask) -> None:
    budi = build.person("Budi", nip=NIP)
    code = codes.issue_for_person(budi)
    with pytest.raises(Refused, match="password-short"):
        service.activate(NIP, code, "pendek", address="::1")

    assert service.activate(NIP, code, NEW, address="::1") == budi


def test_the_last_active_administrator_stays(app: Flask) -> None:
    agus = build.person("Agus", role="admin")
    build.person("Asleep", role="admin", active=False)

    with pytest.raises(Refused, match="last-admin"):
        admin.set_active(agus, False)
    with pytest.raises(Refused, match="last-admin"):
        grants.end(db.session.scalars(select(Grant.id).where(Grant.person_id == agus)).one(), by=None)

    assert db.session.execute(select(Grant.role, Grant.ended_at, Person.active).join(Person, Person.id == Grant.person_id).where(Person.id == agus)).one() == (
        "admin", None, True)
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_one_of_two_administrators_may_go(app: Flask) -> None:
    agus = build.person("Agus", role="admin")
    build.person("Rina", role="admin")

    admin.set_active(agus, False)

    assert db.session.scalar(select(Person.active).where(Person.id == agus)) is False


def test_what_an_administrator_does_is_recorded(app: Flask) -> None:
    budi = build.person("Budi", role="learner", rank="III/a")

    admin.change(budi, {"position": "Kepala", "rank": "III/a"})
    admin.set_modules(budi, ["sapa"], by=None)
    codes.issue_for_person(budi)
    admin.set_active(budi, False)

    entries = db.session.execute(select(AuditEntry.act, AuditEntry.about_id, AuditEntry.detail).order_by(AuditEntry.seq)).all()
    assert [tuple(entry) for entry in entries] == [
        ("person.moved", budi, {"basis": "", "from": "2026-03-10", "position": ["Pengelola Layanan", "Kepala"]}),
        ("role.given", budi, {"role": "trainer", "unit": None, "module": "sapa", "from": "2026-03-10", "until": None, "behalf_of": None,
                              "reason": ""}),
        ("code.issued", budi, {}),
        ("person.deactivated", budi, {}),
    ]


def test_sweeping_drops_only_what_has_ended(sari: int, visitor: InspectingClient) -> None:
    from lms.accounts import signins

    with transaction():
        long_ago = clock.now() - timedelta(hours=13)
        db.session.add(SignIn(token_hash="old", person_id=sari, created_at=long_ago, seen_at=clock.now(), proved_at=long_ago, address=None, browser=None))
    enter(visitor)

    signins.sweep()

    assert "old" not in db.session.scalars(select(SignIn.token_hash)).all()
    assert visitor.get("/password").status_code == 200
