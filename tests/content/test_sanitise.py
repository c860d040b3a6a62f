"""Hostile text: what is left of it, as a string. Whether anything runs is tried in a browser (test_payloads_in_chromium)."""

import re
from html.parser import HTMLParser

import pytest

from lms.content import sanitise
from tests.content.courses import compiled
from tests.content.payloads import PAYLOADS

OURS = {"math", "mrow", "mi", "mo", "mn", "mtext", "svg", "use"}


class Inspector(HTMLParser):
    """Collects every tag and attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize("name", PAYLOADS)
def test_only_the_allowed_tags_and_addresses_are_left(name: str) -> None:
    seen = Inspector(compiled(PAYLOADS[name]).html)

    assert seen.tags <= sanitise.TAGS | OURS
    assert not [found for found in seen.attributes if found[1].startswith("on") or found[1] in ("style", "src", "srcdoc", "action")]
    assert all(re.match(r"https?://|mailto:|#|/static/|\x02", value) for _, attribute, value in seen.attributes if attribute == "href" and value)
    assert all(value.startswith("mc-") for _, attribute, value in seen.attributes if attribute == "id")


@pytest.mark.parametrize("clean", [sanitise.sanitise, sanitise.only_bleach, sanitise.only_nh3])
@pytest.mark.parametrize("name", PAYLOADS)
def test_each_sanitiser_alone_leaves_nothing_that_runs(name: str, clean: object) -> None:
    seen = Inspector(clean(PAYLOADS[name]))  # type: ignore[operator]

    assert seen.tags <= sanitise.TAGS
    assert {attribute for _, attribute, _ in seen.attributes} <= {name for names in sanitise.ATTRIBUTES.values() for name in names}
    assert not [value for _, attribute, value in seen.attributes if attribute == "href" and re.match(r"\s*(javascript|data|vbscript)\s*:", value, re.I)]


def test_authors_cannot_pose_as_the_page() -> None:
    html = compiled('<p class="btn primary k note" id="csrf_token" style="color:red">x</p>').html

    assert html == '<p class="k note" id="mc-csrf_token">x</p>'


def test_what_harmless_authors_write_survives() -> None:
    written = '<p align="center">H<sub>2</sub>O <kbd>Ctrl</kbd> <mark>x</mark> <abbr title="y">z</abbr></p>'

    assert compiled(written).html == written


def test_a_stand_in_cannot_be_forged() -> None:
    html = compiled("mc0123456789abo0z mc0123456789abr0z \x020\x03").html

    assert html == "<p>mc0123456789abo0z mc0123456789abr0z \ufffd0\ufffd</p>"
