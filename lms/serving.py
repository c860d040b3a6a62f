"""The program behind granian: bodies are taken in while others are served, then the program answers one request after the other.

A WSGI server lets the program read the body from the line, so that one slow sender holds a worker for as long as she likes: with two
workers, two slow phones would stop everybody. Here the event loop collects bodies and sends answers; the program computes them, one after
the other, in one thread of its own: more at once cost more, and a library that starts an event loop (pyHanko) could not do so inside ours.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, Protocol

from flask import Flask
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from lms import LARGEST_BODY, create_app
from lms.base import security
from lms.base.db import db

SECONDS_A_PIECE, SECONDS_A_BODY = 20, 300
LARGE, LARGE_AT_ONCE = 256 * 1024, 8  # so that what is taken in never fills the memory
Headers = list[tuple[str, str]]
BASIC: Mapping[str, Any] = {
    "SCRIPT_NAME": "", "wsgi.version": (1, 0), "wsgi.errors": sys.stderr, "wsgi.input_terminated": True, "wsgi.multithread": False,
    "wsgi.multiprocess": True, "wsgi.run_once": False,
}


class Line(Protocol):
    """granian's side of one request (RSGI's HTTP protocol)."""

    def __aiter__(self) -> Any: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Any: ...


class Served:
    """A WSGI program as granian calls it."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._thread = ThreadPoolExecutor(1, "program")
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __rsgi__(self, scope: Any, line: Line) -> None:
        """Take in the body, let the program answer, send the answer."""
        environ = _environ(scope)
        try:
            body = await self._body(environ, line)
        except TimeoutError:
            line.response_bytes(408, [("content-length", "0"), ("connection", "close")], b"")
            return
        environ["wsgi.input"] = io.BytesIO(body)
        answer, context = _Answer(), copy_context()

        async def computed(step: Callable[..., Any], *values: Any) -> Any:
            return await asyncio.get_running_loop().run_in_executor(self._thread, context.run, step, *values)

        content = await computed(self._app, environ, answer)
        try:
            if isinstance(content, list):
                line.response_bytes(answer.status, answer.headers, b"".join(content))
                return
            out = line.response_stream(answer.status, answer.headers)
            pieces = iter(content)
            with suppress(ProtocolClosed):  # the reader has left: nobody needs the rest, and it is no fault to log
                while (piece := await computed(next, pieces, None)) is not None:
                    if piece:
                        await out.send_bytes(piece)
        finally:
            if hasattr(content, "close"):
                await computed(content.close)

    async def _body(self, environ: dict[str, Any], line: Line) -> bytes:
        """The body, or as much of it as shows that it is too large. Raises TimeoutError if its sender fell silent."""
        length = environ.get("CONTENT_LENGTH")
        if length is None and "HTTP_TRANSFER_ENCODING" not in environ:
            return b""
        if length is not None and (not length.isdigit() or int(length) > LARGEST_BODY):
            return b""  # the program refuses it by its length alone
        async with asyncio.timeout(SECONDS_A_BODY):
            if length is not None and int(length) <= LARGE:
                body = await _collected(line)
            else:
                async with self._large:
                    body = await _collected(line)
        environ["CONTENT_LENGTH"] = str(len(body))
        return body


async def _collected(line: Line) -> bytes:
    pieces: list[bytes] = []
    size, incoming = 0, aiter(line)
    while size <= LARGEST_BODY:
        try:
            piece = await asyncio.wait_for(anext(incoming), SECONDS_A_PIECE)
        except StopAsyncIteration:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


class _Answer:
    """WSGI's start_response."""

    status, headers = 500, list[tuple[str, str]]()

    def __call__(self, status: str, headers: Headers, _error: object = None) -> None:
        self.status, self.headers = int(status[:3]), [(name.lower(), value) for name, value in headers]


def _environ(scope: Any) -> dict[str, Any]:
    host, _, port = scope.server.rpartition(":")
    environ = {
        **BASIC, "REQUEST_METHOD": scope.method, "PATH_INFO": scope.path.encode().decode("latin-1"), "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"), "SERVER_NAME": host, "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}", "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" in name:  # WSGI could not tell X_Forwarded_For, which a reader made up, from the proxy's X-Forwarded-For
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        environ[key] = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','} {value}" if key in environ else value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ


def create() -> Served:
    """The program for one worker of the server."""
    security.open_log()
    return Served(forked() or create_app())


_made: list[Flask] = []


def hand_down(app: Flask) -> None:
    """Let the processes that are forked from this one go on with its program: what it has loaded is then in memory once for all of them."""
    app.extensions["library"].stop()
    with app.app_context():
        db.engine.dispose()
    _made[:] = [app]


def forked() -> Flask | None:
    """The program that was handed down to this process, looking after the courses itself from now on; None if there is none."""
    for app in _made:
        app.extensions["library"].load()
        app.extensions["library"].watch()
        return app
    return None
