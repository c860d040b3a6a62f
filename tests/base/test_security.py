"""The security log: one line an event, whatever was typed."""

import json
import logging

import pytest
from flask import Flask

from lms.base import audit, security
from lms.base.db import transaction


def test_c49_a_line_break_in_a_name_forges_no_line(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lms.security"):
        security.note("sign-in.failed", name='Sari\n{"event": "sign-in.ok"}\r\u2028\x1b[31m')

    line = caplog.records[0].getMessage()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["name"] == 'Sari\n{"event": "sign-in.ok"}\r\u2028\x1b[31m'


def test_a_line_says_from_where_and_in_which_request(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lms.security"), app.test_request_context(environ_base={"REMOTE_ADDR": "10.0.0.1"}):
        security.note("export", rows=3)
        security.note("export", rows=4)

    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [(line["event"], line["channel"], line["address"], line["rows"]) for line in lines] == [
        ("export", "web", "10.0.0.1", 3), ("export", "web", "10.0.0.1", 4)]
    assert lines[0]["request"] == lines[1]["request"] != None  # noqa: E711


def test_d10_every_audited_act_is_a_line_without_its_detail(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lms.security"), transaction():
        audit.record("certificate.revoked", "certificate:7", about=5, actor=3, detail={"reason": "salah nama"})

    [line] = [json.loads(record.getMessage()) for record in caplog.records]
    assert {name: line[name] for name in ("event", "entry", "subject", "actor", "about", "channel", "at")} == {
        "event": "certificate.revoked", "entry": 1, "subject": "certificate:7", "actor": 3, "about": 5, "channel": "shell",
        "at": "2026-03-10T02:00:00+00:00",
    }
    assert "salah" not in caplog.text
