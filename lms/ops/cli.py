"""`lms ops`: check and export the audit log."""

from pathlib import Path

import click
from flask_babel import gettext as _

from lms.ops import service
from lms.ops.verifying import FAULTS


@click.group()
def ops() -> None:
    """Look after the running program."""


@ops.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Check the whole audit log; exit status 1 and the first entry that does not fit, if one does not."""
    verdict = service.check()
    if verdict.broken_at is None:
        click.echo(_("%(count)s entries, unbroken, head %(head)s", count=verdict.entries, head=verdict.head[:16] or "-"))
        return
    click.echo(_("The chain is broken at entry %(entry)s: it %(fault)s.", entry=verdict.broken_at, fault=_(FAULTS[str(verdict.fault)])))
    if verdict.fault == "older":
        click.echo(_("If you put back a backup on purpose, delete %(path)s and check once more.", path=service.mark_file()))
    raise SystemExit(1)


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write all entries to FILE: JSON lines if it ends in .jsonl, else CSV."""
    click.echo(_("%(count)s entries are in %(path)s.", count=service.export(file), path=file))
