"""A plain HTTP client that keeps cookies and sends the form token of the page it has seen last."""

import http.client
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TIMEOUT = 15


@dataclass(frozen=True)
class Reply:
    """What came back: status, the address where redirects ended, and the body as text."""

    status: int
    url: str
    text: str


class Caller:
    """One signed-in browser without scripts; safe to use from one thread at a time."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self.token = ""

    def get(self, path: str) -> Reply:
        """Follow redirects and give the page."""
        return self._open(urllib.request.Request(self._base + path))

    def post(self, path: str, fields: Mapping[str, str | list[str]], *, json: bool = False) -> Reply:
        """Send a form with its token; fetches /login for one if no page was seen yet."""
        if not self.token:
            self.get("/login")
        body = urllib.parse.urlencode({"csrf_token": self.token, **fields}, doseq=True).encode()
        return self._open(urllib.request.Request(self._base + path, body, {"Accept": "application/json"} if json else {}))

    def twin(self) -> "Caller":
        """Another client with the same cookies and token, for another thread."""
        twin = Caller(self._base)
        for cookie in self._cookies:
            twin._cookies.set_cookie(cookie)
        twin.token = self.token
        return twin

    def _open(self, request: urllib.request.Request) -> Reply:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as reply:
                return self._read(reply.status, reply.url, reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return self._read(error.code, error.url, error.read())

    def _read(self, status: int, url: str, body: bytes) -> Reply:
        text = body.decode("utf-8", "replace")
        if found := TOKEN.search(text):
            self.token = found[1]
        return Reply(status, url, text)


BROKEN = (urllib.error.URLError, ConnectionError, TimeoutError, http.client.HTTPException)
"""What a client sees when the server dies under its request."""
