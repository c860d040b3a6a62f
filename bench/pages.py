"""The pages and acts that are measured, each as a batch of requests that a round sends."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

from bench import city, load
from lms.people.rules import DEMO_PASSWORD, DEMO_SIGN_INS
from lms.web.content import catalog

Batch = Callable[[], int]  # sends its requests, gives how many units of work they were
ROUNDS = 5
LINES = 32
ACTS_A_ROUND = 4
FOUND = frozenset({303})


@dataclass(frozen=True)
class Page:
    """One line of the results; `most` is its target as a ratio to the floor, `makers` what 1, 8 and 32 connections send."""

    key: str
    title: str
    most: float
    batch: Batch
    makers: tuple[load.Maker, ...] = ()


def all_pages(port: int) -> list[Page]:
    """Every page, with the people it needs; call it inside the program."""
    sari, agus = city.demo_browser("Sari", LINES), city.demo_browser("Agus", LINES)
    module = catalog().modules["komunikasi-efektif"]
    certificate = city.a_certificate(sari[0])
    new = iter(city.newcomers(LINES + 1 + 2 * ROUNDS * ACTS_A_ROUND))
    lesson = f"/modules/{module.id}/{module.lessons[1].id}/"
    return [
        _reading(port, "lesson", "Lesson page", 1.5, lesson, sari),
        _reading(port, "home", "Home", 2.5, "/", sari),
        _answers(port, [next(new) for _ in range(LINES)]),
        _lessons_done(port, [next(new) for _ in range(ROUNDS * ACTS_A_ROUND)]),
        _attempts(port, [next(new) for _ in range(ROUNDS * ACTS_A_ROUND)]),
        _reading(port, "team", "Team, 50 rows of 600", 6, "/team/", agus, batch=40),
        _reading(port, "download", "Stored certificate", 1.5, f"/certificates/{certificate.serial}.pdf", sari),
        _reading(port, "verify", "Public verification", 1.5, f"/verify/{certificate.serial}", [city.Browser(0, "")] * LINES),
        _sign_ins(port),
    ]


def _reading(port: int, key: str, title: str, most: float, path: str, browsers: list[city.Browser], *, batch: int = 150) -> Page:
    makers = tuple(load.same(load.get(path, browser.cookie)) for browser in browsers)
    return Page(key, title, most, lambda: len(load.run(port, makers[:1], batch)), makers)


def _answers(port: int, browsers: list[city.Browser]) -> Page:
    makers = tuple(_answering(port, city.answering(browser)) for browser in browsers)
    return Page("answer", "One answer saved", 2, lambda: len(load.run(port, makers[:1], 100)), makers)


def _answering(port: int, one: city.Answering) -> load.Maker:
    """Chooses another option each time, so that every request is a write."""
    browser = city.with_token(one.browser, port, f"/attempts/{one.attempt_id}/")
    version = one.version

    def make(_answer: bytes) -> bytes:
        nonlocal version
        prefix = f"q{one.position}-"
        fields = {"csrf_token": browser.token, f"{prefix}version": str(version), f"{prefix}option": one.options[version % 2]}
        version += 1
        return load.post(f"/attempts/{one.attempt_id}/answers/", browser.cookie, fields, json=True)

    return make


def _lessons_done(port: int, browsers: list[city.Browser]) -> Page:
    for browser in browsers:
        city.enrolled(browser, ready_for_quiz=False)
    ready = iter([city.with_token(browser, port, "/") for browser in browsers])
    lessons = [lesson.id for lesson in catalog().modules[city.MODULE].lessons]

    def batch() -> int:
        for _ in range(ACTS_A_ROUND):
            browser = next(ready)
            addresses = iter(f"/modules/{city.MODULE}/{lesson}/done/" for lesson in lessons)
            load.run(port, [_forms(browser, addresses)], len(lessons), statuses=FOUND)
        return ACTS_A_ROUND * len(lessons)

    return Page("done", "Lesson marked as done", 2, batch)


def _forms(browser: city.Browser, addresses: Iterator[str]) -> load.Maker:
    return lambda _answer: load.post(next(addresses), browser.cookie, {"csrf_token": browser.token})


def _attempts(port: int, browsers: list[city.Browser]) -> Page:
    for browser in browsers:
        city.enrolled(browser, ready_for_quiz=True)
    ready = iter([city.with_token(browser, port, "/") for browser in browsers])
    questions = catalog().quizzes[city.final_quiz()].drawn

    def batch() -> int:
        for _ in range(ACTS_A_ROUND):
            conversation = _conversation(next(ready))
            next(conversation)
            load.run(port, [conversation.send], questions + 4, statuses=FOUND | {200})
        return ACTS_A_ROUND

    return Page("attempt", f"Attempt of {questions}: start, answers, submit, review", 25, batch)


def _conversation(browser: city.Browser) -> Generator[bytes, bytes, None]:
    """Start, the page of questions, an answer to each on its own, submit, review."""
    module, quiz = city.MODULE, city.final_quiz()
    start = {"csrf_token": browser.token, "module": module, "purpose": "final"}
    yield b""
    answer = yield load.post(f"/quizzes/{quiz}/", browser.cookie, start)
    address = answer.lower().partition(b"\r\nlocation:")[2].split(b"\r\n", 1)[0].strip().decode()
    page = yield load.get(address, browser.cookie)
    for article in BeautifulSoup(page.partition(b"\r\n\r\n")[2], "html.parser").select("[data-question]"):
        yield load.post(f"{address}answers/", browser.cookie, {"csrf_token": browser.token, **_filled(article)}, json=True)
    yield load.post(f"{address}submit/", browser.cookie, {"csrf_token": browser.token})
    yield load.get(f"{address}review/", browser.cookie)


def _filled(article: Tag) -> dict[str, str]:
    """The question's fields with the first thing that can be chosen or a word that can be typed."""
    fields: dict[str, str] = {}
    for field in article.find_all(["input", "select", "textarea"]):
        name, value = str(field.get("name", "")), _value(field)
        if name and not name.endswith("-flag"):
            fields.setdefault(name, value)
    return fields


def _value(field: Tag) -> str:
    if field.name == "select":
        return next((str(option["value"]) for option in field.find_all("option") if option.get("value")), "")
    if field.name == "input" and field.get("type") in {"radio", "checkbox", "hidden"}:
        return str(field.get("value", ""))
    return "7"


def _sign_ins(port: int) -> Page:
    """Twenty a round: a stranger's address may try two hundred times in a quarter of an hour."""
    browser = city.with_token(city.Browser(0, ""), port, "/login")
    fields: Mapping[str, Any] = {"csrf_token": browser.token, "nip": DEMO_SIGN_INS[0][2], "password": DEMO_PASSWORD}
    browser = city.known_to(browser, port, fields)
    maker = load.same(load.post("/login", browser.cookie, fields))
    return Page("sign_in", "Sign in, without the password hash", 2, lambda: len(load.run(port, [maker], 20, statuses=FOUND)))
