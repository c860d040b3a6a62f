"""`lms certificates …`: what a designer needs on the command line."""

import tempfile
from pathlib import Path

import click
from flask_babel import gettext as _

from lms.base import clock
from lms.base.errors import Refused
from lms.certificates.designs import PREVIEW_URL, check_design, load_design
from lms.certificates.openbadges import credential
from lms.certificates.pdf import render_pdf
from lms.certificates.signing import create_key, load_signer, sign


@click.group()
def certificates() -> None:
    """Certificate designs."""


@certificates.command()
@click.argument("design")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; default: DESIGN.pdf in this folder.")
@click.option("--content", type=click.Path(path_type=Path), envvar="LMS_CONTENT_DIR", default=".", help="Holds certificates/.")
def preview(design: str, out: Path | None, content: Path) -> None:
    """Print a design with its preview.json, sealed with a key that is thrown away."""
    folder = content / "certificates" / design
    mistakes = check_design(folder)
    for mistake in mistakes:
        click.echo(mistake.text(_), err=True)
    if mistakes:
        raise SystemExit(1)
    target = out or Path(f"{design}.pdf")
    try:
        target.write_bytes(_example(folder))
    except Refused as refusal:
        raise click.ClickException(f"{refusal.code} {refusal.detail}") from refusal
    click.echo(_("Written: %(path)s", path=target))


def _example(folder: Path) -> bytes:
    design, now = load_design(folder), clock.now()
    snapshot = design.preview()
    attached = credential(snapshot, base_url=PREVIEW_URL.partition("/verify")[0], issued_at=now)
    pdf = render_pdf(design, snapshot, verify_url=PREVIEW_URL, credential=attached, issued_at=now)
    with tempfile.TemporaryDirectory() as keys:
        create_key(Path(keys), agency=snapshot["agency"], at=now)
        return sign(pdf, load_signer(Path(keys)), reason="Pratinjau", location=snapshot["place"], at=now)
