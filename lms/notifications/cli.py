"""`lms notices …`: whether mail works."""

import click
from flask import current_app
from flask_babel import gettext as _

from lms.base.errors import Refused
from lms.notifications import letters, sending, smtp
from lms.notifications.outbox import REASONS


@click.group()
def notices() -> None:
    """Notices and mail."""


@notices.command("send-test")
@click.argument("address")
def send_test(address: str) -> None:
    """Send a test mail at once and show what the mail server answers."""
    settings = current_app.extensions["settings"]
    if not settings.smtp_host:
        raise Refused("mail-no-server")
    try:
        reply = sending.send_test(address)
    except smtp.ServerFails as fails:
        raise click.ClickException(f"{_(REASONS[fails.reason])} {settings.smtp_host}:{settings.smtp_port} {fails.error}") from None
    except letters.Unsendable:
        raise Refused("mail-address-odd", address=address) from None
    click.echo(f"{address} <- {settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security}): {reply}")
