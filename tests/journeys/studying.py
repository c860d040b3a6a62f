"""The learner's way in a browser: from the catalogue through the lessons and the quiz to the verified certificate."""

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys import answering
from tests.journeys.caller import Caller
from tests.journeys.city import City, Resident

FINISH = re.compile(r'action="([^"]+/done/)"')
DONE = 'form[action$="/done/"] button'


def press(page: Page, selector: str) -> None:
    """Click a link or button and wait for the page to which it leads."""
    with page.expect_navigation():
        page.click(selector)


def study(page: Page, module: str) -> int:
    """Begin a module from the catalogue and mark every lesson as done; gives the number of lessons."""
    page.goto("/modules/")
    press(page, f'a[href="/modules/{module}/"]')
    press(page, f'form[action="/modules/{module}/enrol/"] button')
    lessons = 0
    while page.locator(DONE).count():
        lessons += 1
        press(page, DONE)
    return lessons


def take_quiz(page: Page, city: City, module: str) -> None:
    """Start the final quiz from the module page, give the right answers, check the summary and submit."""
    page.goto(f"/modules/{module}/")
    press(page, '.hero a[href^="/quizzes/"]')
    press(page, 'form[action^="/quizzes/"] button')
    answers = answering.right_answers(city, attempt_of(page))
    answering.fill(page, answers)
    press(page, 'button[name="go"][value="summary"]')
    assert page.locator("tbody .badge.ok").count() == len(answers)
    press(page, 'form[action$="/submit/"] button')


def download(page: Page, folder: Path) -> Path:
    """Download the newest certificate's PDF from the list of one's certificates."""
    page.goto("/certificates/")
    with page.expect_download() as waiting:
        page.click('a[href^="/certificates/"][href$=".pdf"]')
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def words_of(pdf: Path) -> str:
    """The visible words of a PDF in one line."""
    found = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True, timeout=30)
    return " ".join(found.stdout.split())


def compare(page: Page, pdf: Path) -> bool:
    """Upload a PDF on the verification page that is open; whether it is said to be the issued file."""
    page.set_input_files("#pdf", pdf)
    press(page, 'form[enctype="multipart/form-data"] button')
    return page.locator('[role="status"].note.ok').count() == 1


def attempt_of(page: Page) -> int:
    """The number of the attempt whose page is open."""
    found = re.search(r"/attempts/(\d+)/", page.url)
    assert found, page.url
    return int(found[1])


def certificate_of(city: City, resident: Resident, module: str) -> str:
    """The serial of a resident's certificate; she completes the module first if she has none."""
    query = "SELECT serial FROM certificates WHERE person_id = ? AND module_id = ?"
    if not city.rows(query, resident.id, module):
        complete(city, resident, module)
    return str(city.rows(query, resident.id, module)[0][0])


def complete(city: City, resident: Resident, module: str) -> Caller:
    """The same way without a browser, by forms alone; gives the client in which the resident is signed in."""
    caller, attempt = ready_to_submit(city, resident, module)
    caller.post(f"/attempts/{attempt}/submit/", {})
    return caller


def ready_to_submit(city: City, resident: Resident, module: str) -> tuple[Caller, int]:
    """All lessons done and all answers saved, by forms; gives the client and the open attempt's number."""
    caller, attempt = with_open_attempt(city, resident, module)
    caller.post(f"/attempts/{attempt}/answers/", answering.sent(answering.right_answers(city, attempt)))
    return caller, attempt


def with_open_attempt(city: City, resident: Resident, module: str) -> tuple[Caller, int]:
    """All lessons done and the final quiz begun, by forms; gives the client and the attempt's number."""
    caller = city.caller(resident)
    page = caller.post(f"/modules/{module}/enrol/", {})
    while found := FINISH.search(page.text):
        page = caller.post(found[1], {})
    reply = caller.post(f"/quizzes/{module}/", {"module": module, "purpose": "final"})
    begun = re.search(r"/attempts/(\d+)/", reply.url)
    assert begun, reply.url
    return caller, int(begun[1])
