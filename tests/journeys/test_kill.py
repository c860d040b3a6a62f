"""What was acknowledged is kept when workers die, and many submits at once end in one result."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys import studying
from tests.journeys.caller import BROKEN, Caller
from tests.journeys.city import City, Resident

STORED = "SELECT position, json_extract(response, '$.option') FROM attempt_items WHERE attempt_id = ?"
CHOICES = """
    SELECT item.position, option.value ->> '$.id'
    FROM attempt_items AS item JOIN question_revisions AS revision ON revision.hash = item.revision_hash,
         json_each(revision.face, '$.options') AS option
    WHERE item.attempt_id = ? AND revision.type = 'single'
"""
ROUND_TRIPS = "SELECT count(*) FROM {} WHERE person_id = ? AND module_id = ? {}"
SECONDS = 10
KILL_EVERY = 1.5
SUBMITS = 50


class Writer(threading.Thread):
    """A learner who changes her answers without a pause and notes what the server acknowledged."""

    def __init__(self, caller: Caller, attempt: int, choices: dict[int, list[str]], stop: threading.Event) -> None:
        super().__init__()
        self._caller, self._attempt, self._choices, self._stop_asked = caller, attempt, choices, stop
        self.sent: dict[int, list[str]] = {position: [] for position in choices}
        self.acknowledged: dict[int, int] = {}
        self.refused: list[str] = []

    def run(self) -> None:
        """Go round the questions; a request that broke is followed by a newer answer, as in the browser."""
        sequence = 0
        while not self._stop_asked.is_set():
            for position, choices in self._choices.items():
                sequence += 1
                self.sent[position].append(choices[sequence % len(choices)])
                self._send(position, sequence)

    def may_be_stored(self, position: int) -> list[str]:
        """The last answer that was acknowledged, and later ones whose fate is unknown."""
        return self.sent[position][self.acknowledged[position]:]

    def _send(self, position: int, sequence: int) -> None:
        prefix = f"q{position}-"
        fields = {f"{prefix}version": "0", f"{prefix}tab": "one-tab", f"{prefix}seq": str(sequence),
                  f"{prefix}option": self.sent[position][-1]}
        try:
            reply = self._caller.post(f"/attempts/{self._attempt}/answers/", fields, json=True)
        except BROKEN:
            time.sleep(0.05)
            return
        if reply.status == 200:
            self.acknowledged[position] = len(self.sent[position]) - 1
        else:
            self.refused.append(f"{reply.status} {reply.text[:200]}")


@pytest.fixture
def healthy(city: City) -> Iterator[City]:
    """The city, served again by all its workers when the test is over."""
    yield city
    ends = time.monotonic() + 15
    while len(city.workers()) < 2 and time.monotonic() < ends:
        time.sleep(0.1)
    time.sleep(1)


def test_f01_every_acknowledged_answer_is_there_after_workers_were_killed(healthy: City) -> None:
    city, stop = healthy, threading.Event()
    writers = [_writer(city, resident, stop) for resident in (city.people["Eka"], city.people["Rini"])]
    killed = 0

    for writer in writers:
        writer.start()
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        time.sleep(KILL_EVERY)
        killed += _kill_one(city)
    stop.set()
    for writer in writers:
        writer.join(20)

    assert killed >= 3
    assert [writer.refused for writer in writers] == [[], []]
    for writer in writers:
        stored = dict(city.rows(STORED, writer._attempt))
        assert set(writer.acknowledged) == set(writer.sent)
        assert all(stored[position] in writer.may_be_stored(position) for position in writer.sent)


def test_k01_q14_fifty_simultaneous_submits_give_one_result_one_completion_and_one_certificate(city: City) -> None:
    eka, module = city.people["Eka"], "nilai-berakhlak"
    caller, attempt = studying.ready_to_submit(city, eka, module)
    barrier = threading.Barrier(SUBMITS)

    def submit(twin: Caller) -> tuple[int, bool]:
        barrier.wait(20)
        reply = twin.post(f"/attempts/{attempt}/submit/", {})
        return reply.status, reply.url.endswith(f"/attempts/{attempt}/review/")

    with ThreadPoolExecutor(SUBMITS) as pool:
        replies = list(pool.map(submit, [caller.twin() for _ in range(SUBMITS)]))

    assert replies == [(200, True)] * SUBMITS
    assert _count(city, "attempts", eka, module, "AND state = 'graded' AND passed") == 1
    assert _count(city, "attempts", eka, module) == 1
    assert _count(city, "enrolments", eka, module, "AND completed_at IS NOT NULL") == 1
    assert _count(city, "certificates", eka, module) == 1


def _writer(city: City, resident: Resident, stop: threading.Event) -> Writer:
    caller, attempt = studying.with_open_attempt(city, resident, "komunikasi-efektif")
    choices: dict[int, list[str]] = {}
    for position, option in city.rows(CHOICES, attempt):
        choices.setdefault(position, []).append(option)
    return Writer(caller, attempt, choices, stop)


def _kill_one(city: City) -> bool:
    workers = city.workers()
    if len(workers) < 2:
        return False
    os.kill(workers[0], signal.SIGKILL)  # the older one: a worker that dies twice within 5.5 s counts as a crash loop
    return True


def _count(city: City, table: str, person: Resident, module: str, more: str = "") -> int:
    return int(city.rows(ROUND_TRIPS.format(table, more), person.id, module)[0][0])
