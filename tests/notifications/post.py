"""A real mail server for tests, which answers as it is told, and people who have an address."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import update

from lms.base.db import db, transaction
from lms.people.models import Person
from tests import build

STEPS = ("EHLO", "MAIL", "RCPT", "DATA")


@dataclass
class Postman:
    """What the server does with each step: an answer of one's own, or hanging up; once for each entry, then it is friendly again."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    got: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0

    def _next(self, step: str) -> str | None:
        return self.answers[step].pop(0) if self.answers.get(step) else None

    async def handle_EHLO(self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        if self._next("EHLO") == "hang up":
            server.transport.close()
        return responses

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        answer = self._answer(server, "MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        answer = self._answer(server, "RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        answer = self._next("DATA")
        if answer is None or answer == "take and hang up":
            self.got.append(envelope.original_content)
            self.recipients += envelope.rcpt_tos
        if answer in {"hang up", "take and hang up"}:
            server.transport.close()
        if answer == "dawdle":
            await asyncio.sleep(0.3)
        return answer if answer and answer[0].isdigit() else "250 OK"

    def _answer(self, server: Any, step: str) -> str:
        answer = self._next(step)
        if answer == "hang up":
            server.transport.close()
        return answer if answer and answer[0].isdigit() else "250 OK"

    def letters(self) -> list[EmailMessage]:
        """The mails taken, read as a mail program does."""
        return [message_from_bytes(content, policy=default) for content in self.got]  # type: ignore[misc]


def text_of(letter: EmailMessage) -> str:
    """The text part of a mail."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@contextmanager
def serving(postman: Postman, **options: Any) -> Iterator[int]:
    """The server on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


def authenticator(name: str, password: str) -> Callable[..., AuthResult]:
    """Lets in who gives this name and password."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (name.encode(), password.encode()), handled=False)

    return check


def tls(folder: Any) -> tuple[ssl.SSLContext, str]:
    """A context for a server named localhost, and the file of the authority that signed for it."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context, str(folder / "certificate.pem")


def with_address(person_id: int, email: str = "sari@example.go.id") -> int:
    """Give a person an address; gives her id."""
    with transaction():
        db.session.execute(update(Person).where(Person.id == person_id).values(email=email))
    return person_id


def reachable(name: str = "Sari Damanik", email: str = "sari@example.go.id", **options: Any) -> int:
    """A person who has an address."""
    return with_address(build.person(name, **options), email)
