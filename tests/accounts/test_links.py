"""Links that go by mail: for a forgotten password, for a first one, to confirm a new address."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event, select, update

from lms.accounts import codes, links, service
from lms.accounts.events import AccountChanged
from lms.accounts.models import ActivationCode, Authenticator, OneTimeLink, ProviderAccount, SignIn
from lms.accounts.printed import codes_file
from lms.base import clock, jobs
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.base.jobs import Job
from lms.people import grants
from lms.people.models import Person
from lms.people.roles import Granted
from tests import build
from tests.accounts.mailbox import Post
from tests.inspecting import InspectingClient, words

NIP = "199001012015012001"
PASSWORD = "tujuh gajah biru"
NEW = "delapan kucing hijau"
MAIL = "sari@example.go.id"
WHOLE = (Granted("admin"),)


@pytest.fixture
def sari(app: Flask) -> int:
    """Sari, who has a password and a mail address."""
    return mailed(build.person(nip=NIP, password=PASSWORD))


def mailed(person_id: int, email: str = MAIL) -> int:
    with transaction():
        db.session.execute(update(Person).where(Person.id == person_id).values(email=email))
    return person_id


def forget(browser: InspectingClient, account: str = NIP, **headers: str) -> tuple[int, str | None]:
    token = browser.token("/forgot")
    response = browser.post("/forgot", data={"csrf_token": token, "account": account}, headers=headers)
    return response.status_code, response.location


def choose(browser: InspectingClient, path: str, password: str = NEW) -> int:
    browser.get(path)
    if browser.get("/link/").status_code != 200:
        return 404
    return browser.send("/link/", new=password, again=password).status_code


def test_a_forgotten_password_is_replaced_by_a_link_and_she_is_signed_in(app: Flask, sari: int, visitor: InspectingClient, post: Post) -> None:
    asked = forget(visitor, "19900101 201501 2 001")
    [link] = post.sent()
    chosen = choose(visitor, post.path())

    assert (asked, chosen, visitor.get("/password").status_code) == ((303, "/forgot/asked"), 303, 200)
    assert (link.person_id, link.purpose, link.to, link.until) == (sari, "reset", None, datetime(2026, 3, 10, 2, 30, tzinfo=UTC))
    assert post.news == [AccountChanged(sari, "password")]
    assert build.signed_in(app, NIP, NEW) == sari


def test_the_mail_address_serves_too_unless_several_people_share_it(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor, " Sari@Example.go.id ")
    one = [link.person_id for link in post.sent()]
    mailed(build.person("Budi", nip="199001012015012002", password=PASSWORD))
    clock.advance(timedelta(minutes=1))
    forget(visitor, MAIL)

    assert (one, [link.person_id for link in post.sent()]) == ([sari], [sari])


@pytest.mark.parametrize(("account", "person"), [
    (NIP, {"password": PASSWORD}),  # known, with an address
    ("199001012015012009", None),  # unknown
    ("199001012015012003", {}),  # known, has never set a password
    ("199001012015012004", {"password": PASSWORD, "active": False}),
    ("siapa@example.go.id", None),
])
def test_a12_the_answer_to_a_forgotten_password_is_the_same_for_everybody(
    app: Flask, visitor: InspectingClient, post: Post, account: str, person: dict[str, object] | None,
) -> None:
    if person is not None:
        mailed(build.person(nip=account, **person))  # type: ignore[arg-type]
    statements: list[str] = []
    token = visitor.token("/forgot")
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    response = visitor.post("/forgot", data={"csrf_token": token, "account": account})
    page = words(visitor.get("/forgot/asked").get_data(as_text=True))

    assert (response.status_code, response.location) == (303, "/forgot/asked")
    assert "If an account with a mail address fits what you wrote, a link is on its way." in page
    assert [one.split()[0] for one in statements if "persons" in one] == []  # nobody is looked up while she waits
    assert [link.purpose for link in post.sent()] == (["reset"] if account == NIP else [])


def test_a12_whoever_guesses_codes_hears_the_same_of_known_and_unknown(sari: int, visitor: InspectingClient) -> None:
    codes.issue_for_person(sari)
    form = {"code": "AAAAA-AAAAA", "new": NEW, "again": NEW}

    known, unknown = (visitor.send("/activate", nip=nip, **form) for nip in (NIP, "199001012015012009"))

    assert (known.status_code, unknown.status_code) == (409, 409)
    assert words(known.get_data(as_text=True)) == words(unknown.get_data(as_text=True))


def test_a_wrong_code_leaves_its_trace(sari: int, visitor: InspectingClient) -> None:
    visitor.send("/activate", nip=NIP, code="AAAAA-AAAAA", new=NEW, again=NEW)

    entry = db.session.execute(select(AuditEntry.act, AuditEntry.about_id, AuditEntry.detail)).one()
    assert tuple(entry) == ("sign-in.failed", sari, {"how": "code"})


def test_a14_a_nul_in_a_new_password_is_refused(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)

    assert choose(visitor, post.path(), NEW + "\x00x") == 400
    assert choose(visitor, post.path()) == 303


def test_a15_a_link_works_once(app: Flask, sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    first = choose(visitor, post.path())
    visitor.send("/password", "/logout")

    assert (first, choose(visitor, post.path(), "sembilan ayam merah")) == (303, 404)
    assert build.signed_in(app, NIP, NEW) == sari


def test_a15_of_two_who_use_one_link_at_once_the_second_is_too_late(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    token = post.path().removeprefix("/link/")
    found = links.find(token)
    assert found is not None
    links.set_password(token, NEW)

    with pytest.raises(Refused, match="link-dead"), transaction():
        links._use(token, found)


def test_a15_a_link_is_over_after_thirty_minutes(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    post.sent()
    clock.advance(timedelta(minutes=29))
    visitor.get(post.path())
    still = visitor.get("/link/").status_code
    clock.advance(timedelta(minutes=1))

    assert (still, choose(visitor, post.path())) == (200, 404)


def test_a15_a_link_dies_when_the_password_changes(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    path = post.path()

    service.change_password(sari, PASSWORD, NEW, keep="")

    assert choose(visitor, path, "sembilan ayam merah") == 404


def test_a15_using_one_link_ends_the_others(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    older = post.path()
    clock.advance(timedelta(minutes=1))
    forget(visitor)

    assert (post.path() != older, choose(visitor, older)) == (True, 303)
    visitor.send("/password", "/logout")
    assert choose(visitor, post.path()) == 404


def test_a15_a_link_dies_with_deactivation(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    path = post.path()
    with transaction():
        db.session.execute(update(Person).where(Person.id == sari).values(active=False))

    assert choose(visitor, path) == 404


def test_a15_the_token_leaves_the_address_at_once_and_is_in_no_page_no_log_and_no_row(
    sari: int, visitor: InspectingClient, post: Post, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    forget(visitor)
    token = post.path().removeprefix("/link/")
    opened = visitor.get(f"/link/{token}")
    page = visitor.get("/link/")
    choose(visitor, f"/link/{token}")

    assert (opened.status_code, opened.location, opened.headers["Referrer-Policy"]) == (303, "/link/", "no-referrer")
    assert (page.status_code, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (200, "no-referrer", "no-store")
    assert token not in page.get_data(as_text=True)
    assert token not in caplog.text
    rows = [repr(tuple(row)) for table in (OneTimeLink, AuditEntry, Job) for row in db.session.execute(select(table.__table__))]
    assert len(rows) >= 4
    assert [row for row in rows if token in row] == []


def test_a15_looking_at_a_link_does_not_spend_it(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    for _ in range(3):  # a mail program that looks at links before the reader does
        visitor.get(post.path())
        visitor.get("/link/")

    assert choose(visitor, post.path()) == 303


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Host": "localhost:80@evil.example"}, {"X-Host": "evil.example"},
    {"Forwarded": "host=evil.example"},
])
def test_a16_the_link_leads_to_our_address_whatever_host_the_request_names(
    sari: int, visitor: InspectingClient, post: Post, headers: dict[str, str],
) -> None:
    token = visitor.token("/forgot")
    with visitor.session_transaction() as held:
        kept = dict(held)
    if "Host" in headers:
        with visitor.session_transaction(base_url=f"http://{headers['Host']}") as held:
            held.update(kept)
    visitor.post("/forgot", data={"csrf_token": token, "account": NIP}, headers=headers)
    links.ask_reset(NIP, address="::1")  # whether or not the request was taken: what is sent never holds its host

    assert {link.address.partition("/link/")[0] for link in post.sent()} == {"http://localhost"}


def test_a_flood_of_wishes_sends_three_mails_an_hour_and_never_locks_her_out(
    app: Flask, sari: int, visitor: InspectingClient, post: Post,
) -> None:
    for number in range(40):
        links.ask_reset(NIP, address=f"10.0.0.{number}")
        post.sent()
        clock.advance(timedelta(seconds=10))
    in_an_hour = len(post.links)
    still_in = build.signed_in(app, NIP, PASSWORD)
    clock.advance(timedelta(hours=1))
    links.ask_reset(NIP, address="10.0.0.99")

    assert (in_an_hour, still_in, len(post.sent())) == (3, sari, 4)


def test_many_wishes_from_one_address_wait_and_others_are_left_alone(sari: int, visitor: InspectingClient, post: Post) -> None:
    statuses = [forget(visitor)[0] for _ in range(6)]

    assert statuses == [303] * 5 + [429]
    assert forget(visitor, "199001012015012009")[0] == 303


def test_a_wish_that_the_worker_meets_twice_sends_one_link(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    payload = db.session.scalars(select(Job.payload).where(Job.kind == links.RESET_JOB)).one()

    links.run_reset(payload)
    links.run_reset(payload)

    assert len(post.links) == 1


def test_whoever_never_set_a_password_gets_no_reset_link(visitor: InspectingClient, post: Post, app: Flask) -> None:
    mailed(build.person(nip=NIP))

    forget(visitor)

    assert post.sent() == []


def test_a_link_ends_every_sign_in_and_every_code(
    sari: int, visitor: InspectingClient, post: Post, sign_in: Callable[[int], InspectingClient],
) -> None:
    thief = sign_in(sari)
    code = codes.issue_for_person(sari)
    forget(visitor)

    choose(visitor, post.path())

    assert (thief.get("/password").status_code, db.session.scalars(select(ActivationCode)).all()) == (302, [])
    with pytest.raises(Refused, match="code-wrong"):
        service.activate(NIP, code, "sembilan ayam merah", address="::1")


def test_a_link_does_not_go_past_the_second_step(sari: int, visitor: InspectingClient, post: Post) -> None:
    with transaction():
        db.session.add(Authenticator(person_id=sari, secret="sealed", last_step=0, created_at=clock.now()))
    forget(visitor)

    choose(visitor, post.path())

    assert db.session.scalars(select(SignIn.strength).where(SignIn.person_id == sari)).all() == ["half"]
    assert visitor.get("/certificates/").status_code == 302


def test_a_bad_password_leaves_the_link_unspent(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)

    assert [choose(visitor, post.path(), one) for one in ("pendek", "saridamanik1990", NEW)] == [409, 409, 303]


def test_without_mail_the_page_tells_of_codes_and_takes_no_wish(sari: int, visitor: InspectingClient) -> None:
    page = words(visitor.get("/forgot").get_data(as_text=True))
    sent = visitor.post("/forgot", data={"csrf_token": visitor.token("/activate"), "account": NIP})

    assert "Ask your personnel officer for a code" in page
    assert "Send me a link" not in page
    assert (sent.status_code, db.session.scalars(select(Job)).all()) == (303, [])


def test_a26_a_first_password_by_mail_holds_seven_days(app: Flask, visitor: InspectingClient, post: Post) -> None:
    budi = mailed(build.person("Budi", nip=NIP), "budi@example.go.id")
    links.send_activation(budi, by=WHOLE)
    [link] = post.links
    clock.advance(timedelta(days=7, seconds=-1))
    visitor.get(post.path())
    still = visitor.get("/link/").status_code

    assert (link.purpose, link.person_id, still) == ("activation", budi, 200)
    assert choose(visitor, post.path()) == 303
    assert build.signed_in(app, NIP, NEW) == budi
    clock.advance(timedelta(seconds=1))
    assert links.find(post.path().removeprefix("/link/")) is None


def test_a26_an_imported_person_has_no_password_and_a_random_code_that_holds_seven_days(app: Flask) -> None:
    people = [build.person(f"Budi {number}", nip=f"1990010120150120{number:02}") for number in range(10, 40)]
    [listed] = codes.issue(people[:1])
    made = {code for one in [listed, *codes.issue(people[1:])] for code in [row.code for row in one.people]}
    kept = db.session.execute(select(Person.password_hash, ActivationCode.expires_at, ActivationCode.code_hash).join(
        ActivationCode, ActivationCode.person_id == Person.id)).all()

    assert len(made) == 30
    assert {(row.password_hash, row.expires_at - clock.now()) for row in kept} == {(None, timedelta(days=7))}
    assert not made & {row.code_hash for row in kept}
    with pytest.raises(Refused, match="sign-in-wrong"), app.test_request_context():
        service.sign_in("199001012015012010", listed.people[0].code, address="::1")  # a code is no password: it can only set one


def test_a_unit_gets_links_where_an_address_is_known_and_a_list_for_the_others(app: Flask, post: Post) -> None:
    unit = build.unit()
    with_mail = mailed(build.person("Ani", unit_id=unit, nip=NIP))
    build.person("Budi", unit_id=unit, nip="199001012015012002")
    mailed(build.person("Caca", unit_id=unit, nip="199001012015012003", password=PASSWORD), "c@example.go.id")
    mailed(build.person("Doni", unit_id=unit, nip="199001012015012004", active=False), "d@example.go.id")

    sent = links.send_activations(unit, by=WHOLE)

    assert (sent.mailed, [person.name for one in sent.lists for person in one.people]) == (1, ["Budi"])
    assert [(link.person_id, link.purpose) for link in post.sent()] == [(with_mail, "activation")]


def test_a_unit_of_many_is_done_in_batches_and_a_batch_that_is_met_twice_sends_once(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(links, "AT_ONCE", 2)
    unit = build.unit()
    people = [mailed(build.person(unit_id=unit), f"p{number}@example.go.id") for number in range(5)]
    links.send_activations(unit, by=WHOLE)
    payloads = list(db.session.scalars(select(Job.payload).where(Job.kind == links.ACTIVATION_JOB)))
    service.activate(*_coded(people[4]), NEW, address="::1")  # meanwhile she used a code

    for payload in payloads * 2:
        links.run_activation(payload)

    assert (len(payloads), sorted(link.person_id for link in post.links)) == (3, people[:4])


def _coded(person_id: int) -> tuple[str, str]:
    return db.session.scalars(select(Person.nip).where(Person.id == person_id)).one(), codes.issue_for_person(person_id)


@pytest.mark.parametrize(("person", "email", "expected"), [
    ({}, None, "email-missing"), ({"active": False}, MAIL, "person-inactive"), ({"password": PASSWORD}, MAIL, "password-set"),
    ({"role": "admin"}, MAIL, "code-above-you"),
])
def test_a_link_for_a_first_password_is_refused_with_a_reason(
    app: Flask, post: Post, person: dict[str, object], email: str | None, expected: str,
) -> None:
    number = build.person("Budi", **person)  # type: ignore[arg-type]
    if email:
        mailed(number, email)
    path = db.session.scalars(select(Person.unit_id).where(Person.id == number)).one()

    with pytest.raises(Refused, match=expected):
        links.send_activation(number, by=(Granted("admin", f"/{path}/"),))
    assert post.links == []


def test_an_administrator_of_one_unit_makes_no_key_to_those_who_may_do_more(app: Flask, post: Post) -> None:
    unit = build.unit()
    path = f"/{unit}/"
    plain, above = build.person("Ani", unit_id=unit), build.person("Budi", unit_id=unit, role="admin")
    trainer, leader = build.person("Caca", unit_id=unit, role="trainer"), build.person("Doni", unit_id=unit, role="supervisor")
    own = (Granted("admin", path),)

    for number in (above, trainer):
        with pytest.raises(Refused, match="code-above-you"):
            codes.issue_for_person(number, by=own)
    codes.issue_for_person(leader, by=own)
    names = [person.name for one in codes.issue_for_unit(unit, by=own) for person in one.people]

    assert (sorted(codes.waiting(unit, WHOLE)), names) == ([plain, above, trainer, leader], ["Ani", "Doni"])


def test_an_administrator_sends_links_from_the_pages_of_a_person_and_of_a_unit(
    app: Flask, post: Post, sign_in: Callable[[int], InspectingClient],
) -> None:
    agus = build.person("Agus", role="admin", password=PASSWORD)
    unit = build.unit()
    ani, budi = mailed(build.person("Ani", unit_id=unit)), build.person("Budi", unit_id=unit)
    browser = sign_in(agus)
    browser.set_cookie("lang", "en")

    one = browser.send(f"/people/{ani}/account", f"/people/{ani}/link")
    none = browser.send(f"/people/{ani}/account", f"/people/{budi}/link")
    said = words(browser.get(none.location or "").get_data(as_text=True))
    clock.advance(timedelta(minutes=1))
    page = words(browser.send("/people/codes/", unit_id=str(unit), way="mail").get_data(as_text=True))

    assert (one.status_code, [link.person_id for link in post.sent()]) == (303, [ani, ani])
    assert "No mail address is recorded for this person." in said
    assert "1 link is on its way" in page
    assert ("Budi" in page, "Ani" in page) == (True, False)


def test_the_form_says_how_many_wait_for_a_code_in_each_unit_and_below(app: Flask, sign_in: Callable[[int], InspectingClient]) -> None:
    office = build.unit("Dinas")
    below = build.unit("Seksi", parent=office)
    for place, active in ((office, True), (below, True), (below, False)):
        build.person(unit_id=place, active=active)
    browser = sign_in(build.person("Agus", role="admin", password=PASSWORD, unit_id=office))

    page = BeautifulSoup(browser.get("/people/codes/").data, "html.parser")

    assert [option.text for option in page.select("#unit_id option")] == ["(2) Dinas", "(1) – Seksi"]


def test_an_administrator_of_another_unit_knows_of_nobody_here(
    app: Flask, post: Post, sign_in: Callable[[int], InspectingClient],
) -> None:
    ani, away = mailed(build.person("Ani", unit_id=build.unit())), build.unit()
    other = build.person("Agus", unit_id=away)
    with transaction():
        grants.add(other, "admin", unit_id=away)
        db.session.add(ProviderAccount(issuer="i", subject="s", person_id=ani, linked_at=clock.now()))
    browser = sign_in(other)
    token = browser.token("/people/codes/")

    answers = [browser.post(f"/people/{ani}/{act}", data={"csrf_token": token}).status_code for act in ("link", "code", "provider")]

    assert (answers, post.sent()) == ([404, 404, 404], [])
    assert len(db.session.scalars(select(ProviderAccount)).all()) == 1


def test_slips_of_codes_say_what_to_do_and_until_when(app: Flask) -> None:
    build.person("Ani <b>", unit_id=build.unit("Dinas {{7*7}}"), nip=NIP)
    lists = codes.issue(db.session.scalars(select(Person.id)).all())

    with app.test_request_context():
        page = codes_file(lists).decode()

    assert lists[0].people[0].code in page
    assert "19900101 201501 2 001" in words(page)
    assert "localhost/activate" in page
    assert "17 Maret 2026" in page
    assert "Dinas {{7*7}}" in page
    assert "<b>" not in page


@pytest.mark.parametrize("written", ["{0}", "{0} ", "{1}", " {2}"])
def test_a_code_is_typed_as_it_comes(app: Flask, written: str) -> None:
    budi = build.person(nip=NIP)
    code = codes.issue_for_person(budi)

    assert not set(code.replace("-", "")) & set("01IO")
    assert service.activate(NIP, written.format(code, code.lower(), code.replace("-", " ")), NEW, address="::1") == budi


def test_a_code_in_place_of_a_forgotten_password_tells_her_and_ends_her_sign_ins(
    app: Flask, sari: int, visitor: InspectingClient, post: Post, sign_in: Callable[[int], InspectingClient],
) -> None:
    thief = sign_in(sari)
    code = codes.issue_for_person(sari, by=WHOLE)
    still = build.signed_in(app, NIP, PASSWORD)

    service.activate(NIP, code, NEW, address="::1")

    assert (still, thief.get("/password").status_code) == (sari, 302)
    assert post.news == [AccountChanged(sari, "code-made"), AccountChanged(sari, "password")]
    assert build.signed_in(app, NIP, NEW) == sari


def test_guessing_codes_for_a_colleague_does_not_keep_her_from_using_hers(sari: int) -> None:
    code = codes.issue_for_person(sari)
    for number in range(40):
        with pytest.raises(Refused):
            service.activate(NIP, "AAAAA-AAAAA", NEW, address=f"10.0.0.{number % 3}")

    with pytest.raises(Refused, match="too-many-tries"):
        service.activate(NIP, code, NEW, address="10.0.0.1")
    assert service.activate(NIP, code, NEW, address="10.0.0.9") == sari


def test_a_new_address_is_hers_once_she_opens_the_link_and_the_old_one_is_told(
    sari: int, post: Post, sign_in: Callable[[int], InspectingClient],
) -> None:
    browser = sign_in(sari)
    asked = browser.send("/email", email="baru@example.go.id").status_code
    [link] = post.links
    before = db.session.scalars(select(Person.email).where(Person.id == sari)).one()
    browser.get(post.path())
    shown = words(browser.get("/link/").get_data(as_text=True))
    used = browser.send("/link/").status_code

    assert (asked, link.purpose, link.to, before, used) == (303, "email", "baru@example.go.id", MAIL, 303)
    assert "baru@example.go.id" in shown
    assert db.session.scalars(select(Person.email).where(Person.id == sari)).one() == "baru@example.go.id"
    assert post.news == [AccountChanged(sari, "email", to=MAIL)]
    entry = db.session.execute(select(AuditEntry.act, AuditEntry.actor_id, AuditEntry.detail).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert tuple(entry) == ("email.changed", sari, {"email": [MAIL, "baru@example.go.id"]})


def test_a15_a_link_for_an_address_works_once(sari: int, post: Post) -> None:
    links.ask_email(sari, "baru@example.go.id")
    token = post.links[0].address.rpartition("/")[2]
    links.confirm_email(token)
    mailed(sari, "lain@example.go.id")

    with pytest.raises(Refused, match="link-dead"):
        links.confirm_email(token)
    assert db.session.scalars(select(Person.email).where(Person.id == sari)).one() == "lain@example.go.id"


def test_a_link_for_an_address_sets_no_password_and_the_other_way_round(sari: int, visitor: InspectingClient, post: Post) -> None:
    with transaction():
        links.make(sari, "email", email="baru@example.go.id")
        links.make(sari, "reset")
    email, reset = (link.address.rpartition("/")[2] for link in post.links)

    with pytest.raises(Refused, match="link-dead"):
        links.set_password(email, NEW)
    with pytest.raises(Refused, match="link-dead"):
        links.confirm_email(reset)


@pytest.mark.parametrize("address", [
    "baru@example.go.id\r\nBcc: semua@example.go.id", "baru@example.go.id\nX: y", "Baru <baru@example.go.id>", "a@b.id, c@d.id", "baru@localhost",
])
def test_c34_no_header_is_smuggled_in_with_an_address(sari: int, post: Post, sign_in: Callable[[int], InspectingClient], address: str) -> None:
    browser = sign_in(sari)

    assert (browser.send("/email", email=address).status_code, post.links) == (422, [])
    with pytest.raises(Refused, match="email-wrong"):
        links.ask_email(sari, address)


@pytest.mark.parametrize("name", ["{{7*7}}", "{% raise %}", "${7*7}", "#{7*7}", "%(nip)s", "{0.__class__}", "<script>alert(1)</script>", "Budi\r\nSet-Cookie: a=b"])
def test_c18_a_name_stands_as_it_is_on_the_pages_of_links(app: Flask, visitor: InspectingClient, post: Post, name: str) -> None:
    mailed(build.person(name, nip=NIP, password=PASSWORD))
    forget(visitor)
    visitor.get(post.path())

    page = visitor.get("/link/").get_data(as_text=True)

    assert " ".join(name.split()) in words(page)
    assert "<script>alert" not in page


@pytest.mark.parametrize("target", [
    "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "/\tevil.example", "@evil.example", "javascript:alert(1)",
    "/\u3002/evil.example\u2028", "/" + "a" * 4000,
])
def test_c15_no_form_of_passwords_and_links_leads_away(
    app: Flask, sari: int, visitor: InspectingClient, post: Post, target: str,
) -> None:
    code = codes.issue_for_person(sari)
    activated = visitor.send("/activate", nip=NIP, code=code, new=NEW, again=NEW, next=target).location
    visitor.send("/password", "/logout")
    forget(visitor)
    visitor.get(post.path())
    by_link = visitor.send("/link/", new="sembilan ayam merah", again="sembilan ayam merah", next=target).location

    assert (activated, by_link) == ("/", "/")


def test_dead_links_are_swept_away_after_a_day(sari: int, visitor: InspectingClient, post: Post) -> None:
    forget(visitor)
    post.sent()
    clock.advance(timedelta(hours=2))
    links.sweep()
    kept = len(db.session.scalars(select(OneTimeLink)).all())
    clock.advance(timedelta(days=1))

    links.sweep()

    assert (kept, db.session.scalars(select(OneTimeLink)).all()) == (1, [])


def test_the_worker_knows_the_wishes_for_links(app: Flask) -> None:
    from lms import wiring

    assert (wiring.JOBS[links.RESET_JOB], wiring.JOBS[links.ACTIVATION_JOB]) == (links.run_reset, links.run_activation)
    assert jobs.run_due(wiring.JOBS) == 0
