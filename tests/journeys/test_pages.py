"""Every page of every role, on a phone and on a desk, by day and by night."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

import pyotp
import pytest
from playwright.sync_api import Browser

from lms.base import clock
from tests.journeys import answering, studying
from tests.journeys.city import MODULES, City, Resident
from tests.journeys.conftest import sign_in
from tests.journeys.looking import Eye

MODULE, OTHER, WAITING = MODULES[0], MODULES[3], "survei-kepuasan"
ESSAY_QUIZ, ESSAY_LESSON = "survei-kepuasan-perbaikan", "perbaikan"
LEARNER = (
    "/", "/modules/", "/modules/?q=tidak-ada", f"/modules/{MODULE}/", f"/modules/{OTHER}/", f"/modules/{MODULE}/dari-sisi-warga/",
    f"/modules/{WAITING}/menghitung/", "/password", "/certificates/", "/certificates/{serial}/",
    "/programmes/", "/programmes/?q=tidak-ada", "/programmes/dasar-pelayanan-publik/",
    f"/quizzes/{MODULE}/", f"/quizzes/{OTHER}/", "/attempts/{open}/", "/attempts/{open}/summary/", "/attempts/{ended}/review/",
    "/attempts/{waiting}/review/", f"/quizzes/{MODULE}-dari-sisi-warga/?module={MODULE}&purpose=practice&lesson=dari-sisi-warga",
)
TRAINER = (
    "/", "/modules/", f"/modules/{MODULE}/", f"/modules/{MODULE}/dari-sisi-warga/", "/content/", "/marking/", "/marking/{item}/",
    f"/modules/{MODULE}/results/", f"/modules/{MODULE}/results/questions/", f"/modules/{MODULE}/results/{{enrolment}}/",
    *(f"/quizzes/{module}/preview/?seed=1" for module in MODULES), "/attempts/{ended}/review/",
)
SUPERVISOR = ("/", "/modules/", f"/modules/{MODULE}/", "/team/", "/team/?q=nobody", "/team/{person}/", "/certificates/",
              "/certificates/{serial}/", "/people/{supervisor}/delegates", "/people/{supervisor}/delegates?q=dewi",
              "/people/{supervisor}/delegates?q=nobody")
OWN = ("/account/", "/account/confirm", "/account/devices/", "/account/passkeys/", "/account/second-step/", "/email", "/me/data/",
       "/me/data/requests/new", "/notices/", "/notices/preferences")
ADMIN = (
    "/", "/modules/", "/team/", "/certificates/{serial}/", "/content/", "/administration/", "/notices/outbox",
    "/people/", "/people/?filters=yes", "/people/?q=nobody", "/people/new/", "/people/codes/", "/roles/",
    *(f"/people/{{person}}/{tab}" for tab in (
        "", "all", "account", "roles", "career/", "career/{posting}/", "career/acting", "career/move", "merge", "merge/{other}")),
    "/people/{supervisor}/roles", "/people/{supervisor}/delegates", "/people/{newcomer}/account",
    "/people/import/", "/people/import/{import}/", "/people/import/{import}/columns",
    "/organisation/", "/organisation/{unit}/", "/organisation/new", *(f"/organisation/{{unit}}/{act}" for act in (
        "change", "move", "merge", "split", "end")),
    "/ops/audit/", "/ops/audit/?q=nobody", "/ops/readings/", "/ops/jobs/",
    "/office/privacy/requests/", "/office/privacy/requests/{request}/", "/office/privacy/erasures/", "/office/privacy/retention/",
    "/office/privacy/breach/", "/office/privacy/people/{person}/erase",
)
PLAN_LEARNER = (
    "/hours/", "/hours/?year=2025", "/hours/rates/", "/assignments/", "/claims/", "/claims/new", "/claims/{claim_id}/", "/claims/{claim_id}/edit",
    "/competencies/", "/competencies/mine", "/competencies/dictionary/{competency_code}/", "/seminars/", "/seminars/mine/", "/seminars/{code}/",
    "/studies/", "/studies/new", "/studies/{study_id}/", "/studies/{study_id}/semesters/{semester_id}/",
    "/studies/{study_id}/semesters/new",
)
PLAN_SUPERVISOR = (
    "/hours/unit/", "/hours/unit/?state=nothing", "/hours/people/{person}/", "/assignments/unit/", "/assignments/{assignment_id}/",
    "/competencies/people/{person}/", "/competencies/people/{person}/confirm/M.5/",
    "/competencies/unit/", "/competencies/unit/gaps/", "/competencies/unit/positions/", "/seminars/{code}/nominate",
    "/studies/applications/", "/studies/{study_id}/", "/partners/", "/partners/{partner_id}/",
)
PLAN_OFFICE = (
    "/hours/people/{person}/entries/{source_id}/", "/hours/rates/new", "/hours/rates/file", "/hours/targets/",
    "/assignments/all/", "/assignments/new/", "/assignments/{assignment_id}/", "/assignments/{assignment_id}/people/{person}/",
    "/office/claims/", "/office/claims/{claim_id}/", "/office/claims/batch", "/office/trainings/", "/office/trainings/new",
    "/office/trainings/{training_id}/", "/office/trainings/{training_id}/edit", "/office/trainings/lists/", "/office/trainings/lists/{list_token}/",
    "/competencies/people/{person}/evidence/", "/competencies/requirements/", "/competencies/technical/", "/competencies/technical/new",
    "/competencies/technical/{competency_code}/", "/competencies/import/technical/", "/competencies/import/assessment/",
    "/office/seminars/", "/office/seminars/new", *(f"/office/seminars/{{code}}/{place}" for place in (
        "", "edit", "list", "participants/", "sessions/new", "sessions/{session_id}/", "sessions/{session_id}/attendance")),
    "/partners/new", "/partners/agreements/", "/partners/{partner_id}/change", *(f"/partners/{{partner_id}}/{part}/new" for part in (
        "agreements", "contacts", "experts", "offers", "programmes")), "/partners/{partner_id}/{partner_part}/{part_id}/",
    "/studies/{study_id}/",
)
PLAN_STRANGER = ("/seminars/public/", "/seminars/public/{code}/", "/verify/transcript/{transcript}")
STRANGER = ("/login", "/activate", "/verify/", "/verify/{serial}", "/privacy/", "/forgot", "/forgot/asked", "{link}", "/link/")
SECURED = ("/account/", "/account/second-step/", "/account/recovery-codes/", "/account/second-step/off")
HALFWAY, STRONG = "Rini", "Tono"  # she has shown her password and is asked for the second step; he has passed it
PAGES = [(name, path) for name, paths in (
    ("Dewi", (*LEARNER, *OWN, *PLAN_LEARNER)), ("Budi", TRAINER), ("Wati", (*SUPERVISOR, *PLAN_SUPERVISOR)), ("Eka", ("/team/",)),
    ("Agus", (*ADMIN, *PLAN_OFFICE)), ("", (*STRANGER, *PLAN_STRANGER)),
    (HALFWAY, ("/login/second",)), (STRONG, SECURED)) for path in paths]
# What a form answers with, which has no address of its own: the page, the button to press there, and what only the answer has.
ANSWERS = [
    ("Agus", "/people/codes/", 'form[action="/people/codes/"] button', ".slips .code"),
    ("Agus", "/organisation/{unit}/change", 'main form[method="post"] .btn.primary', '[name="sure"]'),
    ("Dewi", "/me/data/requests/new", 'main form[method="post"] .btn.primary', ".errmsg"),
]
MISSING = [("", "/verify/XD4FJHCRDCY5X857TXBB", 404), ("Dewi", "/modules/tidak-ada/", 404), ("Dewi", "/team/", 403),
           ("Dewi", f"/modules/{MODULE}/tidak-ada/", 404)]
# Files, what answers scripts and machines, the form of an application that is still a draft (as /studies/new), and the ways to a provider of sign-ins, which this city does not have.
NOT_PAGES = re.compile(r"/static/|/media/|/healthz|\.(pdf|csv|xlsx|zip|ics)$|/evidence$|/papers/|/file$|/sample\.|/lists/<any|/studies/<[^/]*/change$|/samples/|/people/found$|/login/provider")
LIST = "nip,name,unit,hobby\n198609262015051001,Rini,nowhere,chess\n1986,Maria Simbolon,,reading\n"
Values = MappingProxyType[str, object]


@pytest.fixture(scope="module")
def values(city: City, browser: Browser) -> Iterator[Values]:
    """The numbers that addresses need, once there is something to see at each of them."""
    dewi, wati, eka = (city.people[name] for name in ("Dewi", "Wati", "Eka"))
    serial = studying.certificate_of(city, dewi, MODULE)
    _caller, open_attempt = studying.with_open_attempt(city, dewi, OTHER)
    waiting = _hand_in_essay(city)
    ended, enrolment = city.rows(
        "SELECT id, enrolment_id FROM attempts WHERE person_id = ? AND module_id = ? AND state = 'graded'", dewi.id, MODULE)[0]
    delegation = _let_stand_in(city, eka)
    yield MappingProxyType({
        **city.plan, "serial": serial, "open": open_attempt,
        "waiting": waiting, "ended": ended, "enrolment": enrolment, "person": dewi.id,
        "item": city.rows("SELECT item.id FROM attempt_items AS item JOIN question_revisions AS revision"
                          " ON revision.hash = item.revision_hash WHERE attempt_id = ? AND revision.type = 'essay'", waiting)[0][0],
        "supervisor": wati.id, "newcomer": city.people["Yanti"].id, "other": eka.id, "link": city.link,
        "unit": city.rows("SELECT id FROM units WHERE code = 'dafduk'")[0][0],
        "posting": city.rows("SELECT id FROM postings WHERE person_id = ?", dewi.id)[0][0],
        "request": _ask_for_correction(city), "import": _send_list(city, browser),
    })
    city.caller(wati).post(f"/people/{wati.id}/delegates/{delegation}/end", {})


@pytest.fixture(scope="module")
def recovery_codes(city: City) -> Iterator[Mapping[str, list[str]]]:
    """The second step is on for one who will stand before it and for one who will pass it."""
    yield {name: _secured(city, name) for name in (HALFWAY, STRONG)}
    agus = city.caller(city.people["Agus"])
    for name in (HALFWAY, STRONG):
        agus.post(f"/people/{city.people[name].id}/second-step/reset", {})


@pytest.fixture(scope="module")
def eyes(browser: Browser, city: City, recovery_codes: Mapping[str, list[str]]) -> Iterator[Callable[[str], tuple[Eye, ...]]]:
    """A function that gives a phone and a desk on which a resident is signed in; kept for the next page."""
    kept: dict[str, tuple[Eye, ...]] = {}

    def of(name: str) -> tuple[Eye, ...]:
        if name not in kept:
            kept[name] = tuple(_eye(browser, city, name, touch) for touch in (True, False))
            if name == STRONG:
                for eye in kept[name]:
                    eye.page.fill("#code", recovery_codes[name].pop())
                    studying.press(eye.page, 'form[action="/login/second"] button')
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


@pytest.mark.parametrize(("name", "path", "button", "only_there"), ANSWERS)
def test_what_a_form_answers_is_sound(
    eyes: Callable[[str], tuple[Eye, ...]], values: Values, name: str, path: str, button: str, only_there: str
) -> None:
    for eye in eyes(name):
        eye.look(path.format(**values))
        eye.page.evaluate("() => { for (const form of document.forms) form.noValidate = true }")
        studying.press(eye.page, button)

        assert eye.inspect() == []
        assert eye.page.locator(only_there).count()


def test_the_account_menu_is_sound_when_it_is_open(eyes: Callable[[str], tuple[Eye, ...]]) -> None:
    for eye in eyes("Dewi"):
        eye.look("/password")
        eye.page.click("details.menu summary")

        assert eye.inspect() == []


def test_what_the_navigation_has_no_room_for_is_sound_when_it_is_open(eyes: Callable[[str], tuple[Eye, ...]]) -> None:
    phone, _desk = eyes("Agus")
    phone.look("/administration/")
    phone.page.click("details.rest > summary")

    assert phone.inspect() == []


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


def _ask_for_correction(city: City) -> int:
    dewi = city.people["Dewi"]
    city.caller(dewi).post("/me/data/requests/new", {
        "kind": "correction", "field": "name", "wanted": "Dewi Lestari boru Sitorus", "reason": "Nama pada SK saya ditulis lengkap."})
    return int(city.rows("SELECT max(id) FROM privacy_requests WHERE person_id = ?", dewi.id)[0][0])


def _let_stand_in(city: City, delegate: Resident) -> int:
    wati, today = city.people["Wati"], clock.today()
    unit = city.rows("SELECT unit_id FROM persons WHERE id = ?", wati.id)[0][0]
    city.caller(wati).post(f"/people/{wati.id}/delegates", {
        "delegate": str(delegate.id), "unit": str(unit), "from": today.isoformat(), "until": (today + timedelta(days=2)).isoformat(),
        "reason": "Cuti tahunan"})
    return int(city.rows("SELECT max(id) FROM grants WHERE person_id = ? AND role = 'delegate'", delegate.id)[0][0])


def _send_list(city: City, browser: Browser) -> str:
    with browser.new_context(base_url=city.url) as context:
        page = context.new_page()
        sign_in(page, city.people["Agus"])
        page.goto("/people/import/")
        page.set_input_files("#file", {"name": "daftar-pegawai.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
        studying.press(page, "main form[enctype] .btn.primary")
        return page.url.split("/import/")[1].split("/")[0]


def _secured(city: City, name: str) -> list[str]:
    caller = city.caller(city.people[name])
    page = caller.get("/account/second-step/").text
    secret, kept = (re.search(pattern, page) for pattern in (r'class="otp-key">([^<]+)<', r'name="kept"[^>]* value="([^"]+)"'))
    assert secret
    assert kept
    codes = caller.post("/account/second-step/", {"kept": kept[1], "code": pyotp.TOTP(secret[1].replace(" ", "")).now()}).text
    return re.findall(r"<code>([^<]+)</code>", codes)


def _eye(browser: Browser, city: City, name: str, touch: bool) -> Eye:
    width = 360 if touch else 1280
    context = browser.new_context(base_url=city.url, viewport={"width": width, "height": 760}, has_touch=touch, is_mobile=touch,
                                  reduced_motion="reduce")
    eye = Eye(context, (320, 360) if touch else (768, 1280), touch)
    if name:
        sign_in(eye.page, city.people[name])
    return eye
