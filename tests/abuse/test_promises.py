"""What the program promises beyond its pages: no call to the outside, what it is made of, who set it up, what a search and a verifier may learn."""

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.metadata import requires
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import service as accounts
from lms.assessment import queries
from lms.base import clock
from lms.base.db import db
from lms.base.errors import Refused
from lms.cli import main
from lms.people.models import Grant
from tests import build
from tests.assessment.build import JP, SAPA, answer, begun, quiz, serve, studied
from tests.house.test_routes import address, opens_to, rules
from tests.house.town import ROLES, SignIn, Town, ask
from tests.inspecting import InspectingClient

REPOSITORY = Path(__file__).parents[2]
NIP, PASSWORD = "198004042006041004", "tujuh gajah biru"
LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address outside this machine that anybody tries to reach."""
    found: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, where: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(where, tuple) and where[0] not in LOCAL:
            found.append(where)
            raise OSError("nothing leaves this machine")
        connect(self, where)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", watched)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_d08_no_page_calls_anybody_outside(app: Flask, town: Town, called: list[object], role: str) -> None:
    pages = [address(rule, town) for rule in rules(app) if "GET" in (rule.methods or ()) and opens_to(role, rule.endpoint)]

    for page in pages:
        ask(town.browsers[role], "GET", page)

    assert len(pages) > 15
    assert called == []


def test_a25_there_is_no_way_in_before_somebody_set_it_up_and_only_one_may(app: Flask) -> None:
    def found(number: int) -> str:
        with app.app_context():
            try:
                accounts.found_agency(unit=f"BKPSDM {number}", nip=f"19800404200604100{number}", name="Agus", password=PASSWORD)
            except Refused as refused:
                return refused.code
            finally:
                db.session.remove()
            return "founded"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(found, range(1, 5)))

    assert answers == ["already-initialised"] * 3 + ["founded"]
    assert db.session.scalar(select(func.count()).where(Grant.role == "admin")) == 1
    assert not any("init" in rule.rule or "setup" in rule.rule for rule in rules(app))


def test_b19_no_search_finds_what_an_answer_key_says(app: Flask, town: Town) -> None:
    key = "Warga datang dua kali"
    browser = town.browsers["learner"]

    answers = {page: ask(browser, "GET", page, query_string={"q": key}) for page in ("/modules/", "/certificates/")}
    found = [page for page, answer in answers.items() if BeautifulSoup(answer.data, "html.parser").find(class_="card", string=re.compile(key))]

    assert ask(browser, "GET", "/modules/", query_string={"q": "Menyapa"}).status_code == 200
    assert found == []


def test_d06_every_package_is_pinned_and_listed_with_its_licence(app: Flask) -> None:
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()}
    wanted = {re.split(r"[\[<>=!~; ]", line)[0].lower().replace("_", "-") for line in requires("simpul") or ()}

    listed = CliRunner().invoke(main, ["doctor", "--licences", "--json"])

    assert wanted - pinned == set()
    names = {part["name"].lower().replace("_", "-") for part in json.loads(listed.output)["components"]}
    assert {"flask", "weasyprint", "sqlalchemy"} <= names
    assert all(part.get("licenses") for part in json.loads(listed.output)["components"])


def test_d14_whoever_finds_a_weakness_reads_where_to_report_it_and_how_soon_it_is_mended() -> None:
    text = (REPOSITORY / "SECURITY.md").read_text("utf-8")

    assert all(words in text for words in ("48 hours", "72 hours", "14 days", "LMS_PRIVACY_CONTACT"))


def test_k12_the_verification_page_is_kept_out_of_search_engines_and_asks_nobody_else(client: InspectingClient, town: Town) -> None:
    response = client.get(f"/verify/{town.values['serial']}")
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")

    loaded = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "img", "link", "iframe"])]
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert [one for one in loaded if str(one).startswith(("http", "//"))] == []


@pytest.mark.parametrize("query", ["next=//evil.example", "url=https://evil.example", "code=//evil.example", "redirect=https://evil.example"])
def test_k14_the_address_in_the_qr_code_leads_nowhere_else(client: InspectingClient, town: Town, query: str) -> None:
    answers = [client.get(f"/verify/{town.values['serial']}?{query}"), client.get(f"/verify/?{query}")]

    assert all((answer.location or "/verify/").startswith("/verify/") for answer in answers)
    assert answers[0].status_code == 200


def test_q08_the_clock_of_the_learners_device_is_never_asked(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz(time_limit=timedelta(minutes=30)))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    deadline = queries.sheet(attempt_id).deadline
    browser = sign_in(sari)
    lies = {"now": "1999-01-01T00:00:00Z", "elapsed": "1", "deadline": "2099-01-01", "saved_at": "1999-01-01", "time": "0"}

    page = f"/attempts/{attempt_id}/"
    browser.post(f"{page}answers/", data={"csrf_token": browser.token(page), "q1-version": "0", "q1-option": "sapa", **lies},
                 headers={"Date": "Fri, 01 Jan 1999 00:00:00 GMT"})
    clock.advance(timedelta(minutes=20))
    browser.post(f"{page}submit/", data={"csrf_token": browser.token(page), **lies})

    sheet = queries.sheet(attempt_id)
    assert (sheet.deadline, sheet.submitted_at, sheet.ended) == (deadline, clock.now(), "submitted")
    assert queries.items(attempt_id)[0].saved_at == clock.now() - timedelta(minutes=20)


def test_q13_closing_the_device_gives_no_time(app: Flask) -> None:
    serve(app, quiz(time_limit=timedelta(minutes=10)))
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    answer(attempt_id, sari, 1, SAPA)
    deadline = queries.sheet(attempt_id).deadline

    clock.advance(timedelta(minutes=11))

    with pytest.raises(Refused, match="attempt-over"):
        answer(attempt_id, sari, 2, JP)
    assert queries.sheet(attempt_id).deadline == deadline
