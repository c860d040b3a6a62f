"""What every kind of notice keeps: complete in both languages, in text and in HTML, with a link that leads somewhere."""

import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from lms.notifications import letters, wording
from lms.notifications.kinds import CHANGES, DIGEST, KINDS
from tests.notifications.conftest import Configure

LANGUAGES = ("id", "en")
UNFILLED = re.compile(r"%\(|\{\{|\{%|\bNone\b|&(amp|lt|#)")


def envelope(kind: str, *, language: str = "en", name: str = "Sari Damanik, S.Sos.", **changes: object) -> letters.Envelope:
    key = f"1:{kind}:example"
    if kind == DIGEST:
        values = {"notices": [{"kind": one, "values": dict(KINDS[one].example)} for one in KINDS if KINDS[one].in_app], "more": 2}
    else:
        values = wording.with_seal(kind, {**KINDS[kind].example, **changes}, key)
    return letters.Envelope(kind, values, key, "0123@example.go.id", name, "sari@example.go.id", language)


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def plain(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


@pytest.fixture(autouse=True)
def _set_up(configure: Configure) -> None:
    configure(mail_from="belajar@example.go.id", base_url="https://belajar.example.go.id")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, DIGEST])
def test_every_kind_can_be_mailed_in_both_languages(app: Flask, kind: str, language: str) -> None:
    message = letters.message(envelope(kind, language=language))
    text, html = parts(message)

    assert len(message["Subject"]) > 8
    assert "\n" not in message["Subject"]
    assert UNFILLED.findall(message["Subject"] + text + plain(html)) == []
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<0123@example.go.id>"


@pytest.mark.parametrize("kind", [*KINDS, DIGEST])
def test_text_and_html_say_the_same(app: Flask, kind: str) -> None:
    text, html = parts(letters.message(envelope(kind)))

    seen = plain(html) + " ".join(str(link["href"]) for link in BeautifulSoup(html, "html.parser").find_all("a"))
    missing = [line for line in text.splitlines() if line.strip("- :") and " ".join(line.strip("- ").rstrip(":").split()) not in seen]
    assert missing == []


@pytest.mark.parametrize("kind", [*KINDS, DIGEST])
def test_html_mail_fetches_nothing(app: Flask, kind: str) -> None:
    _text, html = parts(letters.message(envelope(kind)))

    page = BeautifulSoup(html, "html.parser")
    assert page.find_all(["img", "link", "script", "iframe", "object", "style"]) == []
    assert "url(" not in html
    assert {str(link["href"]).startswith("https://belajar.example.go.id/") for link in page.find_all("a")} == {True}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_leads_to_a_page_and_names_it(app: Flask, kind: str) -> None:
    entry = KINDS[kind]

    with wording.in_language("en"):
        words = wording.said(entry, entry.example)
    endpoint, _values = app.url_map.bind("localhost").match(words.path)
    assert endpoint == entry.link[0]
    assert words.action == entry.action


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_of_exactly_its_values(kind: str) -> None:
    entry = KINDS[kind]

    assert set(entry.example) == set(entry.values)
    assert entry.mandatory or not entry.secret
    assert not (entry.secret and entry.in_app)


def test_what_happened_to_an_account_is_said_for_every_fact_that_is_published(app: Flask) -> None:
    values = {"where": "", "at": "2026-03-10T02:00:00+00:00"}

    with wording.in_language("en"):
        said = {change: wording.said(KINDS["account.changed"], {"change": change, **values}).sentence for change in (*CHANGES, "new-fact")}

    assert len(set(said.values())) == len(CHANGES) + 1
    assert said["new-fact"] == "Your account: something about how you sign in was changed."


def test_a_paragraph_whose_value_is_empty_is_left_out(app: Flask) -> None:
    with_device, _html = parts(letters.message(envelope("account.changed")))
    without, _html = parts(letters.message(envelope("account.changed", where="")))

    assert ("Device and address: Chrome, Android, 10.1.2.3" in with_device, "Device and address" in without) == (True, False)


def test_the_whole_text_of_a_certificate_mail_in_english(app: Flask) -> None:
    text, _html = parts(letters.message(envelope("certificate.issued")))

    assert text == """Dear Sari Damanik, S.Sos.,

You have completed Pelayanan Prima. Your certificate has the number 0001/SERT/BKPSDM/III/2026.

Anyone can check it with the code that is printed on it.

Open the certificate:
https://belajar.example.go.id/certificates/ABCDEFGHJKLMNPQRSTUV/

--\x20
Simpul Belajar · BKPSDM Kota Contoh, Pemerintah Kota Contoh
This mail was sent by a program; nobody reads answers to it.

Choose what you are mailed:
https://belajar.example.go.id/notices/preferences
"""


def test_the_whole_text_of_a_certificate_mail_in_indonesian(app: Flask) -> None:
    message = letters.message(envelope("certificate.issued", language="id"))
    text, _html = parts(message)

    assert message["Subject"] == "Sertifikat Anda: Pelayanan Prima"
    assert text == """Yth. Sari Damanik, S.Sos.,

Anda telah menyelesaikan Pelayanan Prima. Nomor sertifikat Anda 0001/SERT/BKPSDM/III/2026.

Siapa pun dapat memeriksa keasliannya dengan kode yang tercetak di sertifikat.

Buka sertifikat:
https://belajar.example.go.id/certificates/ABCDEFGHJKLMNPQRSTUV/

--\x20
Simpul Belajar · BKPSDM Kota Contoh, Pemerintah Kota Contoh
Surel ini dikirim oleh program; balasannya tidak dibaca siapa pun.

Atur surel yang Anda terima:
https://belajar.example.go.id/notices/preferences
"""


HOSTILE = ("{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "%(link)s", "%s", "{0.__class__}", "<b>x</b>", "<script>alert(1)</script>")


@pytest.mark.parametrize("name", HOSTILE)
def test_c18_what_looks_like_a_template_in_a_name_or_title_is_shown_as_it_is(app: Flask, name: str) -> None:
    message = letters.message(envelope("certificate.issued", name=name, module=name))
    text, html = parts(message)

    assert text.startswith(f"Dear {name},\n\nYou have completed {name}. ")
    assert message["Subject"] == f"Your certificate: {name}"
    assert f"Dear {name}," in plain(html)
    assert BeautifulSoup(html, "html.parser").find_all(["script", "b"]) == []


BREAKING = ("Sari\r\nBcc: evil@example.com", "Sari\nSubject: x", "Sari\rX: y", "Sari\u2028Bcc: e@example.com", "Sari\x0b\x0cBcc: e@e", 'Sari" <evil@example.com>, "')


@pytest.mark.parametrize("name", BREAKING)
def test_c34_a_name_or_title_cannot_add_a_header_or_a_recipient(app: Flask, name: str) -> None:
    plain_headers = sorted(letters.message(envelope("certificate.issued")).keys())

    message = letters.message(envelope("certificate.issued", name=name, module=name))

    assert sorted(message.keys()) == plain_headers
    assert [one.addr_spec for one in message["To"].addresses] == ["sari@example.go.id"]
    assert [one.addr_spec for one in message["From"].addresses] == ["belajar@example.go.id"]
    assert b"\nBcc" not in message.as_bytes()
    assert re.search(rb"\n(Bcc|X:|Subject: x)", message.as_bytes()) is None


@pytest.mark.parametrize("address", [
    "sari@example.go.id\r\nRCPT TO:<evil@example.com>", "sari", "<sari@example.go.id>", "a@b c", "sáḿ@example.go.id", "",
    "a@example.go.id,b@example.go.id",
])
def test_c34_an_address_that_is_none_is_refused_before_any_server_sees_it(app: Flask, address: str) -> None:
    with pytest.raises(letters.Unsendable, match="address-odd"):
        letters.message(replace(envelope("certificate.issued"), address=address))


def test_a_digest_shows_thirty_notices_and_counts_the_rest(app: Flask) -> None:
    one = {"kind": "attempt.marked", "values": {"quiz": "Kuis", "attempt": 1}}
    digest = replace(envelope(DIGEST), values={"notices": [one] * 30, "more": 12})

    message = letters.message(digest)

    assert message["Subject"] == "42 notices from Simpul Belajar"
    assert parts(message)[0].count("- Your answers in Kuis are marked.\n") == 30
    assert "12 more are on your page of notices." in parts(message)[0]


def test_a_seal_that_was_moved_to_another_mail_is_not_opened(app: Flask) -> None:
    stolen = replace(envelope("account.reset"), key="2:account.reset:other")

    with pytest.raises(letters.Unsendable, match="broken"):
        letters.message(stolen)
