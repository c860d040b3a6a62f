"""A small load generator: a bounded number of requests over so many kept-alive connections, from one thread."""

import selectors
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

Maker = Callable[[bytes], bytes]  # the answer before (empty at first) -> the next request


class Unexpected(RuntimeError):
    """An answer with a status that the measurement does not mean."""


@dataclass
class _Line:
    """One connection with the request under way on it."""

    socket: socket.socket
    make: Maker
    statuses: frozenset[int]
    sent_at: float = 0.0
    buffer: bytes = b""
    answer: bytes = b""

    def send(self) -> None:
        request = self.make(self.answer)
        self.buffer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Whether the answer is complete."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise Unexpected("the connection was closed: " + self.buffer[:300].decode("latin-1"))
        self.buffer += piece
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or not _complete(head.lower(), body):
            return False
        status = int(head[9:12])
        if status not in self.statuses:
            raise Unexpected(f"{status}: {self.buffer[:1500].decode('latin-1')}")
        self.answer = self.buffer
        return True


def _complete(head: bytes, body: bytes) -> bool:
    if b"\r\ntransfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    _, found, rest = head.partition(b"\r\ncontent-length:")
    return len(body) >= (int(rest.split(b"\r\n", 1)[0]) if found else 0)


def run(port: int, makers: Sequence[Maker], count: int, *, statuses: frozenset[int] = frozenset({200})) -> list[float]:
    """Seconds that each of `count` requests took, over one connection for each maker."""
    lines = [_Line(_connected(port), make, statuses) for make in makers]
    took: list[float] = []
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
        started = min(count, len(lines))
        for line in lines[:started]:
            line.send()
        while len(took) < count:
            ready = waiting.select(timeout=30)
            if not ready:
                raise Unexpected("no answer for 30 seconds")
            for key, _ in ready:
                if key.data.receive():
                    took.append(time.perf_counter() - key.data.sent_at)
                    started += 1
                    if started <= count:
                        key.data.send()
    for line in lines:
        line.socket.close()
    return took


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def get(path: str, cookie: str = "") -> bytes:
    """A request for a page, as a browser sends it."""
    return _request("GET", path, cookie, "text/html,application/xhtml+xml,*/*;q=0.8", b"")


def post(path: str, cookie: str, fields: Mapping[str, str], *, json: bool = False) -> bytes:
    """A form; `json` asks as our script does."""
    kind = "application/json" if json else "text/html,*/*;q=0.8"
    return _request("POST", path, cookie, kind, urlencode(fields).encode())


def _request(method: str, path: str, cookie: str, accept: str, body: bytes) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Accept: {accept}", "Accept-Language: id", "User-Agent: bench"]
    head += [f"Cookie: {cookie}"] if cookie else []
    head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"] if method == "POST" else []
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def same(request: bytes) -> Maker:
    """The same request again and again."""
    return lambda _answer: request
