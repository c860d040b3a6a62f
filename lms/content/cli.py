"""`lms content check` and `lms content fix`: what authors run before they publish."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from lms.content import fixes
from lms.content.catalog import Mistake
from lms.content.labels import default_language, translations
from lms.content.library import Library

CONTENT_DIR = click.option(
    "--content-dir", type=click.Path(exists=True, file_okay=False, path_type=Path), envvar="LMS_CONTENT_DIR", default=".",
    help="The folder that holds modules/, quizzes/ and certificates/.",
)


@click.group()
def content() -> None:
    """Check and mend modules and quizzes."""


@content.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to print the mistakes.")
@CONTENT_DIR
def check(paths: tuple[Path, ...], strict: bool, shape: str, content_dir: Path) -> None:
    """Print every mistake in PATH... (all content by default): file:line: what is wrong - what to write instead."""
    found = [one for one in _mistakes(content_dir) if _wanted(one, paths, content_dir)]
    click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=1) if shape == "json" else _as_text(found))
    if any(strict or one.level == "error" for one in found):
        raise SystemExit(1)


@content.command()
@CONTENT_DIR
def fix(content_dir: Path) -> None:
    """Write the ids that modules and lessons have by their names into their files; change nothing else."""
    for file in fixes.write_ids(content_dir.resolve()):
        click.echo(file)


def _mistakes(content_dir: Path) -> tuple[Mistake, ...]:
    """Everything checked afresh, away from the cache of a running program."""
    with tempfile.TemporaryDirectory() as cache:
        library = Library(content_dir, Path(cache))
        try:
            return library.load().mistakes
        finally:
            library.stop()


def _wanted(found: Mistake, paths: tuple[Path, ...], content_dir: Path) -> bool:
    file = (content_dir / found.file).resolve()
    return not paths or any(file.is_relative_to(path.resolve()) or file.is_relative_to((content_dir / path).resolve()) for path in paths)


def _as_text(found: Iterable[Mistake]) -> str:
    spoken = translations(default_language())
    lines = [one.text(spoken.gettext) for one in found]
    total = spoken.ngettext("%(n)s mistake found.", "%(n)s mistakes found.", len(lines)) % {"n": len(lines)}
    return "\n".join([*lines, total])


def _as_json(found: Mistake) -> dict[str, object]:
    gettext = translations(default_language()).gettext
    values = dict(found.params)
    return {
        **{name: value for name, value in dataclasses.asdict(found).items() if name != "params"},
        "params": values, "message": gettext(found.message) % values, "remedy": gettext(found.remedy) % values if found.remedy else "",
    }
