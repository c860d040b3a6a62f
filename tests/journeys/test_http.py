"""The served program under requests that no browser sends, and under the signals of an operating system."""

import http.client
import os
import resource
import signal
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.journeys import city as cities
from tests.journeys.caller import BROKEN, Caller
from tests.journeys.city import PASSWORD, City

MEGABYTE = 2**20


def sent(city: City, *pieces: bytes, wait: float = 5) -> bytes:
    """What comes back for raw bytes."""
    with socket.create_connection(("127.0.0.1", city.port), timeout=wait) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
            found = b""
            while data := line.recv(65536):
                found += data
        except (ConnectionError, TimeoutError):
            pass
        return found


def head(answer: bytes) -> bytes:
    """The status of an answer."""
    return answer.partition(b"\r\n")[0][9:12]


def resident_memory(city: City) -> int:
    """Bytes held by the program and what it started."""
    assert city.process
    whole = psutil.Process(city.process.pid)
    return sum(one.memory_info().rss for one in (whole, *whole.children(recursive=True)))


def test_c35_a_body_of_a_gigabyte_is_refused_before_it_is_read(city: City) -> None:
    before = resident_memory(city)

    declared = sent(city, b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
                          b"Content-Length: 1073741824\r\n\r\n" + b"a" * 4096)
    chunk = b"100000\r\n" + b"a" * MEGABYTE + b"\r\n"
    endless = sent(city, b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 12, b"0\r\n\r\n")

    assert (head(declared), head(endless)) in {(b"413", b"413"), (b"413", b""), (b"413", b"400")}
    assert resident_memory(city) - before < 60 * MEGABYTE
    assert Caller(city.url).get("/login").status == 200


def test_c35_ten_thousand_fields_are_answered_without_a_crash(city: City) -> None:
    body = "&".join(f"f{number}=1" for number in range(10_000)).encode()

    answer = sent(city, b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        b"Content-Length: %d\r\n\r\n" % len(body), body)

    assert head(answer) in {b"400", b"413"}


def test_c37_slow_clients_keep_nobody_waiting(city: City) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2048)), hard))
    slow = [socket.create_connection(("127.0.0.1", city.port), timeout=5) for _ in range(300)]
    for number, line in enumerate(slow):
        line.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n" + (b"\r\nnip=" if number % 2 else b"X-A: b"))
    took = []
    for _ in range(20):
        began = time.monotonic()
        assert Caller(city.url).get("/login").status == 200
        took.append(time.monotonic() - began)
    for line in slow:
        line.close()

    assert statistics.quantiles(took, n=20)[-1] < 5  # one worker that waits for a slow client would take its whole timeout


@pytest.mark.parametrize("headers", [
    b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 6\r\nContent-Length: 60\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"Transfer-Encoding: xchunked\r\n", b"Content-Length: +6\r\n",
])
def test_c38_a_request_with_two_lengths_hides_no_second_one(city: City, headers: bytes) -> None:
    hidden = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answer = sent(city, b"POST /login HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n" + hidden, wait=3)

    assert b'"modules"' not in answer or answer.count(b"HTTP/1.1") == 1 or head(answer) == b"400"
    assert not (answer.count(b"HTTP/1.1 ") == 2 and head(answer) == b"200")


@pytest.mark.parametrize("address", ["/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/metrics", "/debug", "/.env", "/.git/config"])
def test_d02_nothing_of_a_workshop_is_served(city: City, address: str) -> None:
    reply = Caller(city.url).get(address)

    assert (reply.status, "Traceback" in reply.text) in {(404, False), (200, False)}
    assert reply.status == 404 or reply.url.partition("?")[0].endswith("/login")


def test_l02_l12_a_rush_is_answered_and_the_next_reader_finds_all_as_ever(city: City) -> None:
    def visit(_number: int) -> int:
        return Caller(city.url).get("/login").status

    with ThreadPoolExecutor(32) as pool:
        rush = list(pool.map(visit, range(400)))

    assert set(rush) <= {200, 503}
    assert rush.count(200) > 300
    assert Caller(city.url).get("/healthz").status == 200


def test_l05_five_hundred_look_at_one_certificate(city: City) -> None:
    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(lambda _number: Caller(city.url).get("/verify/").status, range(500)))

    assert seen == [200] * 500


def test_l06_two_thousand_pages_leave_no_files_open_and_little_memory(city: City) -> None:
    sari = city.caller(city.people["Sari"])
    for _ in range(200):
        sari.get("/modules/")
    assert city.process
    whole = psutil.Process(city.process.pid)
    before, files = resident_memory(city), sum(one.num_fds() for one in whole.children(recursive=True))

    for _ in range(1000):
        sari.get("/modules/")

    assert resident_memory(city) - before < 20 * MEGABYTE
    assert sum(one.num_fds() for one in whole.children(recursive=True)) - files < 20
    assert (city.instance / "lms.db-wal").stat().st_size < 64 * MEGABYTE


def test_l10_a_storm_of_sign_ins_leaves_room_for_readers(city: City) -> None:
    residents = [city.people[name] for name in ("Sari", "Dewi", "Eka", "Rini", "Tono")] * 4
    statuses: list[int] = []

    with ThreadPoolExecutor(20) as pool:
        storm = [pool.submit(city.caller, resident) for resident in residents]
        statuses = [Caller(city.url).get("/verify/").status for _ in range(10)]
        callers = [one.result() for one in storm]

    assert statuses == [200] * 10
    assert {caller.get("/modules/").status for caller in callers} == {200}


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city of this file's own, which may be killed."""
    city = cities.founded(tmp_path_factory.mktemp("lone"))
    cities.start(city)
    yield city
    if city.process and city.process.poll() is None:
        cities.stop(city)


def test_f02_after_everything_was_killed_it_serves_again_and_nothing_is_lost(lone: City) -> None:
    sari = lone.caller(lone.people["Sari"])
    sari.get("/modules/komunikasi-efektif/")
    sari.post("/modules/komunikasi-efektif/enrol/", {})
    before = lone.rows("SELECT count(*) FROM enrolments")
    assert lone.process
    family = [psutil.Process(lone.process.pid), *psutil.Process(lone.process.pid).children(recursive=True)]

    for one in family:
        one.kill()
    psutil.wait_procs(family, 10)
    lone.process.wait(10)
    cities.start(lone)

    assert before == [(1,)]
    assert lone.rows("SELECT count(*) FROM enrolments") == before
    assert lone.rows("PRAGMA integrity_check") == [("ok",)]
    assert sari.get("/modules/").status == 200


def test_f22_a_request_in_flight_is_answered_when_the_program_is_asked_to_stop(lone: City) -> None:
    caller = Caller(lone.url)
    caller.get("/login")
    replies: list[int] = []

    def enter() -> None:
        try:
            replies.append(caller.post("/login", {"nip": lone.people["Dewi"].nip, "password": PASSWORD}).status)
        except BROKEN as error:
            replies.append(0 if isinstance(error, http.client.HTTPException) else -1)

    before = lone.rows("SELECT count(*) FROM sign_ins")[0][0]
    thread = threading.Thread(target=enter)
    assert lone.process
    thread.start()
    time.sleep(0.03)  # the password is being compared
    os.kill(lone.process.pid, signal.SIGTERM)
    thread.join(20)
    status = lone.process.wait(30)
    after = lone.rows("SELECT count(*) FROM sign_ins")[0][0]

    # The page after the redirect may find nobody at home; the sign-in itself was done.
    assert (status, after - before) == (0, 1)
    assert replies[0] in {200, -1}


def test_f38_a_bare_environment_and_a_careless_umask_harm_nothing(lone: City, tmp_path: Path) -> None:
    kept = {name: os.environ.get(name) for name in ("LC_ALL", "TZ", "HOME", "LANG")}
    before = os.umask(0)
    os.environ["LC_ALL"] = "C"
    for name in ("TZ", "HOME", "LANG"):
        os.environ.pop(name, None)
    try:
        if lone.process and lone.process.poll() is None:
            cities.stop(lone)
        cities.start(lone)
        page = lone.caller(lone.people["Sari"]).get("/modules/")
    finally:
        os.umask(before)
        os.environ.update({name: value for name, value in kept.items() if value is not None})
        if kept["LC_ALL"] is None:
            os.environ.pop("LC_ALL")

    assert page.status == 200
    assert "Pelayanan" in page.text
    readable = [path.name for path in lone.instance.glob("*key*") if path.is_file() and path.stat().st_mode & 0o077]
    assert readable == []
