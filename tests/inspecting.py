"""A test client that looks at every page it fetches, as a careful reader would."""

import contextvars
import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.base.db import db

NO_LABEL_NEEDED = {"hidden", "submit", "button", "image"}


class InspectingClient(FlaskClient):
    """Fetches pages and fails on one that is not sound."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetch in a context of its own, as a server does, then inspect."""
        response: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.rollback()  # the test sees what the request wrote
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 307, 308} and response.data:
            faults = inspect(response.get_data(as_text=True))
            assert not faults, f"{response.request.path}: {faults}"
        return response

    def token(self, address: str) -> str:
        """The form token on a page."""
        page = BeautifulSoup(self.get(address).get_data(as_text=True), "html.parser")
        field = page.find("input", {"name": "csrf_token"})
        assert isinstance(field, Tag), f"no form on {address}"
        return str(field["value"])

    def send(self, page: str, address: str | None = None, **values: Any) -> TestResponse:
        """Load a page and send a form of it, with its token, to an address (default: the page's own)."""
        return self.post(address or page, data={"csrf_token": self.token(page), **values})


def inspect(html: str) -> list[str]:
    """What is wrong with a page."""
    page = BeautifulSoup(html, "html.parser")
    return [*_head(page), *_labels(page), *_inline(page), *_tables(page), *_ids(page), *_pictures(page)]


def words(html: str) -> str:
    """The text of a page, runs of space as one."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def _head(page: BeautifulSoup) -> list[str]:
    titles = page.find_all("h1")
    if len(titles) != 1:
        return [f"{len(titles)} h1"]
    title = page.title.get_text(strip=True) if page.title else ""
    expected = " ".join(titles[0].get_text(" ").split())
    faults = [] if " ".join(title.split()).startswith(expected) else [f"title {title!r} is not the h1 {expected!r}"]
    return faults if page.html and page.html.get("lang") else [*faults, "no language"]


def _labels(page: BeautifulSoup) -> list[str]:
    faults = []
    for field in page.find_all(["input", "select", "textarea"]):
        if field.get("type") in NO_LABEL_NEEDED or field.find_parent("label") or field.get("aria-label") or field.get("aria-labelledby"):
            continue
        if not (field.get("id") and page.find("label", {"for": field["id"]})):
            faults.append(f"no label for {field.get('name')}")
    return faults


def _inline(page: BeautifulSoup) -> list[str]:
    faults = [f"inline style on {tag.name}" for tag in page.find_all(style=True)]
    faults += ["inline script" for tag in page.find_all("script") if not tag.get("src")]
    return faults + [f"{name} on {tag.name}" for tag in page.find_all(True) for name in tag.attrs if re.match(r"on[a-z]+$", name)]


def _tables(page: BeautifulSoup) -> list[str]:
    return ["table without caption" for table in page.find_all("table") if not table.find_parent(class_="prose") and not table.caption]


def _ids(page: BeautifulSoup) -> list[str]:
    seen: set[str] = set()
    return [f"id {tag['id']} twice" for tag in page.find_all(id=True) if tag["id"] in seen or seen.add(str(tag["id"]))]


def _pictures(page: BeautifulSoup) -> list[str]:
    return ["picture without alt" for picture in page.find_all("img") if picture.get("alt") is None]
