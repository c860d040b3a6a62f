"""The `lms` command: init, serve, demo, work, doctor, and each room's own group."""

import json
import sys
from pathlib import Path

import click

from lms import config, create_app, running, wiring
from lms.base.errors import NotFound, Refused
from lms.doctor import bill_of_materials, parts, report


class Simpul(click.Group):
    """Turns expected refusals into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            from lms.web.errors import sentence

            raise click.ClickException(sentence(refused)) from None
        except NotFound:
            raise click.ClickException("Tidak ditemukan.") from None
        except config.SettingsError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Simpul)
@click.version_option(package_name="simpul")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Simpul, a learning platform for civil servants."""
    if ctx.invoked_subcommand in wiring.NEED_APP and not {"--help", "-h"} & set(sys.argv):
        app = create_app()
        ctx.with_resource(app.test_request_context())


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the platform, with its worker for certificates and other jobs."""
    running.serve(config.load(host=host, port=port))


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and load it anew.")
@click.option("--no-serve", is_flag=True, help="Only load the demo city.")
def demo(host: str | None, port: int | None, fresh: bool, no_serve: bool) -> None:
    """Serve a demo city of 600 people, in an instance folder of its own."""
    settings = running.demo_settings(host=host, port=port)
    settings = running.load_demo(settings, fresh=fresh)
    if not no_serve:
        running.serve(running.demo_settings(host=host, port=port))  # read again: a fresh demo has keys of its own


@main.command()
def work() -> None:
    """Run the jobs (PDF, reminders of deadlines); `lms serve` starts one by itself."""
    running.work(config.load())


@main.command()
@click.option("--agency", prompt="Nama instansi / name of the agency")
@click.option("--unit", prompt="Unit pengelola / office that runs the platform")
@click.option("--base-url", prompt="Alamat publik / public address, for example https://belajar.example.go.id")
@click.option("--nip", prompt="NIP admin pertama / NIP of the first administrator")
@click.option("--name", prompt="Nama admin pertama / name of the first administrator")
@click.password_option("--password", prompt="Kata sandi / password")
def init(agency: str, unit: str, base_url: str, nip: str, name: str, password: str) -> None:
    """Set up a real installation: the agency, its address and the first administrator."""
    running.initialise(agency=agency, unit=unit, base_url=base_url, nip=nip, name=name, password=password)
    click.echo("Siap. Jalankan: lms serve")


@main.command()
@click.option("--instance", type=click.Path(path_type=Path), help="Instance folder to look at.")
@click.option("--licences", is_flag=True, help="List the packages that the program needs, with their licences.")
@click.option("--json", "as_json", is_flag=True, help="With --licences: as a CycloneDX bill of materials.")
def doctor(instance: Path | None, licences: bool, as_json: bool) -> None:
    """Say what is missing on this machine and how to mend it; exit status 1 if something is."""
    if licences:
        _list_licences(as_json=as_json)
        return
    findings = report(config.load(instance_dir=instance))
    for finding in findings:
        click.echo(("baik    " if finding.good else "kurang  ") + finding.text)
        if not finding.good:
            click.echo(f"        -> {finding.remedy}")
    raise SystemExit(0 if all(finding.good for finding in findings) else 1)


def _list_licences(*, as_json: bool) -> None:
    found = parts()
    if as_json:
        click.echo(json.dumps(bill_of_materials(found), indent=2))
        return
    for part in found:
        click.echo(f"{part.name:<28} {part.version:<14} {part.licence or 'TIDAK DIKETAHUI'}")
    unknown = sum(part.licence is None for part in found)
    click.echo(f"{len(found)} paket, {unknown} tanpa lisensi yang dinyatakan")


for _group in wiring.COMMANDS:
    main.add_command(_group)
