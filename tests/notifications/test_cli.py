"""`lms notices send-test`, and settings of mail that cannot be meant."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lms import config
from lms.base.errors import Refused
from lms.config import SettingsError
from lms.notifications.cli import notices
from tests.notifications.post import Postman, text_of

FULL = {"LMS_SMTP_HOST": "mail.example.go.id", "LMS_MAIL_FROM": "belajar@example.go.id", "LMS_BASE_URL": "https://belajar.example.go.id"}


def send_test(app: Flask, address: str) -> Result:
    with app.test_request_context():
        return CliRunner().invoke(notices, ["send-test", address])


def test_a_test_mail_arrives_and_the_servers_answer_is_shown(app: Flask, postman: Postman) -> None:
    result = send_test(app, "sari@example.go.id")

    port = app.extensions["settings"].smtp_port
    assert (result.exit_code, result.output) == (0, f"sari@example.go.id <- 127.0.0.1:{port} (none): 250 OK\n")
    assert postman.recipients == ["sari@example.go.id"]
    assert "http://localhost/" in text_of(postman.letters()[0])


def test_a_refused_test_mail_says_what_the_server_said(app: Flask, postman: Postman) -> None:
    postman.answers["RCPT"] = ["550 5.1.1 No such user"]

    result = send_test(app, "sari@example.go.id")

    assert result.exit_code == 1
    assert "550 5.1.1 No such user" in result.output


@pytest.mark.parametrize(("address", "code"), [("no address", "mail-address-odd"), ("a@b\r\nRCPT TO:<x@y>", "mail-address-odd")])
def test_an_address_that_is_none_is_refused(app: Flask, postman: Postman, address: str, code: str) -> None:
    result = send_test(app, address)

    assert isinstance(result.exception, Refused)
    assert (result.exception.code, postman.got) == (code, [])


def test_without_a_server_the_command_says_what_to_set(app: Flask) -> None:
    result = send_test(app, "sari@example.go.id")

    assert isinstance(result.exception, Refused)
    assert result.exception.code == "mail-no-server"


def test_a_mail_server_with_what_it_needs_is_taken(tmp_path: Path) -> None:
    settings = config.load(FULL, instance_dir=tmp_path)

    assert (settings.smtp_host, settings.smtp_port, settings.smtp_security) == ("mail.example.go.id", 587, "starttls")


@pytest.mark.parametrize(("changes", "said"), [
    ({"LMS_MAIL_FROM": ""}, "LMS_MAIL_FROM: '' is no address; mail needs one, for example belajar@example.go.id"),
    ({"LMS_MAIL_FROM": "Simpul <a@b>"}, "LMS_MAIL_FROM: 'Simpul <a@b>' is no address; mail needs one, for example belajar@example.go.id"),
    ({"LMS_BASE_URL": ""},
     "LMS_BASE_URL: the links in mail need it; write the whole address, for example https://belajar.example.go.id"),
    ({"LMS_SMTP_SECURITY": "ssl"}, "LMS_SMTP_SECURITY: 'ssl' is none of starttls, tls and none"),
    ({"LMS_DIGEST_HOUR": "24"}, "LMS_DIGEST_HOUR: 24 is no hour from 0 to 23"),
])
def test_half_a_mail_server_is_refused_at_the_start(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        config.load({**FULL, **changes}, instance_dir=tmp_path)

    assert str(caught.value) == said
