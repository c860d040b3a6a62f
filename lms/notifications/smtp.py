"""The conversation with the mail server, step by step, so that each refusal is known for what it is."""

import smtplib
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from lms.config import Settings
from lms.notifications.rules import one_line

TIMEOUT = 10  # seconds for each step
PER_CONNECTION = 50
LONGEST_REPLY = 300


class ServerFails(Exception):
    """The server takes nobody's mail now: away, misconfigured, or refusing us. `reason` is a code of `outbox.REASONS`."""

    def __init__(self, reason: str, error: str) -> None:
        super().__init__(reason, error)
        self.reason = reason
        self.error = error[:LONGEST_REPLY]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail: sent; later (refused for now); never (refused for good); unsure (handed over, but no answer came)."""

    what: Literal["sent", "later", "never", "unsure"]
    reply: str = ""


class Connection:
    """A connection that carries several mails; opened at the first one, and again when the server ends it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0

    def send(self, to: str, content: bytes) -> Outcome:
        """Hand over one mail. Raises ServerFails; then this mail was not handed over."""
        smtp = self._begin()
        handed_over = False
        try:
            code, reply = smtp.rcpt(to)
            if code not in {250, 251}:
                return self._refused(code, reply)
            code, reply = smtp.docmd("DATA")
            if code != 354:
                return self._refused(code, reply)
            smtp.send(_dotted(content))
            handed_over = True
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
        except OSError as error:  # smtplib's own errors are among them
            self.close()
            return Outcome("unsure" if handed_over else "later", _said(error))
        if code != 250:
            return self._refused(code, reply)
        self._carried += 1
        if self._carried >= PER_CONNECTION:
            self.close()
        return Outcome("sent", _text(code, reply))

    def close(self) -> None:
        """End the connection, politely if the server still listens."""
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is not None:
            try:
                smtp.quit()
            except OSError:
                smtp.close()

    def _begin(self) -> smtplib.SMTP:
        """A connection on which the server has taken our address as sender; one that it has ended meanwhile is opened anew."""
        again = self._smtp is not None
        smtp = self._smtp or self._open()
        try:
            code, reply = smtp.mail(self._settings.mail_from)
        except OSError as error:
            code, reply = 421, _said(error).encode()
        if code == 250:
            return smtp
        self.close()
        if again:
            return self._begin()
        raise ServerFails("server-away" if code == 421 else "server-refuses", _text(code, reply))

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        ours = urlsplit(settings.base_url).hostname or "localhost"  # asking the name server for our name could take long
        try:
            if settings.smtp_security == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.smtp_host, settings.smtp_port, ours, timeout=TIMEOUT, context=ssl.create_default_context())
            else:
                smtp = smtplib.SMTP(settings.smtp_host, settings.smtp_port, ours, timeout=TIMEOUT)
            self._smtp = smtp
            if settings.smtp_security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if settings.smtp_user:
                smtp.login(settings.smtp_user, settings.smtp_password)
        except OSError as error:
            self.close()
            raise ServerFails(_reason(error), _said(error)) from error
        return smtp

    def _refused(self, code: int, reply: bytes) -> Outcome:
        if code == 421 or self._smtp is None:
            self.close()
        else:
            try:
                self._smtp.rset()
            except OSError:
                self.close()
        return Outcome("never" if 500 <= code < 600 else "later", _text(code, reply))


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "server-sign-in"
    if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return "server-security"
    away = not isinstance(error, smtplib.SMTPException) or isinstance(error, smtplib.SMTPServerDisconnected)
    return "server-away" if away else "server-refuses"


def _dotted(content: bytes) -> bytes:
    """The content with a second dot before each line that begins with one (RFC 5321, 4.5.2)."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    return (b"." if whole.startswith(b".") else b"") + whole.replace(b"\r\n.", b"\r\n..")


def _text(code: int, reply: bytes) -> str:
    return one_line(f"{code} {reply.decode('utf-8', 'replace')}")[:LONGEST_REPLY]


def _said(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return _text(error.smtp_code, reply)
    return one_line(f"{type(error).__name__}: {error}")[:LONGEST_REPLY]
