"""Every page of every role, on a phone and on a desk, by day and by night."""

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType

import pytest
from playwright.sync_api import Browser

from tests.journeys import answering, studying
from tests.journeys.city import MODULES, City
from tests.journeys.conftest import sign_in
from tests.journeys.looking import Eye

MODULE, OTHER, WAITING = MODULES[0], MODULES[3], "survei-kepuasan"
ESSAY_QUIZ, ESSAY_LESSON = "survei-kepuasan-perbaikan", "perbaikan"
LEARNER = (
    "/", "/modules/", "/modules/?q=tidak-ada", f"/modules/{MODULE}/", f"/modules/{OTHER}/", f"/modules/{MODULE}/dari-sisi-warga/",
    f"/modules/{WAITING}/menghitung/", "/password", "/certificates/", "/certificates/{serial}/",
    f"/quizzes/{MODULE}/", f"/quizzes/{OTHER}/", "/attempts/{open}/", "/attempts/{open}/summary/", "/attempts/{ended}/review/",
    "/attempts/{waiting}/review/", f"/quizzes/{MODULE}-dari-sisi-warga/?module={MODULE}&purpose=practice&lesson=dari-sisi-warga",
)
TRAINER = (
    "/", "/modules/", f"/modules/{MODULE}/", f"/modules/{MODULE}/dari-sisi-warga/", "/content/", "/marking/", "/marking/{item}/",
    f"/modules/{MODULE}/results/", f"/modules/{MODULE}/results/questions/", f"/modules/{MODULE}/results/{{enrolment}}/",
    *(f"/quizzes/{module}/preview/?seed=1" for module in MODULES), "/attempts/{ended}/review/",
)
SUPERVISOR = ("/", "/modules/", f"/modules/{MODULE}/", "/team/", "/team/?q=nobody", "/team/{person}/", "/certificates/",
              "/certificates/{serial}/")
ADMIN = ("/", "/modules/", "/team/", "/certificates/{serial}/", "/people/", "/people/{person}/", "/people/import/", "/people/codes/",
         "/content/")
STRANGER = ("/login", "/activate", "/verify/", "/verify/{serial}")
PAGES = [(name, path) for name, paths in (
    ("Dewi", LEARNER), ("Budi", TRAINER), ("Wati", SUPERVISOR), ("Agus", ADMIN), ("", STRANGER)) for path in paths]
MISSING = [("", "/verify/XD4FJHCRDCY5X857TXBB", 404), ("Dewi", "/modules/tidak-ada/", 404), ("Dewi", "/team/", 403),
           ("Dewi", f"/modules/{MODULE}/tidak-ada/", 404)]
NOT_PAGES = re.compile(r"/static/|/media/|/healthz|\.(pdf|csv|xlsx|zip)$")
Values = MappingProxyType[str, object]


@pytest.fixture(scope="module")
def values(city: City) -> Values:
    """Dewi has a certificate, an open attempt and an essay that waits; the numbers that addresses need."""
    dewi = city.people["Dewi"]
    serial = studying.certificate_of(city, dewi, MODULE)
    _caller, open_attempt = studying.with_open_attempt(city, dewi, OTHER)
    waiting = _hand_in_essay(city)
    ended, enrolment = city.rows(
        "SELECT id, enrolment_id FROM attempts WHERE person_id = ? AND module_id = ? AND state = 'graded'", dewi.id, MODULE)[0]
    return MappingProxyType({
        "serial": serial, "open": open_attempt,
        "waiting": waiting, "ended": ended, "enrolment": enrolment, "person": dewi.id,
        "item": city.rows("SELECT item.id FROM attempt_items AS item JOIN question_revisions AS revision"
                          " ON revision.hash = item.revision_hash WHERE attempt_id = ? AND revision.type = 'essay'", waiting)[0][0],
    })


@pytest.fixture(scope="module")
def eyes(browser: Browser, city: City) -> Iterator[Callable[[str], tuple[Eye, ...]]]:
    """A function that gives a phone and a desk on which a resident is signed in; kept for the next page."""
    kept: dict[str, tuple[Eye, ...]] = {}

    def of(name: str) -> tuple[Eye, ...]:
        if name not in kept:
            kept[name] = tuple(_eye(browser, city, name, touch) for touch in (True, False))
        return kept[name]

    yield of
    for pair in kept.values():
        for eye in pair:
            eye.context.close()


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_a_page_is_sound_on_every_screen(eyes: Callable[[str], tuple[Eye, ...]], values: Values, name: str, path: str) -> None:
    assert [found for eye in eyes(name) for found in eye.look(path.format(**values))] == []


@pytest.mark.parametrize(("name", "path", "status"), MISSING)
def test_a_page_that_says_no_is_sound_too(eyes: Callable[[str], tuple[Eye, ...]], name: str, path: str, status: int) -> None:
    assert [found for eye in eyes(name) for found in eye.look(path, status)] == []


def test_the_account_menu_is_sound_when_it_is_open(eyes: Callable[[str], tuple[Eye, ...]]) -> None:
    for eye in eyes("Dewi"):
        eye.look("/password")
        eye.page.click("details.menu summary")

        assert eye.inspect() == []


def test_a_fault_on_a_page_is_seen(eyes: Callable[[str], tuple[Eye, ...]]) -> None:
    phone, _desk = eyes("Dewi")
    phone.look("/password")
    phone.page.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<input><div id=wide>x</div>')")
    phone.page.evaluate("() => document.querySelector('#wide').style.setProperty('min-width', '2000px')")

    kinds = {found.split(":")[0].split(" (")[0] for found in phone.inspect()}

    assert kinds >= {"axe label", "small target", "sticks out at 320", "sticks out at 360"}


def test_no_page_of_the_program_is_left_out(city: City, values: Values) -> None:
    looked_at = [path.split("?")[0].format(**values) for _name, path in PAGES]

    left_out = [rule for rule in city.routes if not NOT_PAGES.search(rule) and not any(_fits(rule, path) for path in looked_at)]

    assert left_out == []


def _fits(rule: str, path: str) -> bool:
    return bool(re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", rule), path))


def _hand_in_essay(city: City) -> int:
    caller, _final = studying.with_open_attempt(city, city.people["Dewi"], WAITING)
    reply = caller.post(f"/quizzes/{ESSAY_QUIZ}/", {"module": WAITING, "purpose": "practice", "lesson": ESSAY_LESSON})
    attempt = int(reply.url.split("/attempts/")[1].split("/")[0])
    caller.post(f"/attempts/{attempt}/answers/", answering.sent(answering.right_answers(city, attempt)))
    caller.post(f"/attempts/{attempt}/submit/", {})
    return attempt


def _eye(browser: Browser, city: City, name: str, touch: bool) -> Eye:
    width = 360 if touch else 1280
    context = browser.new_context(base_url=city.url, viewport={"width": width, "height": 760}, has_touch=touch, is_mobile=touch,
                                  reduced_motion="reduce")
    eye = Eye(context, (320, 360) if touch else (1280,), touch)
    if name:
        sign_in(eye.page, city.people[name])
    return eye
