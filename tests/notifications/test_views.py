"""The bell, my notices, how I want to be told, and the outgoing mail."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db
from lms.notifications import queries, sending
from lms.notifications.kinds import KINDS
from lms.notifications.models import Mail, Notice
from lms.notifications.service import To, notify, notify_many
from lms.people.models import Person
from lms.rosters import service as rosters
from tests import build
from tests.inspecting import InspectingClient, words
from tests.notifications.post import Postman, reachable

SignIn = Callable[[int], InspectingClient]
MARKED: Mapping[str, Any] = {"quiz": "Kuis Contoh", "attempt": 7}


def english(browser: InspectingClient) -> InspectingClient:
    browser.set_cookie("lang", "en")
    return browser


def page(browser: InspectingClient, address: str) -> BeautifulSoup:
    return BeautifulSoup(browser.get(address).get_data(as_text=True), "html.parser")


def bell(browser: InspectingClient) -> str:
    """What the bell says on some page."""
    tool = page(browser, "/modules/").select_one('.tools a[href="/notices/"]')
    assert tool is not None
    return words(str(tool))


@pytest.fixture
def sari(app: Flask) -> int:
    return reachable()


@pytest.fixture
def hers(sari: int, sign_in: SignIn) -> InspectingClient:
    return english(sign_in(sari))


@pytest.fixture
def office(app: Flask, sign_in: SignIn) -> InspectingClient:
    """An administrator's browser."""
    return english(sign_in(build.person("Agus Saragih", role="admin")))


def test_the_bell_says_how_many_are_new(sari: int, hers: InspectingClient) -> None:
    before = bell(hers)
    notify_many("attempt.marked", [To(sari, MARKED)] * 3)

    assert (before, bell(hers)) == ("Notices", "3 Notices, 3 new")


def test_the_bell_stays_small_for_many(sari: int, hers: InspectingClient) -> None:
    notify_many("attempt.marked", [To(sari, MARKED)] * 120)

    assert bell(hers) == "99+ Notices, 120 new"


def test_the_bell_costs_no_query(sari: int, hers: InspectingClient, assert_queries: Callable[[int], Any]) -> None:
    notify(sari, "attempt.marked", **MARKED)
    hers.get("/notices/preferences")

    with assert_queries(3):  # the reader, her wishes, her address
        hers.get("/notices/preferences")


def test_my_notices_stand_newest_first_and_only_mine(sari: int, hers: InspectingClient) -> None:
    notify(sari, "attempt.marked", quiz="Pertama", attempt=1)
    notify(sari, "attempt.marked", quiz="Kedua <b>x</b> {{7*7}} %(quiz)s", attempt=2)
    notify(build.person("Rini"), "attempt.marked", quiz="Rahasia", attempt=3)

    titles = [button.get_text() for button in page(hers, "/notices/").select(".notices button.t")]

    assert titles == ["Your answers in Kedua <b>x</b> {{7*7}} %(quiz)s are marked.", "Your answers in Pertama are marked."]


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_as_many_queries_for_one_as_for_many(
    sari: int, hers: InspectingClient, assert_queries: Callable[[int], Any], count: int,
) -> None:
    notify_many("attempt.marked", [To(sari, MARKED)] * count)
    hers.get("/notices/")

    with assert_queries(3):  # the reader, the count, the page
        hers.get("/notices/")


def test_a_page_holds_twenty_five(sari: int, hers: InspectingClient) -> None:
    notify_many("attempt.marked", [To(sari, MARKED)] * 30)

    assert [len(page(hers, f"/notices/?page={number}").select(".notices > li")) for number in (1, 2, 3)] == [25, 5, 0]


def test_opening_one_marks_it_as_read_and_leads_to_its_page(sari: int, hers: InspectingClient) -> None:
    notify_many("attempt.marked", [To(sari, MARKED)] * 2)
    number = db.session.scalars(select(Notice.id).order_by(Notice.id)).first()

    response = hers.send("/notices/", f"/notices/{number}/open")

    assert (response.status_code, response.location, bell(hers)) == (303, "/attempts/7/review/", "1 Notices, 1 new")


def test_one_or_all_can_be_marked_as_read(sari: int, hers: InspectingClient) -> None:
    notify_many("attempt.marked", [To(sari, MARKED)] * 3)
    number = db.session.scalars(select(Notice.id)).first()

    hers.send("/notices/", f"/notices/{number}/read")
    after_one = bell(hers)
    hers.send("/notices/", "/notices/read")

    assert (after_one, bell(hers), len(page(hers, "/notices/").select(".unread"))) == ("2 Notices, 2 new", "Notices", 0)


@pytest.mark.parametrize("act", ["open", "read"])
def test_somebody_elses_notice_is_not_found(sari: int, hers: InspectingClient, sign_in: SignIn, act: str) -> None:
    notify(sari, "attempt.marked", **MARKED)
    number = db.session.scalar(select(Notice.id))
    rini = sign_in(build.person("Rini"))

    response = rini.send("/notices/preferences", f"/notices/{number}/{act}")

    assert (response.status_code, bell(hers)) == (404, "1 Notices, 1 new")


def test_without_notices_the_page_says_what_will_stand_there(hers: InspectingClient) -> None:
    assert "No notices" in words(hers.get("/notices/").get_data(as_text=True))


def test_a_notice_of_a_kind_that_is_no_more_is_left_out(sari: int, hers: InspectingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    notify(sari, "attempt.marked", **MARKED)
    monkeypatch.delitem(KINDS, "attempt.marked")  # type: ignore[arg-type]

    assert hers.get("/notices/").status_code == 200


def test_i_choose_how_i_am_told(sari: int, hers: InspectingClient) -> None:
    wishes = {f"channel-{name}": "off" for name in KINDS} | {"channel-quiz.closing": "now", "language": "en"}

    hers.send("/notices/preferences", **wishes)

    checked = {str(field["name"]): field["value"] for field in page(hers, "/notices/preferences").select("form.stack input[checked]")}
    offered = {name for name, kind in KINDS.items() if not kind.mandatory and not kind.needs}
    assert checked == {name: value for name, value in wishes.items() if name == "language" or name.removeprefix("channel-") in offered}


def test_nobody_is_offered_what_she_is_never_told_of(hers: InspectingClient, office: InspectingClient) -> None:
    offered = [bool(page(browser, "/notices/preferences").select('input[name="channel-request.made"]')) for browser in (hers, office)]

    assert offered == [False, True]


@pytest.mark.parametrize("sent", [{"channel-attempt.marked": "pigeon"}, {"channel-no.such": "off"}, {"language": "nl"}, {}])
def test_a_wish_that_is_none_changes_nothing(sari: int, hers: InspectingClient, sent: dict[str, str]) -> None:
    defaults = queries.channels(sari)

    response = hers.send("/notices/preferences", **sent)

    assert (response.status_code, queries.channels(sari), queries.address_and_language(sari)[1]) == (303, defaults, "")


def test_the_page_says_where_mail_goes_or_why_none_comes(app: Flask, sign_in: SignIn, hers: InspectingClient, postman: Postman) -> None:
    no_address = english(sign_in(build.person("Rini")))

    assert "Mail goes to sari@example.go.id" in words(hers.get("/notices/preferences").get_data(as_text=True))
    assert "No e-mail address of yours is recorded" in words(no_address.get("/notices/preferences").get_data(as_text=True))


def test_without_a_server_both_pages_say_so(hers: InspectingClient, office: InspectingClient) -> None:
    assert "This installation sends no mail at present." in words(hers.get("/notices/preferences").get_data(as_text=True))
    assert "No mail server is set" in words(office.get("/notices/outbox").get_data(as_text=True))


def refused(postman: Postman, *people: int) -> None:
    """Mail to these people that the server refuses for good."""
    for person_id in people:
        notify(person_id, "attempt.marked", **MARKED)
    postman.answers["RCPT"] = ["550 5.1.1 No such user"] * len(people)
    sending.send_due()


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Mail.state).order_by(Mail.id)))


def test_the_outbox_says_what_could_not_be_sent_and_why(sari: int, office: InspectingClient, postman: Postman) -> None:
    refused(postman, sari)

    text = words(office.get("/notices/outbox").get_data(as_text=True))

    assert "The mail server refused this mail for good. Check the address. 550 5.1.1 No such user" in text
    assert "Sari Damanik sari@example.go.id" in text
    assert queries.counts() == {"dead": 1, "waiting": 0, "sent": 0, "dropped": 0, "today": 0}


def test_a_dead_mail_is_sent_again(sari: int, office: InspectingClient, postman: Postman) -> None:
    refused(postman, sari)
    number = db.session.scalar(select(Mail.id))

    office.send("/notices/outbox", f"/notices/outbox/{number}/again")
    sending.send_due()

    assert (states(), postman.recipients) == (["sent"], ["sari@example.go.id"])
    acts = db.session.execute(select(AuditEntry.act, AuditEntry.about_id, AuditEntry.subject)).all()
    assert ("mail.again", sari, f"mail:{number}") in [tuple(row) for row in acts]


def test_a_dead_mail_with_a_link_cannot_be_sent_again(sari: int, office: InspectingClient, postman: Postman) -> None:
    notify(sari, "account.reset", link="https://belajar.example.go.id/x", until=clock.now() + timedelta(minutes=30))
    postman.answers["RCPT"] = ["550 no"]
    sending.send_due()
    number = db.session.scalar(select(Mail.id))

    response = office.send("/notices/outbox", f"/notices/outbox/{number}/again")
    shown = words(office.get(response.location).get_data(as_text=True))

    assert states() == ["dead"]
    assert "This mail held a one-time link, which is no longer kept." in shown


def test_all_dead_mail_of_a_kind_is_sent_again_or_dropped(app: Flask, office: InspectingClient, postman: Postman) -> None:
    people = [reachable(f"Orang {number}", f"orang{number}@example.go.id") for number in range(3)]
    refused(postman, *people)

    office.send("/notices/outbox", "/notices/outbox/again", kind="certificate.issued")
    untouched = states()
    office.send("/notices/outbox", "/notices/outbox/again", kind="attempt.marked")
    again = states()
    office.send("/notices/outbox?state=waiting", "/notices/outbox/drop", state="waiting", kind="")

    assert (untouched, again, states()) == (["dead"] * 3, ["todo"] * 3, ["dropped"] * 3)


def test_a_mail_that_waits_can_be_dropped_and_one_that_is_sent_cannot(sari: int, office: InspectingClient, postman: Postman) -> None:
    notify(sari, "attempt.marked", **MARKED)
    sending.send_due()
    notify(sari, "attempt.marked", **MARKED)
    sent, waiting = db.session.scalars(select(Mail.id).order_by(Mail.id))

    office.send("/notices/outbox", f"/notices/outbox/{sent}/drop")
    office.send("/notices/outbox", f"/notices/outbox/{waiting}/drop")

    assert states() == ["sent", "dropped"]


def test_an_auditor_sees_the_outbox_and_changes_nothing(sari: int, sign_in: SignIn, office: InspectingClient, postman: Postman) -> None:
    refused(postman, sari)
    number = db.session.scalar(select(Mail.id))
    auditor = english(sign_in(build.person("Rini", role="auditor")))

    buttons = page(auditor, "/notices/outbox").select("main form[method=post]")
    response = auditor.send("/notices/preferences", f"/notices/outbox/{number}/drop")

    assert (buttons, response.status_code, states()) == ([], 403, ["dead"])


@pytest.mark.parametrize("state", ["dead", "waiting", "sent", "dropped", "no-such", ""])
@pytest.mark.parametrize("kind", ["attempt.marked", "digest", "no-such", ""])
def test_every_filter_has_a_page(sari: int, office: InspectingClient, state: str, kind: str) -> None:
    notify(sari, "attempt.marked", **MARKED)

    assert office.get(f"/notices/outbox?state={state}&kind={kind}&page=2").status_code == 200


@pytest.mark.parametrize("count", [1, 4])
def test_the_outbox_takes_as_many_queries_for_one_as_for_many(
    app: Flask, office: InspectingClient, postman: Postman, assert_queries: Callable[[int], Any], count: int,
) -> None:
    refused(postman, *(reachable(f"Orang {number}", f"orang{number}@example.go.id") for number in range(count)))
    office.get("/notices/outbox")

    with assert_queries(7):  # reader, who read it today, two of the list, two of the figures, the server
        office.get("/notices/outbox")


def test_the_outbox_says_since_when_the_server_fails(sari: int, office: InspectingClient, postman: Postman) -> None:
    notify(sari, "attempt.marked", **MARKED)
    postman.answers["MAIL"] = ["451 4.3.2 closed for maintenance"]
    sending.send_due()

    text = words(office.get("/notices/outbox").get_data(as_text=True))

    assert "Since 10 March 2026 09:00 WIB; the next try is at 09:01." in text
    assert "451 4.3.2 closed for maintenance" in text


def test_an_import_of_new_people_mails_nobody(app: Flask, postman: Postman, tmp_path: Path) -> None:
    build.unit("Dinas Kesehatan", code="dinkes")
    rows = "".join(f"19860926201505{1000 + number};Orang {number};dinkes;orang{number}@example.go.id\n" for number in range(1, 31))
    (tmp_path / "people.csv").write_text(f"nip;nama;unit kerja;surel\n{rows}", "utf-8")

    outcome = rosters.run(tmp_path / "people.csv", "people")
    sending.send_due()

    assert (outcome.done, len(db.session.scalars(select(Person.email).where(Person.email.is_not(None))).all())) == (True, 30)
    assert (db.session.scalars(select(Mail)).all(), db.session.scalars(select(Notice)).all(), postman.got) == ([], [], [])
