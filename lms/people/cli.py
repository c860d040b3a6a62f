"""`lms people …`: units and people from tables."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask_babel import gettext as _

from lms.base.errors import Refused
from lms.base.files import write_atomically
from lms.people import importing, seed, tables
from lms.people.printed import codes_file


@click.group()
def people() -> None:
    """Units and people."""


@people.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=seed.CITY)
def units(file: Path) -> None:
    """Add or change units from a CSV table (code,parent,name,kind); default: the city's own."""
    rows, mistakes = seed.read_units(tables.decode(file.read_bytes()))
    loaded = seed.Loaded(0, 0, 0, mistakes) if mistakes else seed.load_units(rows)
    _show(loaded.mistakes)
    if loaded.mistakes:
        raise click.ClickException(_("Nothing was changed. Mend the rows above, then run this once more."))
    click.echo(_("Units: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.",
                 new=loaded.new, changed=loaded.changed, unchanged=loaded.unchanged))


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--codes", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="HTML file for the activation codes of new people.")
def import_people(file: Path, target: Path | None) -> None:
    """Add or change people from a CSV table; all of it or nothing."""
    text = tables.decode(file.read_bytes())
    if target:
        _must_be_writable(target)
    outcome = importing.run(text, with_codes=target is not None)
    plan = outcome.plan
    _show((*plan.errors, *plan.warnings))
    if plan.errors:
        raise click.ClickException(_("Nothing was imported. Mend the rows above, then run this once more."))
    if target:
        write_atomically(target, codes_file(outcome.codes), mode=0o600)
    click.echo(_("People: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.",
                 new=len(plan.new), changed=len(plan.changed), unchanged=plan.unchanged))
    _say_where(target, bool(plan.new))


def _must_be_writable(target: Path) -> None:
    """Codes can be read only once, so the file is tried before anything is imported."""
    try:
        write_atomically(target, b"", mode=0o600)
    except OSError as error:
        raise Refused("file-not-writable", path=str(target), problem=error.strerror) from None


def _show(mistakes: Iterable[tables.Mistake]) -> None:
    for one in mistakes:
        label = _("Row %(row)s", row=one.row) + (f", {one.column}" if one.column else "")
        kind = _("note") + ": " if one.level == "warning" else ""
        click.echo(f"{label}: {kind}{one.what(_)} {one.remedy(_)}", err=True)


def _say_where(target: Path | None, any_new: bool) -> None:
    if target:
        click.echo(_("Activation codes: %(path)s. Print it, then delete the file.", path=target))
    elif any_new:
        click.echo(_("New people need activation codes: make them on the page People, Activation codes."))
