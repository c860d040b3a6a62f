"""People of the demo city who are ready to be measured: signed in, enrolled, in the middle of a quiz."""

import http.client
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from lms import create_app
from lms.accounts import signins
from lms.assessment import service as assessment
from lms.assessment.models import AttemptItem, QuestionRevision
from lms.assessment.standing import place_for
from lms.base.db import db
from lms.base.jobs import Job
from lms.certificates import printing
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.config import Settings
from lms.learning import service as learning
from lms.learning.models import Enrolment
from lms.people.models import Grant, Person
from lms.people.rules import DEMO_SIGN_INS
from lms.web.content import catalog

MODULE = "pelayanan-prima"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Browser:
    """A signed-in browser: its cookies and the token for its forms."""

    person_id: int
    cookie: str
    token: str = ""


@dataclass(frozen=True)
class Answering:
    """An open attempt, a question of one choice in it, and the options of that question."""

    browser: Browser
    attempt_id: int
    position: int
    options: tuple[str, ...]
    version: int


@contextmanager
def inside(settings: Settings) -> Iterator[Flask]:
    """The program in this process, on the same database."""
    app = create_app(settings)
    with app.test_request_context():
        yield app
        db.session.remove()
    app.extensions["library"].stop()


def settle() -> None:
    """Wait until the worker has made the PDFs of the city's past; else they count among the pages."""
    due = select(func.count()).select_from(Job).where(Job.state.in_(("todo", "doing")), Job.kind == certificates.PDF_JOB)
    for _ in range(600):
        db.session.rollback()
        if not db.session.scalar(due):
            return
        time.sleep(0.5)
    raise RuntimeError("the worker has not finished its jobs within five minutes")


def demo_browser(name: str, count: int = 1) -> list[Browser]:
    """Browsers in which one of the demo's four people is signed in."""
    nip = next(nip for called, _role, nip in DEMO_SIGN_INS if called == name)
    person_id = db.session.scalars(select(Person.id).where(Person.nip == nip)).one()
    return [_signed_in(person_id) for _ in range(count)]


def newcomers(count: int) -> list[Browser]:
    """Learners who have begun no module yet."""
    begun = select(Enrolment.person_id)
    found = db.session.scalars(
        select(Person.id)
        .where(Person.id.not_in(select(Grant.person_id)), Person.active, Person.id.not_in(begun))
        .order_by(Person.id).limit(count)
    ).all()
    if len(found) < count:
        raise RuntimeError(f"the demo city has only {len(found)} people who began nothing; load it anew")
    return [_signed_in(person_id) for person_id in found]


def enrolled(browser: Browser, *, ready_for_quiz: bool) -> None:
    """Begin the module, and do all its lessons on demand."""
    learning.enrol(browser.person_id, MODULE)
    for lesson in catalog().modules[MODULE].lessons if ready_for_quiz else ():
        learning.open_lesson(browser.person_id, MODULE, lesson.id)
        learning.finish_lesson(browser.person_id, MODULE, lesson.id)


def answering(browser: Browser) -> Answering:
    """The browser in the middle of the final quiz."""
    enrolled(browser, ready_for_quiz=True)
    attempt_id = assessment.start(browser.person_id, place_for(catalog(), final_quiz(), module_id=MODULE, purpose="final"))
    row = db.session.execute(
        select(AttemptItem.position, AttemptItem.version, QuestionRevision.face)
        .join(QuestionRevision, QuestionRevision.hash == AttemptItem.revision_hash)
        .where(AttemptItem.attempt_id == attempt_id, QuestionRevision.type == "single").order_by(AttemptItem.position).limit(1)
    ).one()
    return Answering(browser, attempt_id, row.position, tuple(option["id"] for option in row.face["options"]), row.version)


def final_quiz() -> str:
    """The id of the module's final quiz."""
    quiz = catalog().modules[MODULE].quiz
    if quiz is None:
        raise RuntimeError(f"{MODULE} has no final quiz")
    return quiz


def a_certificate(browser: Browser) -> Certificate:
    """A certificate of this person, with its PDF made."""
    query = select(Certificate).where(Certificate.person_id == browser.person_id, Certificate.state == "issued").limit(1)
    certificate = db.session.scalars(query).one()
    printing.pdf_of(certificate)
    return certificate


def with_token(browser: Browser, port: int, page: str) -> Browser:
    """The browser after it has loaded a page with a form."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", page, headers={"Cookie": browser.cookie})
    answer = connection.getresponse()
    found = TOKEN.search(answer.read().decode())
    connection.close()
    if found is None:
        raise RuntimeError(f"{page}: {answer.status}, no form")
    cookies = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", [])]
    return replace(browser, cookie="; ".join([browser.cookie, *cookies] if browser.cookie else cookies), token=found[1])


def known_to(browser: Browser, port: int, fields: Mapping[str, str]) -> Browser:
    """The browser after a person has signed in with it once and out again: her next sign-in is no news to her."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", urlencode(fields), headers)
    answer = connection.getresponse()
    connection.close()
    [known] = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []) if one.startswith("known=")]
    return replace(browser, cookie=f"{browser.cookie}; {known}")


def with_cookie(port: int, page: str) -> str:
    """The cookies that a page sets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", page)
    answer = connection.getresponse()
    connection.close()
    return "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []))


def _signed_in(person_id: int) -> Browser:
    return Browser(person_id, f"{signins.cookie_name()}={signins.begin(person_id)}")
