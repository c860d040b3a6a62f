"""`lms people …`: units and people from tables."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from flask_babel import gettext as _
from sqlalchemy import select

from lms.accounts.printed import codes_file
from lms.base.db import db
from lms.base.errors import Refused
from lms.base.files import write_atomically
from lms.people.models import Unit
from lms.people.roles import WHOLE
from lms.rosters import columns, seed, service
from lms.rosters.columns import Kind
from lms.rosters.faults import MOST_SHOWN, Mistake
from lms.rosters.plans import Plan

TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def people() -> None:
    """Units and people."""


@people.command()
@click.argument("file", type=TABLE, default=seed.CITY)
def units(file: Path) -> None:
    """Add or change units from a table (code, parent, name, kind), CSV or XLSX; default: the city's own."""
    _import(file, "units", {})


@people.command("import")
@click.argument("file", type=TABLE)
@click.option("--units", is_flag=True, help="The table lists units, not people.")
@click.option("--complete", "scope", metavar="UNIT|all", help="Code of the unit all of whose people it lists: who is missing leaves.")
@click.option("--map", "mapped", multiple=True, metavar="COLUMN=FIELD",
              help="What a column holds; COLUMN=- leaves it out, *=- all that are not known. Remembered for files of the same header.")
@click.option("--sheet", default="", help="Sheet of an XLSX file; default: the first.")
@click.option("--codes", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="HTML file for the activation codes of new people.")
@click.option("--leaving-confirmed", is_flag=True, help="Go on although more than one in five would leave.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_table(
    file: Path, units: bool, scope: str | None, mapped: tuple[str, ...], sheet: str, target: Path | None, leaving_confirmed: bool,
    dry_run: bool,
) -> None:
    """Add or change people (or units) from a table, CSV or XLSX; all of it or nothing."""
    kind: Kind = "units" if units else "people"
    given = {"sheet": sheet, "said": _said(kind, mapped), "scope": _path(scope)}
    if dry_run:
        _tell(service.preview(file, kind, **given), kind)  # type: ignore[arg-type]
        click.echo(_("Nothing was changed."))
        return
    _import(file, kind, given, target=target, leaving_confirmed=leaving_confirmed)


def _import(file: Path, kind: Kind, given: Mapping[str, object], *, target: Path | None = None, leaving_confirmed: bool = False) -> None:
    if target:
        _must_be_writable(target)
    outcome = service.run(file, kind, leaving_confirmed=leaving_confirmed, with_codes=target is not None, **given)  # type: ignore[arg-type]
    if not outcome.done and not outcome.plan.errors:
        _tell(outcome.plan, kind)
        raise Refused("many-leave", count=outcome.plan.of("leaving"), of=outcome.plan.scope)
    if target and outcome.done:
        write_atomically(target, codes_file(outcome.codes), mode=0o600)
    _tell(outcome.plan, kind)
    if kind == "people":
        _say_where(target, bool(outcome.plan.of("new")))


def _said(kind: Kind, mapped: Iterable[str]) -> dict[str, str]:
    """COLUMN=FIELD as it is kept. Raises Refused "column-field-unknown"."""
    said = {}
    for pair in mapped:
        name, _sign, field = pair.rpartition("=")
        if field not in columns.FIELDS[kind] and field != columns.IGNORED:
            raise Refused("column-field-unknown", given=pair, fields=", ".join(columns.FIELDS[kind]))
        said[columns.ALL_OTHERS if name == columns.ALL_OTHERS else columns.plain(name)] = field
    return said


def _path(scope: str | None) -> str:
    if scope is None:
        return ""
    if scope == "all":
        return WHOLE
    path = db.session.scalar(select(Unit.path).where(Unit.code == scope))
    if path is None:
        raise Refused("unit-code-unknown", unit=scope)
    return path


def _must_be_writable(target: Path) -> None:
    """Codes can be read only once, so the file is tried before anything is imported."""
    try:
        write_atomically(target, b"", mode=0o600)
    except OSError as error:
        raise Refused("file-not-writable", path=str(target), problem=error.strerror) from None


def _tell(plan: Plan, kind: Kind) -> None:
    _show(plan)
    if plan.errors:
        raise click.ClickException(_("Nothing was imported. Mend the cells above, then run this once more."))
    numbers = {name: plan.of(name) for name in ("new", "changed", "unchanged", "returning", "leaving", "missing")}
    if kind == "units":
        click.echo(_("Units: %(new)s new, %(changed)s changed, %(unchanged)s unchanged; %(missing)s not in the file, left as they are.",
                     **numbers))
    else:
        click.echo(_("People: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(returning)s returning, %(leaving)s leaving.",
                     **numbers))


def _show(plan: Plan) -> None:
    for one in plan.mistakes:
        click.echo(_line(one), err=True)
    hidden = max(0, plan.mistakes.errors - MOST_SHOWN) + max(0, plan.mistakes.warnings - MOST_SHOWN)
    if hidden:
        click.echo(_("And %(count)s more.", count=hidden), err=True)


def _line(one: Mistake) -> str:
    place = one.cell or (_("Row %(row)s", row=one.row) if one.row else _("File"))
    named = f"{place}, {one.column}" if one.column else place
    value = f" ({one.value})" if one.value else ""
    kind = _("note") + ": " if one.level == "warning" else ""
    return f"{named}{value}: {kind}{one.what(_)} {one.remedy(_)}"


def _say_where(target: Path | None, any_new: bool) -> None:
    if target:
        click.echo(_("Activation codes: %(path)s. Print it, then delete the file.", path=target))
    elif any_new:
        click.echo(_("New people need activation codes: make them on the page People, Activation codes."))
