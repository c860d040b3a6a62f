"""How answers reach their readers."""

import asyncio
from collections.abc import Iterator
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from lms.serving import Headers, Served


def asked(*headers: tuple[str, str]) -> Any:
    """A request as granian tells of it."""
    return SimpleNamespace(server="127.0.0.1:80", client="127.0.0.1:5000", method="GET", path="/", query_string="", http_version="1.1",
                           scheme="http", authority=None, headers=dict(headers))


class Hasty:
    """A reader whose line takes a few pieces and then is closed, as granian says it."""

    def __init__(self, takes: int) -> None:
        self.takes, self.taken = takes, list[bytes]()

    def response_bytes(self, _status: int, _headers: Headers, body: bytes) -> None:
        self.taken.append(body)

    def response_stream(self, _status: int, _headers: Headers) -> "Hasty":
        return self

    async def send_bytes(self, piece: bytes) -> None:
        if len(self.taken) == self.takes:
            raise ProtocolClosed("RSGI transport is closed")
        self.taken.append(piece)


def test_a_reader_who_leaves_ends_a_long_answer_quietly() -> None:
    made, closed = [], []

    def pieces() -> Iterator[bytes]:
        try:
            for number in range(10):
                made.append(number)
                yield b"%d" % number
        finally:
            closed.append(True)

    def program(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        return pieces()

    reader = Hasty(takes=2)
    asyncio.run(Served(program).__rsgi__(asked(), reader))  # type: ignore[arg-type]

    assert (reader.taken, made, closed) == ([b"0", b"1"], [0, 1, 2], [True])


def test_a10_a_header_with_an_underscore_passes_for_no_header_of_the_proxy() -> None:
    heard: dict[str, object] = {}

    def program(environ: dict[str, object], start: Any) -> list[bytes]:
        heard.update(environ)
        start("200 OK", [])
        return []

    headers = [("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "203.0.113.9"), ("content_length", "5"), ("x_csrftoken", "x")]
    asyncio.run(Served(program).__rsgi__(asked(*headers), Hasty(takes=1)))  # type: ignore[arg-type]

    assert {name: value for name, value in heard.items() if "FORWARDED" in name or "LENGTH" in name or "CSRF" in name} == {
        "HTTP_X_FORWARDED_FOR": "192.0.2.1"}


def test_a_program_may_start_an_event_loop_of_its_own() -> None:
    async def signed() -> bytes:
        return b"signed"

    def program(_environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [asyncio.run(signed())]

    reader = Hasty(takes=1)
    asyncio.run(Served(program).__rsgi__(asked(), reader))  # type: ignore[arg-type]

    assert reader.taken == [b"signed"]


def test_long_answers_at_the_same_time_keep_their_own_context() -> None:
    whose: ContextVar[str] = ContextVar("whose", default="nobody's")

    def program(environ: dict[str, str], start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        whose.set(environ["HTTP_NAME"])
        return (whose.get().encode() for _ in range(20))

    async def both() -> list[list[bytes]]:
        served, readers = Served(program), [Hasty(takes=99), Hasty(takes=99)]
        await asyncio.gather(*(served.__rsgi__(asked(("name", name)), one)  # type: ignore[arg-type]
                               for name, one in zip("ab", readers, strict=True)))
        return [reader.taken for reader in readers]

    assert asyncio.run(both()) == [[b"a"] * 20, [b"b"] * 20]
