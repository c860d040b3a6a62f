"""`lms privacy …`: a person's data, retention, erasure and the report of a breach on the command line."""

from datetime import datetime
from pathlib import Path

import click
from flask_babel import gettext as _

from lms.base import clock
from lms.base.errors import Refused
from lms.privacy import breach, erasing, packing, queries, retention
from lms.web.errors import sentence

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.group()
def privacy() -> None:
    """Personal data: export, retention, erasure, report of a breach."""


@privacy.command()
@click.argument("nip")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(nip: str, file: Path) -> None:
    """Write all data of the person with NIP as a ZIP into FILE."""
    person_id = queries.person_by_nip(nip)
    packing.record(person_id)
    packing.write(file, packing.pack(person_id))
    click.echo(_("Written: %(path)s", path=file))


@privacy.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def retention_rules(dry_run: bool) -> None:
    """Let go what is older than the retention rules allow; the nightly job does the same."""
    if dry_run:
        for one in retention.dry_run():
            count = _("for ever") if one.before is None else str(one.due.count)
            click.echo(f"{one.rule.name:12} {count:>10}  {_(one.rule.what)}" + (f"  ({one.due.oldest:%Y-%m-%d})" if one.due.oldest else ""))
        return
    counts, finished = retention.carry_out(seconds=3600)
    for rule, count in counts:
        click.echo(f"{rule.name:12} {count:>10}")
    click.echo(_("Done.") if finished else _("Not finished: run it once more."))


@privacy.command()
@click.argument("nip")
@click.option("--by", required=True, help="NIP of the officer who does this; each of the two steps needs another one.")
@click.option("--reason", default="", help="Why; needed to propose.")
@click.option("--last-digits", default="", help="The last four digits of the NIP: carries a proposal out, for good.")
def erase(nip: str, by: str, reason: str, last_digits: str) -> None:
    """Say what erasing a person would do; propose it (--reason); carry a proposal out (--last-digits)."""
    person_id, officer = queries.person_by_nip(nip), _officer(by)
    if last_digits:
        proposal = queries.proposed(person_id)
        if proposal is None:
            raise Refused("erase-not-proposed")
        erasing.carry_out(proposal.id, last_digits, by=officer)
        click.echo(_("The person's data are erased. What law keeps stands under a pseudonym."))
        return
    preview = erasing.preview(person_id, by=officer)
    for label, count, why in preview.stays:
        click.echo(_("stays") + f" {count:>7}  {_(label)}: {_(why)}")
    for label, count in preview.goes:
        click.echo(_("goes") + f" {count:>7}  {_(label)}")
    if preview.obstacle and not reason:
        click.echo(sentence(Refused(preview.obstacle)), err=True)
    if reason:
        erasing.propose(person_id, reason, by=officer)
        click.echo(_("Proposed. Another officer has to carry it out."))


@privacy.command("breach")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", type=MOMENT, required=True)
@click.option("--until", type=MOMENT, required=True)
@click.option("--found", type=MOMENT, help="When it was found; default: now.")
@click.option("--nip", help="Only this person.")
@click.option("--unit", type=int, help="Only this unit, by its number.")
@click.option("--address", default="", help="Only this network address.")
@click.option("--story", default="", help="What happened, in a sentence.")
def breach_report(
    file: Path, since: datetime, until: datetime, found: datetime | None, nip: str | None, unit: int | None, address: str, story: str,
) -> None:
    """Write the report of a breach (UU 27/2022 article 46) as a ZIP into FILE."""
    case = breach.Case(
        found_at=_office(found) if found else clock.now(), since=_office(since), until=_office(until),
        person_id=queries.person_by_nip(nip) if nip else None, unit_id=unit, address=address, story=story)
    breach.record(case)
    packing.write(file, breach.pack(case))
    click.echo(_("Written: %(path)s", path=file))


def _officer(nip: str) -> int:
    officer = queries.person_by_nip(nip)
    if officer not in queries.deciders():
        raise Refused("no-officer")
    return officer


def _office(typed: datetime) -> datetime:
    return typed.replace(tzinfo=clock.OFFICE)
